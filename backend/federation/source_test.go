package federation_test

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/federation"
	"caveat/backend/installation"
	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// asDirectory builds GBR's directory of the world with a change, as the installation would.
func (w *world) asDirectory(change func(*installation.DirectoryFile)) installation.Directory {
	w.t.Helper()
	next, err := w.in.With(func(f *installation.File) error { change(&f.Directories[0]); return nil })
	must(w.t, err)
	return next.Directories[0]
}

func revocationList(t testing.TB, ca *ldaptest.CA) string {
	t.Helper()
	certPEM, keyPEM, err := ca.Marshal()
	must(t, err)
	certBlock, _ := pem.Decode(certPEM)
	keyBlock, _ := pem.Decode(keyPEM)
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	must(t, err)
	key, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	must(t, err)
	cert.KeyUsage |= x509.KeyUsageCRLSign
	signer, ok := key.(crypto.Signer)
	if !ok {
		t.Fatal("the CA's key cannot sign")
	}
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour)}, cert, signer)
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
}

// What the file says reaches the library, key by key.
func TestSourceOfEachKey(t *testing.T) {
	w := start(t, setup{})
	ca := ldaptest.NewCA("client CA")
	certPEM, keyPEM, err := ca.Issue("caveat")
	must(t, err)
	keyFile := filepath.Join(t.TempDir(), "client.key")
	must(t, os.WriteFile(keyFile, keyPEM, 0o600))
	must(t, w.secrets.SetSecret("client-key", string(keyPEM)))
	type file = *installation.DirectoryFile
	for name, c := range map[string]struct {
		change func(file)
		check  func(ldapbook.Source) bool
	}{
		"as delivered": {func(file) {}, func(s ldapbook.Source) bool {
			return s.Auth.Method == ldapbook.AuthSimple && s.Password == w.nations["GBR"].password && s.Security == ldapbook.TransportStartTLS && s.RootCAs != nil &&
				s.Refresh == ldapbook.Refresh{} && s.Auth.Certificate == nil && s.Trust.Pins == nil
		}},
		"rate, referrals": {func(f file) { f.Rate, f.Referrals = 500, []string{"b:389"} }, func(s ldapbook.Source) bool { return s.Rate == 500 && s.Referrals[0] == "b:389" }},
		"refresh": {func(f file) { f.Sync, f.FullEvery.Duration, f.MaxLoss = "changes", time.Hour, 0.1 },
			func(s ldapbook.Source) bool {
				return s.Refresh == ldapbook.Refresh{Strategy: ldapbook.StrategyChanges, FullEvery: time.Hour, MaxLoss: 0.1}
			}},
		"auto": {func(f file) { f.Sync = "auto" }, func(s ldapbook.Source) bool { return s.Refresh.Strategy == ldapbook.StrategyAuto }},
		"ldif": {func(f file) { toLDIF(f, "/x.ldif") }, func(s ldapbook.Source) bool {
			return s.Refresh.LDIF == "/x.ldif" && s.URLs == nil && s.Auth.Method == ""
		}},
		"pins":      {func(f file) { f.Pins = []string{"sha256:" + strings.Repeat("0a", 32)} }, func(s ldapbook.Source) bool { return s.Trust.Pins[0][31] == 10 }},
		"crls":      {func(f file) { f.CRLsPEM = []string{revocationList(t, ca)} }, func(s ldapbook.Source) bool { return len(s.Trust.CRLs) == 1 }},
		"anonymous": {func(f file) { f.BindDN, f.Secret = "", "" }, func(s ldapbook.Source) bool { return s.Auth.Method == ldapbook.AuthAnonymous && s.Password == "" }},
		"external, key in a file": {func(f file) {
			f.Secret, f.Auth, f.ClientCertificatePEM, f.ClientKey = "", "external", string(certPEM), keyFile
		},
			func(s ldapbook.Source) bool {
				return s.Auth.Method == ldapbook.AuthExternal && len(s.Auth.Certificate.Certificate) == 1 && s.Password == ""
			}},
		"external, key in the secrets": {func(f file) {
			f.BindDN, f.Secret, f.Auth, f.ClientCertificatePEM, f.ClientKey = "", "", "external", string(certPEM), "secret:client-key"
		}, func(s ldapbook.Source) bool { return s.Auth.Certificate != nil }},
		"kerberos": {func(f file) {
			f.BindDN, f.Secret, f.Auth, f.Kerberos = "", "", "gssapi", &installation.KerberosFile{Config: "/c", Keytab: "/k", Principal: "a@B", Service: "ldap/x"}
		}, func(s ldapbook.Source) bool {
			return *s.Auth.Kerberos == ldapbook.Kerberos{ConfigFile: "/c", Keytab: "/k", Principal: "a@B", Service: "ldap/x"}
		}},
		"a field of its own": {func(f file) { f.Mapping = &installation.MappingFile{Clearance: []string{"x"}, Phone: []string{}} },
			func(s ldapbook.Source) bool {
				return slices.Equal(s.Mapping.Clearance, []string{"x"}) && s.Mapping.Phone != nil && len(s.Mapping.Phone) == 0 && !slices.Equal(s.Mapping.Mail, nil)
			}},
		"custom: what is left out is not looked for": {func(f file) {
			f.Schema, f.Mapping = "custom", &installation.MappingFile{Classes: map[string]string{"sailor": "person"}, Name: []string{"nm"}, Mail: []string{"mail"}}
		}, func(s ldapbook.Source) bool {
			m := s.Mapping
			return m.Classes["sailor"] == ldapbook.KindPerson && len(m.Classes) == 1 && m.Clearance != nil && len(m.Clearance) == 0 && m.UUID == nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := w.fed.Source(w.asDirectory(c.change))
			if err != nil || !c.check(s) {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

func toLDIF(f *installation.DirectoryFile, path string) {
	f.LDIF, f.URLs, f.Security, f.CA, f.BindDN, f.Secret, f.Mode = path, nil, "", "", "", "", "mirror"
}

// What cannot be had is an error that names the directory; nothing is left out silently.
func TestSourceFailsClosed(t *testing.T) {
	w := start(t, setup{})
	certPEM, _, err := ldaptest.NewCA("client CA").Issue("caveat")
	must(t, err)
	_, otherKey, err := ldaptest.NewCA("client CA").Issue("other")
	must(t, err)
	must(t, w.secrets.SetSecret("other-key", string(otherKey)))
	external := func(key string) func(*installation.DirectoryFile) {
		return func(f *installation.DirectoryFile) {
			f.BindDN, f.Secret, f.Auth, f.ClientCertificatePEM, f.ClientKey = "", "", "external", string(certPEM), key
		}
	}
	for name, c := range map[string]struct {
		change func(*installation.DirectoryFile)
		want   error
	}{
		"a password that is not stored": {func(f *installation.DirectoryFile) { f.Secret = "none" }, installation.ErrSecret},
		"a key that is not stored":      {external("secret:none"), installation.ErrSecret},
		"a key file that is not there":  {external("/nowhere/client.key"), ldapbook.ErrSource},
		"a key of another certificate":  {external("secret:other-key"), ldapbook.ErrSource},
		"a list that is not there":      {func(f *installation.DirectoryFile) { f.CRLs = []string{"/nowhere/x.crl"} }, installation.ErrInvalid},
		"a token without PKCS #11":      {func(f *installation.DirectoryFile) { f.BindDN, f.Auth, f.ClientKey = "", "external", "pkcs11:token=x" }, ldapbook.ErrSource},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := w.fed.Source(w.asDirectory(c.change))
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), `"GBR"`) || s.Name != "" {
				t.Errorf("%+v, %v", s, err)
			}
			if err != nil && strings.Contains(err.Error(), "PRIVATE KEY") {
				t.Error("the error holds a key")
			}
		})
	}
}

// Every list of the library's mapping has a key in the file, and the way there and back is the same.
func TestMappingFileIsComplete(t *testing.T) {
	var m ldapbook.Mapping
	v := reflect.ValueOf(&m).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if list, ok := v.Field(i).Addr().Interface().(*[]string); ok {
			if _, there := reflect.TypeFor[installation.MappingFile]().FieldByName(name); !there {
				t.Errorf("the file cannot say %s", name)
			}
			*list = []string{"x" + strings.ToLower(name)}
		}
	}
	m.Classes = map[string]ldapbook.Kind{"a": ldapbook.KindRoom}
	if c := v.FieldByName("Conditions"); c.IsValid() {
		c.Set(reflect.MakeSlice(c.Type(), 1, 1))
		for name, text := range map[string]string{"Attribute": "employeeType", "Value": "functional", "Class": "a", "Kind": "role"} {
			c.Index(0).FieldByName(name).SetString(text)
		}
	}
	f, err := federation.MappingFile(m)
	must(t, err)
	w := start(t, setup{})
	s, err := w.fed.Source(w.asDirectory(func(d *installation.DirectoryFile) { d.Schema, d.Mapping = "custom", &f }))
	if must(t, err); !reflect.DeepEqual(s.Mapping, m) {
		t.Errorf("%+v\nwant %+v", s.Mapping, m)
	}
}

// RULES 9: what an unsigned file says counts up to the ceiling, and it is as old as the file: nobody is asked at Send.
func TestRule9LDIF(t *testing.T) {
	w := start(t, setup{})
	w.sync()
	w.add("UKR", person("UKR", "olha", top("UKR")))
	w.sync("UKR")
	d, _ := w.fed.Directory("UKR")
	before := w.nations["UKR"].contacts.Load()
	ceiling := installation.Clearance{Policy: "NATO", UpTo: "RESTRICTED", Categories: map[string][]string{"Context": {"MROD"}}}
	next, err := w.in.With(func(f *installation.File) error {
		i := slices.IndexFunc(f.Directories, func(x installation.DirectoryFile) bool { return x.Name == "UKR" })
		toLDIF(&f.Directories[i], "/x.ldif")
		f.Directories[i].PlainCeiling = &ceiling
		return nil
	})
	must(t, err)
	i := slices.IndexFunc(next.Directories, func(x installation.Directory) bool { return x.Name == "UKR" })
	if x := next.Directories[i]; x.Ceiling == nil || !x.IsUnprotected() || d.IsUnprotected() {
		t.Errorf("ceiling %v", x.Ceiling)
	}
	// The entries that are in the book were read from a file.
	found, err := w.book.ByAddress(t.Context(), []string{"olha@ukr.example"})
	must(t, err)
	e := found["olha@ukr.example"][0]
	e.Transport, e.ReadAt = ldapbook.TransportLDIF, e.ReadAt.Add(-time.Hour)
	must(t, w.book.Forget(t.Context(), "UKR"))
	must(t, w.book.Put(t.Context(), "UKR", []ldapbook.Entry{e}, ldapbook.Asked{}))
	w.in = next
	must(t, w.fed.Close())
	w.fed = federation.New(federation.Config{Installation: next, Secrets: w.secrets, Book: w.book, Store: w.store, User: "tester", Now: w.now})
	for _, c := range []struct{ class, drafting, sending string }{
		{"RESTRICTED; Context=MROD", "cleared", "stale"}, // beyond the sending age, and nobody can be asked
		{"SECRET; Context=MROD", "unknown", "unknown"},
	} {
		if r := w.drafting(c.class, "olha@ukr.example"); string(r.Verdict.Outcome) != c.drafting || r.Verdict.Evidence.Transport != "ldif" {
			t.Errorf("drafting %s: %+v", c.class, r.Verdict)
		}
		if r := w.sending(c.class, "olha@ukr.example"); string(r.Verdict.Outcome) != c.sending {
			t.Errorf("sending %s: %+v", c.class, r.Verdict)
		}
	}
	if n := w.nations["UKR"].contacts.Load(); n != before {
		t.Errorf("the server was asked %d times", n-before)
	}
}
