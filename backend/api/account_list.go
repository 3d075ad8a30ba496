package api

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"slices"

	"caveat/backend/installation"
)

// AccountsDocument is what there is of accounts.
type AccountsDocument struct {
	Managed  bool              `json:"managed" doc:"nothing can be changed here: the administrator does that in the machine-wide file"`
	Path     string            `json:"path" doc:"the installation file"`
	Accounts []AccountDocument `json:"accounts" nullable:"false"`
	CAs      []string          `json:"cas" nullable:"false" doc:"names of the CAs of this installation"`
}

// AccountDocument is one account, without its secrets.
type AccountDocument struct {
	Settings    AccountInput       `json:"settings" doc:"as in the form; no secret is in it"`
	Login       string             `json:"login" enum:"auto,scram,plain,external,oauthbearer,none" doc:"how it logs in"`
	Password    string             `json:"password" enum:"none,stored,missing" doc:"missing: the installation names one that is not stored"`
	Key         string             `json:"key" enum:"none,secrets,file,token" doc:"where the key of the client certificate is"`
	Certificate *CertificateOutput `json:"certificate" doc:"of the client; null: none, or it is on the token"`
	Uses        []AccountUse       `json:"uses" nullable:"false" doc:"which identities use it"`
	Waiting     int                `json:"waiting" doc:"messages that are to leave by it and have not"`
}

// AccountUse is an identity that uses an account.
type AccountUse struct {
	Identity string `json:"identity" doc:"id of the identity"`
	User     string `json:"user"`
	Address  string `json:"address" doc:"mail address or JID of the identity"`
	As       string `json:"as" enum:"account,mailbox,chat"`
}

// ListAccounts lists the accounts of the installation as its file has them now, in its order.
func (s *Service) ListAccounts(ctx context.Context) (AccountsDocument, error) {
	out := AccountsDocument{Managed: s.in.Managed, Path: s.in.Path, Accounts: []AccountDocument{}, CAs: []string{}}
	now := s.fileNow()
	for _, c := range now.CAs {
		out.CAs = append(out.CAs, c.Name)
	}
	waiting, err := s.box.Waiting(ctx)
	if err != nil {
		return AccountsDocument{}, err
	}
	for _, a := range now.Accounts {
		d := AccountDocument{Settings: accountInput(a), Login: a.LoginMethod(), Password: s.stored(a.Secret), Key: keyPlace(a), Uses: usesOf(now, a.Name), Waiting: waiting[a.Name]}
		if block, _ := pem.Decode(s.clientPEM(a)); block != nil {
			if c, err := x509.ParseCertificate(block.Bytes); err == nil {
				d.Certificate = certificateOutput(c)
			}
		}
		out.Accounts = append(out.Accounts, d)
	}
	return out, nil
}

// stored says of a secret whether it is there, never what it is.
func (s *Service) stored(name string) string {
	if name == "" {
		return "none"
	}
	if v, err := s.secrets.Secret(name); err != nil || v == "" {
		return "missing"
	}
	return "stored"
}

// clientPEM is the client's certificate of an account. Of one that lies in a file of its own only what was loaded is known.
func (s *Service) clientPEM(f installation.AccountFile) []byte {
	if f.ClientCertificate == "" {
		return []byte(f.ClientCertificatePEM)
	}
	if a, ok := s.in.Account(f.Name); ok && f.ClientCertificate == a.ClientCertificate {
		return a.ClientPEM
	}
	return nil
}

func keyPlace(a installation.AccountFile) string {
	switch {
	case a.ClientKey == "":
		return "none"
	case a.IsOnToken():
		return "token"
	case a.KeySecret() != "":
		return "secrets"
	}
	return "file"
}

// usesOf lists the identities that use an account.
func usesOf(f installation.File, account string) []AccountUse {
	out := []AccountUse{}
	for _, id := range f.Identities {
		for _, x := range []struct{ as, name, address string }{{"account", id.Account, id.Mail}, {"mailbox", id.Mailbox, id.Mail}, {"chat", id.Chat, id.JID}} {
			if x.name == account {
				out = append(out, AccountUse{Identity: identityID(id), User: id.User, Address: x.address, As: x.as})
			}
		}
	}
	return out
}

// accountFile finds an account in a file.
func accountFile(f installation.File, name string) (installation.AccountFile, int) {
	i := slices.IndexFunc(f.Accounts, func(a installation.AccountFile) bool { return a.Name == name })
	if i < 0 {
		return installation.AccountFile{}, -1
	}
	return f.Accounts[i], i
}
