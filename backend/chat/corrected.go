package chat

import "context"

// A correction that was sent from here is a message of the queue, with a state of its own: until the server has it, it is shown by itself,
// and what it corrects stays. From then on it stands in the place of that one. What others correct is put there when it comes: see correct.

// acceptedState is what the queue says of what a server has taken.
const acceptedState = "accepted"

// isTakenIn reports a correction of our own that is shown in the place of what it corrects.
func (b *Box) isTakenIn(ctx context.Context, r row, m Message) (is bool, err error) {
	if r.replaces == "" || m.Outgoing.State != acceptedState {
		return false, nil
	}
	err = b.store.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM chat_message WHERE conversation = ? AND mine = 1 AND stanza = ? AND kind = ? AND outbox <> '')`,
		r.conversation, r.replaces, KindMessage).Scan(&is)
	return is, err
}

// corrected puts into a message of our own what its newest correction says. Both have one label: the queue takes no other correction.
func (b *Box) corrected(ctx context.Context, r row, m Message) (Message, error) {
	if r.outbox == "" || !m.Verdict.MayRead || b.config.Sent == nil {
		return m, nil
	}
	list, err := rows(ctx, b.store.Reader(), `WHERE conversation = ? AND replaces = ? AND replaces <> '' ORDER BY at DESC, seq DESC`, r.conversation, r.stanza)
	if err != nil {
		return Message{}, err
	}
	for _, c := range list {
		out, err := b.config.Sent(ctx, c.outbox)
		if err != nil {
			return Message{}, err
		}
		if out.State == acceptedState && c.state == stateKept {
			m.Subject, m.Body, m.Cut, m.Corrected = c.subject, c.body, c.cut, true
			return m, nil
		}
	}
	return m, nil
}
