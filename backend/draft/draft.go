// Package draft is a message before it is sent, as a value: recipients, channel, label, text, parts. Its digest names one
// exact draft; reports of the check and clearings carry that name, so that nothing else can be sent in its place.
//
// The package is pure. A Draft is plain data: safe for concurrent use as long as nobody writes to it.
package draft

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"caveat/backend/idn"
	"caveat/backend/label"
)

// Sentinel errors.
var (
	// ErrSyntax: not a draft document: bad JSON, an unknown key, a wrong type.
	ErrSyntax = errors.New("draft: malformed")
	// ErrInvalid: a draft document whose content no message can be made of.
	ErrInvalid = errors.New("draft: invalid")
)

// Most entries of a list in a draft: more is a mistake, or an attempt to keep the program busy.
const (
	MaxRecipients  = 10_000 // of action, info and exempted together
	MaxCodes       = 1000   // of sic and of handling
	MaxAttachments = 1000
	MaxParts       = 1000
	MaxRelabelled  = 1000
)

// Most tag sets of a label that is given by names, and most values of all of them: policies have far fewer.
const (
	MaxTagSets = 200
	MaxValues  = 1000
)

// MaxItem is the longest item of a catalogue, in bytes.
const MaxItem = 64 << 10

// MaxSize is the longest draft document that is read, in bytes.
const MaxSize = 16 << 20

// Channel is how a message travels.
type Channel string

// The two channels.
const (
	Mail Channel = "mail"
	Chat Channel = "chat"
)

// Draft is one message that is being written. Addresses are as the drafter spelled them: mail addresses or JIDs.
type Draft struct {
	Channel  Channel  `json:"channel"`
	From     string   `json:"from,omitempty"`    // empty: the first identity bound to the user
	Account  string   `json:"account,omitempty"` // empty: the account of the identity's domain
	Action   []string `json:"action"`            // To
	Info     []string `json:"info,omitempty"`    // Cc
	Exempted []string `json:"exempted,omitempty"`

	Subject     string       `json:"subject,omitempty"`
	Body        string       `json:"body"`
	Parts       []Part       `json:"parts,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	InReplyTo   string       `json:"inReplyTo,omitempty"`
	// Answers is the id in the inbox of the message that this one answers, which InReplyTo does not tell from another with the same
	// identifier; empty: it was not received here. It is not sent.
	Answers string     `json:"answers,omitempty"`
	SendAt  *time.Time `json:"sendAt,omitempty"`

	PrimaryPrecedence   string   `json:"primaryPrecedence,omitempty"`
	CopyPrecedence      string   `json:"copyPrecedence,omitempty"`
	SIC                 []string `json:"sic,omitempty"`
	MessageType         string   `json:"messageType,omitempty"`
	OriginatorReference string   `json:"originatorReference,omitempty"`
	Handling            []string `json:"handling,omitempty"`

	Label Label `json:"label"`
	// Inherited is the label of the message that this one answers or forwards; the label is at least as restrictive (RULES 1, 2).
	Inherited *Label `json:"inherited,omitempty"`
	// Relabelled says why a label was made less restrictive, each time that it was (RULES 1).
	Relabelled []Relabelling `json:"relabelled,omitempty"`

	// CatalogueItem, of chat, is the securitylabel element of a catalogue's item, as the server wrote it: it is sent byte for byte, and
	// must say what the label says (RULES 26). At most MaxItem bytes; empty: the element is one of our own.
	CatalogueItem string `json:"catalogueItem,omitempty"`
	// Replaces, of chat, is the id in the outbox of a message of ours that this one corrects, to the same recipient and under the same
	// label; empty: it is a message of its own.
	Replaces string `json:"replaces,omitempty"`
}

// What a Relabelling can be of besides the label of the whole, which is "".
const (
	OfParagraph  = "paragraph"
	OfAttachment = "attachment"
)

// Relabelling is one change of a label of the draft to one that is not at least as restrictive, or to none.
type Relabelling struct {
	Of     string `json:"of,omitempty"`   // whose label: the whole's (empty), OfParagraph, OfAttachment
	Name   string `json:"name,omitempty"` // of an attachment: its file name
	From   Label  `json:"from"`
	To     Label  `json:"to"`     // of a part: the zero Label where its own was taken off
	Reason string `json:"reason"` // in the drafter's words
}

// Part is a paragraph with a label of its own. Parts follow the body, in order.
type Part struct {
	Text  string `json:"text"`
	Label Label  `json:"label"`
}

// Attachment is a file that goes with the message. A document that a person wrote names a file; before it is checked, the
// program keeps the file's content in its spool and adds the rest, so that the digest names the very bytes.
type Attachment struct {
	File   string `json:"file"`             // its name; in a document that a person wrote, where it lies
	SHA256 string `json:"sha256,omitempty"` // of the content that is kept, lower-case hexadecimal; "": not kept yet
	Size   int64  `json:"size,omitempty"`   // of the content, in bytes
	Type   string `json:"type,omitempty"`   // media type; "": by its name
	// Label is its own; nil: it takes the message's. What the file itself bears is read when it is kept.
	Label *Label `json:"label,omitempty"`
}

// Parse reads a draft document: strict JSON of at most MaxSize bytes, one value, no unknown key. The zero Draft comes with
// any error.
func Parse(document []byte) (Draft, error) {
	return parse(document, Draft.Validate)
}

// ParseUnsent is Parse of a draft that may be addressed to nobody yet.
func ParseUnsent(document []byte) (Draft, error) {
	return parse(document, Draft.ValidateUnsent)
}

func parse(document []byte, validate func(Draft) error) (Draft, error) {
	if len(document) > MaxSize {
		return Draft{}, fmt.Errorf("%w: more than %d bytes", ErrSyntax, MaxSize)
	}
	var d Draft
	if err := Decode(document, &d); err != nil {
		return Draft{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	if err := d.normalise(); err != nil {
		return Draft{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	if err := validate(d); err != nil {
		return Draft{}, err
	}
	return d, nil
}

// normalise gives what means the same the same form, so that the digest does not depend on the spelling.
func (d *Draft) normalise() error {
	if d.SendAt != nil {
		at, err := utc(*d.SendAt)
		if err != nil {
			return fmt.Errorf("sendAt: %w", err)
		}
		d.SendAt = &at
	}
	d.From = idn.Compose(d.From)
	for _, list := range [][]string{d.Action, d.Info, d.Exempted} {
		for i := range list {
			list[i] = idn.Compose(list[i])
		}
	}
	for i := range d.Attachments {
		if l := d.Attachments[i].Label; l != nil && l.IsZero() {
			d.Attachments[i].Label = nil
		}
	}
	return nil
}

// utc gives a time in UTC, where its year must still have four digits: others cannot be written as RFC 3339.
func utc(t time.Time) (time.Time, error) {
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}, errors.New("year outside 0 to 9999 in UTC")
	}
	return t, nil
}

// Decode reads one JSON value in UTF-8, without unknown or repeated keys and without anything after it.
func Decode(document []byte, into any) error {
	if !utf8.Valid(document) {
		return errors.New("not UTF-8")
	}
	if err := noRepeatedKeys(document); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF { // More would be blind to a closing bracket
		return errors.New("text after the document")
	}
	return nil
}

// Validate refuses what no message can be made of: no recipient, an unknown channel, and CR, LF or NUL in anything that
// goes into a header field, which is how headers are smuggled in. It is run again before sending. Its errors are a *FieldError.
func (d Draft) Validate() error {
	err := d.ValidateUnsent()
	if err == nil && len(d.Action)+len(d.Info) == 0 {
		return &FieldError{"action", fmt.Errorf("%w: no recipient in action or info", ErrInvalid)}
	}
	return err
}

// ValidateUnsent is Validate of a draft that may be addressed to nobody yet. Its errors are a *FieldError that wraps ErrInvalid.
func (d Draft) ValidateUnsent() error {
	if d.Channel != Mail && d.Channel != Chat {
		return &FieldError{"channel", fmt.Errorf("%w: channel %q: mail or chat", ErrInvalid, d.Channel)}
	}
	if err := d.CheckCounts(); err != nil {
		return err
	}
	if err := d.checkChat(); err != nil {
		return err
	}
	fields := d.headerFields()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, v := range fields[name] {
			if i := strings.IndexFunc(v, isControl); i >= 0 {
				return &FieldError{name, fmt.Errorf("%w: %s holds a control character (%#x), which a header field must not", ErrInvalid, name, v[i])}
			}
		}
	}
	for _, a := range d.Recipients() {
		if a == "" || strings.TrimSpace(a) != a {
			return &FieldError{"action", fmt.Errorf("%w: address %q: it is empty or has white space around it", ErrInvalid, a)}
		}
	}
	return nil
}

// checkChat refuses what only chat has in mail, and an id that no message has.
func (d Draft) checkChat() error {
	for _, x := range []struct{ field, value string }{{"catalogueItem", d.CatalogueItem}, {"replaces", d.Replaces}} {
		if x.value != "" && d.Channel != Chat {
			return &FieldError{x.field, fmt.Errorf("%w: %s in mail: only chat has it", ErrInvalid, x.field)}
		}
	}
	isStrange := func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }
	if len(d.Replaces) > maxID || strings.ContainsFunc(d.Replaces, isStrange) {
		return &FieldError{"replaces", fmt.Errorf("%w: replaces %.80q: the id of a sent message has capitals and digits", ErrInvalid, d.Replaces)}
	}
	return nil
}

// maxID is more than ids of sent messages have.
const maxID = 64

// CheckCounts refuses a draft with more recipients, attachments, paragraphs or recorded changes of label than there may be, or with too long an item
// of a catalogue, also one that is still being written. It is part of Validate. Its errors are a *FieldError that wraps ErrInvalid.
func (d Draft) CheckCounts() error {
	for _, x := range []struct {
		field     string
		have, may int
	}{{"action", len(d.Action) + len(d.Info) + len(d.Exempted), MaxRecipients}, {"sic", len(d.SIC), MaxCodes}, {"handling", len(d.Handling), MaxCodes},
		{"attachments", len(d.Attachments), MaxAttachments}, {"parts", len(d.Parts), MaxParts}, {"relabelled", len(d.Relabelled), MaxRelabelled}} {
		if x.have > x.may {
			return &FieldError{x.field, fmt.Errorf("%w: %s has %d entries, and may have at most %d", ErrInvalid, x.field, x.have, x.may)}
		}
	}
	if n := len(d.CatalogueItem); n > MaxItem {
		return &FieldError{"catalogueItem", fmt.Errorf("%w: catalogueItem has %d bytes, and may have at most %d", ErrInvalid, n, MaxItem)}
	}
	return nil
}

// MaxLate is how far a time of sending may lie in the past: a clock that is wrong, or a hand that is slow. Such a message leaves at
// once; one that was meant for an earlier time than that is a mistake.
const MaxLate = 5 * time.Minute

// CheckSendAt refuses a time of sending more than MaxLate before now. It is no part of Validate: what waits in a queue grows old
// there. Its errors are a *FieldError that wraps ErrInvalid.
func (d Draft) CheckSendAt(now time.Time) error {
	if d.SendAt == nil || !d.SendAt.Before(now.Add(-MaxLate)) {
		return nil
	}
	return &FieldError{"sendAt", fmt.Errorf("%w: sendAt %s is past: it is %s: give a later time, or none, to send at once", ErrInvalid,
		d.SendAt.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))}
}

func isControl(r rune) bool {
	return r < 0x20 && r != '\t' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029
}

func (d Draft) headerFields() map[string][]string {
	var files []string // go into Content-Disposition
	for _, a := range d.Attachments {
		files = append(files, a.File)
	}
	return map[string][]string{
		"from": {d.From}, "action": d.Action, "info": d.Info, "exempted": d.Exempted, "subject": {d.Subject},
		"inReplyTo": {d.InReplyTo}, "primaryPrecedence": {d.PrimaryPrecedence}, "copyPrecedence": {d.CopyPrecedence},
		"sic": d.SIC, "messageType": {d.MessageType}, "originatorReference": {d.OriginatorReference}, "handling": d.Handling,
		"attachments": files,
	}
}

// Digest names the draft: "sha256:" and the lower-case hexadecimal hash of its canonical document.
func (d Draft) Digest() string {
	sum := sha256.Sum256(d.Canonical())
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Canonical is the one document that stands for the draft: JSON with fixed order of keys. Parsing it gives an equal draft.
func (d Draft) Canonical() []byte {
	out, err := json.Marshal(d)
	if err != nil {
		// Strings, times and slices of them always marshal.
		panic("draft: internal error: " + err.Error())
	}
	return out
}

// Label is the label of a draft or part: chosen values, or a whole label in XML. The zero Label is none.
type Label struct {
	Selection *label.Selection
	XML       string
}

// IsZero reports that there is no label.
func (l Label) IsZero() bool { return l.Selection == nil && l.XML == "" }
