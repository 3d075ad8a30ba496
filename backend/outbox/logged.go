package outbox

import (
	"context"
	"encoding/json"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/backend/store"
)

// Logged is one attempt to send a message, as the audit log has it.
type Logged struct {
	Seq        int64 // of its line
	At         time.Time
	Message    string // id of the message; "": it was blocked
	MessageID  string
	Actor      string // "" in lines of before it was kept
	Sender     string
	Marking    string
	Recipients []LoggedRecipient
	Trials     []presend.Trial
	Past       presend.Past
	// Unknown: the line is of before the grounds were kept: what other rules would have made of it nobody can say.
	Unknown bool
}

// LoggedRecipient is one address of it.
type LoggedRecipient struct {
	Address string
	Nation  string
	Outcome presend.Outcome // the worst of the recipient's own and the way's
}

// Attempts visits the attempts to send since a time whose lines are newer than a number, newest first: what was cleared and what was
// blocked. Checks that the queue repeats, and copies for mailboxes, are none: no rule relaxes these. It returns the number of the
// newest line of the log.
func Attempts(ctx context.Context, s *store.Store, since time.Time, after int64, visit func(Logged) error) (newest int64, err error) {
	newest = after
	err = audit.Newest(ctx, s, after, func(e audit.Entry) (bool, error) {
		newest = max(newest, e.Seq)
		if e.At.Before(since) {
			return false, nil
		}
		if e.Type != audit.TypeDecision {
			return true, nil
		}
		var d decision
		if json.Unmarshal(e.Data, &d) != nil || d.Copy != nil || d.Result == "checked-again" {
			return true, nil
		}
		return true, visit(d.logged(e))
	})
	return newest, err
}

func (d decision) logged(e audit.Entry) Logged {
	out := Logged{
		Seq: e.Seq, At: e.At, Message: d.Message, MessageID: d.MessageID, Actor: d.Actor, Sender: d.Sender, Marking: d.Marking, Trials: d.Trials,
		Unknown: d.Reach == nil,
		Past: presend.Past{
			Channel: draft.Channel(d.Channel), Policy: d.Policy, Classification: d.Class, Unusable: len(d.Problems) > 0, Originator: d.Originator.Ground,
		},
	}
	if d.Reach != nil {
		out.Past.Reached, out.Past.Others = d.Reach.Persons, d.Reach.Others
	}
	for _, r := range d.Recipients {
		out.Recipients = append(out.Recipients, LoggedRecipient{r.Address, r.Nation, presend.Worse(r.Outcome, r.Link.Outcome)})
		out.Past.Recipients = append(out.Past.Recipients, presend.PastRecipient{Grounds: r.Grounds, NoWay: r.Link.Action != presend.Pass})
	}
	return out
}
