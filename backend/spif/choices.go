package spif

// Choice is the answer for one classification or value. Why says the steps that rule it out, the first the most important; it
// is empty unless State is Impossible.
type Choice struct {
	State State
	Why   []Obstacle
}

// Choices says what may still be chosen for a new label of which a part is chosen: "possible" means that some valid label has
// the part and the choice, "impossible" that none has, whatever else is added. Both are exact; where the search was bounded
// the answer is "undetermined".
type Choices struct {
	// Now is whether anything can be made of the part itself. Where nothing can, the others are judged against each chosen
	// thing alone, and only what is possible by itself counts against them: one slip must not rule out everything.
	Now Choice
	// Classes are by Class.Number: each instead of the chosen one.
	Classes []Choice
	// Values are by Value.Number: each besides what is chosen; where only one value of the tag may be chosen, instead of it.
	Values []Choice
}

// Choices judges everything that could be chosen next. The classification of the part may be missing: then one that fits is
// enough. Names in it that the policy does not know, and typed texts that are wrong, are not judged here.
func (p *Policy) Choices(part Label, v Validation, f Frame) Choices {
	c := chooser{s: p.NewSearch(v).in(f), p: p, have: part.Values().clone(len(p.values)), classes: p.classes}
	if k := part.Class(); k != nil {
		c.classes = []*Class{k}
	}
	if part.numbered != nil {
		c.s.countTyped(part.uses)
	}
	out := Choices{Now: c.any(c.classes, c.have)}
	if out.Now.State == Impossible {
		return c.singly(out)
	}
	for _, k := range p.classes {
		out.Classes = append(out.Classes, c.with(k, c.have))
	}
	for _, v := range p.values {
		out.Values = append(out.Values, c.valueBeside(v))
	}
	return out
}

// countTyped counts the texts beyond the first that share the number of one free-text value.
func (s *search) countTyped(uses []use) {
	for i, t := range s.limited {
		numbers := newSet(len(s.p.values))
		for _, u := range uses {
			if u.value.tag == t && numbers.Has(u.value.number) {
				s.typed[i]++
			} else if u.value.tag == t {
				numbers.add(u.value.number)
			}
		}
	}
}

type chooser struct {
	s       *search
	p       *Policy
	have    Set
	classes []*Class // the chosen one, or all
	last    *Class   // with which the last possible label was found: the next one is likely to be found with it too
}

func (c *chooser) with(k *Class, have Set) Choice {
	state, _, why := c.s.complete(k, have)
	return Choice{state, why}
}

// any is possible when one classification is.
func (c *chooser) any(classes []*Class, have Set) Choice {
	if c.last != nil && len(classes) > 1 {
		if x := c.with(c.last, have); x.State == Possible {
			return x
		}
	}
	out := Choice{State: Impossible}
	for i, k := range classes {
		x := c.with(k, have)
		if x.State == Possible {
			c.last = k
			return x
		}
		if i == 0 || len(out.Why) > 0 && out.Why[0].Class != nil {
			out.Why = x.Why // a denied classification says nothing about the value
		}
		if x.State == Undetermined {
			out.State = Undetermined
		}
	}
	if out.State == Undetermined {
		out.Why = nil
	}
	return out
}

// valueBeside judges a value with what is chosen.
func (c *chooser) valueBeside(v *Value) Choice {
	have := c.have
	if v.tag.max == 1 {
		have = c.s.minus(have, v.tag.mask)
		for i, t := range c.s.limited {
			if t == v.tag {
				defer func(n int) { c.s.typed[i] = n }(c.s.typed[i])
				c.s.typed[i] = 0
			}
		}
	}
	return c.any(c.classes, have.With(v.number))
}

// singly judges everything against each chosen thing alone.
func (c *chooser) singly(out Choices) Choices {
	clear(c.s.typed)
	none := newSet(len(c.p.values))
	if c.any(c.classes, none).State == Impossible {
		c.classes = c.p.classes
	}
	var sound []*Value // what is chosen and possible by itself
	for number := range c.have.All() {
		if c.any(c.classes, none.With(number)).State != Impossible {
			sound = append(sound, c.p.values[number])
		}
	}
	for _, k := range c.p.classes {
		out.Classes = append(out.Classes, c.classAmong(k, sound))
	}
	for _, v := range c.p.values {
		out.Values = append(out.Values, c.valueAmong(v, sound))
	}
	return out
}

func (c *chooser) classAmong(k *Class, chosen []*Value) Choice {
	none := newSet(len(c.p.values))
	out := c.with(k, none)
	for _, w := range chosen {
		if out.State == Possible {
			out = c.with(k, none.With(w.number))
		}
	}
	return out
}

func (c *chooser) valueAmong(v *Value, chosen []*Value) Choice {
	alone := newSet(len(c.p.values)).With(v.number)
	out := c.any(c.classes, alone)
	for _, w := range chosen {
		if out.State == Possible && (v.tag.max != 1 || w.tag != v.tag) {
			out = c.any(c.classes, alone.With(w.number))
		}
	}
	return out
}
