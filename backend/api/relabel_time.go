package api

import (
	"slices"
	"strings"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// atLeast reports whether a label is at least as restrictive as another (RULES 2), now and ever after: a successor of the one that is
// less restrictive than what the other says then does away with it. Equal ones are, even where nobody understands them; else both must
// be understood, with every successor.
func (s *Service) atLeast(a, b draft.Label) bool {
	if sameLabel(a, b) {
		return true
	}
	x, err := s.understood(a)
	if err != nil {
		return false
	}
	y, err := s.understood(b)
	if err != nil {
		return false
	}
	now := s.now()
	return !slices.ContainsFunc(slices.Concat([]time.Time{now}, x.Changes(now), y.Changes(now)), func(at time.Time) bool {
		return !s.atLeastAt(at, x, y)
	})
}

func (s *Service) atLeastAt(at time.Time, x, y label.Label) bool {
	one, _ := x.InForce(at)
	other, _ := y.InForce(at)
	p, err := s.in.Site.Find(one.Policy)
	if err != nil {
		return false
	}
	q, err := s.in.Site.Find(other.Policy)
	if err != nil || p != q {
		return false
	}
	// What has a name that is not known is less restrictive than nothing.
	m, n := numbered(p, one), numbered(p, other)
	return len(m.UnknownNames())+len(n.UnknownNames()) == 0 && spif.AtLeastAsRestrictive(m, n)
}

// understood reads a draft's label, as far as it is chosen; ErrLabel also where there is none.
func (s *Service) understood(l draft.Label) (label.Label, error) {
	if l.XML != "" {
		return label.ParseLabel([]byte(l.XML))
	}
	p, info, err := s.picker().read(l)
	if err == nil && p == nil {
		err = ErrLabel
	}
	if err != nil {
		return label.Label{}, err
	}
	info.Policy = p.PolicyID()
	return label.Label{Kind: label.Originator, Information: info}, nil
}

// successionReasoned holds a label that replaces itself by a less restrictive one to RULES 1: that is a change of label like any other,
// only later, and needs a reason. One that came with the message that is answered is its originator's word.
func (s *Service) successionReasoned(d draft.Draft) error {
	if d.Label.XML == "" || d.Inherited != nil && sameLabel(d.Label, *d.Inherited) {
		return nil
	}
	l, err := label.ParseLabel([]byte(d.Label.XML))
	if err != nil {
		return nil // the check says so
	}
	now := s.now()
	present, _ := l.InForce(now)
	for _, at := range l.Changes(now) {
		info, _ := l.InForce(at)
		next := label.Label{Kind: label.Originator, Information: info}
		if s.atLeastAt(now, next, label.Label{Information: present}) {
			continue
		}
		to := draft.Label{XML: string(next.Marshal())}
		if !slices.ContainsFunc(d.Relabelled, func(r draft.Relabelling) bool {
			return r.Of == "" && sameLabel(r.From, d.Label) && sameLabel(r.To, to) && strings.ContainsFunc(r.Reason, isWord)
		}) {
			return &RelabelError{Missing: []draft.Relabelling{{From: d.Label, To: to}}, later: true}
		}
	}
	return nil
}
