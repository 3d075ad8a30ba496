package message

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/label/strictxml"
)

// Limits of a stanza, read and written: octets, levels and elements, the stanza itself counted.
const (
	MaxStanza         = 256 << 10
	MaxStanzaDepth    = 32
	MaxStanzaElements = 1024
	maxAddressed      = 4 << 10 // what the recipient's address may add
)

// LabelNamespace is that of the securitylabel element.
//
// std: XEP-0258 §4
const LabelNamespace = labelSpace

// Namespaces of a chat message.
//
// std: XEP-0258 §4, XEP-0184 §5, XEP-0308 §3, XEP-0359 §2
const (
	clientSpace     = "jabber:client"
	labelSpace      = "urn:xmpp:sec-label:0"
	essSpace        = "urn:xmpp:sec-label:ess:0"
	receiptSpace    = "urn:xmpp:receipts"
	correctSpace    = "urn:xmpp:message-correct:0"
	stanzaIDSpace   = "urn:xmpp:sid:0"
	stanzaBegins    = `<message xmlns="` + clientSpace + `" type="`
	labelSpaceBegin = "urn:xmpp:sec-label:"
)

// Stanza is what a chat draft and its Seal do not say. The zero Stanza is a message to a person with the label in its element.
type Stanza struct {
	Room bool // it goes to a room (groupchat), which must be the only recipient
	// Equivalents are the label in other policies: exact translations, see Equivalent.
	Equivalents []label.Label
	// Item is the securitylabel element of a catalogue's item, as the server wrote it: it is sent byte for byte in place of one of our
	// own, and must say what the seal's label says (RULES 26).
	Item []byte
	// FirstLine: the label goes as a marking in the first line of the text, and in no element, because the far server understands no
	// labels and the administrator allows that (RULES 26). The seal must have a marking.
	FirstLine bool
	Receipt   bool // ask to be told that it arrived
	// Replaces is the id of the message that this one corrects, and Replaced what that was labelled: a correction cannot change it.
	Replaces string
	Replaced *label.Information

	Reader Reader // by which an Item is read
}

// ComposeStanza makes the wire form of a chat draft: one message element in the namespace jabber:client, without to and from, which
// AddressStanza and the server add. The same bytes come for the same input. It never gives a message without a label: it returns
// ErrNoLabel without one, ErrInvalid for a value that cannot stand in a stanza, and ErrUnsupported, with the field's name, for what a
// chat message cannot carry: nothing is left out silently. What is written is read back to an equal label before it is given.
//
// std: XEP-0258 §4, RFC6121 §5.2
func ComposeStanza(d draft.Draft, s Seal, o Stanza) ([]byte, error) {
	if err := checkStanza(d, s, o); err != nil {
		return nil, err
	}
	text, err := portions(d, s.Portions)
	if err != nil {
		return nil, err
	}
	if text, err = stanzaText(text, s, o); err != nil {
		return nil, err
	}
	var w strictxml.Writer
	w.Raw(stanzaBegins + stanzaType(o) + `"`)
	w.Attr("id", s.ID)
	w.Raw(">")
	if d.Subject != "" {
		w.Leaf("subject", d.Subject)
	}
	w.Leaf("body", text)
	if err := writeLabel(&w, s, o); err != nil {
		return nil, err
	}
	if o.Receipt {
		w.Raw(`<request xmlns="` + receiptSpace + `"/>`)
	}
	w.Raw(`<origin-id xmlns="` + stanzaIDSpace + `"`)
	w.Attr("id", s.ID)
	w.Raw("/>")
	if o.Replaces != "" {
		w.Raw(`<replace xmlns="` + correctSpace + `"`)
		w.Attr("id", o.Replaces)
		w.Raw("/>")
	}
	w.Raw("</message>")
	if err := checkWritten(w.Bytes(), s, o); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

func stanzaType(o Stanza) string {
	if o.Room {
		return "groupchat"
	}
	return "chat"
}

// checkStanza refuses what no chat message can be made of, or carry.
func checkStanza(d draft.Draft, s Seal, o Stanza) error {
	if d.Channel != draft.Chat {
		return fmt.Errorf("%w: channel %q", ErrUnsupported, d.Channel)
	}
	if err := d.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if d.Label.IsZero() {
		return fmt.Errorf("%w: the draft has none", ErrNoLabel)
	}
	if err := checkLabel(s.Label); err != nil {
		return err
	}
	if err := checkUncarried(d); err != nil {
		return err
	}
	switch {
	case !isStanzaID(s.ID):
		return fmt.Errorf("%w: ID %.80q: 1 to 100 letters, digits, dots and hyphens", ErrInvalid, s.ID)
	case o.Room && len(d.Recipients()) != 1:
		return inField("action", fmt.Errorf("%w: a message to a room goes to nobody besides", ErrInvalid))
	case o.FirstLine && (strings.TrimSpace(s.Marking) == "" || len(o.Item) > 0 || len(o.Equivalents) > 0):
		return fmt.Errorf("%w: a label in the first line of the text is a marking, and nothing else", ErrInvalid)
	case o.Replaces != "" && (o.Replaced == nil || !sameInformation(*o.Replaced, s.Label.Information)):
		return inField("label", fmt.Errorf("%w: a correction cannot change the label: send another message", ErrInvalid))
	case o.Replaces != "" && (len(o.Replaces) > 1000 || checkStanzaText(o.Replaces) != nil):
		return fmt.Errorf("%w: the id of the message that is corrected", ErrInvalid)
	}
	for name, text := range map[string]string{"subject": d.Subject, "marking": s.Marking} {
		if err := checkText(name, text); err != nil {
			return err
		}
		if err := checkStanzaText(text); err != nil {
			return inField(name, err)
		}
	}
	return nil
}

// checkUncarried refuses what a chat message has no place for.
func checkUncarried(d draft.Draft) error {
	for _, x := range []struct {
		field string
		there bool
	}{
		{"info", len(d.Info) > 0}, {"exempted", len(d.Exempted) > 0}, {"attachments", len(d.Attachments) > 0},
		{"inReplyTo", d.InReplyTo != ""}, {"primaryPrecedence", d.PrimaryPrecedence != ""}, {"copyPrecedence", d.CopyPrecedence != ""},
		{"sic", len(d.SIC) > 0}, {"messageType", d.MessageType != ""}, {"originatorReference", d.OriginatorReference != ""},
		{"handling", len(d.Handling) > 0},
	} {
		if x.there {
			return inField(x.field, fmt.Errorf("%w: %s in a chat message", ErrUnsupported, x.field))
		}
	}
	return nil
}

// isStanzaID reports letters, digits, dots and hyphens: nothing that a server could write in another way.
func isStanzaID(id string) bool {
	return id != "" && len(id) <= 100 && !strings.ContainsFunc(id, func(r rune) bool {
		return r >= 0x80 || !isLetterDigit(byte(r)) && r != '.' && r != '-'
	})
}

// stanzaText gives the text that is sent: with the marking in its first line where no element may carry the label.
func stanzaText(text string, s Seal, o Stanza) (string, error) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	text = strings.TrimRight(text, "\n")
	if strings.TrimSpace(text) == "" {
		return "", inField("body", fmt.Errorf("%w: a chat message without text", ErrInvalid))
	}
	if o.FirstLine {
		text = strings.TrimSpace(s.Marking) + "\n" + text
	}
	return text, inField("body", checkStanzaText(text))
}

// checkStanzaText refuses what XML cannot carry: it would become something else on the way.
//
// std: RFC6120 §11.6
func checkStanzaText(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%w: not UTF-8", ErrInvalid)
	}
	for _, r := range s {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff {
			return fmt.Errorf("%w: the character %U cannot stand in a chat message", ErrInvalid, r)
		}
	}
	return nil
}

// checkWritten reads what was written, as the far side will.
func checkWritten(wire []byte, s Seal, o Stanza) error {
	if len(wire) > MaxStanza-maxAddressed {
		return inField("body", fmt.Errorf("%w: a chat message of %d octets: at most %d", ErrInvalid, len(wire), MaxStanza-maxAddressed))
	}
	c, err := Reader{}.ReadStanza(wire)
	switch {
	case err != nil:
		return fmt.Errorf("%w: what was written cannot be read: %w", ErrInvalid, err)
	case c.ID != s.ID || c.OriginID != s.ID || c.Type != stanzaType(o) || c.Replaces != o.Replaces:
		return fmt.Errorf("%w: what was written reads differently", ErrInvalid)
	case o.FirstLine != c.Sensitivity.IsUnlabelled():
		return fmt.Errorf("%w: what was written has a label in another form", ErrNoLabel)
	case !o.FirstLine && len(o.Item) == 0:
		if len(c.Sensitivity.Received) == 0 || !bytes.Equal(c.Sensitivity.Received[0].XML, s.Label.Marshal()) {
			return fmt.Errorf("%w: what was written has another label", ErrLabel)
		}
	}
	return nil
}

// AddressStanza puts the recipient's address into a message that ComposeStanza made. Nothing else of it changes.
//
// std: RFC6120 §8.1.1
func AddressStanza(wire []byte, to string) ([]byte, error) {
	if !bytes.HasPrefix(wire, []byte(stanzaBegins)) {
		return nil, fmt.Errorf("%w: not a message as it is composed here", ErrSyntax)
	}
	if to == "" || len(to) > 3071 || checkStanzaText(to) != nil || strings.ContainsAny(to, "\t\n") {
		return nil, fmt.Errorf("%w: the address %.80q cannot stand in a chat message", ErrInvalid, to)
	}
	var w strictxml.Writer
	w.Raw("<message")
	w.Attr("to", to)
	return slices.Concat(w.Bytes(), wire[len("<message"):]), nil
}
