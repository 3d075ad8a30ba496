package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"caveat/backend/api"
	"caveat/backend/draft"
	"caveat/backend/imapbox"
	"caveat/backend/installation"
	"caveat/backend/outbox"
	"caveat/backend/plain"
	"caveat/backend/smtpsend"
	"caveat/backend/store"
	"caveat/ldapbook"
)

// workspace is an open data directory with everything that works on it.
type workspace struct {
	dir     string
	store   *store.Store
	book    *ldapbook.Book
	secrets installation.Secrets
	service *api.Service
	mail    *smtpsend.Sender
	chat    *chatLink
	metrics *metrics

	successor *successor  // of service
	isRenewed atomic.Bool // a changed installation is taken up: keepWorking runs

	metricsAt net.Listener // where they are gathered; nil: nowhere
}

// dataDir is the data directory: --data, CAVEAT_DATA, or the user's own.
func (c *console) dataDir() (string, error) {
	if c.data != "" {
		return filepath.Abs(c.data)
	}
	base, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no data directory: %w: name one with --data", err)
	}
	return filepath.Join(base, "caveat"), nil
}

// open opens the data directory for a command; program says who holds it, should this process become the holder.
func (c *console) open(ctx context.Context, program string) (*workspace, error) {
	dir, err := c.dataDir()
	if err != nil {
		return nil, err
	}
	in, err := installation.Find(dir)
	if err != nil {
		return nil, err
	}
	for _, w := range append(in.Warnings, in.PolicyWarnings(now())...) {
		c.warn("%s", w)
	}
	return c.openWorkspace(ctx, dir, program, in)
}

func (c *console) openWorkspace(ctx context.Context, dir, program string, in *installation.Installation) (*workspace, error) {
	w := &workspace{dir: dir}
	var err error
	if w.store, err = store.Open(ctx, dir, program); err != nil {
		return nil, err
	}
	if w.secrets, err = c.openSecrets(ctx, w.store, dir, in); err != nil {
		w.Close()
		return nil, err
	}
	if w.book, err = c.openBook(ctx, w.store); err != nil {
		w.Close()
		return nil, err
	}
	w.metrics = newMetrics()
	w.metrics.registry.MustRegister(&stateMetrics{dir: dir, store: w.store, book: w.book, in: w.metrics.in.Load})
	w.service = w.newService(in)
	if err := w.service.NoteRules(ctx); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// openSecrets opens them where the administrator wants them, else where the user does. That they are moved there is in the log before.
func (c *console) openSecrets(ctx context.Context, s *store.Store, dir string, in *installation.Installation) (*installation.Vault, error) {
	choice := in.File.System.Secrets
	if choice == "" {
		choice = c.secrets
	}
	now, err := installation.OpenSecrets(dir, "")
	if err != nil {
		return nil, err
	}
	place, err := now.Place()
	if err != nil {
		return nil, err
	}
	if choice == "" || place == "" || place == choice {
		return installation.OpenSecrets(dir, choice)
	}
	what := "secrets moved from the " + place + " to the " + choice
	if err := api.RecordSecret(ctx, s, loginName(), "", what); err != nil {
		return nil, err
	}
	v, err := installation.OpenSecrets(dir, choice)
	if err != nil {
		return nil, errors.Join(err, api.RecordSecret(ctx, s, loginName(), "", what+": it failed, they stay where they were"))
	}
	return v, nil
}

func (w *workspace) newService(in *installation.Installation) *api.Service {
	w.mail = smtpsend.New(accounts(in, w.secrets))
	w.metrics.in.Store(in)
	talks := &chatSource{}
	w.chat = newChatLink(in, w.secrets, loginName(), func() *outbox.Box { return w.service.Outbox() }, talks)
	talks.setSender(w.chat.Sender, func(ctx context.Context, _ ...string) error {
		w.chat.Run(ctx)
		return ctx.Err()
	})
	next := &successor{done: make(chan struct{})}
	w.successor = next
	return api.New(api.Config{
		Installation: in, Secrets: w.secrets, Store: w.store, Book: w.book, User: loginName(), Observer: w.metrics,
		Senders: map[draft.Channel]outbox.Sender{draft.Mail: w.mail, draft.Chat: w.chat, imapbox.Channel: imapbox.New(mailboxes(in, w.secrets), describeCopy)},
		Next: func(ctx context.Context) *api.Service {
			if !w.isRenewed.Load() {
				return nil
			}
			return next.wait(ctx)
		},
		LookAt: lookAtAccount, Inbox: inboxes(mailboxes(in, w.secrets)), Chat: w.chat, ChatSource: talks, ChatAccounts: chatAccounts(in, w.chat.accounts),
	})
}

// describeCopy says where a copy belongs, and how it is found again.
func describeCopy(c outbox.Cleared) (imapbox.Special, string) {
	return imapbox.Special(c.Folder()), c.MessageID()
}

// openBook opens the cache. Only the holder of the lock may make or migrate it: another process waits a moment for that. A
// file that is no book is made anew, because it is only a cache.
func (c *console) openBook(ctx context.Context, s *store.Store) (*ldapbook.Book, error) {
	path := filepath.Join(s.Dir(), "book.db")
	if s.IsHolder() {
		b, err := ldapbook.Open(ctx, path)
		if !errors.Is(err, ldapbook.ErrDatabase) {
			return b, err
		}
		c.warn("the address book cannot be used and is made anew: %s", oneLine(plain.Text(err)))
		if err := ldapbook.Remove(path); err != nil {
			return nil, err
		}
		return ldapbook.Open(ctx, path)
	}
	for begin := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		b, err := ldapbook.Open(ctx, path, ldapbook.OpenWithoutMigrating())
		if !errors.Is(err, ldapbook.ErrOldSchema) || ctx.Err() != nil {
			return b, err
		}
		if time.Since(begin) > store.HandOverTime {
			return nil, fmt.Errorf("the address book is not there, and %s, which holds the data directory, has not made it in %s: %w", s.Holder(), store.HandOverTime, err)
		}
	}
}

// Close closes everything, the lock last.
func (w *workspace) Close() error {
	var errs []error
	if w.metricsAt != nil {
		w.metricsAt.Close() // it is closed already, unless nothing was ever served
	}
	if w.service != nil {
		errs = append(errs, w.service.Close())
	}
	if w.mail != nil {
		errs = append(errs, w.mail.Close())
	}
	if w.book != nil {
		errs = append(errs, w.book.Close())
	}
	return errors.Join(append(errs, w.store.Close())...)
}
