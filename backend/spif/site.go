package spif

import (
	"fmt"
	"strings"

	"caveat/backend/label"
)

// Site is the set of policies that an installation knows. It is immutable.
type Site struct {
	byID     map[string]*Policy
	byName   map[string]*Policy
	policies []*Policy
}

// NewSite joins policies; the first is the governing one. Two policies of one name with different ids, or two of one id,
// are ErrConflict: a label that names only the name, or the id, would have two meanings.
func NewSite(policies ...*Policy) (*Site, error) {
	s := &Site{byID: map[string]*Policy{}, byName: map[string]*Policy{}}
	for _, p := range policies {
		if q := s.byID[p.id]; q != nil {
			return nil, fmt.Errorf("%w: two policies have the id %s (%s version %d, %s version %d)", ErrConflict, p.id, q.name, q.version, p.name, p.version)
		}
		if q := s.byName[label.Fold(p.name)]; q != nil {
			return nil, fmt.Errorf("%w: two policies have the name %s (ids %s and %s)", ErrConflict, p.name, q.id, p.id)
		}
		s.byID[p.id], s.byName[label.Fold(p.name)] = p, p
		s.policies = append(s.policies, p)
	}
	return s, nil
}

// Policies returns the policies in the order given to NewSite. The slice is the site's own: read only.
func (s *Site) Policies() []*Policy { return s.policies }

// Find returns the policy that an identifier names. Where it has a URI, that decides, and a name that disagrees with it is
// an error: a label saying SECRET of one policy and carrying the id of another must not be guessed at.
func (s *Site) Find(id label.PolicyID) (*Policy, error) {
	if id.URI == "" {
		if p := s.byName[label.Fold(id.Name)]; p != nil {
			return p, nil
		}
		return nil, fmt.Errorf("%w: %q (known: %s)", ErrUnknownPolicy, id.Name, s.names())
	}
	p := s.byID[id.OID()]
	if p == nil {
		return nil, fmt.Errorf("%w: %q with id %s (known: %s)", ErrUnknownPolicy, id.Name, id.OID(), s.names())
	}
	if label.Fold(id.Name) != label.Fold(p.name) {
		return nil, fmt.Errorf("%w: id %s is policy %s, the name given with it is %q", ErrUnknownPolicy, p.id, p.name, id.Name)
	}
	return p, nil
}

func (s *Site) names() string {
	if len(s.policies) == 0 {
		return "none"
	}
	out := make([]string, len(s.policies))
	for i, p := range s.policies {
		out[i] = p.name
	}
	return strings.Join(out, ", ")
}
