// Package ldif reads content records of the LDAP Data Interchange Format (RFC 2849) one at a time, in bounded memory: what a
// directory behind a one-way link hands over as a file. Change records other than "changetype: add", controls, and values that
// are to be fetched from a URL are refused by name: a file that says more than what the entries are is not half understood.
//
// It is stricter than the tools that write such files in one respect: a file whose last line has no end is refused, because
// it may have been cut off. It is more lenient in three, which all leave one meaning only: the version line may be missing,
// plain values may hold UTF-8, and a record may have no attributes.
package ldif
