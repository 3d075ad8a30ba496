package imapbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// maxFolders is how many mailboxes are looked at for one that is marked.
const maxFolders = 10_000

func (u Special) attr() imap.MailboxAttr {
	if u == Drafts {
		return imap.MailboxAttrDrafts
	}
	return imap.MailboxAttrSent
}

// folder opens, for reading, the folder for a use: the one that the account names, else the one that the server marks, else
// "Sent" or "Drafts". Of the first and last, one that does not exist is created.
//
// std: RFC6154 §2, §5
func (s *session) folder(ctx context.Context, a Account, use Special) (Kept, error) {
	name, marked, err := s.nameOf(ctx, a, use)
	if err != nil {
		return Kept{}, err
	}
	kept, err := s.examine(ctx, name)
	var refusal *Refusal
	if marked || !errors.As(err, &refusal) || refusal.Status != "NO" || !slices.Contains([]string{"", "NONEXISTENT", "TRYCREATE"}, refusal.Code) {
		return kept, err
	}
	if err := s.create(ctx, name, use); err != nil {
		return Kept{}, err
	}
	return s.examine(ctx, name)
}

// nameOf is the name of the folder for a use, and whether the server marks it.
func (s *session) nameOf(ctx context.Context, a Account, use Special) (name string, marked bool, err error) {
	name = a.SentFolder
	if use == Drafts {
		name = a.DraftsFolder
	}
	if name != "" {
		return name, false, nil
	}
	if name, err = s.marked(ctx, use); err != nil || name != "" {
		return name, err == nil, err
	}
	name, err = s.usual(ctx, use)
	return name, false, err
}

// marked gives the name of the folder that the server marks for a use; of several, the first by name. Empty: none.
func (s *session) marked(ctx context.Context, use Special) (string, error) {
	if !s.caps.Has(imap.CapSpecialUse) {
		return "", nil
	}
	var options *imap.ListOptions
	if s.caps.Has(imap.CapListExtended) {
		options = &imap.ListOptions{SelectSpecialUse: true, ReturnSpecialUse: true}
	}
	best := ""
	err := s.do(ctx, "LIST", limits{0, ordinary}, func(c *imapclient.Client) error {
		list := c.List("", "*", options)
		for n := 0; ; n++ {
			box := list.Next()
			if box == nil {
				return list.Close()
			}
			if n == maxFolders {
				s.guard.end(fmt.Errorf("%w: more than %d mailboxes", ErrTooLarge, maxFolders))
			}
			if slices.Contains(box.Attrs, use.attr()) && isUsable(box) && (best == "" || box.Mailbox < best) {
				best = box.Mailbox
			}
		}
	})
	if err != nil {
		return "", err
	}
	return best, nil
}

func isUsable(box *imap.ListData) bool {
	return !slices.Contains(box.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(box.Attrs, imap.MailboxAttrNonExistent) && checkFolder(box.Mailbox) == nil
}

// usual is the name of a folder that nobody named or marked, where the server wants the user's own mailboxes to be.
//
// std: RFC2342 §5
func (s *session) usual(ctx context.Context, use Special) (string, error) {
	name := "Sent"
	if use == Drafts {
		name = "Drafts"
	}
	if !s.caps.Has(imap.CapNamespace) {
		return name, nil
	}
	err := s.do(ctx, "NAMESPACE", limits{0, ordinary}, func(c *imapclient.Client) error {
		data, err := c.Namespace().Wait()
		if err != nil {
			return err
		}
		if len(data.Personal) > 0 && checkFolder(data.Personal[0].Prefix+name) == nil {
			name = data.Personal[0].Prefix + name
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrRefused) {
		return "", err
	}
	return name, nil
}

func (s *session) create(ctx context.Context, name string, use Special) error {
	var options *imap.CreateOptions
	if s.caps.Has(imap.CapCreateSpecialUse) {
		options = &imap.CreateOptions{SpecialUse: []imap.MailboxAttr{use.attr()}}
	}
	err := s.do(ctx, "CREATE", limits{0, ordinary}, func(c *imapclient.Client) error { return c.Create(name, options).Wait() })
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Code == "ALREADYEXISTS" {
		return nil // somebody else was faster
	}
	if err != nil {
		return err
	}
	err = s.do(ctx, "SUBSCRIBE", limits{0, ordinary}, func(c *imapclient.Client) error { return c.Subscribe(name).Wait() })
	if errors.Is(err, ErrRefused) {
		return nil // it only keeps other programs from showing the folder
	}
	return err
}

// examine opens a folder for reading.
func (s *session) examine(ctx context.Context, name string) (Kept, error) {
	data, err := s.selectBox(ctx, name, true)
	if err != nil {
		return Kept{}, err
	}
	return Kept{Folder: name, UIDValidity: data.UIDValidity}, nil
}

func (s *session) selectBox(ctx context.Context, name string, readOnly bool) (*imap.SelectData, error) {
	what := "SELECT"
	if readOnly {
		what = "EXAMINE"
	}
	var data *imap.SelectData
	err := s.do(ctx, what, limits{0, ordinary}, func(c *imapclient.Client) (err error) {
		data, err = c.Select(name, &imap.SelectOptions{ReadOnly: readOnly, CondStore: s.caps.Has(imap.CapCondStore)}).Wait()
		if err == nil && (data.UIDValidity == 0 || data.UIDNext == 0) {
			return fmt.Errorf("%w: %s: no UIDVALIDITY or no UIDNEXT", ErrProtocol, what)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}
