package label

import (
	"time"

	"caveat/backend/label/strictxml"
)

// Declarations that every label and clearance written here has on its root.
var (
	labelScope     = []strictxml.Namespace{{Prefix: "slab", URI: Namespace}}
	clearanceScope = []strictxml.Namespace{{Prefix: "sclr", URI: ClearanceNamespace}, {Prefix: "slab", URI: Namespace}}
)

// Marshal writes the label's XML without prolog, in one line but for line ends inside extensions, prefix slab. A received
// label (XML set) is returned as it came: whoever changed the fields of one must clear XML first. Parsing the result gives
// an equal label.
func (l Label) Marshal() []byte {
	if l.XML != nil {
		return append([]byte(nil), l.XML...)
	}
	w := writer{}
	kind := l.Kind
	if kind == "" {
		kind = Originator
	}
	w.Raw("<slab:" + string(kind) + ` xmlns:slab="` + Namespace + `"`)
	w.Optional("Id", l.ID)
	if !l.Review.IsZero() {
		w.Attr("ReviewDateTime", stamp(l.Review))
	}
	w.Foreign(l.Attributes)
	w.Raw(">")
	w.information(l.Information)
	w.origin(l.OriginatorID, l.OriginatorIDType, l.OriginatorAttributes)
	w.created(l.Created)
	w.succession(l.Succession)
	w.Extensions(l.LabelExtensions)
	w.Raw("</slab:" + string(kind) + ">")
	return w.Bytes()
}

// Marshal writes the clearance's XML without prolog, in one line but for line ends inside extensions. Parsing the result
// gives an equal clearance.
func (c Clearance) Marshal() []byte {
	w := writer{}
	w.Raw(`<sclr:ConfidentialityClearance xmlns:sclr="` + ClearanceNamespace + `" xmlns:slab="` + Namespace + `"`)
	w.Foreign(c.Attributes)
	w.Raw(">")
	w.policy(c.Policy, c.PolicyAttributes)
	w.Raw("<sclr:ClassificationList>")
	for i, n := range c.Classifications {
		var attributes []Attribute
		if i < len(c.ClassificationAttributes) {
			attributes = c.ClassificationAttributes[i]
		}
		w.classification(n, attributes)
	}
	w.clearanceExtensions(c.ListExtensions)
	w.Raw("</sclr:ClassificationList>")
	w.categories(c.Categories)
	w.clearanceExtensions(c.Extensions)
	w.Raw("</sclr:ConfidentialityClearance>")
	return w.Bytes()
}

type writer struct{ strictxml.Writer }

func (w *writer) information(i Information) {
	w.Raw("<slab:ConfidentialityInformation>")
	w.policy(i.Policy, i.PolicyAttributes)
	w.classification(i.Classification, i.ClassificationAttributes)
	if i.PrivacyMark != "" {
		w.Leaf("slab:PrivacyMark", i.PrivacyMark)
	}
	w.categories(i.Categories)
	w.Extensions(i.Extensions)
	w.Raw("</slab:ConfidentialityInformation>")
}

func (w *writer) policy(p PolicyID, attributes []Attribute) {
	w.Raw("<slab:PolicyIdentifier")
	w.Optional("URI", p.URI)
	w.Foreign(attributes)
	w.Raw(">")
	w.Text(p.Name)
	w.Raw("</slab:PolicyIdentifier>")
}

func (w *writer) classification(name string, attributes []Attribute) {
	w.Raw("<slab:Classification")
	w.Foreign(attributes)
	w.Raw(">")
	w.Text(name)
	w.Raw("</slab:Classification>")
}

func (w *writer) categories(cs []Category) {
	for _, c := range cs {
		w.Raw("<slab:Category")
		w.Attr("TagName", c.TagName)
		w.Attr("Type", c.Type.String())
		w.Optional("URI", c.URI)
		w.Foreign(c.Attributes)
		w.Raw(">")
		for _, v := range c.Values {
			w.Leaf("slab:GenericValue", v)
		}
		w.Raw("</slab:Category>")
	}
}

func (w *writer) origin(id, typ string, attributes []Attribute) {
	if id == "" && typ == "" {
		return
	}
	w.Raw("<slab:OriginatorID")
	w.Attr("IDType", typ)
	w.Foreign(attributes)
	w.Raw(">")
	w.Text(id)
	w.Raw("</slab:OriginatorID>")
}

func (w *writer) created(t time.Time) {
	if !t.IsZero() {
		w.Leaf("slab:CreationDateTime", stamp(t))
	}
}

func (w *writer) succession(s *Successor) {
	if s == nil {
		return
	}
	w.Raw("<slab:SuccessionHandling>")
	w.Leaf("slab:SuccessionDateTime", stamp(s.At))
	w.Raw("<slab:SuccessorConfidentialityLabel>")
	w.information(s.Label)
	w.origin(s.OriginatorID, s.OriginatorIDType, s.OriginatorAttributes)
	w.created(s.Created)
	w.succession(s.Succession)
	w.Extensions(s.LabelExtensions)
	w.Raw("</slab:SuccessorConfidentialityLabel>")
	w.Extensions(s.Extensions)
	w.Raw("</slab:SuccessionHandling>")
}

func (w *writer) clearanceExtensions(list []Extension) {
	if len(list) == 0 {
		return
	}
	w.Raw("<sclr:ConfidentialityClearanceExtensions>")
	w.Extensions(list)
	w.Raw("</sclr:ConfidentialityClearanceExtensions>")
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
