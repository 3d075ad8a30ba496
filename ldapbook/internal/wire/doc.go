// Package wire is a small LDAPv3 client (RFC 4511) that decodes the stream itself.
//
// It exists for the bulk read of a directory: a general LDAP library builds a tree of packets for every entry, which is
// several times slower than the server. Here one message at a time is read into a buffer that is used again, and sliced.
// The same client serves bind, StartTLS and small searches, so that one set of deadlines holds for everything: there is
// no background reader, hence nothing that waits without a limit.
//
// A Client belongs to one goroutine at a time.
package wire
