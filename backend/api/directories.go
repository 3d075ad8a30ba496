package api

import (
	"time"

	"caveat/backend/installation"
)

// DirectoryDocument is everything about one directory that its administrator wants to see: how it is set up, how fresh it is, and
// what is going on. It holds no secret.
type DirectoryDocument struct {
	Name     string   `json:"name"`
	Nation   string   `json:"nation"`
	Own      bool     `json:"own" doc:"of the own nation"`
	Mode     string   `json:"mode" enum:"mirror,look-up"`
	Security string   `json:"security" enum:"ldaps,starttls,plain,ldif" doc:"how it is read; plain and ldif count only up to a ceiling"`
	Ceiling  bool     `json:"ceiling" doc:"of plain and ldif: what is read there counts up to a ceiling; false: it counts for nothing"`
	Auth     string   `json:"auth" enum:"anonymous,simple,external,gssapi"`
	Sources  []string `json:"sources" nullable:"false" doc:"URLs in the order in which they are tried, or the LDIF file"`
	Schema   string   `json:"schema" enum:"default,inetorgperson,acp133,active-directory,custom"`
	Live     string   `json:"live" enum:"typing,enter,never" doc:"when a search asks it"`

	MailDomains []string `json:"mailDomains" nullable:"false" doc:"for which it decides"`
	ChatDomains []string `json:"chatDomains" nullable:"false" doc:"for which it decides"`

	Paused      bool           `json:"paused" doc:"it is neither read nor asked: what was read goes on deciding, as old as it is"`
	State       string         `json:"state" enum:"ok,incomplete,held,failed,never-read"`
	Error       string         `json:"error,omitempty" doc:"why the last read failed or brought only a part"`
	Incomplete  bool           `json:"incomplete" doc:"the last read brought only a part"`
	Held        int            `json:"held" doc:"entries that are gone from the directory and are kept until somebody confirms it; 0: none"`
	Entries     int            `json:"entries"`
	ByKind      map[string]int `json:"byKind" doc:"entries by kind"`
	LastRead    *time.Time     `json:"lastRead" doc:"end of the last complete read; null: never"`
	LastAttempt *time.Time     `json:"lastAttempt"`
	LastFull    *time.Time     `json:"lastFull" doc:"start of the last complete read of everything"`
	NextRun     *time.Time     `json:"nextRun" doc:"when it is read again by itself; null: never (look-up), or nobody is there to do it"`

	Every     int     `json:"everySeconds" doc:"how often it is read; 0: only when asked (look-up)"`
	FullEvery int     `json:"fullEverySeconds" doc:"how often everything is read, where it is not read each time"`
	Keep      int     `json:"keepSeconds" doc:"of look-up: how long what was found is kept; 0: mirror, as long as the directory has it"`
	MaxLoss   float64 `json:"maxLoss" doc:"share of the entries that may be gone at once, 0 to 1"`
	Strategy  string  `json:"strategy" enum:"auto,syncrepl,dirsync,changes,full" doc:"of the last read; auto: never read"`
	Wanted    string  `json:"wanted" enum:"auto,syncrepl,dirsync,changes,full" doc:"the strategy that is set up"`
	Bytes     int64   `json:"bytes" doc:"read in the last attempt"`
	Seconds   float64 `json:"seconds" doc:"that the last attempt took"`

	Day ReadsSum `json:"day" doc:"the reads of the last 24 hours together"`

	Revision string `json:"revision,omitempty" doc:"names its section in the installation file as it is shown here, for who may change it: a change says for which it was made"`

	Running *RunDocument `json:"running" doc:"the read that is going on; null: none"`
}

// RunDocument is how far a read is. It is renewed at most once a second, with a change of kind "sync" and the directory's name.
type RunDocument struct {
	Started   time.Time `json:"started"`
	Updated   time.Time `json:"updated" doc:"when this was written; one that stays old is stuck"`
	Full      bool      `json:"full" doc:"everything is read"`
	Read      int       `json:"read" doc:"entries so far"`
	Added     int       `json:"added"`
	Changed   int       `json:"changed"`
	Expected  int       `json:"expected" doc:"entries that it is going to bring; 0: not known"`
	PerSecond float64   `json:"perSecond" doc:"entries"`
	Left      *int      `json:"leftSeconds" doc:"null: not known"`
	Bytes     int64     `json:"bytes"`
	Stopping  bool      `json:"stopping" doc:"somebody asked it to stop"`
}

// DirectoryInput is a directory to be added, or to be looked at before. Keys are those of the installation file
// (docs/installation.md). Secrets go to the store of secrets and come back in no answer.
type DirectoryInput struct {
	Name   string `json:"name" minLength:"1" maxLength:"64"`
	Nation string `json:"nation" minLength:"1" maxLength:"16" doc:"three-letter code"`

	URLs       []string `json:"urls,omitempty" maxItems:"16" doc:"ldap:// or ldaps://, tried in order"`
	LDIF       string   `json:"ldif,omitempty" doc:"path of an LDIF file on this machine, in place of urls"`
	Security   string   `json:"security,omitempty" enum:"ldaps,starttls,plain" doc:"not with ldif"`
	CA         string   `json:"ca,omitempty" doc:"name of a CA of the installation"`
	CAPEM      string   `json:"caPem,omitempty" maxLength:"1000000" doc:"certificates of a CA that is added under the name ca; left out: the directory's name"`
	ServerName string   `json:"serverName,omitempty" doc:"name in the server's certificate; left out: the URL's host"`
	Pins       []string `json:"pins,omitempty" maxItems:"16" doc:"sha256:HEX of the server's public key"`
	CRLs       []string `json:"crlsPem,omitempty" maxItems:"64" doc:"revocation lists, PEM"`
	CRLFiles   []string `json:"crls,omitempty" maxItems:"64" doc:"revocation lists on this machine, which something else renews"`

	Auth              string         `json:"auth,omitempty" enum:"anonymous,simple,external,gssapi" doc:"left out: simple with bindDn, else anonymous"`
	BindDN            string         `json:"bindDn,omitempty"`
	Password          string         `json:"password,omitempty" maxLength:"4096" writeOnly:"true" doc:"of bindDn, or PIN of the token; it goes to the store of secrets"`
	Secret            string         `json:"secret,omitempty" doc:"of commands alone, refused here: name of a secret that is stored already, in place of password"`
	ClientCertificate string         `json:"clientCertificatePem,omitempty" maxLength:"1000000"`
	ClientCertFile    string         `json:"clientCertificate,omitempty" doc:"path on this machine, in place of clientCertificatePem"`
	ClientKey         string         `json:"clientKeyPem,omitempty" maxLength:"100000" writeOnly:"true" doc:"it goes to the store of secrets"`
	ClientKeyURI      string         `json:"clientKeyUri,omitempty" doc:"path on this machine, in place of clientKeyPem; pkcs11:… is taken from commands alone, because it names a library to load"`
	Kerberos          *KerberosInput `json:"kerberos,omitempty"`

	BaseDN      string                    `json:"baseDn,omitempty" doc:"may be left out of a proposal"`
	MailDomains []string                  `json:"mailDomains,omitempty" maxItems:"1000" doc:"for which it decides"`
	ChatDomains []string                  `json:"chatDomains,omitempty" maxItems:"1000" doc:"for which it decides"`
	Mode        string                    `json:"mode,omitempty" enum:"mirror,look-up" doc:"left out: look-up"`
	Schema      string                    `json:"schema,omitempty" enum:"default,inetorgperson,acp133,active-directory,custom"`
	Mapping     *installation.MappingFile `json:"mapping,omitempty" doc:"what differs from the schema; of custom: all there is"`
	Referrals   []string                  `json:"referrals,omitempty" maxItems:"64" doc:"host:port to which referrals may be followed"`
	PageSize    int                       `json:"pageSize,omitempty" minimum:"0" maximum:"100000"`
	Timeout     string                    `json:"timeout,omitempty" doc:"such as 8s"`
	Rate        int                       `json:"rate,omitempty" minimum:"0" doc:"most entries per second that a sync reads; 0: no limit"`

	Sync      string  `json:"sync,omitempty" enum:"auto,syncrepl,dirsync,changes,full"`
	Every     string  `json:"every,omitempty" doc:"such as 15m"`
	FullEvery string  `json:"fullEvery,omitempty" doc:"such as 24h"`
	MaxLoss   float64 `json:"maxLoss,omitempty" minimum:"0" maximum:"1" doc:"0: the delivered 0.5"`
	Keep      string  `json:"keep,omitempty" doc:"of look-up, such as 720h"`
	Live      string  `json:"live,omitempty" enum:"typing,enter,never"`

	PlainCeiling *CeilingInput `json:"plainCeiling,omitempty" doc:"up to where counts what was read over plain or from an LDIF file"`
}

// KerberosInput names files on this machine.
type KerberosInput struct {
	Config    string `json:"config" doc:"krb5.conf"`
	Keytab    string `json:"keytab,omitempty"`
	Principal string `json:"principal,omitempty"`
	CCache    string `json:"ccache,omitempty"`
	Service   string `json:"service,omitempty"`
}

// CeilingInput is a clearance by names.
type CeilingInput struct {
	Policy          string              `json:"policy,omitempty"`
	Classifications []string            `json:"classifications,omitempty"`
	UpTo            string              `json:"upTo,omitempty" doc:"this classification and all below it"`
	Categories      map[string][]string `json:"categories,omitempty" doc:"values by tag set"`
	XML             string              `json:"xml,omitempty" maxLength:"1000000" doc:"a clearance of STANAG 4774, in place of everything else"`
}

// written is the clearance as the installation file has it.
func (c CeilingInput) written() installation.Clearance {
	return installation.Clearance{Policy: c.Policy, Classifications: c.Classifications, UpTo: c.UpTo, Categories: c.Categories, XML: c.XML}
}

// namesOf is a clearance of the installation file as it is edited.
func namesOf(c installation.Clearance) CeilingInput {
	return CeilingInput{Policy: c.Policy, Classifications: c.Classifications, UpTo: c.UpTo, Categories: c.Categories, XML: c.XML}
}

// ProposalDocument is what a look at a server suggests, with the evidence for it.
type ProposalDocument struct {
	OK             bool                     `json:"ok"`
	Error          string                   `json:"error,omitempty" doc:"why the server could not be asked"`
	Step           string                   `json:"step,omitempty" enum:"setup,connection,certificate,bind,base,entries" doc:"how far it came: the first step that failed"`
	URL            string                   `json:"url,omitempty" doc:"the one that answered"`
	Vendor         string                   `json:"vendor,omitempty"`
	NamingContexts []string                 `json:"namingContexts" nullable:"false"`
	BaseDN         string                   `json:"baseDn"`
	Schema         string                   `json:"schema"`
	Mapping        installation.MappingFile `json:"mapping" doc:"of a custom schema; else empty"`
	Strategy       string                   `json:"strategy"`
	PageSize       int                      `json:"pageSize"`
	Evidence       []EvidenceRow            `json:"evidence" nullable:"false"`
	Problems       []string                 `json:"problems" nullable:"false" doc:"what would not work, in words"`
	Certificate    *CertificateOutput       `json:"certificate" doc:"null: no TLS"`
	Chain          []ChainCertificate       `json:"chain" nullable:"false" doc:"what the server showed, its own certificate first; empty: no TLS, or it could not be reached"`
	Untrusted      bool                     `json:"untrusted" doc:"the server shows a certificate, and nothing was given yet to trust it by; no name or password was sent"`
	Checks         []CheckOutput            `json:"checks" nullable:"false" doc:"step by step, up to the first that failed"`
	Strategies     []string                 `json:"strategies" nullable:"false" doc:"how it can be kept up to date, best first"`
	Entries        int                      `json:"entries" doc:"how many entries a small search brought"`
	WithClearance  int                      `json:"withClearance" doc:"how many of them have a clearance"`
	TOML           string                   `json:"toml" doc:"the section as it would be written into the installation file"`
}

// EvidenceRow says why an attribute is proposed for a field.
type EvidenceRow struct {
	Field     string `json:"field"`
	Attribute string `json:"attribute"`
	Have      int    `json:"have" doc:"entries that have it"`
	Of        int    `json:"of" doc:"entries that were looked at"`
	Example   string `json:"example"`
}

// CertificateOutput is a server's certificate.
type CertificateOutput struct {
	Subject  string    `json:"subject"`
	Issuer   string    `json:"issuer"`
	NotAfter time.Time `json:"notAfter"`
	Pin      string    `json:"pin" doc:"sha256:HEX of its public key"`
}

// ChainCertificate is one of the certificates that a server showed.
type ChainCertificate struct {
	CertificateOutput
	NotBefore time.Time `json:"notBefore"`
	SHA256    string    `json:"sha256" doc:"of the certificate, hexadecimal digits: what somebody at the other nation can read out"`
	CA        bool      `json:"ca" doc:"it may issue certificates"`
	Root      bool      `json:"root" doc:"it has issued itself"`
	PEM       string    `json:"pem"`
}

// AddedDocument is the answer to a directory that was added.
type AddedDocument struct {
	Directory string   `json:"directory"`
	Path      string   `json:"path" doc:"of the installation file that names it now"`
	Secrets   []string `json:"secrets" nullable:"false" doc:"names of the secrets that were stored"`
	Warnings  []string `json:"warnings" nullable:"false" doc:"what it lacks to be of use"`
}

// RemovedDocument is the answer to a directory that was removed.
type RemovedDocument struct {
	Directory string   `json:"directory"`
	Path      string   `json:"path"`
	Secrets   []string `json:"secrets" nullable:"false" doc:"names of the secrets that were deleted, because nothing else uses them"`
}

// StoppedDocument is the answer to a read that was asked to stop.
type StoppedDocument struct {
	Directory string `json:"directory"`
	Stopping  bool   `json:"stopping" doc:"false: nothing was going on"`
}
