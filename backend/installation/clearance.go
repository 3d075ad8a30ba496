package installation

import (
	"errors"
	"fmt"
	"slices"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// clearance reads a clearance and holds every name in it to the policies: an administrator's slip must not be a grant that
// silently is none.
func (b *builder) clearance(section string, c Clearance) label.Clearance {
	if b.err != nil {
		return label.Clearance{}
	}
	out, err := c.resolve(b.in.Site)
	if err != nil {
		b.fail(section+": clearance", "%w", err)
	}
	return out
}

func (c Clearance) resolve(site *spif.Site) (label.Clearance, error) {
	if c.XML != "" {
		if c.Policy != "" || c.UpTo != "" || len(c.Classifications) > 0 || len(c.Categories) > 0 {
			return label.Clearance{}, errors.New("xml stands alone: it names policy, classifications and categories itself")
		}
		out, err := label.ParseClearance([]byte(c.XML))
		if err != nil {
			return label.Clearance{}, err
		}
		return out, known(site, out)
	}
	p, err := site.Find(label.PolicyID{Name: c.Policy})
	if err != nil {
		return label.Clearance{}, err
	}
	out := label.Clearance{Policy: p.PolicyID(), Classifications: c.Classifications}
	if c.UpTo != "" {
		top := p.Class(c.UpTo)
		if top == nil {
			return label.Clearance{}, fmt.Errorf("%q is no classification of policy %s", c.UpTo, p.Name())
		}
		for _, k := range p.Classes() {
			if k.Hierarchy() <= top.Hierarchy() {
				out.Classifications = append(out.Classifications, k.Name())
			}
		}
	}
	if len(out.Classifications) == 0 {
		return label.Clearance{}, errors.New("classifications or up_to must be given")
	}
	sets := make([]string, 0, len(c.Categories))
	for name := range c.Categories {
		sets = append(sets, name)
	}
	slices.Sort(sets)
	for _, name := range sets {
		cats, err := categories(p, name, c.Categories[name])
		if err != nil {
			return label.Clearance{}, err
		}
		out.Categories = append(out.Categories, cats...)
	}
	return out, known(site, out)
}

// categories finds the tag of each value; a value under two types of one set is held under both.
func categories(p *spif.Policy, set string, values []string) ([]label.Category, error) {
	s := p.TagSet(set)
	if s == nil {
		return nil, fmt.Errorf("%q is no tag set of policy %s", set, p.Name())
	}
	var out []label.Category
	for _, t := range s.Tags() {
		c := label.Category{TagName: s.Name(), Type: t.Type(), URI: "urn:oid:" + s.ID()}
		for _, v := range t.Values() {
			if slices.ContainsFunc(values, func(x string) bool { return label.Fold(x) == label.Fold(v.Name()) }) {
				c.Values = append(c.Values, v.Name())
			}
		}
		if len(c.Values) > 0 {
			out = append(out, c)
		}
	}
	for _, x := range values {
		if !slices.ContainsFunc(out, func(c label.Category) bool {
			return slices.ContainsFunc(c.Values, func(v string) bool { return label.Fold(v) == label.Fold(x) })
		}) {
			return nil, fmt.Errorf("%q is no value of tag set %q", x, set)
		}
	}
	return out, nil
}

func known(site *spif.Site, c label.Clearance) error {
	p, err := site.Find(c.Policy)
	if err != nil {
		return err
	}
	if _, problems := p.Clearance(c); len(problems) > 0 {
		return errors.New(problems[0].Words("en"))
	}
	return nil
}
