//go:build linux

package app_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/installation"
	"caveat/ldapbook/ldaptest"
)

var nations = []string{"GBR", "UKR", "AUS", "DEU"}

// person is one inetOrgPerson of the tests.
func person(nation, uid, name, clearance string) ldaptest.Entry {
	n := strings.ToLower(nation)
	e := ldaptest.Entry{DN: fmt.Sprintf("uid=%s,ou=people,dc=%s,dc=example", uid, n), Attrs: []ldaptest.Attr{
		{Name: "objectClass", Values: []string{"top", "person", "organizationalPerson", "inetOrgPerson", "JIDObject", "aCPAccessControlEntity"}},
		{Name: "uid", Values: []string{uid}}, {Name: "cn", Values: []string{name}}, {Name: "sn", Values: []string{name[strings.LastIndexByte(name, ' ')+1:]}},
		{Name: "mail", Values: []string{uid + "@" + n + ".example"}},
	}}
	if clearance != "" {
		e.Attrs = append(e.Attrs, ldaptest.Attr{Name: "confidentialityClearance", Values: []string{clearance}})
	}
	return e
}

// importInstallation takes a file into use as an administrator does.
func importInstallation(t *testing.T, f installation.File, secrets map[string]string) (data string) {
	t.Helper()
	text, err := installation.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	data = filepath.Join(t.TempDir(), "data")
	if r := caveat(t, "", "installation", "import", "--data", data, write(t, "installation.toml", string(text))); r.status != 0 {
		t.Fatalf("import: %s%s", r.stdout, r.stderr)
	}
	for name, value := range secrets {
		if r := caveat(t, value+"\n", "installation", "secret", "--data", data, name); r.status != 0 {
			t.Fatalf("secret: %s", r.stderr)
		}
	}
	return data
}
