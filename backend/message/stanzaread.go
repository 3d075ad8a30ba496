package message

import (
	"errors"
	"fmt"
	"time"

	"caveat/backend/label/strictxml"
)

// Chat is a chat message as it came, for showing. What is text is safe to show as text: of bounded length, without control characters.
// Identifiers and addresses are of bounded length, and as they came.
type Chat struct {
	Type     string // chat, groupchat, normal, headline, error
	ID       string // as the sender named it
	From, To string // as the server wrote them; "" where it did not

	Subject    string
	HasSubject bool   // also of an empty one: a room's subject was taken away
	Body       string // "" without one
	Cut        bool   // Body is not the whole of it

	OriginID     string
	StanzaIDs    []StanzaID // at most maxStanzaIDs
	Replaces     string     // id of the message that it corrects
	WantsReceipt bool
	ReceiptFor   string // id of the message that it says has arrived
	Delay        *Delay // nil: it comes at once
	Private      bool   // to one occupant of a room alone
	Invitation   *Invitation

	Sensitivity Sensitivity
	// Error is what a server refuses; nil in any other message. Its Sensitivity counts for nothing.
	Error *StanzaError
	// Damage says what of it could not be read; "": everything that is understood here.
	Damage string
}

// StanzaID is a name that a server gave a message.
//
// std: XEP-0359 §2
type StanzaID struct{ By, ID string }

// Delay says that a message was sent earlier, as From says.
//
// std: XEP-0203 §4
type Delay struct {
	From string
	At   time.Time
}

// Invitation is to a room; nothing joins by itself.
//
// std: XEP-0045 §7.8, XEP-0249 §2
type Invitation struct{ Room, From, Reason, Password string }

// StanzaError is why a stanza was refused.
//
// std: RFC6120 §8.3
type StanzaError struct {
	Type      string // auth, cancel, continue, modify, wait
	Condition string // such as forbidden or service-unavailable
	Text      string // the server's own words, in one line
}

// Error gives condition and words.
func (e *StanzaError) Error() string {
	if e.Text == "" {
		return e.Condition
	}
	return e.Condition + ": " + e.Text
}

// IsTemporary reports that trying again later may help.
func (e *StanzaError) IsTemporary() bool { return e.Type == "wait" }

// Bounds of what is kept of a stanza.
const (
	maxStanzaIDs  = 16
	maxIdentifier = 3071 // octets, as the longest address
)

// Namespaces that are only read.
const (
	delaySpace      = "urn:xmpp:delay"
	userSpace       = "http://jabber.org/protocol/muc#user"
	invitationSpace = "jabber:x:conference"
	conditionSpace  = "urn:ietf:params:xml:ns:xmpp-stanzas"
)

// ReadStanza reads one message element that stands alone, at most MaxStanza octets with at most MaxStanzaElements elements in
// MaxStanzaDepth levels. ErrSyntax where it is none, ErrTooLarge beyond a limit; the zero Chat comes with any error. What is wrong with
// its label is in Sensitivity: a fault there means that it counts as unlabelled, never as lower.
//
// std: RFC6121 §5.2, XEP-0258 §4
func (r Reader) ReadStanza(stanza []byte) (Chat, error) {
	root, err := strictxml.Parse(stanza, stanzaLimits)
	switch {
	case errors.Is(err, strictxml.ErrTooLarge):
		return Chat{}, fmt.Errorf("%w: %w", ErrTooLarge, err)
	case err != nil:
		return Chat{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	case root.Space != clientSpace || root.Name != "message":
		return Chat{}, fmt.Errorf("%w: %.80q of namespace %.200q is no message", ErrSyntax, root.Name, root.Space)
	}
	c := Chat{Type: short(attr(root, "type")), ID: short(attr(root, "id")), From: short(attr(root, "from")), To: short(attr(root, "to"))}
	if c.Type == "" {
		c.Type = "normal"
	}
	x := stanzaReader{chat: &c}
	for _, e := range root.Children {
		x.child(e)
	}
	if c.Type == "error" {
		if c.Error == nil {
			c.Error = &StanzaError{Condition: "undefined-condition"}
		}
		c.Sensitivity.Fault = FaultNoLabel // an error carries none
		return c, nil
	}
	c.Error = nil
	c.Sensitivity = r.labelled(x.labels, stanza)
	if x.strangeLabel != "" && c.Sensitivity.Fault == FaultNoLabel {
		c.Sensitivity = c.Sensitivity.faulty(FaultType, fmt.Errorf("%w: namespace %.200q", ErrType, x.strangeLabel))
	}
	return c, nil
}

type stanzaReader struct {
	chat         *Chat
	labels       []*strictxml.Element
	strangeLabel string // namespace of a label in a form that nobody knows
	bodies       int
	subjects     int
}

// child reads one payload. A second one of a kind that decides what people read is damage: two readers could take different ones.
func (x *stanzaReader) child(e *strictxml.Element) {
	c := x.chat
	switch {
	case e.Space == clientSpace && e.Name == "body":
		if x.bodies++; x.bodies == 1 {
			c.Body, c.Cut = shownBody(e.Text)
		} else if text, _ := shownBody(e.Text); text != c.Body {
			c.Damage = "It has several texts; the first is shown."
		}
	case e.Space == clientSpace && e.Name == "subject":
		if x.subjects++; x.subjects == 1 {
			c.Subject, c.HasSubject = clipped(OneLine(e.Text), maxShown), true
		}
	case e.Space == clientSpace && e.Name == "error":
		c.Error = stanzaError(e)
	case e.Space == labelSpace && e.Name == "securitylabel":
		x.labels = append(x.labels, e)
	case len(e.Space) > len(labelSpaceBegin) && e.Space[:len(labelSpaceBegin)] == labelSpaceBegin:
		x.strangeLabel = e.Space
	case e.Space == receiptSpace && e.Name == "request":
		c.WantsReceipt = true
	case e.Space == receiptSpace && e.Name == "received":
		c.ReceiptFor = short(attr(e, "id"))
	case e.Space == correctSpace && e.Name == "replace":
		c.Replaces = short(attr(e, "id"))
	case e.Space == stanzaIDSpace && e.Name == "origin-id":
		c.OriginID = short(attr(e, "id"))
	case e.Space == stanzaIDSpace && e.Name == "stanza-id" && len(c.StanzaIDs) < maxStanzaIDs:
		c.StanzaIDs = append(c.StanzaIDs, StanzaID{short(attr(e, "by")), short(attr(e, "id"))})
	case e.Space == delaySpace && e.Name == "delay" && c.Delay == nil:
		if at, err := time.Parse(time.RFC3339, attr(e, "stamp")); err == nil {
			c.Delay = &Delay{short(attr(e, "from")), Moment(at)}
		}
	case e.Space == userSpace && e.Name == "x":
		x.user(e)
	case e.Space == invitationSpace && e.Name == "x" && c.Invitation == nil:
		c.Invitation = &Invitation{
			Room: short(attr(e, "jid")), From: c.From, Password: short(attr(e, "password")), Reason: clipped(OneLine(attr(e, "reason")), maxShown),
		}
	}
}

// user reads what a room says about a message: that it is private, or an invitation through the room.
func (x *stanzaReader) user(e *strictxml.Element) {
	c := x.chat
	c.Private = c.Type == "chat"
	for _, i := range e.Children {
		if i.Space == userSpace && i.Name == "invite" {
			c.Invitation = &Invitation{
				Room: c.From, From: short(attr(i, "from")), Password: short(childText(e, "password")),
				Reason: clipped(OneLine(childText(i, "reason")), maxShown),
			}
		}
	}
}

func stanzaError(e *strictxml.Element) *StanzaError {
	out := &StanzaError{Type: short(attr(e, "type")), Condition: "undefined-condition"}
	for _, c := range e.Children {
		switch {
		case c.Space != conditionSpace:
		case c.Name == "text":
			out.Text = clipped(OneLine(c.Text), maxShown)
		default:
			out.Condition = short(c.Name)
		}
	}
	return out
}

// shownBody gives a text as it may be shown, and whether it is cut.
func shownBody(s string) (string, bool) {
	s = shown(s)
	if len(s) <= MaxText {
		return s, false
	}
	return s[:cutAt(s, MaxText)], true
}

func attr(e *strictxml.Element, name string) string {
	v, _ := e.Attr(name)
	return v
}

func childText(e *strictxml.Element, name string) string {
	for _, c := range e.Children {
		if c.Name == name {
			return c.Text
		}
	}
	return ""
}

// short bounds an identifier or address; one that is longer is none. It stays as it came, for others compare it.
func short(s string) string {
	if len(s) > maxIdentifier {
		return ""
	}
	return s
}
