// Package ldaptest holds LDAP directories for tests and for the demo; nothing else may import it.
//
//   - Server is an LDAPv3 server (RFC 4511) inside the process: simple bind, StartTLS, ldaps, searches with all filters
//     but the extensible one, paged results (RFC 2696), Who Am I (RFC 4532), and faults that can be switched on. It is
//     read-only on the wire; the program changes it by Add, Replace, Rename and Delete. It holds a million entries.
//   - Slapd is a real OpenLDAP server as a child process, filled from the same Entry values.
//   - CA issues the certificates for both.
//
// Order of calls: NewCA, New, Add, then Serve or ServeTLS in goroutines of their own, Close. Everything listens on
// loopback only, as far as the caller's listener does.
package ldaptest
