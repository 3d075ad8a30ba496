package xmppsend

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
	"caveat/backend/message"
)

const (
	mamSpace     = "urn:xmpp:mam:2"
	forwardSpace = "urn:xmpp:forward:0"
	delaySpace   = "urn:xmpp:delay"
)

// archiveOf is which archive holds what was said with an address: a room's own, else the account's.
func (s *Sender) archiveOf(ctx context.Context, x *session, st *stream, with jid.JID) (archive, filter string, err error) {
	if x.roomOf(with.String()) != nil {
		archive = with.String()
	} else {
		archive, filter = st.address().Bare().String(), with.String()
	}
	known, err := s.features(ctx, st, archive)
	switch {
	case err != nil:
		return "", "", err
	case !slices.Contains(known, ArchiveFeature):
		return "", "", fmt.Errorf("%w: %s", ErrNoArchive, archive)
	}
	return archive, filter, nil
}

// Archive gives what was said with a person, in a room that the account is in, or, where with is empty, with everybody, since a time, oldest first; each is called for one
// after the other, and its error ends it. It reads at most maxPages pages: beyond that it is ErrTooMuch, and what came first is what
// is oldest.
//
// std: XEP-0313 §4
func (s *Sender) Archive(ctx context.Context, account, with string, since time.Time, each func(Incoming) error) error {
	x, st, err := s.online(account)
	if err != nil {
		return err
	}
	var to jid.JID
	if with != "" {
		if to, err = bareOf(with); err != nil {
			return err
		}
	}
	archive, filter, err := s.archiveOf(ctx, x, st, to)
	if err != nil {
		return err
	}
	after := ""
	for range maxPages {
		p, err := x.page(ctx, st, archive, filter, since, after, "")
		if err != nil {
			return err
		}
		for _, m := range p.messages {
			if err := each(m); err != nil {
				return err
			}
		}
		if p.isComplete || p.last == "" {
			return nil
		}
		if p.last == after { // a short answer would be taken for the whole
			return fmt.Errorf("%w: the archive gives the same page again", ErrProtocol)
		}
		after = p.last
	}
	return fmt.Errorf("%w: the archive with %s has more than %d pages", ErrTooMuch, clean(with), maxPages)
}

// page is a stretch of an archive, oldest first.
type page struct {
	messages    []Incoming
	first, last string
	isComplete  bool
}

// page asks for one. The results come as messages before the answer, and only from whose archive it is.
func (x *session) page(ctx context.Context, st *stream, archive, filter string, since time.Time, after, before string) (page, error) {
	id := rand.Text()
	var mu sync.Mutex
	var p page
	tooMany := false
	st.collect(id, func(in stanza) {
		if !st.ownsArchive(in.attr("from"), archive) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		m := x.forwarded(in)
		if !m.isOf(archive, st.address().Bare().String()) {
			return
		}
		if tooMany = len(p.messages) >= 10*pageSize; !tooMany {
			p.messages = append(p.messages, m)
		}
	})
	defer st.collect(id, nil)
	to := archive
	if archive == st.address().Bare().String() {
		to = ""
	}
	answer, err := st.ask(ctx, "set", to, archiveQuery(id, filter, since, after, before))
	if err != nil {
		return page{}, err
	}
	fin := child(answer.Element, mamSpace, "fin")
	if fin == nil {
		return page{}, fmt.Errorf("%w: the archive does not say where it ends", ErrProtocol)
	}
	mu.Lock()
	defer mu.Unlock()
	if tooMany {
		return page{}, fmt.Errorf("%w: a page of the archive", ErrTooMuch)
	}
	set := child(fin, rsmSpace, "set")
	if e := child(set, rsmSpace, "first"); e != nil {
		p.first = e.Text
	}
	if e := child(set, rsmSpace, "last"); e != nil {
		p.last = e.Text
	}
	p.isComplete = isTrue(attrOf(fin, "complete"))
	return p, nil
}

// archiveQuery asks for what was said with somebody.
//
// std: XEP-0313 §4.1
func archiveQuery(id, with string, since time.Time, after, before string) string {
	var w strictxml.Writer
	w.Raw(`<query xmlns="` + mamSpace + `"`)
	w.Attr("queryid", id)
	w.Raw(`><x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE" type="hidden"><value>` + mamSpace + `</value></field>`)
	if with != "" {
		w.Raw(`<field var="with">`)
		w.Leaf("value", with)
		w.Raw("</field>")
	}
	if !since.IsZero() {
		w.Raw(`<field var="start">`)
		w.Leaf("value", since.UTC().Format("2006-01-02T15:04:05Z"))
		w.Raw("</field>")
	}
	w.Raw("</x>" + resultSet(after, before) + "</query>")
	return w.String()
}

// forwarded reads one result of an archive.
//
// std: XEP-0313 §4.2, XEP-0297 §3
func (x *session) forwarded(in stanza) Incoming {
	result := child(in.Element, mamSpace, "result")
	forward := child(result, forwardSpace, "forwarded")
	m := Incoming{Account: x.account, ArchiveID: clean(attrOf(result, "id"))}
	e := child(forward, clientSpace, "message")
	if e == nil {
		m.Damage = "The archive gives no message."
		return m
	}
	inner := stanza{e, in.doc, in.cut}
	m.Raw = inner.bytes()
	var err error
	if m.Chat, err = x.read(inner, m.Raw); err != nil {
		m.Chat = unread(inner, err)
	}
	m.From, m.To = inner.attr("from"), inner.attr("to")
	if at, err := time.Parse(time.RFC3339, attrOf(child(forward, delaySpace, "delay"), "stamp")); err == nil {
		m.Delay = &message.Delay{At: at.UTC()}
	}
	address, nick := splitFull(m.From)
	from, _ := jid.Parse(address)
	me := x.ownAddress()
	m.Own, m.Peer = from.Bare().Equal(me), from.Bare().String()
	if m.Own {
		address, _ = splitFull(m.To)
		to, _ := jid.Parse(address)
		m.Peer = to.Bare().String()
	}
	if r := x.roomOf(from.Bare().String()); r != nil {
		m.Room, m.Nick, m.Own = true, readable(nick), nick == r.ownNick()
	}
	return m
}

// isOf reports that a message is one of which an archive can speak: a room's is of that room alone, the account's own of no room's
// conversation. What holds no message at all is damage of whose archive it is.
func (m *Incoming) isOf(archive, own string) bool {
	switch {
	case archive == own:
		return m.Room || m.Type != "groupchat"
	case m.From == "" && m.Damage != "":
		m.Room, m.Peer = true, archive
		return true
	}
	return m.Room && m.Peer == archive
}

func (x *session) ownAddress() jid.JID {
	x.mu.Lock()
	defer x.mu.Unlock()
	j, _ := jid.Parse(x.state.JID) // the zero address while offline
	return j.Bare()
}

// collect has the results of a query given to f, in the reading goroutine; nil ends it.
func (s *stream) collect(id string, f func(stanza)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f == nil {
		delete(s.pages, id)
		return
	}
	s.pages[id] = f
}

// archived takes a message that is a result of an archive, and reports that it is one: nothing of it is shown as if it came now.
func (s *stream) archived(in stanza) bool {
	result := child(in.Element, mamSpace, "result")
	if result == nil {
		return false
	}
	s.mu.Lock()
	f := s.pages[attrOf(result, "queryid")]
	s.mu.Unlock()
	if f != nil {
		f(in)
	}
	return true
}

// ownsArchive reports that results from an address are of the archive that was asked: anybody can send a message that looks like one.
//
// std: XEP-0313 §9
func (s *stream) ownsArchive(from, archive string) bool {
	me := s.address().Bare().String()
	return from == "" && archive == me || from != "" && sameAddress(from, archive)
}
