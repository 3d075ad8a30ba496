package api

import (
	"context"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// rows makes rows of entries: one per address, shown by the entry of the directory that decides for it (RULES 6).
type rows struct {
	s      *Service
	filter func(ldapbook.Entry) bool // of what is shown; nil: everything
	screen *federation.Screen        // whether they may receive a label; nil: not asked
	must   bool                      // only those who may
	chat   bool                      // shown by their JIDs

	mine  mine
	shown map[string]bool // folded addresses, and ids of entries without one
	out   []Hit
}

// mine is what the user's own use says of entries.
type mine struct {
	favourite map[ldapbook.Ref]bool
	used      map[ldapbook.Ref]int
}

// address is what an entry is shown by: mail, else JID; for chat its JID.
func (r *rows) address(e ldapbook.Entry) string {
	if r.chat && len(e.JID) > 0 {
		return e.JID[0]
	}
	return e.Address()
}

// key is how a row's address is compared; for an entry without one, its id.
func (r *rows) key(e ldapbook.Entry) string {
	if a := r.address(e); a != "" {
		return ldapbook.FoldAddress(a)
	}
	return idOf(refOf(e))
}

// add adds rows for entries, in their order, until there are limit rows, and says how many entries that took.
func (r *rows) add(ctx context.Context, entries []ldapbook.Entry, limit int) (taken int, err error) {
	var addresses []string
	for _, e := range entries {
		if a := r.address(e); a != "" {
			addresses = append(addresses, a)
		}
	}
	claims, err := r.s.book.ByAddress(ctx, addresses)
	if err != nil {
		return 0, err
	}
	for i, e := range entries {
		if len(r.out) >= limit {
			return i, nil
		}
		k := r.key(e)
		if r.shown[k] {
			continue
		}
		r.shown[k] = true
		if h, ok := r.row(e, claims[k]); ok {
			r.out = append(r.out, h)
		}
	}
	return len(entries), nil
}

// row makes the row of an address that an entry was found by; claims are all that publish the address.
func (r *rows) row(found ldapbook.Entry, claims []ldapbook.Entry) (Hit, bool) {
	if len(claims) == 0 {
		claims = []ldapbook.Entry{found}
	}
	address := r.address(found)
	decides := func(e ldapbook.Entry) bool { return r.s.decides(e, address) }
	shown := found
	if i := slices.IndexFunc(claims, decides); i >= 0 && !decides(found) && (r.filter == nil || r.filter(claims[i])) {
		shown = claims[i]
	}
	h := hit(shown)
	h.Decides = decides(shown)
	if a := spelled(shown, address); a != "" {
		h.Address = a
	}
	for _, e := range claims {
		if refOf(e) != refOf(shown) {
			h.Also = append(h.Also, AlsoHit{ID: idOf(refOf(e)), Directory: e.Directory, Nation: e.Nation, Name: e.Name, Decides: decides(e)})
		}
	}
	ref := refOf(shown)
	h.Favourite, h.Used = r.mine.favourite[ref], r.mine.used[ref]
	if r.screen != nil {
		h.Receive = r.receive(shown, claims, address)
		if r.must && (h.Receive.Outcome != string(presend.Cleared) || h.Receive.Route != string(presend.Cleared) || h.Receive.Members) {
			return Hit{}, false
		}
	}
	return h, true
}

// spelled is an address as an entry spells it.
func spelled(e ldapbook.Entry, address string) string {
	all := slices.Concat(e.Mail, e.JID)
	if i := slices.IndexFunc(all, func(a string) bool { return ldapbook.FoldAddress(a) == ldapbook.FoldAddress(address) }); i >= 0 {
		return all[i]
	}
	return ""
}

// decides reports that an entry is of the directory that decides for one of its addresses. Where there is no address, there is
// nothing to decide.
func (s *Service) decides(e ldapbook.Entry, address string) bool {
	if address == "" {
		return true
	}
	is := func(a string) bool { return ldapbook.FoldAddress(a) == ldapbook.FoldAddress(address) }
	return slices.ContainsFunc(e.Mail, is) && s.fed.Decides(e.Directory, draft.Mail, address) ||
		slices.ContainsFunc(e.JID, is) && s.fed.Decides(e.Directory, draft.Chat, address)
}

// receive says whether an address may receive the label: all that claim it in the directory that decides are judged, and the
// worst counts (RULES 6).
func (r *rows) receive(shown ldapbook.Entry, claims []ldapbook.Entry, address string) *ReceiveHint {
	h := &ReceiveHint{Outcome: string(presend.Unknown), Route: string(presend.Unknown), Reasons: []string{}}
	link := r.screen.Link(address)
	h.Route = string(link.Outcome)
	// As the check: all that claim the address, as mail address or JID, in the directory that decides for it on this channel.
	decides := func(e ldapbook.Entry) bool { return r.s.fed.Decides(e.Directory, r.screen.Channel(), address) }
	if !decides(shown) {
		h.Reasons = append(h.Reasons, "No directory that decides for this address lists it.")
		return h
	}
	outcome := presend.Cleared
	for _, e := range claims {
		if !decides(e) {
			continue
		}
		v := r.screen.Judge(e)
		isGroup := e.Kind == ldapbook.KindList || e.Kind == ldapbook.KindRoom || e.Kind == ldapbook.KindRole
		h.Members = h.Members || isGroup
		if e.Kind == ldapbook.KindList && len(e.Clearance) == 0 {
			v = ofList(v)
		}
		outcome = presend.Worse(outcome, v.Outcome)
		for _, text := range reasonTexts(v.Reasons) {
			if !slices.Contains(h.Reasons, text) {
				h.Reasons = append(h.Reasons, text)
			}
		}
	}
	h.Outcome = string(outcome)
	h.Reasons = append(h.Reasons, reasonTexts(link.Reasons)...)
	return h
}

// ofList is the verdict on a list without a clearance: its members decide alone (RULES 7), as long as it is in use (RULES 23).
func ofList(v presend.Verdict) presend.Verdict {
	out := presend.Verdict{Outcome: presend.Cleared, Evidence: v.Evidence}
	for _, r := range v.Reasons {
		if r.Rule == presend.RuleInactive {
			out.Outcome, out.Reasons = presend.NotCleared, append(out.Reasons, r)
		}
	}
	return out
}

func hit(e ldapbook.Entry) Hit {
	h := Hit{
		ID: idOf(refOf(e)), Address: e.Address(), Kind: string(e.Kind), Nation: e.Nation, Directory: e.Directory, Name: e.Name, Rank: e.Rank,
		Title: e.Title, Mail: notNil(e.Mail), JID: notNil(e.JID), Unit: e.Unit, Organisation: e.Organisation, DN: e.DN, ReadAt: e.ReadAt,
		Also: []AlsoHit{}, Disabled: e.Disabled,
	}
	if !e.ExpiresAt.IsZero() {
		h.ExpiresAt = &e.ExpiresAt
	}
	return h
}

// bareHits makes rows of entries as they are, each for itself, with what the user's own use says of them.
func (s *Service) bareHits(ctx context.Context, entries []ldapbook.Entry) ([]Hit, error) {
	m, err := s.mine(ctx)
	if err != nil {
		return nil, err
	}
	out := []Hit{}
	for _, e := range entries {
		h := hit(e)
		h.Decides = h.Address == "" || s.fed.DecidesFor(e)
		h.Favourite, h.Used = m.favourite[refOf(e)], m.used[refOf(e)]
		out = append(out, h)
	}
	return out, nil
}

// matches is what a directory's own answer is held to: it may not know every filter.
func matches(q ldapbook.Query) func(ldapbook.Entry) bool {
	return func(e ldapbook.Entry) bool {
		return (q.Nation == "" || strings.EqualFold(q.Nation, e.Nation)) &&
			(q.Kind == e.Kind || q.Kind == "" && e.Kind != ldapbook.KindOrganisation) &&
			(q.Organisation == "" || same(q.Organisation, e.Organisation) || same(q.Organisation, e.Unit)) &&
			(q.Channel != ldapbook.ChannelMail || len(e.Mail) > 0) && (q.Channel != ldapbook.ChannelChat || len(e.JID) > 0)
	}
}

func same(a, b string) bool { return ldapbook.FoldAddress(a) == ldapbook.FoldAddress(b) }
