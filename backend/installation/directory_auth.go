package installation

import (
	"net"
	"strings"
)

// The ways to bind.
const (
	authAnonymous = "anonymous"
	authSimple    = "simple"
	authExternal  = "external"
	authGSSAPI    = "gssapi"
)

// Where a private key lies, when it is in no file: in the store of secrets, or on a PKCS #11 token.
const (
	KeyInSecrets = "secret:"
	KeyOnToken   = "pkcs11:"
)

// IsOnToken reports that the client's key, and with it the certificate, is on a token; the directory's secret is its PIN then.
func (f DirectoryFile) IsOnToken() bool { return strings.HasPrefix(f.ClientKey, KeyOnToken) }

// KeySecret is the name of the secret that holds the client's key; empty when it is elsewhere.
func (f DirectoryFile) KeySecret() string {
	name, _ := strings.CutPrefix(f.ClientKey, KeyInSecrets)
	if name == f.ClientKey {
		return ""
	}
	return name
}

// KeyPath is the client's key file as it is named; empty when the key is in no file.
func (f DirectoryFile) KeyPath() string {
	if f.IsOnToken() || strings.HasPrefix(f.ClientKey, KeyInSecrets) {
		return ""
	}
	return f.ClientKey
}

func (f DirectoryFile) hasCertificate() bool {
	return f.ClientCertificate != "" || f.ClientCertificatePEM != ""
}

// auth holds how we bind to sense: a key that has no effect is refused, because somebody believes that it has one.
func (b *builder) auth(section string, f DirectoryFile) {
	method := Directory{DirectoryFile: f}.AuthMethod()
	b.clientKey(section, f)
	switch {
	case f.BindDN != "" && method == authAnonymous:
		b.fail(section, "auth = \"anonymous\" has no bind_dn")
	case f.Secret != "" && method != authSimple && !f.IsOnToken():
		b.fail(section, "secret is the password of bind_dn, or the PIN of a token: with auth = %q there is neither", method)
	case f.Kerberos != nil && method != authGSSAPI:
		b.fail(section, "kerberos goes with auth = \"gssapi\", not with %q", method)
	}
	switch method {
	case authAnonymous:
	case authSimple:
		switch {
		case f.BindDN == "" || f.Secret == "":
			b.fail(section, "auth = \"simple\" needs bind_dn, and secret, the name of its password")
		case f.IsOnToken():
			b.fail(section, "secret would be both the password of bind_dn and the PIN of the token: use auth = \"external\" with a token")
		}
	case authExternal:
		if f.ClientKey == "" {
			b.fail(section, "auth = \"external\" needs client_certificate and client_key, or a client_key on a token (pkcs11:…)")
		}
	case authGSSAPI:
		b.kerberos(section, f)
	default:
		b.fail(section, "auth %q: anonymous, simple, external or gssapi", f.Auth)
	}
}

func (b *builder) clientKey(section string, f DirectoryFile) {
	switch {
	case f.ClientCertificate != "" && f.ClientCertificatePEM != "":
		b.fail(section, "of client_certificate and client_certificate_pem only one can be given")
	case strings.Contains(f.ClientKey, "PRIVATE KEY"):
		b.fail(section, "client_key holds the key itself, which must not stand in this file: name a file, or secret:NAME and store it with `caveat installation secret NAME`")
	case f.ClientKey == KeyInSecrets:
		b.fail(section, "client_key %q: secret:NAME", f.ClientKey)
	case f.IsOnToken() && f.hasCertificate():
		b.fail(section, "client_certificate: with a key on a token the certificate is on the token too")
	case f.IsOnToken() && f.Secret == "":
		b.fail(section, "client_key on a token needs secret, the name of its PIN")
	case !f.IsOnToken() && f.hasCertificate() != (f.ClientKey != ""):
		b.fail(section, "client_certificate and client_key go together")
	case f.ClientKey != "" && f.Security == "plain":
		b.fail(section, "client_key needs TLS: with security = \"plain\" no certificate is shown")
	}
}

func (b *builder) kerberos(section string, f DirectoryFile) {
	k := f.Kerberos
	switch {
	case k == nil || k.Config == "":
		b.fail(section, "auth = \"gssapi\" needs kerberos = { config = \"krb5.conf\", … }")
	case (k.Keytab == "") == (k.CCache == ""):
		b.fail(section, "kerberos: either keytab, with principal, or ccache must be given")
	case k.Keytab != "" && !strings.Contains(k.Principal, "@"):
		b.fail(section, "kerberos: principal %q: USER@REALM, whose key is in the keytab", k.Principal)
	case k.CCache != "" && k.Principal != "":
		b.fail(section, "kerberos: principal goes with keytab: a ccache names its own")
	case f.Security == "plain":
		b.fail(section, "auth = \"gssapi\" needs TLS, which protects what is read: security ldaps or starttls")
	}
}

func isHostPort(s string) bool {
	host, port, err := net.SplitHostPort(s)
	return err == nil && host != "" && port != "" && !strings.ContainsAny(s, "@/?# \t\r\n") // no user, no password, no URL
}
