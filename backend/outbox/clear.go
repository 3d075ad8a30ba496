package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/presend"
	"caveat/backend/store"
)

// Box is the outbox of one data directory.
type Box struct {
	store  *store.Store
	config Config
	seen   sync.Map // by hash: the stamp of a file whose bytes were held to it
	chain  audit.Chain
	begun  atomic.Int64 // the log's newest line when this process began to send; 0: it has not
	mine   sync.Map     // by the id of a message that this process checked itself: when it did
	came   sync.Map     // by id: how often in succession a message was not sent because others would have got it
	waits  connectionWaits
	// beforeCopies is called between messages and copies; tests set it.
	beforeCopies func()
}

// Config is what a Box needs of the rest of the program.
type Config struct {
	// Senders by channel. A message of a channel without one is deferred.
	Senders map[draft.Channel]Sender
	// Recheck runs the check at Send again (RULES 24).
	Recheck func(context.Context, draft.Draft) (*presend.Result, error)
	// SendingAge is how long a check stays good for a message that waits (RULES 13).
	SendingAge time.Duration
	// BuildLabel makes the label of an attachment out of what the draft says; nil: only labels in XML are understood.
	BuildLabel func(draft.Label) (label.Label, error)
	// Wire says how messages of an account are written; nil: the zero Wire.
	Wire func(ctx context.Context, account string) (Wire, error)
	// Seal makes of a composed message the one that is sent; nil: it is sent as it was composed. See Seal.
	Seal Seal
	// Stanza says how a chat message is written (Room is found out here); nil: the zero Stanza.
	Stanza func(ctx context.Context, r *presend.Result) (message.Stanza, error)
	// References gives those of the message that a draft answers, oldest first; nil, or an empty list: not known.
	References func(ctx context.Context, d draft.Draft) []string
	// Mailbox gives a mailbox account as the installation has it now, for the check of a copy before each attempt to keep it (RULES 24).
	// CheckLabel checks a draft's label, parts and originator, as they are now: presend.CheckLabel. While either is nil copies wait.
	Mailbox    func(ctx context.Context, name string) (presend.Mailbox, error)
	CheckLabel func(context.Context, draft.Draft) (*presend.Result, error)
	// Log is the audit log: while that is not kept as it must be, nothing is cleared, and nothing that is queued leaves. nil: only the
	// line that a message needs must be written.
	Log *audit.Log
	// Outdated says why nothing may be cleared or sent by what this process works by: other policies are in force than those that it
	// knows (RULES 24). "": nothing stands against it. It is asked at each message, and must be cheap; nil: nobody changes them.
	Outdated func() string
	// InForce is an error while the settings that this process works by are not those in force, as the log has it. It is asked in the
	// transactions in which a message is cleared, or begins to leave, and must be cheap; nil: nobody changes them.
	InForce func(context.Context, *sql.Tx) error
	// Expiry is how long a message is tried; 0: Expiry.
	Expiry time.Duration
	// Overdue is how long a message may take by its primary precedence, as the draft names it, before the user is warned
	// (Message.Overdue); nil: DefaultOverdue. A precedence that is not there has no such time.
	Overdue map[string]time.Duration
	// Retry gives the wait before the next attempt, after so many; nil: by what the server said (DefaultRetry, and longer
	// or shorter waits where the reply asks for them).
	Retry func(attempts int) time.Duration
	// Now; nil: time.Now.
	Now func() time.Time
}

// New makes a Box on an open store.
func New(s *store.Store, c Config) *Box {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Expiry <= 0 {
		c.Expiry = Expiry
	}
	if c.Overdue == nil {
		c.Overdue = DefaultOverdue
	}
	if c.SendingAge == 0 {
		c.SendingAge = presend.DefaultSending
	}
	return &Box{store: s, config: c, beforeCopies: func() {}}
}

// Request asks for a draft to be sent.
type Request struct {
	Result    *presend.Result   // the check at Send of exactly this draft
	Account   string            // by which it leaves
	Actor     string            // who asks for it, for the audit log: the user's login name
	Overrides map[string]string // the user's reasons, by address; for a threshold by presend.ThresholdKey
	Seen      map[string]Seen   // what the user was shown for each of them; nil: not known. What is otherwise now is blocked
	Replaces  string            // id of a held or uncertain message that this one stands for, or ""
	SplitFrom string            // id of the message to the other audience, where the check split a draft, or ""
	// Copy is the decision on keeping a copy in the sender's mailbox, on this very Result; nil: none is asked for. One that does not
	// permit it stops no message: why there is no copy is written down.
	Copy *presend.CopyResult
	// InTransaction, when given, runs in the transaction that queues the message, before anything is written: with an error
	// nothing is queued, and Clear's error wraps it. It must use the context that it is given.
	InTransaction func(context.Context, *sql.Tx) error

	isUnsent bool // it is for a copy of a draft, and no submission account adds anything
}

// BlockedError says that the check does not allow the draft to be sent as it is. It is in the audit log.
type BlockedError struct{ Report presend.Report }

func (e *BlockedError) Error() string {
	return fmt.Sprintf("outbox: blocked: %s", strings.Join(blockedBy(e.Report), "; "))
}

// Is makes a BlockedError an ErrNotCleared.
func (e *BlockedError) Is(target error) bool { return target == ErrNotCleared }

func blockedBy(r presend.Report) []string {
	var out []string
	for _, p := range r.Label.Problems {
		out = append(out, "label: "+p.Text)
	}
	if r.Originator.Action != presend.Pass {
		out = append(out, fmt.Sprintf("originator: %s", r.Originator.Outcome))
	}
	for _, x := range r.Recipients {
		if x.Verdict.Action != presend.Pass || x.Link.Action != presend.Pass {
			out = append(out, fmt.Sprintf("%s: %s", x.Address, presend.Worse(x.Verdict.Outcome, x.Link.Outcome)))
		}
	}
	for _, x := range r.Thresholds {
		if x.Action != presend.Pass {
			out = append(out, "threshold "+x.Name+": "+x.Text)
		}
	}
	return out
}

// maxCheckAge is how old a check may be when its message is cleared: the check belongs to this Send, not to an earlier one.
const maxCheckAge = time.Minute

// Clear turns a checked draft into a queued message: for every recipient the check passed, or the rules allow a warning and
// the user gave a reason. Otherwise nothing is queued, and the error is a *BlockedError. The message is durable, with its
// audit entry in the same transaction, before Clear returns. Every attachment is read and held to the hash that the draft
// names: ErrContent, ErrNotKept. ErrLog: the audit log is not kept as it must be. ErrOtherPolicy,
// ErrOtherSettings: others are in force than those that it was checked by. A draft with a time to be sent at waits for it; its message is dated by that time.
func (b *Box) Clear(ctx context.Context, r Request) (Cleared, error) {
	if err := b.isLogged(ctx); err != nil {
		return Cleared{}, err
	}
	if problem := b.otherPolicy(); problem != "" {
		return Cleared{}, fmt.Errorf("%w: %s", ErrOtherPolicy, problem)
	}
	if !r.Result.IsForSending() || !b.isWithin(r.Result.At(), maxCheckAge) {
		return Cleared{}, fmt.Errorf("%w: there is no fresh check at Send", ErrNotCleared)
	}
	if r.Result.DraftDigest() != r.Result.Draft().Digest() || r.Result.ReportDigest() != r.Result.Report().Digest() {
		return Cleared{}, fmt.Errorf("%w: the draft or the report was changed after the check", ErrNotCleared)
	}
	if r.Copy != nil && !r.Copy.IsOf(r.Result) {
		return Cleared{}, fmt.Errorf("%w: the copy was decided on another check", ErrNotCleared)
	}
	r, err := r.folded()
	if err != nil {
		return Cleared{}, err
	}
	over, ok := permitted(r)
	if !ok || !isSound(r.Result) {
		return Cleared{}, b.blocked(ctx, r)
	}
	c, sum, err := b.spool(ctx, r)
	if err != nil {
		return Cleared{}, err
	}
	err = b.store.Write(ctx, func(tx *sql.Tx) error { return b.enqueue(ctx, tx, r, c, sum, over) })
	if err != nil {
		// A commit that failed may have been made all the same; who is told that it was not would send it twice.
		queued, cleaning := b.removeOrphan(ctx, sum)
		if queued {
			return c, nil
		}
		return Cleared{}, errors.Join(fmt.Errorf("outbox: queue: %w", err), cleaning)
	}
	b.mine.Store(c.id, r.Result.At())
	b.remember(ctx)
	return c, nil
}

// isWithin reports that a moment lies no longer ago than age. One in the future does not: then a clock was set, and nobody
// knows how long ago it was.
func (b *Box) isWithin(at time.Time, age time.Duration) bool {
	past := b.config.Now().Sub(at)
	return past >= -clockStep && past <= age
}

// clockStep is how far a moment may seem to lie in the future: times are stored in milliseconds.
const clockStep = time.Second

// overrides are a user's decisions to send all the same: for the originator, and for recipients by their address.
type overrides struct {
	originator *override
	recipients map[string]override
	thresholds []thresholdOverride
}

func (o overrides) any() bool {
	return o.originator != nil || len(o.recipients) > 0 || len(o.thresholds) > 0
}

// folded gives the request with the keys of its maps folded: each is looked up once. Two that mean the same are refused.
func (r Request) folded() (out Request, err error) {
	out = r
	if out.Overrides, err = foldKeys(r.Overrides); err != nil {
		return Request{}, err
	}
	out.Seen, err = foldKeys(r.Seen)
	return out, err
}

func foldKeys[V any](in map[string]V) (map[string]V, error) {
	if in == nil {
		return nil, nil
	}
	out := make(map[string]V, len(in))
	for k, v := range in {
		f := draft.FoldAddress(k)
		if _, twice := out[f]; twice {
			return nil, fmt.Errorf("%w: two overrides for %s", ErrNotCleared, f)
		}
		out[f] = v
	}
	return out, nil
}

// permitted says whether everything passes or is overridden where that is allowed, and with what. A link is never.
func permitted(r Request) (overrides, bool) {
	rep := r.Result.Report()
	reasons := map[string]string{}
	for a, text := range r.Overrides {
		if strings.ContainsFunc(text, isWord) {
			reasons[a] = strings.TrimSpace(text)
		}
	}
	allowed := func(address string, v presend.Verdict) (*override, bool) {
		reason := reasons[draft.FoldAddress(address)]
		switch {
		case v.Action == presend.Pass:
			return nil, true
		case v.Action != presend.Warn || reason == "" || !r.isAsSeen(address, seenVerdict(rep, v)):
			return nil, false
		}
		return &override{Reason: reason, Outcome: v.Outcome, Reasons: v.Reasons, Marking: rep.Label.Marking, Policy: v.Evidence.Policy.SHA256}, true
	}
	out := overrides{recipients: map[string]override{}}
	ok := false
	out.originator, ok = allowed(r.Result.Originator().Address, rep.Originator)
	ok = ok && rep.Label.Valid && len(rep.Recipients) > 0
	for _, x := range rep.Recipients {
		o, may := allowed(x.Address, x.Verdict)
		if o != nil {
			out.recipients[x.Address] = *o
		}
		ok = ok && may && x.Link.Action == presend.Pass
	}
	for _, x := range rep.Thresholds {
		reason := reasons[draft.FoldAddress(presend.ThresholdKey(x.Name))]
		switch {
		case x.Action == presend.Pass:
		case x.Action == presend.Warn && reason != "" && r.isAsSeen(presend.ThresholdKey(x.Name), seenThreshold(rep, x)):
			out.thresholds = append(out.thresholds, thresholdOverride{
				Name: x.Name, Reason: reason, Classification: x.Classification, Limit: x.Limit, Recipients: x.Recipients,
				Marking: rep.Label.Marking, Policy: rep.Originator.Evidence.Policy.SHA256,
			})
		default:
			ok = false
		}
	}
	return out, ok
}

// isWord: a reason in words has a letter or a digit in it.
func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// blocked writes the refusal down and gives it as an error.
func (b *Box) blocked(ctx context.Context, r Request) error {
	d := describe(r.Result, overrides{})
	d.Result, d.Actor = "blocked", r.Actor
	err := b.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := audit.Append(ctx, tx, audit.TypeDecision, d)
		return err
	})
	if err != nil {
		return fmt.Errorf("outbox: audit: %w", err)
	}
	return &BlockedError{Report: r.Result.Told()}
}

// enqueue does what the caller wants done with it, writes audit entry, queue row and recipients, and retires a message that
// this one replaces.
func (b *Box) enqueue(ctx context.Context, tx *sql.Tx, r Request, c Cleared, sum string, over overrides) error {
	if err := b.inForce(ctx, tx); err != nil {
		return err
	}
	if r.InTransaction != nil {
		if err := r.InTransaction(ctx, tx); err != nil {
			return err
		}
	}
	report, err := reportDocument(r.Result.Report())
	if err != nil {
		return err
	}
	d := describe(r.Result, over)
	epoch, err := store.Epoch(ctx, tx)
	if err != nil {
		return err
	}
	at := b.config.Now()
	created := at.UTC()
	d.Result, d.Message, d.Account, d.Wire, d.Replaces = "cleared", c.id, c.account, sum, r.Replaces
	d.SplitFrom, d.Traced, d.MessageID, d.Actor = r.SplitFrom, c.isTraced, c.messageID, r.Actor
	if d.Created = &created; r.Result.Unasked() == "" { // else it is checked again before it leaves
		d.Passed = &passed{At: r.Result.At().UTC(), Epoch: epoch}
	}
	seq, err := audit.Append(ctx, tx, audit.TypeDecision, d)
	if err != nil {
		return err
	}
	if r.Replaces != "" {
		if err := b.settle(ctx, tx, r.Replaces, "sent anew as "+c.id, r.Actor, Held, PerhapsDelivered, Queued, Deferred); err != nil {
			return err
		}
	}
	if r.SplitFrom != "" {
		if err := isMessage(ctx, tx, r.SplitFrom); err != nil {
			return err
		}
	}
	q := queued{
		id: c.id, state: Queued, channel: c.channel, account: c.account, sender: c.sender, decision: d, seq: seq, draft: r.Result.Draft(),
		size: c.size, overridden: over.any(), created: at, next: leaves(r.Result.Draft(), at), report: report, targets: targetsOf(r.Result),
	}
	if err := q.insert(ctx, tx); err != nil {
		return err
	}
	if r.Copy != nil {
		if err := b.enqueueSentCopy(ctx, tx, r, c, q); err != nil {
			return err
		}
	}
	return store.Changed(ctx, tx, "message", c.id)
}
