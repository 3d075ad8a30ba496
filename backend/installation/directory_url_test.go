package installation_test

import (
	"errors"
	"strings"
	"testing"

	"caveat/backend/installation"
)

// What is pasted with a password in it is refused, and no error repeats it: files, bundles, answers and the log are read by many.
func TestAddressesHoldNoPassword(t *testing.T) {
	const password = "Zq7secret"
	for _, raw := range []string{
		"ldap://cn=x:" + password + "@ldap.atl.example", "ldap://" + password + "@ldap.atl.example", "ldap://ldap.atl.example/dc=atl????X-BINDPW=" + password,
		"ldap://ldap.atl.example/" + password, "ldap://ldap.atl.example?" + password, "ldap://ldap.atl.example#" + password, "ldap://cn=x:" + password + "@host:port",
		"ldaps://ldap.atl.example/" + password, "http://" + password, "ldap://%zz" + password,
	} {
		refused(t, raw, password, directory(t, 0, func(d *installation.DirectoryFile) { d.URLs = []string{"ldap://ldap.atl.example", raw} }))
	}
	for _, raw := range []string{"reader:" + password + "@ldap.atl.example:389", password + "@ldap.atl.example:389", "ldap.atl.example:389/" + password} {
		refused(t, raw, password, directory(t, 0, func(d *installation.DirectoryFile) { d.Referrals = []string{raw} }))
	}
	for _, raw := range []string{"smtp://hq:" + password + "@mail.atl.example:587", "hq:" + password + "@mail.atl.example:587", password + "@mail.atl.example:587", "mail.atl.example:587/" + password} {
		f := valid(t)
		f.Accounts[0].Address = raw
		refused(t, raw, password, f)
		f = valid(t)
		f.Audit.Syslog, f.Audit.SyslogCA = raw, "ca"
		refused(t, raw, password, f)
	}
	for _, raw := range []string{"ldap://ldap.atl.example", "ldap://ldap.atl.example:1389/", "ldap://[::1]:389"} {
		if _, err := load(t, directory(t, 0, func(d *installation.DirectoryFile) { d.URLs = []string{raw} })); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// A private key beside a CA's certificates is refused, inline and in a file.
func TestCAHoldsNoKey(t *testing.T) {
	const body = "MC4CAQAwBQYDK2VwBCIEIAZq7secret"
	f := valid(t)
	f.CAs[0].PEM += "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n"
	refused(t, "a key in [[ca]]", body, f)
	f.CAs[0].File, f.CAs[0].PEM = write(t, t.TempDir(), "ca.pem", f.CAs[0].PEM), ""
	refused(t, "a key in the file of a [[ca]]", body, f)
	f = valid(t)
	f.CAs = append(f.CAs, installation.CAFile{Name: "signer", PEM: caPEM() + "-----BEGIN EC PRIVATE KEY-----\n" + body})
	f.Policies[0].Signer, f.Policies[0].AcceptUnsigned = "signer", ""
	refused(t, "a key beside a signer's certificate", body, f)
}

func refused(t *testing.T, what, secret string, f installation.File) {
	t.Helper()
	_, err := load(t, f)
	switch {
	case !errors.Is(err, installation.ErrInvalid):
		t.Errorf("%s: %v", what, err)
	case strings.Contains(err.Error(), secret):
		t.Errorf("%s: the error repeats it: %v", what, err)
	}
}
