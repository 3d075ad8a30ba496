package wire

import (
	"context"
	"time"
)

// Object identifiers of the content synchronization operation.
//
// std: RFC4533 §2
const (
	OIDSyncRequest = "1.3.6.1.4.1.4203.1.9.1.1"
	OIDSyncState   = "1.3.6.1.4.1.4203.1.9.1.2"
	OIDSyncDone    = "1.3.6.1.4.1.4203.1.9.1.3"
	OIDSyncInfo    = "1.3.6.1.4.1.4203.1.9.1.4"
)

// CodeRefreshRequired is e-syncRefreshRequired: the cookie is of no use, begin anew without one.
//
// std: RFC4533 §2.6
const CodeRefreshRequired = 4096

const modeRefreshOnly = 1

// SyncRequest returns the critical sync request control in mode refreshOnly; cookie nil: the whole content.
//
// std: RFC4533 §2.2
func SyncRequest(cookie []byte) []byte {
	parts := [][]byte{Int(TagEnumerated, modeRefreshOnly)}
	if len(cookie) > 0 {
		parts = append(parts, TLV(TagOctetString, cookie))
	}
	return Control(OIDSyncRequest, true, TLV(TagSequence, parts...))
}

// State is what a sync state control says about its entry.
type State int

// The states. SyncPresent: the entry has not changed, and its attributes are not sent.
const (
	SyncPresent State = iota
	SyncAdd
	SyncModify
	SyncDelete
)

// UUID is an entryUUID in its 16 bytes.
type UUID [16]byte

func parseUUID(b []byte) (u UUID, err error) {
	if len(b) != len(u) {
		return u, ErrMalformed
	}
	copy(u[:], b)
	return u, nil
}

// SyncState is the control at an entry or a reference.
type SyncState struct {
	State  State
	UUID   UUID
	Cookie []byte // nil: none
}

// DecodeSyncState reads the sync state control of a message. ErrMalformed: there is none, though each entry must have one.
//
// std: RFC4533 §2.3
func DecodeSyncState(m Message) (SyncState, error) {
	value, err := FindControl(m.Controls, OIDSyncState)
	if err != nil {
		return SyncState{}, err
	}
	seq, err := only(value, TagSequence)
	if err != nil {
		return SyncState{}, err
	}
	var s SyncState
	content, rest, err := expect(seq, TagEnumerated)
	if err != nil {
		return SyncState{}, err
	}
	state, err := parseInt(content)
	if err != nil || state < int64(SyncPresent) || state > int64(SyncDelete) {
		return SyncState{}, ErrMalformed
	}
	s.State = State(state)
	if content, rest, err = expect(rest, TagOctetString); err != nil {
		return SyncState{}, err
	}
	if s.UUID, err = parseUUID(content); err != nil {
		return SyncState{}, err
	}
	if s.Cookie, rest, err = optionalCookie(rest); err != nil {
		return SyncState{}, err
	}
	if len(rest) > 0 {
		return SyncState{}, ErrMalformed
	}
	return s, nil
}

// only returns the content of b's one element.
func only(b []byte, want byte) ([]byte, error) {
	content, rest, err := expect(b, want)
	if err == nil && len(rest) > 0 {
		err = ErrMalformed
	}
	if err != nil {
		return nil, err
	}
	return content, nil
}

// SyncDone is the control at the end of a refresh.
type SyncDone struct {
	Found   bool   // false: the server sent none
	Cookie  []byte // nil: none, or an empty one: the one before stays good
	Deletes bool   // what was not mentioned is unchanged; false: it is gone
}

// DecodeSyncDone reads the sync done control among the controls of a search's last message.
//
// std: RFC4533 §2.4
func DecodeSyncDone(controls []byte) (SyncDone, error) {
	value, err := FindControl(controls, OIDSyncDone)
	if err != nil || value == nil {
		return SyncDone{}, err
	}
	if len(value) == 0 {
		return SyncDone{Found: true}, nil
	}
	seq, err := only(value, TagSequence)
	if err != nil {
		return SyncDone{}, err
	}
	d := SyncDone{Found: true}
	rest := seq
	if d.Cookie, rest, err = optionalCookie(rest); err != nil {
		return SyncDone{}, err
	}
	if d.Deletes, rest, err = optionalBool(rest, false); err != nil {
		return SyncDone{}, err
	}
	if len(rest) > 0 {
		return SyncDone{}, ErrMalformed
	}
	return d, nil
}

// InfoKind tells the sync info messages apart.
type InfoKind int

// The kinds. InfoNone: an intermediate response of another sort, to be passed over.
const (
	InfoNone InfoKind = iota
	InfoNewCookie
	InfoRefreshDelete  // the delete phase ended
	InfoRefreshPresent // the present phase ended
	InfoIDSet
)

// SyncInfo is one sync info message.
type SyncInfo struct {
	Kind    InfoKind
	Cookie  []byte // nil: none
	Done    bool   // of the ends of a phase: it was the last
	Deletes bool   // of InfoIDSet: the entries are gone; false: they are unchanged
	ids     []byte
}

// UUIDs calls visit for each identifier of an id set, in order. All of them were found well-formed.
func (s SyncInfo) UUIDs(visit func(UUID)) {
	for rest := s.ids; len(rest) > 0; {
		content, next, err := expect(rest, TagOctetString)
		if err != nil {
			return
		}
		if u, err := parseUUID(content); err == nil {
			visit(u)
		}
		rest = next
	}
}

// DecodeSyncInfo reads an intermediate response; the identifiers share its memory.
//
// std: RFC4533 §2.5
func DecodeSyncInfo(m Message) (SyncInfo, error) {
	if m.Op != OpIntermediate {
		return SyncInfo{}, ErrMalformed
	}
	name, rest, ok, err := optional(m.Body, 0x80)
	if err != nil {
		return SyncInfo{}, err
	}
	if !ok || string(name) != OIDSyncInfo {
		return SyncInfo{}, nil
	}
	value, err := only(rest, 0x81)
	if err != nil {
		return SyncInfo{}, err
	}
	tag, content, rest, err := Next(value)
	if err != nil || len(rest) > 0 {
		return SyncInfo{}, ErrMalformed
	}
	switch tag {
	case 0x80:
		cookie, err := cloneCookie(content)
		if err != nil {
			return SyncInfo{}, err
		}
		return SyncInfo{Kind: InfoNewCookie, Cookie: cookie}, nil
	case 0xa1:
		return parsePhase(InfoRefreshDelete, content)
	case 0xa2:
		return parsePhase(InfoRefreshPresent, content)
	case 0xa3:
		return parseIDSet(content)
	default:
		return SyncInfo{}, ErrMalformed
	}
}

func parsePhase(kind InfoKind, b []byte) (SyncInfo, error) {
	s := SyncInfo{Kind: kind}
	var err error
	if s.Cookie, b, err = optionalCookie(b); err != nil {
		return SyncInfo{}, err
	}
	if s.Done, b, err = optionalBool(b, true); err != nil {
		return SyncInfo{}, err
	}
	if len(b) > 0 {
		return SyncInfo{}, ErrMalformed
	}
	return s, nil
}

func parseIDSet(b []byte) (SyncInfo, error) {
	s := SyncInfo{Kind: InfoIDSet}
	var err error
	if s.Cookie, b, err = optionalCookie(b); err != nil {
		return SyncInfo{}, err
	}
	if s.Deletes, b, err = optionalBool(b, false); err != nil {
		return SyncInfo{}, err
	}
	if s.ids, err = only(b, TagSet); err != nil {
		return SyncInfo{}, err
	}
	for rest := s.ids; len(rest) > 0; {
		var id []byte
		if id, rest, err = expect(rest, TagOctetString); err != nil {
			return SyncInfo{}, err
		}
		if len(id) != len(UUID{}) {
			return SyncInfo{}, ErrMalformed
		}
	}
	return s, nil
}

// SearchInfo is Search that also hands on intermediate responses, in their order among the entries; a nil info passes
// over them.
func (c *Client) SearchInfo(ctx context.Context, limit time.Duration, s Search, entry, info func(Message) error) (Done, error) {
	var done Done
	err := c.guard(ctx, limit, func() error {
		if _, err := c.conn.Write(s.marshal(c.nextID())); err != nil {
			return err
		}
		for {
			m, err := c.read()
			if err != nil {
				return err
			}
			if m.ID != c.id {
				return ErrMalformed
			}
			if m.Op == OpIntermediate && info != nil {
				if err := info(m); err != nil {
					return err
				}
				continue
			}
			if end, err := step(m, &done, entry); end || err != nil {
				return err
			}
		}
	})
	if err != nil {
		return Done{}, err
	}
	return done, nil
}
