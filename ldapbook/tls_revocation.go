package ldapbook

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"time"
)

// notRevoked wants one of the chains to be without a revoked certificate, by lists that are valid at the time now.
//
// std: RFC5280 §6.3
func (t *Trust) notRevoked(chains [][]*x509.Certificate, now time.Time) (err error) {
	if len(t.CRLs) == 0 {
		return nil
	}
	for _, chain := range chains {
		if err = t.chainNotRevoked(chain, now); err == nil {
			return nil
		}
	}
	return err
}

func (t *Trust) chainNotRevoked(chain []*x509.Certificate, now time.Time) error {
	for i, cert := range chain[:len(chain)-1] { // the root is trusted by itself
		list, err := t.listOf(chain[i+1], now)
		if err != nil {
			return err
		}
		for _, entry := range list.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(cert.SerialNumber) == 0 {
				return fmt.Errorf("%w: %s, serial %x, revoked on %s, by the list of %s", ErrRevoked, cert.Subject,
					cert.SerialNumber, entry.RevocationTime.UTC().Format(time.DateOnly), list.Issuer)
			}
		}
	}
	return nil
}

// listOf returns the newest list of an issuer, which must be valid now.
func (t *Trust) listOf(issuer *x509.Certificate, now time.Time) (*x509.RevocationList, error) {
	var newest *x509.RevocationList
	var why error
	for _, list := range t.CRLs {
		if !bytes.Equal(list.RawIssuer, issuer.RawSubject) {
			continue
		}
		if err := list.CheckSignatureFrom(issuer); err != nil {
			// Another CA of the same name, or the issuer with an older key.
			why = fmt.Errorf("%w: the list of %s is not signed by it: %w", ErrRevocationList, issuer.Subject, err)
			continue
		}
		if err := wholeList(list); err != nil {
			why = err
			continue
		}
		if now.Before(list.ThisUpdate) {
			why = fmt.Errorf("%w: revocation list of %s not valid before %s", ErrRevocationList, issuer.Subject,
				list.ThisUpdate.UTC().Format(time.RFC3339))
			continue
		}
		if newest == nil || list.ThisUpdate.After(newest.ThisUpdate) {
			newest = list
		}
	}
	switch {
	case newest == nil && why != nil:
		return nil, why
	case newest == nil:
		return nil, fmt.Errorf("%w: no revocation list of %s", ErrRevocationList, issuer.Subject)
	case newest.NextUpdate.IsZero() || now.After(newest.NextUpdate):
		return nil, fmt.Errorf("%w: revocation list expired: that of %s, on %s", ErrRevocationList, issuer.Subject,
			newest.NextUpdate.UTC().Format(time.RFC3339))
	}
	return newest, nil
}

// wholeList refuses lists that don't speak of all certificates of their issuer (delta lists, parts, lists for others), which
// all say so in a critical extension.
//
// std: RFC5280 §5.2
func wholeList(list *x509.RevocationList) error {
	for _, e := range list.Extensions {
		if e.Critical {
			return fmt.Errorf("%w: that of %s has the critical extension %s: a complete list is needed", ErrRevocationList,
				list.Issuer, e.Id)
		}
	}
	for _, r := range list.RevokedCertificateEntries {
		for _, e := range r.Extensions {
			if e.Critical {
				return fmt.Errorf("%w: an entry in that of %s has the critical extension %s: a complete list is needed",
					ErrRevocationList, list.Issuer, e.Id)
			}
		}
	}
	return nil
}
