package installation

// The kinds of accounts.
const (
	KindSMTP = "smtp" // messages are handed in there
	KindIMAP = "imap" // a mailbox: its inbox is read, copies are kept in it
	KindXMPP = "xmpp" // a chat account
)

// AccountFile is where messages are handed in (KindSMTP), a user's mailbox (KindIMAP), or a user's chat account (KindXMPP). A key that
// does not belong to the kind is refused.
type AccountFile struct {
	Name       string   `toml:"name"`
	Kind       string   `toml:"kind"`    // smtp, imap, xmpp
	Address    string   `toml:"address"` // host:port
	Security   string   `toml:"security"`
	CA         string   `toml:"ca,omitempty"`
	ServerName string   `toml:"server_name,omitempty"`
	User       string   `toml:"user,omitempty"`
	Secret     string   `toml:"secret,omitempty"` // name of the password, of the token of oauthbearer, or of the PIN of a PKCS #11 token
	Timeout    Duration `toml:"timeout,omitempty"`

	AccountTrust
	AccountAuth
	AccountOptions
	AccountMailbox
	AccountChat
}

// AccountTrust is what is wanted of the server's certificate, beside that its CA issued it.
type AccountTrust struct {
	Pins []string `toml:"pins,omitempty"` // "sha256:HEX" of the server's public key, as a directory's; empty: any
}

// AccountAuth is how we prove to a mail server who we are. The keys of the certificate are a directory's.
type AccountAuth struct {
	Auth                 string `toml:"auth,omitempty"`               // auto, scram, plain, external, oauthbearer, none
	ClientCertificate    string `toml:"client_certificate,omitempty"` // file, relative to the installation file
	ClientCertificatePEM string `toml:"client_certificate_pem,omitempty,multiline"`
	ClientKey            string `toml:"client_key,omitempty"` // file, "secret:NAME", or "pkcs11:…": never the key itself
}

// AccountOptions are what is wanted of the server for each message, and how messages are written. Of smtp only.
type AccountOptions struct {
	RequireTLS   bool     `toml:"require_tls,omitempty"`   // on every hop
	DeliverBy    Duration `toml:"deliver_by,omitempty"`    // after what time a delay is to be reported
	Notify       []string `toml:"notify,omitempty"`        // failure, delay, success
	Chunking     string   `toml:"chunking,omitempty"`      // auto, never
	Partial      string   `toml:"partial,omitempty"`       // rest, nobody
	MaxSize      int64    `toml:"max_size,omitempty"`      // octets
	LabelForm    string   `toml:"label_form,omitempty"`    // label, binding: what SIO-Label holds
	ReadReceipts bool     `toml:"read_receipts,omitempty"` // recipients are asked to tell that they read it
}

// AccountMailbox is what a mailbox is used for. Of imap only.
type AccountMailbox struct {
	Clearance    *Clearance `toml:"clearance,omitempty"` // of the mailbox (RULES 21); see Account.Ceiling
	Inbox        *bool      `toml:"inbox,omitempty"`     // its inbox is read; nil: true
	Sent         bool       `toml:"sent,omitempty"`      // copies of what was sent are kept there
	Drafts       bool       `toml:"drafts,omitempty"`    // copies of drafts are kept there
	SentFolder   string     `toml:"sent_folder,omitempty"`
	DraftsFolder string     `toml:"drafts_folder,omitempty"`
}

// AccountChat is who a chat account is. Of xmpp only.
type AccountChat struct {
	JID      string   `toml:"jid,omitempty"`      // user@domain: whoever logs in is this
	Resource string   `toml:"resource,omitempty"` // of the session; "": the server makes one
	Rooms    []string `toml:"rooms,omitempty"`    // room services whose rooms are offered, besides those of the own server
}

// SendFile is how long the queue tries.
type SendFile struct {
	Expiry Duration `toml:"expiry,omitempty"` // what was not accepted after so long is given up; 0: DefaultExpiry
	// Overdue says, by precedence, when the user is told that a message has not left; an empty one is not the delivered one.
	Overdue map[string]Duration `toml:"overdue,omitzero,inline"`
}

// DefaultLabelFile is the label that what comes from a domain, or is said in a room, is taken to have when it has none (RULES 20): names
// for people, or the XML. Either domain or room is given.
type DefaultLabelFile struct {
	Domain         string              `toml:"domain,omitempty"` // of the sender's address, or of a room service
	Room           string              `toml:"room,omitempty"`   // address of one room
	Policy         string              `toml:"policy,omitempty"`
	Classification string              `toml:"classification,omitempty"`
	Categories     map[string][]string `toml:"categories,omitempty"`
	XML            string              `toml:"xml,omitempty"`
}
