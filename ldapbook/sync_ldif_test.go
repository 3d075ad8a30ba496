package ldapbook_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
)

// ldifOf writes a crowd as a file whose time is in the past.
func ldifOf(t testing.TB, path string, n int, written time.Time) {
	t.Helper()
	var b strings.Builder
	b.WriteString("version: 1\n\n")
	for _, e := range crowd(n) {
		fmt.Fprintf(&b, "dn: %s\n", e.DN)
		for _, a := range e.Attrs {
			for _, v := range a.Values {
				fmt.Fprintf(&b, "%s: %s\n", a.Name, v)
			}
		}
		b.WriteString("\n")
	}
	must(t, os.WriteFile(path, []byte(b.String()), 0o600))
	must(t, os.Chtimes(path, written, written))
}

func TestLDIFSource(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.ldif")
	first := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
	ldifOf(t, path, 60, first)
	src := ldapbook.Source{Name: "Norland", Nation: "NOR", BaseDN: suffix, Refresh: ldapbook.Refresh{LDIF: path}}
	b := openBook(t)
	r := mustSync(t, b, src)
	wantCounts(t, r, "read 60 added 60 changed 0 removed 0 unchanged 0")
	if r.Strategy != ldapbook.StrategyFull || !r.Full || r.Bytes == 0 || r.Transport != ldapbook.TransportLDIF {
		t.Errorf("%+v", r)
	}
	e := byAddress(t, b, "p0003@nor.example")[0]
	if e.Transport != ldapbook.TransportLDIF || !e.ReadAt.Equal(first) {
		t.Errorf("what a file says is as old as the file: %+v", e)
	}
	// Unchanged: nothing is read, and nothing becomes fresher.
	if r := mustSync(t, b, src); r.Read != 0 || r.Unchanged != 60 || r.Bytes != 0 {
		t.Errorf("%+v", r)
	}
	if e := byAddress(t, b, "p0003@nor.example")[0]; !e.ReadAt.Equal(first) {
		t.Errorf("%+v", e)
	}
	second := first.Add(time.Hour)
	ldifOf(t, path, 50, second)
	wantCounts(t, mustSync(t, b, src), "read 50 added 0 changed 0 removed 10 unchanged 50")
	if e := byAddress(t, b, "p0003@nor.example")[0]; !e.ReadAt.Equal(second) {
		t.Errorf("%+v", e)
	}
	if got := withdrawn(t, b, "p0055@nor.example"); got.What != ldapbook.GoneEntry {
		t.Errorf("%+v", got)
	}
	// Another mapping of the same file.
	src.Mapping.Surname = []string{"givenName"}
	wantCounts(t, mustSync(t, b, src), "read 50 added 0 changed 50 removed 0 unchanged 0")
}

// A file that was cut off must not empty the book, wherever the cut is.
func TestLDIFCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.ldif")
	ldifOf(t, path, 60, time.Now().Add(-time.Hour))
	whole, err := os.ReadFile(path)
	must(t, err)
	src := ldapbook.Source{Name: "Norland", Nation: "NOR", BaseDN: suffix, Refresh: ldapbook.Refresh{LDIF: path}}
	b := openBook(t)
	mustSync(t, b, src)
	between := strings.LastIndex(string(whole[:len(whole)/4]), "\n\n") + 2
	for name, cut := range map[string]int{"nothing left": 0, "in an entry": between + 30, "between two entries": between} {
		t.Run(name, func(t *testing.T) {
			must(t, os.WriteFile(path, whole[:cut], 0o600))
			r, err := b.Sync(t.Context(), src, nil)
			if !errors.Is(err, ldapbook.ErrFile) && !errors.Is(err, ldapbook.ErrShrunken) || r.Removed != 0 {
				t.Errorf("%+v, %v", r, err)
			}
			if s := status(t, b); s.Entries != 60 || s.Error == "" {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestLDIFErrors(t *testing.T) {
	b := openBook(t)
	src := ldapbook.Source{Name: "Norland", Refresh: ldapbook.Refresh{LDIF: filepath.Join(t.TempDir(), "none.ldif")}}
	if r, err := b.Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrFile) || r.Incomplete {
		t.Error(r, err)
	}
	if _, err := ldapbook.Dial(t.Context(), src); !errors.Is(err, ldapbook.ErrSource) {
		t.Error(err)
	}
	src.URLs = []string{"ldaps://127.0.0.1:1"}
	if _, err := b.Sync(t.Context(), src, nil); !errors.Is(err, ldapbook.ErrSource) {
		t.Error(err)
	}
}

// A file that is delivered again with the same content says that it is all still so: what was read is as old as the file is now.
func TestLDIFDeliveredAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.ldif")
	text := "version: 1\n\ndn: uid=anna,o=n\nobjectClass: inetOrgPerson\nuid: anna\ncn: Anna\nsn: Hansen\nmail: anna@nor.example\n\n"
	b := openBook(t)
	src := ldapbook.Source{Name: "L", Nation: "NOR", BaseDN: "o=n", Refresh: ldapbook.Refresh{LDIF: path}}
	readAt := func(at time.Time) time.Time {
		must(t, os.WriteFile(path, []byte(text), 0o600))
		must(t, os.Chtimes(path, at, at))
		mustSync(t, b, src)
		return find(t, b, "anna")[0].ReadAt
	}
	now := time.Now().Truncate(time.Second)
	for _, hours := range []time.Duration{30, 1} {
		if at := now.Add(-hours * time.Hour); !readAt(at).Equal(at) {
			t.Errorf("%d hours old: read at %v", hours, readAt(at))
		}
	}
	if at := readAt(now.Add(-100 * time.Hour)); !at.Equal(now.Add(-time.Hour)) {
		t.Errorf("an older one: %v", at)
	}
}
