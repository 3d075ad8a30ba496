package api

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/installation"
)

// AccountInput is an account as it is written in a form: the keys of [[account]] (docs/installation.md). Its secrets go in and never
// come out.
type AccountInput struct {
	Name       string   `json:"name" minLength:"1" maxLength:"64" doc:"in this installation"`
	Kind       string   `json:"kind" enum:"smtp,imap,xmpp"`
	Address    string   `json:"address" maxLength:"300" doc:"HOST:PORT"`
	Security   string   `json:"security" enum:"tls,starttls,plain"`
	CA         string   `json:"ca,omitempty" maxLength:"64" doc:"name of a CA of this installation, or of the one that caPem brings"`
	CAPEM      string   `json:"caPem,omitempty" maxLength:"65536" doc:"certificates of a CA that is added, PEM"`
	ServerName string   `json:"serverName,omitempty" maxLength:"255" doc:"name in the server's certificate; left out: the host of address, of chat the domain of jid"`
	Pins       []string `json:"pins,omitempty" maxItems:"16" doc:"sha256:HEX of the only keys that the server may have"`
	Auth       string   `json:"auth,omitempty" enum:"auto,scram,plain,external,oauthbearer,none"`
	User       string   `json:"user,omitempty" maxLength:"255"`
	Timeout    string   `json:"timeout,omitempty" maxLength:"32" doc:"such as 30s"`

	Password          string `json:"password,omitempty" maxLength:"4096" doc:"password, token or PIN; left out: the stored one stays"`
	ClientCertificate string `json:"clientCertificate,omitempty" maxLength:"65536" doc:"PEM; left out: the one that is there stays"`
	ClientKey         string `json:"clientKey,omitempty" maxLength:"65536" doc:"PEM; it is stored with the secrets"`
	NoCertificate     bool   `json:"noCertificate,omitempty" doc:"the certificate and key that are there are taken out"`

	RequireTLS   bool     `json:"requireTls,omitempty"`
	DeliverBy    string   `json:"deliverBy,omitempty" maxLength:"32" doc:"such as 30m"`
	Notify       []string `json:"notify,omitempty" maxItems:"3"`
	Chunking     string   `json:"chunking,omitempty" enum:"auto,never"`
	Partial      string   `json:"partial,omitempty" enum:"rest,nobody"`
	MaxSize      int64    `json:"maxSize,omitempty" minimum:"0" doc:"octets"`
	LabelForm    string   `json:"labelForm,omitempty" enum:"label,binding"`
	ReadReceipts bool     `json:"readReceipts,omitempty"`

	Clearance    *ClearanceInput `json:"clearance,omitempty" doc:"of a mailbox; left out: it has none"`
	Inbox        *bool           `json:"inbox,omitempty" doc:"left out: true"`
	Sent         bool            `json:"sent,omitempty"`
	Drafts       bool            `json:"drafts,omitempty"`
	SentFolder   string          `json:"sentFolder,omitempty" maxLength:"255"`
	DraftsFolder string          `json:"draftsFolder,omitempty" maxLength:"255"`

	JID      string   `json:"jid,omitempty" maxLength:"3071"`
	Resource string   `json:"resource,omitempty" maxLength:"255"`
	Rooms    []string `json:"rooms,omitempty" maxItems:"64" doc:"domains of room services"`

	Revision string `json:"revision,omitempty" maxLength:"64" doc:"names the account's section as it is: a change says for which it was made; left out: of a new account"`
}

// ClearanceInput is a clearance as the installation file has it: names for people, or the XML.
type ClearanceInput struct {
	Policy          string              `json:"policy,omitempty"`
	Classifications []string            `json:"classifications,omitempty"`
	UpTo            string              `json:"upTo,omitempty" doc:"this classification and all below it"`
	Categories      map[string][]string `json:"categories,omitempty"`
	XML             string              `json:"xml,omitempty" maxLength:"65536"`
}

// ErrPasswordAnew: a stored password would go to another server than it was given for; nobody who cannot read it may send it elsewhere.
var ErrPasswordAnew = errors.New("api: the password must be given anew")

// builtAccount is an AccountInput as the installation holds it.
type builtAccount struct {
	file    installation.AccountFile
	ca      *installation.CAFile
	secrets map[string]string // to be stored, by name
}

// section writes the input as the installation file does. before is the account that it takes the place of; nil: none. What a form
// cannot show of that, such as the path of a key, stays. Errors: installation.ErrInvalid, ErrPasswordAnew.
func (in AccountInput) section(before *installation.AccountFile) (builtAccount, error) {
	out := builtAccount{secrets: map[string]string{}}
	f := &out.file
	if before != nil {
		*f = *before
		f.Pins, f.Notify, f.Rooms = nil, nil, nil
	}
	f.Name, f.Kind, f.Address, f.Security, f.CA, f.ServerName = in.Name, in.Kind, in.Address, in.Security, in.CA, in.ServerName
	f.User, f.Auth, f.Pins = in.User, in.Auth, slices.Clone(in.Pins)
	if f.Auth == "auto" {
		f.Auth = ""
	}
	f.AccountOptions = installation.AccountOptions{
		RequireTLS: in.RequireTLS, Notify: slices.Clone(in.Notify), Chunking: in.Chunking, Partial: in.Partial, MaxSize: in.MaxSize, LabelForm: in.LabelForm, ReadReceipts: in.ReadReceipts,
	}
	f.AccountMailbox = installation.AccountMailbox{
		Clearance: in.Clearance.file(), Inbox: in.Inbox, Sent: in.Sent, Drafts: in.Drafts, SentFolder: in.SentFolder, DraftsFolder: in.DraftsFolder,
	}
	f.AccountChat = installation.AccountChat{JID: in.JID, Resource: in.Resource, Rooms: slices.Clone(in.Rooms)}
	if in.CAPEM != "" {
		f.CA = cmp.Or(in.CA, in.Name)
		out.ca = &installation.CAFile{Name: f.CA, PEM: in.CAPEM}
	}
	for _, x := range []struct {
		key, text string
		to        *time.Duration
	}{{"timeout", in.Timeout, &f.Timeout.Duration}, {"deliverBy", in.DeliverBy, &f.DeliverBy.Duration}} {
		*x.to = 0
		if x.text == "" {
			continue
		}
		d, err := time.ParseDuration(x.text)
		if err != nil {
			return builtAccount{}, in.invalid("%s %q: a length of time such as 30s or 30m", x.key, x.text)
		}
		*x.to = d
	}
	if err := in.certificate(&out); err != nil {
		return builtAccount{}, err
	}
	return out, in.password(&out, before)
}

func (in AccountInput) invalid(format string, args ...any) error {
	return fmt.Errorf("%w: account %q: %s", installation.ErrInvalid, in.Name, fmt.Sprintf(format, args...))
}

// certificate takes over the client's certificate and hides its key.
func (in AccountInput) certificate(b *builtAccount) error {
	if in.NoCertificate {
		b.file.ClientCertificate, b.file.ClientCertificatePEM, b.file.ClientKey = "", "", ""
	}
	switch {
	case in.ClientCertificate == "" && in.ClientKey == "":
		return nil
	case in.ClientCertificate == "" || in.ClientKey == "":
		return in.invalid("a new client certificate needs its key, and a key its certificate")
	}
	name := newSecretName("key", in.Name)
	b.file.ClientCertificate, b.file.ClientCertificatePEM, b.file.ClientKey = "", in.ClientCertificate, installation.KeyInSecrets+name
	b.secrets[name] = in.ClientKey
	return nil
}

// password puts a name in the place of the password. Where none is given the stored one stays, as long as it goes where it went before.
func (in AccountInput) password(b *builtAccount, before *installation.AccountFile) error {
	f := &b.file
	needless := f.Auth == "none" || f.Auth == "external" && !f.IsOnToken() || f.Security == "plain"
	switch {
	case in.Password != "":
		f.Secret = newSecretName("account", in.Name)
		b.secrets[f.Secret] = in.Password
	case needless:
		f.Secret = ""
	case f.Secret != "" && b.isElsewhere(*before):
		return fmt.Errorf("%w: account %q: address, domain, protection, CA, keys, name or way of logging in are others than those that it was given for", ErrPasswordAnew, in.Name)
	}
	return nil
}

// isElsewhere reports that a password would go to another server than before, or be shown to more.
func (b builtAccount) isElsewhere(before installation.AccountFile) bool {
	return b.ca != nil || b.file.IsElsewhere(before)
}

func (c *ClearanceInput) file() *installation.Clearance {
	if c == nil {
		return nil
	}
	return &installation.Clearance{Policy: c.Policy, Classifications: c.Classifications, UpTo: c.UpTo, Categories: c.Categories, XML: c.XML}
}

func clearanceInput(c *installation.Clearance) *ClearanceInput {
	if c == nil {
		return nil
	}
	return &ClearanceInput{Policy: c.Policy, Classifications: c.Classifications, UpTo: c.UpTo, Categories: c.Categories, XML: c.XML}
}

// accountInput is how an account stands in the form, without what is secret.
func accountInput(f installation.AccountFile) AccountInput {
	text := func(d installation.Duration) string {
		if d.Duration == 0 {
			return ""
		}
		return d.String()
	}
	revision, _ := revisionOf(onlyAccount(f)) // what was read can be written; without one nothing can be changed
	return AccountInput{
		Name: f.Name, Kind: f.Kind, Address: f.Address, Security: f.Security, CA: f.CA, ServerName: f.ServerName, Pins: f.Pins, Auth: f.Auth, User: f.User, Timeout: text(f.Timeout),
		RequireTLS: f.RequireTLS, DeliverBy: text(f.DeliverBy), Notify: f.Notify, Chunking: f.Chunking, Partial: f.Partial, MaxSize: f.MaxSize, LabelForm: f.LabelForm,
		ReadReceipts: f.ReadReceipts, Clearance: clearanceInput(f.Clearance), Inbox: f.Inbox, Sent: f.Sent, Drafts: f.Drafts, SentFolder: f.SentFolder, DraftsFolder: f.DraftsFolder,
		JID: f.JID, Resource: f.Resource, Rooms: f.Rooms, Revision: revision,
	}
}

// newSecretName makes a name for a secret that nothing uses: what is stored under it is nobody else's, so that a change that fails can
// take it back.
func newSecretName(kind, of string) string {
	word := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(of))
	return kind + "-" + word + "-" + strings.ToLower(rand.Text()[:8])
}
