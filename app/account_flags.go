package app

import (
	"fmt"
	"strings"

	"caveat/backend/api"
)

// accountFlags say what an account's form says (docs/installation.md). A flag that is not given leaves what is there.
type accountFlags struct {
	Address    string   `help:"HOST:PORT of the server." placeholder:"ADDR"`
	Security   string   `help:"tls, starttls or plain." placeholder:"HOW"`
	CA         string   `name:"ca" help:"Name of a [[ca]] of this installation." placeholder:"NAME"`
	CAFile     string   `name:"ca-file" help:"Certificates of a CA that is added, PEM." placeholder:"FILE"`
	ServerName string   `help:"Name in the server's certificate, where it is not the address's." placeholder:"HOST"`
	Pin        []string `help:"sha256:HEX of the server's public key." placeholder:"PIN"`
	Timeout    string   `help:"Of one answer, such as 30s." placeholder:"TIME"`

	Auth              string `help:"auto, scram, plain, external, oauthbearer or none." placeholder:"HOW"`
	User              string `help:"Who logs in." placeholder:"NAME"`
	PasswordFile      string `help:"File that holds the password; - for standard input." placeholder:"FILE"`
	ClientCertificate string `help:"Our certificate, PEM." placeholder:"FILE"`
	ClientKeyFile     string `help:"Its key, PEM; it is stored with the secrets." placeholder:"FILE"`

	MaxSize   *int64 `help:"Of smtp: octets of a message that the server takes." placeholder:"N"`
	LabelForm string `help:"Of smtp: label or binding." placeholder:"FORM"`

	Sent            *bool    `negatable:"" help:"Of imap: copies of what was sent are kept there."`
	Drafts          *bool    `negatable:"" help:"Of imap: copies of drafts are kept there."`
	Inbox           *bool    `negatable:"" help:"Of imap: its inbox is read."`
	SentFolder      string   `help:"Of imap." placeholder:"NAME"`
	DraftsFolder    string   `help:"Of imap." placeholder:"NAME"`
	ClearancePolicy string   `help:"Of imap: policy of the mailbox's clearance." placeholder:"NAME"`
	ClearanceUpTo   string   `help:"Its highest classification." placeholder:"CLASS"`
	ClearanceValue  []string `sep:"none" help:"Its values of a tag set." placeholder:"TAGSET=VALUES"`

	JID      string   `name:"jid" help:"Of xmpp: user@domain." placeholder:"JID"`
	Resource string   `help:"Of xmpp: of the session." placeholder:"NAME"`
	Room     []string `help:"Of xmpp: domain of a room service." placeholder:"DOMAIN"`
}

// over writes what the flags say over an input.
func (f accountFlags) over(c *console, in *api.AccountInput) error {
	for _, x := range []struct {
		given string
		to    *string
	}{
		{f.Address, &in.Address}, {f.Security, &in.Security}, {f.CA, &in.CA}, {f.ServerName, &in.ServerName}, {f.Timeout, &in.Timeout}, {f.Auth, &in.Auth}, {f.User, &in.User},
		{f.LabelForm, &in.LabelForm}, {f.SentFolder, &in.SentFolder}, {f.DraftsFolder, &in.DraftsFolder}, {f.JID, &in.JID}, {f.Resource, &in.Resource},
	} {
		if x.given != "" {
			*x.to = x.given
		}
	}
	if len(f.Pin) > 0 {
		in.Pins = f.Pin
	}
	if len(f.Room) > 0 {
		in.Rooms = f.Room
	}
	if f.MaxSize != nil {
		in.MaxSize = *f.MaxSize
	}
	if f.Sent != nil {
		in.Sent = *f.Sent
	}
	if f.Drafts != nil {
		in.Drafts = *f.Drafts
	}
	if f.Inbox != nil {
		in.Inbox = f.Inbox
	}
	if err := f.clearance(in); err != nil {
		return err
	}
	return f.files(c, in)
}

func (f accountFlags) clearance(in *api.AccountInput) error {
	if f.ClearancePolicy == "" && f.ClearanceUpTo == "" && len(f.ClearanceValue) == 0 {
		return nil
	}
	in.Clearance = &api.ClearanceInput{Policy: f.ClearancePolicy, UpTo: f.ClearanceUpTo, Categories: map[string][]string{}}
	for _, text := range f.ClearanceValue {
		set, list, ok := strings.Cut(text, "=")
		if !ok {
			return usageError{fmt.Sprintf("--clearance-value %q: TAGSET=VALUE,…", text)}
		}
		in.Clearance.Categories[set] = fields(list)
	}
	return nil
}

// files reads the files that the flags name.
func (f accountFlags) files(c *console, in *api.AccountInput) error {
	for _, x := range []struct {
		path  string
		limit int64
		to    *string
	}{{f.CAFile, 1 << 20, &in.CAPEM}, {f.ClientCertificate, 1 << 20, &in.ClientCertificate}, {f.ClientKeyFile, maxSecret, &in.ClientKey}, {f.PasswordFile, maxSecret, &in.Password}} {
		if x.path == "" {
			continue
		}
		data, err := c.readFile(x.path, x.limit)
		if err != nil {
			return err
		}
		*x.to = string(data)
	}
	in.Password = strings.TrimRight(in.Password, "\r\n")
	if f.PasswordFile != "" && in.Password == "" {
		return fmt.Errorf("%s holds no password", f.PasswordFile)
	}
	return nil
}
