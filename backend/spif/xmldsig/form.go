package xmldsig

import (
	"fmt"
	"slices"

	"caveat/backend/label/strictxml"
	"caveat/backend/spif"
)

// signature is the one Signature element of a document.
type signature struct {
	element *strictxml.Element
	info    *strictxml.Element // SignedInfo
}

// find finds the signature of a document. It stands below the root or in the root's extensions; a second one, or one elsewhere, could
// be meant to be found by one reader and not by another.
func find(root *strictxml.Element) (signature, error) {
	var all []*strictxml.Element
	var walk func(e *strictxml.Element)
	walk = func(e *strictxml.Element) {
		if e.Space == Namespace && e.Name == "Signature" {
			all = append(all, e)
		}
		for _, c := range e.Children {
			walk(c)
		}
	}
	walk(root)
	switch {
	case len(all) == 0:
		return signature{}, ErrUnsigned
	case len(all) > 1:
		return signature{}, fmt.Errorf("%w: line %d: it is the second of %d; one is read", ErrForm, all[1].Line, len(all))
	}
	s := signature{element: all[0]}
	up := s.element.Parent
	inExtensions := up != nil && up.Parent == root && up.Space == spif.Namespace && up.Name == "extensions"
	if up != root && !inExtensions {
		return signature{}, fmt.Errorf("%w: line %d: it must stand directly in the root element, or in its extensions", ErrForm, s.element.Line)
	}
	var err error
	s.info, err = only(s.element, "SignedInfo")
	return s, err
}

// What is accepted. SHA-1 and what rests on it is not.
//
// std: XMLDSIG 1.1 §6
var (
	canonical = []string{
		"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
		"http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
		"http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/2006/12/xml-c14n11#WithComments",
	}
	digests = []string{
		"http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384", "http://www.w3.org/2001/04/xmlenc#sha512",
	}
	methods = []string{
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
		"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
	}
)

const enveloped = Namespace + "enveloped-signature"

// checkForm refuses a signature that is not of the whole document and nothing else.
func (s signature) checkForm() error {
	for _, x := range []struct {
		name    string
		allowed []string
	}{{"CanonicalizationMethod", canonical}, {"SignatureMethod", methods}} {
		e, err := only(s.info, x.name)
		if err != nil {
			return err
		}
		if err := algorithm(e, x.allowed); err != nil {
			return err
		}
	}
	ref, err := only(s.info, "Reference")
	if err != nil {
		return err
	}
	if uri, ok := ref.Attr("URI"); !ok || uri != "" {
		return fmt.Errorf("%w: line %d: it is of a part of the document (URI %q), not of the whole (URI \"\")", ErrForm, ref.Line, uri)
	}
	digest, err := only(ref, "DigestMethod")
	if err != nil {
		return err
	}
	if err := algorithm(digest, digests); err != nil {
		return err
	}
	return checkTransforms(ref)
}

func checkTransforms(ref *strictxml.Element) error {
	transforms, err := only(ref, "Transforms")
	if err != nil {
		return err
	}
	list := children(transforms, "Transform")
	if len(list) != 2 || len(list) != len(transforms.Children) {
		return fmt.Errorf("%w: line %d: it must name two transforms, enveloped-signature and a canonical form", ErrForm, transforms.Line)
	}
	if err := algorithm(list[0], []string{enveloped}); err != nil {
		return err
	}
	return algorithm(list[1], canonical)
}

func algorithm(e *strictxml.Element, allowed []string) error {
	name, _ := e.Attr("Algorithm")
	if !slices.Contains(allowed, name) {
		return fmt.Errorf("%w: line %d: %s %q is not accepted", ErrForm, e.Line, e.Name, name)
	}
	return nil
}

func children(e *strictxml.Element, name string) []*strictxml.Element {
	var out []*strictxml.Element
	for _, c := range e.Children {
		if c.Space == Namespace && c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

// only is the one child of that name.
func only(e *strictxml.Element, name string) (*strictxml.Element, error) {
	list := children(e, name)
	if len(list) != 1 {
		return nil, fmt.Errorf("%w: line %d: %s has %d %s elements, not one", ErrForm, e.Line, e.Name, len(list), name)
	}
	return list[0], nil
}
