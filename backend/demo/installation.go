package demo

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"caveat/backend/installation"
)

// Account is the name of the user's mail account in the installation file, and what its secret's name ends with.
const Account = "gbr"

const header = "# Written by the demonstration at each start; changes are lost. %s\n\n"

// InstallationPath is where the installation file lies.
func (f *Federation) InstallationPath() string { return filepath.Join(f.dir, installation.FileName) }

// inFile writes a grant as the installation file does.
func (g grant) inFile(policy string) installation.Clearance {
	return installation.Clearance{Policy: policy, UpTo: g.upTo, Categories: g.values()}
}

// installationFile describes the federation as GBR's administrator would.
func (f *Federation) installationFile() installation.File {
	out := f.whereabouts(Own).file()
	policy := f.policy.Name()
	out.Accounts = append([]installation.AccountFile{{
		Name: Account, Kind: "smtp", Address: f.nations[Own].smtpAddress, Security: "starttls", CA: "demo",
		User: UserAddress, Secret: accountSecret,
		AccountOptions: installation.AccountOptions{Notify: []string{"failure", "delay", "success"}},
	}, {
		Name: Mailbox, Kind: installation.KindIMAP, Address: f.MailboxAddress(), Security: "tls", CA: "demo", ServerName: imapHost(),
		User: UserAddress, Secret: mailboxSecret,
		AccountMailbox: installation.AccountMailbox{Clearance: new(mailboxHigh().inFile(policy)), Sent: true, Drafts: true},
	}}, out.Accounts...)
	id := &out.Identities[0]
	id.Mail, id.Account, id.Mailbox, id.Roles = UserAddress, Account, Mailbox, f.roles
	marked := func(domain, room, class string) installation.DefaultLabelFile {
		return installation.DefaultLabelFile{Domain: domain, Room: room, Policy: policy, Classification: class, Categories: map[string][]string{tagContext: {mission}}}
	}
	german := cultures["DEU"]
	out.DefaultLabels = append(out.DefaultLabels, marked(german.mailDomain(), "", "RESTRICTED"), marked(german.chatDomain(), "", "RESTRICTED"))
	return out
}

// writeInstallation writes the installation file; ports may differ from start to start.
func (f *Federation) writeInstallation() error {
	data, err := toml.Marshal(f.installationFile())
	if err != nil {
		return fmt.Errorf("demo: installation file: %w", err)
	}
	text := fmt.Sprintf(header, "Everything in it is fictitious.") + string(data)
	return writeFile(f.InstallationPath(), []byte(text))
}

const accountSecret = "account-" + Account

// whereabouts says where the servers are.
func (f *Federation) whereabouts(own string) whereabouts {
	w := whereabouts{own: own, policy: f.policy.Name(), userDN: f.userDN(), ports: portsFile{}}
	for _, code := range Codes {
		w.ports[code] = f.ports(code)
	}
	return w
}

func directorySecret(code string) string { return "directory-" + strings.ToLower(code) }

// readerDN is the name by which the installation binds to a directory.
func readerDN(c *culture) string { return "cn=gbr-reader,ou=Services," + c.baseDN() }

// secret gives a secret of the installation, and makes it the first time.
func secret(all installation.Secrets, name string) (string, error) {
	if s, err := all.Secret(name); err == nil && s != "" {
		return s, nil
	}
	s := rand.Text()
	return s, all.SetSecret(name, s)
}
