package xmppsend

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/label/strictxml"
	"caveat/backend/message"
)

// Catalogue is what a server lets be chosen for messages to one address.
//
// std: XEP-0258 §5
type Catalogue struct {
	Name, Description string
	IsRestricted      bool // nothing but its items may be chosen
	Items             []CatalogueItem
	// HasNone: it has an item for messages without a label.
	HasNone bool
}

// CatalogueItem is one label that may be chosen. XML goes out as it is (message.Stanza.Item), and is decided by what Sensitivity says of
// it: with a fault there it must not be chosen.
type CatalogueItem struct {
	Selector    []string // the path in a menu; nil: none
	IsDefault   bool
	XML         []byte // the securitylabel element
	Sensitivity message.Sensitivity
}

const catalogueSpace = "urn:xmpp:sec-label:catalog:2"

// Catalogue asks the own server what may be chosen for messages to target. Where the server has no catalogue it is ErrNoCatalogue.
//
// std: XEP-0258 §5
func (s *Sender) Catalogue(ctx context.Context, account, target string) (Catalogue, error) {
	_, st, err := s.online(account)
	if err != nil {
		return Catalogue{}, err
	}
	to, err := bareOf(target)
	if err != nil {
		return Catalogue{}, err
	}
	known, err := s.features(ctx, st, st.domain())
	switch {
	case err != nil:
		return Catalogue{}, err
	case !slices.Contains(known, CatalogueFeature):
		return Catalogue{}, fmt.Errorf("%w: %s", ErrNoCatalogue, st.domain())
	}
	var w strictxml.Writer
	w.Raw(`<catalog xmlns="` + catalogueSpace + `"`)
	w.Attr("to", to.String())
	w.Raw("/>")
	x, err := st.ask(ctx, "get", st.domain(), w.String())
	if err != nil {
		return Catalogue{}, err
	}
	e := child(x.Element, catalogueSpace, "catalog")
	if e == nil {
		return Catalogue{}, fmt.Errorf("%w: the server gives no catalogue", ErrProtocol)
	}
	return readCatalogue(e, x.doc, s.options.Reader())
}

func readCatalogue(e *strictxml.Element, doc []byte, r message.Reader) (Catalogue, error) {
	out := Catalogue{Name: clean(attrOf(e, "name")), Description: clean(attrOf(e, "desc")), IsRestricted: isTrue(attrOf(e, "restrict"))}
	defaults := 0
	for _, c := range e.Children {
		if c.Space != catalogueSpace || c.Name != "item" {
			continue
		}
		if labelsIn(c) > 1 {
			return Catalogue{}, fmt.Errorf("%w: an item of the catalogue with two labels", ErrProtocol)
		}
		element := child(c, message.LabelNamespace, "securitylabel")
		if element == nil {
			out.HasNone = out.HasNone || len(c.Children) == 0
			continue
		}
		item := CatalogueItem{IsDefault: isTrue(attrOf(c, "default")), XML: []byte(element.Standalone(doc))}
		for _, word := range strings.Split(attrOf(c, "selector"), "|") {
			if word = clean(word); word != "" {
				item.Selector = append(item.Selector, word)
			}
		}
		var err error
		if item.Sensitivity, err = r.ReadItem(item.XML); err != nil {
			return Catalogue{}, fmt.Errorf("%w: an item of the catalogue: %w", ErrProtocol, err)
		}
		if item.IsDefault {
			defaults++
		}
		out.Items = append(out.Items, item)
	}
	if defaults > 1 {
		return Catalogue{}, fmt.Errorf("%w: a catalogue with %d defaults", ErrProtocol, defaults)
	}
	return out, nil
}

// labelsIn counts the labels of an item.
func labelsIn(item *strictxml.Element) (n int) {
	for _, c := range item.Children {
		if c.Space == message.LabelNamespace && c.Name == "securitylabel" {
			n++
		}
	}
	return n
}

func isTrue(s string) bool { return s == "true" || s == "1" }
