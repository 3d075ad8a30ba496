package api

import "time"

// EntryDocument is everything a drafter may know of an entry. What it holds is not in it (RULES 19).
type EntryDocument struct {
	Hit
	GivenName         string                `json:"givenName,omitempty"`
	Surname           string                `json:"surname,omitempty"`
	Phone             []string              `json:"phone" nullable:"false"`
	Transport         string                `json:"transport"`
	Clearances        int                   `json:"clearances" doc:"how many clearances are published"`
	Members           []string              `json:"members" nullable:"false" doc:"DNs of members or occupants"`
	MembersIncomplete bool                  `json:"membersIncomplete" doc:"the server gave only a part of them"`
	Resolved          []Hit                 `json:"resolved" nullable:"false" doc:"those of members that the book has, in their order"`
	Groups            []Hit                 `json:"groups" nullable:"false" doc:"lists and roles of its directory that it belongs to"`
	Path              []NodeDocument        `json:"path" nullable:"false" doc:"from the top of the tree to where it stands"`
	Capabilities      *CapabilitiesDocument `json:"capabilities" doc:"null: nothing is published"`
	CertificateUntil  *time.Time            `json:"certificateUntil" doc:"end of the certificate that lasts longest; null: none is published"`
	Freshness         FreshnessDocument     `json:"freshness"`
}

// CapabilitiesDocument is what an entry says that it can take (RULES 23).
type CapabilitiesDocument struct {
	MaxSize       int64  `json:"maxSize" doc:"bytes of one message; 0: not published"`
	NoAttachments bool   `json:"noAttachments"`
	EmCon         string `json:"emCon" doc:"emission control; empty: not published"`
	Labels        string `json:"labels" enum:"yes,no," doc:"understands confidentiality labels"`
	MMHS          string `json:"mmhs" enum:"yes,no," doc:"understands military headers"`
}

// FreshnessDocument says how old what is shown is, by the two ages of RULES 13.
type FreshnessDocument struct {
	Age   int64  `json:"age" doc:"seconds since it was read"`
	State string `json:"state" enum:"fresh,drafting,stale" doc:"fresh: within the sending age; drafting: within the drafting age; stale: older, a check takes it as last read"`
	Why   string `json:"why,omitempty" doc:"why its directory could not be read since"`
}

// FieldChange is one thing that changed since the cache. Of a clearance only that it changed is told (RULES 19).
type FieldChange struct {
	Field string   `json:"field" enum:"name,rank,title,unit,organisation,mail,jid,phone,dn,kind,members,disabled,expiresAt,capabilities,certificate,clearance"`
	Old   []string `json:"old" nullable:"false" doc:"empty of a clearance"`
	New   []string `json:"new" nullable:"false" doc:"empty of a clearance"`
	Text  string   `json:"text" doc:"in words"`
}

// LiveDocument is an entry as its directory gives it now, with what the cache does not keep.
type LiveDocument struct {
	ID           string                `json:"id"`
	At           time.Time             `json:"at"`
	State        string                `json:"state" enum:"same,changed,gone,down"`
	Why          string                `json:"why,omitempty" doc:"why the directory could not be asked"`
	Entry        *EntryDocument        `json:"entry" doc:"as it is now; null: it is gone, or could not be read"`
	Changes      []FieldChange         `json:"changes" nullable:"false"`
	Photo        []byte                `json:"photo,omitempty" doc:"base64; left out: none"`
	PhotoType    string                `json:"photoType,omitempty" enum:"image/jpeg,image/png"`
	Certificates []CertificateDocument `json:"certificates" nullable:"false"`
	Unreadable   int                   `json:"unreadable" doc:"certificates that cannot be read"`
	MemberOf     []string              `json:"memberOf" nullable:"false" doc:"DNs, as the directory names them itself"`
	// As the directory's limit on values of one attribute has it.
	MemberOfIncomplete bool `json:"memberOfIncomplete" doc:"there are more than memberOf names"`
}

// CertificateDocument is one certificate of an entry.
type CertificateDocument struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	Use       string    `json:"use"`
	State     string    `json:"state" enum:"valid,expired,not-yet-valid,ends-soon" doc:"by date alone; ends-soon: within 30 days"`
}

// ClearanceDocument is what an entry holds, for administrators and auditors only (RULES 19).
type ClearanceDocument struct {
	ID         string          `json:"id"`
	Clearances []HeldClearance `json:"clearances" nullable:"false"`
}

// HeldClearance is one clearance in words and as published.
type HeldClearance struct {
	Policy          string         `json:"policy" doc:"its name here, else as published"`
	Known           bool           `json:"known" doc:"this installation has the policy"`
	Classifications []string       `json:"classifications" nullable:"false"`
	Categories      []HeldCategory `json:"categories" nullable:"false"`
	Problems        []string       `json:"problems" nullable:"false" doc:"names that the policy does not have, or why it cannot be read"`
	XML             string         `json:"xml" doc:"byte for byte as published"`
}

// HeldCategory is the values of one tag set.
type HeldCategory struct {
	TagSet string   `json:"tagSet"`
	Type   string   `json:"type" enum:"RESTRICTIVE,PERMISSIVE,INFORMATIVE"`
	Values []string `json:"values" nullable:"false"`
}

// RereadInput is entries to read again now.
type RereadInput struct {
	IDs     []string `json:"ids" nullable:"false" maxItems:"5000"`
	Seconds int      `json:"seconds,omitempty" minimum:"1" maximum:"60" doc:"deadline per nation; left out: the installation's"`
}

// RereadDocument is what a re-read found.
type RereadDocument struct {
	At          time.Time         `json:"at"`
	Entries     []RereadEntry     `json:"entries" nullable:"false" doc:"one per id, in the order asked"`
	Directories []SearchDirectory `json:"directories" nullable:"false" doc:"those that were asked"`
	Changed     int               `json:"changed"`
	Gone        int               `json:"gone"`
	NotRead     int               `json:"notRead" doc:"ids whose directory could not be asked: they are as last read"`
}

// RereadEntry is one entry that was read again.
type RereadEntry struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Address string        `json:"address"`
	State   string        `json:"state" enum:"same,changed,gone,not-read,unknown" doc:"unknown: the book has no such entry"`
	Why     string        `json:"why,omitempty"`
	Changes []FieldChange `json:"changes" nullable:"false"`
}
