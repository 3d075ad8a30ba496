package smtpsend

import (
	"fmt"
	"strconv"
	"strings"

	"caveat/backend/message"
)

// envelope is what the server is told besides the message.
type envelope struct {
	id       string // ENVID: letters, digits, "." and "-" only (some servers do not decode xtext there)
	from     string
	to       []string
	size     int64 // of the body, with CRLF
	eightBit bool  // the body holds octets above 127
	priority *int  // MT-PRIORITY, -9 to 9
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

// mailCommand writes MAIL with what the server offers of SIZE, 8BITMIME, DSN and MT-PRIORITY.
//
// std: RFC5321 §4.1.1.2, RFC1870 §4, RFC6152 §2, RFC3461 §4.3, §4.4, RFC6710 §3
func (c *conn) mailCommand(e envelope) string {
	var b strings.Builder
	b.WriteString("MAIL FROM:<" + e.from + ">")
	if _, ok := c.offers["SIZE"]; ok && e.size > 0 {
		b.WriteString(" SIZE=" + strconv.FormatInt(e.size, 10))
	}
	if _, ok := c.offers["8BITMIME"]; ok {
		if e.eightBit {
			b.WriteString(" BODY=8BITMIME")
		} else {
			b.WriteString(" BODY=7BIT")
		}
	}
	if _, ok := c.offers["DSN"]; ok {
		b.WriteString(" RET=HDRS")
		if e.id != "" {
			b.WriteString(" ENVID=" + xtext(e.id))
		}
	}
	if _, ok := c.offers["MT-PRIORITY"]; ok && e.priority != nil {
		b.WriteString(" MT-PRIORITY=" + strconv.Itoa(*e.priority))
	}
	return b.String()
}

// rcptCommand writes RCPT; where the server knows DSN, failures and delays are to be reported.
//
// std: RFC5321 §4.1.1.3, RFC3461 §4.1, §4.2
func (c *conn) rcptCommand(to string) string {
	line := "RCPT TO:<" + to + ">"
	if _, ok := c.offers["DSN"]; ok {
		line += " NOTIFY=FAILURE,DELAY ORCPT=rfc822;" + xtext(to)
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

// tooLarge compares with the limit that the server published; 0 or none is no limit.
//
// std: RFC1870 §4
func (c *conn) tooLarge(size int64) (limit int64, too bool) {
	limit, err := strconv.ParseInt(c.offers["SIZE"], 10, 64)
	return limit, err == nil && limit > 0 && size > limit
}
