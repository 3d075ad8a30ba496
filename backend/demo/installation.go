package demo

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"
	"time"

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
	policy := f.policy.Name()
	out := installation.File{
		Format: 1,
		System: installation.SystemFile{Name: SystemName, Nation: Own, Clearance: systemHigh().inFile(policy)},
		Policies: []installation.PolicyFile{{
			File: "demo/policy.spif.xml", AcceptUnsigned: "Accepted for the demonstration: the policy is fictitious.",
			RequireTagSets: []string{tagContext},
		}},
		CAs: []installation.CAFile{{Name: "demo", File: "demo/ca.pem"}},
		Accounts: []installation.AccountFile{{
			Name: Account, Kind: "smtp", Address: f.nations[Own].smtpAddress, Security: "starttls", CA: "demo",
			User: UserAddress, Secret: accountSecret,
			AccountOptions: installation.AccountOptions{Notify: []string{"failure", "delay", "success"}},
		}, {
			Name: Mailbox, Kind: installation.KindIMAP, Address: f.MailboxAddress(), Security: "tls", CA: "demo", ServerName: imapHost(),
			User: UserAddress, Secret: mailboxSecret,
			AccountMailbox: installation.AccountMailbox{Clearance: new(mailboxHigh().inFile(policy)), Sent: true, Drafts: true},
		}},
		Identities: []installation.IdentityFile{{
			User: "*", Directory: Own, DN: f.userDN(), Mail: UserAddress,
			JID: strings.Replace(UserAddress, "@", "@chat.", 1), Account: Account, Mailbox: Mailbox,
		}},
		DefaultLabels: []installation.DefaultLabelFile{{
			Domain: cultures["DEU"].mailDomain(), Policy: policy, Classification: "RESTRICTED", Categories: map[string][]string{tagContext: {mission}},
		}},
	}
	for _, code := range Codes {
		c := cultures[code]
		every := 15 * time.Minute
		if code == Own {
			every = 5 * time.Minute // the own people are nearest, and change under one's eyes
		}
		out.Directories = append(out.Directories, installation.DirectoryFile{
			Name: code, Nation: code, URLs: []string{"ldap://" + f.nations[code].ldapAddress}, Security: "starttls", CA: "demo",
			BaseDN: c.baseDN(), BindDN: readerDN(c), Secret: directorySecret(code), Mode: "mirror",
			MailDomains: []string{c.mailDomain()}, ChatDomains: []string{c.chatDomain(), c.roomsDomain()},
			// Some accounts end; no schema that is delivered looks for it in this attribute.
			DirectorySchema: installation.DirectorySchema{Mapping: &installation.MappingFile{Expires: []string{"shadowExpire"}}},
			DirectorySync: installation.DirectorySync{
				Every: installation.Duration{Duration: every}, FullEvery: installation.Duration{Duration: 24 * time.Hour},
			},
		})
		for _, to := range [][2]string{{c.mailDomain(), "mail"}, {c.chatDomain(), "chat"}, {c.roomsDomain(), "chat"}} {
			r := installation.RouteFile{Domain: to[0], Channel: to[1], Nation: code, Own: code == Own}
			if code != Own {
				r.Links = []installation.LinkFile{{Name: linkName(Own, code), Clearance: outbound[code].inFile(policy)}}
			}
			out.Routes = append(out.Routes, r)
		}
	}
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
