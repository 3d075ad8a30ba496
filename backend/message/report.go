package message

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message"
)

// ErrNoReport: the message is no delivery report and no disposition notification.
var ErrNoReport = errors.New("message: no report")

// ReportKind is what a report is about.
type ReportKind string

// The kinds of reports.
const (
	DeliveryReport    ReportKind = "delivery"    // RFC 3464: what became of the message on its way
	DispositionReport ReportKind = "disposition" // RFC 8098: what its reader did with it
)

// Report is a report on a message that was sent. It is what somebody wrote: nothing proves it. No text in it holds a character that
// moves a cursor or turns the order of letters.
type Report struct {
	Kind       ReportKind
	EnvelopeID string    // of the message reported on, as it was given when it was submitted; "": not said
	MessageID  string    // of the message reported on, with angle brackets; "": not said
	Reporter   string    // the host or program that reports; "": not said
	Arrived    time.Time // when the message had come to it; zero: not said
	Recipients []Reported
	Cut        bool   // there are more than MaxReported recipients
	Text       string // what the report says to people, at most maxReportText bytes
}

// Reported is what is reported of one recipient.
type Reported struct {
	Original string // the address that the message was submitted for; "": not said
	Final    string // the address that it came to at last
	// Action is failed, delayed, delivered, relayed or expanded; of a disposition displayed, deleted, dispatched, processed or what
	// else was done, in small letters. "": something that is not known.
	Action     string
	Status     string // class.subject.detail, such as 5.1.1; "": not said, or none
	Diagnostic string // the reply of the server that refused it
	Server     string // that server
	WillRetry  time.Time
	LastTry    time.Time
	Automatic  bool // of a disposition: no person did it
}

// Limits of a report.
const (
	MaxReported   = 1000
	maxReportText = 8 << 10
	maxReportPart = 1 << 20 // bytes of the part for programs
	maxReportLine = 1000    // bytes of a value
)

// ReadReport reads a delivery report or a disposition notification. ErrNoReport: it is another message; ErrSyntax, ErrTooLarge: it
// calls itself a report and cannot be read. The zero Report comes with any error.
//
// std: RFC3464 §2, RFC8098 §3, RFC6522 §3
func ReadReport(from io.Reader) (Report, error) {
	g := &gate{from: from, left: MaxMail, head: MaxHeader}
	e, err := message.ReadWithOptions(bufio.NewReader(g), &message.ReadOptions{MaxHeaderBytes: -1})
	if err != nil && !isForeign(err) {
		return Report{}, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	kind, params, err := e.Header.ContentType()
	if err != nil || kind != "multipart/report" {
		return Report{}, ErrNoReport
	}
	r := reportReader{gate: g}
	switch strings.ToLower(params["report-type"]) {
	case "delivery-status", "global-delivery-status":
		r.out.Kind = DeliveryReport
	case "disposition-notification", "global-disposition-notification":
		r.out.Kind = DispositionReport
	default:
		return Report{}, fmt.Errorf("%w: of type %.40q", ErrNoReport, params["report-type"])
	}
	if err := r.read(e.MultipartReader()); err != nil {
		return Report{}, fmt.Errorf("%w: report: %w", ErrSyntax, err)
	}
	return r.out, nil
}

type reportReader struct {
	gate *gate
	out  Report
	told bool // the part for programs was there
}

// read goes through the parts: one for people, one for programs, perhaps the message or its header.
func (r *reportReader) read(mr message.MultipartReader) error {
	if mr == nil {
		return errors.New("it has no parts")
	}
	for number := 0; number < 4; number++ {
		r.gate.head = MaxHeader
		p, err := mr.NextPart()
		r.gate.head = -1
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !isForeign(err) {
			if r.told { // what is behind is not needed
				break
			}
			return err
		}
		if err := r.part(p, number); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, p.Body); err != nil && !r.told {
			return err
		}
	}
	if !r.told {
		return errors.New("the part for programs is missing")
	}
	return nil
}

func (r *reportReader) part(p *message.Entity, number int) error {
	kind, _, _ := p.Header.ContentType()
	switch kind {
	case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification", "message/global-disposition-notification":
		if r.told || (r.out.Kind == DeliveryReport) != strings.HasSuffix(kind, "delivery-status") {
			return fmt.Errorf("a part %s that does not belong there", kind)
		}
		r.told = true
		data, err := io.ReadAll(io.LimitReader(p.Body, maxReportPart+1))
		if err != nil {
			return err
		}
		if len(data) > maxReportPart {
			return fmt.Errorf("%w: a part of more than %d bytes", ErrTooLarge, maxReportPart)
		}
		return r.status(fieldGroups(string(data)))
	case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
		r.returned(p.Body)
	case "", "text/plain":
		if number == 0 {
			data, err := io.ReadAll(io.LimitReader(p.Body, maxReportText))
			if err != nil {
				return err
			}
			r.out.Text = strings.TrimSpace(shown(strings.ToValidUTF8(strings.ReplaceAll(string(data), "\r\n", "\n"), "\ufffd")))
		}
	}
	return nil
}

// returned reads the identifier of the message that came back; one that the report itself names goes before.
func (r *reportReader) returned(body io.Reader) {
	h, err := readHeader(body)
	if id, bad := bracketed("Message-ID", h.Get("Message-Id")); err == nil && bad == nil && r.out.MessageID == "" {
		r.out.MessageID = id
	}
}

// fields are the fields of a group by name in small letters; the first of each counts.
type fields map[string]string

// fieldGroups takes the part for programs apart. Lines that are no fields are passed over.
//
// std: RFC3464 §2.1
func fieldGroups(text string) []fields {
	var out []fields
	current, last := fields{}, ""
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.TrimSpace(line) == "":
			if len(current) > 0 {
				out = append(out, current)
			}
			current, last = fields{}, ""
		case line[0] == ' ' || line[0] == '\t':
			if last != "" && len(current[last]) < maxReportLine {
				current[last] += " " + strings.TrimSpace(line)
			}
		default:
			name, value, ok := strings.Cut(line, ":")
			name, last = strings.ToLower(strings.TrimSpace(name)), ""
			if _, twice := current[name]; ok && !twice && len(current) < 100 {
				current[name], last = strings.TrimSpace(value), name
			}
		}
		if len(out) > MaxReported+1 {
			break
		}
	}
	if len(current) > 0 {
		out = append(out, current)
	}
	return out
}

func (f fields) text(name string) string { return clipped(OneLine(f[name]), maxReportLine) }

// typed gives the value behind its type: "rfc822; a@b" or "dns; host".
func (f fields) typed(name string) string {
	v := f.text(name)
	if _, rest, ok := strings.Cut(v, ";"); ok {
		v = strings.TrimSpace(rest)
	}
	return v
}

// address gives an address, of whatever type: the letters that one of type utf-8 writes as \x{CODE} are decoded.
//
// std: RFC6533 §3
func (f fields) address(name string) string {
	a := f.typed(name)
	if kind, _, _ := strings.Cut(f.text(name), ";"); strings.EqualFold(strings.TrimSpace(kind), "utf-8") {
		a = OneLine(fromUTF8xtext(a))
	}
	return strings.TrimSuffix(strings.TrimPrefix(a, "<"), ">")
}

var embedded = regexp.MustCompile(`\\x\{[0-9A-Fa-f]{1,6}\}`)

// fromUTF8xtext decodes \x{CODE}. What is no character stays as it is written.
//
// std: RFC6533 §3
func fromUTF8xtext(s string) string {
	return embedded.ReplaceAllStringFunc(s, func(x string) string {
		code, err := strconv.ParseInt(x[3:len(x)-1], 16, 32)
		if err != nil || !utf8.ValidRune(rune(code)) {
			return x
		}
		return string(rune(code))
	})
}

func (f fields) date(name string) time.Time {
	at, err := netmail.ParseDate(f.text(name))
	if err != nil {
		return time.Time{}
	}
	return Moment(at)
}

// status reads the groups: the message's and one for each recipient, or of a disposition one for all.
//
// std: RFC3464 §2.2, §2.3, RFC8098 §3.2
func (r *reportReader) status(groups []fields) error {
	if len(groups) == 0 {
		return errors.New("the part for programs is empty")
	}
	first := groups[0]
	r.out.EnvelopeID, r.out.Arrived = first.text("original-envelope-id"), first.date("arrival-date")
	if r.out.Kind == DispositionReport {
		r.out.Reporter = first.text("reporting-ua")
		if id, err := bracketed("Original-Message-ID", first.text("original-message-id")); err == nil {
			r.out.MessageID = id
		}
		done, automatic := disposition(first.text("disposition"))
		r.out.Recipients = []Reported{{Original: first.address("original-recipient"), Final: first.address("final-recipient"), Action: done, Automatic: automatic}}
		return nil
	}
	r.out.Reporter = first.typed("reporting-mta")
	for _, g := range groups {
		if g["final-recipient"] == "" && g["action"] == "" {
			continue
		}
		if len(r.out.Recipients) >= MaxReported {
			r.out.Cut = true
			break
		}
		r.out.Recipients = append(r.out.Recipients, Reported{
			Original: g.address("original-recipient"), Final: g.address("final-recipient"), Action: action(g.text("action")),
			Status: statusCode.FindString(g.text("status")), Diagnostic: g.typed("diagnostic-code"), Server: g.typed("remote-mta"),
			WillRetry: g.date("will-retry-until"), LastTry: g.date("last-attempt-date"),
		})
	}
	if len(r.out.Recipients) == 0 {
		return errors.New("it reports on nobody")
	}
	return nil
}

// statusCode is an enhanced status code.
//
// std: RFC3463 §2
var statusCode = regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}\b`)

// action reads what became of a message for a recipient.
//
// std: RFC3464 §2.3.3
func action(v string) string {
	switch v = strings.ToLower(withoutComment(v)); v {
	case "failed", "delayed", "delivered", "relayed", "expanded":
		return v
	}
	return ""
}

// disposition reads "manual-action/MDN-sent-manually; displayed/error".
//
// std: RFC8098 §3.2.6
func disposition(v string) (done string, automatic bool) {
	mode, done, ok := strings.Cut(v, ";")
	if !ok {
		return "", false
	}
	done, _, _ = strings.Cut(done, "/")
	return strings.ToLower(withoutComment(done)), strings.HasPrefix(strings.ToLower(strings.TrimSpace(mode)), "automatic-action")
}
