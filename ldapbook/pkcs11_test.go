package ldapbook_test

import (
	"errors"
	"strings"
	"testing"

	"caveat/ldapbook"
)

// The address of a key is judged the same in programs with and without PKCS #11.
func TestPKCS11Address(t *testing.T) {
	for name, test := range map[string]struct{ uri, want string }{
		"another scheme":        {"file:/k.pem", "begins with pkcs11:"},
		"no library":            {"pkcs11:object=k", "module-path is missing"},
		"no key":                {"pkcs11:token=t?module-path=/nonexistent.so", "object or id is missing"},
		"a PIN in it":           {"pkcs11:object=k?module-path=/nonexistent.so&pin-value=1234", "PIN does not belong"},
		"the source of a PIN":   {"pkcs11:object=k?module-path=/nonexistent.so&pin-source=/pin", "PIN does not belong"},
		"a certificate":         {"pkcs11:object=k;type=cert?module-path=/nonexistent.so", "must be that of a private key"},
		"unknown attribute":     {"pkcs11:object=k;slot-id=1?module-path=/nonexistent.so", "slot-id"},
		"twice":                 {"pkcs11:object=k;object=l?module-path=/nonexistent.so", "object"},
		"bad escape":            {"pkcs11:object=%zz?module-path=/nonexistent.so", "object"},
		"no value":              {"pkcs11:object?module-path=/nonexistent.so", "object"},
		"good, but nobody home": {"pkcs11:token=t;object=k;type=private;id=%01%ff?module-path=/nonexistent.so", "PKCS #11"},
	} {
		t.Run(name, func(t *testing.T) {
			cert, err := ldapbook.OpenPKCS11(test.uri, "1234")
			key, keyErr := ldapbook.OpenPKCS11Key(test.uri, "1234")
			for _, err := range []error{err, keyErr} {
				if !errors.Is(err, ldapbook.ErrSource) || !strings.Contains(err.Error(), test.want) {
					t.Error(err)
				}
				if strings.Contains(err.Error(), "1234") {
					t.Errorf("the PIN: %v", err)
				}
			}
			if cert != nil || key != nil {
				t.Error("something is returned")
			}
		})
	}
}
