package smtpsend_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/smtpsend"
	"caveat/ldapbook/ldaptest"
)

// TestCommands: the exact commands, by what the server offers and the account wants.
func TestCommands(t *testing.T) {
	const head = "From: <duty@gbr.example>\r\nMT-Priority: 4 (flash)\r\n\r\n"
	const anybody = "a+b=c@gbr.example"
	const mail, rcpt = "MAIL FROM:<duty@gbr.example>", "RCPT TO:<a+b=c@gbr.example>"
	tests := []struct {
		name, body string
		to         string // empty: anybody
		offers     []string
		options    smtpsend.Options
		want       []string
		status     string
	}{
		{name: "nothing offered", body: head, want: []string{mail, rcpt}},
		{name: "everything", body: head, offers: []string{"PIPELINING", "SIZE 1000", "8bitmime", "DSN", "MT-PRIORITY STANAG4406", "ENHANCEDSTATUSCODES"}, status: "2.0.0",
			want: []string{mail + " SIZE=52 BODY=7BIT RET=HDRS ENVID=01JABC MT-PRIORITY=4", rcpt + " NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@gbr.example"}},
		{name: "no priority in the message", body: "From: <duty@gbr.example>\r\n\r\n", offers: []string{"MT-PRIORITY"}, want: []string{mail, rcpt}},
		{name: "8-bit", body: head + "\u00fc\n", offers: []string{"8BITMIME", "SIZE"}, want: []string{mail + " SIZE=56 BODY=8BITMIME", rcpt}},
		{name: "reports of success too", body: head, offers: []string{"DSN"}, options: smtpsend.Options{Notify: []smtpsend.Event{smtpsend.Success, smtpsend.Failure}},
			want: []string{mail + " RET=HDRS ENVID=01JABC", rcpt + " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb+3Dc@gbr.example"}},
		{name: "reports wanted, not offered", body: head, options: smtpsend.Options{Notify: []smtpsend.Event{smtpsend.Success}}, want: []string{mail, rcpt}},
		{name: "delay to be reported", body: head, offers: []string{"DELIVERBY"}, options: smtpsend.Options{DeliverBy: 2 * time.Minute}, want: []string{mail + " BY=120;N", rcpt}},
		{name: "sooner than the server takes", body: head, offers: []string{"DELIVERBY 600,x=1"}, options: smtpsend.Options{DeliverBy: 2 * time.Minute}, want: []string{mail + " BY=600;N", rcpt}},
		{name: "DELIVERBY not offered", body: head, options: smtpsend.Options{DeliverBy: 2 * time.Minute}, want: []string{mail, rcpt}},
		{name: "DELIVERBY not wanted", body: head, offers: []string{"DELIVERBY"}, want: []string{mail, rcpt}},
		{name: "address beyond ASCII", body: head, to: "\u00fc+x@gbr.example", offers: []string{"SMTPUTF8", "8BITMIME", "DSN"},
			want: []string{mail + " BODY=7BIT SMTPUTF8 RET=HDRS ENVID=01JABC", "RCPT TO:<\u00fc+x@gbr.example> NOTIFY=FAILURE,DELAY ORCPT=utf-8;\\x{FC}\\x{2B}x@gbr.example"}},
		{name: "domain alone beyond ASCII needs no SMTPUTF8", body: head, to: "ops@m\u00fcller.example", offers: []string{"SMTPUTF8", "8BITMIME", "DSN"},
			want: []string{mail + " BODY=7BIT RET=HDRS ENVID=01JABC", "RCPT TO:<ops@xn--mller-kva.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ops@xn--mller-kva.example"}},
		{name: "domain alone beyond ASCII, SMTPUTF8 not offered", body: head, to: "ops@M\u00dcLLER.example", want: []string{mail, "RCPT TO:<ops@xn--mller-kva.example>"}},
		{name: "both beyond ASCII", body: head, to: "\u00fc@m\u00fcller.example", offers: []string{"SMTPUTF8", "8BITMIME", "DSN"},
			want: []string{mail + " BODY=7BIT SMTPUTF8 RET=HDRS ENVID=01JABC", "RCPT TO:<\u00fc@xn--mller-kva.example> NOTIFY=FAILURE,DELAY ORCPT=utf-8;\\x{FC}@xn--mller-kva.example"}},
		{name: "header beyond ASCII", body: "Subject: \u00fc\r\n\r\n", offers: []string{"SMTPUTF8", "8BITMIME"}, want: []string{mail + " BODY=8BITMIME SMTPUTF8", rcpt}},
		{name: "text beyond ASCII needs no SMTPUTF8", body: head + "\u00fc\r\n", offers: []string{"SMTPUTF8", "8BITMIME"}, want: []string{mail + " BODY=8BITMIME", rcpt}},
	}
	for _, tt := range tests {
		for _, chunks := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, BDAT %v", tt.name, chunks), func(t *testing.T) {
				t.Parallel()
				whole := strings.ReplaceAll(strings.ReplaceAll(tt.body, "\r\n", "\n"), "\n", "\r\n")
				offers, end := tt.offers, []mailtest.Step{{Expect: "DATA", Say: "354 go\r\n", Then: mailtest.TakeBody}}
				if chunks {
					offers = append(slices.Clone(offers), "CHUNKING")
					end = []mailtest.Step{{Expect: fmt.Sprintf("BDAT %d LAST", len(whole)), Then: mailtest.TakeChunk}}
				}
				end = append(end, mailtest.Step{Say: "250 2.0.0 queued\r\n"}, quit)
				s := mailtest.StartScript(t, nil, steps(ehlo(offers...), append([]mailtest.Step{mailOK, {Expect: "RCPT", Say: "250 ok\r\n"}}, end...)...)...)
				a := plain(s.Addr())
				a.Options = tt.options
				address := tt.to
				if address == "" {
					address = anybody
				}
				r := submit(t, a, to(address), tt.body)
				words := "2.0.0 queued"
				if !slices.Contains(offers, "DSN") {
					words += " (this server does not promise delivery reports)"
				}
				if want := (outbox.Receipt{Recipient: address, State: outbox.Accepted, Code: 250, Status: tt.status, Text: words}); r.err != nil || r.receipts[0] != want || r.bodySent != 1 {
					t.Fatalf("%v, %+v", r.err, r.receipts)
				}
				if got := s.Lines()[1:3]; !slices.Equal(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				if got := string(s.Body()); got != whole {
					t.Errorf("body %q", got)
				}
			})
		}
	}
}

// TestStatus: an enhanced code that the server did not announce, or that contradicts its reply code, is not believed.
func TestStatus(t *testing.T) {
	for reply, want := range map[string]string{
		"550 5.1.1 no such user": "5.1.1", "451 4.2.1": "4.2.1", "550 2.0.0 fine": "", "550 no such user": "", "550 5.1.1000 x": "", "550 5.1.1x": "",
	} {
		for _, announced := range []bool{true, false} {
			offers := []string{"DSN"}
			if announced {
				offers = append(offers, "ENHANCEDSTATUSCODES")
			} else {
				want = ""
			}
			s := mailtest.StartScript(t, nil, steps(ehlo(offers...), mailOK, mailtest.Step{Expect: "RCPT", Say: reply + "\r\n"}, quit)...)
			if r := submit(t, plain(s.Addr()), to("ops@gbr.example"), text); r.err != nil || r.receipts[0].Status != want {
				t.Errorf("%s, announced %v: %v, %+v", reply, announced, r.err, r.receipts)
			}
		}
	}
}

// TestBeyondASCII: who cannot be told of to this server is refused by name; the others get the message.
func TestBeyondASCII(t *testing.T) {
	s := mailtest.StartScript(t, nil, steps(ehlo("8BITMIME"), mailOK, rcptOK, mailtest.Step{Expect: "DATA", Say: "354 go\r\n", Then: mailtest.TakeBody}, mailtest.Step{Say: "250 ok\r\n"}, quit)...)
	r := submit(t, plain(s.Addr()), to("\u00fc@gbr.example", "ops@gbr.example"), text)
	if r.err != nil || r.states() != "refused accepted" || r.receipts[0].Code != 0 || !strings.Contains(r.receipts[0].Text, "SMTPUTF8") {
		t.Fatalf("%v, %+v", r.err, r.receipts)
	}
	if r := submit(t, plain(s.Addr()), to("\u00fc@gbr.example"), text); r.err != nil || r.states() != "refused" || r.bodySent != 0 {
		t.Errorf("nobody else: %v, %+v", r.err, r.receipts)
	}
	if r := submit(t, plain(s.Addr()), to("ops@gbr.example"), "Subject: \u00fc\r\n\r\n"); r.err != nil || r.states() != "refused" || r.bodySent != 0 {
		t.Errorf("header: %v, %+v", r.err, r.receipts)
	}
	if n := len(slices.DeleteFunc(s.Lines(), func(l string) bool { return !strings.HasPrefix(l, "MAIL") })); n != 1 {
		t.Errorf("%d transactions: %q", n, s.Lines())
	}
}

// TestRequireTLS: wanted and offered it is asked for; not offered, nothing is sent.
func TestRequireTLS(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	begin := mailtest.Step{Expect: "STARTTLS", Say: "220 go\r\n", Then: mailtest.BeginTLS}
	rest := []mailtest.Step{{Expect: "MAIL FROM:<duty@gbr.example> REQUIRETLS", Say: "250 ok\r\n"}, rcptOK, {Expect: "DATA", Say: "354 go\r\n", Then: mailtest.TakeBody}, {Say: "250 ok\r\n"}, quit}
	for _, offered := range []bool{true, false} {
		inside := ehlo()[1]
		if offered {
			inside = ehlo("REQUIRETLS")[1]
		}
		s := mailtest.StartScript(t, ca.ServerTLS(), append(steps(ehlo("STARTTLS", "REQUIRETLS"), begin, inside), rest...)...)
		a := account(s.Addr(), ca)
		a.RequireTLS = true
		r := submit(t, a, to("ops@gbr.example"), text)
		if offered && (r.err != nil || r.states() != "accepted") {
			t.Errorf("offered: %v, %+v", r.err, r.receipts)
		}
		if !offered && (!errors.Is(r.err, smtpsend.ErrNoRequireTLS) || r.bodySent != 0 || len(s.Lines()) != 3) {
			t.Errorf("not offered: %v, %q", r.err, s.Lines())
		}
	}
}

// TestMaxSize: the account's own limit holds whatever the server takes.
func TestMaxSize(t *testing.T) {
	s := mailtest.StartScript(t, nil, steps(ehlo("SIZE"), quit)...)
	a := plain(s.Addr())
	a.MaxSize = int64(len(text)) - 1
	if r := submit(t, a, to("ops@gbr.example"), text); r.err != nil || r.states() != "refused" || !strings.Contains(r.receipts[0].Text, "account takes") {
		t.Fatalf("%v, %+v", r.err, r.receipts)
	}
}

// TestChunks: a body of several chunks arrives as it is, with CRLF and without stuffed dots; the end is announced once
// everything before it was taken; never means DATA.
func TestChunks(t *testing.T) {
	body := "From: <duty@gbr.example>\n\n.\n..\r.\n" + strings.Repeat(".0123456789abcde\n", 5<<16)
	whole := strings.NewReplacer("\r", "\r\n", "\n", "\r\n").Replace(body)
	const mib = 1 << 20
	for _, offers := range [][]string{{"CHUNKING", "PIPELINING"}, {"CHUNKING"}} {
		play := []mailtest.Step{mailOK, rcptOK}
		left := len(whole)
		for ; left > mib; left -= mib {
			play = append(play, mailtest.Step{Expect: "BDAT 1048576", Then: mailtest.TakeChunk}, mailtest.Step{Say: "250 ok\r\n"})
		}
		play = append(play, mailtest.Step{Expect: fmt.Sprintf("BDAT %d LAST", left), Then: mailtest.TakeChunk}, mailtest.Step{Say: "250 ok\r\n"}, quit)
		s := mailtest.StartScript(t, nil, steps(ehlo(offers...), play...)...)
		r := submit(t, plain(s.Addr()), to("ops@gbr.example"), body)
		if r.err != nil || r.states() != "accepted" || r.bodySent != 1 || !bytes.Equal(s.Body(), []byte(whole)) {
			t.Errorf("%v: %v, %+v, %d octets of %d", offers, r.err, r.receipts, len(s.Body()), len(whole))
		}
	}
	s := mailtest.StartScript(t, nil, steps(ehlo("CHUNKING", "PIPELINING"), mailOK, rcptOK, mailtest.Step{Expect: "DATA", Say: "354 go\r\n", Then: mailtest.TakeBody}, mailtest.Step{Say: "250 ok\r\n"}, quit)...)
	a := plain(s.Addr())
	a.Chunking = smtpsend.ChunkingNever
	if r := submit(t, a, to("ops@gbr.example"), text); r.err != nil || r.states() != "accepted" {
		t.Errorf("never: %v, %+v, %q", r.err, r.receipts, s.Lines())
	}
}
