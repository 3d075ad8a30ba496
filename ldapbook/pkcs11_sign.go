//go:build pkcs11 && cgo

package ldapbook

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/miekg/pkcs11"
)

// Sign has the token sign a digest: RSA (PKCS #1 v1.5, PSS) and ECDSA, as TLS 1.2 and 1.3 want it.
func (k *tokenKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) (signature []byte, err error) {
	mechanism, input, err := k.mechanism(digest, opts)
	if err != nil {
		return nil, err
	}
	err = k.session(func(s pkcs11.SessionHandle, key pkcs11.ObjectHandle) (err error) {
		if err = k.module.ctx.SignInit(s, []*pkcs11.Mechanism{mechanism}, key); err == nil {
			signature, err = k.module.ctx.Sign(s, input)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("PKCS #11 token: %w", err)
	}
	if _, ok := k.public.(*ecdsa.PublicKey); ok {
		half := len(signature) / 2
		return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])})
	}
	return signature, nil
}

// hashes are a hash's mechanism, mask generation function and DigestInfo up to the digest (RFC 8017 section 9.2).
var hashes = map[crypto.Hash]struct {
	mechanism, mgf uint
	prefix         []byte
}{
	crypto.SHA256: {pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256, digestInfo(1, 32)},
	crypto.SHA384: {pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384, digestInfo(2, 48)},
	crypto.SHA512: {pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512, digestInfo(3, 64)},
}

func digestInfo(hash, size byte) []byte {
	return []byte{0x30, 17 + size, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, hash, 5, 0, 4, size}
}

func (k *tokenKey) mechanism(digest []byte, opts crypto.SignerOpts) (*pkcs11.Mechanism, []byte, error) {
	if opts == nil || len(digest) != opts.HashFunc().Size() {
		return nil, nil, errors.New("the digest has not its hash's length")
	}
	if _, ok := k.public.(*ecdsa.PublicKey); ok {
		return pkcs11.NewMechanism(pkcs11.CKM_ECDSA, nil), digest, nil
	}
	hash, ok := hashes[opts.HashFunc()]
	if !ok {
		return nil, nil, fmt.Errorf("hash %v is not supported", opts.HashFunc())
	}
	pss, ok := opts.(*rsa.PSSOptions)
	if !ok {
		return pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS, nil), append(bytes.Clone(hash.prefix), digest...), nil
	}
	salt := pss.SaltLength
	if salt == rsa.PSSSaltLengthEqualsHash || salt == rsa.PSSSaltLengthAuto {
		salt = len(digest)
	}
	params := pkcs11.NewPSSParams(hash.mechanism, hash.mgf, uint(salt))
	return pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS_PSS, params), digest, nil
}

// publicKey reads a public key object.
func (k *tokenKey) publicKey(s pkcs11.SessionHandle, object pkcs11.ObjectHandle) (crypto.PublicKey, error) {
	get := func(types ...uint) ([]*pkcs11.Attribute, error) {
		var template []*pkcs11.Attribute
		for _, t := range types {
			template = append(template, pkcs11.NewAttribute(t, nil))
		}
		return k.module.ctx.GetAttributeValue(s, object, template)
	}
	if a, err := get(pkcs11.CKA_MODULUS, pkcs11.CKA_PUBLIC_EXPONENT); err == nil {
		return &rsa.PublicKey{N: new(big.Int).SetBytes(a[0].Value), E: int(new(big.Int).SetBytes(a[1].Value).Int64())}, nil
	}
	a, err := get(pkcs11.CKA_EC_PARAMS, pkcs11.CKA_EC_POINT)
	if err != nil {
		return nil, errors.New("its public key is neither of RSA nor of an elliptic curve")
	}
	var oid asn1.ObjectIdentifier
	var point []byte
	if _, err := asn1.Unmarshal(a[0].Value, &oid); err != nil {
		return nil, fmt.Errorf("its curve: %w", err)
	}
	if _, err := asn1.Unmarshal(a[1].Value, &point); err != nil {
		return nil, fmt.Errorf("its point: %w", err)
	}
	curve, ok := map[string]elliptic.Curve{"1.2.840.10045.3.1.7": elliptic.P256(), "1.3.132.0.34": elliptic.P384(),
		"1.3.132.0.35": elliptic.P521()}[oid.String()]
	if !ok {
		return nil, fmt.Errorf("its curve %s is not supported", oid)
	}
	return ecdsa.ParseUncompressedPublicKey(curve, point)
}
