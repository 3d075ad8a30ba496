// Package message holds the wire forms of a draft: chat, as a message element of XMPP with the label in XEP-0258's element
// (ComposeStanza, AddressStanza, Reader.ReadStanza), and mail, as RFC 5322 and MIME write it, with the label in the
// SIO-Label field (RFC 7444), the military header fields (RFC 6477) and the priority (RFC 6758). Where the policy's marking codes ask
// for it, the marking also stands in the first and last line of the text, behind the subject, and in a header field: the one that the
// policy names, else X-Confidentiality-Marking. It also reads what comes in: mail, with a judgement of its label under the policy,
// delivery reports (RFC 3464) and disposition notifications (RFC 8098).
//
// The label is part of the message from its first byte on: nothing is composed without one, and what is composed here is
// read back here to an equal label. Everything that goes into a header field is checked before it is written: CR, LF and
// NUL are errors and never encoded away, because a field that somebody smuggles in could carry a second label.
//
// Order of calls: Compose turns a checked draft and its Seal into bytes; ReadLabel reads the label of such bytes; ReadMail reads a
// message for showing, and where it IsReport, ReadReport what it reports;
// ReadPriority and CheckAddress serve whoever submits them. The package is pure: no network, no files, no clock. Its
// functions are safe for concurrent use.
package message
