package smtpsend

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"maps"

	"caveat/backend/servercert"
)

// Step is how far a look at a server came.
type Step string

// The steps in their order.
const (
	StepSetup       Step = "setup" // the account itself
	StepConnection  Step = "connection"
	StepCertificate Step = "certificate" // STARTTLS and TLS
	StepLogin       Step = "login"
	StepDone        Step = "done"
)

// Look is what a server says of itself, as far as the account comes. Nothing of it is believed but what TLS protects: where Step is
// before StepLogin, anybody may have said it.
type Look struct {
	Step      Step                // where it failed; StepDone: nowhere
	Greeting  string              // the server's own words, in one line
	Chain     []*x509.Certificate // as shown, the server's own first; nil: none was
	Version   uint16              // of TLS; 0: none
	Mechanism string              // logged in by; "": the account does not log in, or it failed
	Offers    map[string]string   // EHLO keyword in upper case → its parameters, as said last
}

// LookAt connects, secures and logs in as for a message, says what the server offers, and leaves. No message is begun. The Look is as
// far as it came with an error too.
func LookAt(ctx context.Context, a Account) (Look, error) {
	if err := a.check(); err != nil {
		return Look{Step: StepSetup}, err
	}
	c, err := dial(ctx, a)
	if err != nil {
		return Look{Step: stepOf(err, nil), Chain: servercert.Shown(err)}, err
	}
	err = c.begin(a)
	out := Look{Step: StepDone, Greeting: c.greeting, Mechanism: c.mechanism, Offers: maps.Clone(c.offers)}
	if c.tls != nil {
		out.Chain, out.Version = c.tls.PeerCertificates, c.tls.Version
	}
	if err != nil {
		c.close()
		if out.Step = stepOf(err, c.tls); out.Chain == nil {
			out.Chain = servercert.Shown(err)
		}
		return out, err
	}
	c.quit()
	return out, nil
}

// stepOf says where an error belongs. A client certificate that the server refuses shows after the handshake: it is a matter of the
// login.
func stepOf(err error, secured *tls.ConnectionState) Step {
	switch {
	case errors.Is(err, ErrAuth), secured != nil:
		return StepLogin
	case errors.Is(err, ErrTLS), errors.Is(err, ErrNoStartTLS):
		return StepCertificate
	}
	return StepConnection
}
