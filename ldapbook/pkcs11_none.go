//go:build !pkcs11 || !cgo

package ldapbook

import (
	"crypto"
	"crypto/tls"
	"fmt"
)

var errNoPKCS11 = fmt.Errorf("%w: this program was built without PKCS #11: build it with CGO_ENABLED=1 and -tags pkcs11", ErrSource)

// OpenPKCS11 is only there with the build tag pkcs11 and cgo. ErrSource; it says how to build the program.
func OpenPKCS11(uri, _ string) (*tls.Certificate, error) {
	if _, err := parsePKCS11(uri); err != nil {
		return nil, err
	}
	return nil, errNoPKCS11
}

// OpenPKCS11Key is only there with the build tag pkcs11 and cgo. ErrSource; it says how to build the program.
func OpenPKCS11Key(uri, _ string) (crypto.Signer, error) {
	if _, err := parsePKCS11(uri); err != nil {
		return nil, err
	}
	return nil, errNoPKCS11
}
