package installation_test

import (
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/installation"
)

// What a file names outside of itself is refused by section, key and name, unless the other file names it for the same use. What may be a
// secret is not repeated.
func TestOutside(t *testing.T) {
	path := filepath.Join(t.TempDir(), installation.FileName)
	beside := filepath.Join(filepath.Dir(path), "own.ldif")
	known := installation.File{
		Policies:    []installation.PolicyFile{{File: "policy.xml"}},
		Directories: []installation.DirectoryFile{{Name: "GBR", DirectorySync: installation.DirectorySync{LDIF: "own.ldif"}, DirectoryAuth: installation.DirectoryAuth{ClientKey: "/keys/gbr.pem"}}},
		Accounts:    []installation.AccountFile{{Name: "mail", AccountAuth: installation.AccountAuth{ClientKey: "pkcs11:object=k?module-path=/lib/token.so"}}},
	}
	directory := func(auth installation.DirectoryAuth) installation.File {
		return installation.File{Directories: []installation.DirectoryFile{{Name: "AUS", DirectoryAuth: auth}}}
	}
	kerberos := func(k installation.KerberosFile) installation.File {
		return directory(installation.DirectoryAuth{Kerberos: &k})
	}
	ldif := func(name string) installation.File {
		return installation.File{Directories: []installation.DirectoryFile{{Name: "AUS", DirectorySync: installation.DirectorySync{LDIF: name}}}}
	}
	for name, c := range map[string]struct {
		file    installation.File
		refused []string // words of the refusal; none: it is taken
		without string
	}{
		"nothing":                    {},
		"the same":                   {file: known},
		"what is inside":             {file: installation.File{Policies: []installation.PolicyFile{{SPIF: "<x/>"}}, CAs: []installation.CAFile{{Name: "x", PEM: "x"}}}},
		"the same file of another":   {file: ldif("own.ldif")},
		"the same file, absolute":    {file: ldif(beside)},
		"a key in the secrets":       {file: directory(installation.DirectoryAuth{ClientKey: "secret:x"})},
		"another policy":             {file: installation.File{Policies: []installation.PolicyFile{{SPIF: "<x/>"}, {File: "/etc/passwd"}}}, refused: []string{`policy 2: file names "/etc/passwd"`, "(spif)", "`caveat installation import FILE`"}},
		"a CA":                       {file: installation.File{CAs: []installation.CAFile{{Name: "x", File: "/etc/ca.pem"}}}, refused: []string{`ca "x": file names "/etc/ca.pem"`, "(pem)"}},
		"the policy as a CA":         {file: installation.File{CAs: []installation.CAFile{{Name: "x", File: "policy.xml"}}}, refused: []string{`ca "x": file`}},
		"an LDIF file":               {file: ldif("/srv/other.ldif"), refused: []string{`directory "AUS": ldif names "/srv/other.ldif"`}},
		"around a corner":            {file: ldif("../../etc/passwd"), refused: []string{"ldif names"}},
		"a list":                     {file: installation.File{Directories: []installation.DirectoryFile{{DirectoryTrust: installation.DirectoryTrust{CRLs: []string{"/x.crl"}}}}}, refused: []string{`crls names "/x.crl"`, "(crls_pem)"}},
		"a key":                      {file: directory(installation.DirectoryAuth{ClientKey: "/etc/key.pem"}), refused: []string{`client_key names "/etc/key.pem"`}},
		"a key as a certificate":     {file: directory(installation.DirectoryAuth{ClientCertificate: "/keys/gbr.pem"}), refused: []string{`client_certificate names "/keys/gbr.pem"`}},
		"a key itself":               {file: directory(installation.DirectoryAuth{ClientKey: "-----BEGIN PRIVATE KEY-----MIIB"}), refused: []string{"holds the key itself"}, without: "MIIB"},
		"krb5.conf":                  {file: kerberos(installation.KerberosFile{Config: "/etc/krb5.conf"}), refused: []string{`kerberos.config names`}},
		"a keytab":                   {file: kerberos(installation.KerberosFile{Keytab: "/etc/krb5.keytab"}), refused: []string{`kerberos.keytab names`}},
		"tickets":                    {file: kerberos(installation.KerberosFile{CCache: "/nowhere/tickets"}), refused: []string{`kerberos.ccache names`}},
		"another library":            {file: directory(installation.DirectoryAuth{ClientKey: "pkcs11:object=k?module-path=/lib/evil.so&pin-value=1234"}), refused: []string{`directory "AUS": client_key names a key on a token`, "library"}, without: "1234"},
		"another library by letters": {file: directory(installation.DirectoryAuth{ClientKey: "PKCS11:object=k?module-path=/lib/evil.so"}), refused: []string{`client_key names`}},
		"an account's library":       {file: installation.File{Accounts: []installation.AccountFile{{Name: "box", AccountAuth: installation.AccountAuth{ClientKey: "pkcs11:object=k?module-path=/lib/evil.so"}}}}, refused: []string{`account "box": client_key names a key on a token`}},
		"an account's certificate":   {file: installation.File{Accounts: []installation.AccountFile{{Name: "box", AccountAuth: installation.AccountAuth{ClientCertificate: "c.pem"}}}}, refused: []string{`account "box": client_certificate names`}},
		"a folder of checkpoints":    {file: installation.File{Audit: installation.AuditFile{Drop: "/srv/drop"}}, refused: []string{`audit: drop names "/srv/drop"`}},
	} {
		err := c.file.Outside(known, path)
		if (err != nil) != (len(c.refused) > 0) || err != nil && !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, word := range c.refused {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %q is not in: %v", name, word, err)
			}
		}
		if c.without != "" && strings.Contains(err.Error(), c.without) {
			t.Errorf("%s: it is repeated: %v", name, err)
		}
	}
}

// Which keys of the file name something outside of it: one that is new, and does, is put into named.go and here.
func TestOutsideKnowsEveryKey(t *testing.T) {
	named := map[string]bool{
		"policy.file": true, "ca.file": true, "directory.ldif": true, "directory.crls": true, "directory.client_certificate": true, "directory.client_key": true,
		"directory.kerberos.config": true, "directory.kerberos.keytab": true, "directory.kerberos.ccache": true,
		"account.client_certificate": true, "account.client_key": true, "audit.drop": true,
	}
	var root installation.File
	texts := 0
	var walk func(v reflect.Value, key string)
	walk = func(v reflect.Value, key string) {
		switch v.Kind() {
		case reflect.String:
			texts++
			v.SetString("/outside/of/it")
			if refused := root.Outside(installation.File{}, "/here/installation.toml") != nil; refused != named[key] {
				t.Errorf("%s: refused: %v", key, refused)
			}
			delete(named, key)
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			walk(v.Index(0), key)
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			walk(v.Elem(), key)
		case reflect.Struct:
			for i := range v.NumField() {
				tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("toml"), ",")
				if v.Type().Field(i).Anonymous || tag != "" {
					walk(v.Field(i), strings.Trim(key+"."+tag, "."))
				}
			}
		}
		v.SetZero()
	}
	walk(reflect.ValueOf(&root).Elem(), "")
	for key := range named {
		t.Errorf("%s is no key any more", key)
	}
	if texts < 100 {
		t.Errorf("only %d keys were looked at", texts)
	}
}
