//go:build integration && linux

package imapbox_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/imapbox"
	"caveat/backend/mailtest"
	"caveat/backend/saslclient"
	"caveat/ldapbook/ldaptest"
)

// world is a Dovecot and what is needed to log in to it.
type world struct {
	server   *mailtest.Dovecot
	ca       *ldaptest.CA
	password string
}

func startWorld(t *testing.T, change func(*mailtest.DovecotConfig)) world {
	t.Helper()
	w := world{ca: ldaptest.NewCA("test"), password: mailtest.Secret()}
	certificate, key, err := w.ca.Issue("localhost")
	if err != nil {
		t.Fatal(err)
	}
	c := mailtest.DovecotConfig{Users: map[string]string{user: w.password}, Certificate: certificate, Key: key, CA: w.ca.PEM()}
	if change != nil {
		change(&c)
	}
	w.server = mailtest.StartDovecot(t, c)
	return w
}

func (w world) account() imapbox.Account { return secured(w.server.TLSAddr(), w.ca, w.password) }

// clientCertificate names the user.
func (w world) clientCertificate(t *testing.T, name string) *tls.Certificate {
	t.Helper()
	c, err := w.ca.Certificate(name)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

// TestIntegrationLogin logs in by every method that Dovecot has, on both ports, and is refused as it must be.
func TestIntegrationLogin(t *testing.T) {
	w := startWorld(t, nil)
	onlyPlain := startWorld(t, func(c *mailtest.DovecotConfig) { c.Mechanisms = []string{"plain"} })
	stranger := ldaptest.NewCA("stranger")
	for name, test := range map[string]struct {
		change func(*imapbox.Account)
		want   error
	}{
		"auto, TLS":      {func(*imapbox.Account) {}, nil},
		"auto, STARTTLS": {func(a *imapbox.Account) { a.Security, a.Address = imapbox.StartTLS, w.server.Addr() }, nil},
		"scram":          {func(a *imapbox.Account) { a.Auth = saslclient.ScramMethod }, nil},
		"plain":          {func(a *imapbox.Account) { a.Auth = saslclient.Plain }, nil},
		"auto where there is only PLAIN": {func(a *imapbox.Account) {
			a.Address, a.RootCAs, a.Password = onlyPlain.server.TLSAddr(), onlyPlain.ca.Pool(), onlyPlain.password
		}, nil},
		"scram where there is only PLAIN": {func(a *imapbox.Account) {
			a.Auth, a.Address, a.RootCAs, a.Password = saslclient.ScramMethod, onlyPlain.server.TLSAddr(), onlyPlain.ca.Pool(), onlyPlain.password
		}, saslclient.ErrNotOffered},
		"external": {func(a *imapbox.Account) {
			a.Auth, a.User, a.Password, a.Certificate = saslclient.External, "", "", w.clientCertificate(t, user)
		}, nil},
		"external, by what it holds": {func(a *imapbox.Account) { a.User, a.Password, a.Certificate = "", "", w.clientCertificate(t, user) }, nil},
		"external, certificate of a stranger": {func(a *imapbox.Account) {
			c, err := stranger.Certificate(user)
			if err != nil {
				t.Fatal(err)
			}
			a.Auth, a.User, a.Password, a.Certificate = saslclient.External, "", "", &c
		}, imapbox.ErrAuth},
		"oauthbearer, which it has not": {func(a *imapbox.Account) { a.Auth = saslclient.OAuthBearer }, saslclient.ErrNotOffered},
		"wrong password, scram":         {func(a *imapbox.Account) { a.Password = mailtest.Secret() }, imapbox.ErrAuth},
		"wrong password, plain":         {func(a *imapbox.Account) { a.Auth, a.Password = saslclient.Plain, mailtest.Secret() }, imapbox.ErrAuth},
		"wrong CA":                      {func(a *imapbox.Account) { a.RootCAs = stranger.Pool() }, imapbox.ErrTLS},
		"wrong name":                    {func(a *imapbox.Account) { a.ServerName = "imap.deu.example" }, imapbox.ErrTLS},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.account()
			test.change(&a)
			m, err := imapbox.Open(begin(t), a)
			if !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			if err == nil {
				m.Close()
			}
			noneLeft(t)
		})
	}
	w.server.Kill()
	if _, err := imapbox.Open(begin(t), w.account()); !errors.Is(err, imapbox.ErrUnreachable) {
		t.Errorf("server down: %v", err)
	}
}

// TestIntegrationAppend keeps copies in folders by special use, by name and made for it, each once.
func TestIntegrationAppend(t *testing.T) {
	marked := startWorld(t, nil)
	bare := startWorld(t, func(c *mailtest.DovecotConfig) { c.NoSpecialUse = true })
	for name, test := range map[string]struct {
		world  world
		change func(*imapbox.Account)
		use    imapbox.Special
		folder string
		flags  string
	}{
		"marked \\Sent":   {marked, nil, imapbox.Sent, "Sent Items", "S"},
		"marked \\Drafts": {marked, nil, imapbox.Drafts, "Drafts", "DS"},
		"named":           {marked, func(a *imapbox.Account) { a.SentFolder = "Kopien Ö & Co" }, imapbox.Sent, "Kopien &ANY- &- Co", "S"},
		"made, sent":      {bare, nil, imapbox.Sent, "Sent", "S"},
		"made, drafts":    {bare, nil, imapbox.Drafts, "Drafts", "DS"},
		"named, bare":     {bare, func(a *imapbox.Account) { a.DraftsFolder = "a/b" }, imapbox.Drafts, "a.b", "DS"},
	} {
		t.Run(name, func(t *testing.T) {
			a := test.world.account()
			if test.change != nil {
				test.change(&a)
			}
			id := "<" + mailtest.Secret() + "@gbr.example>"
			c := copyOf(test.use, id, message(id))
			called := 0
			c.BodySent = func() error { called++; return nil }
			first, err := imapbox.AppendCopy(begin(t), a, c)
			if err != nil || first.WasThere || first.UID == 0 || first.UIDValidity == 0 || called != 1 {
				t.Fatalf("first: %+v, %v, called %d", first, err, called)
			}
			second, err := imapbox.AppendCopy(begin(t), a, c)
			if err != nil || !second.WasThere || second.UID != first.UID || second.UIDValidity != first.UIDValidity || called != 1 {
				t.Errorf("second: %+v after %+v, %v, called %d", second, first, err, called)
			}
			if got := test.world.server.Messages(t, user, test.folder); len(got) != 1 || !bytes.Equal(got[0], message(id)) {
				t.Errorf("%s holds %d: %q", test.folder, len(got), got)
			}
			noneLeft(t)
		})
	}
}

// TestIntegrationLostAnswer cuts the connection after the literal went out: the next attempt finds the copy.
func TestIntegrationLostAnswer(t *testing.T) {
	w := startWorld(t, nil)
	link := mailtest.StartLink(t, w.server.TLSAddr())
	a := secured(link.Addr(), w.ca, w.password)
	id := "<lost@gbr.example>"
	c := sentCopy(id)
	ctx, cancel := context.WithCancel(begin(t))
	defer cancel()
	c.BodySent = func() error {
		link.Mute() // the server gets all of it, and we get no answer
		go func() {
			for len(w.server.Messages(t, user, "Sent Items")) == 0 && ctx.Err() == nil {
				time.Sleep(2 * time.Millisecond)
			}
			link.Cut()
		}()
		return nil
	}
	if _, err := imapbox.AppendCopy(ctx, a, c); !errors.Is(err, imapbox.ErrUnreachable) {
		t.Fatalf("the answer was lost: %v", err)
	}
	c.BodySent = func() error { t.Error("appended again"); return nil }
	kept, err := imapbox.AppendCopy(ctx, a, c)
	if err != nil || !kept.WasThere {
		t.Fatalf("second attempt: %+v, %v", kept, err)
	}
	if got := w.server.Messages(t, user, "Sent Items"); len(got) != 1 {
		t.Errorf("%d copies", len(got))
	}
}

// TestIntegrationNotEnded: when the outbox cannot record that the body is sent, nothing is kept.
func TestIntegrationNotEnded(t *testing.T) {
	w := startWorld(t, nil)
	no := errors.New("disk full")
	for name, raw := range map[string][]byte{"short": message("<no@gbr.example>"), "long": append(message("<no@gbr.example>"), bytes.Repeat([]byte("text\r\n"), 20_000)...)} {
		c := copyOf(imapbox.Sent, "<no@gbr.example>", raw)
		c.BodySent = func() error { return no }
		if _, err := imapbox.AppendCopy(begin(t), w.account(), c); !errors.Is(err, no) {
			t.Errorf("%s: %v", name, err)
		}
	}
	kept, err := imapbox.AppendCopy(begin(t), w.account(), sentCopy("<no@gbr.example>"))
	if err != nil || kept.WasThere {
		t.Errorf("afterwards: %+v, %v", kept, err)
	}
	if got := w.server.Messages(t, user, "Sent Items"); len(got) != 1 || !bytes.Equal(got[0], message("<no@gbr.example>")) {
		t.Errorf("%d copies", len(got))
	}
}

// TestIntegrationOverQuota gives the server's reason, as one that may pass.
func TestIntegrationOverQuota(t *testing.T) {
	w := startWorld(t, func(c *mailtest.DovecotConfig) { c.QuotaBytes = 10_000 })
	c := copyOf(imapbox.Sent, "<big@gbr.example>", append(message("<big@gbr.example>"), bytes.Repeat([]byte("text\r\n"), 5_000)...))
	_, err := imapbox.AppendCopy(begin(t), w.account(), c)
	var refusal *imapbox.Refusal
	if !errors.As(err, &refusal) || refusal.Code != "OVERQUOTA" || !refusal.IsTemporary() {
		t.Errorf("%v", err)
	}
}

// letter gives a message of n octets without holding it.
func letter(id string, n int64) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		head := string(message(id))
		return io.NopCloser(io.MultiReader(strings.NewReader(head), io.LimitReader(lines{}, n-int64(len(head))-2), strings.NewReader("\r\n"))), nil
	}
}

type lines struct{}

const line = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n" // 64 octets

func (lines) Read(p []byte) (int, error) {
	n := 0
	for len(p)-n >= len(line) {
		n += copy(p[n:], line)
	}
	if n == 0 {
		n = copy(p, line)
	}
	return n, nil
}

// TestIntegrationReading follows an INBOX: what is new, what changed, what vanished, what was renumbered.
func TestIntegrationReading(t *testing.T) {
	w := startWorld(t, nil)
	ctx := begin(t)
	ids := []string{"<1@aus.example>", "<2@aus.example>", "<3@aus.example>"}
	for _, id := range ids {
		w.server.Deliver(t, user, message(id))
	}
	m := open(t, w)
	all, err := m.Changes(ctx, imapbox.State{}, nil)
	if err != nil || !all.Reset || len(all.New) != 3 || all.State.UIDValidity == 0 || all.State.HighestModSeq == 0 {
		t.Fatalf("%+v, %v", all, err)
	}
	var known []imapbox.UID
	for i, x := range all.New {
		known = append(known, x.UID)
		var body bytes.Buffer
		if n, err := m.Body(ctx, x.UID, 1<<20, &body); err != nil || n != x.Size || !bytes.Equal(body.Bytes(), message(ids[i])) {
			t.Errorf("%d: %d octets of %d, %v: %q", x.UID, n, x.Size, err, body.String())
		}
		if len(x.Flags) != 1 || x.Received.IsZero() { // \Recent
			t.Errorf("%+v", x)
		}
	}
	if err := m.SetMarks(ctx, known[1], imapbox.Seen, imapbox.Answered); err != nil {
		t.Fatal(err)
	}
	w.server.Deliver(t, user, message("<4@aus.example>"))
	next, err := m.Changes(ctx, all.State, known)
	if err != nil || next.Reset || len(next.New) != 1 || next.New[0].UID != all.State.UIDNext || len(next.Vanished) != 0 {
		t.Fatalf("%+v, %v", next, err)
	}
	if i := slices.IndexFunc(next.Flags, func(f imapbox.Flagged) bool { return f.UID == known[1] }); i < 0 ||
		!slices.Contains(next.Flags[i].Flags, `\Seen`) || !slices.Contains(next.Flags[i].Flags, `\Answered`) {
		t.Errorf("%+v", next.Flags)
	}
	same, err := m.Changes(ctx, next.State, append(known, next.New[0].UID))
	if err != nil || same.Reset || len(same.New)+len(same.Flags)+len(same.Vanished) != 0 {
		t.Errorf("nothing happened: %+v, %v", same, err)
	}
	gone, err := m.Changes(ctx, same.State, append(known, 9999))
	if err != nil || !slices.Equal(gone.Vanished, []imapbox.UID{9999}) {
		t.Errorf("one that is not there: %+v, %v", gone, err)
	}
	if _, err := m.Header(ctx, 9999); !errors.Is(err, imapbox.ErrGone) {
		t.Errorf("one that is not there: %v", err)
	}
	if _, err := m.Header(ctx, known[0]); err != nil {
		t.Errorf("after ErrGone: %v", err)
	}
	m.Close()
	w.server.Stop()
	w.server.ForgetUIDs(t, user)
	w.server.Start(t)
	m = open(t, w)
	again, err := m.Changes(ctx, next.State, known)
	if err != nil || !again.Reset || len(again.New) != 4 || again.State.UIDValidity == all.State.UIDValidity || len(again.Vanished) != 0 {
		t.Errorf("renumbered: %+v, %v", again, err)
	}
	m.Close()
	noneLeft(t)
}

func open(t *testing.T, w world) *imapbox.Mailbox {
	t.Helper()
	m, err := imapbox.Open(begin(t), w.account())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// TestIntegrationWait is told of new mail by IDLE, and stays usable when the caller gives up waiting.
func TestIntegrationWait(t *testing.T) {
	w := startWorld(t, nil)
	ctx := begin(t)
	a := w.account()
	a.Idle = 50 * time.Millisecond // so that IDLE begins anew while the test waits
	m, err := imapbox.Open(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	state, err := m.Changes(ctx, imapbox.State{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	if err := m.Wait(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("nothing happened: %v", err)
	}
	waited := make(chan error, 1)
	go func() { waited <- m.Wait(ctx) }()
	w.server.Deliver(t, user, message("<idle@aus.example>"))
	if err := <-waited; err != nil {
		t.Fatal(err)
	}
	if next, err := m.Changes(ctx, state.State, nil); err != nil || len(next.New) != 1 {
		t.Errorf("%+v, %v", next, err)
	}
	go func() { waited <- m.Wait(ctx) }()
	w.server.Kill()
	if err := <-waited; !errors.Is(err, imapbox.ErrUnreachable) {
		t.Errorf("the server died: %v", err)
	}
	m.Close()
	noneLeft(t)
}
