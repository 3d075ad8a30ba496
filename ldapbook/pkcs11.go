//go:build pkcs11 && cgo

package ldapbook

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"

	"github.com/miekg/pkcs11"
)

// OpenPKCS11 returns the certificate, for Auth.Certificate, whose private key is in a token (smart card, HSM) at a PKCS #11
// address (RFC 7512), such as "pkcs11:token=reader;object=ldap?module-path=/usr/lib/softhsm/libsofthsm2.so". The certificate
// must be in the token under the key's id; where it is a file, use OpenPKCS11Key and ClientCertificate. The key stays in the
// token; each handshake logs in and asks it. A PIN that the token refused is not tried again, so that the token isn't locked.
// Errors: ErrSource.
func OpenPKCS11(uri, pin string) (*tls.Certificate, error) {
	key, err := openToken(uri, pin)
	if err != nil {
		return nil, err
	}
	if key.certificate == nil {
		return nil, fmt.Errorf("%w: %s: there is no certificate with the key's id in the token", ErrSource, uri)
	}
	return &tls.Certificate{Certificate: [][]byte{key.certificate.Raw}, PrivateKey: key, Leaf: key.certificate}, nil
}

// OpenPKCS11Key returns a private key in a token, as OpenPKCS11 does, without its certificate. It is safe for concurrent use.
// Errors: ErrSource.
func OpenPKCS11Key(uri, pin string) (crypto.Signer, error) {
	key, err := openToken(uri, pin)
	if err != nil {
		return nil, err // not a nil *tokenKey in an interface
	}
	return key, nil
}

// modules are the libraries that are loaded: each once, for the whole life of the program (PKCS #11 v2.40, C_Initialize).
var modules = struct {
	sync.Mutex
	byPath map[string]*module
}{byPath: map[string]*module{}}

// module is a loaded library. Its mutex makes login, signing and logout one step.
type module struct {
	sync.Mutex
	ctx     *pkcs11.Ctx
	refused map[[32]byte]bool // sums of slot and PIN
}

func loadModule(path string) (*module, error) {
	modules.Lock()
	defer modules.Unlock()
	if m, ok := modules.byPath[path]; ok {
		return m, nil
	}
	ctx := pkcs11.New(path)
	if ctx == nil {
		return nil, fmt.Errorf("%s is not a PKCS #11 library", path)
	}
	if err := ctx.Initialize(); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		ctx.Destroy()
		return nil, err
	}
	m := &module{ctx: ctx, refused: map[[32]byte]bool{}}
	modules.byPath[path] = m
	return m, nil
}

// tokenKey is a private key in a token.
type tokenKey struct {
	module      *module
	uri         pkcs11URI
	pin         string
	public      crypto.PublicKey
	certificate *x509.Certificate // nil: not in the token
}

func openToken(raw, pin string) (*tokenKey, error) {
	uri, err := parsePKCS11(raw)
	if err != nil {
		return nil, err
	}
	m, err := loadModule(uri.module)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrSource, raw, err)
	}
	k := &tokenKey{module: m, uri: uri, pin: pin}
	if err := k.session(k.readPublic); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrSource, raw, err)
	}
	return k, nil
}

// Public returns the public key: *rsa.PublicKey or *ecdsa.PublicKey.
func (k *tokenKey) Public() crypto.PublicKey { return k.public }

// session logs in, finds the key, runs do, and logs out. That each use does so survives a card that was taken out.
func (k *tokenKey) session(do func(s pkcs11.SessionHandle, key pkcs11.ObjectHandle) error) error {
	m := k.module
	m.Lock()
	defer m.Unlock()
	slot, err := k.slot()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", slot, k.pin))
	if m.refused[sum] {
		return errors.New("the token refused this PIN before: it is not tried again")
	}
	s, err := m.ctx.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return err
	}
	defer func() { _ = m.ctx.CloseSession(s) }()
	switch err := m.ctx.Login(s, pkcs11.CKU_USER, k.pin); {
	case errors.Is(err, pkcs11.Error(pkcs11.CKR_PIN_INCORRECT)), errors.Is(err, pkcs11.Error(pkcs11.CKR_PIN_LEN_RANGE)):
		m.refused[sum] = true
		return err
	case err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)):
		return err
	}
	defer func() { _ = m.ctx.Logout(s) }()
	keys, err := k.find(s, pkcs11.CKO_PRIVATE_KEY, k.uri.object, k.uri.id)
	if err != nil {
		return err
	}
	if len(keys) != 1 {
		return fmt.Errorf("%d private keys fit, not one", len(keys))
	}
	return do(s, keys[0])
}

// slot finds the one token that fits.
func (k *tokenKey) slot() (uint, error) {
	slots, err := k.module.ctx.GetSlotList(true)
	if err != nil {
		return 0, err
	}
	var fit []uint
	for _, slot := range slots {
		info, err := k.module.ctx.GetTokenInfo(slot)
		if err != nil {
			continue // taken out in between
		}
		if fits(k.uri.token, info.Label) && fits(k.uri.manufacturer, info.ManufacturerID) &&
			fits(k.uri.serial, info.SerialNumber) && fits(k.uri.model, info.Model) {
			fit = append(fit, slot)
		}
	}
	if len(fit) != 1 {
		return 0, fmt.Errorf("%d tokens fit, not one", len(fit))
	}
	return fit[0], nil
}

func fits(wanted, has string) bool { return wanted == "" || wanted == has }

func (k *tokenKey) find(s pkcs11.SessionHandle, class uint, label string, id []byte) ([]pkcs11.ObjectHandle, error) {
	template := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, class)}
	if label != "" {
		template = append(template, pkcs11.NewAttribute(pkcs11.CKA_LABEL, label))
	}
	if len(id) > 0 {
		template = append(template, pkcs11.NewAttribute(pkcs11.CKA_ID, id))
	}
	ctx := k.module.ctx
	if err := ctx.FindObjectsInit(s, template); err != nil {
		return nil, err
	}
	found, _, err := ctx.FindObjects(s, 100)
	if end := ctx.FindObjectsFinal(s); err == nil {
		err = end
	}
	return found, err
}

// readPublic takes the public key from the certificate, or from the public key beside the private one.
func (k *tokenKey) readPublic(s pkcs11.SessionHandle, key pkcs11.ObjectHandle) error {
	attrs, err := k.module.ctx.GetAttributeValue(s, key, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_ID, nil)})
	if err != nil {
		return err
	}
	id := bytes.Clone(attrs[0].Value)
	if len(id) == 0 {
		return errors.New("the key has no id, by which its certificate or public key could be found")
	}
	certificates, err := k.find(s, pkcs11.CKO_CERTIFICATE, "", id)
	if err != nil {
		return err
	}
	if len(certificates) > 0 {
		return k.readCertificate(s, certificates[0])
	}
	publics, err := k.find(s, pkcs11.CKO_PUBLIC_KEY, "", id)
	if err != nil {
		return err
	}
	if len(publics) == 0 {
		return errors.New("the token holds neither the key's certificate nor its public key")
	}
	k.public, err = k.publicKey(s, publics[0])
	return err
}

func (k *tokenKey) readCertificate(s pkcs11.SessionHandle, object pkcs11.ObjectHandle) error {
	attrs, err := k.module.ctx.GetAttributeValue(s, object, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil)})
	if err != nil {
		return err
	}
	if k.certificate, err = x509.ParseCertificate(attrs[0].Value); err != nil {
		return err
	}
	k.public = k.certificate.PublicKey
	return nil
}
