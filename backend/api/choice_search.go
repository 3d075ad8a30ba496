package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// search finds out whether a label can be made right by adding values to it: it follows what the label lacks to the values that
// would bring it, and what these lack in turn.
type search struct {
	c    *chooser
	seen map[string]string // what obstacle said of a label
	left int               // labels that may still be judged
}

// maxJudged bounds the labels that are judged for one document, against a policy whose demands lead round in circles. Beyond it
// nobody is told "never".
const maxJudged = 50_000

// obstacle says why a label can never be right, whatever values are added; "" when it is right or can be made so.
func (s *search) obstacle(info label.Information) string {
	key := fmt.Sprint(info.Classification, numbered(s.c.p, info).Values())
	if said, ok := s.seen[key]; ok {
		return said
	}
	if s.left--; s.left < 0 {
		return ""
	}
	s.seen[key] = s.judge(info)
	return s.seen[key]
}

func (s *search) judge(info label.Information) string {
	problems, reasons := s.c.k.problems(s.c.p, info), s.c.k.decide(s.c.p, info)
	problems = slices.DeleteFunc(problems, func(q spif.Problem) bool { return q.Rule == spif.RuleUserInput }) // not typed yet
	for _, q := range problems {
		if s.c.isLasting(q, info) {
			return q.Text
		}
	}
	for _, r := range reasons {
		if r.Rule != cmbac.RulePermissive && r.Rule != cmbac.RuleLabelInvalid {
			return inWords(r)
		}
	}
	switch {
	case len(problems) > 0:
		q := problems[0]
		return s.met(info, q.Text, func(v *spif.Value) bool {
			if len(q.Needed) > 0 {
				return slices.Contains(q.Needed, v.Name())
			}
			return q.TagSet == "" || label.Fold(v.Tag().Set().Name()) == label.Fold(q.TagSet)
		})
	case len(reasons) > 0:
		r := reasons[0]
		return s.met(info, inWords(r), func(v *spif.Value) bool {
			return v.Tag().Set().Name() == r.TagSet && v.Tag().Type() == label.Permissive && s.c.isHeld(info.Classification, v)
		})
	}
	return ""
}

// met tries the values that bear on a demand, those that the installation holds first. It is "" when the label can be right with
// one of them.
func (s *search) met(info label.Information, demand string, bears func(*spif.Value) bool) string {
	var try []*spif.Value
	have := numbered(s.c.p, info).Values()
	for _, t := range s.c.p.Tags() {
		for _, v := range t.Values() {
			if bears(v) && !have.Has(v.Number()) {
				try = append(try, v)
			}
		}
	}
	slices.SortStableFunc(try, func(a, b *spif.Value) int { return cmp.Compare(s.rank(info, a), s.rank(info, b)) })
	why := demand
	for _, v := range try {
		obstacle := s.obstacle(plus(info, v))
		if obstacle == "" {
			return ""
		}
		if why == demand && obstacle != demand {
			why = strings.TrimSuffix(demand, ".") + "; but " + obstacle
		}
	}
	return why
}

func (s *search) rank(info label.Information, v *spif.Value) int {
	if s.c.isHeld(info.Classification, v) {
		return 0
	}
	return 1
}

// possible reports whether something can be made of the selection under a classification, as far as can be told.
func (s *search) possible(class string) bool {
	info := s.c.now
	info.Classification = class
	return s.obstacle(info) == ""
}

// anyPossible reports whether something can be made of the selection under some classification.
func (s *search) anyPossible() bool {
	return slices.ContainsFunc(s.c.p.Classes(), func(x *spif.Class) bool { return s.possible(x.Name()) })
}
