package imapbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// MaxMessages is how many messages one Changes lists, and how many the caller may know of. Of a mailbox that has more the newest are
// listed, and LeftOut says so.
const MaxMessages = 200_000

// answerOctets is what the listing of one message may take.
const answerOctets = 400

// State is what the caller keeps between two Changes. The zero State knows nothing.
type State struct {
	UIDValidity   uint32
	UIDNext       UID
	HighestModSeq uint64 // 0 where the server does not count changes (CONDSTORE)
}

// Message is what is listed of one.
type Message struct {
	UID      UID
	Size     int64     // octets, as the server counts; 0: it may not know
	Received time.Time // by the mailbox
	Flags    []string  // such as \Seen
}

// Flagged is a message that was known, with the flags that it has now.
type Flagged struct {
	UID   UID
	Flags []string
}

// Changes is what is different since a State. All lists are by UID, rising.
type Changes struct {
	State State
	// Reset: the mailbox was renumbered (or the given State was the zero State). What was known of it is void; New has all.
	Reset    bool
	New      []Message
	LeftOut  bool      // older ones than New are there, more than are listed
	Flags    []Flagged // changed; without CONDSTORE, all that are known
	Vanished []UID     // of those that the caller said it knows
}

// Changes says what is different since the caller last looked; known are the messages that it knows, in any order. Messages
// that arrive meanwhile are in the next.
//
// std: RFC9051 §2.3.1, RFC7162 §3.1; RFC4549 §3
func (m *Mailbox) Changes(ctx context.Context, since State, known []UID) (Changes, error) {
	if len(known) > MaxMessages {
		return Changes{}, fmt.Errorf("%w: %d messages are known, at most %d", ErrTooLarge, len(known), MaxMessages)
	}
	select { // what was told is in what is asked now
	case <-m.told:
	default:
	}
	data, err := m.session.selectBox(ctx, inbox, true)
	if err != nil {
		return Changes{}, err
	}
	m.validity = data.UIDValidity
	out := Changes{State: State{data.UIDValidity, UID(data.UIDNext), data.HighestModSeq}}
	if since.UIDValidity != data.UIDValidity || since.UIDNext == 0 || since.UIDNext > out.State.UIDNext {
		// UIDs only rise; a server that goes back without saying so has renumbered.
		out.Reset, since, known = true, State{UIDNext: 1}, nil
	}
	room := limits{0, ordinary + answerOctets*int64(min(data.NumMessages, MaxMessages))}
	from := since.UIDNext
	if n := data.NumMessages; n > MaxMessages {
		oldest, err := m.uidOf(ctx, n-MaxMessages+1)
		if err != nil {
			return Changes{}, err
		}
		out.LeftOut, from = oldest > from, max(from, oldest)
	}
	if out.New, err = m.listNew(ctx, room, from, out.State.UIDNext); err != nil {
		return Changes{}, err
	}
	if len(known) == 0 {
		return out, nil
	}
	known = slices.Clone(known)
	slices.Sort(known)
	known = slices.Compact(known)
	if err := m.compare(ctx, room, since, known, &out); err != nil {
		return Changes{}, err
	}
	return out, nil
}

// uidOf gives the UID of the message at a place in the mailbox, from 1; the oldest are first.
func (m *Mailbox) uidOf(ctx context.Context, place uint32) (UID, error) {
	var uid UID
	err := m.session.do(ctx, "FETCH", limits{0, ordinary}, func(c *imapclient.Client) error {
		list, err := c.Fetch(imap.SeqSetNum(place), &imap.FetchOptions{UID: true}).Collect()
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.SeqNum == place {
				uid = UID(x.UID)
			}
		}
		if uid == 0 {
			return fmt.Errorf("%w: FETCH: message %d of %s without its UID", ErrProtocol, place, inbox)
		}
		return nil
	})
	return uid, err
}

// listNew lists the messages with from ≤ UID < to.
func (m *Mailbox) listNew(ctx context.Context, room limits, from, to UID) ([]Message, error) {
	if from >= to {
		return nil, nil
	}
	var out []Message
	err := m.fetch(ctx, room, from, to, &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true}, func(b *imapclient.FetchMessageBuffer) error {
		if b.InternalDate.IsZero() || b.RFC822Size < 0 {
			return fmt.Errorf("%w: FETCH: message %d without its size or date", ErrProtocol, b.UID)
		}
		out = append(out, Message{UID(b.UID), b.RFC822Size, b.InternalDate, texts(b.Flags)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b Message) int { return int(int64(a.UID) - int64(b.UID)) })
	return out, nil
}

// compare fills in what became of the messages that are known.
func (m *Mailbox) compare(ctx context.Context, room limits, since State, known []UID, out *Changes) error {
	counts := since.HighestModSeq != 0 && out.State.HighestModSeq != 0
	options := &imap.FetchOptions{UID: true, Flags: true}
	present := make(map[UID]bool, len(known))
	if counts {
		options.ChangedSince = since.HighestModSeq
		there, err := m.present(ctx, room, since.UIDNext)
		if err != nil {
			return err
		}
		for _, uid := range known {
			present[uid] = there.Contains(imap.UID(uid))
		}
	}
	if !counts || since.HighestModSeq != out.State.HighestModSeq {
		err := m.fetch(ctx, room, max(known[0], 1), since.UIDNext, options, func(b *imapclient.FetchMessageBuffer) error {
			if _, ok := slices.BinarySearch(known, UID(b.UID)); ok {
				out.Flags = append(out.Flags, Flagged{UID(b.UID), texts(b.Flags)})
				present[UID(b.UID)] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	slices.SortFunc(out.Flags, func(a, b Flagged) int { return int(int64(a.UID) - int64(b.UID)) })
	for _, uid := range known {
		if !present[uid] {
			out.Vanished = append(out.Vanished, uid)
		}
	}
	return nil
}

// present gives the messages below a UID that are there.
func (m *Mailbox) present(ctx context.Context, room limits, below UID) (imap.UIDSet, error) {
	if below <= 1 {
		return nil, nil
	}
	var options *imap.SearchOptions
	if m.session.caps.Has(imap.CapESearch) {
		options = &imap.SearchOptions{ReturnAll: true} // ranges: short
	}
	var set imap.UIDSet
	err := m.session.do(ctx, "SEARCH", room, func(c *imapclient.Client) error {
		data, err := c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 1, Stop: imap.UID(below - 1)}}}}, options).Wait()
		if err == nil {
			set, _ = data.All.(imap.UIDSet)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return set, nil
}

// fetch lists the messages with from ≤ UID < to, one call of each for a message. Each has its UID and its flags.
func (m *Mailbox) fetch(ctx context.Context, room limits, from, to UID, o *imap.FetchOptions, each func(*imapclient.FetchMessageBuffer) error) error {
	if from >= to {
		return nil
	}
	return m.session.do(ctx, "FETCH", room, func(c *imapclient.Client) error {
		command := c.Fetch(imap.UIDSet{{Start: imap.UID(from), Stop: imap.UID(to - 1)}}, o)
		var failed error
		for n := 0; ; n++ {
			message := command.Next()
			if message == nil {
				break
			}
			b, err := message.Collect()
			switch {
			case failed != nil: // only read to the end
			case err != nil:
				failed = err
			case n == MaxMessages:
				failed = fmt.Errorf("%w: more than %d messages in %s", ErrTooLarge, MaxMessages, inbox)
			case b.UID < imap.UID(from) || b.UID >= imap.UID(to):
				failed = fmt.Errorf("%w: FETCH: message %d was not asked for", ErrProtocol, b.UID)
			default:
				failed = each(b)
			}
			if failed != nil {
				m.session.guard.end(failed)
			}
		}
		if err := command.Close(); failed == nil {
			failed = err
		}
		return failed
	})
}

func texts(flags []imap.Flag) []string {
	out := make([]string, len(flags))
	for i, f := range flags {
		out[i] = string(f)
	}
	slices.Sort(out)
	return out
}
