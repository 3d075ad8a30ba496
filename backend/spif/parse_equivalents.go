package spif

import "caveat/backend/label/strictxml"

// equivalentPolicy is a policy that labels can be translated to.
type equivalentPolicy struct {
	name, id string
	required []requirement // in the other policy
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
	q := &equivalentPolicy{name: r.name(e, "name"), id: r.oid(e, "id")}
	for _, other := range r.p.equivalents {
		if other.name == q.name || other.id == q.id {
			r.fail(e, "equivalent policy %q stands twice", q.name)
		}
	}
	r.p.equivalents = append(r.p.equivalents, q)
	r.children(e, map[string]func(*strictxml.Element){
		"requiredCategory": func(x *strictxml.Element) { q.required = append(q.required, r.foreignRequirement(x)) },
	})
}

func (r *reader) equivalentClass(e *strictxml.Element) equivalentClass {
	c := equivalentClass{policyRef: r.policyRef(e), lacv: r.int(e, "lacv", -1), applied: r.applied(e)}
	r.children(e, map[string]func(*strictxml.Element){
		"requiredCategory": func(x *strictxml.Element) { c.required = append(c.required, r.foreignRequirement(x)) },
	})
	return c
}

func (r *reader) equivalentValue(e *strictxml.Element) equivalentValue {
	v := equivalentValue{policyRef: r.policyRef(e), applied: r.applied(e)}
	action, has := e.Attr("action")
	if has && action != "discard" {
		r.fail(e, "action %q: only discard is known", action)
	}
	v.discard = has
	v.tagSetID, _ = e.Attr("tagSetId")
	v.tagType, _ = e.Attr("tagType")
	v.enumType, _ = e.Attr("enumType")
	v.lacv, _ = e.Attr("lacv")
	if _, ok := typeOf(v.tagType, v.enumType); !ok && !v.discard {
		r.fail(e, "tagType %q with enumType %q", v.tagType, v.enumType)
	}
	return v
}

func (r *reader) equivalentTagSet(e *strictxml.Element) equivalentTagSet {
	s := equivalentTagSet{policyRef: r.policyRef(e)}
	s.name, _ = e.Attr("name")
	s.id, _ = e.Attr("id")
	r.children(e, map[string]func(*strictxml.Element){
		"requiredCategory": func(x *strictxml.Element) { s.required = append(s.required, r.foreignRequirement(x)) },
	})
	return s
}

// policyRef must name one of equivalentPolicies, which may stand after what refers to it.
func (r *reader) policyRef(e *strictxml.Element) string {
	ref := r.name(e, "policyRef")
	r.later = append(r.later, func() {
		if r.p.equivalent(ref) == nil {
			r.fail(e, "policyRef %q is none of the equivalentPolicies", ref)
		}
	})
	return ref
}

func (r *reader) applied(e *strictxml.Element) string {
	v, _ := e.Attr("applied")
	if v != "encrypt" && v != "decrypt" && v != "both" {
		r.fail(e, "applied %q: encrypt, decrypt or both", v)
	}
	return v
}

// equivalent finds an equivalent policy by its name in this SPIF.
func (p *Policy) equivalent(name string) *equivalentPolicy {
	for _, q := range p.equivalents {
		if q.name == name {
			return q
		}
	}
	return nil
}
