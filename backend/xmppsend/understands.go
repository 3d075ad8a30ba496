package xmppsend

import (
	"context"
	"fmt"
)

// Understands tells whether a message with a label arrives with it at a person or room: nil where every server on its way promises to
// understand labels, ErrNoLabels where one does not, and of a room that was seen to take labels off; ErrNotAllowed where the link carries no questions. Any other error: nobody can say now.
//
// std: XEP-0258 §3
func (s *Sender) Understands(ctx context.Context, account, address string, isRoom bool) error {
	x, st, err := s.online(account)
	if err != nil {
		return err
	}
	to, err := bareOf(address)
	if err != nil {
		return err
	}
	return s.understandsLabels(ctx, x, st, to, isRoom)
}

// TakesLabelsOff reports that a room showed a message of the account without its label, or with another one, since it was joined: whatever
// its server promises, it does not understand labels (RULES 26). It is forgotten when the room is left, and when the program ends.
func (s *Sender) TakesLabelsOff(account, room string) bool {
	return s.session(account).takesLabelsOff(room)
}

func (x *session) takesLabelsOff(room string) bool {
	r := x.roomOf(room)
	if r == nil {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return r.takesOff
}

// unlessTakenOff refuses a room that was seen to take labels off.
func (x *session) unlessTakenOff(room string) error {
	if x.takesLabelsOff(room) {
		return fmt.Errorf("%w: %s has shown a message without its label", ErrNoLabels, clean(room))
	}
	return nil
}
