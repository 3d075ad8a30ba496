package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"caveat/backend/federation"
	"caveat/backend/installation"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

const (
	// effectDays is how many days of decisions a change is tried on.
	effectDays = 30
	// mostEffects is how many messages are listed that a change would have touched.
	mostEffects = 200
)

// RuleEffect is what a change to the rules would have made of the attempts to send of the last days, as the audit log has them. Both
// sides are decided anew, by the rules of now and by those after the change, as if each rule that has not ended had been in force all the
// time: what differs, the change does.
type RuleEffect struct {
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
	Attempts int       `json:"attempts" doc:"messages that somebody asked to be sent"`
	Unknown  int       `json:"unknown" doc:"of these, from before the log said what rules ask about: nobody can say"`
	Unsure   int       `json:"unsure" doc:"of these, some to which a threshold on a classification may apply, in another edition of the policy than is here"`
	Before   ActionSum `json:"before" doc:"by the rules of now"`
	After    ActionSum `json:"after" doc:"after the change"`
	// By counts addresses whose action changes, by nation and outcome.
	By    []EffectCount `json:"by" nullable:"false"`
	Sends []EffectSend  `json:"sends" nullable:"false" doc:"messages whose action changes, newest first, the first 200"`
	More  int           `json:"more" doc:"others whose action changes"`
}

// ActionSum counts messages by what follows.
type ActionSum struct {
	Pass  int `json:"pass" doc:"sent without a word"`
	Warn  int `json:"warn" doc:"sent if the user gives a reason"`
	Block int `json:"block"`
}

func (a *ActionSum) add(x presend.Action) {
	switch x {
	case presend.Pass:
		a.Pass++
	case presend.Warn:
		a.Warn++
	default:
		a.Block++
	}
}

// EffectCount is how many addresses of one nation with one outcome change from one action to another.
type EffectCount struct {
	Nation  string          `json:"nation" doc:"empty: of no nation that is known"`
	Outcome presend.Outcome `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Before  presend.Action  `json:"before" enum:"pass,warn,block"`
	After   presend.Action  `json:"after" enum:"pass,warn,block"`
	Count   int             `json:"count"`
}

// EffectSend is one message that the change would have touched.
type EffectSend struct {
	Seq        int64             `json:"seq" doc:"number of its line in the audit log"`
	At         time.Time         `json:"at"`
	Message    string            `json:"message,omitempty" doc:"id of the message; left out: it was blocked"`
	Actor      string            `json:"actor,omitempty"`
	Sender     string            `json:"sender"`
	Channel    string            `json:"channel" enum:"mail,chat"`
	Marking    string            `json:"marking"`
	Before     presend.Action    `json:"before" enum:"pass,warn,block"`
	After      presend.Action    `json:"after" enum:"pass,warn,block"`
	Recipients []EffectRecipient `json:"recipients" nullable:"false" doc:"those whose action changes"`
	Thresholds []string          `json:"thresholds" nullable:"false" doc:"that it exceeds before or after, and not both alike"`
}

// EffectRecipient is one address of it.
type EffectRecipient struct {
	Address string          `json:"address"`
	Nation  string          `json:"nation,omitempty"`
	Outcome presend.Outcome `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Before  presend.Action  `json:"before" enum:"pass,warn,block"`
	After   presend.Action  `json:"after" enum:"pass,warn,block"`
}

// RuleEffect tells what a change would have made of the last 30 days. Nothing is changed. Errors: those of ChangeRules.
func (s *Service) RuleEffect(ctx context.Context, c RuleChange) (RuleEffect, error) {
	if s.in.Managed {
		return RuleEffect{}, s.managed()
	}
	now, err := installation.Load(s.in.Path)
	if err != nil {
		return RuleEffect{}, err
	}
	next, err := now.With(func(f *installation.File) error {
		_, err := c.apply(f)
		return err
	})
	if err != nil {
		return RuleEffect{}, err
	}
	return s.effectOf(ctx, now, next)
}

// effectOf tells what the rules of one installation would have made of the last 30 days, where those of another are in force.
func (s *Service) effectOf(ctx context.Context, before, after *installation.Installation) (RuleEffect, error) {
	at := s.now()
	e := effect{
		RuleEffect: RuleEffect{Since: at.AddDate(0, 0, -effectDays).UTC(), Until: at.UTC(), By: []EffectCount{}, Sends: []EffectSend{}},
		before:     ruler{before, federation.RulesOf(before).Untimed(at), at}, after: ruler{after, federation.RulesOf(after).Untimed(at), at},
		by: map[EffectCount]int{},
	}
	attempts, err := s.attempts.since(ctx, s.store, e.Since)
	if err != nil {
		return RuleEffect{}, err
	}
	for i, x := range attempts {
		if i%1000 == 0 && ctx.Err() != nil {
			return RuleEffect{}, ctx.Err()
		}
		e.add(x)
	}
	return e.done(), nil
}

// ruler are the rules of an installation, as they are applied to the past.
type ruler struct {
	in    *installation.Installation
	rules presend.Rules
	at    time.Time
}

func (r ruler) rule(p presend.Past) presend.Ruling { return r.rules.Replay(r.in.Site, p, r.at) }

// effect is a RuleEffect that is being made.
type effect struct {
	RuleEffect
	before, after ruler
	by            map[EffectCount]int
}

func (e *effect) add(x outbox.Logged) {
	if e.Attempts++; x.Unknown {
		e.Unknown++
		return
	}
	was, is := e.before.rule(x.Past), e.after.rule(x.Past)
	if len(was.Unsure)+len(is.Unsure) > 0 {
		e.Unsure++
	}
	e.Before.add(was.Action)
	e.After.add(is.Action)
	send := EffectSend{
		Seq: x.Seq, At: x.At, Message: x.Message, Actor: x.Actor, Sender: x.Sender, Channel: string(x.Past.Channel), Marking: x.Marking,
		Before: was.Action, After: is.Action, Recipients: []EffectRecipient{}, Thresholds: differing(was.Exceeded, is.Exceeded),
	}
	for i, r := range x.Recipients {
		a, b := was.Recipients[i], is.Recipients[i]
		if x.Past.Unusable || a == b {
			continue
		}
		send.Recipients = append(send.Recipients, EffectRecipient{r.Address, r.Nation, r.Outcome, a, b})
		e.by[EffectCount{Nation: r.Nation, Outcome: r.Outcome, Before: a, After: b}]++
	}
	if was.Action == is.Action && len(send.Recipients) == 0 && (len(send.Thresholds) == 0 || x.Past.Unusable) {
		return
	}
	if len(e.Sends) == mostEffects {
		e.More++
		return
	}
	e.Sends = append(e.Sends, send)
}

// differing names the thresholds that are in one of two lists, or do something else in the other.
func differing(a, b []presend.ThresholdRule) []string {
	out := []string{}
	lacks := func(list, other []presend.ThresholdRule) {
		for _, t := range list {
			if !slices.ContainsFunc(other, func(o presend.ThresholdRule) bool { return o.Name == t.Name && o.Action == t.Action }) && !slices.Contains(out, t.Name) {
				out = append(out, t.Name)
			}
		}
	}
	lacks(a, b)
	lacks(b, a)
	return out
}

func (e *effect) done() RuleEffect {
	for k, n := range e.by {
		k.Count = n
		e.By = append(e.By, k)
	}
	slices.SortFunc(e.By, func(a, b EffectCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Nation, b.Nation), cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.After, b.After))
	})
	return e.RuleEffect
}
