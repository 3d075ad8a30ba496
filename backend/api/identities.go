package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// IdentityInput binds a directory entry to a user of this machine (RULES 10).
type IdentityInput struct {
	User      string   `json:"user" minLength:"1" maxLength:"255" doc:"login name; * for whoever runs the program"`
	Directory string   `json:"directory" minLength:"1" maxLength:"64" doc:"of the own nation"`
	DN        string   `json:"dn" minLength:"1" maxLength:"4096"`
	Mail      string   `json:"mail,omitempty" maxLength:"320"`
	JID       string   `json:"jid,omitempty" maxLength:"3071"`
	Account   string   `json:"account,omitempty" maxLength:"64" doc:"of kind smtp; left out: the only one there is"`
	Mailbox   string   `json:"mailbox,omitempty" maxLength:"64" doc:"of kind imap"`
	Chat      string   `json:"chat,omitempty" maxLength:"64" doc:"of kind xmpp, of this very jid"`
	Roles     []string `json:"roles,omitempty" maxItems:"3" enum:"drafter,administrator,auditor"`
}

// BoundIdentity is one identity of the installation, whoever's it is.
type BoundIdentity struct {
	ID       string        `json:"id" doc:"names the identity as it is: another one after a change, so that a change says for which it was made"`
	Settings IdentityInput `json:"settings"`
	Mine     bool          `json:"mine" doc:"the asker is who it is bound to"`
	Name     string        `json:"name,omitempty" doc:"of its entry in the address book; left out: not found there"`
}

// ErrOwnRole: by the change the asker would no longer be administrator, and could not take it back here.
var ErrOwnRole = errors.New("api: own role of administrator")

// identityID names an identity, which has no name of its own, by what it says: of two that say the same the first is meant. So it is its
// revision too: who changed it made another.
func identityID(f installation.IdentityFile) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.User, f.Directory, f.DN, f.Mail, f.JID, f.Account, f.Mailbox, f.Chat, strings.Join(f.Roles, " ")}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func (in IdentityInput) file() installation.IdentityFile {
	return installation.IdentityFile{
		User: in.User, Directory: in.Directory, DN: in.DN, Mail: in.Mail, JID: in.JID, Account: in.Account, Mailbox: in.Mailbox, Chat: in.Chat, Roles: slices.Clone(in.Roles),
	}
}

func identityInput(f installation.IdentityFile) IdentityInput {
	return IdentityInput{User: f.User, Directory: f.Directory, DN: f.DN, Mail: f.Mail, JID: f.JID, Account: f.Account, Mailbox: f.Mailbox, Chat: f.Chat, Roles: f.Roles}
}

// address is how an identity is called in words.
func addressOf(f installation.IdentityFile) string {
	if f.Mail != "" {
		return f.Mail
	}
	return f.JID
}

// ListIdentities lists all identities as the file has them now, in its order.
func (s *Service) ListIdentities(ctx context.Context) ([]BoundIdentity, error) {
	out := []BoundIdentity{}
	for _, f := range s.fileNow().Identities {
		x := BoundIdentity{ID: identityID(f), Settings: identityInput(f), Mine: f.IsFor(s.caller(ctx).User)}
		found, err := s.book.ByDN(ctx, f.Directory, []string{f.DN})
		if err != nil {
			return nil, err
		}
		x.Name = found[ldapbook.FoldDN(f.DN)].Name
		out = append(out, x)
	}
	return out, nil
}

// AddIdentity binds an entry to a user. Errors: installation.ErrManaged, ErrInvalid, ErrOwnRole.
func (s *Service) AddIdentity(ctx context.Context, in IdentityInput) (BoundIdentity, error) {
	f := in.file()
	what := fmt.Sprintf("identity of %s added: %s, %s in %s", f.User, addressOf(f), f.DN, f.Directory)
	return s.writeIdentity(ctx, settingsChange{Kind: kindIdentity, Name: addressOf(f), Change: verbAdded, What: what}, f, func(file *installation.File) error {
		file.Identities = append(file.Identities, f)
		return nil
	})
}

// ChangeIdentity puts an identity in the place of another. Errors: those of AddIdentity; ErrSettingsChanged where it is there no more, or
// was changed.
func (s *Service) ChangeIdentity(ctx context.Context, id string, in IdentityInput) (BoundIdentity, error) {
	f := in.file()
	what := fmt.Sprintf("identity of %s changed: %s, %s in %s", f.User, addressOf(f), f.DN, f.Directory)
	return s.writeIdentity(ctx, settingsChange{Kind: kindIdentity, Name: addressOf(f), Change: verbChanged, What: what}, f, func(file *installation.File) error {
		i, err := findIdentity(*file, id)
		if err == nil {
			file.Identities[i] = f
		}
		return err
	})
}

// RemoveIdentity takes an identity away: its user sends and reads nothing by it any more. Drafts stay. Errors as ChangeIdentity.
func (s *Service) RemoveIdentity(ctx context.Context, id string) (BoundIdentity, error) {
	now := s.fileNow()
	i, err := findIdentity(now, id)
	if err != nil {
		return BoundIdentity{}, err
	}
	f := now.Identities[i]
	what := fmt.Sprintf("identity of %s removed: %s, %s in %s", f.User, addressOf(f), f.DN, f.Directory)
	return s.writeIdentity(ctx, settingsChange{Kind: kindIdentity, Name: addressOf(f), Change: verbRemoved, What: what}, f, func(file *installation.File) error {
		i, err := findIdentity(*file, id)
		if err == nil {
			file.Identities = slices.Delete(file.Identities, i, i+1)
		}
		return err
	})
}

func findIdentity(f installation.File, id string) (int, error) {
	i := slices.IndexFunc(f.Identities, func(x installation.IdentityFile) bool { return identityID(x) == id })
	if i < 0 {
		return 0, fmt.Errorf("%w: there is no identity %q any more, or it was changed: read the list anew", ErrSettingsChanged, id)
	}
	return i, nil
}

// writeIdentity makes a change that leaves the asker the role by which he makes it.
func (s *Service) writeIdentity(ctx context.Context, c settingsChange, f installation.IdentityFile, change func(*installation.File) error) (BoundIdentity, error) {
	_, err := s.changeSettings(ctx, c, func(file *installation.File) error {
		isAdministrator := func() bool {
			return slices.Contains(file.RolesOf(s.caller(ctx).User), installation.RoleAdministrator)
		}
		had := isAdministrator()
		if err := change(file); err != nil {
			return err
		}
		if had && !isAdministrator() {
			return fmt.Errorf("%w: with this change you would not be administrator any more, and could not take it back here: give the role to another identity of yours first, or do it in the file", ErrOwnRole)
		}
		return nil
	})
	if err != nil {
		return BoundIdentity{}, err
	}
	return BoundIdentity{ID: identityID(f), Settings: identityInput(f), Mine: f.IsFor(s.caller(ctx).User)}, nil
}
