package api

import (
	"github.com/danielgtaylor/huma/v2"

	"caveat/backend/draft"
)

// DraftBody is a draft in a request. Its schema is written out here because a label has two forms: chosen names, or XML.
type DraftBody struct{ draft.Draft }

// UnmarshalJSON reads a draft as strictly as the commands do.
func (b *DraftBody) UnmarshalJSON(data []byte) (err error) {
	b.Draft, err = draft.Parse(data)
	return err
}

// Schema implements huma.SchemaProvider.
func (b *DraftBody) Schema(r huma.Registry) *huma.Schema {
	const name = "Draft"
	ref := &huma.Schema{Ref: "#/components/schemas/" + name}
	if _, ok := r.Map()[name]; ok {
		return ref
	}
	s := object(map[string]*huma.Schema{
		"channel":             {Type: "string", Enum: []any{"mail", "chat"}},
		"from":                text("address of an identity bound to the user; left out: the first"),
		"account":             text("name of the account it leaves by"),
		"action":              texts("addresses: To"),
		"info":                texts("addresses: Cc"),
		"exempted":            texts("addresses that a list must leave out"),
		"subject":             text(""),
		"body":                text(""),
		"parts":               {Type: "array", Items: object(map[string]*huma.Schema{"text": text(""), "label": labelSchema()}, "text", "label")},
		"attachments":         {Type: "array", Items: object(map[string]*huma.Schema{"file": text(""), "label": labelSchema()}, "file")},
		"inReplyTo":           text("Message-ID"),
		"sendAt":              {Type: "string", Format: "date-time"},
		"primaryPrecedence":   text("deferred, routine, priority, immediate, flash, override or a number"),
		"copyPrecedence":      text(""),
		"sic":                 texts("subject indicator codes"),
		"messageType":         text("exercise, operation, project, drill or a number"),
		"originatorReference": text(""),
		"handling":            texts("handling instructions"),
		"label":               labelSchema(),
	}, "channel", "action", "body", "label")
	r.Map()[name] = s
	return ref
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

// labelSchema is a label: names of the policy, or a STANAG 4774 label as XML.
func labelSchema() *huma.Schema {
	value := &huma.Schema{OneOf: []*huma.Schema{
		{Type: "string"},
		object(map[string]*huma.Schema{"type": {Type: "string", Enum: []any{"restrictive", "permissive", "informative"}}, "name": text("")}, "type", "name"),
	}}
	chosen := object(map[string]*huma.Schema{
		"policy": text(""), "classification": text(""), "privacyMark": text(""),
		"categories": {Type: "object", Description: "values by tag set", AdditionalProperties: &huma.Schema{Type: "array", Items: value}},
		"reviewDate": {Type: "string", Format: "date-time"},
	}, "policy", "classification")
	return &huma.Schema{OneOf: []*huma.Schema{{Type: "string", Description: "STANAG 4774 label, XML"}, chosen}}
}
