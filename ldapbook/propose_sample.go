package ldapbook

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"caveat/ldapbook/internal/wire"
)

// sample is one entry as far as it is looked at: of large values only their beginnings.
type sample struct {
	dn      string
	asked   Kind
	classes []string            // as published
	values  map[string][]string // by normalised attribute description; the first few, their beginnings
}

// Limits of the samples: 200 entries in all.
var sampleLimits = map[Kind]int{KindPerson: 100, KindList: 30, KindRole: 30, KindRoom: 20, KindOrganisation: 20}

const (
	maxSampleBytes      = 256 << 20
	maxSampleAttributes = 500
	maxSampleValues     = 4   // of an attribute
	maxSampleValue      = 300 // bytes of a value
)

// classWords: a structural class with the word in its name is looked at as a candidate for the kind.
var classWords = map[Kind]string{KindRoom: "room", KindRole: "role"}

// candidates are the classes that any preset, or its name, makes of a kind.
func (r *proposing) candidates(kind Kind) []string {
	var all []string
	for _, name := range Presets() {
		m, _ := Preset(name)
		for class, k := range m.Classes {
			if k == kind && !slices.Contains(all, class) {
				all = append(all, class)
			}
		}
	}
	if word := classWords[kind]; word != "" {
		for _, class := range r.schema.classesByName(word) {
			if !slices.ContainsFunc(all, func(have string) bool { return strings.EqualFold(have, class) }) {
				all = append(all, class)
			}
		}
	}
	slices.Sort(all)
	return all
}

func (r *proposing) readSamples(ctx context.Context) error {
	if r.p.BaseDN == "" {
		return nil
	}
	for _, kind := range kindOrder {
		if err := r.sampleKind(ctx, kind); err != nil {
			return err
		}
	}
	return nil
}

func (r *proposing) sampleKind(ctx context.Context, kind Kind) error {
	var b strings.Builder
	for _, class := range r.candidates(kind) {
		b.WriteString("(objectClass=" + escapeFilter(class) + ")")
	}
	filter := "(|" + b.String() + ")"
	if r.hasComputers() {
		filter = "(&" + filter + "(!(objectClass=computer)))"
	}
	attrs := []string{"*", "+", "entryUUID", "entryCSN", "modifyTimestamp", "nsUniqueId", "memberOf"}
	var current *sample
	code, err := r.ask(ctx, r.p.BaseDN, wire.ScopeSubtree, sampleLimits[kind], filter, attrs, func(dn, attr string, value []byte) {
		if attr == "" {
			current = &sample{dn: dn, asked: kind, values: map[string][]string{}}
			known := slices.ContainsFunc(r.samples, func(s *sample) bool { return s.dn == dn })
			if dn != "" && !known && r.count(kind) < sampleLimits[kind] {
				r.samples = append(r.samples, current)
			}
			return
		}
		current.add(attr, value)
	})
	if err != nil {
		return err
	}
	r.more[kind] = code != 0 && gave(code)
	if !gave(code) {
		r.problem("The server refused a search for entries of the kind %s (LDAP result %d).", kind, code)
	}
	return nil
}

// hasComputers: in Active Directory computers are users. Other servers take a class that they don't know for undefined, and
// its negation too, so that nothing would be found.
func (r *proposing) hasComputers() bool {
	if r.schema == nil {
		return r.isActiveDirectory()
	}
	_, has := r.schema.classes["computer"]
	return has
}

func (r *proposing) count(kind Kind) int {
	n := 0
	for _, s := range r.samples {
		if s.asked == kind {
			n++
		}
	}
	return n
}

func (s *sample) add(attr string, value []byte) {
	if strings.EqualFold(attr, "objectClass") {
		if len(s.classes) < maxMappedClasses {
			s.classes = append(s.classes, shortText(string(value)))
		}
		return
	}
	name := normalDescription(attr)
	if len(s.values) >= maxSampleAttributes && s.values[name] == nil || len(s.values[name]) >= maxSampleValues || len(value) == 0 {
		return
	}
	s.values[name] = append(s.values[name], string(value[:min(len(value), maxSampleValue)]))
}

// has tells whether the entry has a value of the attribute, with whatever options where the name has none.
func (s *sample) has(attr string) bool { return len(s.of(attr)) > 0 }

func (s *sample) of(attr string) []string {
	name := normalDescription(attr)
	if v := s.values[name]; v != nil {
		return v
	}
	for have, v := range s.values {
		if strings.HasPrefix(have, name+";") {
			return v
		}
	}
	return nil
}

// kind is what a mapping's classes make of the entry; "": nothing, or it is ignored.
func (s *sample) kind(m *Mapping) Kind {
	best := Kind("")
	for _, class := range s.classes {
		for _, ignored := range m.Ignore {
			if strings.EqualFold(class, ignored) {
				return ""
			}
		}
		for mapped, kind := range m.Classes {
			if strings.EqualFold(class, mapped) && (best == "" || slices.Index(kindOrder, kind) < slices.Index(kindOrder, best)) {
				best = kind
			}
		}
	}
	return best
}

// countClasses lists the classes of the samples.
func (r *proposing) countClasses() {
	counts := map[string]*ClassSample{}
	for _, s := range r.samples {
		for _, class := range s.classes {
			if counts[class] == nil {
				kind := (&sample{classes: []string{class}}).kind(&r.p.Mapping)
				counts[class] = &ClassSample{Class: class, Kind: kind}
			}
			counts[class].Entries++
			counts[class].More = counts[class].More || r.more[s.asked]
		}
	}
	for _, c := range counts {
		r.p.Samples = append(r.p.Samples, *c)
	}
	slices.SortFunc(r.p.Samples, func(a, b ClassSample) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Entries, a.Entries), cmp.Compare(a.Class, b.Class))
	})
}

// attributes lists the attributes of the samples, by name.
func (r *proposing) attributes() []string {
	all := map[string]bool{}
	for _, s := range r.samples {
		for name := range s.values {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
