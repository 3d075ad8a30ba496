package demo

import (
	"crypto/subtle"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/mailtest"
	"caveat/ldapbook/ldaptest"
)

// letter is a message in the hands of one server.
type letter struct {
	server string // the nation whose server it is
	peer   string // the nation whose server handed it in; empty: the user did
	from   string
	to     []string
	body   []byte

	envelope mailtest.Envelope // as it was handed in: what the sender wants reported
}

func hostname(nation string) string { return "mail." + cultures[nation].mailDomain() }

// room for the Received fields that a message grows by on its way to a partner.
const traceRoom = 4 << 10

// mailConfig is what a nation's server does. GBR's takes messages from the user, who is known by a password; every server
// takes them from its peers, each known by a secret of this run.
func (f *Federation) mailConfig(code string, ca *ldaptest.CA, password string) (mailtest.Config, error) {
	cert, err := ca.Certificate(hostname(code), hostname(code))
	if err != nil {
		return mailtest.Config{}, err
	}
	isUser := func(user string) bool { return code == Own && strings.EqualFold(user, UserAddress) }
	c := mailtest.Config{
		Hostname: hostname(code), TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12},
		RequireAuth: code == Own,
	}
	if code != Own {
		c.MaxBytes = mailtest.DefaultMaxBytes + traceRoom
	}
	c.Auth = func(user, given string) bool {
		want, known := f.secrets[link{strings.ToUpper(user), code}]
		if isUser(user) {
			want, known = password, true
		}
		return known && subtle.ConstantTimeCompare([]byte(given), []byte(want)) == 1
	}
	// Without a login another nation's server hears whom a stranger wants to reach, so that going around GBR's is seen.
	c.Rcpt = func(from, to string) error {
		return f.refuse(Refusal{Server: code, From: from, Recipient: to, Rule: RuleSubmission,
			Reason: "This server takes messages from the other nations' servers only: submit to your own nation's."})
	}
	c.Login = func(user string) mailtest.Hooks {
		peer := ""
		if !isUser(user) {
			peer = strings.ToUpper(user)
		}
		return mailtest.Hooks{
			Rcpt: func(from, to string) error { return f.rcpt(code, peer, from, to) },
			Take: func(e mailtest.Envelope, body []byte) error {
				l := letter{server: code, peer: peer, from: e.From, body: body, envelope: e}
				for _, r := range e.To {
					l.to = append(l.to, r.Address)
				}
				return f.take(l)
			},
		}
	}
	return c, nil
}

// rcpt decides about one recipient. A server knows the addresses of its own nation; which ones another has, that one's
// server says when the message gets there.
func (f *Federation) rcpt(code, peer, from, to string) error {
	r := Refusal{Server: code, From: from, Recipient: to, Rule: RuleUnknown, Reason: "No such address."}
	switch nation := nationOf(to); {
	case nation == code:
		f.mu.RLock()
		defer f.mu.RUnlock()
		if _, ok := f.nations[code].find(to); ok {
			return nil
		}
	case peer != "":
		r.Reason = "This server takes messages for its own nation only."
	case nation == "":
		r.Rule, r.Reason = RuleNoRoute, "There is no route to this domain."
	default:
		return nil
	}
	return f.refuse(r)
}

// take takes a letter in, or refuses it as a whole.
func (f *Federation) take(l letter) error {
	if !f.begin() {
		return &mailtest.Error{Code: 421, EnhancedCode: [3]int{4, 3, 2}, Message: "The demonstration ends."}
	}
	defer f.work.Done()
	l.to = distinct(l.to)
	l.body = append(l.received(time.Now()), l.body...)
	if l.peer == "" {
		return f.submit(l)
	}
	if l.to = f.nations[l.server].box.missing(l); len(l.to) == 0 {
		return nil // this server said 250 before, and the peer did not hear it or could not end its round
	}
	if refused := f.check(l); len(refused) > 0 {
		return f.refuse(refused...)
	}
	return f.keep(l)
}

// submit takes the user's letter: first this server judges, then it relays to the partners, then its own people get it.
func (f *Federation) submit(l letter) error {
	if refused := f.check(l); len(refused) > 0 {
		return f.refuse(refused...)
	}
	byNation := map[string][]string{}
	for _, a := range l.to {
		code := nationOf(a)
		byNation[code] = append(byNation[code], a)
	}
	if err := f.relay(l, byNation); err != nil {
		return err
	}
	if l.to = byNation[l.server]; len(l.to) == 0 {
		return nil
	}
	return f.keep(l)
}

// keep is the final delivery. Who has a full mailbox gets nothing, and the sender a report.
func (f *Federation) keep(l letter) error {
	all := l.to
	if l.to = f.withRoom(l); len(l.to) == 0 {
		f.report(l, all)
		return nil
	}
	path, err := f.nations[l.server].box.keep(l)
	if err != nil {
		f.log.Error("delivery not written", "nation", l.server, "error", err)
		return &mailtest.Error{Code: 451, EnhancedCode: [3]int{4, 3, 0}, Message: "The message could not be stored; try again later."}
	}
	f.log.Info("delivered", "nation", l.server, "recipients", len(l.to), "file", path)
	if l.server == Own {
		if err := f.collect(); err != nil { // it is delivered; the next one, or the next start, brings it into the mailbox too
			f.log.Error("delivery not in the mailbox yet", "error", err)
		}
	}
	f.report(l, all)
	return nil
}

// received is the field by which a server says that a letter came through it. The name is the one that was proven.
func (l letter) received(at time.Time) []byte {
	from := "localhost"
	if l.peer != "" {
		from = hostname(l.peer)
	}
	return fmt.Appendf(nil, "Received: from %s by %s with ESMTPSA;\r\n\t%s\r\n", from, hostname(l.server), at.UTC().Format(time.RFC1123Z))
}

// distinct leaves out addresses that are there already, in whatever case.
func distinct(all []string) []string {
	var out []string
	for _, a := range all {
		if !slices.ContainsFunc(out, func(b string) bool { return strings.EqualFold(a, b) }) {
			out = append(out, a)
		}
	}
	return out
}
