package spif

import (
	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// policyName is a securityPolicyId or defaultSecurityPolicyId.
type policyName struct {
	name, id   string
	markings   []marking
	qualifiers []qualifier
}

// equivalentPolicy is a policy that labels can be translated to.
type equivalentPolicy struct {
	name, id              string
	userRefURI, docRefURI string
	required              []requirement // in the other policy
}

type equivalentClass struct {
	policyRef string
	lacv      int
	applied   string // encrypt, decrypt, both
	required  []requirement
}

type equivalentValue struct {
	policyRef, tagSetID, tagType, enumType, lacv, applied string
	discard                                               bool
}

type equivalentTagSet struct {
	policyRef, name, id string
	required            []requirement
}

func (r *reader) equivalentPolicy(e *strictxml.Element) {
	q := &equivalentPolicy{
		name: r.name(e, "name"), id: r.oid(e, "id"), userRefURI: r.text(e, "userRefURI"), docRefURI: r.text(e, "docRefURI"),
		required: r.foreignRequirements(e),
	}
	r.at[q] = e
	for _, key := range []string{"name " + label.Fold(q.name), "id " + q.id} {
		if r.policies[key] != nil && q.name != "" && q.id != "" {
			r.add(equivalentPolicyRepeated, e, "equivalent policy %q (%s) has the name or the id of another one: remove it", q.name, q.id)
			break
		}
	}
	r.policies["name "+label.Fold(q.name)], r.policies["id "+q.id] = q, q
	r.p.equivalents = append(r.p.equivalents, q)
}

func (r *reader) equivalentClass(e *strictxml.Element) equivalentClass {
	c := equivalentClass{policyRef: r.policyRef(e), applied: r.enum(e, "applied"), required: r.foreignRequirements(e)}
	c.lacv, _ = r.int(e, "lacv")
	return c
}

func (r *reader) equivalentValue(e *strictxml.Element) equivalentValue {
	r.typeOf(e)
	return equivalentValue{
		policyRef: r.policyRef(e), tagSetID: r.oid(e, "tagSetId"), tagType: r.enum(e, "tagType"), enumType: r.enum(e, "enumType"),
		lacv: trimXML(r.text(e, "lacv")), applied: r.enum(e, "applied"), discard: isDiscard(e),
	}
}

func (r *reader) equivalentTagSet(e *strictxml.Element) equivalentTagSet {
	s := equivalentTagSet{policyRef: r.policyRef(e), name: r.name(e, "name"), id: r.oid(e, "id"), required: r.foreignRequirements(e)}
	if s.name == "" && s.id == "" {
		r.add(equivalentSetUnnamed, e, "neither name nor id says which tag set of %q is meant: nothing is translated by it; add them", s.policyRef)
	}
	return s
}

// policyRef must name one of equivalentPolicies, which may stand after what refers to it, or the default policy, if that is
// another one: 4774.1 lets a policy map its default policy.
func (r *reader) policyRef(e *strictxml.Element) string {
	ref := r.name(e, "policyRef")
	if ref == "" {
		return "" // told as a missing attribute
	}
	r.later = append(r.later, func() {
		d := r.p.defaultPolicy
		switch {
		case label.Fold(ref) == label.Fold(r.p.name):
			r.add(policyRefOwn, e, "policyRef %q is this policy itself, which needs no equivalence: name the other policy", ref)
		case r.equivalentNamed(ref) != nil:
		case d != nil && d.name == ref && d.id != "":
			q := &equivalentPolicy{name: d.name, id: d.id}
			r.policies["name "+label.Fold(q.name)], r.at[q] = q, r.at[d]
			r.p.equivalents = append(r.p.equivalents, q)
		default:
			r.add(policyRefDangling, e, "policyRef %q is none of the equivalentPolicies: mend its name, or add the policy there", ref)
		}
	})
	return ref
}

// equivalentNamed finds an equivalent policy by its name, letter by letter: translation compares it so.
func (r *reader) equivalentNamed(name string) *equivalentPolicy {
	if q := r.policies["name "+label.Fold(name)]; q != nil && q.name == name {
		return q
	}
	return nil
}

// identities holds the policies that are named here against one another: a name must have one id, and an id one name.
func (r *reader) identities() {
	own := policyName{name: r.p.name, id: r.p.id}
	d := r.p.defaultPolicy
	if d != nil {
		r.samePolicy(r.at[d], *d, own)
	}
	for _, q := range r.p.equivalents {
		named := policyName{name: q.name, id: q.id}
		if r.samePolicy(r.at[q], named, own) {
			r.add(equivalentPolicyOwn, r.at[q], "equivalent policy %q is this policy itself: remove it", q.name)
		} else if d != nil && r.samePolicy(r.at[q], named, *d) {
			r.add(equivalentPolicyOwn, r.at[q], "equivalent policy %q stands as default policy already, which the schema counts with these: remove it here", q.name)
		}
	}
}

// samePolicy reports whether two names mean one policy, and refuses what agrees by half.
func (r *reader) samePolicy(e *strictxml.Element, a, b policyName) bool {
	if a.name == "" || a.id == "" || b.name == "" || b.id == "" {
		return false // told as a missing attribute
	}
	sameName, sameID := label.Fold(a.name) == label.Fold(b.name), a.id == b.id
	if sameName != sameID {
		r.add(policyIdentity, e, "%q with id %s and %q with id %s: a policy has one name and one id; mend one of them", a.name, a.id, b.name, b.id)
	}
	return sameName && sameID
}
