package federation

import (
	"context"
	"time"

	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// Screen judges one label for many people, from the cache (presend.Screen). It is not safe for concurrent use.
type Screen struct {
	*presend.Screen
	f       *Federation
	channel draft.Channel
	label   draft.Label
	from    string
	links   map[string]presend.Outcome      // by domain
	lost    map[ldapbook.Ref]ldapbook.Entry // who is without the clearance that he once had
}

// NewScreen reads a label for a channel; from is the asker's identity there, empty: the first. A user who has an identity on the
// other channel only asks by that one. Errors are those of presend.Check, and ldapbook.ErrDatabase.
func (f *Federation) NewScreen(ctx context.Context, channel draft.Channel, from string, l draft.Label) (*Screen, error) {
	s := &Screen{f: f, channel: channel, label: l, from: from, links: map[string]presend.Outcome{}}
	var err error
	s.Screen, err = presend.NewScreen(ctx, f.question(draft.Draft{Channel: channel, From: from, Label: l}), &f.memory)
	if err != nil {
		return nil, err
	}
	if s.lost, err = f.withdrawnEntries(ctx, channel); err != nil {
		return nil, err
	}
	return s, nil
}

// question is what the check while drafting is asked.
func (f *Federation) question(d draft.Draft) presend.Input {
	return presend.Input{Draft: d, Site: f.in.Site, Rules: f.Rules(), Directory: f, Routes: f, Now: f.now()}
}

// Judge is the verdict on an entry of the book by its own clearance, as last read. A clearance that is gone is known as of NewScreen
// (RULES 8).
func (s *Screen) Judge(e ldapbook.Entry) presend.Verdict {
	d, ok := s.f.Directory(e.Directory)
	if !ok {
		return presend.Verdict{Outcome: presend.Unknown, Reasons: []presend.Reason{}}
	}
	x := judged(d, e.Transport, e.Clearance, e.ReadAt)
	x.Name, x.DN, x.Withdrawn = e.Name, e.DN, s.isLost(e)
	x.Disabled, x.ExpiresAt = e.Disabled, e.ExpiresAt
	return s.Entry(x)
}

func (s *Screen) isLost(e ldapbook.Entry) bool {
	_, is := s.lost[refOf(e)]
	return is
}

// judged is an entry as far as its own clearance decides.
func judged(d installation.Directory, transport ldapbook.Transport, clearance []string, readAt time.Time) presend.Entry {
	return presend.Entry{
		Directory: d.Name, Nation: d.Nation, ReadAt: readAt, Transport: string(transport), Clearances: clearance,
		Untrusted: isUntrusted(transport), Ceiling: d.Ceiling,
	}
}

// link is the outcome of the way to a domain.
func (s *Screen) link(domain string) presend.Outcome {
	o, ok := s.links[domain]
	if !ok {
		o = s.Link("x@" + domain).Outcome
		s.links[domain] = o
	}
	return o
}

// Channel is the one by which the label would travel.
func (s *Screen) Channel() draft.Channel { return s.channel }

// domainOf is the domain of the address by which a class goes on the screen's channel.
func (s *Screen) domainOf(c ldapbook.Class) string {
	if s.channel == draft.Chat {
		return c.ChatDomain
	}
	return c.MailDomain
}

// goesBy is the address by which an entry goes on a channel: its first, as classes have it; "" when it has none.
func goesBy(e ldapbook.Entry, channel draft.Channel) string {
	list := addressesOn(channel, e)
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
