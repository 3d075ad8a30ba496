package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"caveat/backend/chat"
	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
	"caveat/backend/xmppsend"
)

// chatLink is the chat accounts of the user and their sessions: api.ChatLink, and the outbox's sender of chat.
type chatLink struct {
	*xmppsend.Sender
	accounts []string
	box      func() *outbox.Box
	due      chan string // accounts that have come online, or into a room

	firstLine func(domain string) bool // a label may go there as a marking in the text, where it is not understood

	mu      sync.Mutex
	running bool
	heard   map[string]heard // by account and address: see Takes
}

// newChatLink makes the link of a user; box is asked for when a session is there. next hears what comes; nil: nobody does.
func newChatLink(in *installation.Installation, secrets installation.Secrets, user string, box func() *outbox.Box, next xmppsend.Handler) *chatLink {
	l := &chatLink{box: box, due: make(chan string, 64)}
	for _, id := range in.File.Identities {
		if id.Chat != "" && (id.User == "*" || id.User == user) && !slices.Contains(l.accounts, id.Chat) {
			l.accounts = append(l.accounts, id.Chat)
		}
	}
	controls := chatControls(in)
	l.firstLine = func(domain string) bool { return controls(domain).FirstLine }
	l.Sender = xmppsend.New(chats(in, secrets), chatEvents{l, next}, xmppsend.Options{
		Controls: controls, SendingAge: in.File.Check.SendingAge.Duration, Now: now, Reader: func() message.Reader { return message.Reader{Site: in.Site, At: now()} },
	})
	return l
}

// chatAccounts are the accounts of these names, as the conversations know them.
func chatAccounts(in *installation.Installation, names []string) []chat.Account {
	var out []chat.Account
	for _, name := range names {
		if a, ok := in.Account(name); ok {
			out = append(out, chat.Account{Name: a.Name, JID: a.JID, Services: a.Rooms, Ceiling: a.Ceiling})
		}
	}
	return out
}

// Run keeps the sessions until ctx ends; where they are kept already it only waits.
func (l *chatLink) Run(ctx context.Context) {
	if !l.claim() {
		<-ctx.Done()
		return
	}
	l.keep(ctx)
}

// claim reports that nobody keeps the sessions, and that the caller does now.
func (l *chatLink) claim() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	mine := !l.running
	l.running = true
	return mine
}

func (l *chatLink) keep(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { _ = l.Sender.Run(ctx, l.accounts...) }) // it ends with ctx alone
	all.Go(func() { l.tellQueue(ctx) })
	all.Wait()
	l.mu.Lock()
	l.running = false
	l.mu.Unlock()
}

// tellQueue has the queue go on when an account can be used again.
func (l *chatLink) tellQueue(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case account := <-l.due:
			if err := l.box().Online(ctx, draft.Chat, account); err != nil && ctx.Err() == nil && !errors.Is(err, outbox.ErrNotHolder) {
				slog.WarnContext(ctx, "messages that wait for a chat account could not be looked at: they are tried when their time comes", "account", account, "error", err)
			}
		}
	}
}

// firstSession is how long a session that is being made is waited for.
const firstSession = 10 * time.Second

// Enter implements api.ChatLink.
func (l *chatLink) Enter(ctx context.Context, account, room string) error {
	if l.isRunning() {
		if err := l.awaitSession(ctx, account); err != nil {
			return err
		}
	}
	return l.Sender.Enter(ctx, account, room)
}

// errElsewhere: the sessions are kept by nobody, or by another process, such as the running page: it alone sees who is in a room, and can
// ask servers.
var errElsewhere = fmt.Errorf("%w: this program keeps no chat session, and only by one can be seen who is in a room and what servers take: "+
	"check it in the program that keeps them (the page of caveat serve, or the desktop program)", xmppsend.ErrOffline)

// Occupants implements presend.Occupants.
func (l *chatLink) Occupants(ctx context.Context, room string) ([]presend.Occupant, bool, error) {
	if !l.isRunning() {
		return nil, false, errElsewhere
	}
	return l.Sender.Occupants(ctx, room)
}

// Send implements outbox.Sender. A program that has just begun connects first.
func (l *chatLink) Send(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
	if !c.IsZero() {
		if err := l.awaitSession(ctx, c.Account()); err != nil {
			return nil, err
		}
	}
	return l.Sender.Send(ctx, c, bodySent)
}

// awaitSession waits until the first attempt to connect has come to something: whoever uses the account is told then why it cannot be used.
func (l *chatLink) awaitSession(ctx context.Context, account string) error {
	if !slices.Contains(l.accounts, account) {
		return nil // of another user: there will be none
	}
	ctx, cancel := context.WithTimeout(ctx, firstSession)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if s := l.State(account); s.IsOnline || s.Error != "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %s: no session yet", xmppsend.ErrOffline, account)
		case <-tick.C:
		}
	}
}

// wake has the queue look at an account; it waits for nothing: what is not taken up now comes with the next time.
func (l *chatLink) wake(account string) {
	select {
	case l.due <- account:
	default:
	}
}

// chatEvents implements xmppsend.Handler: the queue is told what concerns it, and next everything.
type chatEvents struct {
	link *chatLink
	next xmppsend.Handler
}

// Message is a message that came.
func (e chatEvents) Message(m xmppsend.Incoming) {
	if e.next != nil {
		e.next.Message(m)
	}
}

// Room is a change in a room.
func (e chatEvents) Room(r xmppsend.RoomEvent) {
	if r.Kind == xmppsend.Entered {
		e.link.wake(r.Account)
	}
	if e.next != nil {
		e.next.Room(r)
	}
}

// State is an account that went online or offline.
func (e chatEvents) State(account string, s xmppsend.State) {
	if s.IsOnline {
		e.link.wake(account)
	}
	if e.next != nil {
		e.next.State(account, s)
	}
}

// beginChat keeps the sessions while a command sends by chat, where nobody else does: who is in a room is known only from within. stop
// ends them, and must be called before the workspace is closed.
func (w *workspace) beginChat(ctx context.Context, channel draft.Channel) (stop func(), err error) {
	if channel != draft.Chat {
		return func() {}, nil
	}
	held, err := w.store.TryHold(ctx)
	if err != nil || !held || !w.chat.claim() {
		return func() {}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.chat.keep(ctx)
	}()
	return func() { cancel(); <-done }, nil
}
