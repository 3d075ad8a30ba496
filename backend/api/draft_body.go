package api

import (
	"bytes"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/label"
)

// DraftBody is a draft in a request or answer. Its schema is written out here because a label has two forms: chosen names, or
// XML.
type DraftBody struct{ draft.Draft }

// UnmarshalJSON reads a draft as strictly as the commands do.
func (b *DraftBody) UnmarshalJSON(data []byte) (err error) {
	b.Draft, err = draft.Parse(data)
	return err
}

// Schema implements huma.SchemaProvider.
func (b *DraftBody) Schema(r huma.Registry) *huma.Schema {
	return component(r, "Draft", func() *huma.Schema {
		return object(draftProperties(r, labelSchema(r, false)), "channel", "action", "body", "label")
	})
}

// DraftContent is a draft that is being written, as far as it was typed.
type DraftContent struct{ draftbox.Content }

// UnmarshalJSON reads it as strictly as a draft, but for what is missing.
func (b *DraftContent) UnmarshalJSON(data []byte) (err error) {
	b.Content, err = draftbox.Parse(data)
	return err
}

// Schema implements huma.SchemaProvider.
func (b *DraftContent) Schema(r huma.Registry) *huma.Schema {
	return component(r, "DraftContent", func() *huma.Schema {
		all := draftProperties(r, labelSchema(r, true))
		all["channel"] = &huma.Schema{Type: "string", Enum: []any{"mail", "chat", ""}}
		all["typing"] = object(map[string]*huma.Schema{"action": text(""), "info": text("")})
		all["typing"].Description = "half-typed text in the recipient fields"
		return object(all)
	})
}

// LabelSelection is what a person chose for a label: names of the policy.
type LabelSelection struct{ label.Selection }

// UnmarshalJSON reads it as strictly as a draft's label.
func (b *LabelSelection) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] != '{' {
		return fmt.Errorf("%w: selection: an object of chosen names", draft.ErrSyntax)
	}
	var l draft.Label
	if err := l.UnmarshalJSON(data); err != nil {
		return err
	}
	b.Selection = *l.Selection
	return nil
}

// MarshalJSON writes the form that it is read from.
func (b LabelSelection) MarshalJSON() ([]byte, error) {
	return draft.Label{Selection: &b.Selection}.MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (b *LabelSelection) Schema(r huma.Registry) *huma.Schema { return selectionSchema(r) }

// LabelBody is a label in a request: names of the policy, or a STANAG 4774 label as XML.
type LabelBody struct{ draft.Label }

// UnmarshalJSON reads it as strictly as a draft's label.
func (b *LabelBody) UnmarshalJSON(data []byte) error { return b.Label.UnmarshalJSON(data) }

// MarshalJSON writes the form that it is read from; none is an empty text, which is a label's place left empty.
func (b LabelBody) MarshalJSON() ([]byte, error) {
	if b.IsZero() {
		return []byte(`""`), nil
	}
	return b.Label.MarshalJSON()
}

// Schema implements huma.SchemaProvider.
func (b *LabelBody) Schema(r huma.Registry) *huma.Schema { return labelSchema(r, false) }

// draftProperties are the keys of a draft document, with the given schema of its label.
func draftProperties(r huma.Registry, chosen *huma.Schema) map[string]*huma.Schema {
	own := labelSchema(r, false)
	return map[string]*huma.Schema{
		"channel":  {Type: "string", Enum: []any{"mail", "chat"}},
		"from":     text("address of an identity bound to the user; left out: the first"),
		"account":  text("name of the account it leaves by"),
		"action":   most(draft.MaxRecipients, texts("addresses: To")),
		"info":     most(draft.MaxRecipients, texts("addresses: Cc")),
		"exempted": most(draft.MaxRecipients, texts("addresses that a list must leave out")),
		"subject":  text(""),
		"body":     text(""),
		"parts":    most(draft.MaxParts, &huma.Schema{Type: "array", Items: object(map[string]*huma.Schema{"text": text(""), "label": own}, "text", "label")}),
		"attachments": most(draft.MaxAttachments, &huma.Schema{Type: "array", Items: object(map[string]*huma.Schema{
			"file": text("its name"), "sha256": text("of the content, which must be kept (upload)"), "size": {Type: "integer", Format: "int64"},
			"type": text("media type"), "label": own,
		}, "file")}),
		"inReplyTo":           text("Message-ID"),
		"answers":             text("of what it answers: its id in the inbox, where it was received; it is not sent"),
		"sendAt":              {Type: "string", Format: "date-time"},
		"primaryPrecedence":   text("deferred, routine, priority, immediate, flash, override or a number"),
		"copyPrecedence":      text(""),
		"sic":                 most(draft.MaxCodes, texts("subject indicator codes")),
		"messageType":         text("exercise, operation, project, drill or a number"),
		"originatorReference": text(""),
		"handling":            most(draft.MaxCodes, texts("handling instructions")),
		"label":               chosen,
		"inherited":           own,
		"catalogueItem":       text("of chat: the securitylabel element of a catalogue's item (its xml), sent as it is; it must say what the label says. Left out: none"),
		"replaces":            text("of chat: id of the sent message that this one corrects, to the same recipient and under the same label. Left out: none"),
		"relabelled": most(draft.MaxRelabelled, &huma.Schema{Type: "array", Description: "why a label was made less restrictive, each time that one was", Items: object(map[string]*huma.Schema{
			"of":   {Type: "string", Enum: []any{"paragraph", "attachment"}, Description: "whose label; left out: the draft's"},
			"name": text("of an attachment: its file name"),
			"from": own, "to": own, "reason": text("in the drafter's words"),
		}, "from", "to", "reason")}),
	}
}

// labelSchema is a label: names of the policy, or a STANAG 4774 label as XML; nullable: or none yet.
func labelSchema(r huma.Registry, nullable bool) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		{Type: "string", Nullable: nullable, Description: "STANAG 4774 label, XML"},
		selectionSchema(r),
	}}
}

func selectionSchema(r huma.Registry) *huma.Schema {
	return component(r, "LabelSelection", func() *huma.Schema {
		return object(map[string]*huma.Schema{
			"policy":         text("name of the policy"),
			"classification": text("empty while none is chosen: then it is no label yet"),
			"privacyMark":    text(""),
			"categories": {
				Type: "object", Description: "values by tag set; a tag set without a value is left out", MaxProperties: new(draft.MaxTagSets),
				AdditionalProperties: most(draft.MaxValues, &huma.Schema{Type: "array", Items: valueSchema(r)}),
			},
			"reviewDate": {Type: "string", Format: "date-time"},
		}, "policy", "classification")
	})
}

// valueSchema is one value: its name, and its type where that must be said (RULES 5).
func valueSchema(r huma.Registry) *huma.Schema {
	return component(r, "LabelValue", func() *huma.Schema {
		return &huma.Schema{OneOf: []*huma.Schema{
			{Type: "string"},
			object(map[string]*huma.Schema{"type": {Type: "string", Enum: []any{"restrictive", "permissive", "informative"}}, "name": text("")}, "type", "name"),
		}}
	})
}

// component registers a schema under its own name, once, and refers to it.
func component(r huma.Registry, name string, build func() *huma.Schema) *huma.Schema {
	if _, ok := r.Map()[name]; !ok {
		r.Map()[name] = build()
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

func object(properties map[string]*huma.Schema, required ...string) *huma.Schema {
	s := &huma.Schema{Type: "object", Properties: properties, Required: required, AdditionalProperties: false}
	s.PrecomputeMessages()
	return s
}

func text(doc string) *huma.Schema { return &huma.Schema{Type: "string", Description: doc} }

func texts(doc string) *huma.Schema {
	return &huma.Schema{Type: "array", Description: doc, Items: &huma.Schema{Type: "string"}}
}

// most bounds the entries of a list.
func most(n int, s *huma.Schema) *huma.Schema {
	s.MaxItems = &n
	s.PrecomputeMessages()
	return s
}
