package xmppsend

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"caveat/backend/message"
)

// hear notes that a room has said something.
func (r *room) hear() {
	r.session.mu.Lock()
	defer r.session.mu.Unlock()
	r.heard = time.Now()
}

// watchRooms asks rooms that say nothing for long whether we are in them still. A room may have put us out, or not be reached, without
// our being told: then nobody knows who is in it, and nothing may be sent there as if somebody did.
//
// std: XEP-0410 §3
func (x *session) watchRooms(ctx context.Context, st *stream) {
	tick := time.NewTicker(st.pinging)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-st.ended:
			return
		case <-tick.C:
		}
		var all sync.WaitGroup
		for _, r := range x.quiet(st.pinging) {
			all.Go(func() { x.pingRoom(ctx, st, r) })
		}
		all.Wait()
	}
}

// quiet lists the rooms that we are in and have heard nothing of for a time.
func (x *session) quiet(longer time.Duration) (list []*room) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range x.rooms {
		if r.isIn && time.Since(r.heard) >= longer {
			list = append(list, r)
		}
	}
	return list
}

func (x *session) pingRoom(ctx context.Context, st *stream, r *room) {
	nick := r.ownNick()
	if nick == "" || x.sender.mayAsk(st, r.address) != nil {
		return
	}
	_, err := st.ask(ctx, "get", r.address+"/"+nick, `<ping xmlns="urn:xmpp:ping"/>`)
	switch {
	case ctx.Err() != nil || st.why() != nil:
		return
	case err == nil || isAnswerOfClient(err):
		r.hear()
		return
	}
	x.putOut(st, r, fmt.Sprintf("the room does not say that we are in it: %v", err))
}

// putOut has nobody known in a room, and enters it again.
func (x *session) putOut(st *stream, r *room, why string) {
	if !x.loseSight(r) {
		return
	}
	x.tell(func(h Handler) {
		h.Room(RoomEvent{Account: x.account, Room: r.address, Kind: Gone, Reason: clean(why)})
	})
	go x.comeBack(st, r)
}

// isAnswerOfClient reports that the room handed the question on to us, and our answer back.
func isAnswerOfClient(err error) bool {
	var refusal *message.StanzaError
	return errors.As(err, &refusal) && (refusal.Condition == "service-unavailable" || refusal.Condition == "feature-not-implemented")
}

// loseSight forgets who is in a room, and reports that anybody was known.
func (x *session) loseSight(r *room) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	was := r.isIn
	r.isIn, r.nick = false, ""
	clear(r.occupants)
	return was
}
