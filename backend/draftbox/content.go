package draftbox

import (
	"bytes"
	"encoding/json"
	"fmt"

	"caveat/backend/draft"
)

// Content is a draft document as far as it was typed: everything may be empty, the label absent or null. No message can be
// made of it before it is a draft.Draft that draft.Parse reads.
type Content struct {
	draft.Draft
	// Typing is what stands in the recipient fields and is no recipient yet.
	Typing Typing `json:"typing,omitzero"`
}

// Typing is half-typed text, by field.
type Typing struct {
	Action string `json:"action,omitempty"`
	Info   string `json:"info,omitempty"`
}

// Parse reads the document of a draft that is being written: JSON as strict as draft.Parse, at most draft.MaxSize bytes. What
// is not finished is no error: an unknown channel is draft.ErrInvalid, everything else that is wrong draft.ErrSyntax. The
// zero Content comes with any error.
func Parse(document []byte) (Content, error) {
	if len(document) > draft.MaxSize {
		return Content{}, fmt.Errorf("%w: more than %d bytes", draft.ErrSyntax, draft.MaxSize)
	}
	if bytes.Equal(bytes.TrimSpace(document), []byte("null")) {
		return Content{}, fmt.Errorf("%w: null is no draft", draft.ErrSyntax)
	}
	var c Content
	if err := draft.Decode(document, &c); err != nil {
		return Content{}, fmt.Errorf("%w: %w", draft.ErrSyntax, err)
	}
	if c.Channel != "" && c.Channel != draft.Mail && c.Channel != draft.Chat {
		return Content{}, fmt.Errorf("%w: channel %q: mail, chat or nothing", draft.ErrInvalid, c.Channel)
	}
	if c.Action == nil {
		c.Action = []string{} // who reads the document finds a list
	}
	return c, nil
}

// Canonical is the document that is kept: JSON, without the escapes for HTML, which would make a long text six times as long.
// Parsing it gives an equal Content. It hides the Draft's own, which would leave out what is half-typed.
func (c Content) Canonical() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		// Strings, times and slices of them always marshal.
		panic("draftbox: internal error: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
