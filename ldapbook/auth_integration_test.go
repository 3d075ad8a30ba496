//go:build integration

package ldapbook_test

import (
	"context"
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// both returns the source for ldaps and for StartTLS of a slapd.
func both(s *ldaptest.Slapd) []ldapbook.Source {
	ldaps := ldapbook.Source{Name: "Norland", Nation: "NOR", URLs: []string{s.TLSURL}, Security: ldapbook.TransportLDAPS,
		RootCAs: s.CA.Pool(), BaseDN: suffix, Timeout: 20 * time.Second}
	ldap := ldaps
	ldap.URLs, ldap.Security = []string{s.URL}, ldapbook.TransportStartTLS
	return []ldapbook.Source{ldaps, ldap}
}

// external is a slapd that knows people by their client certificates, whose common names are their uids.
func external(t *testing.T, verify string) *ldaptest.Slapd {
	t.Helper()
	return ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, RequireBind: true, Entries: crowd(3),
		Global: "TLSVerifyClient " + verify + "\nauthz-regexp \"^cn=([^,]+)$\" \"uid=$1,ou=people," + suffix + "\"\n"})
}

// clientCertificate goes by way of the files that an administrator would name.
func clientCertificate(t *testing.T, cert tls.Certificate) *tls.Certificate {
	t.Helper()
	certPEM, keyPEM, err := ldaptest.PEMPair(cert)
	must(t, err)
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "client.pem"), filepath.Join(dir, "client.key")
	must(t, os.WriteFile(certFile, certPEM, 0o600))
	must(t, os.WriteFile(keyFile, keyPEM, 0o600))
	loaded, err := ldapbook.LoadClientCertificate(certFile, keyFile)
	must(t, err)
	return loaded
}

// std: RFC4513 §5.2.3
func TestIntegrationExternal(t *testing.T) {
	s := external(t, "try")
	person := clientCertificate(t, special(t, s.CA, ldaptest.Special{CommonName: "p0001"}))
	stranger := clientCertificate(t, special(t, s.CA, ldaptest.Special{CommonName: "nobody"}))
	foreign := clientCertificate(t, special(t, ldaptest.NewCA("slapd test CA"), ldaptest.Special{CommonName: "p0001"}))
	expired := clientCertificate(t, special(t, s.CA, ldaptest.Special{CommonName: "p0001", NotAfter: time.Now().Add(-time.Minute)}))
	dn := crowd(2)[1].DN
	for name, test := range map[string]struct {
		cert *tls.Certificate
		dn   string
		want []error // any of them; nil: it binds
	}{
		"whoever it is":             {person, "", nil},
		"who is expected":           {person, strings.ToUpper(dn), nil},
		"another than expected":     {person, crowd(1)[0].DN, []error{ldapbook.ErrBind}},
		"a certificate of nobody":   {stranger, "uid=p0001,ou=people," + suffix, []error{ldapbook.ErrBind}},
		"a certificate of a foe":    {foreign, dn, []error{ldapbook.ErrTLS, ldapbook.ErrUnreachable}},
		"a certificate of the past": {expired, dn, []error{ldapbook.ErrTLS, ldapbook.ErrUnreachable}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, src := range both(s) {
				src.Auth = ldapbook.Auth{Method: ldapbook.AuthExternal, Certificate: test.cert}
				src.BindDN = test.dn
				var c *ldapbook.Conn
				err := bounded(t, func(ctx context.Context) (err error) {
					c, err = ldapbook.Dial(ctx, src)
					return err
				})
				if test.want == nil {
					must(t, err)
					if found, _, err := c.Search(t.Context(), ldapbook.Query{Text: "ola"}); err != nil || len(found) != 3 {
						t.Errorf("%s: %d, %v", src.Security, len(found), err)
					}
					must(t, c.Close())
					continue
				}
				if !anyOf(err, test.want) || !strings.Contains(err.Error(), "certificate") {
					t.Errorf("%s: %v", src.Security, err)
				}
			}
		})
	}
}

func anyOf(err error, wanted []error) bool {
	for _, w := range wanted {
		if errors.Is(err, w) {
			return true
		}
	}
	return false
}

// A server that doesn't ask for the certificate knows nobody.
func TestIntegrationExternalUnasked(t *testing.T) {
	s := external(t, "never")
	for _, src := range both(s) {
		src.Auth = ldapbook.Auth{Method: ldapbook.AuthExternal,
			Certificate: clientCertificate(t, special(t, s.CA, ldaptest.Special{CommonName: "p0001"}))}
		if _, err := ldapbook.Dial(t.Context(), src); !errors.Is(err, ldapbook.ErrBind) {
			t.Errorf("%s: %v", src.Security, err)
		}
	}
}

// A server may demand a certificate of everybody; the bind may be another one then.
func TestIntegrationCertificateDemanded(t *testing.T) {
	s := external(t, "demand")
	cert := clientCertificate(t, special(t, s.CA, ldaptest.Special{CommonName: "p0002"}))
	for _, src := range both(s) {
		src.BindDN, src.Password = s.BindDN, s.Password
		if c, err := ldapbook.Dial(t.Context(), src); err == nil {
			must(t, c.Close())
			t.Errorf("%s: without a certificate", src.Security)
		}
		src.Auth.Certificate = cert
		c, err := ldapbook.Dial(t.Context(), src)
		must(t, err)
		must(t, c.Close())
	}
}
