package message

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/spif"
)

// Seal is what a draft lacks to become a message: who and when, in full, and the label as the policy reads it.
type Seal struct {
	ID        string    // the message's name in the queue: letters, digits, "." and "-"
	MessageID string    // with or without angle brackets; empty: ID at the domain of From
	Date      time.Time // written in UTC, to the second
	From      Address
	// To and Cc are the draft's action and info addresses, each once (draft.Addressed), with the names of the book. Both empty: the
	// draft's, without names. Another address than the draft's, one less, or one twice is ErrInvalid.
	To, Cc []Address

	Label label.Label
	// Marking is the label's text for people; Foreground and Background are a colour name of RFC 7444 or "#RRGGBB". All may
	// be empty; colours without a marking are not written.
	//
	// std: RFC7444 §4
	Marking, Foreground, Background string
	// Form is how the label stands in the message; the zero Form is the plain label.
	Form Form
	// Marks are the markings for text, subject and header, finished, as the policy's marking codes ask for them; none: nothing is
	// added. A header field that is not called X-… is ErrInvalid: a policy must not write the message's own fields.
	Marks spif.Placed
	// History is what became of the label before, newest first.
	//
	// std: RFC7444 §5
	History []Change
	// ReceiptTo is who is told that the message was read; the zero Address: nobody asks.
	//
	// std: RFC8098 §2.1
	ReceiptTo Address
	// References are those of the message that is answered, oldest first; nil: not known. They count only where the draft
	// answers one.
	//
	// std: RFC5322 §3.6.4
	References []string

	// Unsent: it is the copy of a draft, and may be addressed to nobody yet: then it has neither To nor Cc. Exempted addresses are left
	// out.
	//
	// std: RFC5322 §3.6
	Unsent bool

	// Portions are the portion markings of the draft's parts, without brackets, one for each.
	Portions []string
	// Sidecars are labels that the message binds to attachments, by the index of each: it gets a further attachment with the
	// attachment's name and ".bdo", a detached binding data object.
	//
	// std: STANAG 4778 binding data objects
	Sidecars map[int]label.Label
}

// Open gives the content of an attachment.
type Open func(draft.Attachment) (io.ReadCloser, error)

// Compose writes the message of a draft without attachments into memory: see Write.
func Compose(d draft.Draft, s Seal) ([]byte, error) {
	var out bytes.Buffer
	if err := Write(&out, d, s, nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Write writes the message of a draft: RFC 5322 with CRLF, ASCII throughout but for local parts beyond it (then the server must have
// SMTPUTF8), the same bytes for the same input. Lines of
// the header are folded at 78 characters where its words allow; no line is longer than 998. Exempted addresses stand in
// MMHS-Exempted-Address and nowhere else. Portion-marked paragraphs follow the body, each after an empty line and its marking in
// round brackets. Attachments follow in base64; open gives the content of each, which is read once and not held in memory.
//
// It returns ErrNoLabel without a label, ErrInvalid for a value that cannot stand in a message (CR, LF and NUL in a header
// field among them), and ErrUnsupported, with the field's name, for what it cannot write yet: nothing is left out silently. An
// attachment whose bytes are not those that its hash and size name is ErrContent: then what was written must be thrown away.
//
// std: RFC5322 §3.6, RFC7444 §4, RFC6477 §3, RFC6758 §4
func Write(w io.Writer, d draft.Draft, s Seal, open Open) error {
	if d.Channel == draft.Chat {
		return fmt.Errorf("%w: channel %q", ErrUnsupported, d.Channel)
	}
	validate := d.Validate
	if s.Unsent {
		d.Exempted = nil
		validate = d.ValidateUnsent
	}
	if err := validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if d.Label.IsZero() {
		return fmt.Errorf("%w: the draft has none", ErrNoLabel)
	}
	text, err := portions(d, s.Portions)
	if err != nil {
		return err
	}
	if text, err = inlineMarks(text, s.Marks); err != nil {
		return err
	}
	body, encoding, err := textBody(text)
	if err != nil {
		return err
	}
	h := &header{}
	h.envelope(d, s)
	h.add("MIME-Version", "1.0")
	boundary := ""
	if len(d.Attachments) > 0 {
		boundary = boundaryOf(d, s, body)
		h.add("Content-Type", "multipart/mixed;", `boundary="`+boundary+`"`)
	} else {
		h.add("Content-Type", "text/plain;", "charset=utf-8")
		h.add("Content-Transfer-Encoding", encoding)
	}
	h.raw(sioLabel(s))
	h.history(s.History)
	h.markingField(s.Marks)
	h.military(d, s.Date)
	if h.err != nil {
		return h.err
	}
	if boundary != "" {
		return writeMixed(w, h, mixed{draft: d, seal: s, boundary: boundary, body: body, encoding: encoding, open: open})
	}
	return writeEntity(w, h, func(to io.Writer) error {
		_, err := to.Write(body)
		return err
	})
}

// writeEntity writes a header and, in the encoding that it names, a content.
func writeEntity(w io.Writer, h *header, content func(io.Writer) error) error {
	if h.err != nil {
		return h.err
	}
	to, err := message.CreateWriter(w, message.Header{Header: h.fields()})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := content(to); err != nil {
		return err
	}
	return to.Close()
}

// portions gives the text of a message: its body, then each paragraph after its portion marking.
func portions(d draft.Draft, marks []string) (string, error) {
	if len(d.Parts) == 0 {
		if d.InReplyTo != "" { // the room above the text that is answered, where nobody wrote anything
			return strings.TrimLeft(d.Body, "\r\n"), nil
		}
		return d.Body, nil
	}
	if len(marks) != len(d.Parts) {
		return "", inField("parts", fmt.Errorf("%w: parts: %d paragraphs, and %d portion markings", ErrInvalid, len(d.Parts), len(marks)))
	}
	var list []string
	if strings.TrimSpace(d.Body) != "" {
		list = append(list, strings.TrimRight(d.Body, "\r\n"))
	}
	for i, p := range d.Parts {
		if marks[i] == "" {
			return "", inField("parts", fmt.Errorf("%w: parts: paragraph %d has no portion marking", ErrInvalid, i+1))
		}
		if err := checkText("portion marking", marks[i]); err != nil {
			return "", err
		}
		list = append(list, "("+marks[i]+") "+strings.TrimRight(p.Text, "\r\n"))
	}
	return strings.Join(list, "\n\n") + "\n", nil
}

// textBody gives the text with CRLF at the end of each line, and how it travels: as it is when it is short lines of
// printable ASCII, else quoted-printable.
//
// std: RFC2045 §6
func textBody(text string) (body []byte, encoding string, err error) {
	if !utf8.ValidString(text) {
		return nil, "", fmt.Errorf("%w: body is not UTF-8", ErrInvalid)
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	encoding = "7bit"
	for line := range strings.Lines(text) {
		if len(line) > maxLine || strings.ContainsFunc(line, func(r rune) bool { return r >= 0x7f || r < 0x20 && r != '\t' && r != '\n' }) {
			encoding = "quoted-printable"
			break
		}
	}
	return []byte(strings.ReplaceAll(text, "\n", "\r\n")), encoding, nil
}

// header collects fields in the order in which they are written, and the first error.
type header struct {
	list [][]byte
	err  error
}

func (h *header) raw(f []byte, err error) {
	if h.err == nil {
		h.err = err
		h.list = append(h.list, f)
	}
}

func (h *header) add(name string, words ...string) { h.raw(field(name, words...)) }

// addresses adds an address field unless it is empty.
func (h *header) addresses(name string, list []Address, err error) {
	if err == nil && len(list) > 0 {
		var words []string
		if words, err = addressList(name, list); err == nil {
			h.add(name, words...)
		}
	}
	h.fail(err)
}

func (h *header) fail(err error) {
	if h.err == nil {
		h.err = err
	}
}

// fields hands the fields over to go-message, which keeps them in reverse.
func (h *header) fields() textproto.Header {
	var out textproto.Header
	for i := len(h.list) - 1; i >= 0; i-- {
		out.AddRaw(h.list[i])
	}
	return out
}

// envelope adds who, to whom, about what, when.
func (h *header) envelope(d draft.Draft, s Seal) {
	h.fail(checkSeal(d, s))
	h.addresses("From", []Address{s.From}, nil)
	named := len(s.To)+len(s.Cc) > 0
	action, info := d.Addressed()
	to, err := recipients("To", named, s.To, action)
	h.addresses("To", to, err)
	cc, err := recipients("Cc", named, s.Cc, info)
	h.addresses("Cc", cc, err)
	h.fail(checkSubject(d.Subject))
	h.fail(checkText("marking of the subject", s.Marks.Subject))
	if subject := MarkedSubject(d.Subject, s.Marks.Subject); subject != "" {
		h.add("Subject", unstructured(subject)...)
	}
	h.add("Date", s.Date.UTC().Format(mailDate))
	id, err := messageID(s)
	h.fail(err)
	h.add("Message-ID", id)
	if d.InReplyTo != "" {
		h.thread(d.InReplyTo, s.References)
	}
	if s.ReceiptTo != (Address{}) {
		h.addresses("Disposition-Notification-To", []Address{s.ReceiptTo}, nil)
	}
}

// mailDate is the form of a date in a header.
//
// std: RFC5322 §3.3
const mailDate = "Mon, 02 Jan 2006 15:04:05 -0700"

func checkSeal(d draft.Draft, s Seal) error {
	switch {
	case s.Date.IsZero() || s.Date.Year() < 1900 || s.Date.Year() > 9999:
		return fmt.Errorf("%w: no date", ErrInvalid)
	case d.From != "" && draft.FoldAddress(d.From) != draft.FoldAddress(s.From.Address):
		return fmt.Errorf("%w: From: the draft is from %q, the seal from %q", ErrInvalid, d.From, s.From.Address)
	}
	return nil
}

// messageID is the seal's, or made of its ID.
func messageID(s Seal) (string, error) {
	if s.MessageID != "" {
		return bracketed("Message-ID", s.MessageID)
	}
	if s.ID == "" {
		return "", fmt.Errorf("%w: neither ID nor Message-ID", ErrInvalid)
	}
	_, domain, _ := strings.Cut(OnWire(s.From.Address), "@")
	return bracketed("ID", s.ID+"@"+domain)
}

// bracketed checks a message identifier and writes it with its angle brackets.
//
// std: RFC5322 §3.6.4
func bracketed(name, id string) (string, error) {
	bare := strings.TrimSpace(id)
	if inner, ok := strings.CutPrefix(bare, "<"); ok {
		if bare, ok = strings.CutSuffix(inner, ">"); !ok {
			return "", fmt.Errorf("%w: %s %.80q", ErrInvalid, name, id)
		}
	}
	left, right, ok := strings.Cut(bare, "@")
	visible := func(s string) bool {
		return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`<>@,;"\`, r) })
	}
	if !ok || !visible(left) || !visible(right) || len(bare) > maxLine-100 {
		return "", fmt.Errorf("%w: %s %.80q is not a message identifier", ErrInvalid, name, id)
	}
	return "<" + bare + ">", nil
}

// checkLabel makes sure that what is written can be read again.
func checkLabel(l label.Label) error {
	if l.Policy.Name == "" && l.Policy.URI == "" && l.XML == nil {
		return fmt.Errorf("%w: the seal has none", ErrNoLabel)
	}
	if _, err := label.ParseLabel(l.Marshal()); err != nil {
		return fmt.Errorf("%w: %w", ErrLabel, err)
	}
	return nil
}
