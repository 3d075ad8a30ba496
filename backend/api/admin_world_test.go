package api_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/installation"
	"caveat/backend/store"
	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// adminWorld is a world whose directories can be made slow, and whose clock can be put forward. Nothing has been read.
type adminWorld struct {
	*world
	servers map[string]*ldaptest.Server
	cas     map[string]*ldaptest.CA
	secrets *installation.AgeFile
	book    *ldapbook.Book
	ahead   atomic.Int64
	look    func(context.Context, installation.Account, installation.Secrets) (api.AccountLook, error)
}

// newAdminWorld starts one; more follows the section of each directory.
func newAdminWorld(t testing.TB, managed bool, more map[string]string) *adminWorld {
	t.Helper()
	w := &adminWorld{
		world: &world{t: t, dir: t.TempDir()}, servers: map[string]*ldaptest.Server{}, cas: map[string]*ldaptest.CA{},
	}
	w.secrets = installation.NewAgeFile(w.dir)
	file := head
	for _, code := range []string{"UKR", "GBR"} { // the own nation is not the first in the file
		s, address, password := w.directory(code)
		must(t, s.Add(people()[code]...))
		must(t, w.secrets.SetSecret(code, password))
		base := "o=" + strings.ToLower(code)
		file += fmt.Sprintf(section, code, address, base, strings.ToLower(code)+".example", w.cas[code].PEM()) + more[code]
	}
	policy, err := os.ReadFile("../demo/policy.spif.xml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(w.dir, "policy.xml"), policy, 0o600))
	must(t, os.WriteFile(w.path(), []byte("# Kept by the signal office\n"+file+asAdministrator(tail)), 0o600))
	w.store, err = store.Open(t.Context(), w.dir, "test")
	must(t, err)
	w.book, err = ldapbook.Open(t.Context(), filepath.Join(w.dir, "book.db"))
	must(t, err)
	w.service = w.newService(w.store, w.book, managed)
	w.server = httptest.NewServer(served(w.service))
	t.Cleanup(func() {
		w.server.Close()
		must(t, w.service.Close())
		must(t, w.book.Close())
		must(t, w.store.Close())
	})
	return w
}

// asAdministrator makes the user of a world an administrator.
func asAdministrator(file string) string {
	return strings.Replace(file, "roles = [\"drafter\"]\n", "roles = [\"administrator\"]\n", 1)
}

func (w *adminWorld) path() string { return filepath.Join(w.dir, installation.FileName) }

// newService is the app on the installation file as it is now.
func (w *adminWorld) newService(s *store.Store, b *ldapbook.Book, managed bool) *api.Service {
	w.t.Helper()
	in, err := installation.Load(w.path())
	must(w.t, err)
	in.Managed = managed
	return api.New(api.Config{Installation: in, Secrets: w.secrets, Store: s, Book: b, User: "tester", Now: w.now, LookAt: w.look})
}

func (w *adminWorld) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

// directory starts an empty directory server.
func (w *adminWorld) directory(code string) (s *ldaptest.Server, address, password string) {
	w.t.Helper()
	base := "o=" + strings.ToLower(code)
	password = rand.Text()
	w.cas[code] = ldaptest.NewCA(code + " CA")
	s = ldaptest.New(ldaptest.Config{Suffix: base, TLS: w.cas[code].ServerTLS(), BindDN: "cn=reader," + base, Password: password, RequireBind: true, RequireTLS: true})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(w.t, err)
	go s.Serve(ln)
	w.t.Cleanup(s.Close)
	w.servers[code] = s
	return s, ln.Addr().String(), password
}

// working does the holder's work until the test ends or the function that it returns is called.
func (w *adminWorld) working() (end func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- w.service.Work(ctx, true) }()
	ended := false
	end = func() {
		if cancel(); !ended {
			ended = true
			must(w.t, <-done)
		}
	}
	w.t.Cleanup(end)
	return end
}

// patience is how long something may take that is certain to come.
const patience = 30 * time.Second

// until waits for what is certain to come.
func (w *adminWorld) until(what string, is func() bool) {
	w.t.Helper()
	for begin := time.Now(); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > patience {
			w.t.Fatalf("%s: not in %s", what, patience)
		}
	}
}

func (w *adminWorld) state(name string) api.DirectoryDocument {
	w.t.Helper()
	all, err := w.service.ListDirectories(w.t.Context())
	must(w.t, err)
	for _, d := range all {
		if d.Name == name {
			return d
		}
	}
	w.t.Fatalf("no directory %s in %+v", name, all)
	return api.DirectoryDocument{}
}

// as names a directory as it is now: what a change of it is made for.
func (w *adminWorld) as(name string) string {
	w.t.Helper()
	return "?revision=" + w.state(name).Revision
}

func (w *adminWorld) knows(address string) bool {
	w.t.Helper()
	found, err := w.book.ByAddress(w.t.Context(), []string{address})
	must(w.t, err)
	return len(found[ldapbook.FoldAddress(address)]) > 0
}

func (w *adminWorld) readAll() {
	w.t.Helper()
	done, err := w.service.Sync(w.t.Context(), "", nil)
	must(w.t, err)
	for _, d := range done {
		if !d.OK {
			w.t.Fatalf("%+v", d)
		}
	}
}

// leaveRun writes what a process that died left of a read.
func (w *adminWorld) leaveRun(name string, updated time.Time) {
	w.t.Helper()
	must(w.t, w.store.Write(w.t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO sync_run (directory, started, updated, full, entries, added, changed, expected, per_second, bytes)
			VALUES (?, ?, ?, 0, 4711, 0, 0, 0, 0, 0)`, name, updated.UnixMilli(), updated.UnixMilli())
		return err
	}))
}

// replace changes the section of a directory in the installation file, and takes it into use.
func (w *adminWorld) replace(name, old, text string) {
	w.t.Helper()
	data, err := os.ReadFile(w.path())
	must(w.t, err)
	before, after, ok := strings.Cut(string(data), "[[directory]]\nname = \""+name+"\"")
	if !ok || !strings.Contains(after, old) {
		w.t.Fatalf("no %q in %s", old, name)
	}
	must(w.t, os.WriteFile(w.path(), []byte(before+"[[directory]]\nname = \""+name+"\""+strings.Replace(after, old, text, 1)), 0o600))
	w.renew()
}

// renew takes the installation file as it is now into use.
func (w *adminWorld) renew() {
	w.t.Helper()
	must(w.t, w.service.Close())
	w.service = w.newService(w.store, w.book, false)
	w.server.Config.Handler = served(w.service)
}
