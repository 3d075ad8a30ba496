package spif

import (
	"slices"

	"caveat/backend/label/strictxml"
)

// ExtensionsNamespace is that of NATO's extensions of SPIFs: who belongs to which organisation.
//
// std: ADatP-4774.1/A1 §3.9
const ExtensionsNamespace = "urn:nato:stanag:4774:spif:extensions:1:0"

// Extension is one element inside extensions, as it stands in the document. A prefix that is declared further up in the
// document is not declared in XML.
type Extension struct {
	Space, Name string
	XML         []byte
}

// Membership is an organisation and who belongs to it: "Euro-Atlantic Partnership Council". It is told for people; nothing
// is decided by it.
type Membership struct {
	Name    string
	Members []Member
}

// Member is a value of the policy, such as a nation, by its name and lacv.
type Member struct {
	Name, LACV string
	IsObsolete bool // it was a member
}

func (r *reader) extensions(e *strictxml.Element) {
	for _, x := range e.Children {
		r.p.extensions = append(r.p.extensions, Extension{Space: x.Space, Name: x.Name, XML: slices.Clone(r.data[x.Start:x.End])})
		switch {
		case isSignature(x):
			r.p.signed = true
		case x.Space == ExtensionsNamespace && x.Name == "memberships":
			r.memberships(x)
		}
	}
}

func (r *reader) memberships(e *strictxml.Element) {
	for _, x := range e.Children {
		m := Membership{Name: cleanName(extended(x, "name"))}
		if !isExtension(x, "membership") || m.Name == "" {
			r.add(contentIgnored, x, "element %q of memberships is no membership with a name, and is passed over", x.Name)
			continue
		}
		for _, y := range x.Children {
			k := Member{Name: cleanName(extended(y, "name")), LACV: trimXML(extended(y, "lacv"))}
			if !isExtension(y, "member") || k.Name == "" {
				r.add(contentIgnored, y, "element %q of membership %q is no member with a name, and is passed over", y.Name, m.Name)
				continue
			}
			obsolete := trimXML(extended(y, "obsolete"))
			k.IsObsolete = obsolete == "true" || obsolete == "1"
			m.Members = append(m.Members, k)
		}
		r.p.memberships = append(r.p.memberships, m)
	}
}

func isExtension(e *strictxml.Element, name string) bool {
	return e.Space == ExtensionsNamespace && e.Name == name
}

// extended reads an attribute of an extension: published policies write it with the prefix, 4774.1 without.
func extended(e *strictxml.Element, name string) string {
	for _, a := range e.Attrs {
		if a.Name == name && (a.Space == ExtensionsNamespace || a.Space == "") {
			return a.Value
		}
	}
	return ""
}
