package chat

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/presend"
	"caveat/backend/spif"
	"caveat/backend/store"
)

// Account is one chat account of the user.
type Account struct {
	Name     string
	JID      string           // bare
	Services []string         // room services whose rooms are offered, besides those of the own server
	Ceiling  *label.Clearance // of the account: what it does not permit is not shown; nil: it has none of its own
}

// Verdict says whether the user may read what has a label.
type Verdict struct {
	MayRead bool
	// Unsure: nobody can say it now. It is not shown, and nothing is removed or written down as refused: the next answer may be another one.
	Unsure  bool
	Reasons []presend.Reason // why not
}

// Default is the label that is assumed for messages of a domain, or in a room, that come without one.
type Default struct {
	Of    string // the domain, or room
	Label label.Label
}

// Outgoing is what became of a message that was sent from here.
type Outgoing struct {
	State, Why string
	Flagged    string // what to be careful about, though it was accepted
}

// Config is what a Box needs of the rest of the program.
type Config struct {
	Accounts []Account
	Source   Source // nil: there is no chat
	Site     *spif.Site
	// Judge holds one label to the clearances of the user, of the installation and of the account. With an error nothing is shown.
	Judge func(ctx context.Context, account string, l label.Label) (Verdict, error)
	// Default gives the label that is assumed for what a person says, or is said in a room; nil: none is.
	Default func(address string) (Default, bool)
	// Decide judges people for a label, by address, each by its own clearance and the way there; one that is not in the answer is unknown.
	Decide func(ctx context.Context, account string, l label.Label, addresses []string) (map[string]presend.Verdict, error)
	// Sent tells what became of a message that was sent from here.
	Sent func(ctx context.Context, id string) (Outgoing, error)

	User string // for the audit log
	Now  func() time.Time

	// 0: the delivered limits.
	MaxMessages      int
	MaxConversations int
	History          int
}

// Box is what is kept of all accounts. It is safe for concurrent use.
type Box struct {
	store   *store.Store
	config  Config
	taking  chan incoming // what came and is not written down yet
	roster  roster
	joining sync.Mutex // rooms are entered and left one after the other
	again   chan string
}

// New makes a Box on an open store. It does nothing until it is asked.
func New(s *store.Store, c Config) *Box {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.MaxMessages <= 0 {
		c.MaxMessages = DefaultMaxMessages
	}
	if c.MaxConversations <= 0 {
		c.MaxConversations = DefaultMaxConversations
	}
	if c.History <= 0 {
		c.History = DefaultHistory
	}
	return &Box{store: s, config: c, taking: make(chan incoming, maxTaken), again: make(chan string, 64)}
}

// Accounts are those of the user, the first is the default.
func (b *Box) Accounts() []Account { return b.config.Accounts }

// account finds one; "" is the first.
func (b *Box) account(name string) (Account, bool) {
	for _, a := range b.config.Accounts {
		if name == "" || a.Name == name {
			return a, true
		}
	}
	return Account{}, false
}

// isLive reports that this process has the sessions, or is the one to have them.
func (b *Box) isLive() bool { return b.config.Source != nil && b.store.IsHolder() }

func (b *Box) reader() message.Reader {
	return message.Reader{Site: b.config.Site, At: b.config.Now()}
}

func (b *Box) warn(ctx context.Context, what, account string, err error) {
	if err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, what, "account", account, "error", err)
	}
}

// bare gives an address as it is kept: without resource, folded; "" where it is none of a person or room.
func bare(address string) string {
	address, _, _ = strings.Cut(strings.TrimSpace(address), "/")
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || domain == "" || len(address) > 3071 || strings.ContainsAny(address, " \t\r\n\x00<>\"'&") || strings.Contains(domain, "@") {
		return ""
	}
	return draft.FoldAddress(address)
}
