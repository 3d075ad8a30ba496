// Package imapbox keeps copies in, and reads, a user's mailbox (IMAP4rev1 and IMAP4rev2: RFC 3501, RFC 9051).
//
// A Sender puts cleared copies into the mailbox's folder for sent mail or for drafts; it looks for the Message-ID first, so
// that a copy whose answer was lost is found and not made twice. A Mailbox is a connection that reads INBOX: Open; Changes
// since a State that the caller kept; Header, Body and SetMarks for single messages; Wait until something changes; Close.
// Reconnecting is the caller's: after any error but ErrGone, ErrTooLarge, ErrValidity and ErrRefused the Mailbox is over.
//
// Greeting, STARTTLS and login are spoken here; then go-imap's client takes the connection over. See
// docs/decisions/0008-imap-login.md for why. A server is not trusted: every line, literal and answer is bounded, every
// stretch of 16 KiB has its time, and a connection that breaks a rule is closed. A cancelled context closes the connection
// at once; only Wait leaves it usable.
package imapbox
