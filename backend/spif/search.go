package spif

import (
	"cmp"
	"slices"

	"caveat/backend/label"
)

// State is the answer to whether something can still be right. The zero State says that nobody knows: a search was bounded.
type State uint8

// The three answers.
const (
	Undetermined State = iota
	Possible
	Impossible
)

func (s State) String() string {
	return [...]string{"undetermined", "possible", "impossible"}[min(s, Impossible)]
}

// Frame narrows the labels that a search considers. The zero Frame narrows nothing.
type Frame struct {
	Denied    Set      // numbers of classifications that must not be used
	Forbidden Set      // values that must not be used
	Demands   []Demand // besides the policy's own
	Budget    *Budget  // of the answer; nil: DefaultBudget
}

// Budget is how much may still be done, in steps of some ten nanoseconds: a rule that is looked at is one or a few. Searches that
// are given the same one share it; it is not safe for concurrent use.
type Budget struct{ Left int }

// Demand is a rule besides the policy's: a label with a value of When must have a value of Any. An empty When is every label.
type Demand struct{ When, Any Set }

// DefaultBudget bounds a search, whose worst case grows without measure with the policy, to some tenths of a second. What may be
// chosen under published policies takes about a hundredth of it.
const DefaultBudget = 10_000_000

// Obstacle is one step of the answer why something cannot be right. Exactly one of its parts is set.
type Obstacle struct {
	Problem *Problem // a rule of the policy or of the installation
	Class   *Class   // a classification that the frame denies
	Value   *Value   // a value that the frame forbids
	Demand  *int     // position in the frame's Demands of one that nothing meets any more
}

// Search finds out whether a label can be made right by adding values to it. It is exact: it adds, for a rule that the label
// breaks, each value that would mend it, and for a label with it the same again. Once a value was tried without success it is
// left out of the later branches, as every label with it has been seen.
type Search struct {
	p        *Policy
	how      Validation
	entries  [][]*entry  // by value number: those that a new label may use today
	twins    map[int]Set // by value number: all values of that tag set, type and name, where there are several
	limited  []*Tag      // tags with a minimum or maximum
	required []requiredSet
	missing  []string // required tag sets that the policy does not have
	privacy  *Problem // why no label at all can have the privacy marks that it must have
}

// search is one run of a Search.
type search struct {
	*Search
	f     Frame
	typed []int // by position in limited: texts beyond the first that share one number
}

// requiredSet is a tag set that the installation demands a value of (RULES 4).
type requiredSet struct {
	name   string
	values Set
}

// NewSearch prepares searches for new labels: obsolete values are not used, whatever v.New says.
func (p *Policy) NewSearch(v Validation) *Search {
	v.New = true
	s := &Search{p: p, how: v, entries: make([][]*entry, len(p.values))}
	for i, x := range p.values {
		for _, n := range x.entries {
			if x.isFreeText() && x.tag.typ != label.Informative {
				continue // what is typed counts in no decision, so no label can have it
			}
			if !n.obsolete && within(v.At, n.notBefore, n.notAfter) {
				s.entries[i] = append(s.entries[i], n)
			}
		}
	}
	for _, t := range p.tags {
		if t.min > 0 || t.max >= 0 {
			s.limited = append(s.limited, t)
		}
	}
	s.twins = p.twins()
	s.privacy = p.noPrivacyMark()
	for _, name := range v.RequireTagSets {
		set := p.TagSet(name)
		if set == nil {
			s.missing = append(s.missing, name)
			continue
		}
		mask := newSet(len(p.values))
		for _, t := range set.tags {
			mask.addAll(t.mask)
		}
		s.required = append(s.required, requiredSet{set.name, mask})
	}
	return s
}

// twins finds the values that a label always has together: the same name in two tags of one tag set and type.
func (p *Policy) twins() map[int]Set {
	out := map[int]Set{}
	for _, set := range p.sets {
		for _, vs := range set.values {
			if len(vs) < 2 || vs[0].isFreeText() { // a typed text is one value's
				continue
			}
			all := newSet(len(p.values))
			for _, v := range vs {
				all.add(v.number)
			}
			for _, v := range vs {
				out[v.number] = all
			}
		}
	}
	return out
}

// plus is the set and one value more, with its twins.
func (s *Search) plus(have Set, number int) Set {
	if all, ok := s.twins[number]; ok {
		return have.Or(all)
	}
	return have.With(number)
}

// minus is the set without some values and their twins.
func (s *Search) minus(have, out Set) Set {
	for number := range have.And(out).All() {
		if all, ok := s.twins[number]; ok {
			out = out.Or(all)
		}
	}
	return have.Without(out)
}

func (s *Search) in(f Frame) *search {
	if f.Budget == nil {
		f.Budget = &Budget{DefaultBudget}
	}
	return &search{Search: s, f: f, typed: make([]int, len(s.limited))}
}

// Complete looks for a valid new label with the classification that has at least the values of have, within the frame. The set is
// the values of the label found; it is empty unless the state is Possible.
func (s *Search) Complete(k *Class, have Set, f Frame) (State, Set) {
	state, found, _ := s.in(f).complete(k, have)
	return state, found
}

// complete looks for a label with classification k that has all values of have and keeps every rule. The set is that of the
// label found; when it is impossible, the obstacles say why.
func (s *search) complete(k *Class, have Set) (State, Set, []Obstacle) {
	if s.f.Budget.Left < 0 {
		return Undetermined, Set{}, nil
	}
	s.f.Budget.Left -= 4 + len(s.twins)/8
	if why := s.closed(k); why != nil {
		return Impossible, Set{}, why
	}
	whole := have.clone(len(s.p.values))
	for number := range have.All() {
		whole = s.plus(whole, number)
	}
	if both := whole.And(s.f.Forbidden); !both.IsEmpty() {
		return Impossible, Set{}, []Obstacle{{Value: s.p.values[both.first()]}}
	}
	return s.add(k, whole, s.f.Forbidden.clone(len(s.p.values)))
}

// closed says why no label at all can be made with a classification.
func (s *search) closed(k *Class) []Obstacle {
	switch {
	case !s.p.InForce(s.how.At):
		return problem(Problem{Rule: RulePolicyExpired, Subject: s.p.name, Count: s.p.version, At: s.how.At})
	case len(s.missing) > 0:
		return problem(Problem{Rule: RuleRequiredTagSet, TagSet: s.missing[0]})
	case s.privacy != nil:
		return problem(*s.privacy)
	case k.obsolete:
		return problem(Problem{Rule: RuleObsolete, Subject: k.name})
	case s.f.Denied.Has(k.number):
		return []Obstacle{{Class: k}}
	}
	return nil
}

func problem(p Problem) []Obstacle { return []Obstacle{{Problem: &p}} }

// add is complete for a label of which some values were tried: those in without must not be added any more.
func (s *search) add(k *Class, have, without Set) (State, Set, []Obstacle) {
	if s.f.Budget.Left -= s.cost(k, have); s.f.Budget.Left < 0 {
		return Undetermined, Set{}, nil
	}
	lacks, dead := s.judge(k, have, without)
	for _, x := range lacks { // each is kept, and its values are looked at in all of them
		s.f.Budget.Left -= 16 + x.open*min(len(lacks), 2)
	}
	if dead != nil {
		return Impossible, Set{}, dead
	}
	if len(lacks) == 0 {
		return Possible, have, nil
	}
	hardest := slices.MinFunc(lacks, func(a, b lack) int { return cmp.Compare(a.open, b.open) })
	for _, x := range lacks {
		if x.open == hardest.open && x.who != nil { // says more than what the classification lacks
			hardest = x
			break
		}
	}
	var why []Obstacle
	for i, number := range promising(hardest.fixes.Without(without), lacks) {
		state, found, because := s.addOne(k, have, number, without)
		if state != Impossible {
			return state, found, nil
		}
		if i == 0 {
			why = because
		}
		without = without.With(number)
	}
	return Impossible, Set{}, chain(hardest.obstacle(s), why)
}

// chain joins the steps of why something cannot be right; what one more value did not mend is not said again.
func chain(first, rest []Obstacle) []Obstacle {
	if p := first[0].Problem; p != nil && len(rest) > 1 && rest[0].Problem != nil && rest[0].Problem.Words("en") == p.Words("en") {
		rest = rest[1:]
	}
	return append(first, rest...)
}

// addOne goes on with one value more. A twin that must not be added rules it out.
func (s *search) addOne(k *Class, have Set, number int, without Set) (State, Set, []Obstacle) {
	with := s.plus(have, number)
	if both := with.And(s.f.Forbidden); !both.IsEmpty() {
		return Impossible, Set{}, []Obstacle{{Value: s.p.values[both.first()]}}
	}
	return s.add(k, with, without)
}

// cost is how many steps it takes to judge a label.
func (s *search) cost(k *Class, have Set) int {
	rules := 8 + len(s.limited) + 4*len(k.required) + len(s.required) + len(s.f.Demands)
	for number := range have.All() {
		for _, n := range s.entries[number] {
			rules += 2 + len(n.excluded) + len(n.excludedClass) + 4*len(n.required)
		}
	}
	return rules * (1 + len(have.words)/4)
}

// promising orders the values that mend one lack: first those that mend most others too.
func promising(fixes Set, lacks []lack) []int {
	numbers := slices.Collect(fixes.All())
	if len(lacks) == 1 {
		return numbers
	}
	mends := make(map[int]int, len(numbers))
	for _, n := range numbers {
		for _, x := range lacks {
			if x.fixes.Has(n) {
				mends[n]++
			}
		}
	}
	slices.SortStableFunc(numbers, func(a, b int) int { return cmp.Compare(mends[b], mends[a]) })
	return numbers
}
