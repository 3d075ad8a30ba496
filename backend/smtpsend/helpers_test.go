package smtpsend_test

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/smtpsend"
	"caveat/ldapbook/ldaptest"
)

// patience is long, so that a busy machine changes no result; tests of servers that never answer use little.
const (
	patience = time.Minute
	little   = 2 * time.Second
)

const (
	from = "duty@gbr.example"
	text = "From: <duty@gbr.example>\r\nTo: <ops@gbr.example>\r\nSubject: test\r\n\r\nHello.\r\n"
)

// account is one that fits the servers of a test: STARTTLS, a short patience, no login.
func account(addr string, ca *ldaptest.CA) smtpsend.Account {
	return smtpsend.Account{
		Name: "test", Address: addr, ServerName: "localhost", Security: smtpsend.StartTLS, RootCAs: ca.Pool(),
		HeloName: "client.gbr.example", Timeout: patience,
	}
}

// plain is an account without TLS, for faults that have nothing to do with it.
func plain(addr string) smtpsend.Account {
	return smtpsend.Account{Name: "test", Address: addr, Security: smtpsend.Plain, HeloName: "client.gbr.example", Timeout: patience}
}

func to(addresses ...string) smtpsend.Envelope {
	return smtpsend.Envelope{ID: "01JABC", From: from, To: addresses}
}

// result is what one submission came to.
type result struct {
	receipts []outbox.Receipt
	err      error
	bodySent int
}

func submit(t *testing.T, a smtpsend.Account, e smtpsend.Envelope, body string) (r result) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	r.receipts, r.err = smtpsend.Submit(ctx, a, e, []byte(body), func() error { r.bodySent++; return nil })
	return r
}

// states are the receipts in short: "accepted 250, refused 550".
func (r result) states() string {
	var out []string
	for _, x := range r.receipts {
		out = append(out, string(x.State))
	}
	return strings.Join(out, " ")
}

func serverTLS(ca *ldaptest.CA) *tls.Config {
	c := ca.ServerTLS()
	c.ClientAuth, c.ClientCAs = tls.VerifyClientCertIfGiven, ca.Pool()
	return c
}

// ehlo is a script's start up to the reply to EHLO.
func ehlo(offers ...string) []mailtest.Step {
	lines := append([]string{"fake.example"}, offers...)
	reply := ""
	for i, l := range lines {
		sep := "-"
		if i == len(lines)-1 {
			sep = " "
		}
		reply += "250" + sep + l + "\r\n"
	}
	return []mailtest.Step{{Say: "220 fake.example ready\r\n"}, {Expect: "EHLO client.gbr.example", Say: reply}}
}
