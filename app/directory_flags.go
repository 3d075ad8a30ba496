package app

import (
	"fmt"
	"path/filepath"
	"strings"

	"caveat/backend/api"
	"caveat/backend/installation"
)

// directoryFlags say everything about a directory that the installation file can (docs/installation.md).
type directoryFlags struct {
	Nation string `help:"Three-letter code of its nation." placeholder:"N"`

	URL        []string `name:"url" sep:"none" help:"ldap:// or ldaps://; several are tried in order." placeholder:"URL"`
	LDIF       string   `name:"ldif" help:"LDIF file in place of a server." placeholder:"FILE"`
	Security   string   `help:"ldaps, starttls or plain; left out: by the URL, ldaps or starttls." placeholder:"HOW"`
	CA         string   `name:"ca" help:"Name of a [[ca]] of this installation." placeholder:"NAME"`
	CAFile     string   `name:"ca-file" help:"Certificates of a CA that is added, PEM." placeholder:"FILE"`
	ServerName string   `help:"Name in the server's certificate, where it is not the URL's." placeholder:"HOST"`
	Pin        []string `help:"sha256:HEX of the server's public key." placeholder:"PIN"`
	CRL        []string `name:"crl" help:"Revocation list; one named absolutely is read again when it changes, another is copied." placeholder:"FILE"`

	Auth              string `help:"anonymous, simple, external or gssapi." placeholder:"HOW"`
	BindDN            string `name:"bind-dn" help:"Name to bind by." placeholder:"DN"`
	PasswordFile      string `help:"File that holds the password, or the PIN of a token; - for standard input." placeholder:"FILE"`
	Secret            string `help:"Name of a password: one that is stored, or that is stored afterwards (installation secret)." placeholder:"NAME"`
	ClientCertificate string `help:"Our certificate, PEM." placeholder:"FILE"`
	ClientKey         string `help:"Its key: a file, secret:NAME or pkcs11:…" placeholder:"KEY"`
	KerberosConfig    string `help:"krb5.conf" placeholder:"FILE"`
	Keytab            string `help:"Keytab of --principal." placeholder:"FILE"`
	Principal         string `help:"USER@REALM" placeholder:"NAME"`
	Ccache            string `help:"Credentials cache, in place of a keytab." placeholder:"FILE"`
	Service           string `help:"Of the server, where it is not ldap/HOST." placeholder:"NAME"`

	BaseDN     string   `name:"base-dn" help:"Where its people are; left out: as the server says." placeholder:"DN"`
	MailDomain []string `help:"Domain for whose mail addresses it decides." placeholder:"DOMAIN"`
	ChatDomain []string `help:"Domain for whose chat addresses it decides." placeholder:"DOMAIN"`
	Mode       string   `help:"look-up or mirror; mirror only where that nation agreed to a copy." placeholder:"HOW"`
	Schema     string   `help:"default, inetorgperson, acp133 or active-directory; left out: as proposed." placeholder:"NAME"`
	Map        []string `sep:"none" help:"Attributes of a field, such as clearance=nationClearance,confidentialityClearance." placeholder:"FIELD=ATTRIBUTES"`
	Class      []string `sep:"none" help:"Kind of an object class, such as navyPerson=person." placeholder:"CLASS=KIND"`
	Referral   []string `help:"HOST:PORT to which referrals may be followed." placeholder:"SERVER"`
	PageSize   int      `help:"Entries per page." placeholder:"N"`
	Timeout    string   `help:"Of one answer, such as 8s." placeholder:"TIME"`
	Rate       int      `help:"Most entries per second that a sync reads." placeholder:"N"`

	Sync      string  `help:"auto, syncrepl, dirsync, changes or full." placeholder:"HOW"`
	Every     string  `help:"How often it is read, such as 15m." placeholder:"TIME"`
	FullEvery string  `help:"How often everything is read, such as 24h." placeholder:"TIME"`
	MaxLoss   float64 `help:"Share of the entries that may be gone at once, 0 to 1." placeholder:"SHARE"`
	Keep      string  `help:"Of look-up: how long what was found is kept, such as 720h." placeholder:"TIME"`
	Live      string  `help:"When a search asks it: typing, enter or never." placeholder:"WHEN"`

	CeilingPolicy string   `help:"Of plain and LDIF: policy of the clearance up to which what it says counts." placeholder:"NAME"`
	CeilingUpTo   string   `help:"Its highest classification." placeholder:"CLASS"`
	CeilingValue  []string `sep:"none" help:"Its values of a tag set." placeholder:"TAGSET=VALUES"`
}

// input reads the files that the flags name.
func (f directoryFlags) input(c *console, name string) (api.DirectoryInput, error) {
	in := api.DirectoryInput{
		Name: name, Nation: f.Nation, URLs: f.URL, LDIF: f.LDIF, Security: f.security(), CA: f.CA, ServerName: f.ServerName, Pins: f.Pin,
		Auth: f.Auth, BindDN: f.BindDN, Secret: f.Secret, ClientKeyURI: f.ClientKey, BaseDN: f.BaseDN, MailDomains: f.MailDomain,
		ChatDomains: f.ChatDomain, Mode: f.Mode, Schema: f.Schema, Referrals: f.Referral, PageSize: f.PageSize, Timeout: f.Timeout, Rate: f.Rate,
		Sync: f.Sync, Every: f.Every, FullEvery: f.FullEvery, MaxLoss: f.MaxLoss, Keep: f.Keep, Live: f.Live,
	}
	if err := f.absolute(&in); err != nil {
		return in, err
	}
	for _, x := range []struct {
		path  string
		limit int64
		to    *string
	}{{f.CAFile, 1 << 20, &in.CAPEM}, {f.ClientCertificate, 1 << 20, &in.ClientCertificate}, {f.PasswordFile, maxSecret, &in.Password}} {
		if x.path == "" {
			continue
		}
		data, err := c.readFile(x.path, x.limit)
		if err != nil {
			return in, err
		}
		*x.to = string(data)
	}
	in.Password = strings.TrimRight(in.Password, "\r\n")
	if f.PasswordFile != "" && in.Password == "" {
		return in, fmt.Errorf("%s holds no password", f.PasswordFile)
	}
	if err := f.lists(c, &in); err != nil {
		return in, err
	}
	return in, f.tables(&in)
}

// missing names the first flag without which no directory can be added; unasked: no server tells where its people are.
func (f directoryFlags) missing(unasked bool) error {
	switch {
	case f.Nation == "":
		return usageError{"--nation is missing: the three-letter code of its nation, such as FRA"}
	case len(f.URL) == 0 && f.LDIF == "":
		return usageError{"--url is missing: where its server is, such as ldap://ldap.fra.example; or --ldif, a file in place of a server"}
	case f.LDIF == "" && f.Security != "plain" && f.CA == "" && f.CAFile == "":
		return usageError{"--ca is missing: the name of the [[ca]] that issued the server's certificate; or --ca-file, its certificates"}
	case unasked && f.BaseDN == "":
		return usageError{"--base-dn is missing: below which its people are, such as dc=fra,dc=example; only a server that is asked can say it"}
	}
	return nil
}

// absolute names what stays where it is so that it is found from everywhere.
func (f directoryFlags) absolute(in *api.DirectoryInput) error {
	if f.KerberosConfig != "" || f.Keytab != "" || f.Ccache != "" {
		in.Kerberos = &api.KerberosInput{Config: f.KerberosConfig, Keytab: f.Keytab, Principal: f.Principal, CCache: f.Ccache, Service: f.Service}
		for _, name := range []*string{&in.Kerberos.Config, &in.Kerberos.Keytab, &in.Kerberos.CCache} {
			if err := absolute(name); err != nil {
				return err
			}
		}
	}
	if (installation.DirectoryFile{DirectoryAuth: installation.DirectoryAuth{ClientKey: f.ClientKey}}).KeyPath() != "" {
		if err := absolute(&in.ClientKeyURI); err != nil {
			return err
		}
	}
	return absolute(&in.LDIF)
}

func absolute(name *string) (err error) {
	if *name != "" {
		*name, err = filepath.Abs(*name)
	}
	return err
}

// lists copies revocation lists that are named relatively; the others are renewed where they are.
func (f directoryFlags) lists(c *console, in *api.DirectoryInput) error {
	for _, name := range f.CRL {
		if filepath.IsAbs(name) {
			in.CRLFiles = append(in.CRLFiles, name)
			continue
		}
		data, err := c.readFile(name, installation.MaxSize)
		if err != nil {
			return err
		}
		lists, err := installation.RevocationListsPEM(data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		in.CRLs = append(in.CRLs, lists...)
	}
	return nil
}

// security is as it is given, else what the URL lets expect: never plain.
func (f directoryFlags) security() string {
	switch {
	case f.Security != "" || f.LDIF != "":
		return f.Security
	case len(f.URL) > 0 && strings.HasPrefix(f.URL[0], "ldaps:"):
		return "ldaps"
	}
	return "starttls"
}

// tables reads what is written as KEY=VALUE.
func (f directoryFlags) tables(in *api.DirectoryInput) error {
	var m installation.MappingFile
	for _, text := range f.Map {
		field, list, ok := strings.Cut(text, "=")
		if !ok || !m.Set(field, fields(list)) {
			return usageError{fmt.Sprintf("--map %q: FIELD=ATTRIBUTE,…; fields are %s", text, strings.Join(m.Keys(), ", "))}
		}
	}
	for _, text := range f.Class {
		class, kind, ok := strings.Cut(text, "=")
		if !ok {
			return usageError{fmt.Sprintf("--class %q: CLASS=KIND, such as navyPerson=person", text)}
		}
		if m.Classes == nil {
			m.Classes = map[string]string{}
		}
		m.Classes[class] = kind
	}
	if len(f.Map)+len(f.Class) > 0 {
		in.Mapping = &m
	}
	if f.CeilingPolicy == "" && f.CeilingUpTo == "" && len(f.CeilingValue) == 0 {
		return nil
	}
	in.PlainCeiling = &api.CeilingInput{Policy: f.CeilingPolicy, UpTo: f.CeilingUpTo, Categories: map[string][]string{}}
	for _, text := range f.CeilingValue {
		set, list, ok := strings.Cut(text, "=")
		if !ok {
			return usageError{fmt.Sprintf("--ceiling-value %q: TAGSET=VALUE,…", text)}
		}
		in.PlainCeiling.Categories[set] = fields(list)
	}
	return nil
}

// fields splits a list at its commas.
func fields(list string) []string {
	out := []string{}
	for _, s := range strings.Split(list, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
