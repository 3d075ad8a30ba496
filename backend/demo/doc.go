// Package demo is the demonstration federation: four nations (GBR, UKR, AUS, DEU), each with an LDAP directory and a mail
// server of its own on loopback ports of this process, a CA, a fictitious mission policy, and the installation file of a GBR
// headquarters that joins them. The program reaches all of it only by LDAP, SMTP, IMAP and XMPP, as it would reach real ones.
//
// The user submits to GBR's mail server only. It judges the message by what GBR knows: the label, the sender, its own side of
// the link to each nation addressed, its own people's clearances. Then it relays over SMTP (STARTTLS with the CA verified, AUTH
// as GBR by a secret of the run) to each partner's server, and gives its own people theirs at last; only then the user hears
// 250. A partner's server reads the label and judges again by what it knows: its own side of the link, written down
// separately, and the clearances in its own directory at that moment. So a check that was missed shows as a Refusal of the
// server that noticed.
//
// The relay gives the message to nobody before every partner has accepted its recipients: one that is down means 451 and
// nothing delivered. After that each decides alone; when one refuses (550) or fails (451) what others have taken before stays
// taken, and the reply says who. Servers know what they have kept, also after a restart: a message that is handed in again is
// delivered to those only who lack it.
//
// The user has a mailbox, which an IMAP server shows: what GBR's server delivers to her is in its inbox, and a few messages from the
// first start on, one of each kind of label that a reader can meet, faulty ones among them. Every nation's server reports what was
// delivered to whoever asked (DSN), and what was not: see FillMailbox.
//
// Every nation has a chat server too (XMPP), which listens: its chat user logs in there (STARTTLS, SCRAM-SHA-256 or PLAIN), of GBR the
// same user, of the others whoever joins by JoinAs. GBR's has a link with each of the others, which have none among themselves: two
// connections, TLS with the demonstration's CA on both sides, on which each server says by its certificate who it is. A server holds what
// its own people write to their clearances and to its side of the link, and what a partner hands in to its own side again, and to the
// clearance of the person or room that it is for. It passes labels through octet for octet and refuses what has none. It does not filter a
// room's occupants by their clearances. What is for a server that is stopped comes back as an error.
//
// There are rooms for all, one for members, one with a password, federated ones of which the installation file lists the nodes or does
// not, and one without a clearance (see Specials); rooms and accounts have archives, accounts bookmarks, and each server a catalogue of
// labels, which one room restricts. From the first start on GBR's user finds a message of every kind that a reader can meet. Somebody is
// always in the operations and coffee rooms, one person of each nation answers unless she has logged in herself, and into the operations
// rooms of GBR, UKR and AUS comes, a minute after a user, somebody who is not cleared for what is said there: see Visit. What is said since
// the start is gone from archives after a restart. A federated room is one room in one server here: of its nodes clients see nothing
// anyway.
//
// What is not as between real nations: the servers share this process, the code that judges, and the parsed policy, and they
// see their directory's data directly instead of over LDAP. Only GBR has a user of mail; its server also takes mail from its peers,
// but no other server relays or sends; reports of delivery have no label and are put into her inbox from within the process, and so are
// the faulty ones among the first messages.
//
// Every person, unit and number in it is made up; names are combined by chance. Some entries are the same in every
// demonstration, whatever its size and seed, so that tests and documents can name them: see Specials.
//
// Order of calls: CheckDir where wanted, Start, the accessors and switches of Federation, Close. The same Config gives the
// same people, units and addresses. The package is for `caveat demo` and for tests; everything it serves is loopback only.
package demo
