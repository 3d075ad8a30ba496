package chat

import (
	"context"
	"sync"
	"time"

	"caveat/backend/label"
	"caveat/backend/presend"
)

// kept is how long a verdict on somebody in a room is used again. What changes in the book ends it at once, but not that a clearance
// runs out, or was read too long ago.
const keptFor = time.Minute

// maxRosters is for how many labels verdicts are remembered.
const maxRosters = 16

// roster remembers how people were judged, so that of a room only those are judged again who came.
type roster struct {
	mu     sync.Mutex
	labels map[string]*judged // by account and label
}

type judged struct {
	since  time.Time
	people map[string]presend.Verdict
}

// forget has everybody judged again.
func (r *roster) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.labels = nil
}

// of gives what is remembered for a label, at a time.
func (r *roster) of(key string, now time.Time) *judged {
	r.mu.Lock()
	defer r.mu.Unlock()
	j := r.labels[key]
	if j != nil && now.Sub(j.since) < keptFor && !now.Before(j.since) {
		return j
	}
	if r.labels == nil || len(r.labels) >= maxRosters {
		r.labels = map[string]*judged{}
	}
	j = &judged{since: now, people: map[string]presend.Verdict{}}
	r.labels[key] = j
	return j
}

// Present is somebody in a room, judged for a label.
type Present struct {
	Occupant
	Verdict presend.Verdict
}

// Occupants lists who is in a room, each judged for a label; without one, everybody is unknown. complete: the room tells the address of
// each. It is false, without anybody, for a room that the account is not in. ErrUnknown, and the errors of Config.Decide.
func (b *Box) Occupants(ctx context.Context, id string, l *label.Label) (list []Present, complete bool, err error) {
	t, err := b.talk(ctx, id)
	if err != nil {
		return nil, false, err
	}
	return b.present(ctx, t, l)
}

func (b *Box) present(ctx context.Context, t talk, l *label.Label) (list []Present, complete bool, err error) {
	if t.kind != Room || !b.isLive() {
		return nil, false, nil
	}
	inside, err := b.config.Source.Inside(t.account, t.address)
	if err != nil {
		return nil, false, nil // not in it now
	}
	verdicts, err := b.judgeAll(ctx, t.account, l, inside)
	if err != nil {
		return nil, false, err
	}
	complete = true
	for _, o := range inside {
		p := Present{Occupant: o, Verdict: unknown("The room does not tell who it is.")}
		switch v, ok := verdicts[bare(o.Address)]; {
		case bare(o.Address) == "":
			complete = complete && o.Own
		case l == nil:
			p.Verdict = unknown("There is no label to judge by.")
		case ok:
			p.Verdict = v
		default:
			p.Verdict = unknown("Nobody can say what they are cleared for.")
		}
		list = append(list, p)
	}
	return list, complete, nil
}

func unknown(why string) presend.Verdict {
	return presend.Verdict{Outcome: presend.Unknown, Reasons: []presend.Reason{{Rule: "no-clearance", Text: why}}}
}

// judgeAll judges those whom it has not judged yet.
func (b *Box) judgeAll(ctx context.Context, account string, l *label.Label, inside []Occupant) (map[string]presend.Verdict, error) {
	if l == nil || b.config.Decide == nil {
		return nil, nil
	}
	known := b.roster.of(account+"\x00"+string(l.Marshal()), b.config.Now())
	out := make(map[string]presend.Verdict, len(inside))
	var ask []string
	b.roster.mu.Lock()
	for _, o := range inside {
		a := bare(o.Address)
		if _, done := out[a]; done || a == "" {
			continue
		}
		v, ok := known.people[a]
		if !ok {
			ask = append(ask, a)
		}
		out[a] = v
	}
	b.roster.mu.Unlock()
	if len(ask) == 0 {
		return out, nil
	}
	fresh, err := b.config.Decide(ctx, account, *l, ask)
	if err != nil {
		return nil, err
	}
	b.roster.mu.Lock()
	defer b.roster.mu.Unlock()
	for _, a := range ask {
		v, ok := fresh[a]
		if !ok {
			v = unknown("No directory says what they are cleared for.")
		}
		v.Reasons = presend.WithoutHeld(v.Reasons)
		known.people[a], out[a] = v, v
	}
	return out, nil
}

// NotCleared counts those of others who are not cleared, or of whom nobody can say that they are.
func NotCleared(list []Present) (n int) {
	for _, p := range list {
		if !p.Own && p.Verdict.Outcome != presend.Cleared {
			n++
		}
	}
	return n
}
