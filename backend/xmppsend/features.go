package xmppsend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
)

// Features that are asked for.
const (
	LabelFeature     = "urn:xmpp:sec-label:0"
	CatalogueFeature = "urn:xmpp:sec-label:catalog:2"
	ArchiveFeature   = "urn:xmpp:mam:2"
	RoomFeature      = "http://jabber.org/protocol/muc"
)

type features []string

// learned is what an address said that it can do.
type learned struct {
	features
	at time.Time
}

// learnedFor is how long that is taken for so: a server may be put up anew without labels while our session goes on.
const learnedFor = 10 * time.Minute

const (
	infoSpace  = "http://jabber.org/protocol/disco#info"
	itemsSpace = "http://jabber.org/protocol/disco#items"
)

// maxKnown is how many addresses' features are kept in a session.
const maxKnown = 1000

// Features lists what a server, room service or room says that it can do, sorted. It is asked anew after some minutes. Where it cannot be
// asked, that is an error: nothing is assumed.
//
// std: XEP-0030 §3.1
func (s *Sender) Features(ctx context.Context, account, address string) ([]string, error) {
	_, st, err := s.online(account)
	if err != nil {
		return nil, err
	}
	return s.features(ctx, st, address)
}

func (s *Sender) features(ctx context.Context, st *stream, address string) (features, error) {
	return s.featuresWithin(ctx, st, address, learnedFor)
}

func (s *Sender) featuresWithin(ctx context.Context, st *stream, address string, age time.Duration) (features, error) {
	if err := s.mayAsk(st, address); err != nil {
		return nil, err
	}
	st.mu.Lock()
	known, ok := st.known[address]
	st.mu.Unlock()
	if ok && s.options.Now().Sub(known.at) < age {
		return slices.Clone(known.features), nil
	}
	x, err := st.ask(ctx, "get", address, `<query xmlns="`+infoSpace+`"/>`)
	if err != nil {
		return nil, err
	}
	query := child(x.Element, infoSpace, "query")
	if query == nil {
		return nil, fmt.Errorf("%w: %s does not say what it can do", ErrProtocol, clean(address))
	}
	var out features
	for _, c := range query.Children {
		if v := attrOf(c, "var"); c.Space == infoSpace && c.Name == "feature" && v != "" {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	st.mu.Lock()
	defer st.mu.Unlock()
	if ok || len(st.known) < maxKnown {
		st.known[address] = learned{out, s.options.Now()}
	}
	return slices.Clone(out), nil
}

// mayAsk refuses a question that the link to a domain does not carry. The own server is always asked.
func (s *Sender) mayAsk(st *stream, address string) error {
	j, err := jid.Parse(address)
	if err != nil {
		return fmt.Errorf("%w: %.80q", ErrAddress, address)
	}
	if j.Domainpart() != st.address().Domainpart() && s.options.Controls(j.Domainpart()).NoQueries {
		return fmt.Errorf("%w: %s: questions", ErrNotAllowed, clean(address))
	}
	return nil
}

// understandsLabels holds every server on the way to the promise to understand labels: our own, and the recipient's; of a room, the
// room itself or the service that it is on. What is older than the sending age is asked anew (RULES 13).
//
// std: XEP-0258 §3
func (s *Sender) understandsLabels(ctx context.Context, x *session, st *stream, to jid.JID, room bool) error {
	needed := [][]string{{st.domain()}, {to.Domain().String()}}
	if room {
		if err := x.unlessTakenOff(to.String()); err != nil {
			return err
		}
		needed = [][]string{{st.domain()}, {to.String(), to.Domain().String()}}
	}
	for _, either := range needed {
		if err := s.anyUnderstands(ctx, st, either); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sender) anyUnderstands(ctx context.Context, st *stream, either []string) error {
	var failed error
	for _, address := range either {
		known, err := s.featuresWithin(ctx, st, address, s.options.SendingAge)
		switch {
		case err == nil && slices.Contains(known, LabelFeature):
			return nil
		case err != nil:
			failed = err
		}
	}
	if failed != nil && !errors.Is(failed, ErrRefused) {
		return failed
	}
	if failed != nil {
		return fmt.Errorf("whether %s understands labels could not be asked: %w", either[0], failed)
	}
	return fmt.Errorf("%w: %s does not understand labels: a message would arrive without its label (RULES 26)",
		ErrNoLabels, either[len(either)-1])
}

// Item is one thing that a service has: a room.
type Item struct{ JID, Name string }

// Rooms lists the rooms of a service, as far as it shows them.
//
// std: XEP-0045 §6.3, XEP-0030 §4
func (s *Sender) Rooms(ctx context.Context, account, service string) ([]Item, error) {
	return s.items(ctx, account, service)
}

// Services lists the services of a server that have rooms.
//
// std: XEP-0045 §6.1
func (s *Sender) Services(ctx context.Context, account, server string) ([]Item, error) {
	all, err := s.items(ctx, account, server)
	if err != nil {
		return nil, err
	}
	_, st, err := s.online(account)
	if err != nil {
		return nil, err
	}
	return s.withRooms(ctx, st, all), nil
}

// withRooms gives those of a server's items that have rooms; of a long list, the first are asked.
func (s *Sender) withRooms(ctx context.Context, st *stream, all []Item) []Item {
	const most = 32
	var out []Item
	for _, i := range all[:min(len(all), most)] {
		if known, err := s.features(ctx, st, i.JID); err == nil && slices.Contains(known, RoomFeature) {
			out = append(out, i)
		}
	}
	return out
}

func (s *Sender) items(ctx context.Context, account, address string) ([]Item, error) {
	_, st, err := s.online(account)
	if err != nil {
		return nil, err
	}
	return s.itemsBy(ctx, st, address)
}

func (s *Sender) itemsBy(ctx context.Context, st *stream, address string) ([]Item, error) {
	if err := s.mayAsk(st, address); err != nil {
		return nil, err
	}
	var out []Item
	after := ""
	for range maxPages {
		x, err := st.ask(ctx, "get", address, `<query xmlns="`+itemsSpace+`">`+resultSet(after, "")+`</query>`)
		if err != nil {
			return nil, err
		}
		query := child(x.Element, itemsSpace, "query")
		if query == nil {
			return nil, fmt.Errorf("%w: %s gives no list", ErrProtocol, clean(address))
		}
		n := 0
		for _, c := range query.Children {
			j, err := jid.Parse(attrOf(c, "jid"))
			if c.Space != itemsSpace || c.Name != "item" || err != nil {
				continue
			}
			n++
			out = append(out, Item{JID: j.String(), Name: clean(attrOf(c, "name"))})
		}
		last, more := lastOf(query, n)
		if !more || last == after {
			return out, nil
		}
		after = last
	}
	return nil, fmt.Errorf("%w: %s: more than %d pages", ErrTooMuch, clean(address), maxPages)
}

// Bounds of an answer in pages.
const (
	maxPages = 100
	pageSize = 100
	rsmSpace = "http://jabber.org/protocol/rsm"
)

// resultSet asks for a page: behind an item, or before one; "" for either is the beginning.
//
// std: XEP-0059 §2
func resultSet(after, before string) string {
	var w strictxml.Writer
	w.Raw(fmt.Sprintf(`<set xmlns="%s"><max>%d</max>`, rsmSpace, pageSize))
	switch {
	case after != "":
		w.Leaf("after", after)
	case before == newest:
		w.Raw("<before/>")
	case before != "":
		w.Leaf("before", before)
	}
	w.Raw("</set>")
	return w.String()
}

// newest asks for the last page.
const newest = "\x00"

// lastOf gives the name of a page's last item, and whether there may be more: a service that does not know pages gives all at once.
func lastOf(query *strictxml.Element, n int) (string, bool) {
	set := child(query, rsmSpace, "set")
	last := child(set, rsmSpace, "last")
	if set == nil || last == nil || n == 0 {
		return "", false
	}
	return last.Text, n >= pageSize
}
