package ldapbook_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

const suffix = "o=norland"

// world is a directory under test: the embedded server or slapd, and how it is reached.
type world struct {
	dir interface {
		Add(...ldaptest.Entry) error
		Replace(dn, attr string, values ...string) error
		Rename(dn, newDN string) error
		Delete(dn string) error
	}
	server *ldaptest.Server // nil with slapd
	ldap   ldapbook.Source  // StartTLS, bound
	ldaps  ldapbook.Source
}

type startOptions struct {
	entries   []ldaptest.Entry
	sizeLimit int
}

type starter func(t *testing.T, o startOptions) world

// startEmbedded starts a Server with a listener for ldap and one for ldaps.
func startEmbedded(t *testing.T, o startOptions) world {
	t.Helper()
	ca := ldaptest.NewCA("embedded CA")
	bindDN, password := "cn=reader,"+suffix, rand.Text()
	s := ldaptest.New(ldaptest.Config{Suffix: suffix, TLS: ca.ServerTLS(), BindDN: bindDN, Password: password,
		RequireBind: true, SizeLimit: o.sizeLimit})
	if err := s.Add(o.entries...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	plain, secure := listen(t), listen(t)
	go s.Serve(plain)
	go s.ServeTLS(secure)
	w := world{dir: s, server: s}
	w.ldap = ldapbook.Source{Name: "Norland", Nation: "NOR", URLs: []string{"ldap://" + plain.Addr().String()},
		Security: ldapbook.TransportStartTLS, RootCAs: ca.Pool(), BindDN: bindDN, Password: password, BaseDN: suffix,
		PageSize: 7, Timeout: 20 * time.Second, Refresh: ldapbook.Refresh{Strategy: ldapbook.StrategyFull}}
	w.ldaps = w.ldap
	w.ldaps.URLs, w.ldaps.Security = []string{"ldaps://" + secure.Addr().String()}, ldapbook.TransportLDAPS
	return w
}

// startSlapd does the same with a real server. Its manager is bound by no limit, so a plain reader is made.
func startSlapd(t *testing.T, o startOptions) world {
	t.Helper()
	password := rand.Text()
	reader := ldaptest.Entry{DN: "cn=reader," + suffix, Attrs: []ldaptest.Attr{
		{Name: "objectClass", Values: []string{"simpleSecurityObject", "applicationProcess"}},
		{Name: "cn", Values: []string{"reader"}}, {Name: "userPassword", Values: []string{password}}}}
	s := ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, RequireBind: true, SizeLimit: o.sizeLimit,
		Entries: append([]ldaptest.Entry{reader}, o.entries...)})
	w := world{dir: s}
	w.ldap = ldapbook.Source{Name: "Norland", Nation: "NOR", URLs: []string{s.URL}, Security: ldapbook.TransportStartTLS,
		RootCAs: s.CA.Pool(), BindDN: reader.DN, Password: password, BaseDN: suffix, PageSize: 7, Timeout: 20 * time.Second,
		Refresh: ldapbook.Refresh{Strategy: ldapbook.StrategyFull}}
	w.ldaps = w.ldap
	w.ldaps.URLs, w.ldaps.Security = []string{s.TLSURL}, ldapbook.TransportLDAPS
	return w
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	return ln
}

func openBook(t testing.TB) *ldapbook.Book {
	t.Helper()
	return openBookAt(t, filepath.Join(t.TempDir(), "book.db"))
}

// onFile changes a book's file behind its back.
func onFile(t testing.TB, path, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_pragma=busy_timeout(10000)")
	must(t, err)
	_, err = db.ExecContext(t.Context(), query, args...)
	must(t, err)
	must(t, db.Close())
}

func openBookAt(t testing.TB, path string) *ldapbook.Book {
	t.Helper()
	b, err := ldapbook.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func attrs(pairs ...string) []ldaptest.Attr {
	var all []ldaptest.Attr
	for i := 0; i < len(pairs); i += 2 {
		if n := len(all); n > 0 && all[n-1].Name == pairs[i] {
			all[n-1].Values = append(all[n-1].Values, pairs[i+1])
			continue
		}
		all = append(all, ldaptest.Attr{Name: pairs[i], Values: []string{pairs[i+1]}})
	}
	return all
}

const (
	secret     = "<clearance>SECRET</clearance>"
	restricted = "<clearance>RESTRICTED</clearance>"
)

// person makes a cleared person; more are pairs of attribute and value.
func person(uid, given, surname string, more ...string) ldaptest.Entry {
	pairs := append([]string{
		"objectClass", "inetOrgPerson", "objectClass", "JIDObject", "objectClass", "aCPAccessControlEntity",
		"objectClass", "extensibleObject",
		"uid", uid, "cn", given + " " + surname, "sn", surname, "givenName", given}, more...)
	return ldaptest.Entry{DN: "uid=" + uid + ",ou=people," + suffix, Attrs: attrs(pairs...)}
}

// cleared is a person with a mail address and a clearance.
func cleared(uid, given, surname string, more ...string) ldaptest.Entry {
	pairs := append([]string{"mail", uid + "@nor.example", "confidentialityClearance", secret}, more...)
	return person(uid, given, surname, pairs...)
}

func crowd(n int) []ldaptest.Entry {
	all := make([]ldaptest.Entry, n)
	for i := range all {
		all[i] = cleared(fmt.Sprintf("p%04d", i), "Ola", fmt.Sprintf("Nordmann%c%c", 'a'+i/26%26, 'a'+i%26))
	}
	return all
}

func mustSync(t testing.TB, b *ldapbook.Book, src ldapbook.Source) ldapbook.SyncResult {
	t.Helper()
	r, err := b.Sync(t.Context(), src, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Incomplete {
		t.Fatal("incomplete")
	}
	return r
}

// counts is the part of a result that tests compare.
func counts(r ldapbook.SyncResult) string {
	return fmt.Sprintf("read %d added %d changed %d removed %d unchanged %d", r.Read, r.Added, r.Changed, r.Removed, r.Unchanged)
}

func wantCounts(t testing.TB, r ldapbook.SyncResult, want string) {
	t.Helper()
	if got := counts(r); got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

func names(entries []ldapbook.Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Name)
	}
	return strings.Join(all, "; ")
}

func find(t testing.TB, b *ldapbook.Book, text string) []ldapbook.Entry {
	t.Helper()
	found, err := b.Search(t.Context(), ldapbook.Query{Text: text})
	if err != nil {
		t.Fatalf("search %q: %v", text, err)
	}
	return found
}

func byAddress(t testing.TB, b *ldapbook.Book, address string) []ldapbook.Entry {
	t.Helper()
	found, err := b.ByAddress(t.Context(), []string{address})
	if err != nil {
		t.Fatal(err)
	}
	return found[ldapbook.FoldAddress(address)]
}

func status(t testing.TB, b *ldapbook.Book) ldapbook.Status {
	t.Helper()
	all, err := b.Status(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	return all[0]
}

func dial(t testing.TB, src ldapbook.Source) *ldapbook.Conn {
	t.Helper()
	c, err := ldapbook.Dial(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// bounded fails the test when do takes implausibly long: what must not hang, doesn't.
func bounded(t testing.TB, do func(ctx context.Context) error) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	err := do(ctx)
	if ctx.Err() != nil {
		t.Fatal("it hangs")
	}
	return err
}
