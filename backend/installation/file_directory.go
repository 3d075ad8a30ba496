package installation

// DirectoryTrust is what is wanted of a directory's certificate beyond its CA, and where its referrals may lead.
type DirectoryTrust struct {
	Pins      []string `toml:"pins,omitempty"`     // "sha256:HEX" of the server's public key
	CRLs      []string `toml:"crls,omitempty"`     // files, relative to the installation file; read again when they change
	CRLsPEM   []string `toml:"crls_pem,omitempty"` // the lists themselves, in a bundle
	Referrals []string `toml:"referrals,omitempty"`
}

// DirectoryAuth is how we prove to a directory who we are.
type DirectoryAuth struct {
	Auth                 string        `toml:"auth,omitempty"`               // anonymous, simple, external, gssapi; see Directory.Auth
	ClientCertificate    string        `toml:"client_certificate,omitempty"` // file, relative to the installation file
	ClientCertificatePEM string        `toml:"client_certificate_pem,omitempty,multiline"`
	ClientKey            string        `toml:"client_key,omitempty"` // file, "secret:NAME", or "pkcs11:…": never the key itself
	Kerberos             *KerberosFile `toml:"kerberos,omitempty"`
}

// KerberosFile names the files of SASL GSSAPI. They stay where they are.
type KerberosFile struct {
	Config    string `toml:"config"`
	Keytab    string `toml:"keytab,omitempty"`
	Principal string `toml:"principal,omitempty"`
	CCache    string `toml:"ccache,omitempty"`
	Service   string `toml:"service,omitempty"`
}

// DirectorySchema is how a directory's entries are read.
type DirectorySchema struct {
	Schema  string       `toml:"schema,omitempty"` // default, inetorgperson, acp133, active-directory, custom
	Mapping *MappingFile `toml:"mapping,omitempty"`
}

// MappingFile says which object classes become which kind, and which attributes hold what. What is left out is as the schema has
// it; an empty list is none.
type MappingFile struct {
	Classes      map[string]string `toml:"classes,omitempty" json:"classes,omitempty" doc:"kind by object class: person, role, list, room, organisation"`
	Conditions   []ConditionFile   `toml:"conditions,omitempty" json:"conditions,omitempty" doc:"come before classes: the first that an entry meets decides"`
	Ignore       []string          `toml:"ignore,omitzero" json:"ignore,omitempty" doc:"object classes whose entries are not kept"`
	UUID         []string          `toml:"uuid,omitzero" json:"uuid,omitempty"`
	Name         []string          `toml:"name,omitzero" json:"name,omitempty"`
	Surname      []string          `toml:"surname,omitzero" json:"surname,omitempty"`
	GivenName    []string          `toml:"given_name,omitzero" json:"givenName,omitempty"`
	Rank         []string          `toml:"rank,omitzero" json:"rank,omitempty"`
	Title        []string          `toml:"title,omitzero" json:"title,omitempty"`
	Unit         []string          `toml:"unit,omitzero" json:"unit,omitempty"`
	Organisation []string          `toml:"organisation,omitzero" json:"organisation,omitempty"`
	Mail         []string          `toml:"mail,omitzero" json:"mail,omitempty"`
	JID          []string          `toml:"jid,omitzero" json:"jid,omitempty"`
	Phone        []string          `toml:"phone,omitzero" json:"phone,omitempty"`
	Clearance    []string          `toml:"clearance,omitzero" json:"clearance,omitempty"`
	Members      []string          `toml:"members,omitzero" json:"members,omitempty"`
	Occupants    []string          `toml:"occupants,omitzero" json:"occupants,omitempty"`
	MemberURLs   []string          `toml:"member_urls,omitzero" json:"memberUrls,omitempty" doc:"LDAP URLs that find the members of a list"`
	SamePerson   []string          `toml:"same_person,omitzero" json:"samePerson,omitempty" doc:"DNs of other entries of the same person; each must name the other"`
	// What says that an entry is not in use, or until when it is.
	Active         []string `toml:"active,omitzero" json:"active,omitempty" doc:"TRUE: in use"`
	Inactive       []string `toml:"inactive,omitzero" json:"inactive,omitempty" doc:"TRUE: not in use"`
	AccountControl []string `toml:"account_control,omitzero" json:"accountControl,omitempty" doc:"a number whose bit 2 means not in use"`
	Expires        []string `toml:"expires,omitzero" json:"expires,omitempty"`
	Certificates   []string `toml:"certificates,omitzero" json:"certificates,omitempty"`
	// What an addressee can take.
	MaxSize       []string `toml:"max_size,omitzero" json:"maxSize,omitempty"`
	NoAttachments []string `toml:"no_attachments,omitzero" json:"noAttachments,omitempty"`
	EmCon         []string `toml:"em_con,omitzero" json:"emCon,omitempty"`
	Labels        []string `toml:"labels,omitzero" json:"labels,omitempty"`
	MMHS          []string `toml:"mmhs,omitzero" json:"mmhs,omitempty"`
}

// ConditionFile makes entries of a kind by what an attribute holds.
type ConditionFile struct {
	Attribute string `toml:"attribute" json:"attribute"`
	Value     string `toml:"value" json:"value" doc:"*: any"`
	Class     string `toml:"class,omitempty" json:"class,omitempty" doc:"only of entries of this object class"`
	Kind      string `toml:"kind,omitempty" json:"kind,omitempty" doc:"left out: the entry is not kept"`
}

// DirectorySync is how a directory is kept up to date.
type DirectorySync struct {
	LDIF      string   `toml:"ldif,omitempty"`       // file, relative to the installation file, in place of URLs
	Sync      string   `toml:"sync,omitempty"`       // auto, syncrepl, dirsync, changes, full
	Every     Duration `toml:"every,omitempty"`      // of mirror; see Directory.Interval
	FullEvery Duration `toml:"full_every,omitempty"` // everything is read at least so often
	MaxLoss   float64  `toml:"max_loss,omitempty"`   // share that may be gone at once, 0 to 1; 0: the delivered one
	Rate      int      `toml:"rate,omitempty"`       // most entries per second; 0: no limit
	Keep      Duration `toml:"keep,omitempty"`       // of look-up: how long what was found is kept; see Directory.Kept
}
