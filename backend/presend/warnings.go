package presend

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"caveat/backend/draft"
)

// policyWarning is how long before its end a policy is spoken of (RULES 17).
const policyWarning = 30 * 24 * time.Hour

// Kinds of warnings.
const (
	WarnExpires     = "expires-before-sending"
	WarnReview      = "review-before-sending"
	WarnPolicyEnds  = "policy-ends"
	WarnTwice       = "reached-twice"
	WarnCertificate = "certificate-ended"
	WarnEmission    = "emission-control"
	WarnPast        = "send-time-past"
	WarnExempted    = "exempted"
	WarnOriginator  = "label-originator"
)

// warnings lists what is worth knowing before sending. They stop nothing.
func (c *check) warnings(origin Party, all []addressee) []Warning {
	out := []Warning{}
	add := func(kind, text string, addresses []string) {
		if text != "" {
			out = append(out, Warning{Kind: kind, Text: text, Addresses: append([]string{}, addresses...)})
		}
	}
	sender := addressee{party: origin}
	if at, is := c.later(); is {
		ends := c.find(append([]addressee{sender}, all...), func(e Entry) string { return c.endsBefore(e, at) })
		add(WarnExpires, ends.say("By the time of sending (%s) what is published of them ends: %%s.", stamp(at)), ends.addresses)
		add(WarnReview, c.reviewBefore(at), nil)
	}
	add(WarnPast, c.sendTimePast(), nil)
	add(WarnPolicyEnds, c.policyEnds(), nil)
	add(WarnOriginator, c.otherOriginator(origin), nil)
	twice := c.twice(all)
	add(WarnTwice, twice.say("More than one address reaches: %%s."), twice.addresses)
	old := c.find(append([]addressee{sender}, all...), named(func(e Entry) bool { return hasEnded(e.CertificateUntil, c.in.Now) }))
	add(WarnCertificate, old.say("The certificate has ended: %%s."), old.addresses)
	mute := c.find(all, named(func(e Entry) bool { return e.Capabilities.EmCon == emconReceiveOnly }))
	add(WarnEmission, mute.say("They receive only, and will not answer (emission control): %%s."), mute.addresses)
	in, left, outside := c.exempted(all)
	add(WarnExempted, in.say("Their list's own server decides whether it leaves them out, as the header of the message asks; so they are checked too: %%s."), in.addresses)
	add(WarnExempted, left.say("Left out of the lists whose members are written to one by one, and so not checked there: %%s."), left.addresses)
	add(WarnExempted, outside.say("In no list that the message is addressed to, so that exempting them has no effect: %%s."), outside.addresses)
	return out
}

// sendTimePast says that a message leaves at once though its draft names a time.
func (c *check) sendTimePast() string {
	at := c.in.Draft.SendAt
	if _, isLater := c.later(); at == nil || isLater {
		return ""
	}
	return fmt.Sprintf("The time of sending, %s, is past: the message leaves at once.", stamp(*at))
}

// exempted sorts the exempted addresses: members of lists that the message is addressed to, those whom we leave out of lists whose
// members we write to, and others. Where the list is addressed, an exempted address stands in the header only, and expanding the list
// is its server's business: nobody is less checked for it.
//
// std: RFC6477 §3.1
func (c *check) exempted(all []addressee) (in, left, outside finding) {
	if len(c.in.Draft.Exempted) == 0 {
		return in, left, outside
	}
	member, out := map[string]bool{}, map[string]bool{}
	for _, a := range all {
		for _, p := range a.left {
			markAddresses(out, p)
		}
		if a.opens() || len(a.party.Entries) == 0 || a.party.Entries[0].Kind != List {
			continue
		}
		for _, b := range a.behind {
			markAddresses(member, b.party)
		}
	}
	note := func(f *finding, x string) { f.names, f.addresses = append(f.names, x), append(f.addresses, x) }
	for _, x := range c.in.Draft.Exempted {
		k := draft.FoldAddress(x)
		if member[k] {
			note(&in, x)
		}
		if out[k] {
			note(&left, x)
		}
		if !member[k] && !out[k] {
			note(&outside, x)
		}
	}
	return in, left, outside
}

// markAddresses marks all addresses of a party.
func markAddresses(marked map[string]bool, p Party) {
	marked[draft.FoldAddress(p.Address)] = true
	for _, e := range p.Entries {
		for _, address := range e.Addresses {
			marked[draft.FoldAddress(address)] = true
		}
	}
}

// later is when the message is to be sent, where that is not now.
func (c *check) later() (time.Time, bool) {
	at := c.in.Draft.SendAt
	if at == nil || !at.After(c.in.Now) {
		return time.Time{}, false
	}
	return *at, true
}

// finding is who is meant: names, and the addresses of the draft that lead to them.
type finding struct{ names, addresses []string }

func (f finding) say(format string, args ...any) string {
	if len(f.names) == 0 {
		return ""
	}
	return fmt.Sprintf(fmt.Sprintf(format, args...), some(f.names))
}

// endsBefore names an entry of which something that is published ends between now and then, with when it does first; else "".
func (c *check) endsBefore(e Entry, then time.Time) string {
	var first time.Time
	for _, end := range []time.Time{e.ExpiresAt, e.CertificateUntil} {
		if hasEnded(end, then) && !hasEnded(end, c.in.Now) && (first.IsZero() || end.Before(first)) {
			first = end
		}
	}
	if first.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s (%s)", e.Name, stamp(first))
}

// named gives the name of an entry that is meant, else "".
func named(is func(Entry) bool) func(Entry) string {
	return func(e Entry) string {
		if is(e) {
			return cmp.Or(e.Name, e.DN)
		}
		return ""
	}
}

// find looks for entries among everybody whom the message is delivered to, and those behind roles. say gives what is said of an
// entry; "" where it is not meant.
func (c *check) find(all []addressee, say func(Entry) string) finding {
	var out finding
	seen := map[Ref]bool{}
	for _, a := range all {
		hit := false
		look := func(entries []Entry) {
			for _, e := range entries {
				text := say(e)
				if text == "" {
					continue
				}
				hit = true
				if !seen[e.Self] || e.Self == (Ref{}) {
					seen[e.Self] = true
					out.names = append(out.names, text)
				}
			}
		}
		look(a.party.Entries)
		for _, b := range a.behind {
			look(b.party.Entries)
		}
		if hit && !slices.Contains(out.addresses, a.party.Address) {
			out.addresses = append(out.addresses, a.party.Address)
		}
	}
	return out
}

// twice finds whom several addresses of the draft reach, so that more than one copy comes to them.
func (c *check) twice(all []addressee) finding {
	var out finding
	seen, involved := map[Ref]bool{}, map[string]bool{}
	if len(c.reached) == 0 {
		return out
	}
	for i := range all {
		all[i].eachReceiver(func(e *Entry) {
			by := c.reached[e.Self]
			if len(by) == 0 || seen[e.Self] {
				return
			}
			seen[e.Self] = true
			if c.copies(all, e.Self, by) < 2 {
				return
			}
			out.names = append(out.names, e.Name)
			for _, address := range by {
				involved[address] = true
			}
		})
	}
	for _, a := range all {
		if involved[a.party.Address] {
			out.addresses = append(out.addresses, a.party.Address)
		}
	}
	return out
}

// reviewBefore warns of a label whose review, or replacement by its successor, falls before the message is sent.
func (c *check) reviewBefore(at time.Time) string {
	if s := c.label.Succession; s != nil && hasEnded(s.At, at) {
		return fmt.Sprintf("The label is replaced by its successor on %s, before the message is sent.", stamp(s.At))
	}
	if hasEnded(c.label.Review, at) {
		return fmt.Sprintf("The label is due for review on %s, before the message is sent.", stamp(c.label.Review))
	}
	return ""
}

// policyEnds warns of a policy that ends within 30 days, or before the message is sent (RULES 17).
func (c *check) policyEnds() string {
	end, until := c.policy.NotAfter(), c.in.Now.Add(policyWarning)
	at, isLater := c.later()
	switch {
	case end.IsZero() || end.Before(c.in.Now):
		return "" // one that has ended makes every verdict an error
	case isLater && end.Before(at):
		return fmt.Sprintf("The policy %s ends on %s, before the message is sent.", c.policy.Name(), stamp(end))
	case end.Before(until):
		return fmt.Sprintf("The policy %s ends on %s.", c.policy.Name(), stamp(end))
	}
	return ""
}
