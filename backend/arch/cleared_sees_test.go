package arch_test

import "testing"

// TestSignaturesSees: what TestRule24SendersTakeNothingButACleared rests on.
func TestSignaturesSees(t *testing.T) {
	const head = "package p\nimport (\"context\"; \"io\"; \"net\"; \"caveat/backend/draft\"; \"caveat/backend/message\"; box \"caveat/backend/outbox\"; " +
		"\"github.com/emersion/go-imap/v2/imapclient\")\ntype Account struct{ Name string }\ntype conn struct{ nc net.Conn }\n" +
		"type Sender struct{ c *conn }\ntype Plain struct{ n int }\n"
	for name, c := range map[string]struct {
		source        string
		looked, wrong int
	}{
		"a Cleared":                         {`func (s *Sender) Send(ctx context.Context, c box.Cleared, sent func() error) error { return nil }`, 1, 0},
		"a Cleared, and bytes beside it":    {`func (s *Sender) Send(c box.Cleared, b []byte) error { return nil }`, 1, 0},
		"bytes":                             {`func (s *Sender) Raw(b []byte) error { return nil }`, 1, 1},
		"a reader, with an account":         {`func Submit(a Account, r io.Reader) error { return nil }`, 1, 1},
		"a reader that can be closed":       {`func Submit(a *Account, r io.ReadCloser) error { return nil }`, 1, 1},
		"a draft":                           {`func (s Sender) Send(d draft.Draft) error { return nil }`, 1, 1},
		"a composed message":                {`func (s Sender) Send(d *message.Seal) error { return nil }`, 1, 1},
		"a text that is called body":        {`func (s Sender) Say(to, body string) error { return nil }`, 1, 1},
		"anything":                          {`func (s Sender) Do(v any) error { return nil }`, 1, 1},
		"a function that opens a reader":    {`func (s Sender) Do(open func() (io.ReadCloser, error)) error { return nil }`, 1, 1},
		"several":                           {`func (s Sender) Do(all ...[]byte) error { return nil }`, 1, 1},
		"on a connection":                   {`func Do(c net.Conn, b []byte) error { return nil }`, 1, 1},
		"on a library's client":             {`func Do(c *imapclient.Client, b []byte) error { return nil }`, 1, 1},
		"hands out the connection":          {`func Dial(a Account) (net.Conn, error) { return nil, nil }`, 1, 1},
		"hands out a writer":                {`func (s Sender) Data() (io.WriteCloser, error) { return nil, nil }`, 1, 1},
		"asks by name":                      {`func (s Sender) Occupants(ctx context.Context, room string) ([]string, error) { return nil, nil }`, 1, 0},
		"a channel is no content":           {`func (s Sender) Of(c draft.Channel) bool { return false }`, 1, 0},
		"no connection":                     {`func (p Plain) Parse(b []byte) error { return nil }`, 0, 0},
		"not exported":                      {`func (s Sender) raw(b []byte) error { return nil }`, 0, 0},
		"a type that nobody outside can do": {`func (c *conn) Write(b []byte) (int, error) { return 0, nil }`, 0, 0},
	} {
		looked, wrong := signatures(t, map[string][]byte{"p.go": []byte(head + c.source)})
		if looked != c.looked || len(wrong) != c.wrong {
			t.Errorf("%s: %d looked at, %q", name, looked, wrong)
		}
	}
}

// TestMakingsSees: what TestRule24OnlyClearMakesACleared rests on.
func TestMakingsSees(t *testing.T) {
	fields := []string{"id", "spool"}
	for name, c := range map[string]struct {
		source string
		inside bool
		want   int
	}{
		"outside":                  {"package p\nimport \"caveat/backend/outbox\"\nfunc f() { _ = outbox.Cleared{1} }", false, 1},
		"by another name":          {"package p\nimport box \"caveat/backend/outbox\"\nvar x = &box.Cleared{1}", false, 1},
		"without a name":           {"package p\nimport . \"caveat/backend/outbox\"\nvar x = Cleared{1}", false, 1},
		"a conversion":             {"package p\nimport \"caveat/backend/outbox\"\nvar x = (outbox.Cleared)(y)", false, 1},
		"the zero value":           {"package p\nimport \"caveat/backend/outbox\"\nvar x = outbox.Cleared{}", false, 0},
		"another's Cleared":        {"package p\nvar x = Cleared{1}", false, 0},
		"inside":                   {"package outbox\nfunc f() { _ = Cleared{id: `x`} }", true, 1},
		"inside, field by field":   {"package outbox\nfunc f() { var c Cleared; c.id = `x` }", true, 1},
		"inside, in a loaded one":  {"package outbox\nfunc f() { x.Cleared.spool, y = `x`, 1 }", true, 1},
		"a field of another value": {"package outbox\nfunc f() { m.id = `x` }", true, 0},
	} {
		if got := makings(t, "p.go", []byte(c.source), c.inside, fields); len(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
