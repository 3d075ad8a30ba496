package ldapbook_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// TestSourceSecurity: what a source says of its security must fit together; nothing is sent otherwise.
func TestSourceSecurity(t *testing.T) {
	cert, err := ldaptest.NewCA("x").Certificate("reader")
	must(t, err)
	kerberos := ldapbook.Kerberos{ConfigFile: "/etc/krb5.conf", Keytab: "/keytab", Principal: "reader@NOR.EXAMPLE"}
	plain := func(s *ldapbook.Source) {
		s.Security, s.URLs, s.RootCAs = ldapbook.TransportPlain, []string{"ldap://127.0.0.1:1"}, nil
	}
	for name, test := range map[string]struct {
		spoil func(s *ldapbook.Source)
		want  string // in the error; empty: it is good, and nobody answers
	}{
		"good":                     {func(*ldapbook.Source) {}, ""},
		"plain, and said to be so": {plain, ""},
		"ldap without StartTLS":    {func(s *ldapbook.Source) { s.URLs = []string{"ldap://127.0.0.1:1"} }, "wants ldaps://"},
		"ldaps with StartTLS": {func(s *ldapbook.Source) { s.Security = ldapbook.TransportStartTLS },
			"wants ldap://"},
		"ldaps that is said to be plain": {func(s *ldapbook.Source) { s.Security = ldapbook.TransportPlain }, "wants ldap://"},
		"one of several servers in the clear": {func(s *ldapbook.Source) { s.URLs = append(s.URLs, "ldap://127.0.0.1") },
			"wants ldaps://"},
		"a client certificate in the clear": {func(s *ldapbook.Source) { plain(s); s.Auth.Certificate = &cert }, "no TLS to show it"},
		"pins in the clear":                 {func(s *ldapbook.Source) { plain(s); s.Trust.Pins = [][32]byte{{}} }, "no TLS to use them"},
		"revocation lists in the clear": {func(s *ldapbook.Source) { plain(s); s.Trust.CRLs = []*x509.RevocationList{{}} },
			"no TLS to use them"},
		"a password in the URL": {func(s *ldapbook.Source) { s.URLs = []string{"ldaps://cn=x:secret@127.0.0.1:1"} },
			"more than a scheme"},
		"a URL with a base and an extension": {func(s *ldapbook.Source) { s.URLs = []string{"ldaps://127.0.0.1:1/dc=x????X-BINDPW=secret"} },
			"more than a scheme"},
		"a URL that cannot be read":      {func(s *ldapbook.Source) { s.URLs = []string{"ldaps://cn=x:secret@127.0.0.1:port"} }, "cannot be read"},
		"external":                       {func(s *ldapbook.Source) { s.Auth = ldapbook.Auth{Method: ldapbook.AuthExternal, Certificate: &cert} }, ""},
		"external without a certificate": {func(s *ldapbook.Source) { s.Auth.Method = ldapbook.AuthExternal }, "has none"},
		"external in the clear":          {func(s *ldapbook.Source) { plain(s); s.Auth.Method = ldapbook.AuthExternal }, "needs TLS"},
		"external with a password": {func(s *ldapbook.Source) {
			s.Auth, s.Password = ldapbook.Auth{Method: ldapbook.AuthExternal, Certificate: &cert}, "secret"
		}, "has a password"},
		"anonymous with a password": {func(s *ldapbook.Source) { s.Auth.Method, s.Password = ldapbook.AuthAnonymous, "secret" },
			"binds anonymously, but"},
		"anonymous with a name": {func(s *ldapbook.Source) { s.Auth.Method, s.BindDN = ldapbook.AuthAnonymous, "cn=x" },
			"binds anonymously, but"},
		"a password without a name": {func(s *ldapbook.Source) { s.Password = "secret" }, "but has a bind DN or password"},
		"simple without a name":     {func(s *ldapbook.Source) { s.Auth.Method, s.Password = ldapbook.AuthSimple, "secret" }, "not both"},
		"unknown method":            {func(s *ldapbook.Source) { s.Auth.Method = "digest-md5" }, "no way to bind"},
		"Kerberos settings, but not used": {func(s *ldapbook.Source) { s.Auth.Kerberos = &kerberos },
			"Kerberos settings"},
		"GSSAPI in the clear": {func(s *ldapbook.Source) {
			plain(s)
			s.Auth = ldapbook.Auth{Method: ldapbook.AuthGSSAPI, Kerberos: &kerberos}
		}, "needs TLS"},
		"GSSAPI without settings": {func(s *ldapbook.Source) { s.Auth.Method = ldapbook.AuthGSSAPI }, "configuration file"},
		"GSSAPI without key": {withKerberos(kerberos, func(k *ldapbook.Kerberos) { k.Keytab = "" }),
			"either a keytab or a credentials cache"},
		"GSSAPI with two keys": {withKerberos(kerberos, func(k *ldapbook.Kerberos) { k.CCache = "/cc" }),
			"either a keytab or a credentials cache"},
		"a principal without realm": {withKerberos(kerberos, func(k *ldapbook.Kerberos) { k.Principal = "reader" }), "user@REALM"},
		"a referral without a port": {func(s *ldapbook.Source) { s.Referrals = []string{"other.example"} }, "host:port"},
		"a referral that is a URL":  {func(s *ldapbook.Source) { s.Referrals = []string{"ldaps://other.example:636"} }, "host:port"},
		"a negative rate":           {func(s *ldapbook.Source) { s.Rate = -1 }, "negative"},
		"a file is not dialled": {func(s *ldapbook.Source) {
			s.URLs, s.Security, s.Refresh.LDIF = nil, "", "/data.ldif"
		}, "not a server"},
		"a file and a server": {func(s *ldapbook.Source) { s.Refresh.LDIF = "/data.ldif" }, "both an LDIF file and a URL"},
	} {
		t.Run(name, func(t *testing.T) {
			src := ldapbook.Source{Name: "N", URLs: []string{"ldaps://127.0.0.1:1"}, Security: ldapbook.TransportLDAPS,
				RootCAs: ldaptest.NewCA("x").Pool()}
			test.spoil(&src)
			_, err := ldapbook.Dial(t.Context(), src)
			if test.want == "" {
				if !errors.Is(err, ldapbook.ErrUnreachable) {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, ldapbook.ErrSource) || !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the password: %v", err)
			}
		})
	}
}

func withKerberos(k ldapbook.Kerberos, spoil func(*ldapbook.Kerberos)) func(*ldapbook.Source) {
	return func(s *ldapbook.Source) {
		spoil(&k)
		s.Auth = ldapbook.Auth{Method: ldapbook.AuthGSSAPI, Kerberos: &k}
	}
}

// A client certificate goes with every handshake, whatever the way to bind, also when the server names other CAs.
func TestClientCertificateIsOffered(t *testing.T) {
	ca := ldaptest.NewCA("CA")
	cert, err := ca.Certificate("reader")
	must(t, err)
	other := ldaptest.NewCA("another")
	for name, config := range map[string]*tls.Config{
		"required":                 {ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.Pool()},
		"any, others named":        {ClientAuth: tls.RequireAnyClientCert, ClientCAs: other.Pool()},
		"TLS 1.2, required":        {ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.Pool(), MaxVersion: tls.VersionTLS12},
		"of another CA is refused": {ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: other.Pool()},
	} {
		t.Run(name, func(t *testing.T) {
			config.Certificates = ca.ServerTLS().Certificates
			s := ldaptest.New(ldaptest.Config{Suffix: suffix, TLS: config})
			t.Cleanup(s.Close)
			plain, secure := listen(t), listen(t)
			go s.Serve(plain)
			go s.ServeTLS(secure)
			for _, src := range []ldapbook.Source{
				{Security: ldapbook.TransportLDAPS, URLs: []string{"ldaps://" + secure.Addr().String()}},
				{Security: ldapbook.TransportStartTLS, URLs: []string{"ldap://" + plain.Addr().String()}},
			} {
				src.Name, src.RootCAs, src.BaseDN, src.Auth.Certificate = "N", ca.Pool(), suffix, &cert
				c, err := ldapbook.Dial(t.Context(), src)
				if err == nil { // with TLS 1.3 a refusal comes with the first answer
					_, _, err = c.Search(t.Context(), ldapbook.Query{Text: "x"})
					must(t, c.Close())
				}
				if refused := name == "of another CA is refused"; refused != (err != nil) ||
					refused && !errors.Is(err, ldapbook.ErrTLS) && !errors.Is(err, ldapbook.ErrUnreachable) {
					t.Errorf("%s: %v", src.Security, err)
				}
			}
		})
	}
}
