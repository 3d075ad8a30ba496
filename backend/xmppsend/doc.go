// Package xmppsend sends cleared chat messages and keeps the chat accounts' sessions (XMPP: RFC 6120, RFC 6121): labels (XEP-0258),
// rooms (XEP-0045), the server's catalogue and archive (XEP-0313).
//
// Order of calls: New with a way to look accounts up; Run keeps their sessions until its context ends, and tells the Handler what
// comes; meanwhile Send for each message, Join and Leave for rooms, and the questions (Features, Catalogue, Archive, Rooms). A Sender
// is safe for concurrent use.
//
// Who is in a room is looked at until the last octet of a message to it: who comes meanwhile stops it, and has it checked again. See
// docs/decisions/0010-who-is-in-the-room.md.
//
// A message is accepted when a ping sent after it on the same stream is answered, or when the room reflects it (RULES 25). It is sent
// as it was cleared, octet for octet, with nothing but the recipient's address added; where a server does not understand labels it is
// not sent (RULES 26). Whatever fails before its last octet, no part of it is delivered, and never without its label: the label is
// inside of what is one element.
//
// TLS is begun and the stream is read here; mellium.im/xmpp negotiates the session between. See docs/decisions/0009-xmpp-stream.md for
// why. A server is not trusted: every stanza is bounded in octets, levels and elements before anything is made of it (what is beyond
// that is left out, and told as damaged), every question has its time, a room has so many occupants, and a connection that breaks a rule is
// closed with an error that names it.
package xmppsend
