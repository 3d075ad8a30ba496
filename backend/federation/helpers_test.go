package federation_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/presend"
	"caveat/backend/store"
	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// nation is one directory under test: GBR is the own one.
type nation struct {
	*ldaptest.Server
	code, base, password string
	ca                   *ldaptest.CA
	address              string
	contacts             atomic.Int64 // connections that were made to it
	slow                 atomic.Int64 // how long it thinks about each long request, ns
	mu                   sync.Mutex
	open                 []net.Conn
}

// drop ends all connections without a word.
func (n *nation) drop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.open {
		c.Close()
	}
	n.open = nil
}

// counted counts the connections that a listener accepts.
type counted struct {
	net.Listener
	n *nation
}

// thinking delays the requests that are longer than one for a root DSE.
type thinking struct {
	net.Conn
	n *nation
}

func (c thinking) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 200 {
		time.Sleep(time.Duration(c.n.slow.Load()))
	}
	return n, err
}

func (l counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.n.mu.Lock()
		l.n.open = append(l.n.open, c)
		l.n.mu.Unlock()
		l.n.contacts.Add(1)
		c = thinking{c, l.n}
	}
	return c, err
}

// setup changes the installation file before it is loaded.
type setup struct {
	mode     map[string]string // look-up instead of mirror
	plain    map[string]string // read in the clear; the value is the ceiling's classification, or ""
	check    string            // lines of [check]
	noRoute  string
	more     string // sections at the end
	also     string // a further mail domain that AUS decides for
	identity string // DN of the user's identity instead of the usual
}

type world struct {
	t       testing.TB
	dir     string
	nations map[string]*nation
	in      *installation.Installation
	secrets installation.Secrets
	store   *store.Store
	book    *ldapbook.Book
	fed     *federation.Federation
	ahead   atomic.Int64 // how far the program's clock is ahead
}

var codes = []string{"GBR", "UKR", "AUS"}

func start(t testing.TB, o setup) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), nations: map[string]*nation{}}
	age := installation.NewAgeFile(w.dir)
	w.secrets = age
	for _, code := range codes {
		n := &nation{code: code, base: "o=" + strings.ToLower(code), password: rand.Text(), ca: ldaptest.NewCA(code + " CA")}
		_, plain := o.plain[code]
		n.Server = ldaptest.New(ldaptest.Config{Suffix: n.base, TLS: n.ca.ServerTLS(), BindDN: "cn=reader," + n.base, Password: n.password, RequireBind: true, RequireTLS: !plain})
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		n.address = ln.Addr().String()
		go n.Serve(counted{ln, n})
		t.Cleanup(n.Close)
		must(t, age.SetSecret(code, n.password))
		w.nations[code] = n
	}
	must(t, os.WriteFile(filepath.Join(w.dir, installation.FileName), []byte(w.file(o)), 0o600))
	var err error
	w.in, err = installation.Load(filepath.Join(w.dir, installation.FileName))
	must(t, err)
	w.store, err = store.Open(t.Context(), w.dir, "test")
	must(t, err)
	t.Cleanup(func() { must(t, w.store.Close()) })
	w.add("GBR", person("GBR", "me", top("GBR")))
	w.open()
	t.Cleanup(w.close)
	return w
}

const everything = `policy = "NATO", up_to = "SECRET", categories = { Context = ["MROD"], "Special Category Designators" = ["ATOMAL", "BOHEMIA"], Only = [%[1]s], "Releasable To" = [%[1]s] }`

// file writes the installation file.
func (w *world) file(o setup) string {
	policy, err := os.ReadFile("../demo/policy.spif.xml")
	must(w.t, err)
	must(w.t, os.WriteFile(filepath.Join(w.dir, "policy.xml"), policy, 0o600))
	var b strings.Builder
	fmt.Fprintf(&b, "format = 1\n[system]\nname = \"test\"\nnation = \"GBR\"\nclearance = { %s }\n", fmt.Sprintf(everything, `"GBR", "UKR", "AUS"`))
	fmt.Fprintf(&b, "[check]\n%s\n[[policy]]\nfile = \"policy.xml\"\naccept_unsigned = \"a test\"\nrequire_tag_sets = [\"Context\"]\n", o.check)
	for _, code := range codes {
		n, domain := w.nations[code], strings.ToLower(code)+".example"
		mode, security, extra := "mirror", "starttls", ""
		domains := fmt.Sprintf("%q", domain)
		if code == "AUS" && o.also != "" {
			domains += fmt.Sprintf(", %q", o.also)
		}
		if m := o.mode[code]; m != "" {
			mode = m
		}
		if ceiling, plain := o.plain[code]; plain {
			security = "plain"
			if ceiling != "" {
				extra = fmt.Sprintf("plain_ceiling = { policy = \"NATO\", up_to = %q, categories = { Context = [\"MROD\"] } }\n", ceiling)
			}
		}
		fmt.Fprintf(&b, "[[ca]]\nname = %q\npem = \"\"\"\n%s\"\"\"\n", code, n.ca.PEM())
		fmt.Fprintf(&b, "[[directory]]\nname = %[1]q\nnation = %[1]q\nurls = [\"ldap://%[2]s\"]\nsecurity = %[3]q\nca = %[1]q\nbase_dn = %[4]q\nbind_dn = \"cn=reader,%[5]s\"\nsecret = %[1]q\nmail_domains = [%[6]s]\nchat_domains = [%[7]q]\nmode = %[8]q\n%[9]s[directory.mapping]\nexpires = [\"endDate\"]\n",
			code, n.address, security, n.base, n.base, domains, "xmpp."+domain, mode, extra)
		if code == o.noRoute {
			continue
		}
		for channel, d := range map[string]string{"mail": domain, "chat": "xmpp." + domain} {
			fmt.Fprintf(&b, "[[route]]\ndomain = %q\nchannel = %q\nnation = %q\n", strings.ToUpper(d), channel, code)
			if code == "GBR" {
				b.WriteString("own = true\n")
			} else {
				fmt.Fprintf(&b, "[[route.link]]\nname = \"to %s\"\nclearance = { %s }\n", code, fmt.Sprintf(everything, `"`+code+`"`))
			}
		}
	}
	identity := "uid=me,o=gbr"
	if o.identity != "" {
		identity = o.identity
	}
	fmt.Fprintf(&b, "[[identity]]\nuser = \"tester\"\ndirectory = \"GBR\"\ndn = %q\nmail = \"me@gbr.example\"\njid = \"me@xmpp.gbr.example\"\n%s\n", identity, o.more)
	return b.String()
}

// open opens the book, anew when it was closed or deleted, and joins it with the rest.
func (w *world) open() {
	w.t.Helper()
	var err error
	w.book, err = ldapbook.Open(w.t.Context(), filepath.Join(w.dir, "book.db"))
	must(w.t, err)
	w.fed = federation.New(federation.Config{Installation: w.in, Secrets: w.secrets, Book: w.book, Store: w.store, User: "tester", Now: w.now})
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

func (w *world) close() {
	must(w.t, w.fed.Close())
	must(w.t, w.book.Close())
}

// deleteBook takes the cache away, as anybody may at any time.
func (w *world) deleteBook() {
	w.t.Helper()
	w.close()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(w.dir, "book.db"+suffix)); err != nil && !os.IsNotExist(err) {
			w.t.Fatal(err)
		}
	}
	w.open()
}

func (w *world) add(code string, entries ...ldaptest.Entry) {
	w.t.Helper()
	must(w.t, w.nations[code].Add(entries...))
}

// sync reads directories into the book; all without names.
func (w *world) sync(names ...string) {
	w.t.Helper()
	if len(names) == 0 {
		names = codes
	}
	for _, name := range names {
		d, ok := w.fed.Directory(name)
		if !ok {
			w.t.Fatalf("no directory %s", name)
		}
		src, err := w.fed.Source(d)
		must(w.t, err)
		_, err = w.book.Sync(w.t.Context(), src, nil)
		must(w.t, err)
	}
}

// age makes everything in the book so much older, as if that time had passed.
func (w *world) age(by time.Duration) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(w.dir, "book.db"))+"?_pragma=busy_timeout(10000)")
	must(w.t, err)
	columns, err := store.Column[string](w.t.Context(), db, `SELECT name FROM pragma_table_info('directory') WHERE name LIKE '%full%at' OR name IN ('last_full', 'last_success')`)
	must(w.t, err)
	statements := []string{`UPDATE entry SET read_at = read_at - ?`}
	for _, c := range columns {
		statements = append(statements, `UPDATE directory SET `+c+` = `+c+` - ?`)
	}
	for _, statement := range statements {
		_, err := db.ExecContext(w.t.Context(), statement, by.Microseconds())
		must(w.t, err)
	}
	must(w.t, db.Close())
}

func (w *world) check(sending bool, text string, to ...string) presend.Report {
	w.t.Helper()
	channel := draft.Mail
	if strings.Contains(to[0], "@xmpp.") {
		channel = draft.Chat
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	r, err := presend.Check(ctx, presend.Input{
		Draft: draft.Draft{Channel: channel, Action: to, Label: chosen(text)},
		Site:  w.in.Site, Rules: w.fed.Rules(), Directory: w.fed, Routes: w.fed, Now: w.now(), Sending: sending,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Report()
}

// drafting and sending give the row of one address.
func (w *world) drafting(text, to string) presend.Recipient {
	w.t.Helper()
	return w.check(false, text, to).Recipients[0]
}

func (w *world) sending(text, to string) presend.Recipient {
	w.t.Helper()
	return w.check(true, text, to).Recipients[0]
}

// contacts is how often the directories were connected to.
func (w *world) contacts() string {
	var out []string
	for _, code := range codes {
		out = append(out, fmt.Sprint(w.nations[code].contacts.Load()))
	}
	return strings.Join(out, " ")
}

const (
	secret     = "SECRET; Context=MROD"
	restricted = "RESTRICTED; Context=MROD"
	none       = ""
)

func top(code string) string {
	return "SECRET; Context=MROD; Special Category Designators=ATOMAL,BOHEMIA; Only=" + code
}

// chosen reads "SECRET; Context=MROD" as a draft's label.
func chosen(text string) draft.Label {
	parts := strings.Split(text, "; ")
	sel := &label.Selection{Policy: "NATO", Classification: parts[0]}
	for _, part := range parts[1:] {
		set, list, _ := strings.Cut(part, "=")
		tag := label.SelectedTag{TagSet: set}
		for _, v := range strings.Split(list, ",") {
			tag.Values = append(tag.Values, label.SelectedValue{Name: v})
		}
		sel.Categories = append(sel.Categories, tag)
	}
	return draft.Label{Selection: sel}
}

// clearance reads the same form as a clearance for that class and all below it.
func clearance(text string) string {
	c := label.Clearance{Policy: label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"}}
	parts := strings.Split(text, "; ")
	for _, class := range []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"} {
		c.Classifications = append(c.Classifications, class)
		if class == parts[0] {
			break
		}
	}
	for _, part := range parts[1:] {
		set, list, _ := strings.Cut(part, "=")
		typ := label.Permissive
		if set == "Special Category Designators" {
			typ = label.Restrictive
		}
		c.Categories = append(c.Categories, label.Category{TagName: set, Type: typ, Values: strings.Split(list, ",")})
	}
	return string(c.Marshal())
}

func dn(uid, code string) string { return "uid=" + uid + ",o=" + strings.ToLower(code) }

func mail(uid, code string) string { return uid + "@" + strings.ToLower(code) + ".example" }

func attr(name string, values ...string) ldaptest.Attr {
	return ldaptest.Attr{Name: name, Values: values}
}

// entry makes an entry with the usual address; an empty clearance is none.
func entry(class, uid, code, held string, more ...ldaptest.Attr) ldaptest.Entry {
	e := ldaptest.Entry{DN: dn(uid, code), Attrs: append([]ldaptest.Attr{attr("objectClass", class), attr("uid", uid), attr("cn", uid), attr("sn", uid)}, more...)}
	if !slices.ContainsFunc(more, func(a ldaptest.Attr) bool { return a.Name == "mail" }) {
		e.Attrs = append(e.Attrs, attr("mail", mail(uid, code)))
	}
	if held != "" {
		e.Attrs = append(e.Attrs, attr("confidentialityClearance", clearance(held)))
	}
	return e
}

func person(code, uid, held string, more ...ldaptest.Attr) ldaptest.Entry {
	return entry("inetOrgPerson", uid, code, held, more...)
}

func list(code, uid string, members ...string) ldaptest.Entry {
	return entry("groupOfNames", uid, code, "", attr("member", members...))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want holds a verdict to "outcome rule…": those rules must be among its reasons.
func want(t testing.TB, what string, v presend.Verdict, text string) {
	t.Helper()
	words := strings.Fields(text)
	have := " "
	for _, r := range v.Reasons {
		have += r.Rule + " "
	}
	ok := string(v.Outcome) == words[0]
	for _, rule := range words[1:] {
		ok = ok && strings.Contains(have, " "+rule+" ")
	}
	if !ok || (v.Action == presend.Pass) != (v.Outcome == presend.Cleared) {
		t.Errorf("%s: got %s %s %+v (%s), want %s", what, v.Outcome, v.Action, v.Reasons, v.Evidence.Note, text)
	}
}
