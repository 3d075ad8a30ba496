package mailstore

import (
	"bytes"
	"crypto/subtle"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// MaxMessage is the largest message that is taken in, in octets.
const MaxMessage = 64 << 20

// Serve shows the mailbox on a listener, whose connections must be of TLS, to whoever logs in as user with the password. It returns when
// the listener is closed; connections that are open then are the listener's to close.
func (s *Store) Serve(l net.Listener, user, password string) error {
	return imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &session{store: s, user: user, password: password}, &imapserver.GreetingData{}, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapSpecialUse: {}, imap.CapListExtended: {}},
		// Clients that hang up in the middle are none of the user's business.
		Logger: log.New(io.Discard, "", 0),
	}).Serve(l)
}

// session is one connection.
type session struct {
	store          *Store
	user, password string

	folder   *folder // selected; nil: none
	tracker  *imapserver.SessionTracker
	readOnly bool
}

var (
	_ imapserver.Session            = (*session)(nil)
	_ imapserver.SessionAppendLimit = (*session)(nil)

	errNone     = refusal(imap.ResponseCodeNonExistent, "There is no such folder.")
	errFixed    = refusal(imap.ResponseCodeCannot, "This mailbox has the folders INBOX, Sent and Drafts, and no others.")
	errReadOnly = refusal(imap.ResponseCodeNoPerm, "The folder was opened for reading.")
)

func refusal(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

func (s *session) Login(user, password string) error {
	if strings.EqualFold(user, s.user) && subtle.ConstantTimeCompare([]byte(password), []byte(s.password)) == 1 {
		return nil
	}
	return imapserver.ErrAuthFailed
}

func (s *session) Close() error { return s.Unselect() }

func (s *session) AppendLimit() uint32 { return MaxMessage }

func (s *session) Unselect() error {
	if s.tracker != nil {
		s.tracker.Close()
	}
	s.folder, s.tracker = nil, nil
	return nil
}

func (s *session) Select(name string, options *imap.SelectOptions) (*imap.SelectData, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	f := s.store.find(name)
	if f == nil {
		return nil, errNone
	}
	s.folder, s.tracker, s.readOnly = f, f.tracker.NewSession(), options.ReadOnly
	flags := []imap.Flag{imap.FlagSeen, imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagDraft}
	return &imap.SelectData{
		Flags: flags, PermanentFlags: append(slices.Clone(flags), imap.FlagWildcard), NumMessages: uint32(len(f.index.Messages)),
		UIDNext: f.index.UIDNext, UIDValidity: f.index.UIDValidity,
	}, nil
}

func (s *session) Create(string, *imap.CreateOptions) error         { return errFixed }
func (s *session) Delete(string) error                              { return errFixed }
func (s *session) Rename(string, string, *imap.RenameOptions) error { return errFixed }
func (s *session) Subscribe(string) error                           { return nil }
func (s *session) Unsubscribe(string) error                         { return nil }

func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if len(patterns) == 0 {
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: '/'})
	}
	for _, f := range s.store.folders {
		use, isSpecial := special[f.name]
		matches := func(p string) bool { return imapserver.MatchList(f.name, '/', ref, p) }
		if !slices.ContainsFunc(patterns, matches) || options.SelectSpecialUse && !isSpecial {
			continue
		}
		data := imap.ListData{Mailbox: f.name, Delim: '/', Attrs: []imap.MailboxAttr{imap.MailboxAttrHasNoChildren}}
		if isSpecial {
			data.Attrs = append(data.Attrs, use)
		}
		if err := w.WriteList(&data); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	f := s.store.find(name)
	if f == nil {
		return nil, errNone
	}
	all, unseen, deleted, size := uint32(len(f.index.Messages)), uint32(0), uint32(0), int64(0)
	for _, m := range f.index.Messages {
		if !has(m.Flags, imap.FlagSeen) {
			unseen++
		}
		if has(m.Flags, imap.FlagDeleted) {
			deleted++
		}
		size += m.Size
	}
	out := &imap.StatusData{Mailbox: f.name, UIDNext: f.index.UIDNext, UIDValidity: f.index.UIDValidity}
	if options.NumMessages {
		out.NumMessages = &all
	}
	if options.NumUnseen {
		out.NumUnseen = &unseen
	}
	if options.NumDeleted {
		out.NumDeleted = &deleted
	}
	if options.Size {
		out.Size = &size
	}
	if options.NumRecent {
		out.NumRecent = new(uint32)
	}
	return out, nil
}

func (s *session) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	var data bytes.Buffer
	if _, err := data.ReadFrom(r); err != nil {
		return nil, err
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	f := s.store.find(name)
	if f == nil {
		return nil, refusal(imap.ResponseCodeTryCreate, "There is no such folder.")
	}
	m := Message{Data: data.Bytes(), Received: options.Time, Flags: slices.Clone(options.Flags)}
	if m.Received.IsZero() {
		m.Received = time.Now()
	}
	uid, err := f.add(f.index.Taken, m)
	if err != nil {
		return nil, unwritten(err)
	}
	return &imap.AppendData{UID: uid, UIDValidity: f.index.UIDValidity}, nil
}

func unwritten(err error) error {
	return refusal(imap.ResponseCodeServerBug, "The demonstration cannot write its mailbox: "+err.Error())
}

func (s *session) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	if s.tracker == nil {
		return nil
	}
	return s.tracker.Poll(w, allowExpunge)
}

func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	if s.tracker == nil {
		<-stop
		return nil
	}
	return s.tracker.Idle(w, stop)
}

// has compares flags as IMAP does: without regard to case.
func has(flags []imap.Flag, flag imap.Flag) bool {
	return slices.ContainsFunc(flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), string(flag)) })
}
