package inbox

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/message"
	"caveat/backend/store"
)

// fetch reads one message that is listed. The body is asked for only when the label in the header permits, and nothing of it is written before
// the labels of all that goes with it do, too. An error is one of the connection, or of the database.
func (b *Box) fetch(ctx context.Context, src Source, j judge, r row, room int64) error {
	if still, err := b.isUnsure(ctx, j, r); still || err != nil {
		return err
	}
	header, err := src.Header(ctx, r.uid)
	switch {
	case errors.Is(err, ErrGone):
		return b.forget(ctx, r)
	case errors.Is(err, ErrTooLarge):
		return b.fail(ctx, r, problemLong)
	case err != nil:
		return err
	}
	r.head = hashOf(header)
	if adopted, err := b.adopt(ctx, r); adopted || err != nil {
		return err
	}
	if r.envelope, err = envelopeOf(header); err != nil {
		return b.fail(ctx, r, problemOf(err))
	}
	if may, err := b.judged(ctx, j, &r); err != nil || !may {
		return err
	}
	if r.size > b.config.MaxSize {
		return b.fail(ctx, r, fmt.Sprintf("It has %d MB, and at most %d MB are read here.", r.size>>20, b.config.MaxSize>>20))
	}
	if r.size > room {
		return b.fail(ctx, r, problemRoom)
	}
	var body bytes.Buffer
	_, err = src.Body(ctx, r.uid, b.config.MaxSize, &body)
	switch {
	case errors.Is(err, ErrGone):
		return b.forget(ctx, r)
	case errors.Is(err, ErrTooLarge):
		return b.fail(ctx, r, fmt.Sprintf("It has more than %d MB.", b.config.MaxSize>>20))
	case err != nil:
		return err
	}
	if r.size = int64(body.Len()); r.size > room { // the mailbox may have said another size
		return b.fail(ctx, r, problemRoom)
	}
	return b.take(ctx, j, r, body.Bytes())
}

// What is said of a message that is not here. Nothing of the message stands in it: nobody may have judged that.
const (
	problemHeader = "Its header cannot be read."
	problemBody   = "It cannot be read."
	problemLong   = "Its header is longer than what is read."
	problemRoom   = "There is no room left for it: more is in the mailbox than is kept here."
)

func problemOf(err error) string {
	if errors.Is(err, message.ErrTooLarge) {
		return problemLong
	}
	return problemHeader
}

// take judges a whole message, and keeps it when it may be read.
func (b *Box) take(ctx context.Context, j judge, r row, body []byte) error {
	mail, inner, err := b.innerLabels(body)
	if err != nil {
		return b.fail(ctx, r, problemBody)
	}
	header, _, _ := bytes.Cut(body, []byte("\r\n\r\n"))
	if r.envelope, err = envelopeOf(append(bytes.Clone(header), "\r\n\r\n"...)); err != nil {
		return b.fail(ctx, r, problemOf(err)) // the header that came before could be
	}
	r.inner = marshalInner(inner)
	if may, err := b.judged(ctx, j, &r); err != nil || !may {
		return err
	}
	f := facts{Subject: mail.Subject, Files: len(mail.Files), Precedence: b.precedence(r.mailbox, mail)}
	var claims []claim
	if mail.IsReport {
		if f.Report, claims, err = b.readReport(ctx, r, mail, body); err != nil {
			return err
		}
	}
	r.state, r.problem, r.facts, r.messageID, r.body = stateKept, "", f.marshal(), mail.MessageID, hashOf(body)
	return b.keep(r.body, body, func() error {
		return b.store.Write(ctx, func(tx *sql.Tx) error {
			if err := r.save(ctx, tx); err != nil {
				return err
			}
			if err := saveClaims(ctx, tx, claims); err != nil {
				return err
			}
			return store.Changed(ctx, tx, ChangeKind, r.mailbox)
		})
	})
}

// judged asks whether a message may be read; when not, it is withheld: that is written down, and nothing of what it says. When nobody can
// say, it is hidden, and read from the mailbox again in the next round.
func (b *Box) judged(ctx context.Context, j judge, r *row) (bool, error) {
	h, err := b.head(r.envelope, r.inner)
	if err != nil {
		return false, err
	}
	v, err := j.of(ctx, r.mailbox, h)
	if err != nil || v.MayRead {
		return err == nil, err
	}
	if v.Unsure {
		return false, b.hide(ctx, *r)
	}
	return false, b.withhold(ctx, *r, h, v)
}

// isUnsure reports that the labels of a message are known, and that still nobody can judge them: there is no use in reading it again.
func (b *Box) isUnsure(ctx context.Context, j judge, r row) (bool, error) {
	if r.envelope == "" {
		return false, nil
	}
	h, err := b.head(r.envelope, r.inner)
	if err != nil {
		return false, err
	}
	v, err := j.of(ctx, r.mailbox, h)
	return v.Unsure, err
}

// hide remembers the labels of a message that nobody can judge now, and nothing of what it says.
func (b *Box) hide(ctx context.Context, r row) error {
	r.state, r.problem, r.facts, r.messageID, r.body = stateListed, "", "", "", ""
	return b.write(ctx, r)
}

func (b *Box) write(ctx context.Context, r row) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if err := r.save(ctx, tx); err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, r.mailbox)
	})
}

// withheldEntry is what the audit log has of a message that was not shown.
type withheldEntry struct {
	Mailbox  string   `json:"mailbox"`
	Message  string   `json:"message,omitempty"` // its identifier
	From     []string `json:"from"`
	Received string   `json:"received"`
	Marking  string   `json:"marking"`
	Rules    []string `json:"rules"`
	Reason   string   `json:"reason"`
	By       string   `json:"by"`
}

// withhold takes everything out of a row that tells what the message says, and writes into the audit log, once, that it was withheld
// (RULES 20).
func (b *Box) withhold(ctx context.Context, r row, h Head, v Verdict) error {
	isNew := !r.logged
	r.state, r.problem, r.facts, r.messageID, r.body, r.logged = stateWithheld, "", "", "", "", true
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if err := r.save(ctx, tx); err != nil {
			return err
		}
		if isNew {
			if _, err := audit.Append(ctx, tx, audit.TypeWithheld, b.entryOf(r, h, v)); err != nil {
				return err
			}
		}
		return store.Changed(ctx, tx, ChangeKind, r.mailbox)
	})
}

func (b *Box) entryOf(r row, h Head, v Verdict) withheldEntry {
	e := withheldEntry{
		Mailbox: r.mailbox, Message: h.Mail.MessageID, From: []string{}, Received: r.received.Format("2006-01-02T15:04:05Z"),
		Marking: h.Marking(), Rules: []string{}, Reason: whyWithheld(v), By: b.config.User,
	}
	for _, a := range h.From {
		e.From = append(e.From, a.Address)
	}
	for _, x := range v.Reasons {
		e.Rules = append(e.Rules, x.Rule)
	}
	return e
}

// whyWithheld says for the audit log what kind of refusal it was.
func whyWithheld(v Verdict) string {
	for _, x := range v.Reasons {
		if x.Rule != RuleUnreadable {
			return "the clearance of the user, of the mailbox or of the installation does not permit its label, or that of what goes with it"
		}
	}
	return "its label, or that of what goes with it, cannot be held to a clearance"
}

// Marking is what the message is called: by the policy where its label is valid, else as it says itself.
func (h Head) Marking() string {
	s := h.Mail.Sensitivity
	if s.Label != nil && s.PolicyMarking != "" {
		return s.PolicyMarking
	}
	return s.Marking
}

// fail remembers why a message cannot be read. Of what it says nothing is kept, its subject neither: the labels of what goes with it
// were never read.
func (b *Box) fail(ctx context.Context, r row, problem string) error {
	r.state, r.problem, r.facts, r.messageID, r.body = stateFailed, problem, "", "", ""
	return b.write(ctx, r)
}

// forget removes a message that is not in the mailbox any more.
func (b *Box) forget(ctx context.Context, r row) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM inbox_message WHERE id = ?`, r.id); err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, r.mailbox)
	})
}

// adopt finds a message that is known from before the mailbox was renumbered: it is not read again, and keeps its name. It must be the
// only one with its header, size and time, before and now: of two nobody can say which has which body.
func (b *Box) adopt(ctx context.Context, r row) (bool, error) {
	found := false
	err := b.store.Write(ctx, func(tx *sql.Tx) error {
		old, err := rows(ctx, tx, `WHERE mailbox = ? AND uid = 0 AND head = ? LIMIT 2`, r.mailbox, r.head)
		if err != nil || len(old) != 1 || old[0].size != r.size || !old[0].received.Equal(r.received) {
			return err
		}
		alike, err := store.Column[string](ctx, tx, `SELECT id FROM inbox_message WHERE mailbox = ?1 AND uid > 0 AND id <> ?2 AND size = ?3
			AND (head = ?4 OR head = '' AND received = ?5) LIMIT 1`, r.mailbox, r.id, r.size, r.head, r.received.UnixMilli())
		if err != nil || len(alike) > 0 {
			return err
		}
		found = true
		if _, err := tx.ExecContext(ctx, `DELETE FROM inbox_message WHERE id = ?`, r.id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE inbox_message SET uid = ?, seen = max(seen, ?), answered = max(answered, ?) WHERE id = ?`,
			r.uid, r.seen, r.answered, old[0].id); err != nil {
			return err
		}
		return store.Changed(ctx, tx, ChangeKind, r.mailbox)
	})
	return found && err == nil, err
}

// precedence is what a message says for the user: that of action, or where the user is written to for information only, of copies.
func (b *Box) precedence(mailbox string, m message.Mail) string {
	own, _ := b.mailbox(mailbox)
	key := draft.FoldAddress(own.Address)
	for _, a := range m.To {
		if draft.FoldAddress(a.Address) == key {
			return m.Military.PrimaryPrecedence
		}
	}
	for _, a := range m.Cc {
		if draft.FoldAddress(a.Address) == key && m.Military.CopyPrecedence != "" {
			return m.Military.CopyPrecedence
		}
	}
	return m.Military.PrimaryPrecedence
}

// Recheck judges all that is kept once more: what is not permitted any more is removed from the disk, and written down as
// withheld; what is permitted now is read from the mailbox again. What nobody can judge now stays as it is; it is not shown.
func (b *Box) Recheck(ctx context.Context) error {
	j := b.newJudge()
	for _, m := range b.config.Mailboxes {
		err := b.each(ctx, func(r row) error { return b.recheck(ctx, j, r) }, `WHERE mailbox = ? AND state <> ?`, m.Name, stateListed)
		if err != nil {
			return err
		}
		b.rouse(m.Name)
	}
	return b.collect(ctx)
}

func (b *Box) recheck(ctx context.Context, j judge, r row) error {
	h, err := b.head(r.envelope, r.inner)
	if err != nil {
		return err
	}
	v, err := j.of(ctx, r.mailbox, h)
	switch {
	case err != nil:
		return err
	case v.Unsure:
		return nil
	case !v.MayRead && r.state != stateWithheld:
		return b.withhold(ctx, r, h, v)
	case v.MayRead && r.state == stateWithheld:
		return b.store.Write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `UPDATE inbox_message SET state = ? WHERE id = ?`, stateListed, r.id); err != nil {
				return err
			}
			return store.Changed(ctx, tx, ChangeKind, r.mailbox)
		})
	}
	return nil
}
