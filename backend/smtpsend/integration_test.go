//go:build integration

package smtpsend_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/mailtest"
	"caveat/backend/message"
	"caveat/backend/saslclient"
	"caveat/backend/smtpsend"
	"caveat/ldapbook/ldaptest"
)

func exim(t *testing.T, ca *ldaptest.CA, c mailtest.EximConfig) *mailtest.Exim {
	t.Helper()
	cert, key, err := ca.Issue("localhost")
	if err != nil {
		t.Fatal(err)
	}
	c.Domains, c.Certificate, c.Key, c.CA = []string{"gbr.example"}, cert, key, ca.PEM()
	return mailtest.StartExim(t, c)
}

func eximWorld(c mailtest.EximConfig) func(t *testing.T) world {
	return func(t *testing.T) world {
		ca, password := ldaptest.NewCA("Test CA"), mailtest.Secret()
		c.Users, c.MaxBytes = map[string]string{"duty": password}, 1<<20
		e := exim(t, ca, c)
		a := account(e.Addr(), ca)
		a.User, a.Password = "duty", password
		return world{account: a, bodies: func(t *testing.T, address string) (out []string) {
			for _, m := range e.Mails(t, address) {
				_, body, _ := strings.Cut(string(m), "\r\n\r\n")
				out = append(out, body)
			}
			return out
		}}
	}
}

// TestIntegrationExim runs the tests of the in-process server on the real one, with and without pipelining.
func TestIntegrationExim(t *testing.T) { testSubmission(t, eximWorld(mailtest.EximConfig{})) }

func TestIntegrationEximOneByOne(t *testing.T) {
	testSubmission(t, eximWorld(mailtest.EximConfig{NoPipelining: true}))
}

// TestIntegrationEximChunks: the same by BDAT.
func TestIntegrationEximChunks(t *testing.T) {
	testSubmission(t, eximWorld(mailtest.EximConfig{Chunking: true}))
}

// TestIntegrationChunks: a message of several chunks arrives octet for octet, after another one on the same connection.
func TestIntegrationChunks(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	e := exim(t, ca, mailtest.EximConfig{Chunking: true})
	s := smtpsend.New(nil)
	defer s.Close()
	big := "From: <duty@gbr.example>\r\n\r\n" + strings.Repeat(".\r\n..\r\n0123456789abcdef\r\n", 5<<17/2)
	for _, body := range []string{text, big} {
		receipts, err := s.Submit(t.Context(), account(e.Addr(), ca), to("ops@gbr.example"), []byte(body), strings.NewReader(body), func() error { return nil })
		if err != nil || receipts[0].State != "accepted" {
			t.Fatalf("%v, %+v", err, receipts)
		}
	}
	got := e.Mails(t, "ops@gbr.example")
	if len(got) != 2 || !bytes.HasSuffix(got[1], []byte(big)) {
		t.Fatalf("%d delivered, or not as it was sent", len(got))
	}
}

// TestIntegrationReport: the server reports the delivery to the sender, under the envelope's id and the recipient as we named it.
func TestIntegrationReport(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	e := exim(t, ca, mailtest.EximConfig{})
	a := account(e.Addr(), ca)
	a.Notify = []smtpsend.Event{smtpsend.Success, smtpsend.Failure, smtpsend.Delay}
	if r := submit(t, a, to("ops+watch@gbr.example"), text); r.err != nil || r.states() != "accepted" || strings.Contains(r.receipts[0].Text, "reports") {
		t.Fatalf("%v, %+v", r.err, r.receipts)
	}
	e.Mails(t, "ops+watch@gbr.example")
	var reports [][]byte
	for range 500 { // the report is a message of its own, begun after the delivery
		if reports = e.Mails(t, from); len(reports) > 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if len(reports) != 1 {
		t.Fatalf("%d reports", len(reports))
	}
	for _, want := range []string{"multipart/report", "Original-Envelope-Id: 01JABC", "Action: delivered", "Original-Recipient: rfc822;ops+2Bwatch@gbr.example"} {
		if !strings.Contains(strings.ToLower(string(reports[0])), strings.ToLower(want)) {
			t.Errorf("no %q in\n%s", want, reports[0])
		}
	}
}

// TestIntegrationPartial: with one refused recipient nobody gets the message, or the rest does, as the account says.
func TestIntegrationPartial(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	for _, chunking := range []bool{false, true} {
		e := exim(t, ca, mailtest.EximConfig{Chunking: chunking})
		s := smtpsend.New(nil)
		defer s.Close()
		a := account(e.Addr(), ca)
		send := func(addresses ...string) string {
			receipts, err := s.Submit(t.Context(), a, to(addresses...), []byte(text), strings.NewReader(text), func() error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			return result{receipts: receipts}.states()
		}
		a.Partial = smtpsend.PartialNobody
		for _, c := range []struct{ to, want string }{{"unknown@gbr.example", "refused refused"}, {"later@gbr.example", "deferred deferred"}} {
			if got := send("ops@gbr.example", c.to); got != c.want {
				t.Errorf("%s: %s", c.to, got)
			}
		}
		if n := len(e.Mails(t, "ops@gbr.example")); n != 0 {
			t.Errorf("nobody: delivered %d times", n)
		}
		if got := send("ops@gbr.example", "medic@gbr.example"); got != "accepted accepted" {
			t.Errorf("all accepted: %s", got)
		}
		a.Partial = smtpsend.PartialRest
		if got := send("ops@gbr.example", "unknown@gbr.example"); got != "accepted refused" {
			t.Errorf("rest: %s", got)
		}
		if n := len(e.Mails(t, "ops@gbr.example")); n != 2 {
			t.Errorf("delivered %d times", n)
		}
	}
}

// TestIntegrationExternal: the client's certificate says who we are.
func TestIntegrationExternal(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	e := exim(t, ca, mailtest.EximConfig{External: true})
	cert, err := ca.Certificate("duty@gbr.example")
	if err != nil {
		t.Fatal(err)
	}
	a := account(e.Addr(), ca)
	a.Auth, a.User, a.Certificate = saslclient.External, "duty@gbr.example", &cert
	if r := submit(t, a, to("ops@gbr.example"), text); r.err != nil || r.states() != "accepted" {
		t.Fatalf("%v, %q", r.err, r.states())
	}
	a.User = "colonel@gbr.example"
	if r := submit(t, a, to("ops@gbr.example"), text); !errors.Is(r.err, smtpsend.ErrAuth) {
		t.Fatalf("as somebody else: %v", r.err)
	}
	stranger, err := ldaptest.NewCA("Another CA").Certificate("duty@gbr.example")
	if err != nil {
		t.Fatal(err)
	}
	a.User, a.Certificate = "duty@gbr.example", &tls.Certificate{Certificate: stranger.Certificate, PrivateKey: stranger.PrivateKey}
	if r := submit(t, a, to("ops@gbr.example"), text); !errors.Is(r.err, smtpsend.ErrAuth) && !errors.Is(r.err, smtpsend.ErrTLS) {
		t.Fatalf("certificate of another CA: %v", r.err)
	}
}

// TestIntegrationNoTLS: a server without STARTTLS gets nothing.
func TestIntegrationNoTLS(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximConfig{Domains: []string{"gbr.example"}})
	a := account(e.Addr(), ldaptest.NewCA("Test CA"))
	if r := submit(t, a, to("ops@gbr.example"), text); !errors.Is(r.err, smtpsend.ErrNoStartTLS) {
		t.Fatal(r.err)
	}
}

// TestIntegrationDSN: Exim, which knows DSN, takes our parameters with an address that xtext changes.
func TestIntegrationDSN(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	e := exim(t, ca, mailtest.EximConfig{})
	if r := submit(t, account(e.Addr(), ca), to("ops+watch=1@gbr.example"), text); r.err != nil || r.states() != "accepted" {
		t.Fatalf("%v, %+v", r.err, r.receipts)
	}
	if got := e.Mails(t, "ops+watch=1@gbr.example"); len(got) != 1 {
		t.Fatalf("%d delivered", len(got))
	}
}

// TestIntegrationKill: the server dies between the end of the body and the final dot: an error, after bodySent.
func TestIntegrationKill(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	e := exim(t, ca, mailtest.EximConfig{})
	called := 0
	receipts, err := smtpsend.Submit(t.Context(), account(e.Addr(), ca), to("ops@gbr.example"), []byte(text), func() error {
		called++
		e.Kill()
		return nil
	})
	if !errors.Is(err, smtpsend.ErrUnreachable) || receipts != nil || called != 1 {
		t.Fatalf("%v, %v, %d", receipts, err, called)
	}
}

// TestIntegrationComposed: a message with its label goes by our own submission through the real server, and is read at the other end, by us
// and by another program's parser: the label is the same bytes.
func TestIntegrationComposed(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	e := exim(t, ca, mailtest.EximConfig{})
	l := label.Label{Information: label.Information{Policy: label.PolicyID{Name: "MISSION"}, Classification: "SECRET"}, Created: time.Now().UTC()}
	d := draft.Draft{
		Channel: draft.Mail, Action: []string{"ops@gbr.example"}, Subject: "Treibstoff f\u00fcr alle", Body: "Gr\u00fc\u00dfe\n.\n", PrimaryPrecedence: "flash",
		Label: draft.Label{Selection: &label.Selection{Policy: "MISSION", Classification: "SECRET"}},
	}
	raw, err := message.Compose(d, message.Seal{ID: "01JABC", Date: time.Now(), From: message.Address{Address: from}, Label: l, Marking: "MISSION SECR\u00c8T", Background: "red"})
	if err != nil {
		t.Fatal(err)
	}
	if r := submit(t, account(e.Addr(), ca), to(d.Action...), string(raw)); r.err != nil || r.states() != "accepted" {
		t.Fatalf("%v, %+v", r.err, r.receipts)
	}
	got := e.Mails(t, "ops@gbr.example")
	if len(got) != 1 || !bytes.HasSuffix(got[0], raw) {
		t.Fatalf("%d messages, or not the same bytes", len(got))
	}
	reading, err := message.ReadLabel(bytes.NewReader(got[0]))
	if err != nil || reading.Marking != "MISSION SECR\u00c8T" || reading.Label.Classification != "SECRET" {
		t.Fatalf("%+v, %v", reading, err)
	}
	if p := secondReading(t, got[0]); p.Label != string(l.Marshal()) || p.Marking != "MISSION SECR\u00c8T" || p.To != d.Action[0] || p.Defects != 0 {
		t.Errorf("the second reader has %+v", p)
	}
}

// TestIntegrationBeyondASCII: the real server takes, with SMTPUTF8, a message whose sender and recipients have local parts beyond ASCII, and one
// whose domain alone is, without; its report names the recipient as we did.
func TestIntegrationBeyondASCII(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	cert, key, err := ca.Issue("localhost")
	if err != nil {
		t.Fatal(err)
	}
	e := mailtest.StartExim(t, mailtest.EximConfig{Domains: []string{"gbr.example", "xn--mller-kva.example"}, Certificate: cert, Key: key, CA: ca.PEM()})
	a := account(e.Addr(), ca)
	a.Notify = []smtpsend.Event{smtpsend.Success}
	l := label.Label{Information: label.Information{Policy: label.PolicyID{Name: "MISSION"}, Classification: "SECRET"}, Created: time.Now().UTC()}
	seen := map[string]bool{}
	for _, tt := range []struct{ name, from, to, wire string }{
		{"local part", from, "j\u00fcrgen@m\u00fcller.example", "j\u00fcrgen@xn--mller-kva.example"},
		{"sender", "\u5c71\u7530@gbr.example", "\u043e\u043b\u0435\u043a\u0441\u0456\u0439@gbr.example", "\u043e\u043b\u0435\u043a\u0441\u0456\u0439@gbr.example"},
		{"domain", from, "ops@M\u00dcLLER.example", "ops@xn--mller-kva.example"},
	} {
		d := draft.Draft{Channel: draft.Mail, Action: []string{tt.to}, Subject: "Gr\u00fc\u00dfe", Body: "Gr\u00fc\u00dfe\n",
			Label: draft.Label{Selection: &label.Selection{Policy: "MISSION", Classification: "SECRET"}}}
		raw, err := message.Compose(d, message.Seal{ID: "01JABC", Date: time.Now(), From: message.Address{Name: "J\u00fcrgen", Address: tt.from}, Label: l, Marking: "MISSION SECRET"})
		if err != nil {
			t.Fatal(err)
		}
		if r := submit(t, a, smtpsend.Envelope{ID: "01JABC", From: tt.from, To: d.Action}, string(raw)); r.err != nil || r.states() != "accepted" || r.receipts[0].Recipient != tt.to {
			t.Fatalf("%s: %v, %+v", tt.name, r.err, r.receipts)
		}
		got := e.Mails(t, tt.wire)
		if len(got) != 1 || !bytes.HasSuffix(got[0], raw) {
			t.Fatalf("%s: %d messages, or not the same bytes", tt.name, len(got))
		}
		second := secondReading(t, got[0])
		if second.From != tt.from || second.To != tt.wire || second.Name != "J\u00fcrgen" || second.Defects != 0 || second.Fields != 1 {
			t.Errorf("%s: the second reader has %+v", tt.name, second)
		}
		report := reportTo(t, e, tt.from, seen)
		if len(report.Recipients) != 1 || draft.FoldAddress(report.Recipients[0].Original) != draft.FoldAddress(tt.to) || report.Recipients[0].Action != "delivered" {
			t.Errorf("%s: reported %+v", tt.name, report.Recipients)
		}
	}
}

// reportTo waits for the first report to an address that is none of those already seen, and adds it to them.
func reportTo(t *testing.T, e *mailtest.Exim, address string, seen map[string]bool) message.Report {
	t.Helper()
	for range 500 { // the report is a message of its own, begun after the delivery
		for _, m := range e.Mails(t, address) {
			if seen[string(m)] {
				continue
			}
			seen[string(m)] = true
			r, err := message.ReadReport(bytes.NewReader(m))
			if err != nil {
				t.Fatalf("%v: %s", err, m)
			}
			return r
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("no report to %s", address)
	return message.Report{}
}

// secondParser is Python's email package: the addresses that it finds in a message read as UTF-8 (of bytes it takes ASCII alone in a header),
// and the bytes of its label.
const secondParser = `
import base64, email, email.policy, email.utils, json, sys
m = email.message_from_string(sys.stdin.buffer.read().decode("utf-8"), policy=email.policy.SMTPUTF8)
raw = email.message.Message()
raw['SIO-Label'] = 'x; ' + m['SIO-Label']  # it takes what stands first for a value without a name
params = dict((k.lower(), email.utils.collapse_rfc2231_value(v)) for k, v in
              email.message.Message.get_params(raw, failobj=[], header='SIO-Label', unquote=True))
print(json.dumps({'label': base64.b64decode(params['label'], validate=True).decode(), 'marking': params['marking'], 'from': m['From'].addresses[0].addr_spec, 'name': m['From'].addresses[0].display_name, 'to': ','.join(a.addr_spec for a in m['To'].addresses),
    'fields': len(m.get_all('To')) + len(m.get_all('Bcc') or []) + len(m.get_all('Cc') or []), 'defects': len(m.defects) +
    sum(type(d).__name__ != 'NonASCIILocalPartDefect' for k, v in m.items() if k in ('From', 'To') for d in v.defects)})) # it names what RFC 6531 is for
`

type second struct {
	From, Name, To  string
	Label, Marking  string
	Fields, Defects int
}

func secondReading(t *testing.T, raw []byte) (out second) {
	t.Helper()
	cmd := exec.Command("python3", "-c", secondParser)
	cmd.Stdin = bytes.NewReader(raw)
	data, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v (it must be installed)", err)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return out
}
