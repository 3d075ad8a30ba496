package api_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/store"
	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// world is a Service on a data directory of its own, with the directories of GBR, the own nation, and UKR. Nothing is sent: no
// process does the holder's work.
type world struct {
	stopWork func() // of an inboxWorld: ends its holder's work
	t        testing.TB
	dir      string
	store    *store.Store
	service  *api.Service
	server   *httptest.Server
	nations  map[string]*ldaptest.Server
	mailbox  *mailbox // what every imap account reads
}

// newChat, while it is not nil, gives the next world a chat.
var newChat func(*api.Config)

// newWorld starts one and reads the directories. more are sections at the end of the installation file.
func newWorld(t testing.TB, more string) *world {
	t.Helper()
	return newWorldOf(t, people(), func(file string) string { return file + more })
}

// newWorldOf is newWorld with other people; edit changes the installation file.
func newWorldOf(t testing.TB, people map[string][]ldaptest.Entry, edit func(file string) string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), nations: map[string]*ldaptest.Server{}, mailbox: &mailbox{}}
	secrets := installation.NewAgeFile(w.dir)
	file := head
	for code, entries := range people {
		password, ca, base := rand.Text(), ldaptest.NewCA(code+" CA"), "o="+strings.ToLower(code)
		s := ldaptest.New(ldaptest.Config{Suffix: base, TLS: ca.ServerTLS(), BindDN: "cn=reader," + base, Password: password, RequireBind: true, RequireTLS: true})
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		go s.Serve(ln)
		t.Cleanup(s.Close)
		must(t, s.Add(entries...))
		w.nations[code] = s
		must(t, secrets.SetSecret(code, password))
		file += fmt.Sprintf(section, code, ln.Addr(), base, strings.ToLower(code)+".example", ca.PEM())
	}
	policy, err := os.ReadFile("../demo/policy.spif.xml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(w.dir, "policy.xml"), policy, 0o600))
	must(t, os.WriteFile(filepath.Join(w.dir, installation.FileName), []byte(edit(file+tail)), 0o600))
	in, err := installation.Load(filepath.Join(w.dir, installation.FileName))
	must(t, err)
	w.store, err = store.Open(t.Context(), w.dir, "test")
	must(t, err)
	book, err := ldapbook.Open(t.Context(), filepath.Join(w.dir, "book.db"))
	must(t, err)
	c := api.Config{Installation: in, Secrets: secrets, Store: w.store, Book: book, User: "tester", Inbox: w.mailbox.connect}
	if newChat != nil {
		newChat(&c)
	}
	w.service = api.New(c)
	w.server = httptest.NewServer(served(w.service))
	t.Cleanup(func() {
		w.server.Close()
		must(t, w.service.Close())
		must(t, book.Close())
		must(t, w.store.Close())
	})
	done, err := w.service.Sync(t.Context(), "", nil)
	must(t, err)
	for _, d := range done {
		if !d.OK {
			t.Fatalf("%+v", d)
		}
	}
	return w
}

// head is the installation: it holds up to SECRET, MROD and ATOMAL, and is of GBR; it holds nothing of Only but GBR.
const head = `format = 1
[system]
name = "test"
nation = "GBR"
clearance = { policy = "NATO", up_to = "SECRET", categories = { Context = ["MROD"], "Special Category Designators" = ["ATOMAL"], Only = ["GBR"], "Releasable To" = ["GBR", "UKR"] } }
[check]
drafting_age = "12h"
[[policy]]
file = "policy.xml"
accept_unsigned = "a test"
require_tag_sets = ["Context"]
`

const section = `[[ca]]
name = %[1]q
pem = """
%[5]s"""
[[directory]]
name = %[1]q
nation = %[1]q
urls = ["ldap://%[2]s"]
security = "starttls"
ca = %[1]q
base_dn = %[3]q
bind_dn = "cn=reader,%[3]s"
secret = %[1]q
mail_domains = [%[4]q]
chat_domains = ["chat.%[4]s"]
mode = "mirror"
`

const tail = `[[route]]
domain = "gbr.example"
channel = "mail"
nation = "GBR"
own = true
[[route]]
domain = "ukr.example"
channel = "mail"
nation = "UKR"
[[route.link]]
name = "to UKR"
clearance = { policy = "NATO", up_to = "SECRET", categories = { Context = ["MROD"], "Releasable To" = ["UKR"] } }
[[account]]
name = "out"
kind = "smtp"
address = "127.0.0.1:1"
security = "plain"
[[identity]]
user = "tester"
directory = "GBR"
dn = "UID=me, o=gbr"
mail = "me@gbr.example"
roles = ["drafter"]
`

// served is the handler of the operations, asked by the person at the program.
func served(s *api.Service) http.Handler {
	mux := http.NewServeMux()
	api.Handler(mux, s, api.Shell{}, "test")
	return api.As(func(*http.Request) api.Caller { return s.Local() }, mux)
}

// The people of the tests.
const (
	me   = "me@gbr.example"   // the user; SECRET MROD
	ann  = "ann@gbr.example"  // SECRET MROD
	olha = "olha@ukr.example" // SECRET MROD; GBR's directory knows her under another name
	ron  = "ron@ukr.example"  // RESTRICTED MROD
)

func people() map[string][]ldaptest.Entry {
	return map[string][]ldaptest.Entry{
		"GBR": {
			person("uid=me,o=gbr", "Major Me", me, "SECRET"), person("uid=ann,o=gbr", "Ann Able", ann, "SECRET"),
			person("uid=guest,o=gbr", "A Guest", olha, "UNCLASSIFIED"),
			{DN: "cn=all,o=gbr", Attrs: []ldaptest.Attr{
				attr("objectClass", "groupOfNames"), attr("cn", "All"), attr("mail", "all@gbr.example"),
				attr("member", "UID=me , O=gbr", "uid=nobody,o=gbr", "uid=ann,o=gbr"),
			}},
		},
		"UKR": {person("uid=olha,o=ukr", "Olha Kovalchuk", olha, "SECRET"), person("uid=ron,o=ukr", "Ron", ron, "RESTRICTED")},
	}
}

func person(dn, name, mail, upTo string) ldaptest.Entry {
	c := label.Clearance{
		Policy:     label.PolicyID{Name: "NATO", URI: "urn:oid:1.3.6.1.4.1.32473.4774.1"},
		Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}},
	}
	for _, class := range []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"} {
		c.Classifications = append(c.Classifications, class)
		if class == upTo {
			break
		}
	}
	uid, _, _ := strings.Cut(strings.TrimPrefix(dn, "uid="), ",")
	return ldaptest.Entry{DN: dn, Attrs: []ldaptest.Attr{
		attr("objectClass", "inetOrgPerson"), attr("uid", uid), attr("cn", name), attr("sn", name), attr("mail", mail), attr("confidentialityClearance", string(c.Marshal())),
	}}
}

func attr(name string, values ...string) ldaptest.Attr {
	return ldaptest.Attr{Name: name, Values: values}
}

// ask sends a request; a body that is no string is sent as JSON.
func (w *world) ask(method, path string, body any) (int, string, http.Header) {
	w.t.Helper()
	text, isText := body.(string)
	if !isText && body != nil {
		data, err := json.Marshal(body)
		must(w.t, err)
		text = string(data)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(text))
	must(w.t, err)
	if text != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(r)
	must(w.t, err)
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, string(out), res.Header
}

// get asks for what must be there.
func get[T any](w *world, path string) T {
	w.t.Helper()
	return answered[T](w, http.StatusOK, http.MethodGet, path, nil)
}

// answered asks and decodes an answer of that status.
func answered[T any](w *world, want int, method, path string, body any) (out T) {
	w.t.Helper()
	status, text, _ := w.ask(method, path, body)
	if status != want {
		w.t.Fatalf("%s %s: %d, want %d: %s", method, path, status, want, text)
	}
	must(w.t, json.Unmarshal([]byte(text), &out))
	return out
}

// refused asks for what must not be done, and holds the problem to its status and code.
func (w *world) refused(status int, code, method, path string, body any) {
	w.t.Helper()
	have, text, header := w.ask(method, path, body)
	var p struct{ Code string }
	if err := json.Unmarshal([]byte(text), &p); err != nil || have != status || p.Code != code || header.Get("Content-Type") != "application/problem+json" {
		w.t.Errorf("%s %s: %d %s, want %d %s: %s", method, path, have, p.Code, status, code, text)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
