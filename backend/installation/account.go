package installation

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
)

// Account is where messages are handed in, a user's mailbox, or a chat account.
type Account struct {
	AccountFile
	Roots     *x509.CertPool
	ClientPEM []byte // the client's certificate; empty: none, or it is on the token
	// Ceiling is the clearance of a mailbox: nothing that it does not permit is copied into it, or shown from it. nil: it has none,
	// and nothing is copied into it (RULES 21).
	Ceiling *label.Clearance
}

// The ways to log in to a mail server.
const (
	loginAuto   = "auto"
	loginSCRAM  = "scram"
	loginPlain  = "plain"
	loginBearer = "oauthbearer"
	loginNone   = "none"
)

// maxDeliverBy is the longest time that a server can be told.
const maxDeliverBy = 999_999_999 * time.Second

func (b *builder) accounts() {
	names := map[string]bool{}
	for _, f := range b.in.File.Accounts {
		section := fmt.Sprintf("account %q", f.Name)
		if f.Name == "" || names[f.Name] {
			b.fail(section, "each needs a name of its own")
		}
		names[f.Name] = true
		b.kind(section, f)
		b.chat(section, f)
		if !isHostPort(f.Address) {
			b.fail(section, "address: HOST:PORT, without a user, a password or a scheme") // not repeated: it may hold a password
		}
		if f.Security != "tls" && f.Security != "starttls" && f.Security != "plain" {
			b.fail(section, "security %q: tls, starttls or plain", f.Security)
		}
		if f.Timeout.Duration < 0 {
			b.fail(section, "timeout is negative")
		}
		b.pins(section, f.Security, f.Pins)
		b.clientKey(section, f.client())
		b.own(section, f.Secret, f.KeySecret())
		b.login(section, f)
		b.options(section, f)
		b.mailbox(section, f)
		b.in.Accounts = append(b.in.Accounts, b.account(section, f))
	}
}

func (b *builder) account(section string, f AccountFile) Account {
	d := Directory{DirectoryFile: f.client()}
	b.files(section, &d)
	f.ClientKey = d.ClientKey
	a := Account{AccountFile: f, Roots: b.roots(section, f.CA, f.Security), ClientPEM: d.ClientPEM}
	if f.Clearance != nil {
		c := b.clearance(section, *f.Clearance)
		a.Ceiling = &c
	}
	return a
}

// client is what a directory and an account have in common: the client's certificate and its key.
func (f AccountFile) client() DirectoryFile {
	return DirectoryFile{Security: f.Security, Secret: f.Secret, DirectoryAuth: DirectoryAuth{
		ClientCertificate: f.ClientCertificate, ClientCertificatePEM: f.ClientCertificatePEM, ClientKey: f.ClientKey,
	}}
}

// IsOnToken reports that the client's key, and with it the certificate, is on a token; the account's secret is its PIN then.
func (f AccountFile) IsOnToken() bool { return f.client().IsOnToken() }

// KeySecret is the name of the secret that holds the client's key; empty when it is elsewhere.
func (f AccountFile) KeySecret() string { return f.client().KeySecret() }

// login says in a word how the account logs in.
func (f AccountFile) login() string {
	switch {
	case f.Auth != "" && f.Auth != loginAuto:
		return f.Auth
	case f.Kind == KindXMPP && f.ClientKey != "" && (f.Secret == "" || f.IsOnToken()):
		return authExternal
	case f.User != "" || f.Kind == KindXMPP:
		return loginAuto
	case f.ClientKey != "":
		return authExternal
	}
	return loginNone
}

// login holds user, secret and certificate to the way of logging in: a key that has no effect is refused.
func (b *builder) login(section string, f AccountFile) {
	method := f.login()
	if f.Kind == KindXMPP {
		f.User, _, _ = strings.Cut(f.JID, "@") // whom the server knows by it
	}
	password := f.Secret != "" && !f.IsOnToken()
	if f.Security == "plain" && (method != loginNone || f.User != "" || f.Secret != "") {
		b.fail(section, "logging in needs TLS: with security = \"plain\" leave out user, secret and auth")
	}
	switch method {
	case loginAuto, loginSCRAM, loginPlain:
		switch {
		case f.User == "" || f.Secret == "":
			b.fail(section, "auth = %q needs user, and secret, the name of its password (store it with `caveat installation secret NAME`)", method)
		case f.IsOnToken():
			b.fail(section, "secret would be both the password of user and the PIN of the token: use auth = \"external\" with a token")
		}
	case authExternal:
		switch {
		case f.ClientKey == "":
			b.fail(section, "auth = \"external\" needs client_certificate and client_key, or a client_key on a token (pkcs11:…)")
		case password:
			b.fail(section, "secret has no effect with auth = \"external\", where the certificate says who we are")
		}
	case loginBearer:
		if !password {
			b.fail(section, "auth = \"oauthbearer\" needs secret, the name of the token (store it with `caveat installation secret NAME`)")
		}
	case loginNone:
		if f.User != "" || password {
			b.fail(section, "user and secret have no effect with auth = \"none\", nor a secret without a user")
		}
	default:
		b.fail(section, "auth %q: auto, scram, plain, external, oauthbearer or none", f.Auth)
	}
}

func (b *builder) options(section string, f AccountFile) {
	switch {
	case f.RequireTLS && f.Security == "plain":
		b.fail(section, "require_tls needs TLS here too: with security = \"plain\" there is none")
	case f.DeliverBy.Duration < 0 || f.DeliverBy.Duration > maxDeliverBy || f.DeliverBy.Duration%time.Second != 0:
		b.fail(section, "deliver_by %v: whole seconds, at most %v", f.DeliverBy.Duration, maxDeliverBy)
	case f.Chunking != "" && f.Chunking != "auto" && f.Chunking != "never":
		b.fail(section, "chunking %q: auto or never", f.Chunking)
	case f.Partial != "" && f.Partial != "rest" && f.Partial != "nobody":
		b.fail(section, "partial %q: rest (the others get the message) or nobody", f.Partial)
	case f.LabelForm != "" && f.LabelForm != "label" && f.LabelForm != "binding":
		b.fail(section, "label_form %q: label or binding", f.LabelForm)
	case f.MaxSize < 0:
		b.fail(section, "max_size is negative: octets, or left out for what the server takes")
	}
	for i, e := range f.Notify {
		if e != "failure" && e != "delay" && e != "success" || slices.Contains(f.Notify[:i], e) {
			b.fail(section, "notify %q: each of failure, delay and success at most once", e)
		}
	}
}

// inside takes into the section what a bundle holds of it: the client's certificate. The key stays where it is.
func (f AccountFile) inside(path func(string) string) (AccountFile, error) {
	d, err := f.client().inside(path)
	f.ClientCertificate, f.ClientCertificatePEM, f.ClientKey = d.ClientCertificate, d.ClientCertificatePEM, d.ClientKey
	return f, err
}

// LoginMethod says in a word how the account logs in: auto, scram, plain, external, oauthbearer or none.
func (f AccountFile) LoginMethod() string { return f.login() }
