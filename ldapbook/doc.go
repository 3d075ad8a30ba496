// Package ldapbook is a federated address book: people, roles, lists and chat rooms of many LDAP directories (RFC 4511),
// read into one SQLite file that answers searches as fast as somebody types, and asked live where a fresh answer counts.
//
// It knows nothing of security labels. A clearance is opaque text that a directory published (ADatP-4774.1, attribute
// confidentialityClearance); the package keeps it byte for byte, tells how and when it was read, and remembers when it
// was there once and is gone.
//
// # Order of calls
//
//  1. Describe each directory as a Source: URLs, its own CA, base, the account, and a Mapping where DefaultMapping doesn't fit:
//     one of the Presets, or what Conn.Propose finds out. LoadClientCertificate, OpenPKCS11, ParsePin and ParseCRLs read what
//     Source.Auth and Source.Trust hold.
//  2. Open the book.
//  3. Sync each directory, now and then: it reads what changed, by what the server offers (see Strategy), or everything, and
//     removes what is gone. Several directories may be read at the same time.
//  4. Search, ByAddress, ByDN and Withdrawn answer from the book; Status says how old it is.
//  5. For a fresh answer, Dial a directory, ask the Conn (Search, ByAddress, ByDN), and Put what it brought into the book,
//     together with what was asked for, so that what is gone becomes known.
//  6. Close the Conn and the Book.
//
// # What it promises
//
// Nothing is removed from the book unless a read came to its end without error, size limit or referral, and brought at
// least half of what was there. Reads and writes go on side by side: transactions are short, and none waits for the
// network. No answer is awaited without a limit (Source.Timeout), and a cancelled context ends everything at once. What a
// user types never becomes the syntax of a filter or of a full text query. A password, certificate or ticket is never sent
// before the TLS that the Source wants is up. TLS trusts the Source's CA only, and, where Source.Trust says so, keys that are
// pinned only, and only certificates that a valid revocation list of their CA covers and doesn't hold; a missing or expired
// list ends the connection. No list is fetched: the caller brings them, and reads them anew before they expire. Referrals are
// followed to the servers of Source.Referrals only; what is behind others is missing, and the answer says that it is
// incomplete.
//
// # Concurrency
//
// A Book and a Conn are safe for concurrent use. Other processes may read the book's file at the same time
// (OpenWithoutMigrating); who writes should hold a lock that this package knows nothing of.
//
// # Errors
//
// Every error wraps one of the package's sentinels, or is a context's; it names the directory and its URL, so that its
// text can be shown as one line. Decide by errors.Is:
//
//   - ErrSource: the configuration is wrong; nothing was sent.
//   - ErrUnreachable, ErrTimeout: the network, or the server is down or busy. Try again later.
//   - ErrTLS: the certificate is not of the Source's CA, or not for this host; or the server has no StartTLS. With it may come
//     ErrPin, ErrRevoked or ErrRevocationList.
//   - ErrBind, ErrRefused: the account, or what it may read. ErrTicket comes with ErrBind, or, where no KDC answered, with
//     ErrUnreachable or ErrTimeout.
//   - ErrReferral: all that was asked for is on a server that may not be asked, or could not be.
//   - ErrNoSuchBase, ErrSizeLimit, ErrShrunken, ErrProtocol: see there.
//   - ErrNoEntry, ErrLDIF: see there.
//   - ErrDatabase, ErrNewerSchema, ErrOldSchema: the book's file.
package ldapbook
