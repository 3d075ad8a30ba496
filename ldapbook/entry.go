package ldapbook

import "time"

// Kind says what an entry stands for.
type Kind string

// The kinds of entries that a book keeps.
const (
	KindPerson Kind = "person"
	KindRole   Kind = "role" // an appointment, held by its occupants
	KindList   Kind = "list" // a distribution list with members
	KindRoom   Kind = "room" // a chat room
	// KindOrganisation is a unit of the organisational tree. It is no addressee: a search without a kind passes it over.
	KindOrganisation Kind = "organisation"
)

// Transport says how an entry was read, so that a reader can judge what it is worth.
type Transport string

// The transports, and, but for the last, the ways to secure a Source.
const (
	TransportLDAPS    Transport = "ldaps"
	TransportStartTLS Transport = "starttls"
	TransportPlain    Transport = "plain"
	TransportLDIF     Transport = "ldif" // from a file; never a Source's
)

// Entry is one addressee as one directory published it. Text is as published; empty where nothing was.
type Entry struct {
	Directory string // Source.Name
	// UUID is the entryUUID in lower case, 8-4-4-4-12 hexadecimal digits. Where the server has none, it is derived from
	// Directory and the normalised DN: stable, but a renamed entry then counts as another.
	UUID   string
	DN     string // as the server wrote it
	Kind   Kind
	Nation string // Source.Nation

	Name, Surname, GivenName string
	Rank                     string // "OF-3", "Major": whatever the directory holds
	Title                    string // the appointment
	Unit, Organisation       string

	Mail, JID, Phone []string

	// Clearance holds every value of the clearance attribute, byte for byte as published, sorted; empty: none published.
	Clearance []string
	Members   []string // DNs, of a list
	Occupants []string // DNs, of a role
	// SamePerson holds DNs of other entries that this one says are of the same person, or stand for the same. That it says so proves
	// nothing: see Book.SamePerson.
	SamePerson []string
	// MembersIncomplete: the server gave only a part of the members (attribute option "range"), or a URL of a
	// dynamic list could not be asked to the end.
	MembersIncomplete bool
	// Dynamic: the list names its members by LDAP URLs. Members are those whom these found when it was read; they change without
	// the entry, so that a read that left it out as unchanged says nothing about them: ReadAt is when its URLs were asked.
	Dynamic bool

	// Disabled: the directory says that the entry is not in use (a disabled account; ACP 133 active FALSE).
	Disabled bool
	// ExpiresAt is when the account ends; zero: nothing published. It is kept with the entry, nothing is done about it.
	ExpiresAt time.Time
	// CertificateUntil is the end of the validity of the certificate that lasts longest; zero: none published, or none that
	// can be read.
	CertificateUntil time.Time
	Capabilities     Capabilities

	ReadAt    time.Time // UTC, microseconds; never later than the moment at which the server sent it
	Transport Transport

	old bool // in a read that goes on from another: it has not changed since, going by its entryCSN
}

// Capabilities is what an entry says that it can take (ACP 133). The zero value: nothing published.
type Capabilities struct {
	MaxSize       int64  // bytes of one message; 0: not published
	NoAttachments bool   // aCPNoAttachments TRUE
	EmCon         string // emConState: "enabled", "receive-only", "electronic-silence", "disabled"; "": not published
	Labels        Answer // understands confidentiality labels
	MMHS          Answer // understands military headers
}

// Answer is what a directory says to a question that it need not answer.
type Answer string

// The answers. The zero value: it doesn't say.
const (
	AnswerYes Answer = "yes"
	AnswerNo  Answer = "no"
)

// Address returns the address that the entry goes by: its first mail address, else its first JID, as published; "" when
// it has neither.
func (e Entry) Address() string {
	switch {
	case len(e.Mail) > 0:
		return e.Mail[0]
	case len(e.JID) > 0:
		return e.JID[0]
	default:
		return ""
	}
}

// Query is what a user looks for. The zero Query lists the book from its beginning.
type Query struct {
	// Text holds words; each must be the beginning of a word of the entry (of its name, rank, unit, title, organisation,
	// address or nation), in any order. Case and accents don't matter. Characters that are neither letters nor digits
	// only separate words; there are no operators. A Text that isn't empty but has no letter or digit finds nothing.
	Text   string
	Nation string // exact but for case; empty: all
	Kind   Kind   // empty: all addressees
	// Organisation: only entries whose Organisation or Unit is this, but for case. Empty: all.
	Organisation string
	// Channel: only entries that have a mail address (ChannelMail) or a JID (ChannelChat). Empty: all.
	Channel Channel
	// Classes: only entries of these classes (Class.ID). nil: all; empty but not nil: none.
	Classes map[int64]bool
	// Boost: entries that come first, in this order, where they match. At most MaxBoost count.
	Boost []Ref
	// Offset: so many entries of the answer, in the same order, are passed over. At most MaxOffset.
	Offset int
	Limit  int // entries; 0: DefaultLimit; at most MaxLimit
}

// Limits of one search.
const (
	DefaultLimit = 20
	MaxLimit     = 1000
	MaxBoost     = 200
	MaxOffset    = 100_000
)

// Channel is a way by which an entry can be written to.
type Channel string

// The channels.
const (
	ChannelMail Channel = "mail"
	ChannelChat Channel = "chat"
)

// Ref names an entry for as long as it is in its directory, whatever becomes of its name and address.
type Ref struct {
	Directory string
	UUID      string
}

func (q Query) limit() int {
	switch {
	case q.Limit <= 0:
		return DefaultLimit
	case q.Limit > MaxLimit:
		return MaxLimit
	default:
		return q.Limit
	}
}
