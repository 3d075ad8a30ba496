package chat

import (
	"context"
	"strings"
	"time"

	"caveat/backend/message"
)

// piece is what came, judged, before it is written down.
type piece struct {
	account, kind, address string // of the conversation
	row                    row
	head                   Head
	verdict                Verdict
	replaces               string // id of the message that it corrects
	receipt                string // id of the message that it says has come
}

// piece judges what came, in memory. false: there is nothing in it to be shown.
func (b *Box) piece(ctx context.Context, j judge, m Incoming, nicks map[string]string) (piece, bool, error) {
	a, ok := b.account(m.Account)
	address := bare(m.Peer)
	if !ok || m.Account == "" {
		return piece{}, false, nil
	}
	p := piece{account: a.Name, kind: Person, address: address}
	if m.Room {
		p.kind = Room
	}
	if p.address == "" {
		return piece{}, false, nil
	}
	p.row = b.rowOf(a, m, nicks)
	switch {
	case m.Error != nil:
		p.row.kind, p.row.body, p.row.subject = KindRefusal, m.Error.Error(), ""
		p.head.Sensitivity.Fault, p.verdict = message.FaultNoLabel, Verdict{MayRead: true}
		return p, true, nil
	case m.ReceiptFor != "" && m.Body == "":
		p.receipt = m.ReceiptFor
		return p, p.kind == Person && !p.row.late && !m.Own, nil // one of our own, by another program, is about theirs
	case m.Invitation != nil:
		p.row.kind, p.row.room, p.row.body, p.row.subject = KindInvitation, bare(m.Invitation.Room), invited(m), ""
		if p.row.room == "" {
			return piece{}, false, nil
		}
	case m.HasSubject && m.Body == "" && m.Type == "groupchat":
		p.row.kind, p.row.body, p.row.subject = KindSubject, m.Subject, ""
	case m.Body == "" && m.Damage == "" && m.Subject == "":
		return piece{}, false, nil
	}
	p.replaces = m.Replaces
	p.row.envelope = envelopeOf(m.Raw)
	p.head = b.head(p.row.envelope, p.address)
	p.row.labelled = p.head.isLabelled()
	var err error
	p.verdict, err = j.of(ctx, a.Name, p.head)
	if err == nil && !p.verdict.MayRead {
		p.row.withhold()
	}
	return p, err == nil, err
}

// invited is the reason of an invitation. A room that invites says in whose name; that is a claim, so it stands in the room's own
// conversation, and in words only.
//
// std: XEP-0045 §7.8.2
func invited(m Incoming) string {
	who := bare(m.Invitation.From)
	if who == "" || who == bare(m.Peer) {
		return m.Invitation.Reason
	}
	return strings.TrimSpace(m.Invitation.Reason + "\n(In the name of " + message.OneLine(who) + ", as the room says; nobody here can tell.)")
}

// rowOf takes over what a message says of itself.
func (b *Box) rowOf(a Account, m Incoming, nicks map[string]string) row {
	now := b.config.Now()
	r := row{
		kind: KindMessage, at: now, mine: m.Own, nick: m.Nick, stanza: m.ID, archive: archiveName(a, m), state: stateKept, subject: m.Subject, body: m.Body,
		cut: m.Cut, private: m.Room && m.Nick != "" && m.Type != "groupchat", problem: m.Damage,
	}
	if m.Own && m.OriginID != "" {
		r.stanza = m.OriginID // a room may give messages an id of its own
	}
	if at, late := saidAt(a, m); late {
		r.late = true
		if at.Before(now) && !at.IsZero() {
			r.at = at
		}
	}
	switch {
	case !m.Room:
		r.nick, r.address = "", bare(m.Peer)
	case !r.late:
		r.address = nicks[m.Nick]
	default:
		r.mine = false // whoever had the nick then; what was sent from here is found by its id
	}
	if r.mine {
		r.address = bare(a.JID)
	}
	return r
}

// withhold takes out of a row whatever tells what the message says.
func (r *row) withhold() {
	r.state, r.subject, r.body, r.cut, r.problem, r.room = stateWithheld, "", "", false, "", ""
}

// archiveName is how the archive calls a message, as far as the archive itself says so.
//
// std: XEP-0359 §2
func archiveName(a Account, m Incoming) string {
	if m.ArchiveID != "" {
		return m.ArchiveID
	}
	by := a.JID
	if m.Room {
		by = m.Peer
	}
	for _, id := range m.StanzaIDs {
		if bare(id.By) != "" && bare(id.By) == bare(by) {
			return id.ID
		}
	}
	return ""
}

// saidAt is when a message was said, where the room, the own server or its archive says that it was before it came. The sender's word
// on that counts for nothing.
//
// std: XEP-0203 §4
func saidAt(a Account, m Incoming) (time.Time, bool) {
	if m.Delay == nil {
		return time.Time{}, m.ArchiveID != ""
	}
	from := strings.ToLower(strings.TrimSpace(m.Delay.From))
	_, own, _ := strings.Cut(bare(a.JID), "@")
	switch {
	case m.ArchiveID != "":
	case m.Room && m.Type == "groupchat": // the room takes off whatever the sender wrote
	case from == own, from != "" && from == bare(a.JID):
	default:
		return time.Time{}, false
	}
	return m.Delay.At, true
}
