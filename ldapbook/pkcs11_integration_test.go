//go:build integration && pkcs11

package ldapbook_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/pkcs11"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

const (
	softHSM = "/usr/lib/softhsm/libsofthsm2.so"
	hsmPIN  = "123456"
)

func hsmUtil(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("softhsm2-util", args...).CombinedOutput(); err != nil {
		t.Fatalf("softhsm2-util: %v: %s (install it with: apt-get install -y --no-install-recommends softhsm2)", err, out)
	}
}

// newToken initializes a token in a folder of the test's.
func newToken(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	must(t, os.Mkdir(filepath.Join(dir, "tokens"), 0o700))
	must(t, os.WriteFile(conf, []byte("directories.tokendir = "+filepath.Join(dir, "tokens")+"\nlog.level = ERROR\n"), 0o600))
	t.Setenv("SOFTHSM2_CONF", conf)
	hsmUtil(t, "--init-token", "--free", "--label", "reader", "--so-pin", "654321", "--pin", hsmPIN)
}

// intoToken stores a key under a label and an id (hexadecimal), and the certificate where there is one.
func intoToken(t *testing.T, cert tls.Certificate, label, id string, withCertificate bool) {
	t.Helper()
	_, keyPEM, err := ldaptest.PEMPair(cert)
	must(t, err)
	file := filepath.Join(t.TempDir(), "key.pem")
	must(t, os.WriteFile(file, keyPEM, 0o600))
	hsmUtil(t, "--import", file, "--token", "reader", "--label", label, "--id", id, "--pin", hsmPIN)
	if withCertificate {
		putCertificate(t, cert.Leaf, label, id)
	}
}

func putCertificate(t *testing.T, cert *x509.Certificate, label, id string) {
	t.Helper()
	ctx := pkcs11.New(softHSM)
	must(t, ctx.Initialize())
	slots, err := ctx.GetSlotList(true)
	must(t, err)
	s, err := ctx.OpenSession(slots[0], pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	must(t, err)
	must(t, ctx.Login(s, pkcs11.CKU_USER, hsmPIN))
	var raw []byte
	_, err = fmt.Sscanf(id, "%x", &raw)
	must(t, err)
	_, err = ctx.CreateObject(s, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE), pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
		pkcs11.NewAttribute(pkcs11.CKA_ID, raw), pkcs11.NewAttribute(pkcs11.CKA_SUBJECT, cert.RawSubject),
		pkcs11.NewAttribute(pkcs11.CKA_VALUE, cert.Raw)})
	must(t, err)
	must(t, ctx.Logout(s))
	must(t, ctx.Finalize())
	ctx.Destroy()
}

func withKey(t *testing.T, ca *ldaptest.CA, name string, key crypto.Signer) tls.Certificate {
	t.Helper()
	return special(t, ca, ldaptest.Special{CommonName: name, Key: key})
}

// One test, for a PKCS #11 library reads its configuration once in the life of a process.
func TestIntegrationPKCS11(t *testing.T) {
	newToken(t)
	s := external(t, "try")
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	bare, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	bareRSA, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	onDisk := withKey(t, s.CA, "p0002", bare)
	intoToken(t, withKey(t, s.CA, "p0000", rsaKey), "rsa", "01", true)
	intoToken(t, withKey(t, s.CA, "p0001", ecKey), "ec", "02", true)
	intoToken(t, onDisk, "bare", "03", false)
	intoToken(t, withKey(t, s.CA, "p0002", bareRSA), "bare RSA", "04", false)
	intoToken(t, special(t, s.CA, ldaptest.Special{CommonName: "x"}), "twin", "05", false)
	intoToken(t, special(t, s.CA, ldaptest.Special{CommonName: "y"}), "twin", "06", false)
	uri := func(what string) string { return "pkcs11:token=reader;" + what + "?module-path=" + softHSM }
	open := func(t *testing.T, what string) *tls.Certificate {
		t.Helper()
		cert, err := ldapbook.OpenPKCS11(uri(what), hsmPIN)
		must(t, err)
		return cert
	}
	certPEM, _, err := ldaptest.PEMPair(onDisk)
	must(t, err)
	file := filepath.Join(t.TempDir(), "client.pem")
	must(t, os.WriteFile(file, certPEM, 0o600))
	key, err := ldapbook.OpenPKCS11Key(uri("object=bare"), hsmPIN)
	must(t, err)
	fromFile, err := ldapbook.ClientCertificate(file, key)
	must(t, err)

	for name, test := range map[string]struct {
		cert *tls.Certificate
		uid  string
	}{
		"RSA by its label":                  {open(t, "object=rsa"), "p0000"},
		"elliptic curve by its id":          {open(t, "id=%02;type=private"), "p0001"},
		"key in the token, certificate not": {fromFile, "p0002"},
	} {
		t.Run("bind to slapd, "+name, func(t *testing.T) {
			for _, src := range both(s) { // TLS 1.3
				src.Auth = ldapbook.Auth{Method: ldapbook.AuthExternal, Certificate: test.cert}
				src.BindDN = "uid=" + test.uid + ",ou=people," + suffix
				c, err := ldapbook.Dial(t.Context(), src)
				if err != nil {
					t.Fatalf("%s: %v", src.Security, err)
				}
				must(t, c.Close())
			}
		})
		t.Run("TLS 1.2, "+name, func(t *testing.T) {
			config := s.CA.ServerTLS()
			config.MaxVersion, config.ClientAuth, config.ClientCAs = tls.VersionTLS12, tls.RequireAndVerifyClientCert, s.CA.Pool()
			server := ldaptest.New(ldaptest.Config{Suffix: suffix, TLS: config})
			t.Cleanup(server.Close)
			ln := listen(t)
			go server.ServeTLS(ln)
			src := ldapbook.Source{Name: "N", URLs: []string{"ldaps://" + ln.Addr().String()}, Security: ldapbook.TransportLDAPS,
				RootCAs: s.CA.Pool(), BaseDN: suffix, Auth: ldapbook.Auth{Certificate: test.cert}}
			c, err := ldapbook.Dial(t.Context(), src)
			must(t, err)
			must(t, c.Close())
		})
	}

	for name, test := range map[string]struct{ uri, pin, want string }{
		"no such key":                  {uri("object=none"), hsmPIN, "0 private keys"},
		"two keys of one label":        {uri("object=twin"), hsmPIN, "2 private keys"},
		"no such token":                {strings.Replace(uri("object=rsa"), "reader", "other", 1), hsmPIN, "0 tokens"},
		"no certificate":               {uri("object=bare"), hsmPIN, "no certificate"},
		"not a library":                {"pkcs11:object=rsa?module-path=" + file, hsmPIN, "not a PKCS #11 library"},
		"wrong PIN":                    {uri("object=rsa"), "000000", "PIN"},
		"the same wrong PIN once more": {uri("object=rsa"), "000000", "PIN"},
	} {
		t.Run(name, func(t *testing.T) {
			cert, err := ldapbook.OpenPKCS11(test.uri, test.pin)
			if cert != nil || !errors.Is(err, ldapbook.ErrSource) || !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
		})
	}
	if _, err := ldapbook.OpenPKCS11(uri("object=rsa"), "000000"); err == nil || !strings.Contains(err.Error(), "not tried again") {
		t.Error(err)
	}
	if _, err := ldapbook.ClientCertificate(file, open(t, "object=rsa").PrivateKey.(crypto.Signer)); !errors.Is(err, ldapbook.ErrSource) {
		t.Errorf("certificate of another key: %v", err)
	}
	publicOnly, err := ldapbook.OpenPKCS11Key(uri("id=%04"), hsmPIN)
	must(t, err)
	if !bareRSA.PublicKey.Equal(publicOnly.Public()) {
		t.Error("another public key")
	}
}
