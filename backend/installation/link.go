package installation

import (
	"slices"

	"golang.org/x/text/language"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// nationSets are the tag sets whose values name nations, beside organisations and missions.
var nationSets = []string{"Only", "Releasable To"}

// destination refuses a link that holds another nation's value than the destination's: what is for that nation only would be let
// through to this one (RULES 11).
func (b *builder) destination(section string, r RouteFile, c label.Clearance) {
	if b.err != nil || b.in.Site == nil {
		return
	}
	p, err := b.in.Site.Find(c.Policy)
	if err != nil {
		b.fail(section, "%w", err)
		return
	}
	held, _ := p.Clearance(c)
	for _, name := range nationSets {
		for _, v := range valuesOf(p.TagSet(name)) {
			if held.Values().Has(v.Number()) && label.Fold(v.Name()) != label.Fold(r.Nation) && b.isNation(v.Name()) {
				b.fail(section, "clearance: it holds %q of %q: of the nations, a link holds the destination's alone (%s), or what is for %s would go to %s; take it out",
					v.Name(), name, r.Nation, v.Name(), r.Nation)
			}
		}
	}
}

func valuesOf(s *spif.TagSet) (out []*spif.Value) {
	if s == nil {
		return nil
	}
	for _, t := range s.Tags() {
		out = append(out, t.Values()...)
	}
	return out
}

// isNation reports that a value is a nation's: its code in ISO 3166 (three letters), or one that this installation uses for a nation.
// A policy does not say which of its values are nations.
func (b *builder) isNation(value string) bool {
	if len(value) == 3 {
		if r, err := language.ParseRegion(value); err == nil && r.IsCountry() {
			return true
		}
	}
	f := b.in.File
	is := func(nation string) bool { return label.Fold(nation) == label.Fold(value) }
	return is(f.System.Nation) || slices.ContainsFunc(f.Directories, func(d DirectoryFile) bool { return is(d.Nation) }) ||
		slices.ContainsFunc(f.Routes, func(r RouteFile) bool { return is(r.Nation) })
}
