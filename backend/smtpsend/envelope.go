package smtpsend

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"caveat/backend/idn"
	"caveat/backend/message"
)

// envelope is what the server is told besides the message.
type envelope struct {
	id         string // ENVID: letters, digits, "." and "-" only (some servers do not decode xtext there)
	from       string
	to         []string
	size       int64 // of the body, with CRLF
	eightBit   bool  // the body holds octets above 127
	utf8Header bool  // so does its header
	priority   *int  // MT-PRIORITY, -9 to 9
}

// check refuses addresses that could end a command and begin another. It comes before anything is connected.
func (e envelope) check() error {
	if len(e.to) == 0 {
		return fmt.Errorf("%w: no recipient", ErrAddress)
	}
	for _, a := range append([]string{e.from}, e.to...) {
		if err := message.CheckAddress(a); err != nil {
			return fmt.Errorf("%w: %w", ErrAddress, err)
		}
	}
	return nil
}

// needsUTF8 reports that the server must have SMTPUTF8 for any recipient at all. A domain does not need it: it is written by its
// A-labels.
//
// std: RFC6531 §3.4
func (e envelope) needsUTF8() bool { return e.utf8Header || !idn.IsASCII(message.OnWire(e.from)) }

// usesUTF8 reports that the transaction, as it goes to those recipients that are asked for, needs SMTPUTF8.
func (t *transaction) usesUTF8() bool {
	if t.needsUTF8() {
		return true
	}
	for i, to := range t.to {
		if t.rcpts[i] == nil && !idn.IsASCII(message.OnWire(to)) {
			return true
		}
	}
	return false
}

func (c *conn) has(extension string) bool {
	_, ok := c.offers[extension]
	return ok
}

// mailCommand writes MAIL with what the server offers of SIZE, 8BITMIME, SMTPUTF8, DSN, MT-PRIORITY, REQUIRETLS and DELIVERBY.
//
// std: RFC5321 §4.1.1.2, RFC1870 §4, RFC6152 §2, RFC6531 §3.4, RFC3461 §4.3, §4.4, RFC6710 §3, RFC8689 §2
func (t *transaction) mailCommand() string {
	var b strings.Builder
	b.WriteString("MAIL FROM:<" + message.OnWire(t.from) + ">")
	if t.has("SIZE") && t.size > 0 {
		b.WriteString(" SIZE=" + strconv.FormatInt(t.size, 10))
	}
	if t.has("8BITMIME") {
		if t.eightBit {
			b.WriteString(" BODY=8BITMIME")
		} else {
			b.WriteString(" BODY=7BIT")
		}
	}
	if t.usesUTF8() {
		b.WriteString(" SMTPUTF8")
	}
	if t.has("DSN") {
		b.WriteString(" RET=HDRS")
		if t.id != "" {
			b.WriteString(" ENVID=" + xtext(t.id))
		}
	}
	if t.has("MT-PRIORITY") && t.priority != nil {
		b.WriteString(" MT-PRIORITY=" + strconv.Itoa(*t.priority))
	}
	if t.options.RequireTLS {
		b.WriteString(" REQUIRETLS")
	}
	if by := t.deliverBy(); by > 0 {
		fmt.Fprintf(&b, " BY=%d;N", by)
	}
	return b.String()
}

// deliverBy is the time in seconds to ask for, 0 for none: never less than the smallest that the server takes.
//
// std: RFC2852 §4
func (t *transaction) deliverBy() int64 {
	if !t.has("DELIVERBY") || t.options.DeliverBy <= 0 {
		return 0
	}
	first, _, _ := strings.Cut(t.offers["DELIVERBY"], ",")
	least, err := strconv.ParseInt(strings.TrimSpace(first), 10, 64)
	if err != nil {
		least = 0 // it says none
	}
	by := max(int64(t.options.DeliverBy/time.Second), least)
	if by > int64(maxDeliverBy/time.Second) {
		return 0
	}
	return by
}

// rcptCommand writes RCPT; where the server knows DSN, it says which reports are wanted.
//
// std: RFC5321 §4.1.1.3, RFC3461 §4.1, §4.2, RFC6533 §3
func (t *transaction) rcptCommand(to string) string {
	to = message.OnWire(to)
	line := "RCPT TO:<" + to + ">"
	if t.has("DSN") {
		line += " NOTIFY=" + t.options.notify() + " ORCPT="
		if idn.IsASCII(to) {
			line += "rfc822;" + xtext(to)
		} else {
			line += "utf-8;" + utf8xtext(to)
		}
	}
	return line
}

// xtext writes what is not a visible character, and "+" and "=", as +XX.
//
// std: RFC3461 §4
func xtext(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] > ' ' && s[i] < 0x7f && s[i] != '+' && s[i] != '=' {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "+%02X", s[i])
		}
	}
	return b.String()
}

// utf8xtext writes what is not a visible ASCII character, and "+", "=" and "\", as \x{CODE}.
//
// std: RFC6533 §3
func utf8xtext(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r > ' ' && r < 0x7f && r != '+' && r != '=' && r != '\\' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\x{%X}`, r)
		}
	}
	return b.String()
}
