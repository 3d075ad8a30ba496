//go:build integration

package ldapbook_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

const realm = "NOR.EXAMPLE"

// kerberized is a slapd that knows people by their Kerberos principals, and its KDC.
func kerberized(t *testing.T) (*ldaptest.Slapd, *ldaptest.KDC) {
	t.Helper()
	k := ldaptest.StartKDC(t, realm)
	return kerberizedBy(t, k, ""), k
}

func kerberizedBy(t *testing.T, k *ldaptest.KDC, global string) *ldaptest.Slapd {
	t.Helper()
	return ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, RequireBind: true, Entries: crowd(3),
		Env:    []string{"KRB5_CONFIG=" + k.ConfigFile, "KRB5_KTNAME=FILE:" + k.Keytab("ldap/127.0.0.1")},
		Global: "sasl-host 127.0.0.1\nsasl-realm " + realm + "\nauthz-regexp \"^uid=([^,]+),.*cn=gssapi,cn=auth$\" \"uid=$1,ou=people," + suffix + "\"\n" + global})
}

// std: RFC4752 §3.1
func TestIntegrationGSSAPI(t *testing.T) {
	s, k := kerberized(t)
	user := "p0001@" + realm
	keytab := k.Keytab(user)
	for name, kerberos := range map[string]ldapbook.Kerberos{
		"keytab":                  {Keytab: keytab, Principal: user},
		"credentials cache":       {CCache: k.CCache(user, keytab, time.Hour)},
		"the service by its name": {Keytab: keytab, Principal: user, Service: "ldap/127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			kerberos.ConfigFile = k.ConfigFile
			for _, src := range both(s) {
				src.Auth = ldapbook.Auth{Method: ldapbook.AuthGSSAPI, Kerberos: &kerberos}
				src.BindDN = crowd(2)[1].DN // whom the server must take us for
				c, err := ldapbook.Dial(t.Context(), src)
				if err != nil {
					t.Fatalf("%s: %v", src.Security, err)
				}
				if found, _, err := c.Search(t.Context(), ldapbook.Query{Text: "ola"}); err != nil || len(found) != 3 {
					t.Errorf("%s: %d, %v", src.Security, len(found), err)
				}
				must(t, c.Close())
			}
		})
	}
}

func TestIntegrationGSSAPIRefused(t *testing.T) {
	s, k := kerberized(t)
	user := "p0001@" + realm
	void := k.Keytab(user)
	keytab := k.Keytab(user) // makes the other one void
	silent := listen(t)      // accepts, and says nothing
	closed := listen(t)
	must(t, closed.Close())
	expired := k.CCache(user, keytab, time.Second)
	k.AwaitExpiry(expired)
	empty := filepath.Join(t.TempDir(), "empty")
	must(t, os.WriteFile(empty, nil, 0o600))
	for name, test := range map[string]struct {
		kerberos ldapbook.Kerberos
		dn       string
		want     []error
		text     string
	}{
		"no such principal": {ldapbook.Kerberos{Keytab: keytab, Principal: "nobody@" + realm}, "",
			[]error{ldapbook.ErrTicket, ldapbook.ErrBind}, "nobody"},
		"no such principal at the KDC": {ldapbook.Kerberos{Keytab: k.Keytab("gone@" + realm), Principal: "gone@" + realm}, "",
			[]error{ldapbook.ErrTicket, ldapbook.ErrBind}, "PRINCIPAL"},
		"key that was changed": {ldapbook.Kerberos{Keytab: void, Principal: user}, "",
			[]error{ldapbook.ErrTicket, ldapbook.ErrBind}, ""},
		"expired ticket": {ldapbook.Kerberos{CCache: expired}, "", []error{ldapbook.ErrTicket, ldapbook.ErrBind}, "expired at"},
		"empty cache":    {ldapbook.Kerberos{CCache: empty}, "", []error{ldapbook.ErrTicket, ldapbook.ErrBind}, ""},
		"no such keytab": {ldapbook.Kerberos{Keytab: "/nonexistent", Principal: user}, "",
			[]error{ldapbook.ErrTicket, ldapbook.ErrBind}, "/nonexistent"},
		"no such service": {ldapbook.Kerberos{Keytab: keytab, Principal: user, Service: "ldap/other.example"}, "",
			[]error{ldapbook.ErrTicket, ldapbook.ErrBind}, "ldap/other.example"},
		"KDC down": {ldapbook.Kerberos{ConfigFile: k.ConfigFor(closed.Addr().String()), Keytab: keytab, Principal: user}, "",
			[]error{ldapbook.ErrTicket, ldapbook.ErrUnreachable}, ""},
		"KDC silent": {ldapbook.Kerberos{ConfigFile: k.ConfigFor(silent.Addr().String()), Keytab: keytab, Principal: user}, "",
			[]error{ldapbook.ErrTicket, ldapbook.ErrTimeout}, ""},
		"no configuration file": {ldapbook.Kerberos{ConfigFile: "/nonexistent", Keytab: keytab, Principal: user}, "",
			[]error{ldapbook.ErrTicket, ldapbook.ErrBind}, "/nonexistent"},
		"another person than expected": {ldapbook.Kerberos{Keytab: keytab, Principal: user}, crowd(1)[0].DN,
			[]error{ldapbook.ErrBind}, "p0001"},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(name, "at the KDC") {
				k.Remove("gone@" + realm)
			}
			src := both(s)[0]
			src.Timeout = 2 * time.Second
			if test.kerberos.ConfigFile == "" {
				test.kerberos.ConfigFile = k.ConfigFile
			}
			src.Auth, src.BindDN = ldapbook.Auth{Method: ldapbook.AuthGSSAPI, Kerberos: &test.kerberos}, test.dn
			err := bounded(t, func(ctx context.Context) error {
				_, err := ldapbook.Dial(ctx, src)
				return err
			})
			for _, want := range test.want {
				if !errors.Is(err, want) {
					t.Errorf("%v is not %v", err, want)
				}
			}
			if err != nil && !strings.Contains(err.Error(), test.text) {
				t.Error(err)
			}
		})
	}
}

// relay is a server in the middle: its certificate is good, and all that it is told it tells the real server.
func relay(t *testing.T, s *ldaptest.Slapd) (url string) {
	t.Helper()
	ln := tls.NewListener(listen(t), s.CA.ServerTLS())
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			real, err := tls.Dial("tcp", strings.TrimPrefix(s.TLSURL, "ldaps://"), &tls.Config{RootCAs: s.CA.Pool()})
			if err != nil {
				_ = c.Close()
				return
			}
			go func() { _, _ = io.Copy(real, c); _ = real.Close() }()
			go func() { _, _ = io.Copy(c, real); _ = c.Close() }()
		}
	}()
	return "ldaps://" + ln.Addr().String()
}

// A Kerberos bind is bound to its TLS connection: a server that looks at that doesn't take it from one in the middle.
//
// std: RFC5929 §4
func TestIntegrationGSSAPIChannelBinding(t *testing.T) {
	k := ldaptest.StartKDC(t, realm)
	user := "p0001@" + realm
	keytab := k.Keytab(user)
	for name, test := range map[string]struct {
		binding string
		relayed bool
		want    error
	}{
		"directly":                        {"tls-endpoint", false, nil},
		"through the middle":              {"tls-endpoint", true, ldapbook.ErrBind},
		"through, and nobody looks at it": {"none", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := kerberizedBy(t, k, "sasl-cbinding "+test.binding+"\n")
			src := both(s)[0]
			src.Auth = ldapbook.Auth{Method: ldapbook.AuthGSSAPI, Kerberos: &ldapbook.Kerberos{ConfigFile: k.ConfigFile, Keytab: keytab, Principal: user}}
			if test.relayed {
				src.URLs = []string{relay(t, s)}
			}
			c, err := ldapbook.Dial(t.Context(), src)
			if !errors.Is(err, test.want) {
				t.Fatal(err)
			}
			if err == nil {
				must(t, c.Close())
			}
		})
	}
}
