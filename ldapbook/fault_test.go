package ldapbook_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// short is a timeout for servers that hang; what comes before must come in time on a busy machine too.
const short = 2 * time.Second

func TestHang(t *testing.T) {
	t.Parallel() // it mostly waits
	for name, hang := range map[string]func(s *ldaptest.Server){
		"after accepting":         func(s *ldaptest.Server) { s.Hang(true) },
		"at the first entry":      func(s *ldaptest.Server) { s.HangAfter(0) },
		"in the middle of a page": func(s *ldaptest.Server) { s.HangAfter(17) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			partial := name == "in the middle of a page"
			w := startEmbedded(t, startOptions{entries: crowd(30)})
			b := openBook(t)
			mustSync(t, b, w.ldap)
			must(t, w.server.Delete("uid=p0000,ou=people,"+suffix))
			hang(w.server)
			for _, src := range []ldapbook.Source{w.ldap, w.ldaps} {
				src.Timeout = short
				var r ldapbook.SyncResult
				err := bounded(t, func(ctx context.Context) (err error) {
					r, err = b.Sync(ctx, src, nil)
					return err
				})
				if !errors.Is(err, ldapbook.ErrTimeout) || r.Incomplete != partial || r.Removed != 0 {
					t.Errorf("%s: %+v, %v", src.Security, r, err)
				}
			}
			if s := status(t, b); s.Entries != 30 || s.Error == "" || s.Incomplete != partial {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestHangLive(t *testing.T) {
	t.Parallel() // it mostly waits
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	w.ldap.Timeout = short
	for name, ask := range map[string]func(ctx context.Context, c *ldapbook.Conn) error{
		"search": func(ctx context.Context, c *ldapbook.Conn) error {
			_, _, err := c.Search(ctx, ldapbook.Query{Text: "ola"})
			return err
		},
		"by address": func(ctx context.Context, c *ldapbook.Conn) error {
			_, _, err := c.ByAddress(ctx, []string{"p0001@nor.example"})
			return err
		},
		"by DN": func(ctx context.Context, c *ldapbook.Conn) error {
			_, _, err := c.ByDN(ctx, []string{crowd(1)[0].DN})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w.server.HangAfter(-1)
			c := dial(t, w.ldap)
			w.server.HangAfter(0)
			ask := func(ctx context.Context) error { return ask(ctx, c) }
			if err := bounded(t, ask); !errors.Is(err, ldapbook.ErrTimeout) {
				t.Error(err)
			}
			// The connection is of no use any more, and says so at once.
			if err := bounded(t, ask); err == nil {
				t.Error("used after a timeout")
			}
		})
	}
}

func TestCancelWhileHanging(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	w.server.Hang(true)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := ldapbook.Dial(ctx, w.ldap); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestUnreachable(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(3)})
	ln := listen(t)
	dead := "ldap://" + ln.Addr().String()
	must(t, ln.Close())
	src := w.ldap
	src.URLs = []string{dead}
	_, err := ldapbook.Dial(t.Context(), src)
	if !errors.Is(err, ldapbook.ErrUnreachable) || !strings.Contains(err.Error(), dead) || !strings.Contains(err.Error(), "Norland") {
		t.Error(err)
	}
	src.URLs = append(src.URLs, w.ldap.URLs...)
	if c := dial(t, src); c.URL() != w.ldap.URLs[0] {
		t.Errorf("the second URL was not tried: %s", c.URL())
	}
}

// A connection that breaks in the middle leaves the book as it was.
func TestLostConnection(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	w.server.HangAfter(10)
	time.AfterFunc(time.Second, w.server.Close) // by then it hangs
	if r, err := b.Sync(t.Context(), w.ldap, nil); !errors.Is(err, ldapbook.ErrUnreachable) || r.Removed != 0 {
		t.Error(r, err)
	}
	if s := status(t, b); s.Entries != 30 {
		t.Errorf("%+v", s)
	}
}

func TestLoopingPages(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(30)})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	w.server.LoopPages(true)
	err := bounded(t, func(ctx context.Context) error {
		_, err := b.Sync(ctx, w.ldap, nil)
		return err
	})
	if !errors.Is(err, ldapbook.ErrProtocol) {
		t.Error(err)
	}
	if s := status(t, b); s.Entries != 30 || !s.Incomplete {
		t.Errorf("%+v", s)
	}
}

// What lies behind a referral is not read, so a missing entry may be there: nothing is removed.
func TestReferral(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(5)})
	b := openBook(t)
	mustSync(t, b, w.ldap)
	w.server.Refer(true)
	must(t, w.server.Delete("uid=p0000,ou=people,"+suffix))
	r, err := b.Sync(t.Context(), w.ldap, nil)
	if err != nil || !r.Incomplete || r.Removed != 0 {
		t.Error(r, err)
	}
	if s := status(t, b); s.Entries != 5 || !s.Incomplete || s.Error == "" {
		t.Errorf("%+v", s)
	}
}

func TestRequireTLS(t *testing.T) {
	s := ldaptest.New(ldaptest.Config{Suffix: suffix, RequireTLS: true})
	t.Cleanup(s.Close)
	ln := listen(t)
	go s.Serve(ln)
	src := ldapbook.Source{Name: "N", URLs: []string{"ldap://" + ln.Addr().String()}, Security: ldapbook.TransportPlain, BaseDN: suffix}
	if _, err := openBook(t).Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrRefused) {
		t.Error(err)
	}
	// A server without StartTLS: never on in the clear.
	src.Security, src.RootCAs = ldapbook.TransportStartTLS, ldaptest.NewCA("x").Pool()
	if _, err := ldapbook.Dial(t.Context(), src); !errors.Is(err, ldapbook.ErrTLS) {
		t.Error(err)
	}
}

func TestSourceIsChecked(t *testing.T) {
	good := ldapbook.Source{Name: "N", URLs: []string{"ldaps://127.0.0.1:1"}, Security: ldapbook.TransportLDAPS,
		RootCAs: ldaptest.NewCA("x").Pool()}
	for name, spoil := range map[string]func(s *ldapbook.Source){
		"no name":                    func(s *ldapbook.Source) { s.Name = "" },
		"no URL":                     func(s *ldapbook.Source) { s.URLs = nil },
		"no CA":                      func(s *ldapbook.Source) { s.RootCAs = nil },
		"a URL in the clear":         func(s *ldapbook.Source) { s.URLs = []string{"ldap://127.0.0.1"} },
		"no security":                func(s *ldapbook.Source) { s.Security = "" },
		"a file is not a connection": func(s *ldapbook.Source) { s.Security = ldapbook.TransportLDIF },
		"a name without password":    func(s *ldapbook.Source) { s.BindDN = "cn=x" },
	} {
		t.Run(name, func(t *testing.T) {
			src := good
			spoil(&src)
			if _, err := ldapbook.Dial(t.Context(), src); !errors.Is(err, ldapbook.ErrSource) {
				t.Error(err)
			}
		})
	}
}
