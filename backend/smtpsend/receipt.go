package smtpsend

import (
	"fmt"
	"regexp"

	"caveat/backend/outbox"
)

// noReports is added to the words of an acceptance where nobody will tell what becomes of the message.
const noReports = " (this server does not promise delivery reports)"

// all gives every recipient the same answer.
func (t *transaction) all(r *Reply) []outbox.Receipt {
	out := make([]outbox.Receipt, len(t.to))
	for i, to := range t.to {
		out[i] = t.receipt(to, r)
	}
	return out
}

// receipts gives each recipient its own refusal, or what became of the message.
func (t *transaction) receipts(final *Reply) []outbox.Receipt {
	out := make([]outbox.Receipt, len(t.to))
	for i, to := range t.to {
		r := t.rcpts[i]
		if r.isYes() {
			r = final
		}
		out[i] = t.receipt(to, r)
	}
	return out
}

// leftOver gives those who were refused before the server closed the connection their refusal, and everybody else the closing.
func (t *transaction) leftOver() []outbox.Receipt {
	if t.isSpoilt() {
		return t.nobody()
	}
	out := make([]outbox.Receipt, len(t.to))
	for i, to := range t.to {
		r := t.rcpts[i]
		if r == nil || r.isYes() {
			r = t.bye
		}
		out[i] = t.receipt(to, r)
	}
	return out
}

// nobody gives each recipient the reason why the message went to none of them. When one was refused for good, nobody is tried
// again: a later attempt would reach the rest.
func (t *transaction) nobody() []outbox.Receipt {
	var worst outbox.Receipt
	for i, r := range t.rcpts {
		if r == nil || r.isYes() {
			continue
		}
		if x := t.receipt(t.to[i], r); worst.State == "" || worst.State == outbox.Deferred && x.State == outbox.Refused {
			worst = x
		}
	}
	because := fmt.Sprintf("not sent, because %s was refused: %s", worst.Recipient, said(worst))
	out := make([]outbox.Receipt, len(t.to))
	for i, to := range t.to {
		r := t.rcpts[i]
		if r == nil || r.isYes() {
			out[i] = outbox.Receipt{Recipient: to, State: worst.State, Text: because}
			continue
		}
		if out[i] = t.receipt(to, r); out[i].State != worst.State {
			out[i].State, out[i].Text = worst.State, out[i].Text+"; "+because
		}
	}
	return out
}

func said(r outbox.Receipt) string {
	if r.Code == 0 {
		return r.Text
	}
	return fmt.Sprintf("%d %s", r.Code, r.Text)
}

func (t *transaction) receipt(to string, r *Reply) outbox.Receipt {
	out := outbox.Receipt{Recipient: to, State: outbox.Refused, Code: r.Code, Status: t.status(r), Text: r.Text}
	switch r.Code / 100 {
	case 2:
		out.State = outbox.Accepted
		if !t.has("DSN") {
			out.Text += noReports
		}
	case 4:
		out.State = outbox.Deferred
	}
	return out
}

var enhanced = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})(?: |$)`)

// status is the enhanced status code at the beginning of a reply; empty where the server does not speak of them, or says one
// that contradicts the reply code.
//
// std: RFC2034 §4
func (t *transaction) status(r *Reply) string {
	m := enhanced.FindStringSubmatch(r.Text)
	if m == nil || !t.has("ENHANCEDSTATUSCODES") || int(m[1][0]-'0') != r.Code/100 {
		return ""
	}
	return m[1]
}
