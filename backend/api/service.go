package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"caveat/backend/audit"
	"caveat/backend/chat"
	"caveat/backend/contacts"
	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/federation"
	"caveat/backend/inbox"
	"caveat/backend/installation"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/policybook"
	"caveat/backend/presend"
	"caveat/backend/store"
	"caveat/ldapbook"
)

// Service does what the operations and the commands ask for: one set of functions for both. It is safe for concurrent use.
type Service struct {
	in    *installation.Installation
	store *store.Store
	book  *ldapbook.Book
	fed   *federation.Federation
	box   *outbox.Box
	log   *audit.Log
	kept  *draftbox.Box
	own   *contacts.Contacts
	spifs *policybook.Book
	inbox *inbox.Box
	chat  ChatLink
	talks *chat.Box
	user  string
	now   func() time.Time

	watch     *installation.Watch
	content   string                         // digest of what the installation file says that it works by
	inForceAt atomic.Int64                   // the line of the log that was seen to know that file
	unusable  atomic.Pointer[string]         // why a changed file cannot be taken up
	next      func(context.Context) *Service // Config.Next

	secrets installation.Secrets
	reads   reads
	plan    plan
	refused refusals

	observer Observer
	attempts attempts // of the audit log, for trying rules on them
	lookAt   func(context.Context, installation.Account, installation.Secrets) (AccountLook, error)

	readsInbox atomic.Bool // this process reads the mailboxes
}

// Config is what a Service works with.
type Config struct {
	Installation *installation.Installation
	Secrets      installation.Secrets
	Store        *store.Store
	Book         *ldapbook.Book
	User         string // login name of the person at the program
	Senders      map[draft.Channel]outbox.Sender
	Chat         ChatLink                                                        // the sessions of chat accounts; nil: there are none
	Inbox        func(ctx context.Context, mailbox string) (inbox.Source, error) // opens a mailbox; nil: none is read
	ChatAccounts []chat.Account                                                  // of the user's identities
	Observer     Observer                                                        // counts what is done; nil: nobody does
	ChatSource   chat.Source                                                     // keeps their sessions; nil: there is no chat
	// LookAt looks at the server of an account, which need not be one of the installation; nil: nothing can be looked at.
	LookAt func(ctx context.Context, a installation.Account, secrets installation.Secrets) (AccountLook, error)
	// Next gives the Service that has taken this one's place because the installation file was changed; nil, or when it answers nil: none
	// came in a moment.
	Next  func(context.Context) *Service
	Retry func(attempts int) time.Duration // nil: the delivered waits
	Now   func() time.Time                 // nil: time.Now
}

// New makes a Service. It does nothing until it is asked.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Service{in: c.Installation, store: c.Store, book: c.Book, kept: draftbox.New(c.Store, c.Now), own: contacts.New(c.Store, c.Now), spifs: policybook.New(c.Store, c.Now), user: c.User, now: c.Now}
	s.log = newLog(c)
	s.watch, s.content, s.next = installation.NewWatch(c.Installation), digestsOf(c.Installation.File).Content, c.Next
	s.secrets, s.chat, s.observer, s.lookAt = c.Secrets, c.Chat, c.Observer, c.LookAt
	if s.observer == nil {
		s.observer = unobserved{}
	}
	s.fed = federation.New(federation.Config{
		Installation: c.Installation, Secrets: c.Secrets, Book: c.Book, Store: c.Store, User: c.User, Now: c.Now,
	})
	s.box = outbox.New(c.Store, outbox.Config{
		Senders: c.Senders, Recheck: s.checkAtSend, SendingAge: s.fed.Rules().Sending, Retry: c.Retry, Now: c.Now, BuildLabel: s.buildLabel, Wire: s.wire,
		Mailbox: s.mailbox, CheckLabel: s.checkLabel, Expiry: c.Installation.Expiry(), Overdue: c.Installation.Overdue(),
		References: s.references, Stanza: s.stanza, Log: s.log, Outdated: s.Outdated,
		InForce: func(ctx context.Context, tx *sql.Tx) error { return s.inForce(ctx, tx) },
	})
	s.inbox = s.newInbox(c)
	s.talks = s.newTalks(c)
	return s
}

// Close ends connections to directories.
func (s *Service) Close() error { return s.fed.Close() }

// Installation is what the service works by.
func (s *Service) Installation() *installation.Installation { return s.in }

// Outbox is the queue.
func (s *Service) Outbox() *outbox.Box { return s.box }

// Check checks a draft from the cache, as it is done while drafting. It permits nothing, and so is not in the audit log.
func (s *Service) Check(ctx context.Context, d draft.Draft) (presend.Report, error) {
	return s.CheckIn(ctx, d, "")
}

// CheckIn is Check with the label's marking in a language, "" in that of the installation; everything else in the report is in English.
func (s *Service) CheckIn(ctx context.Context, d draft.Draft, lang string) (presend.Report, error) {
	if err := d.CheckSendAt(s.now()); err != nil {
		return presend.Report{}, err
	}
	d, err := s.ready(ctx, d)
	if err != nil {
		return presend.Report{}, err
	}
	begun := time.Now()
	r, err := s.check(ctx, d, false)
	if r, err = s.observed(begun, false, r, err); err != nil {
		return presend.Report{}, err
	}
	s.recordChecked(ctx, r.Report())
	if r.Report().Sendable && d.Channel == draft.Mail {
		if _, err := s.account(d); err != nil {
			return presend.Report{}, err
		}
	}
	if err := s.box.CanCompose(ctx, r); err != nil {
		return presend.Report{}, err
	}
	report := r.Told()
	if p, err := s.in.Site.Find(r.Label().Policy); err == nil && lang != "" && report.Label.Marking != "" {
		report.Label.Marking = p.Mark(p.Label(r.Label()), lang, "")
	}
	return report, nil
}

func (s *Service) checkAtSend(ctx context.Context, d draft.Draft) (*presend.Result, error) {
	begun := time.Now()
	r, err := s.check(ctx, d, true)
	return s.observed(begun, true, r, err)
}

// checkSending is the check at Send of what a person sends now. What the cache says comes first, so that the report can tell what
// has changed since; that it cannot be told stops nothing.
func (s *Service) checkSending(ctx context.Context, d draft.Draft) (*presend.Result, error) {
	begun, in := time.Now(), s.input(ctx, d, true)
	if r, err := s.check(ctx, d, false); err == nil {
		before := r.Report()
		in.Before = &before
	}
	r, err := presend.Check(federation.Begin(ctx), in)
	return s.observed(begun, true, r, err)
}

func (s *Service) check(ctx context.Context, d draft.Draft, sending bool) (*presend.Result, error) {
	return presend.Check(federation.Begin(ctx), s.input(ctx, d, sending))
}

// input is what a check of a draft is given.
func (s *Service) input(ctx context.Context, d draft.Draft, sending bool) presend.Input {
	item, unread := s.readItem(d)
	return presend.Input{
		Item: item, ItemUnread: unread, Servers: s.servers(d),
		Occupants: s.occupants(), Draft: d, Site: s.in.Site, Rules: s.fed.Rules(), Directory: s.fed, Routes: s.fed, Alternatives: s.fed, Now: s.now(), Sending: sending,
		Message:      presend.Message{Size: message.SizeOf(d), HasAttachments: len(d.Attachments) > 0, MMHS: message.IsMilitary(d), Limit: s.limit(d)},
		LabelsReadIn: s.labelsReadIn(ctx, d), LabelsUnread: s.labelsUnread(ctx, d), TellAll: s.caller(ctx).Has(heldFor...),
	}
}

// limit is how many bytes the account takes by which a draft leaves; 0: not known.
func (s *Service) limit(d draft.Draft) int64 {
	if d.Channel != draft.Mail {
		return 0
	}
	name, err := s.account(d)
	if err != nil {
		return 0 // who sends is told
	}
	a, _ := s.in.Account(name)
	return a.MaxSize
}

// Sent is the answer to Send.
type Sent struct {
	Message string         `json:"message,omitempty" doc:"id of the queued message; empty when blocked"`
	Report  presend.Report `json:"report"`
}

// ErrCannotSend: the draft asks for something that this version does not do; it is refused, never done in part.
var ErrCannotSend = errors.New("api: cannot send")

// Overrides are the user's reasons for sending all the same, by address or presend.ThresholdKey, and what was shown for each; Seen
// nil: not known (RULES 15).
type Overrides struct {
	Reasons map[string]string
	Seen    map[string]outbox.Seen
}

// Send checks a draft with live reads and queues it. A draft that the check does not allow is an *outbox.BlockedError; the
// report is in the answer all the same.
func (s *Service) Send(ctx context.Context, d draft.Draft, given Overrides) (Sent, error) {
	return s.send(ctx, d, outbox.Request{Overrides: given.Reasons, Seen: given.Seen})
}

// SendStored is Send of a draft that is kept: it is taken away in the very transaction that queues the message, so that it is
// sent once, however often and from wherever that is asked for. Where it is not there in that version, nothing is queued:
// draftbox.ErrGone, draftbox.ErrChanged.
func (s *Service) SendStored(ctx context.Context, d draft.Draft, given Overrides, ref DraftRef) (Sent, error) {
	// Asked before the check too, which may take seconds, so that whoever clicks twice is told at once.
	have, err := s.kept.Get(ctx, ref.ID)
	if err != nil {
		return Sent{}, err
	}
	if have.Version != ref.Version {
		return Sent{}, fmt.Errorf("%w: it has version %d now, not %d: read it anew", draftbox.ErrChanged, have.Version, ref.Version)
	}
	if err := d.CheckCounts(); err != nil {
		return Sent{}, err
	}
	if d, err = s.withBorne(ctx, d, true); err != nil { // else a label that the file bears seems to be taken off
		return Sent{}, err
	}
	if err := s.relabelled(have, d); err != nil {
		return Sent{}, err
	}
	return s.send(ctx, d, outbox.Request{Overrides: given.Reasons, Seen: given.Seen, InTransaction: func(ctx context.Context, tx *sql.Tx) error {
		if err := s.kept.Take(ctx, tx, ref.ID, ref.Version); err != nil {
			return err
		}
		return s.box.ForgetDraft(ctx, tx, ref.ID)
	}})
}

// Resend sends a held or uncertain message anew, to those who have not been settled: it is checked like a new draft.
func (s *Service) Resend(ctx context.Context, id string, given Overrides) (Sent, error) {
	m, err := s.box.Show(ctx, id)
	if err != nil {
		return Sent{}, err
	}
	if m.State != outbox.Held && m.State != outbox.PerhapsDelivered {
		return Sent{}, fmt.Errorf("%w: %s is %s; only a held or perhaps-delivered message is sent anew", outbox.ErrWrongState, id, m.State)
	}
	d, err := s.box.Draft(ctx, id)
	if err != nil {
		return Sent{}, err
	}
	return s.send(ctx, d, outbox.Request{Overrides: given.Reasons, Seen: given.Seen, Replaces: id})
}

// Drop ends a message that the user does not want sent (again): see outbox.Box.Drop.
func (s *Service) Drop(ctx context.Context, id string) error {
	return s.box.Drop(ctx, id, s.caller(ctx).User)
}

// send checks a draft with live reads and clears it; the request lacks the check's result and the account.
func (s *Service) send(ctx context.Context, d draft.Draft, request outbox.Request) (Sent, error) {
	if request.Replaces == "" { // what is sent anew had its time
		if err := d.CheckSendAt(s.now()); err != nil {
			return Sent{}, err
		}
	}
	asked, given := d, request
	d, err := s.ready(ctx, d)
	if err != nil {
		return Sent{}, err
	}
	if err := s.enterRooms(ctx, d); err != nil {
		return Sent{}, err
	}
	r, err := s.checkSending(ctx, d)
	if err != nil {
		return Sent{}, err
	}
	if err := misdirected(r, request); err != nil {
		return Sent{Report: r.Told()}, err
	}
	if request.Account, err = s.account(d); err != nil {
		return Sent{Report: r.Told()}, err
	}
	request.Result, request.Actor = r, s.caller(ctx).User
	if request.Copy, err = s.sentCopy(ctx, r); err != nil {
		return Sent{Report: r.Told()}, err
	}
	c, err := s.box.Clear(ctx, request)
	if err == nil {
		slog.InfoContext(ctx, "a message was cleared and queued", "message", c.ID(), "channel", string(d.Channel), "recipients", len(d.Recipients()))
		s.sentTo(ctx, r)
		s.answered(ctx, d)
		s.labelUsed(ctx, d)
		s.saidInChat(ctx, c.ID(), request.Account, r)
	}
	if sent, err, ok := s.sendBySuccessor(ctx, err, asked, given); ok {
		return sent, err
	}
	return Sent{Message: c.ID(), Report: r.Told()}, err
}

// ErrOverride: an override for an address that the draft does not have: a slip that must not go unnoticed.
var ErrOverride = errors.New("api: override")

func misdirected(r *presend.Result, request outbox.Request) error {
	meant := map[string]bool{}
	for _, a := range slices.Concat([]string{r.Originator().Address}, r.Draft().Recipients()) {
		meant[draft.FoldAddress(a)] = true
	}
	for _, t := range r.Report().Thresholds {
		meant[draft.FoldAddress(presend.ThresholdKey(t.Name))] = true
	}
	if most := max(len(request.Overrides), len(request.Seen)); most > len(meant) {
		return fmt.Errorf("%w: %d of them, where the draft has %d recipients, sender and thresholds", ErrOverride, most, len(meant))
	}
	given := map[string]bool{}
	for a := range request.Overrides {
		switch k := draft.FoldAddress(a); {
		case !meant[k]:
			return fmt.Errorf("%w for %s, to whom the draft is not addressed", ErrOverride, a)
		case given[k]:
			return fmt.Errorf("%w for %s: it stands there twice", ErrOverride, a)
		default:
			given[k] = true
		}
	}
	return nil
}

// ready makes a draft that a person wrote fit to be checked, and refuses early, with the key that must be changed, what no message
// can be made of: the attachments are kept whole and have the labels that their files bear, every field has its form.
func (s *Service) ready(ctx context.Context, d draft.Draft) (draft.Draft, error) {
	if err := d.CheckCounts(); err != nil {
		return draft.Draft{}, err
	}
	if d.Channel == draft.Mail {
		if err := message.CheckDraft(d); err != nil {
			return draft.Draft{}, err
		}
	}
	if err := reasoned(d); err != nil {
		return draft.Draft{}, err
	}
	if err := s.successionReasoned(d); err != nil {
		return draft.Draft{}, err
	}
	d, err := s.withBorne(ctx, d, true)
	if err != nil {
		return draft.Draft{}, err
	}
	return d, s.verify(ctx, d)
}

// wire says how messages of an account are written; where none is named, as while drafting, what an account adds is left out.
func (s *Service) wire(_ context.Context, account string) (outbox.Wire, error) {
	if account == "" {
		return outbox.Wire{}, nil
	}
	a, ok := s.in.Account(account)
	if !ok {
		return outbox.Wire{}, fmt.Errorf("%w: account %q is not set up in %s", ErrCannotSend, account, s.in.Path)
	}
	w := outbox.Wire{ReadReceipt: a.ReadReceipts, NoHistory: s.in.File.Marking.History == installation.HistoryNever}
	if a.LabelForm == "binding" {
		w.Form = message.FormBinding
	}
	return w, nil
}
