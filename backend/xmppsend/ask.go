package xmppsend

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
	"caveat/backend/message"
)

// answered gives an answer to who asked: it must come from whom was asked.
//
// std: RFC6120 §8.1.2.1, §8.2.3
func (s *stream) answered(x stanza) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := x.attr("id")
	q, ok := s.asked[id]
	if !ok || !s.speaksFor(x.attr("from"), q.to) {
		return
	}
	delete(s.asked, id)
	q.answer <- x
}

// speaksFor reports that an answer from an address is one of whom was asked. For our own account the server speaks without a name, or
// in ours.
func (s *stream) speaksFor(from, asked string) bool {
	if asked == "" || asked == s.me.Bare().String() {
		return from == "" || sameAddress(from, s.me.Bare().String()) || sameAddress(from, s.me.String())
	}
	return sameAddress(from, asked) || from == "" && sameAddress(asked, s.me.Domain().String())
}

// sameAddress compares two JIDs as XMPP does.
func sameAddress(a, b string) bool {
	if a == b {
		return true
	}
	x, err := jid.Parse(a)
	if err != nil {
		return false
	}
	y, err := jid.Parse(b)
	return err == nil && x.Equal(y)
}

// ask sends a question and waits for its answer: ErrRefused when it is an error. to may be empty: the own account.
func (s *stream) ask(ctx context.Context, kind, to, payload string) (stanza, error) {
	id := rand.Text()
	var w strictxml.Writer
	w.Raw("<iq")
	w.Attr("type", kind)
	w.Attr("id", id)
	w.Optional("to", to)
	w.Raw(">" + payload + "</iq>")
	answer := make(chan stanza, 1)
	s.mu.Lock()
	s.asked[id] = question{to, answer}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.asked, id)
		s.mu.Unlock()
	}()
	if err := s.write(w.Bytes()); err != nil {
		return stanza{}, err
	}
	timer := time.NewTimer(s.timeout)
	defer timer.Stop()
	select {
	case x := <-answer:
		if x.cut != nil {
			return stanza{}, fmt.Errorf("asking %s: %w", clean(to), x.cut)
		}
		if x.attr("type") == "error" {
			return stanza{}, refused("asking "+clean(to), errorIn(x))
		}
		return x, nil
	case <-s.ended:
		return stanza{}, s.why()
	case <-ctx.Done():
		return stanza{}, ctx.Err()
	case <-timer.C:
		return stanza{}, fmt.Errorf("%w: no answer from %s", ErrTimeout, clean(to))
	}
}

// errorIn reads why a stanza was refused.
func errorIn(x stanza) *message.StanzaError {
	out := &message.StanzaError{Condition: "undefined-condition"}
	e := child(x.Element, clientSpace, "error")
	if e == nil {
		return out
	}
	out.Type = clean(attrOf(e, "type"))
	for _, c := range e.Children {
		switch {
		case c.Space != "urn:ietf:params:xml:ns:xmpp-stanzas":
		case c.Name == "text":
			out.Text = clean(c.Text)
		default:
			out.Condition = clean(c.Name)
		}
	}
	return out
}

// watch asks the server now and then whether it is there, and ends a stream on which nobody answers.
//
// std: XEP-0199 §4.2
func (s *stream) watch(ctx context.Context) {
	tick := time.NewTicker(s.pinging)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.ended:
			return
		case <-tick.C:
		}
		s.mu.Lock()
		quiet := time.Since(s.heard) >= s.pinging
		s.mu.Unlock()
		if quiet && errors.Is(s.ping(ctx), ErrTimeout) {
			s.end(fmt.Errorf("%w: the server does not answer any more", ErrTimeout))
			return
		}
	}
}

// ping asks the own server for an answer; a refusal is one too.
func (s *stream) ping(ctx context.Context) error {
	_, err := s.ask(ctx, "get", s.domain(), `<ping xmlns="urn:xmpp:ping"/>`)
	if errors.Is(err, ErrRefused) {
		return nil
	}
	return err
}
