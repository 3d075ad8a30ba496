package ldapbook_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// startTLS starts an embedded server with a certificate of the test's own, and returns a source for ldaps and one for StartTLS.
func startTLS(t *testing.T, cert tls.Certificate, pool *x509.CertPool) []ldapbook.Source {
	t.Helper()
	s := ldaptest.New(ldaptest.Config{Suffix: suffix, TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}})
	t.Cleanup(s.Close)
	plain, secure := listen(t), listen(t)
	go s.Serve(plain)
	go s.ServeTLS(secure)
	ldaps := ldapbook.Source{Name: "Norland", URLs: []string{"ldaps://" + secure.Addr().String()}, Security: ldapbook.TransportLDAPS,
		RootCAs: pool, BaseDN: suffix, Timeout: 20 * time.Second}
	ldap := ldaps
	ldap.URLs, ldap.Security = []string{"ldap://" + plain.Addr().String()}, ldapbook.TransportStartTLS
	return []ldapbook.Source{ldaps, ldap}
}

func special(t *testing.T, ca *ldaptest.CA, s ldaptest.Special) tls.Certificate {
	t.Helper()
	cert, err := ca.Special(s)
	must(t, err)
	return cert
}

func crl(t *testing.T, ca *ldaptest.CA, c ldaptest.CRL) *x509.RevocationList {
	t.Helper()
	der, err := ca.CRL(c)
	must(t, err)
	lists, err := ldapbook.ParseCRLs(der)
	must(t, err)
	return lists[0]
}

// A server with a certificate that is not good is never spoken to, and the error names what is wrong with it.
func TestHostileCertificate(t *testing.T) {
	ca := ldaptest.NewCA("Norland CA")
	for name, test := range map[string]struct {
		cert tls.Certificate
		want string
	}{
		"for another name": {special(t, ca, ldaptest.Special{Names: []string{"mail.nor.example"}}), "127.0.0.1"},
		"expired":          {special(t, ca, ldaptest.Special{NotAfter: time.Now().Add(-time.Minute)}), "expired"},
		"not yet valid":    {special(t, ca, ldaptest.Special{NotBefore: time.Now().Add(30 * time.Minute)}), "not yet valid"},
		"self-signed":      {special(t, ca, ldaptest.Special{SelfSigned: true}), "unknown authority"},
		"of another CA":    {special(t, ldaptest.NewCA("Norland CA"), ldaptest.Special{}), "unknown authority"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, src := range startTLS(t, test.cert, ca.Pool()) {
				err := bounded(t, func(ctx context.Context) error {
					_, err := ldapbook.Dial(ctx, src)
					return err
				})
				if !errors.Is(err, ldapbook.ErrTLS) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%s: %v", src.Security, err)
				}
			}
		})
	}
}

// world of CAs for revocation: a root, an intermediate CA, and a server's certificate of the latter.
type revocation struct {
	root, middle *ldaptest.CA
	cert         tls.Certificate
}

func newRevocation(t *testing.T) revocation {
	t.Helper()
	root := ldaptest.NewCA("Root")
	middle, err := root.Intermediate("Middle")
	must(t, err)
	return revocation{root, middle, special(t, middle, ldaptest.Special{})}
}

// TestRevocation: each certificate but the root's must be covered by a list of its issuer.
func TestRevocation(t *testing.T) {
	r := newRevocation(t)
	leaf := []*big.Int{r.cert.Leaf.SerialNumber}
	hour := time.Hour
	ofRoot := crl(t, r.root, ldaptest.CRL{})
	ofMiddle := crl(t, r.middle, ldaptest.CRL{})
	impostor, err := ldaptest.NewCA("x").Intermediate("Middle") // the same name, another key
	must(t, err)
	onlyUsers := pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: []byte{0x30, 3, 0x81, 1, 0xff}}
	past := func(since time.Duration) ldaptest.CRL {
		return ldaptest.CRL{ThisUpdate: time.Now().Add(-2 * since), NextUpdate: time.Now().Add(-since)}
	}
	for name, test := range map[string]struct {
		lists []*x509.RevocationList
		want  error // nil: connects
		text  string
	}{
		"no lists at all: nothing is checked": {nil, nil, ""},
		"covered":                             {[]*x509.RevocationList{ofRoot, ofMiddle}, nil, ""},
		"server revoked": {[]*x509.RevocationList{ofRoot, crl(t, r.middle, ldaptest.CRL{Revoked: leaf})},
			ldapbook.ErrRevoked, "revoked"},
		"intermediate CA revoked": {[]*x509.RevocationList{crl(t, r.root, ldaptest.CRL{Revoked: []*big.Int{r.middle.Serial()}}), ofMiddle},
			ldapbook.ErrRevoked, "revoked"},
		"another is revoked": {[]*x509.RevocationList{ofRoot, crl(t, r.middle, ldaptest.CRL{Revoked: []*big.Int{big.NewInt(7)}})}, nil, ""},
		"no list of the server's CA": {[]*x509.RevocationList{ofRoot}, ldapbook.ErrRevocationList,
			"no revocation list of CN=Middle"},
		"no list of the root": {[]*x509.RevocationList{ofMiddle}, ldapbook.ErrRevocationList, "no revocation list of CN=Root"},
		"list expired":        {[]*x509.RevocationList{ofRoot, crl(t, r.middle, past(hour))}, ldapbook.ErrRevocationList, "revocation list expired"},
		"an expired list and its successor": {[]*x509.RevocationList{ofRoot, crl(t, r.middle, past(hour)), ofMiddle}, nil,
			""},
		"the newer list counts": {[]*x509.RevocationList{ofRoot, ofMiddle, crl(t, r.middle, ldaptest.CRL{Revoked: leaf,
			ThisUpdate: time.Now().Add(-time.Second)})}, ldapbook.ErrRevoked, "revoked"},
		"list not yet valid": {[]*x509.RevocationList{ofRoot, crl(t, r.middle, ldaptest.CRL{ThisUpdate: time.Now().Add(hour),
			NextUpdate: time.Now().Add(2 * hour)})}, ldapbook.ErrRevocationList, "not valid before"},
		"list of a CA of the same name": {[]*x509.RevocationList{ofRoot, crl(t, impostor, ldaptest.CRL{})},
			ldapbook.ErrRevocationList, "not signed by it"},
		"list of a part of the certificates": {[]*x509.RevocationList{ofRoot, crl(t, r.middle,
			ldaptest.CRL{Extensions: []pkix.Extension{onlyUsers}})}, ldapbook.ErrRevocationList, "critical extension 2.5.29.28"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, src := range startTLS(t, r.cert, r.root.Pool()) {
				src.Trust.CRLs = test.lists
				c, err := ldapbook.Dial(t.Context(), src)
				if test.want == nil {
					if err != nil {
						t.Fatalf("%s: %v", src.Security, err)
					}
					must(t, c.Close())
					continue
				}
				if !errors.Is(err, test.want) || !errors.Is(err, ldapbook.ErrTLS) || !strings.Contains(err.Error(), test.text) {
					t.Errorf("%s: %v", src.Security, err)
				}
			}
		})
	}
}

func pinOf(cert tls.Certificate) [32]byte { return sha256.Sum256(cert.Leaf.RawSubjectPublicKeyInfo) }

// A pin comes on top of the CA, and does not take its place.
func TestPins(t *testing.T) {
	ca := ldaptest.NewCA("CA")
	cert := special(t, ca, ldaptest.Special{})
	other := special(t, ca, ldaptest.Special{})
	selfSigned := special(t, ca, ldaptest.Special{SelfSigned: true})
	for name, test := range map[string]struct {
		cert tls.Certificate
		pins [][32]byte
		want error
	}{
		"pinned":                      {cert, [][32]byte{pinOf(other), pinOf(cert)}, nil},
		"another key of the same CA":  {cert, [][32]byte{pinOf(other)}, ldapbook.ErrPin},
		"pinned, but of no CA":        {selfSigned, [][32]byte{pinOf(selfSigned)}, ldapbook.ErrTLS},
		"the empty pin fits no key":   {cert, [][32]byte{{}}, ldapbook.ErrPin},
		"without pins the CA decides": {cert, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, src := range startTLS(t, test.cert, ca.Pool()) {
				src.Trust.Pins = test.pins
				c, err := ldapbook.Dial(t.Context(), src)
				if !errors.Is(err, test.want) || test.want != nil && !errors.Is(err, ldapbook.ErrTLS) {
					t.Errorf("%s: %v", src.Security, err)
				}
				if err == nil {
					must(t, c.Close())
				}
			}
		})
	}
}

func TestParsePin(t *testing.T) {
	sum := sha256.Sum256([]byte("key"))
	digits, b64 := hex.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(sum[:])
	for text, ok := range map[string]bool{
		"sha256:" + digits:                  true,
		"sha256:" + strings.ToUpper(digits): true,
		"sha256//" + b64:                    true,
		digits:                              false, // which sum it is must be said
		"sha256:" + digits[:62]:             false,
		"sha256:" + digits + "00":           false,
		"sha256//" + b64[:42]:               false,
		"sha1:" + digits[:40]:               false,
		"sha256:":                           false,
		"":                                  false,
	} {
		pin, err := ldapbook.ParsePin(text)
		if ok && (err != nil || pin != sum) || !ok && (!errors.Is(err, ldapbook.ErrSource) || pin != [32]byte{}) {
			t.Errorf("%q: %x, %v", text, pin, err)
		}
	}
}

func TestParseCRLs(t *testing.T) {
	ca := ldaptest.NewCA("CA")
	der, err := ca.CRL(ldaptest.CRL{})
	must(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
	for name, test := range map[string]struct {
		data []byte
		want int // 0: ErrSource
	}{
		"DER":                    {der, 1},
		"PEM":                    {text, 1},
		"two, with words before": {[]byte("# lists\n" + string(text) + "\n" + string(text)), 2},
		"nothing":                {nil, 0},
		"DER cut off":            {der[:len(der)-1], 0},
		"PEM cut off":            {text[:len(text)/2], 0},
		"the second cut off":     {[]byte(string(text) + string(text[:len(text)/2])), 0},
		"a certificate":          {ca.PEM(), 0},
		"text":                   {[]byte("no list"), 0},
	} {
		lists, err := ldapbook.ParseCRLs(test.data)
		if len(lists) != test.want || (test.want == 0) != errors.Is(err, ldapbook.ErrSource) {
			t.Errorf("%s: %d, %v", name, len(lists), err)
		}
	}
}

func TestLoadClientCertificate(t *testing.T) {
	ca := ldaptest.NewCA("CA")
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, content, 0o600))
		return path
	}
	certPEM, keyPEM, err := ca.Issue("reader")
	must(t, err)
	_, otherKey, err := ca.Issue("other")
	must(t, err)
	cert, key := file("c.pem", certPEM), file("k.pem", keyPEM)
	if c, err := ldapbook.LoadClientCertificate(cert, key); err != nil || c.Leaf.Subject.CommonName != "reader" {
		t.Error(err)
	}
	for name, files := range map[string][2]string{
		"no such file":         {filepath.Join(dir, "none"), key},
		"key of another":       {cert, file("o.pem", otherKey)},
		"not a key":            {cert, cert},
		"certificate is a key": {key, key},
	} {
		if c, err := ldapbook.LoadClientCertificate(files[0], files[1]); c != nil || !errors.Is(err, ldapbook.ErrSource) ||
			!strings.Contains(err.Error(), files[0]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzTrust: what is taken for a pin, a list or an address of a key says the same when it is written anew, and nothing is
// returned with an error.
func FuzzTrust(f *testing.F) {
	der, err := ldaptest.NewCA("CA").CRL(ldaptest.CRL{})
	must(f, err)
	f.Add(der)
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
	f.Add([]byte("sha256:" + strings.Repeat("0a", 32)))
	f.Add([]byte("sha256//" + base64.StdEncoding.EncodeToString(make([]byte, 32))))
	f.Add([]byte("pkcs11:token=t%20t;object=k;id=%01%ff;type=private?module-path=/m.so"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if pin, err := ldapbook.ParsePin(string(data)); err == nil {
			if again, err := ldapbook.ParsePin("sha256:" + hex.EncodeToString(pin[:])); err != nil || again != pin {
				t.Errorf("%q: %x, %x, %v", data, pin, again, err)
			}
		} else if pin != [32]byte{} {
			t.Errorf("%x with %v", pin, err)
		}
		lists, err := ldapbook.ParseCRLs(data)
		if (err == nil) == (len(lists) == 0) {
			t.Errorf("%d lists, %v", len(lists), err)
		}
		for _, l := range lists {
			if again, err := ldapbook.ParseCRLs(l.Raw); err != nil || len(again) != 1 {
				t.Error(err)
			}
		}
		module, token, object, id, err := ldapbook.ParsePKCS11(string(data))
		if err != nil {
			return
		}
		all := func(s string) string {
			var b strings.Builder
			for _, c := range []byte(s) {
				fmt.Fprintf(&b, "%%%02x", c)
			}
			return b.String()
		}
		m, tok, o, i, err := ldapbook.ParsePKCS11("pkcs11:token=" + all(token) + ";object=" + all(object) + ";id=" + all(string(id)) +
			"?module-path=" + all(module))
		if err != nil || m != module || tok != token || o != object || !bytes.Equal(i, id) {
			t.Errorf("%q: %q %q %q %x, %v", data, m, tok, o, i, err)
		}
	})
}
