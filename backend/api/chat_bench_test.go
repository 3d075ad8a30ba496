package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/chat"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/ldapbook/ldaptest"
)

// hall is a room of 1,000 occupants, a quarter of whom are not cleared for RESTRICTED.
type hall struct {
	*world
	b      *testing.B
	source *chatServer
	id     string
	full   []chat.Occupant
	label  label.Label
}

func newHall(b *testing.B) *hall {
	b.Helper()
	classes := []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}
	crowd := []ldaptest.Entry{{DN: "cn=ops,o=ukr", Attrs: append(person("cn=ops,o=ukr", "Ops", "ops@ukr.example", "SECRET").Attrs[1:],
		attr("objectClass", "room"), attr("jid", ops))}}
	for n := range 1000 {
		crowd = append(crowd, withJID(person(fmt.Sprintf("uid=p%d,o=ukr", n), fmt.Sprintf("P %d", n), fmt.Sprintf("p%d@ukr.example", n), classes[n%4]), fmt.Sprintf("p%d@chat.ukr.example", n)))
	}
	h := &hall{b: b, label: chatClass("RESTRICTED")}
	h.world, h.source = chatWorld(b, crowd...)
	h.id = answered[api.ChatOpened](h.world, http.StatusOK, http.MethodPost, "/api/chat/join", map[string]any{"room": ops}).ID
	h.source.mu.Lock()
	for n := range 999 {
		h.source.inside[ops] = append(h.source.inside[ops], chat.Occupant{Nick: fmt.Sprint(n), Address: fmt.Sprintf("p%d@chat.ukr.example", n)})
	}
	h.full = slices.Clone(h.source.inside[ops])
	h.source.mu.Unlock()
	return h
}

// holds says who is in the room now.
func (h *hall) holds(list []chat.Occupant) {
	h.source.mu.Lock()
	defer h.source.mu.Unlock()
	h.source.inside[ops] = list
}

// recheck finds out who in the room is not cleared for a label, and gives how long that takes.
func (h *hall) recheck(list []chat.Occupant, l label.Label, want int) time.Duration {
	h.b.Helper()
	h.holds(list)
	began := time.Now()
	inside, _, err := h.service.Talks().Occupants(h.b.Context(), h.id, &l)
	took := time.Since(began)
	if err != nil || chat.NotCleared(inside) != want {
		h.b.Fatalf("%v: %d of %d not cleared, want %d", err, chat.NotCleared(inside), len(inside), want)
	}
	return took
}

// joined is the room with somebody who was never there: in no book, so that he is looked for everywhere.
func (h *hall) joined(n int) []chat.Occupant {
	return append(h.full[:len(h.full):len(h.full)], chat.Occupant{Nick: "new", Address: fmt.Sprintf("new%d@chat.ukr.example", n)})
}

// quantiles reports how long something took.
func quantiles(b *testing.B, what string, all []time.Duration) {
	slices.Sort(all)
	for _, q := range []int{50, 95, 99} {
		at := all[min(len(all)-1, len(all)*q/100)]
		b.ReportMetric(float64(at.Microseconds())/1000, fmt.Sprintf("ms/%s-p%d", what, q))
	}
}

// BenchmarkRoomOf1000 is what it takes to know who is not cleared, of a room of 1,000 occupants, after one has come and after he has gone;
// its peer is deciding all of them anew, for a label that nobody was judged by before.
func BenchmarkRoomOf1000(b *testing.B) {
	h := newHall(b)
	h.recheck(h.full, h.label, 250)
	var join, leave, anew []time.Duration
	n := 0
	for b.Loop() {
		n++
		join = append(join, h.recheck(h.joined(n), h.label, 251))
		leave = append(leave, h.recheck(h.full, h.label, 250))
		if n%20 == 1 {
			other := h.label
			other.Created = time.Unix(int64(n), 0) // another label to whoever remembers verdicts by it
			anew = append(anew, h.recheck(h.full, other, 250))
		}
	}
	quantiles(b, "join", join)
	quantiles(b, "leave", leave)
	quantiles(b, "anew", anew)
}

// BenchmarkDraftToRoomOf1000 is the whole check of a draft that goes to such a room, as it is done again after each change.
func BenchmarkDraftToRoomOf1000(b *testing.B) {
	h := newHall(b)
	p, err := h.service.Installation().Site.Find(h.label.Policy)
	must(b, err)
	sel := label.Selection{Policy: p.Name(), Classification: "RESTRICTED", Categories: []label.SelectedTag{{TagSet: "Context", Values: []label.SelectedValue{{Name: "MROD"}}}}}
	d := draft.Draft{Channel: draft.Chat, Action: []string{ops}, Body: "x", Label: draft.Label{Selection: &sel}}
	var took []time.Duration
	n := 0
	for b.Loop() {
		n++
		h.holds(h.joined(n))
		began := time.Now()
		r, err := h.service.Check(b.Context(), d)
		took = append(took, time.Since(began))
		if err != nil || r.Recipients[0].Kind != "room" || len(r.Recipients[0].Members) != 1001 {
			b.Fatalf("%v: %s with %d members", err, r.Recipients[0].Kind, len(r.Recipients[0].Members))
		}
	}
	quantiles(b, "check", took)
}
