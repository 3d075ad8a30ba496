package label

import (
	"bytes"
	"encoding/xml"
	"time"
)

// Marshal writes the label's XML without prolog, in one line, prefix slab. A received label (XML set) is returned as it
// came: whoever changed the fields of one must clear XML first. Parsing the result gives an equal label.
func (l Label) Marshal() []byte {
	if l.XML != nil {
		return append([]byte(nil), l.XML...)
	}
	w := writer{}
	kind := l.Kind
	if kind == "" {
		kind = Originator
	}
	w.raw("<slab:" + string(kind) + ` xmlns:slab="` + Namespace + `"`)
	if !l.Review.IsZero() {
		w.attr("ReviewDateTime", stamp(l.Review))
	}
	w.raw(">")
	w.information(l.Information)
	if l.OriginatorID != "" {
		w.raw("<slab:OriginatorID")
		w.attr("IDType", l.OriginatorIDType)
		w.raw(">")
		w.text(l.OriginatorID)
		w.raw("</slab:OriginatorID>")
	}
	if !l.Created.IsZero() {
		w.leaf("CreationDateTime", stamp(l.Created))
	}
	if l.Succession != nil {
		w.raw("<slab:SuccessionHandling>")
		w.leaf("SuccessionDateTime", stamp(l.Succession.At))
		w.raw("<slab:SuccessorConfidentialityLabel>")
		w.information(l.Succession.Label)
		if !l.Created.IsZero() { // the schema demands it here too
			w.leaf("CreationDateTime", stamp(l.Created))
		}
		w.raw("</slab:SuccessorConfidentialityLabel></slab:SuccessionHandling>")
	}
	w.raw("</slab:" + string(kind) + ">")
	return w.Bytes()
}

// Marshal writes the clearance's XML without prolog, in one line. Parsing the result gives an equal clearance.
func (c Clearance) Marshal() []byte {
	w := writer{}
	w.raw(`<sclr:ConfidentialityClearance xmlns:sclr="` + ClearanceNamespace + `" xmlns:slab="` + Namespace + `">`)
	w.policy(c.Policy)
	w.raw("<sclr:ClassificationList>")
	for _, n := range c.Classifications {
		w.leaf("Classification", n)
	}
	w.raw("</sclr:ClassificationList>")
	w.categories(c.Categories)
	w.raw("</sclr:ConfidentialityClearance>")
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) raw(s string) { w.WriteString(s) }

// text escapes for element content and attribute values alike. A bytes.Buffer never fails to write.
func (w *writer) text(s string) { _ = xml.EscapeText(&w.Buffer, []byte(s)) }

func (w *writer) attr(name, value string) {
	w.raw(" " + name + `="`)
	w.text(value)
	w.raw(`"`)
}

func (w *writer) leaf(name, value string) {
	w.raw("<slab:" + name + ">")
	w.text(value)
	w.raw("</slab:" + name + ">")
}

func (w *writer) information(i Information) {
	w.raw("<slab:ConfidentialityInformation>")
	w.policy(i.Policy)
	w.leaf("Classification", i.Classification)
	if i.PrivacyMark != "" {
		w.leaf("PrivacyMark", i.PrivacyMark)
	}
	w.categories(i.Categories)
	w.raw("</slab:ConfidentialityInformation>")
}

func (w *writer) policy(p PolicyID) {
	w.raw("<slab:PolicyIdentifier")
	if p.URI != "" {
		w.attr("URI", p.URI)
	}
	w.raw(">")
	w.text(p.Name)
	w.raw("</slab:PolicyIdentifier>")
}

func (w *writer) categories(cs []Category) {
	for _, c := range cs {
		w.raw("<slab:Category")
		w.attr("TagName", c.TagName)
		w.attr("Type", c.Type.String())
		if c.URI != "" {
			w.attr("URI", c.URI)
		}
		w.raw(">")
		for _, v := range c.Values {
			w.leaf("GenericValue", v)
		}
		w.raw("</slab:Category>")
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
