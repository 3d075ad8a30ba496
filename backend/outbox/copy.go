package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/backend/store"
)

// MailboxChannel is the channel of copies: a copy is a row of the queue like a message, with a mailbox account for its only recipient,
// the decision in the log, the checks before it is kept, retries and recovery (RULES 21).
const MailboxChannel draft.Channel = "mailbox"

// Folder is which folder of a mailbox a copy is kept in. The zero value is none: what is no copy.
type Folder string

// The folders.
const (
	Sent   Folder = "sent"
	Drafts Folder = "drafts"
)

// CopyRequest asks for a copy of a draft that is being written to be kept in a mailbox.
type CopyRequest struct {
	// Copy was decided at most a minute ago, on exactly this draft; of a check while drafting, or of presend.CheckLabel.
	Copy *presend.CopyResult
	// Draft is the id of the stored draft: a copy of it that still waits is replaced by this one.
	Draft string
	Actor string // who asks for it, for the audit log: the user's login name
	// InTransaction is as Request's.
	InTransaction func(context.Context, *sql.Tx) error
}

// CopyBlockedError says that no copy may be kept, and why. It is in the audit log.
type CopyBlockedError struct{ Report presend.CopyReport }

// Error implements error.
func (e *CopyBlockedError) Error() string { return "outbox: no copy: " + wordsOf(e.Report) }

// Is makes a CopyBlockedError an ErrNotCleared.
func (e *CopyBlockedError) Is(target error) bool { return target == ErrNotCleared }

func wordsOf(r presend.CopyReport) string {
	var out []string
	for _, x := range r.Reasons {
		out = append(out, x.Text)
	}
	if len(out) == 0 {
		return string(r.Outcome)
	}
	return strings.Join(out, " ")
}

// CopyStatus is what became of the copy of a message.
type CopyStatus struct {
	Mailbox string `json:"mailbox" doc:"name of the account"`
	State   State  `json:"state" enum:"queued,sending,body-sent,accepted,refused,deferred,dropped" doc:"accepted: it is kept; queued: it waits for its message, or its turn"`
	Note    string `json:"note,omitempty" doc:"why it is not kept, or not yet; else where it is"`
}

// decidedCopy is what the log holds of a copy besides.
type decidedCopy struct {
	Folder Folder `json:"folder,omitempty"`
	Of     string `json:"of,omitempty"` // of one in sent: the message; in drafts: the stored draft
}

// mailboxAddress is the recipient of a copy.
func mailboxAddress(account string, f Folder) string {
	return string(MailboxChannel) + ":" + account + "/" + string(f)
}

// ClearCopy queues a copy of a draft for the user's mailbox, where presend.CheckCopy permits it; else the error is a *CopyBlockedError,
// which is in the audit log. It is durable, with its audit entry in the same transaction, before ClearCopy returns its id. Copies are
// made only when the user asks for one, not at every save. Of the same draft the copies that still wait are dropped, and one that is in
// the mailbox is taken out of it when this one is there; each copy has a Message-ID of its own. The draft may be addressed to nobody
// yet; exempted addresses are left out. Errors besides: ErrNotCleared, those of Clear.
func (b *Box) ClearCopy(ctx context.Context, r CopyRequest) (string, error) {
	if err := b.isLogged(ctx); err != nil {
		return "", err
	}
	result := r.Copy.Result()
	if result == nil || r.Draft == "" || !b.isWithin(r.Copy.At(), maxCheckAge) {
		return "", fmt.Errorf("%w: there is no fresh check of the draft for a copy", ErrNotCleared)
	}
	if result.DraftDigest() != result.Draft().Digest() {
		return "", fmt.Errorf("%w: the draft was changed after the check", ErrNotCleared)
	}
	if !r.Copy.IsPermitted() {
		return "", b.copyBlocked(ctx, r)
	}
	c, sum, err := b.spool(ctx, Request{Result: result, isUnsent: true})
	if err != nil {
		return "", err
	}
	err = b.store.Write(ctx, func(tx *sql.Tx) error {
		if err := b.inForce(ctx, tx); err != nil {
			return err
		}
		if r.InTransaction != nil {
			if err := r.InTransaction(ctx, tx); err != nil {
				return err
			}
		}
		if err := b.forget(ctx, tx, r.Draft, waitingCopies...); err != nil {
			return err
		}
		d := describeCopy(r.Copy, decidedCopy{Drafts, r.Draft}, c.sender)
		d.Wire, d.MessageID, d.Actor = sum, c.messageID, r.Actor
		q := queued{id: c.id, draft: result.Draft(), size: c.size, created: b.config.Now(), next: b.config.Now()}
		return b.insertCopy(ctx, tx, r.Copy, d, q)
	})
	if err != nil {
		queued, cleaning := b.removeOrphan(ctx, sum) // as in Clear
		if queued {
			return c.id, nil
		}
		return "", errors.Join(fmt.Errorf("outbox: queue: %w", err), cleaning)
	}
	b.mine.Store(c.id, true)
	b.remember(ctx)
	return c.id, nil
}

// enqueueSentCopy queues the copy of a message with it: the same bytes, for the mailbox alone. Where it is not permitted, that and why
// is written down in its place.
func (b *Box) enqueueSentCopy(ctx context.Context, tx *sql.Tx, asked Request, of Cleared, parent queued) error {
	r := asked.Copy
	d := describeCopy(r, decidedCopy{Sent, of.id}, of.sender)
	d.Wire, d.SendAt, d.MessageID, d.Actor = of.sum, parent.decision.SendAt, of.messageID, asked.Actor
	q := parent
	q.id, q.overridden = newID(parent.created), false
	if r.IsPermitted() {
		b.mine.Store(q.id, true) // without a row it says nothing
	}
	return b.insertCopy(ctx, tx, r, d, q)
}

// insertCopy writes decision and row of a copy.
func (b *Box) insertCopy(ctx context.Context, tx *sql.Tx, r *presend.CopyResult, d decision, q queued) error {
	epoch, err := store.Epoch(ctx, tx)
	if err != nil {
		return err
	}
	created := q.created.UTC()
	q.state, q.note = Queued, ""
	d.Result, d.Message, d.Account, d.Created = "cleared", q.id, r.Mailbox(), &created
	if r.IsPermitted() {
		d.Passed = &passed{At: r.At().UTC(), Epoch: epoch}
	} else {
		d.Result, q.state, q.note = "blocked", Dropped, wordsOf(r.Report())
	}
	if q.seq, err = audit.Append(ctx, tx, audit.TypeDecision, d); err != nil {
		return err
	}
	q.channel, q.account, q.sender, q.decision = MailboxChannel, d.Account, d.Sender, d
	q.targets, q.report = d.targets(), ""
	if err := q.insert(ctx, tx); err != nil {
		return err
	}
	return store.Changed(ctx, tx, "message", q.id)
}

func (b *Box) copyBlocked(ctx context.Context, asked CopyRequest) error {
	r := asked.Copy
	d := describeCopy(r, decidedCopy{Folder: Drafts}, r.Result().Originator().Address)
	d.Result, d.Actor = "blocked", asked.Actor
	err := b.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := audit.Append(ctx, tx, audit.TypeDecision, d)
		return err
	})
	if err != nil {
		return fmt.Errorf("outbox: audit: %w", err)
	}
	return &CopyBlockedError{Report: r.Report()}
}

// describeCopy makes the audit entry of a decision on a copy.
func describeCopy(r *presend.CopyResult, c decidedCopy, sender string) decision {
	rep, result := r.Report(), r.Result()
	d := decision{
		Channel: string(MailboxChannel), Draft: result.DraftDigest(), Account: r.Mailbox(), Sender: sender, Marking: rep.Marking, Policy: rep.Policy,
		Class:      result.Label().Classification,
		Originator: decidedOriginator{decidedParty: decided(result.Report().Originator)}, Copy: &c,
	}
	v := presend.Verdict{Outcome: rep.Outcome, Action: presend.Block, Reasons: rep.Reasons, Evidence: presend.Evidence{Directory: "the installation's mailbox " + rep.Mailbox}}
	if r.IsPermitted() {
		v.Action = presend.Pass
	}
	d.Recipients = []decidedRecipient{{Address: mailboxAddress(rep.Mailbox, c.Folder), decidedParty: decided(v), Link: decidedParty{Directory: "the installation's mailbox account", Outcome: rep.Outcome, Action: v.Action}}}
	return d
}
