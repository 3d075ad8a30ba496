package message

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"

	"caveat/backend/spif"
)

// ErrTooLarge: a message is longer than what is read.
var ErrTooLarge = errors.New("message: too large")

// Mail is a message that came in, as it may be shown: no field holds a character that moves a cursor or turns the order of letters.
// Nothing in it was fetched from anywhere.
type Mail struct {
	From, ReplyTo, To, Cc []Address // at most MaxListed each; one that cannot be sent to has a Name only
	// SeveralFrom: there is more than one From field, where there may be one, so that two readers could take different senders. From
	// has those of all.
	SeveralFrom          bool
	Subject              string
	MessageID, InReplyTo string   // with angle brackets; "" where there is none, or none that can be one
	References           []string // likewise; oldest first
	Date                 time.Time

	Text      string // its text, at most MaxText bytes: the plain one, else what its HTML says
	Cut       bool   // Text is not the whole of it
	HasHTML   bool   // it has HTML; FromHTML: Text is made of that
	FromHTML  bool
	Differs   bool      // of alternatives one is not in Text and does not say the same
	Remote    int       // how many things its HTML wants fetched from elsewhere
	Files     []File    // what goes with it
	IsReport  bool      // ReadReport tells what it reports
	ReceiptTo []Address // who asks to be told that it was read
	Military  Military
	Priority  *int // MT-Priority, -9 to 9; nil: none

	Sensitivity Sensitivity

	// Damage says what of the body could not be read; "": it was read to its end.
	Damage string
}

// File is what goes with a message.
type File struct {
	Name string // as the sender calls it, safe to show, not safe as a path; "": none
	Type string // media type as the sender says
	Size int64  // in bytes, decoded
}

// Limits of what is read.
const (
	MaxListed = 500       // addresses of a field
	MaxMail   = 256 << 20 // bytes of a message, unless Reader says otherwise
)

// Reader says how mail is read. The zero Reader knows no policy, so that every label is one of an unknown policy.
type Reader struct {
	Site *spif.Site
	At   time.Time // now; the zero time is before every policy
	// TrustAlternatives: where the originator's label is under a policy other than the governing one, an alternative label under
	// that is gone by. Whoever wrote the message could have written it.
	TrustAlternatives bool
	MaxSize           int64 // bytes; 0: MaxMail
	// EachFile, when it is not nil, is given the content of each of Mail.Files as it comes, decoded, with its index there. It need
	// not read all of it, and must not use it later.
	EachFile func(n int, content io.Reader)
}

// Read reads a message. It holds neither its files nor more than a few MaxText in memory. A message whose header cannot be read is
// ErrSyntax, one that is too long ErrTooLarge; the zero Mail comes with any error. What is wrong with its label is in Sensitivity,
// what is wrong with its body in Damage.
//
// std: RFC5322 §3.6, RFC2046 §5.1, RFC7444 §4, RFC6477 §3
func (r Reader) Read(from io.Reader) (Mail, error) {
	most := r.MaxSize
	if most <= 0 {
		most = MaxMail
	}
	g := &gate{from: from, left: most, head: MaxHeader}
	e, err := message.ReadWithOptions(bufio.NewReader(g), &message.ReadOptions{MaxHeaderBytes: -1})
	if err != nil && !isForeign(err) {
		if errors.Is(err, ErrTooLarge) {
			return Mail{}, err
		}
		return Mail{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	g.head = -1
	if e.Header.Len() == 0 {
		return Mail{}, fmt.Errorf("%w: no header", ErrSyntax)
	}
	m := Mail{Sensitivity: r.sensitivity(e.Header.Values("SIO-Label"), e.Header.Values("SIO-Label-History"), e.Header.Get("Message-Id"))}
	m.header(mail.Header{Header: e.Header})
	w := bodyReader{mail: &m, gate: g, parts: maxParts, room: MaxText, each: r.EachFile}
	text, html := w.text(e, 0)
	m.Text, m.FromHTML = text, html
	if _, err := io.Copy(io.Discard, g); err != nil { // behind the last boundary
		w.damaged(err)
	}
	if g.left < 0 {
		return Mail{}, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, most)
	}
	return m, nil
}

// ReadMail reads a message under the policies of a site, judged now.
func ReadMail(from io.Reader, site *spif.Site, at time.Time) (Mail, error) {
	return Reader{Site: site, At: at}.Read(from)
}

// gate bounds a stream: the whole, and while head is not negative what is read before that is set anew.
type gate struct {
	from io.Reader
	left int64
	head int64
}

var errLongHeader = fmt.Errorf("%w: a header of more than %d bytes", ErrTooLarge, MaxHeader)

// Read implements io.Reader.
func (g *gate) Read(p []byte) (int, error) {
	if g.left < 0 {
		return 0, ErrTooLarge
	}
	if g.head >= 0 {
		if g.head == 0 {
			return 0, errLongHeader
		}
		p = p[:min(int64(len(p)), g.head)]
	}
	n, err := g.from.Read(p)
	g.left -= int64(n)
	if g.head >= 0 {
		g.head -= int64(n)
	}
	if g.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// header fills in what the fields say.
func (m *Mail) header(h mail.Header) {
	var err error
	if m.Subject, err = h.Subject(); err != nil {
		m.Subject = h.Get("Subject")
	}
	m.Subject = clipped(OneLine(m.Subject), maxShown)
	m.From, m.ReplyTo = shownAddresses(h, "From"), shownAddresses(h, "Reply-To")
	if fields := h.Values("From"); len(fields) > 1 {
		m.SeveralFrom, m.From = true, allSenders(fields)
	}
	m.To, m.Cc = shownAddresses(h, "To"), shownAddresses(h, "Cc")
	m.ReceiptTo = shownAddresses(h, "Disposition-Notification-To")
	if id, err := bracketed("Message-ID", h.Get("Message-Id")); err == nil {
		m.MessageID = id
	}
	if list := identifiers(h.Get("In-Reply-To")); len(list) > 0 {
		m.InReplyTo = list[0]
	}
	m.References = identifiers(h.Get("References"))
	if at, err := h.Date(); err == nil {
		m.Date = Moment(at)
	}
	m.Priority = priorityIn(h.Values("Mt-Priority"))
	m.Military = readMilitary(h)
}

// maxShown is how long a field may be that is shown.
const maxShown = 2000

func clipped(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return s[:cutAt(s, most)] + "…"
}

// shownAddresses gives the addresses of a field; one that cannot be sent to, or a field that cannot be read, as a name.
func shownAddresses(h mail.Header, field string) []Address {
	list, err := h.AddressList(field)
	if err != nil {
		if text := clipped(OneLine(h.Get(field)), maxShown); text != "" {
			return []Address{{Name: text}}
		}
		return nil
	}
	var out []Address
	for _, a := range list[:min(len(list), MaxListed)] {
		shown := Address{Name: clipped(OneLine(a.Name), maxShown), Address: a.Address}
		if CheckAddress(a.Address) != nil {
			shown = Address{Name: clipped(OneLine(a.Name+" <"+a.Address+">"), maxShown)}
		}
		out = append(out, shown)
	}
	return out
}

// allSenders gives the addresses of several From fields, each once.
//
// std: RFC5322 §3.6
func allSenders(fields []string) []Address {
	var out []Address
	known := map[Address]bool{}
	for _, f := range fields[:min(len(fields), MaxListed)] {
		var h mail.Header
		h.Set("From", f)
		for _, a := range shownAddresses(h, "From") {
			if !known[a] && len(out) < MaxListed {
				known[a] = true
				out = append(out, a)
			}
		}
	}
	return out
}

// identifiers gives the message identifiers of a field, at most maxReferences: the newest.
func identifiers(value string) []string {
	var out []string
	for {
		_, rest, ok := cutByte(value, '<')
		if !ok {
			break
		}
		id, rest, ok := cutByte(rest, '>')
		if !ok {
			break
		}
		if id, err := bracketed("References", id); err == nil {
			out = append(out, id)
		}
		value = rest
	}
	if len(out) > maxReferences {
		out = append(out[:1:1], out[len(out)-maxReferences+1:]...)
	}
	return out
}
