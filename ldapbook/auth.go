package ldapbook

import (
	"crypto/tls"
	"crypto/x509"
)

// Auth is how a source proves to the server who it is. The zero value: by Source.BindDN and Source.Password, or, where those
// are empty, not at all.
type Auth struct {
	Method AuthMethod
	// Certificate is the client's own, offered in every TLS handshake; required by AuthExternal.
	Certificate *tls.Certificate
	Kerberos    *Kerberos // required by AuthGSSAPI
}

// AuthMethod is a way to bind (RFC 4513).
type AuthMethod string

// The methods. AuthDefault is AuthSimple where there is a bind DN, else AuthAnonymous.
const (
	AuthDefault   AuthMethod = ""
	AuthAnonymous AuthMethod = "anonymous"
	AuthSimple    AuthMethod = "simple"
	AuthExternal  AuthMethod = "external" // SASL EXTERNAL (RFC 4422 appendix A), by client certificate
	AuthGSSAPI    AuthMethod = "gssapi"   // SASL GSSAPI (RFC 4752), Kerberos, inside of TLS
)

// Kerberos is what AuthGSSAPI needs: a configuration, and either a keytab or a credentials cache.
type Kerberos struct {
	ConfigFile string // krb5.conf
	Keytab     string // path; with Principal
	Principal  string // "user@REALM"
	CCache     string // path of a credentials cache, in place of Keytab
	Service    string // of the server, "ldap/host"; empty: "ldap/" and Source.ServerName, or the host of the URL
}

// Trust is what a source wants of a server's certificate beyond Source.RootCAs.
type Trust struct {
	// Pins are SHA-256 sums of the public key (SubjectPublicKeyInfo): where there are any, the server's own certificate must
	// match one of them.
	Pins [][32]byte
	// CRLs are the revocation lists of the CAs. Where there are any, each certificate of the chain but the root must be
	// covered by a list that is still valid, and not stand in it.
	CRLs []*x509.RevocationList
}
