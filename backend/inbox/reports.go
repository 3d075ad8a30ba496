package inbox

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"caveat/backend/draft"
	"caveat/backend/message"
	"caveat/backend/store"
)

// Claim is what somebody reported about a recipient of a sent message. Nothing proves it.
type Claim struct {
	Recipient string // as the sent message has it
	Kind      string // delivered, relayed, expanded, delayed, failed; read, deleted; other
	At        time.Time
	Status    string // class.subject.detail; "": not said
	Text      string
	Reporter  string // who says so, in the report's own words; "": it does not say
	From      string // whom the mail that brought it says it is from; "": nobody, or not recorded
	Automatic bool
}

// claim is a Claim with its place in the database.
type claim struct {
	Claim
	message, source string
	position        int
}

// maxNamed is how many addresses a warning names.
const maxNamed = 3

// readReport finds out which sent message a report is about, and what it claims. One that fits none, or names recipients that the
// message never had, is an ordinary message with a warning.
//
// std: RFC3464 §2.3, RFC8098 §3
func (b *Box) readReport(ctx context.Context, r row, mail message.Mail, body []byte) (*Report, []claim, error) {
	report, err := message.ReadReport(bytes.NewReader(body))
	if err != nil {
		return nil, nil, nil // it only calls itself one
	}
	out := &Report{Kind: report.Kind}
	if b.config.Sent == nil {
		return out, nil, nil
	}
	sent, ok, err := b.config.Sent(ctx, report)
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		out.Warning = "It reports on a message that was not sent from here, or does not name it by an identifier."
		return out, nil, nil
	}
	claims, strangers := claimsOf(r, mail, report, sent)
	if len(claims) == 0 {
		out.Warning = fmt.Sprintf("It names recipients that the message never had: %s. It is not believed.", named(strangers))
		return out, nil, nil
	}
	out.Message, out.Subject = sent.ID, sent.Subject
	if len(strangers) > 0 {
		out.Warning = fmt.Sprintf("It also names recipients that the message never had: %s.", named(strangers))
	}
	return out, claims, nil
}

func named(list []string) string {
	text := strings.Join(list[:min(len(list), maxNamed)], ", ")
	if len(list) > maxNamed {
		text += fmt.Sprintf(" and %d more", len(list)-maxNamed)
	}
	return text
}

// claimsOf holds what a report says to the recipients that the message had.
func claimsOf(r row, mail message.Mail, report message.Report, sent Sent) (claims []claim, strangers []string) {
	from := SendersOf(mail.From)
	for _, x := range report.Recipients {
		recipient, ok := Recipient(x, sent.Recipients)
		if !ok {
			strangers = append(strangers, orElse(x.Original, orElse(x.Final, "(nobody)")))
			continue
		}
		at := message.Moment(x.LastTry)
		if at.IsZero() {
			at = mail.Date
		}
		if at.IsZero() || at.After(r.received) {
			at = r.received // nobody reports what is yet to come
		}
		claims = append(claims, claim{
			Claim: Claim{
				Recipient: recipient, Kind: KindOf(report.Kind, x.Action), At: at, Status: x.Status, Text: x.Diagnostic, Reporter: report.Reporter, From: from, Automatic: x.Automatic,
			},
			message: sent.ID, source: r.head, position: len(claims),
		})
	}
	return claims, strangers
}

// SendersOf names whom a message says that it is from: addresses, or where there is none the name; of many the first.
func SendersOf(list []message.Address) string {
	var out []string
	for _, a := range list {
		if text := orElse(a.Address, a.Name); text != "" {
			out = append(out, text)
		}
	}
	return named(out)
}

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// Recipient finds whom of a message's recipients a report speaks of: by the address that it was submitted for, or where that is not said
// by the one that it came to.
func Recipient(x message.Reported, recipients []string) (string, bool) {
	want := draft.FoldAddress(orElse(x.Original, x.Final))
	for _, have := range recipients {
		if want != "" && draft.FoldAddress(have) == want {
			return have, true
		}
	}
	return "", false
}

// KindOf names what was done, in one word for delivery reports and disposition notifications.
func KindOf(k message.ReportKind, action string) string {
	switch {
	case k == message.DispositionReport && action == "displayed":
		return "read"
	case k == message.DispositionReport && action == "deleted":
		return "deleted"
	case k == message.DeliveryReport && action != "":
		return action
	}
	return "other"
}

// saveClaims keeps what was reported; what is there already, from the same mail, stays as it is.
func saveClaims(ctx context.Context, tx *sql.Tx, list []claim) error {
	for _, c := range list {
		if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO inbox_report (message, recipient, source, position, kind, at, status, text, reporter, sender, automatic)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			c.message, c.Recipient, c.source, c.position, c.Kind, c.At.UnixMilli(), c.Status, c.Text, c.Reporter, c.From, c.Automatic); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return nil
	}
	return store.Changed(ctx, tx, "message", list[0].message)
}

// Claims gives what was reported of sent messages, by their id, the oldest first.
func (b *Box) Claims(ctx context.Context, messages []string) (map[string][]Claim, error) {
	out := map[string][]Claim{}
	for _, id := range messages {
		list, err := b.claims(ctx, id)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			out[id] = list
		}
	}
	return out, nil
}

func (b *Box) claims(ctx context.Context, id string) ([]Claim, error) {
	found, err := b.store.Reader().QueryContext(ctx,
		`SELECT recipient, kind, at, status, text, reporter, sender, automatic FROM inbox_report WHERE message = ? ORDER BY at, source, position`, id)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out []Claim
	for found.Next() {
		var c Claim
		var at int64
		if err := found.Scan(&c.Recipient, &c.Kind, &at, &c.Status, &c.Text, &c.Reporter, &c.From, &c.Automatic); err != nil {
			return nil, err
		}
		c.At = message.Moment(time.UnixMilli(at))
		out = append(out, c)
	}
	return out, found.Err()
}
