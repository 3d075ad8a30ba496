package saslclient

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"
)

// Sentinel errors.
var (
	// ErrCredentials: the account's wish cannot be met with what it holds, or not on this connection.
	ErrCredentials = errors.New("saslclient: unusable credentials")
	// ErrNotOffered: the server offers no mechanism that may be used.
	ErrNotOffered = errors.New("saslclient: no usable mechanism")
	// ErrServer: the server did not prove who it is, or broke the rules of the mechanism.
	ErrServer = errors.New("saslclient: server not believed")
	// ErrRefused: the server said why it does not let the account in.
	ErrRefused = errors.New("saslclient: refused")
)

// Method is what an account wants.
type Method string

// The methods. The zero value is Auto.
const (
	Auto        Method = "auto"        // SCRAM where it is offered, else PLAIN; EXTERNAL for an account without a password but with a certificate
	ScramMethod Method = "scram"       // SCRAM alone
	Plain       Method = "plain"       // PLAIN alone
	External    Method = "external"    // EXTERNAL: the client certificate says who it is
	OAuthBearer Method = "oauthbearer" // OAUTHBEARER: Password is the token
	None        Method = "none"        // nothing: Choose gives no mechanism
)

// IsValid reports that m is one of the methods, or empty.
func (m Method) IsValid() bool {
	switch m {
	case "", Auto, ScramMethod, Plain, External, OAuthBearer, None:
		return true
	}
	return false
}

// Credentials are what an account can log in with. Never log Password.
type Credentials struct {
	Method         Method
	User, Password string
	HasCertificate bool   // the connection showed a client certificate
	Host           string // of the server, for OAUTHBEARER
	Port           int
}

// Mechanism is one exchange.
type Mechanism interface {
	sasl.Client
	// Verify is called when the server has said yes: nil when everything that the mechanism has the server prove was
	// proven, else ErrServer.
	Verify() error
}

// Check refuses credentials that cannot be used, whatever the server offers: ErrCredentials.
func (c Credentials) Check() error {
	switch {
	case !c.Method.IsValid():
		return fmt.Errorf("%w: method %q: auto, scram, plain, external, oauthbearer or none", ErrCredentials, string(c.Method))
	case strings.Contains(c.User+c.Password, "\x00"):
		return fmt.Errorf("%w: NUL in user or password", ErrCredentials)
	}
	method := c.method()
	switch {
	case method == External && !c.HasCertificate:
		return fmt.Errorf("%w: external needs a client certificate", ErrCredentials)
	case (method == ScramMethod || method == Plain || method == Auto) && (c.User == "" || c.Password == ""):
		return fmt.Errorf("%w: %s needs user and password", ErrCredentials, method)
	case method == OAuthBearer && (c.Password == "" || strings.ContainsFunc(c.User+c.Password+c.Host, isControl)):
		return fmt.Errorf("%w: oauthbearer needs a token without control characters", ErrCredentials)
	case method == OAuthBearer && strings.ContainsAny(c.User, ",="):
		return fmt.Errorf("%w: oauthbearer: comma or equals sign in user", ErrCredentials)
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// method resolves what Auto means without a server: an account that holds nothing does not log in.
func (c Credentials) method() Method {
	if c.Method != "" && c.Method != Auto {
		return c.Method
	}
	switch {
	case c.Password != "":
		return Auto
	case c.HasCertificate:
		return External
	case c.User != "":
		return Auto
	}
	return None
}

// NeedsLogin reports that the account wants to log in.
func (c Credentials) NeedsLogin() bool { return c.method() != None }

// Choose picks the mechanism: the strongest of those that the server offers (in any case) and the account's method allows.
// state is the TLS connection's, nil where there is none: then it is ErrCredentials, for a password must not leave, and a
// server that nobody checked must not be believed. For None it returns nil and no error.
//
// std: RFC4422 §3.2, RFC4616 §4
func Choose(c Credentials, offered []string, state *tls.ConnectionState) (Mechanism, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	method := c.method()
	if method == None {
		return nil, nil
	}
	if state == nil || !state.HandshakeComplete {
		return nil, fmt.Errorf("%w: logging in needs TLS", ErrCredentials)
	}
	has := func(name string) bool {
		for _, o := range offered {
			if strings.EqualFold(o, name) {
				return true
			}
		}
		return false
	}
	if method == ScramMethod || method == Auto {
		m, err := chooseScram(c, has, state)
		if m != nil || err != nil {
			return m, err
		}
	}
	switch {
	case (method == Plain || method == Auto) && has(sasl.Plain):
		return simple{sasl.NewPlainClient("", c.User, c.Password)}, nil
	case method == External && has(sasl.External):
		return simple{sasl.NewExternalClient(c.User)}, nil
	case method == OAuthBearer && has(sasl.OAuthBearer):
		return simple{bearer{sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: c.User, Token: c.Password, Host: c.Host, Port: c.Port})}}, nil
	}
	return nil, fmt.Errorf("%w: the account wants %s, the server offers %q", ErrNotOffered, method, strings.Join(offered, " "))
}

// chooseScram gives nil where the server has no SCRAM that we know.
func chooseScram(c Credentials, has func(string) bool, state *tls.ConnectionState) (Mechanism, error) {
	anyPlus := has(SHA512.name()+plus) || has(SHA256.name()+plus)
	for _, h := range []Hash{SHA512, SHA256} {
		if has(h.name() + plus) {
			b, err := bind(state)
			if err != nil {
				return nil, err
			}
			return Scram(c.User, c.Password, h, b)
		}
	}
	for _, h := range []Hash{SHA512, SHA256} {
		if has(h.name()) {
			return Scram(c.User, c.Password, h, Binding{serverHasNone: !anyPlus})
		}
	}
	return nil, nil
}

// simple is a mechanism in which the server proves nothing beyond its certificate.
type simple struct{ sasl.Client }

func (simple) Verify() error { return nil }

// bearer says why a token was refused: the server gives the reason as a challenge.
//
// std: RFC7628 §3.2.3
type bearer struct{ sasl.Client }

func (b bearer) Next(challenge []byte) ([]byte, error) {
	response, err := b.Client.Next(challenge)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return response, nil
}
