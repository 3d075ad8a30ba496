package installation

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// DefaultLabel is the label that what comes from a domain, or is said in a room, is taken to have when it has none.
type DefaultLabel struct {
	Domain string // its A-labels, in lower case; "": it is a room's
	Room   string // address in lower case
	Label  label.Label
}

// from says in words what it is for.
func (d DefaultLabel) from() string {
	if d.Room != "" {
		return "chat in " + d.Room
	}
	return "mail from " + d.Domain
}

// DefaultLabelOf gives the label that an unlabelled message from an address, of a person or of a room, is taken to have (RULES 20);
// false: there is none. A room's own comes first. Else it
// is that of exactly the address's domain: one of a domain below it has none by that. A label that has a value whose time is over,
// or is of a policy that ended, is given all the same: who uses it judges it as any other.
func (in *Installation) DefaultLabelOf(address string) (DefaultLabel, bool) {
	whole := strings.ToLower(strings.TrimSpace(address))
	at := strings.LastIndexByte(whole, '@')
	if at < 0 {
		return DefaultLabel{}, false
	}
	domain := foldDomain(whole[at+1:])
	i := slices.IndexFunc(in.DefaultLabels, func(d DefaultLabel) bool { return d.Room != "" && d.Room == whole })
	if i < 0 {
		i = slices.IndexFunc(in.DefaultLabels, func(d DefaultLabel) bool { return d.Domain != "" && d.Domain == domain })
	}
	if i < 0 {
		return DefaultLabel{}, false
	}
	return in.DefaultLabels[i], true
}

func (b *builder) defaultLabels() {
	seen := map[string]bool{}
	for _, f := range b.in.File.DefaultLabels {
		domain, room := foldDomain(f.Domain), strings.ToLower(f.Room)
		section := fmt.Sprintf("default_label of %q", domain+room)
		switch {
		case (domain == "") == (room == ""):
			b.fail(section, "each needs a domain of its own, or the address of a room, and not both")
		case domain != "" && !isDomain(domain) || room != "" && !isBareJID(room) || seen[domain+room]:
			b.fail(section, "each needs a domain of its own, or the address of a room")
		}
		seen[domain+room] = true
		if b.err != nil {
			return
		}
		l, err := f.resolve(b.in.Site)
		if err == nil {
			err = b.judge(section, l)
		}
		if err != nil {
			b.fail(section, "%w", err)
		}
		b.in.DefaultLabels = append(b.in.DefaultLabels, DefaultLabel{Domain: domain, Room: room, Label: l})
	}
}

func (f DefaultLabelFile) resolve(site *spif.Site) (label.Label, error) {
	if f.XML != "" {
		if f.Policy != "" || f.Classification != "" || len(f.Categories) > 0 {
			return label.Label{}, errors.New("xml stands alone: it names policy, classification and categories itself")
		}
		return label.ParseLabel([]byte(f.XML))
	}
	sel := label.Selection{Policy: f.Policy, Classification: f.Classification}
	for _, set := range slices.Sorted(maps.Keys(f.Categories)) {
		t := label.SelectedTag{TagSet: set}
		for _, v := range f.Categories[set] {
			t.Values = append(t.Values, label.SelectedValue{Name: v})
		}
		sel.Categories = append(sel.Categories, t)
	}
	info, err := site.Build(sel)
	return label.Label{Information: info, Kind: label.Originator}, err
}

// judge refuses a label that the policy does not allow, or that lacks a tag set which a label must have here (RULES 4). What is
// wrong only at this time is a warning: a program that worked yesterday must still start tomorrow.
func (b *builder) judge(section string, l label.Label) error {
	p, err := b.in.Site.Find(l.Policy)
	if err != nil {
		return err
	}
	i := slices.Index(b.in.Site.Policies(), p)
	required := b.in.File.Policies[i].RequireTagSets
	for _, x := range p.Validate(p.Label(l), spif.Validation{At: time.Now(), RequireTagSets: required}) {
		if !x.Warning && x.At.IsZero() {
			return errors.New(x.Words("en"))
		}
		b.in.Warnings = append(b.in.Warnings, section+": "+x.Words("en"))
	}
	return nil
}
