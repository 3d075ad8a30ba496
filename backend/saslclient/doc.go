// Package saslclient chooses how to log in to a mail server and does it (SASL, RFC 4422): SCRAM with SHA-256 or SHA-512
// (RFC 5802, RFC 7677), bound to the TLS connection where the server offers that (RFC 9266, RFC 5929), PLAIN, EXTERNAL and
// OAUTHBEARER. It stands behind go-sasl's interface, so that SMTP and IMAP use the same.
//
// Order of calls: Choose with what the server offers; Start and Next as the server's protocol asks for them; and, once the
// server says that it is content, Verify, which must agree too.
//
// It fails closed: nothing at all is said outside TLS, a method that the account asks for is never replaced by a weaker
// one, and a server that does not prove that it knows the password, where the mechanism has it prove that, is not believed.
// Choose may be called concurrently; a Mechanism serves one exchange in one goroutine.
package saslclient
