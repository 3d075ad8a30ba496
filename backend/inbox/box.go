package inbox

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/presend"
	"caveat/backend/spif"
	"caveat/backend/store"
)

// Mailbox is one mailbox of the user.
type Mailbox struct {
	Name    string // of its account
	Address string // of the identity that it belongs to
	Place   string // which server and user: of another place nothing that was read before counts
}

// Verdict says whether the user may read what has a label.
type Verdict struct {
	MayRead bool
	// Unsure: nobody can say it now. It is not shown, and nothing is removed or written down as refused: the next answer may be another one.
	Unsure  bool
	Reasons []presend.Reason // why not
}

// Default is the label that is assumed for messages of a domain that come without one.
type Default struct {
	Domain string
	Label  label.Label
}

// Sent is a message that was sent from here.
type Sent struct {
	ID         string
	Subject    string
	Recipients []string
}

// Config is what a Box needs of the rest of the program.
type Config struct {
	Mailboxes []Mailbox
	// Connect opens a mailbox.
	Connect func(ctx context.Context, mailbox string) (Source, error)
	Site    *spif.Site
	// Judge holds one label to the clearances of the user, of the installation and of the mailbox; the label has Kind and Information
	// alone. An error is a Verdict that is Unsure.
	Judge func(ctx context.Context, mailbox string, l label.Label) (Verdict, error)
	// Default gives the label that is assumed for mail from an address; nil: none is.
	Default func(address string) (Default, bool)
	// Understand gives the labels of a binding data object or of numbers that a file bears; nil: only labels in XML are understood.
	Understand func(message.FileLabel) ([]label.Label, error)
	// Sent finds the message that a report is about; nil: none is found.
	Sent func(ctx context.Context, r message.Report) (Sent, bool, error)

	User string // for the audit log
	Now  func() time.Time

	// 0: the delivered limits.
	MaxSize     int64
	MaxMessages int
	MaxBytes    int64
	// Retry is how long to wait before connecting again, after so many failures; nil: DefaultRetry.
	Retry func(failures int) time.Duration
	// Every is after what time the mailbox is looked through although it told of no change; 0: ten minutes.
	Every time.Duration
}

// DefaultRetry waits 2, 5, 15, 30 s, then a minute, and in the end five.
func DefaultRetry(failures int) time.Duration {
	waits := []time.Duration{2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, time.Minute, 5 * time.Minute}
	return waits[min(max(failures-1, 0), len(waits)-1)]
}

// Box is what is kept of all mailboxes. It is safe for concurrent use.
type Box struct {
	store  *store.Store
	config Config
	wake   map[string]chan struct{} // by mailbox: there is something to do
	files  sync.Mutex               // a file gets its row, or is removed, under it

	mu      sync.Mutex
	strikes map[string]int // by message, see strike
}

// New makes a Box on an open store. It does nothing until it is asked.
func New(s *store.Store, c Config) *Box {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Retry == nil {
		c.Retry = DefaultRetry
	}
	if c.MaxSize <= 0 {
		c.MaxSize = DefaultMaxSize
	}
	if c.MaxMessages <= 0 {
		c.MaxMessages = DefaultMaxMessages
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	if c.Every <= 0 {
		c.Every = 10 * time.Minute
	}
	b := &Box{store: s, config: c, wake: map[string]chan struct{}{}, strikes: map[string]int{}}
	for _, m := range c.Mailboxes {
		b.wake[m.Name] = make(chan struct{}, 1)
	}
	return b
}

// Mailboxes are those of the user, the first is the default.
func (b *Box) Mailboxes() []Mailbox { return b.config.Mailboxes }

func (b *Box) mailbox(name string) (Mailbox, bool) {
	for _, m := range b.config.Mailboxes {
		if m.Name == name {
			return m, true
		}
	}
	return Mailbox{}, false
}

// rouse wakes whoever keeps a mailbox.
func (b *Box) rouse(name string) {
	select {
	case b.wake[name] <- struct{}{}:
	default:
	}
}

func (b *Box) warn(ctx context.Context, what, mailbox string, err error) {
	if ctx.Err() == nil {
		slog.WarnContext(ctx, what, "mailbox", mailbox, "error", err)
	}
}
