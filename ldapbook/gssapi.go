package ldapbook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/krberror"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"caveat/ldapbook/internal/wire"
)

const mechanismGSSAPI = "GSSAPI"

// errNoKDC: the network's failure, not a refusal.
var errNoKDC = errors.New("no KDC can be reached")

// bindGSSAPI binds by a Kerberos ticket. No security layer is negotiated: Source.validate wants TLS around it.
//
// std: RFC4752 §3.1
func bindGSSAPI(ctx context.Context, conn *wire.Client, k *Kerberos, service string, until time.Time) error {
	security, token, err := k.initiate(ctx, service, channelBinding(conn), until)
	if err != nil {
		return err
	}
	answer, more, err := conn.BindSASL(ctx, time.Until(until), mechanismGSSAPI, token)
	if err != nil {
		return err
	}
	if err := security.accepted(answer); err != nil {
		return err
	}
	if !more {
		return fmt.Errorf("%w: the server ended the GSSAPI bind too early", wire.ErrMalformed)
	}
	if answer, more, err = conn.BindSASL(ctx, time.Until(until), mechanismGSSAPI, []byte{}); err != nil {
		return err
	}
	choice, err := security.noLayer(answer)
	if err != nil {
		return err
	}
	if !more {
		return fmt.Errorf("%w: the server ended the GSSAPI bind too early", wire.ErrMalformed)
	}
	if _, more, err = conn.BindSASL(ctx, time.Until(until), mechanismGSSAPI, choice); err == nil && more {
		err = fmt.Errorf("%w: the server does not end the GSSAPI bind", wire.ErrMalformed)
	}
	return err
}

// initiate gets a ticket for the service and makes the first token. It waits until the time given at most; the Kerberos
// library, which knows no context, then ends by itself within its own limits (5 s for each KDC).
func (k *Kerberos) initiate(ctx context.Context, service string, binding [16]byte, until time.Time) (*securityContext, []byte,
	error) {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	type outcome struct {
		security *securityContext
		token    []byte
		err      error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		o.err = protect(func() (err error) {
			o.security, o.token, err = k.request(service, binding)
			return err
		})
		done <- o
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, nil, ticketError(fmt.Errorf("%s: %w", cmp.Or(k.Principal, k.CCache), o.err))
		}
		return o.security, o.token, nil
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("%w: no KDC answered: %w", ErrTicket, ctx.Err())
	}
}

// request gets a ticket and makes the first token from it.
func (k *Kerberos) request(service string, binding [16]byte) (*securityContext, []byte, error) {
	cl, err := k.client()
	if err != nil {
		return nil, nil, err
	}
	defer cl.Destroy()
	if err := cl.Login(); err != nil {
		return nil, nil, err
	}
	ticket, key, err := cl.GetServiceTicket(service)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", service, err)
	}
	return newSecurityContext(cl.Credentials, ticket, key, binding)
}

// client reads the configuration and the credentials, anew each time: they are renewed by others.
func (k *Kerberos) client() (*client.Client, error) {
	conf, err := config.Load(k.ConfigFile)
	// What the library doesn't support it leaves out; without what it needed, it gets no ticket.
	if unsupported := (config.UnsupportedDirective{}); err != nil && !errors.As(err, &unsupported) {
		return nil, fmt.Errorf("%s: %w", k.ConfigFile, err)
	}
	// The proof that FAST was negotiated is one that Active Directory doesn't send.
	fast := client.DisablePAFXFAST(true)
	if k.CCache != "" {
		cache, err := credentials.LoadCCache(k.CCache)
		if err != nil {
			return nil, err
		}
		if err := cacheValid(cache); err != nil {
			return nil, err
		}
		return client.NewFromCCache(cache, conf, fast)
	}
	keys, err := keytab.Load(k.Keytab)
	if err != nil {
		return nil, fmt.Errorf("keytab %s: %w", k.Keytab, err)
	}
	at := strings.LastIndexByte(k.Principal, '@') // there is one: Source.validate
	user, realm := k.Principal[:at], k.Principal[at+1:]
	return client.NewWithKeytab(user, realm, keys, conf, fast), nil
}

// cacheValid wants a ticket-granting ticket that has not expired.
func cacheValid(cache *credentials.CCache) error {
	realm := cache.GetClientRealm()
	tgt, ok := cache.GetEntry(types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: []string{"krbtgt", realm}})
	if !ok {
		return fmt.Errorf("no ticket-granting ticket of %s in the cache", realm)
	}
	if !time.Now().Before(tgt.EndTime) {
		return fmt.Errorf("the ticket of %s@%s expired at %s", cache.GetClientPrincipalName().PrincipalNameString(), realm,
			tgt.EndTime.UTC().Format(time.RFC3339))
	}
	return nil
}

// ticketError sorts the errors of the Kerberos library, which only has texts: the network, or a refusal.
func ticketError(err error) error {
	var kerberos krberror.Krberror
	var refused messages.KRBError
	if errors.As(err, &kerberos) && kerberos.RootCause == krberror.NetworkingError && !errors.As(err, &refused) {
		return fmt.Errorf("%w: %w: %w", ErrTicket, errNoKDC, err)
	}
	return fmt.Errorf("%w: %w", ErrTicket, err)
}

// protect turns a panic into an error: the library reads bytes of others, and files, without looking at their length first.
func protect(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("malformed Kerberos data: %v", r)
		}
	}()
	return do()
}
