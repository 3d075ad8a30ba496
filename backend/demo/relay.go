package demo

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"caveat/backend/mailtest"
)

// relayPatience is how long a partner's server may take to accept the recipients, for each stretch of the message, and for
// the reply to it.
const relayPatience = 5 * time.Second

// courier is a session with a partner's server that has accepted the recipients and waits for the message.
type courier struct {
	nation string
	client *smtp.Client
	stop   func() bool
}

// rejection is a partner's last word about a message: its own, with its reasons, and written down by itself.
type rejection struct{ reply *smtp.SMTPError }

func (r rejection) Error() string { return wordsOf(r.reply) }

// relay hands a letter to the servers of the other nations. None gets it before all have accepted their recipients. After
// that they decide one by one, as mail servers do: what one has taken stays taken when the next refuses or fails.
func (f *Federation) relay(l letter, byNation map[string][]string) error {
	var open []*courier
	defer func() {
		for _, c := range open {
			c.end()
		}
	}()
	for _, nation := range Codes {
		if nation == l.server || len(byNation[nation]) == 0 {
			continue
		}
		c, err := f.call(nation, l, byNation[nation])
		if err != nil {
			return f.unrelayed(nation, err, nil)
		}
		open = append(open, c)
	}
	var taken []string
	for _, c := range open {
		if err := c.hand(l.body); err != nil {
			return f.unrelayed(c.nation, err, taken)
		}
		f.log.Info("relayed", "from", l.server, "to", c.nation, "recipients", len(byNation[c.nation]))
		taken = append(taken, c.nation)
	}
	return nil
}

// call opens a session as far as the accepted recipients. What goes wrong before the first of them is never a refusal.
func (f *Federation) call(nation string, l letter, to []string) (*courier, error) {
	d := net.Dialer{Timeout: f.patience}
	conn, err := d.DialContext(f.life, "tcp", f.nations[nation].smtpAddress)
	if err != nil {
		return nil, err
	}
	c := &courier{nation: nation, stop: context.AfterFunc(f.life, func() { _ = conn.Close() })}
	limit := time.AfterFunc(f.patience, func() { _ = conn.Close() })
	defer limit.Stop()
	if err := f.introduce(c, conn, l, to); err != nil {
		c.stop()
		return nil, errors.Join(err, conn.Close())
	}
	return c, nil
}

func (f *Federation) introduce(c *courier, conn net.Conn, l letter, to []string) error {
	config := &tls.Config{RootCAs: f.roots, ServerName: hostname(c.nation), MinVersion: tls.VersionTLS12}
	var err error
	if c.client, err = smtp.NewClientStartTLS(patient{conn, f.patience}, config); err != nil {
		return fmt.Errorf("STARTTLS: %w", unanswered(err))
	}
	c.client.CommandTimeout, c.client.SubmissionTimeout = f.patience, f.patience
	for _, step := range []func() error{
		func() error { return c.client.Hello(hostname(l.server)) },
		func() error {
			return c.client.Auth(sasl.NewPlainClient("", l.server, f.secrets[link{l.server, c.nation}]))
		},
		func() error {
			return c.client.Mail(l.from, &smtp.MailOptions{EnvelopeID: l.envelope.ID})
		},
	} {
		if err := step(); err != nil {
			return unanswered(err)
		}
	}
	for _, a := range to {
		if err := c.client.Rcpt(a, l.wishes(a)); err != nil {
			return answered(err)
		}
	}
	return nil
}

// hand gives the message and waits for the reply. A session that breaks off in the middle leaves nothing behind: the
// partner has not seen the end.
func (c *courier) hand(body []byte) error {
	w, err := c.client.Data()
	if err == nil {
		if _, err = w.Write(body); err == nil {
			err = w.Close()
		}
	}
	if err = answered(err); err != nil && !errors.As(err, new(rejection)) {
		_ = c.client.Close() // it may be in the middle of the message
	}
	return err
}

// end says goodbye where somebody still listens.
func (c *courier) end() {
	if c.client.Quit() != nil {
		_ = c.client.Close()
	}
	c.stop()
}

// answered tells a partner's refusal from everything that may be different later.
func answered(err error) error {
	var reply *smtp.SMTPError
	if errors.As(err, &reply) && reply.Code >= 500 {
		return rejection{reply}
	}
	return err
}

// unanswered keeps the words only: a partner that cannot be talked to has said nothing about the message.
func unanswered(err error) error { return errors.New(err.Error()) }

// unrelayed is the reply to the client when a partner did not take the letter. The partner has recorded its refusal.
func (f *Federation) unrelayed(nation string, err error, taken []string) error {
	f.log.Warn("not relayed", "nation", nation, "error", err)
	after := ""
	if len(taken) > 0 {
		after = ", after " + strings.Join(taken, " and ") + " had taken the message"
	}
	code, enhanced, text := 451, [3]int{4, 4, 1}, " does not answer"+after+"; try again later."
	var reply *smtp.SMTPError
	if r := (rejection{}); errors.As(err, &r) {
		code, enhanced, text = 550, [3]int{5, 7, 1}, " refused"+after+": "+r.Error()
	} else if errors.As(err, &reply) {
		text = " does not take it now" + after + "; try again later: " + wordsOf(reply)
	}
	return &mailtest.Error{Code: code, EnhancedCode: enhanced, Message: replyText("The mail server of " + nation + text)}
}

// wordsOf is a reply as it came.
func wordsOf(r *smtp.SMTPError) string {
	e := r.EnhancedCode
	return fmt.Sprintf("%d %d.%d.%d %s", r.Code, e[0], e[1], e[2], r.Message)
}

// patient bounds every stretch of writing: the SMTP client bounds its commands only.
type patient struct {
	net.Conn
	patience time.Duration
}

func (p patient) Write(b []byte) (int, error) {
	if err := p.SetWriteDeadline(time.Now().Add(p.patience)); err != nil {
		return 0, err
	}
	return p.Conn.Write(b)
}
