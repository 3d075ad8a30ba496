package ldapbook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"caveat/ldapbook/internal/wire"
)

// errIdentity: the certificate or ticket stands for somebody else.
var errIdentity = errors.New("the account is not the expected one")

// method is how the source binds, with the default resolved.
func (s *Source) method() AuthMethod {
	switch {
	case s.Auth.Method != AuthDefault:
		return s.Auth.Method
	case s.BindDN != "":
		return AuthSimple
	default:
		return AuthAnonymous
	}
}

// authenticate binds on a connection that is secured as the source wants it.
//
// std: RFC4513 §5.2.3
func authenticate(ctx context.Context, client *wire.Client, s *Source, host string, until time.Time) error {
	switch s.method() {
	case AuthSimple:
		return client.Bind(ctx, time.Until(until), s.BindDN, s.Password)
	case AuthExternal:
		// An empty authorization identity: the one that the certificate stands for.
		_, more, err := client.BindSASL(ctx, time.Until(until), "EXTERNAL", []byte{})
		if err == nil && more {
			err = fmt.Errorf("%w: the server does not end the EXTERNAL bind", wire.ErrMalformed)
		}
		if err != nil {
			return err
		}
	case AuthGSSAPI:
		service := s.Auth.Kerberos.Service
		if service == "" {
			service = "ldap/" + cmp.Or(s.ServerName, host)
		}
		if err := bindGSSAPI(ctx, client, s.Auth.Kerberos, service, until); err != nil {
			return err
		}
	default:
		return nil
	}
	return boundAs(ctx, client, s.BindDN, until)
}

// boundAs wants the server to take the client for dn, where that isn't empty: a certificate or ticket that the server knows
// nobody for is not always refused.
//
// std: RFC4532 §2
func boundAs(ctx context.Context, client *wire.Client, dn string, until time.Time) error {
	if dn == "" {
		return nil
	}
	identity, err := client.WhoAmI(ctx, time.Until(until))
	if err != nil {
		return err
	}
	if got, ok := strings.CutPrefix(identity, "dn:"); !ok || FoldDN(got) != FoldDN(dn) {
		return fmt.Errorf("%w: it is taken for %.200q, not for %q", errIdentity, identity, dn)
	}
	return nil
}

// bindError classifies an error of a bind. refused: the server, or the KDC, judged the credentials and wants none of them.
func bindError(err error) (kind error, refused bool) {
	switch kind := classify(err); kind {
	case ErrRefused, ErrNoSuchBase, ErrReferral, ErrBind:
		return ErrBind, true
	default:
		return kind, false
	}
}
