package installation

import (
	"time"
)

// File is the installation file as it is written. Docs of each key: docs/installation.md.
type File struct {
	Format      int             `toml:"format"` // 1
	System      SystemFile      `toml:"system"`
	Check       CheckFile       `toml:"check,omitzero"`
	Send        SendFile        `toml:"send,omitzero"`
	Audit       AuditFile       `toml:"audit,omitzero"`
	Marking     MarkingFile     `toml:"marking,omitzero"`
	Policies    []PolicyFile    `toml:"policy,omitempty"`
	CAs         []CAFile        `toml:"ca,omitempty"`
	Directories []DirectoryFile `toml:"directory,omitempty"`
	Routes      []RouteFile     `toml:"route,omitempty"`
	Accounts    []AccountFile   `toml:"account,omitempty"`
	Rules       []RuleFile      `toml:"rule,omitempty"`
	Thresholds  []ThresholdFile `toml:"threshold,omitempty"`
	Rooms       []RoomFile      `toml:"room,omitempty"`
	Identities  []IdentityFile  `toml:"identity,omitempty"`

	DefaultLabels []DefaultLabelFile `toml:"default_label,omitempty"`
}

// SystemFile is the installation itself.
type SystemFile struct {
	Name      string    `toml:"name"`
	Nation    string    `toml:"nation"` // three-letter code of the own nation
	Clearance Clearance `toml:"clearance"`
	Language  string    `toml:"language,omitempty"` // of the markings that go out; "": English
	Secrets   string    `toml:"secrets,omitempty"`  // where they are kept: SecretsInKeychain, SecretsInFile; "": see OpenSecrets
}

// CheckFile holds ages and deadlines.
type CheckFile struct {
	DraftingAge      Duration `toml:"drafting_age,omitempty"`
	SendingAge       Duration `toml:"sending_age,omitempty"`
	Deadline         Duration `toml:"deadline,omitempty"` // of the live re-read, per nation
	ReviewAfter      Duration `toml:"review_after,omitempty"`
	ProtectedTagSets []string `toml:"protected_tag_sets,omitzero"` // an empty list is not the delivered one
	ActiveRuleSets   []string `toml:"active_rule_sets,omitzero"`
	MaxAttachment    int64    `toml:"max_attachment,omitempty"` // bytes of one file; 0: DefaultMaxAttachment
}

// PolicyFile is one security policy; the first is the governing one.
type PolicyFile struct {
	File           string   `toml:"file,omitempty"` // relative to the installation file
	SPIF           string   `toml:"spif,omitempty"` // the document itself, in a bundle
	SHA256         string   `toml:"sha256,omitempty"`
	Signer         string   `toml:"signer,omitempty"`          // name of a [[ca]]: its signature must be by this certificate, or one that it issued
	AcceptUnsigned string   `toml:"accept_unsigned,omitempty"` // who accepted it, when and why (RULES 17)
	Hierarchical   bool     `toml:"hierarchical,omitempty"`
	RequireTagSets []string `toml:"require_tag_sets,omitempty"`
}

// CAFile is a certificate authority that endpoints refer to by name.
type CAFile struct {
	Name  string   `toml:"name"`
	File  string   `toml:"file,omitempty"`
	PEM   string   `toml:"pem,omitempty,multiline"`
	Signs []string `toml:"signs,omitempty"` // ids of policies that must be signed by it whenever they are in force
}

// DirectoryFile is one nation's directory.
type DirectoryFile struct {
	Name         string     `toml:"name"`
	Nation       string     `toml:"nation"`
	URLs         []string   `toml:"urls,omitempty"`
	Security     string     `toml:"security,omitempty"` // ldaps, starttls, plain; none with LDIF
	CA           string     `toml:"ca,omitempty"`
	ServerName   string     `toml:"server_name,omitempty"`
	BaseDN       string     `toml:"base_dn"`
	BindDN       string     `toml:"bind_dn,omitempty"`
	Secret       string     `toml:"secret,omitempty"` // name of the bind password
	MailDomains  []string   `toml:"mail_domains,omitempty"`
	ChatDomains  []string   `toml:"chat_domains,omitempty"`
	Mode         string     `toml:"mode"` // mirror, look-up
	PageSize     int        `toml:"page_size,omitempty"`
	Timeout      Duration   `toml:"timeout,omitempty"`
	Live         string     `toml:"live,omitempty"`          // typing, enter, never; see Directory.Asked
	Lists        string     `toml:"lists,omitempty"`         // address, members; see Directory.ListsByMembers
	PlainCeiling *Clearance `toml:"plain_ceiling,omitempty"` // of plain, and of an LDIF file
	// Paused: it is neither read nor asked. What was read goes on deciding, as old as it is.
	Paused bool `toml:"paused,omitempty"`

	DirectoryTrust
	DirectoryAuth
	DirectorySchema
	DirectorySync
}

// RouteFile is the way to a domain on a channel.
type RouteFile struct {
	Domain  string     `toml:"domain"`
	Channel string     `toml:"channel"` // mail, chat
	Nation  string     `toml:"nation"`
	Own     bool       `toml:"own,omitempty"`
	Links   []LinkFile `toml:"link,omitempty"`
	// FirstLine: where chat servers of the domain do not understand labels, what is written there has its marking in the first line of the
	// text, and no label element (RULES 26).
	FirstLine bool `toml:"first_line,omitempty"`
	// Receipts, of the own nation's chat domains: senders there are told that a message has arrived. Of others each link says it.
	Receipts bool `toml:"receipts,omitempty"`
}

// LinkFile is one hop of a route.
type LinkFile struct {
	Name      string    `toml:"name"`
	Clearance Clearance `toml:"clearance"`
	Chat      LinkChat  `toml:"chat,omitzero"` // of a chat route only
}

// LinkChat is what a chat link carries besides messages and the bare presence. The zero value: nothing is told that can be kept back.
type LinkChat struct {
	Receipts bool     `toml:"receipts,omitempty"` // that a message has arrived is told (XEP-0184)
	Refuse   []string `toml:"refuse,omitempty"`   // kinds of stanzas that it does not carry: messages, rooms, queries
}

// RuleFile relaxes a block to a warning (RULES 14).
type RuleFile struct {
	Name           string    `toml:"name"`
	Set            string    `toml:"set,omitempty"`
	Outcome        string    `toml:"outcome,omitempty"`
	Nation         string    `toml:"nation,omitempty"`
	Channel        string    `toml:"channel,omitempty"`
	Classification string    `toml:"classification,omitempty"`
	Action         string    `toml:"action"` // warn
	From           time.Time `toml:"from,omitempty"`
	Until          time.Time `toml:"until,omitempty"`
	Trial          bool      `toml:"trial,omitempty"` // it only records what it would have done
}

// ThresholdFile bounds how many may get a label (RULES 14).
type ThresholdFile struct {
	Name           string    `toml:"name"`
	Set            string    `toml:"set,omitempty"`
	Classification string    `toml:"classification,omitempty"` // this one and above; empty: every one
	Limit          int       `toml:"limit"`                    // so many may get it
	Action         string    `toml:"action"`                   // warn: a reason is needed; block
	From           time.Time `toml:"from,omitempty"`
	Until          time.Time `toml:"until,omitempty"`
}

// RoomFile is what the administrator knows of chat rooms (RULES 7).
type RoomFile struct {
	Address          string   `toml:"address"`                     // of one room; a domain: of all rooms there
	FiltersOccupants bool     `toml:"filters_occupants,omitempty"` // its service filters each occupant by clearance
	Federated        bool     `toml:"federated,omitempty"`         // it has nodes elsewhere
	Nodes            []string `toml:"nodes,omitempty"`             // their domains, each of which adds its route
}

// IdentityFile binds a directory entry to a user of this machine (RULES 10).
type IdentityFile struct {
	User      string `toml:"user"` // login name; "*" for whoever runs the program
	Directory string `toml:"directory"`
	DN        string `toml:"dn"`
	Mail      string `toml:"mail,omitempty"`
	JID       string `toml:"jid,omitempty"`
	Account   string `toml:"account,omitempty"` // of mail
	Mailbox   string `toml:"mailbox,omitempty"` // an imap account: its inbox is read, copies are kept in it
	Chat      string `toml:"chat,omitempty"`    // an xmpp account, of this very JID
	// Roles: "drafter", "administrator", "auditor"; see File.RolesOf. Never empty where it is given.
	Roles []string `toml:"roles,omitzero"`
}

// Duration is a length of time written as "8s", "24h".
type Duration struct{ time.Duration }

// UnmarshalText reads "8s", "24h".
func (d *Duration) UnmarshalText(text []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(text))
	return err
}

// MarshalText writes it back.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// IsZero is for omitempty.
func (d Duration) IsZero() bool { return d.Duration == 0 }

// Clearance is a clearance in the file: names for people, or the XML of one.
type Clearance struct {
	Policy          string              `toml:"policy,omitempty"`
	Classifications []string            `toml:"classifications,omitempty"`
	UpTo            string              `toml:"up_to,omitempty"` // this classification and all below it
	Categories      map[string][]string `toml:"categories,omitempty"`
	XML             string              `toml:"xml,omitempty"`
}
