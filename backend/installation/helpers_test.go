package installation_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"caveat/backend/installation"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func policyXML(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../spif/testdata/testland.spif.xml")
	must(t, err)
	return string(data)
}

// caPEM is a certificate authority that nobody has the key of.
var caPEM = sync.OnceValue(func() string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, NotAfter: time.Now().AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
})

// valid is an installation with something in each section.
func valid(t testing.TB) installation.File {
	t.Helper()
	upTo := func(class string) installation.Clearance {
		return installation.Clearance{Policy: "TESTLAND", UpTo: class, Categories: map[string][]string{"Releasable To": {"ATL", "BOR"}}}
	}
	ceiling, link := upTo("OPEN"), upTo("SECRET")
	link.Categories["Releasable To"] = []string{"BOR"} // RULES 11
	return installation.File{
		Format:   1,
		System:   installation.SystemFile{Name: "HQ", Nation: "ATL", Clearance: upTo("SECRET")},
		Policies: []installation.PolicyFile{{SPIF: policyXML(t), AcceptUnsigned: "by the security officer", RequireTagSets: []string{"Releasable To"}}},
		CAs:      []installation.CAFile{{Name: "ca", PEM: caPEM()}},
		Directories: []installation.DirectoryFile{
			{Name: "ATL", Nation: "ATL", URLs: []string{"ldap://ldap.atl.example:389"}, Security: "starttls", CA: "ca", BaseDN: "dc=atl", BindDN: "cn=reader,dc=atl", Secret: "ldap-atl", MailDomains: []string{"atl.example"}, ChatDomains: []string{"chat.atl.example"}, Mode: "mirror"},
			{Name: "BOR", Nation: "BOR", URLs: []string{"ldap://ldap.bor.example:389"}, Security: "plain", BaseDN: "dc=bor", MailDomains: []string{"BOR.example"}, Mode: "look-up", PlainCeiling: &ceiling},
		},
		Routes: []installation.RouteFile{
			{Domain: "atl.example", Channel: "mail", Nation: "ATL", Own: true},
			{Domain: "BOR.example", Channel: "mail", Nation: "BOR", Links: []installation.LinkFile{{Name: "ATL-BOR", Clearance: link}}},
		},
		Accounts:   []installation.AccountFile{{Name: "atl", Kind: "smtp", Address: "mail.atl.example:587", Security: "starttls", CA: "ca", User: "hq", Secret: "smtp-atl"}},
		Rules:      []installation.RuleFile{{Name: "BOR once a day", Outcome: "stale", Nation: "BOR", Channel: "mail", Classification: "open", Action: "warn", Until: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}},
		Identities: []installation.IdentityFile{{User: "*", Directory: "ATL", DN: "uid=op,dc=atl", Mail: "op@atl.example", Account: "atl"}},
	}
}

// write writes a file into a folder and gives its path.
func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	must(t, installation.WriteFile(path, []byte(text)))
	return path
}

// load loads a File as if an administrator had written it.
func load(t testing.TB, f installation.File) (*installation.Installation, error) {
	t.Helper()
	text, err := installation.Marshal(f)
	must(t, err)
	return installation.Load(write(t, t.TempDir(), installation.FileName, string(text)))
}

func mustLoad(t testing.TB, f installation.File) *installation.Installation {
	t.Helper()
	in, err := load(t, f)
	must(t, err)
	return in
}
