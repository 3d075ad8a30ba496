package smtpsend_test

import (
	"slices"
	"strings"
	"testing"

	"caveat/backend/mailtest"
	"caveat/backend/smtpsend"
)

// TestPartialNobody: one refused recipient ends the message for all, whether or not the server pipelines or takes chunks.
func TestPartialNobody(t *testing.T) {
	for name, c := range map[string]struct {
		to     []string
		want   string
		says   string // to those who were accepted
		offers []string
	}{
		"one refused":              {[]string{"ops@gbr.example", "unknown@gbr.example"}, "refused refused", "not sent, because unknown@gbr.example was refused: 550 no such user", nil},
		"one deferred":             {[]string{"ops@gbr.example", "later@gbr.example"}, "deferred deferred", "not sent, because later@gbr.example was refused: 451 not now", nil},
		"the worst counts":         {[]string{"later@gbr.example", "ops@gbr.example", "unknown@gbr.example"}, "refused refused refused", "because unknown@gbr.example", nil},
		"beyond ASCII":             {[]string{"ops@gbr.example", "\u00fc@gbr.example"}, "refused refused", "because \u00fc@gbr.example was refused: address beyond ASCII", nil},
		"all refused":              {[]string{"unknown@gbr.example", "unknown@gbr.example"}, "refused refused", "", nil},
		"one alone, refused":       {[]string{"later@gbr.example"}, "deferred", "", nil},
		"one by one, for all":      {[]string{"ops@gbr.example", "medic@gbr.example"}, "accepted accepted", "", []string{}},
		"accepted for all":         {[]string{"ops@gbr.example", "medic@gbr.example"}, "accepted accepted", "", nil},
		"accepted for all, chunks": {[]string{"ops@gbr.example", "medic@gbr.example"}, "accepted accepted", "", []string{"PIPELINING", "CHUNKING"}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.offers == nil {
				c.offers = []string{"PIPELINING"}
			}
			for _, offers := range [][]string{c.offers, {"CHUNKING", "PIPELINING"}} {
				s := mailtest.StartScript(t, nil, answers(c.to, offers)...)
				a := plain(s.Addr())
				a.Partial = smtpsend.PartialNobody
				r := submit(t, a, to(c.to...), text)
				sent := strings.HasPrefix(c.want, "accepted")
				if r.err != nil || r.states() != c.want || r.bodySent == 1 != sent {
					t.Fatalf("%v: %v, %+v, bodySent %d times", offers, r.err, r.receipts, r.bodySent)
				}
				for _, x := range r.receipts {
					if strings.HasPrefix(x.Recipient, "ops@") && !strings.Contains(x.Text, c.says) {
						t.Errorf("%s is told %q", x.Recipient, x.Text)
					}
				}
				body := slices.ContainsFunc(s.Lines(), func(l string) bool { return strings.HasPrefix(l, "BDAT") || l == "DATA" })
				single := len(c.to) == 1 && !slices.Contains(offers, "CHUNKING") // then DATA may go ahead
				if body != (sent || single) {
					t.Errorf("%v: the server got %q", offers, s.Lines())
				}
				if c.says != "" && name != "beyond ASCII" && !slices.Contains(s.Lines(), "RSET") {
					t.Errorf("%v: no RSET in %q", offers, s.Lines())
				}
			}
		})
	}
}

// answers plays one transaction as the recipients' local parts want it.
func answers(to, offers []string) []mailtest.Step {
	out := append(ehlo(offers...), mailOK)
	refused := false
	for _, a := range to {
		say := "250 ok\r\n"
		switch {
		case strings.HasPrefix(a, "unknown@"):
			say, refused = "550 no such user\r\n", true
		case strings.HasPrefix(a, "later@"):
			say, refused = "451 not now\r\n", true
		}
		out = append(out, mailtest.Step{Expect: "RCPT TO:<" + a, Say: say})
	}
	chunks := slices.Contains(offers, "CHUNKING")
	switch {
	case refused && len(to) == 1 && !chunks:
		return append(out, mailtest.Step{Expect: "DATA", Say: "554 no recipients\r\n"}, quit)
	case refused && slices.Contains(to, "ops@gbr.example"):
		return append(out, mailtest.Step{Expect: "RSET", Say: "250 ok\r\n"}, quit)
	case refused:
		return append(out, quit)
	case chunks:
		return append(out, mailtest.Step{Expect: "BDAT", Then: mailtest.TakeChunk}, mailtest.Step{Say: "250 ok\r\n"}, quit)
	}
	return append(out, mailtest.Step{Expect: "DATA", Say: "354 go\r\n", Then: mailtest.TakeBody}, mailtest.Step{Say: "250 ok\r\n"}, quit)
}
