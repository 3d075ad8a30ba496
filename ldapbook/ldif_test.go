package ldapbook_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
)

const ldifPeople = `version: 1
dn: o=norland
objectClass: organization
o: norland

dn: uid=anna,ou=people,o=norland
objectClass: inetOrgPerson
cn: Anna Hansen
sn: Hansen
mail: anna@nor.example
entryUUID: 00112233-4455-6677-8899-aabbccddeeff
confidentialityClearance:: PGNsZWFyYW5jZT5TRUNSRVQ8L2NsZWFyYW5jZT4=

dn: cn=ops,ou=lists,o=norland
changetype: add
objectClass: group
cn: ops
mail: ops@nor.example
member;range=0-1: uid=anna,ou=people,o=norland

dn: uid=bo,ou=people,o=elsewhere
objectClass: inetOrgPerson
cn: Bo Berg
sn: Berg
mail: bo@nor.example
`

func ldifFile(t testing.TB, text string, changed time.Time) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.ldif")
	must(t, os.WriteFile(path, []byte(text), 0o600))
	must(t, os.Chtimes(path, changed, changed))
	return path
}

func TestLDIFIsMapped(t *testing.T) {
	hourAgo := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	src := ldapbook.Source{Name: "Norland", Nation: "NOR", BaseDN: "O=Norland"}
	var got []ldapbook.Entry
	n, err := ldapbook.ReadLDIF(t.Context(), src, ldifFile(t, ldifPeople, hourAgo), func(batch []ldapbook.Entry) error {
		got = append(got, batch...)
		return nil
	})
	if err != nil || n != int64(len(ldifPeople)) || names(got) != "Anna Hansen; ops" {
		t.Fatalf("%s, %d, %v", names(got), n, err)
	}
	anna, ops := got[0], got[1]
	if anna.Transport != ldapbook.TransportLDIF || !anna.ReadAt.Equal(hourAgo) || anna.UUID != "00112233-4455-6677-8899-aabbccddeeff" ||
		anna.Clearance[0] != secret || anna.Directory != "Norland" || anna.Nation != "NOR" || anna.Unit != "people" {
		t.Errorf("%+v", anna)
	}
	if ops.Kind != ldapbook.KindList || !ops.MembersIncomplete || len(ops.Members) != 1 {
		t.Errorf("a range of a file is only a part: %+v", ops)
	}
	// A file from the future, by a wrong clock, was read now; no base: everything.
	got, src.BaseDN = nil, ""
	before := time.Now()
	_, err = ldapbook.ReadLDIF(t.Context(), src, ldifFile(t, ldifPeople, before.Add(time.Hour)), func(batch []ldapbook.Entry) error {
		got = append(got, batch...)
		return nil
	})
	if err != nil || names(got) != "Anna Hansen; ops; Bo Berg" || got[0].ReadAt.After(time.Now()) ||
		got[0].ReadAt.Before(before.Truncate(time.Microsecond)) {
		t.Errorf("%s at %v, %v", names(got), got[0].ReadAt, err)
	}
}

func TestLDIFBatches(t *testing.T) {
	var b strings.Builder
	for i := range 9001 {
		fmt.Fprintf(&b, "dn: uid=p%d,o=norland\nobjectClass: person\ncn: P %d\nmail: p%d@nor.example\n\n", i, i, i)
	}
	seen, batches := map[string]bool{}, 0
	_, err := ldapbook.ReadLDIF(t.Context(), ldapbook.Source{Name: "N"}, ldifFile(t, b.String(), time.Now()), func(batch []ldapbook.Entry) error {
		batches++
		for _, e := range batch {
			seen[e.UUID+e.Mail[0]] = true
		}
		return nil
	})
	if err != nil || len(seen) != 9001 || batches != 3 {
		t.Errorf("%d in %d, %v", len(seen), batches, err)
	}
}

func TestLDIFFaults(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		path string
		want string // in the error's text
	}{
		"no file":         {filepath.Join(dir, "none"), "none"},
		"a folder":        {dir, "no file"},
		"empty":           {ldifFile(t, "", time.Now()), "no entry"},
		"only a version":  {ldifFile(t, "version: 1\n", time.Now()), "no entry"},
		"cut off":         {ldifFile(t, strings.TrimSpace(ldifPeople), time.Now()), "line 25: the last line has no end"},
		"changes":         {ldifFile(t, ldifPeople+"\ndn: uid=x,o=norland\nchangetype: delete\n", time.Now()), "line 28: a change record (delete)"},
		"a value of that": {ldifFile(t, "dn: uid=x\nuserPassword: \xff\n", time.Now()), "line 2: a value of userPassword"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ldapbook.ReadLDIF(t.Context(), ldapbook.Source{Name: "Norland"}, test.path, func([]ldapbook.Entry) error { return nil })
			if !errors.Is(err, ldapbook.ErrLDIF) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "Norland") {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestLDIFIsBrokenOff(t *testing.T) {
	path := ldifFile(t, ldifPeople, time.Now())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ldapbook.ReadLDIF(ctx, ldapbook.Source{Name: "N"}, path, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	full := errors.New("disk full")
	_, err := ldapbook.ReadLDIF(t.Context(), ldapbook.Source{Name: "N"}, path, func([]ldapbook.Entry) error { return full })
	if !errors.Is(err, full) || errors.Is(err, ldapbook.ErrLDIF) {
		t.Error(err)
	}
	// The next file is put in place of the one that is being read.
	_, err = ldapbook.ReadLDIF(t.Context(), ldapbook.Source{Name: "N"}, path, func([]ldapbook.Entry) error {
		return os.Rename(ldifFile(t, ldifPeople+"\n", time.Now()), path)
	})
	if !errors.Is(err, ldapbook.ErrLDIF) {
		t.Error(err)
	}
}
