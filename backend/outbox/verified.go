package outbox

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
)

// loaded is a queued message that was held against its audit entries. What decides whether, when and to whom it is sent is
// theirs, never the row's.
type loaded struct {
	Cleared
	history
	draft    draft.Draft
	sendAt   time.Time // zero: at once
	after    time.Time // of a copy: when its message was accepted for the first time
	attempts int
}

// row is what the queue says of a message.
type row struct {
	state                              State
	channel                            draft.Channel
	account, sender, draft             string
	draftDigest, reportDigest, sum     string
	size, seq, created, checked, epoch int64
	attempts                           int
	folder                             Folder
	copyOf, splitFrom                  string
	recipients                         []RecipientStatus
}

func readRow(ctx context.Context, tx *sql.Tx, id string) (r row, err error) {
	err = tx.QueryRowContext(ctx, `SELECT state, channel, account, sender, draft, draft_digest, report_digest, wire_sha256, wire_size,
			audit_seq, created, checked, epoch, attempts, folder, copy_of, split_from FROM message WHERE id = ?`, id).
		Scan(&r.state, &r.channel, &r.account, &r.sender, &r.draft, &r.draftDigest, &r.reportDigest, &r.sum, &r.size, &r.seq, &r.created, &r.checked, &r.epoch, &r.attempts, &r.folder, &r.copyOf, &r.splitFrom)
	if errors.Is(err, sql.ErrNoRows) {
		return row{}, fmt.Errorf("%w: %s", ErrUnknownMessage, id)
	}
	if err != nil {
		return row{}, err
	}
	r.recipients, err = recipientsOf(ctx, tx, id)
	return r, err
}

// verified reads a message in any state and holds its row to the audit entries about it, and those to the chain of the log: draft,
// digests, sender, account, times, the state, every recipient and what became of it. The wire bytes are not looked at. Errors:
// ErrUnknownMessage, ErrTampered, those of the database.
func (b *Box) verified(ctx context.Context, id string) (l loaded, err error) {
	err = b.chain.Read(ctx, b.store, func(tx *sql.Tx) error {
		l, err = b.verifiedIn(ctx, tx, id)
		return err
	})
	if err != nil {
		return loaded{}, err
	}
	return l, nil
}

// verifiedMessage is verified, and ErrUnknownMessage for a copy.
func (b *Box) verifiedMessage(ctx context.Context, id string) (loaded, error) {
	l, err := b.verified(ctx, id)
	switch {
	case err != nil:
		return loaded{}, err
	case l.isCopy():
		return loaded{}, fmt.Errorf("%w: %s", ErrUnknownMessage, id)
	}
	return l, nil
}

func (b *Box) verifiedIn(ctx context.Context, tx *sql.Tx, id string) (loaded, error) {
	r, err := readRow(ctx, tx, id)
	if err != nil {
		return loaded{}, err
	}
	h, err := b.history(ctx, tx, id, r.seq)
	switch {
	case errors.Is(err, audit.ErrTampered):
		return loaded{}, fmt.Errorf("%w: %w", ErrTampered, err)
	case err != nil:
		return loaded{}, err
	}
	l := loaded{history: h, attempts: r.attempts}
	l.id, l.channel, l.account, l.sender = id, r.channel, r.account, r.sender
	l.spool, l.sum, l.size = spoolPath(b.store, r.sum), r.sum, r.size
	l.folder, l.messageID = h.inFolder(), messageID(id, r.sender)
	if l.folder == Sent {
		l.messageID = messageID(h.of(), r.sender) // its bytes are the message's
	}
	parse := draft.Parse
	if l.folder == Drafts {
		parse = draft.ParseUnsent
	}
	if l.draft, err = parse([]byte(r.draft)); err != nil {
		return loaded{}, fmt.Errorf("%w: %w", ErrTampered, err)
	}
	if what := h.differs(r, l.draft); what != "" {
		return loaded{}, fmt.Errorf("%w: %s: its %s", ErrTampered, id, what)
	}
	if at := l.draft.SendAt; at != nil && at.After(l.created) && l.folder != Drafts {
		l.sendAt = *at
	}
	for _, t := range l.decision.targets() {
		if !isFinal(l.recipientState(t.Address)) {
			l.recipients = append(l.recipients, t.Address)
		}
	}
	return l, nil
}

// differs names what of a row is not what the log says; "": nothing.
func (h history) differs(r row, d draft.Draft) string {
	x := h.decision
	switch {
	case x.Draft != r.draftDigest || x.Draft != d.Digest():
		return "draft"
	case x.Report != r.reportDigest:
		return "report"
	case x.Wire != r.sum:
		return "content"
	case x.Sender != r.sender || x.Account != r.account || x.Channel != string(r.channel):
		return "sender, account or channel"
	case h.inFolder() != r.folder || h.of() != r.copyOf:
		return "folder"
	case x.SplitFrom != r.splitFrom:
		return "other audience"
	case x.Created != nil && x.Created.UnixMilli() != r.created:
		return "time"
	case !h.checked.IsZero() && (h.checked.UnixMilli() != r.checked || h.epoch != r.epoch):
		return "last check"
	case kind(r.state) != kind(h.state):
		return fmt.Sprintf("state: %s, where the log says %s", r.state, h.state)
	}
	return h.differsFor(r.recipients, d.Recipients())
}

// differsFor holds the lists of recipients to each other, in their order: the draft's to the decision's, the queue's to the decision's
// envelope, and what the envelope's addresses stand for to the draft's.
func (h history) differsFor(rows []RecipientStatus, drafted []string) string {
	same := func(a, b string) bool { return draft.FoldAddress(a) == draft.FoldAddress(b) }
	to := h.decision.targets()
	if h.isCopy() {
		return h.differsForMailbox(rows)
	}
	if !slices.EqualFunc(drafted, h.decision.Recipients, func(a string, r decidedRecipient) bool { return same(a, r.Address) }) ||
		!slices.EqualFunc(rows, to, func(r RecipientStatus, t target) bool { return same(r.Address, t.Address) && same(r.By, t.By) }) {
		return "recipients"
	}
	isDrafted := folded(drafted)
	for i, t := range to {
		switch s := h.recipientState(t.Address); {
		case !isDrafted[draft.FoldAddress(cmp.Or(t.By, t.Address))]:
			return "recipients"
		case final(rows[i].State) != final(s):
			return fmt.Sprintf("recipient %s: %s, where the log says %s", t.Address, rows[i].State, s)
		}
	}
	return ""
}

// differsForMailbox holds the only recipient of a copy to the account and folder that were decided.
func (h history) differsForMailbox(rows []RecipientStatus) string {
	to := h.decision.targets()
	if len(to) != 1 || len(rows) != 1 || to[0] != (target{Address: mailboxAddress(h.decision.Account, h.inFolder())}) || rows[0].Address != to[0].Address ||
		h.decision.Channel != string(MailboxChannel) {
		return "recipients"
	}
	if s := h.recipientState(to[0].Address); final(rows[0].State) != final(s) {
		return fmt.Sprintf("recipient %s: %s, where the log says %s", to[0].Address, rows[0].State, s)
	}
	return ""
}

// kind puts the states together between which a message goes without a word in the log.
func kind(s State) State {
	if s == Sending || s == Deferred {
		return Queued
	}
	return s
}

func isFinal(s State) bool { return s == Accepted || s == Refused }

func final(s State) State {
	if isFinal(s) {
		return s
	}
	return ""
}

// remember takes in what was written to the log, so that nobody can change it unseen while this process runs. What cannot be read
// now is taken in the next time.
func (b *Box) remember(ctx context.Context) {
	if err := b.chain.Follow(context.WithoutCancel(ctx), b.store); errors.Is(err, audit.ErrTampered) {
		slog.ErrorContext(ctx, "the audit log was altered: messages that were cleared before are held", "error", err)
		if b.config.Log != nil {
			b.config.Log.Alter(err)
		}
	}
}

// wasPassedHere reports that the last check of a message counts for this process: it made that itself, or it was made while it ran.
func (b *Box) wasPassedHere(l loaded) bool {
	_, mine := b.mine.Load(l.id)
	return mine || l.passedIn > b.begun.Load()
}

// asOfCheck is when the last check of a message began. Of one that this process made, that time is not touched by a clock that is set.
func (b *Box) asOfCheck(l loaded) time.Time {
	kept, _ := b.mine.Load(l.id)
	if at, ok := kept.(time.Time); ok && at.Equal(l.checked) {
		return at
	}
	return l.checked
}
