package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// When somebody who is not cleared comes into an operations room in which a user is.
const (
	visitAfter = time.Minute      // the first user has come
	visitFor   = 2 * time.Minute  // so long the visitor stays
	visitEvery = 10 * time.Minute // then the next visit begins
)

// The words in the file demo/visitor, by which a test says when that is: the visitor comes, or stays away.
const (
	visitIn  = "in"
	visitOut = "out"
)

// Visit has somebody who holds RESTRICTED only enter a nation's operations room, or leave it; until AutoVisit nobody comes and goes there
// by the clock. In DEU's, such a person is always inside. ErrUnknown.
func (f *Federation) Visit(nation string, isIn bool) error {
	n, err := f.nation(nation)
	if err != nil {
		return err
	}
	if n.c.code == "DEU" {
		return fmt.Errorf("%w: DEU's operations room has no visitor", ErrUnknown)
	}
	s := f.chats[n.c.code]
	s.mu.Lock()
	s.visits = visitOut
	if isIn {
		s.visits = visitIn
	}
	s.mu.Unlock()
	s.look(time.Now())
	return nil
}

// AutoVisit has visitors come and go by the clock again.
func (f *Federation) AutoVisit() {
	for _, s := range f.chats {
		s.mu.Lock()
		s.visits = ""
		s.mu.Unlock()
	}
}

// watchChat looks after the visitors, and after what a test wants down, until the demonstration ends.
func (f *Federation) watchChat() {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-f.life.Done():
			return
		case at := <-tick.C:
			f.lookAway()
			for _, s := range f.chats {
				s.look(at)
			}
		}
	}
}

// door is what a test has written into the file demo/visitor; empty: nothing.
func (f *Federation) door() string {
	data, err := os.ReadFile(filepath.Join(folder(f.dir), "visitor"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// look lets the visitor in or out, as is due.
func (s *chatServer) look(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[RoomJID(s.code, RoomOperations)]
	if r == nil || s.code == "DEU" {
		return
	}
	mail := restricted[s.code]
	nick, _, _ := strings.Cut(mail, "@")
	is := r.visit[nick] != ""
	if want := s.wantsVisit(r, at); want && !is && r.users[nick] == "" {
		r.visit[nick] = chatAddress(mail) + "/mobile"
		s.tellAll(r, "", nick, item(r.visit[nick], "participant", ""))
	} else if !want && is {
		jid := r.visit[nick]
		delete(r.visit, nick)
		s.tellAll(r, "unavailable", nick, item(jid, "none", ""))
	}
}

// wantsVisit reports whether the visitor is to be inside at a time. The mutex is held.
func (s *chatServer) wantsVisit(r *chatRoom, at time.Time) bool {
	if len(r.users) == 0 {
		r.since = time.Time{}
		return s.visits == visitIn
	}
	if r.since.IsZero() {
		r.since = at
	}
	order := s.visits
	if order == "" {
		order = s.f.door()
	}
	switch order {
	case visitIn:
		return true
	case visitOut:
		return false
	}
	return isVisit(at.Sub(r.since))
}

// isVisit reports whether a visitor is inside so long after the first user came.
func isVisit(since time.Duration) bool {
	return since >= visitAfter && (since-visitAfter)%visitEvery < visitFor
}
