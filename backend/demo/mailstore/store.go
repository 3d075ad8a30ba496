// Package mailstore is the mailbox of the demonstration's user: three folders in files, which an IMAP4rev1 server shows (RFC 3501, with
// IDLE, UIDPLUS and SPECIAL-USE). It is made for one user and some thousands of messages: one lock holds all of it.
//
// What was taken in is there after a restart, under the same UID: a message is a file, and an index by folder says which files there
// are, with their flags. The index is written last, so that a crash leaves a message whole or not at all.
package mailstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"caveat/backend/store"
)

// The folders, which cannot be changed.
const (
	Inbox  = "INBOX"
	Sent   = "Sent"
	Drafts = "Drafts"
)

var special = map[string]imap.MailboxAttr{Sent: imap.MailboxAttrSent, Drafts: imap.MailboxAttrDrafts}

// Message is one to take in.
type Message struct {
	Data     []byte
	Received time.Time
	Flags    []imap.Flag
}

// Store is the mailbox. It is safe for concurrent use.
type Store struct {
	mu      sync.Mutex
	folders []*folder
}

// folder is one with what its index says. The lock of the store holds it.
type folder struct {
	name    string
	dir     string
	tracker *imapserver.MailboxTracker
	index   index
}

// index is index.json.
type index struct {
	UIDValidity uint32   `json:"uidValidity"`
	UIDNext     imap.UID `json:"uidNext"`
	Taken       int      `json:"taken,omitempty"` // see Taken
	Messages    []entry  `json:"messages"`
}

type entry struct {
	UID      imap.UID    `json:"uid"`
	Size     int64       `json:"size"`
	Received time.Time   `json:"received"`
	Flags    []imap.Flag `json:"flags,omitempty"`
}

// Open opens the mailbox in a folder; isNew says that there was none. Errors: those of files, and of an index that cannot be read.
func Open(dir string) (s *Store, isNew bool, err error) {
	s = &Store{}
	for _, name := range []string{Inbox, Sent, Drafts} {
		f := &folder{name: name, dir: filepath.Join(dir, name), index: index{UIDValidity: uint32(time.Now().Unix()), UIDNext: 1}}
		fresh, err := f.open()
		if err != nil {
			return nil, false, fmt.Errorf("mailstore: %s: %w", f.dir, err)
		}
		isNew = isNew || fresh && name == Inbox
		f.tracker = imapserver.NewMailboxTracker(uint32(len(f.index.Messages)))
		s.folders = append(s.folders, f)
	}
	return s, isNew, nil
}

func (f *folder) open() (fresh bool, err error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return false, err
	}
	data, err := os.ReadFile(f.indexPath())
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(data, &f.index); err != nil {
		return false, fmt.Errorf("index.json: %w: remove the folder, and an empty one is made", err)
	}
	// A message that somebody took away is gone; what a crash left is not there yet.
	f.index.Messages = slices.DeleteFunc(f.index.Messages, func(m entry) bool {
		info, err := os.Stat(f.path(m.UID))
		return err != nil || info.Size() != m.Size
	})
	return false, f.sweep()
}

// sweep removes messages that the index does not name.
func (f *folder) sweep() error {
	files, err := filepath.Glob(filepath.Join(f.dir, "*.eml"))
	if err != nil {
		return err
	}
	for _, path := range files {
		if !slices.ContainsFunc(f.index.Messages, func(m entry) bool { return f.path(m.UID) == path }) {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *folder) indexPath() string { return filepath.Join(f.dir, "index.json") }

func (f *folder) path(uid imap.UID) string { return filepath.Join(f.dir, fmt.Sprintf("%06d.eml", uid)) }

// save makes an index the folder's; with an error the old one stays.
func (f *folder) save(next index) error {
	data, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	if err := store.WriteFile(f.indexPath(), append(data, '\n')); err != nil {
		return err
	}
	f.index = next
	return nil
}

// find gives a folder; nil: there is none of this name.
func (s *Store) find(name string) *folder {
	for _, f := range s.folders {
		if f.name == name || f.name == Inbox && strings.EqualFold(name, Inbox) {
			return f
		}
	}
	return nil
}

// Taken is a number that the caller keeps with the inbox: how far it had taken messages in from where they come from.
func (s *Store) Taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(Inbox).index.Taken
}

// Deliver takes messages into the inbox, all or none, and keeps taken with them. Whoever looks at the inbox is told.
func (s *Store) Deliver(taken int, messages ...Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.find(Inbox).add(taken, messages...)
	return err
}

// add takes messages in and gives the UID of the first.
func (f *folder) add(taken int, messages ...Message) (imap.UID, error) {
	next := f.index
	next.Taken, next.Messages = taken, slices.Clone(next.Messages)
	first := next.UIDNext
	for _, m := range messages {
		if err := store.WriteFile(f.path(next.UIDNext), m.Data); err != nil {
			return 0, err
		}
		next.Messages = append(next.Messages, entry{UID: next.UIDNext, Size: int64(len(m.Data)), Received: m.Received.UTC().Truncate(time.Second), Flags: m.Flags})
		next.UIDNext++
	}
	if err := f.save(next); err != nil {
		return 0, err
	}
	if len(messages) > 0 {
		f.tracker.QueueNumMessages(uint32(len(next.Messages)))
	}
	return first, nil
}

// read gives the bytes of a message.
func (f *folder) read(m entry) ([]byte, error) { return os.ReadFile(f.path(m.UID)) }
