package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/ldapbook"
)

// SearchRequest is a search over all nations. Empty fields don't narrow it.
type SearchRequest struct {
	Text, Nation, Kind, Organisation, Channel string

	Scope   string      // cache, typing, enter or all; empty: cache
	Receive draft.Label // only those who may receive it; zero: all
	Reasons draft.Label // each row says whether it may receive it, where that is for the asker to know; zero: not asked
	Offset  int         // of the cache's answer
	Limit   int         // 0: 20
	Live    bool        // every directory is asked, and only what they say is given
}

// find is one search under way.
type find struct {
	s       *Service
	r       SearchRequest
	q       ldapbook.Query
	rows    rows
	partial map[string]bool   // directories that were asked and gave only a part
	cut     bool              // some directory has more than was asked for
	faults  map[string]string // why directories that were asked gave nothing; "": they answered
}

// Search finds entries: one row per address, first whom the user writes to. What directories say that are asked besides the cache
// comes below what the cache had, so that nothing moves. Errors: ErrLabel, ErrSystemHigh, ErrOwnClearance of a label to filter by.
func (s *Service) Search(ctx context.Context, r SearchRequest) (SearchDocument, error) {
	if r.Live {
		r.Scope = "all"
	}
	if _, ok := scopes[cmp.Or(r.Scope, "cache")]; !ok {
		return SearchDocument{}, fmt.Errorf("scope %q: cache, typing, enter or all", r.Scope)
	}
	if err := s.hasNation(r.Nation); err != nil {
		return SearchDocument{}, err
	}
	f := &find{s: s, r: r, partial: map[string]bool{}, faults: map[string]string{}}
	if err := f.prepare(ctx); err != nil {
		return SearchDocument{}, err
	}
	out := SearchDocument{}
	var err error
	if !r.Live {
		if err = f.cached(ctx, &out); err != nil {
			return SearchDocument{}, err
		}
	}
	if scope := scopes[r.Scope]; scope > federation.CacheOnly && r.Offset == 0 {
		if err := f.live(ctx, scope, &out); err != nil {
			return SearchDocument{}, err
		}
	}
	lookalikes(f.rows.out)
	out.Hits = append([]Hit{}, f.rows.out...)
	if out.Groups, err = s.groupsNamed(ctx, r); err != nil {
		return SearchDocument{}, err
	}
	return out, f.strip(ctx, &out)
}

// prepare makes the query, with whom the user writes to first.
func (f *find) prepare(ctx context.Context) error {
	f.q = ldapbook.Query{
		Text: f.r.Text, Nation: f.r.Nation, Kind: ldapbook.Kind(f.r.Kind), Organisation: f.r.Organisation,
		Channel: ldapbook.Channel(f.r.Channel), Offset: f.r.Offset, Limit: min(cmp.Or(f.r.Limit, ldapbook.DefaultLimit), ldapbook.MaxLimit),
	}
	m, boost, err := f.s.boost(ctx)
	if err != nil {
		return err
	}
	f.q.Boost = boost
	f.rows = rows{s: f.s, filter: matches(f.q), mine: m, shown: map[string]bool{}, chat: f.q.Channel == ldapbook.ChannelChat}
	channel := draft.Channel(f.r.Channel)
	if !f.r.Receive.IsZero() {
		if f.rows.screen, err = f.s.screen(ctx, channel, f.r.Receive); err != nil {
			return err
		}
		f.rows.must = true
		f.q.Classes, err = f.rows.screen.Classes(ctx)
		return err
	}
	if !f.r.Reasons.IsZero() {
		// Not for the asker to know, or no label yet: then nothing is said (RULES 19).
		if screen, err := f.s.screen(ctx, channel, f.r.Reasons); err == nil {
			f.rows.screen = screen
		} else if problemStatus(err) >= 500 {
			return err
		}
	}
	return nil
}

// rounds is how often the cache is asked for more where rows fall away: several entries of one address, or some that may not
// receive the label after all.
const rounds = 4

// cached gives what the copy has.
func (f *find) cached(ctx context.Context, out *SearchDocument) error {
	limit := f.q.Limit
	q := f.q
	for range rounds {
		q.Limit = min(limit-len(f.rows.out), ldapbook.MaxLimit)
		entries, err := f.s.book.Search(ctx, q)
		if err != nil {
			return err
		}
		taken, err := f.rows.add(ctx, entries, limit)
		if err != nil {
			return err
		}
		q.Offset += taken
		if out.More, err = f.moreAt(ctx, q, len(entries)); err != nil {
			return err
		}
		if !out.More || len(f.rows.out) >= limit {
			break
		}
	}
	out.Next = nextOffset(q.Offset)
	return nil
}

// nextOffset is the offset to ask for more with; 0: none that may be asked for.
func nextOffset(after int) int {
	if after > ldapbook.MaxOffset {
		return 0
	}
	return after
}

// moreAt tells whether the copy has more than the entries that were just asked for, from q.Offset on. It asks for itself: what stands
// at one place of the book is sorted within one answer, so that a row asked for in addition would push another one out of it.
func (f *find) moreAt(ctx context.Context, q ldapbook.Query, got int) (bool, error) {
	if got < min(q.Limit, ldapbook.MaxLimit) {
		return false, nil
	}
	q.Limit = 1
	if q.Offset > ldapbook.MaxOffset {
		return true, nil
	}
	next, err := f.s.book.Search(ctx, q)
	return len(next) > 0, err
}

// live asks directories at once, each within its deadline. Rows that are shown keep their places, with what is newer; new ones come
// below.
func (f *find) live(ctx context.Context, scope federation.Scope, out *SearchDocument) error {
	found := f.ask(ctx, scope)
	before, known := f.rows.out, map[string]bool{}
	for _, h := range before {
		known[h.ID] = true
	}
	f.rows.out, f.rows.shown = nil, map[string]bool{}
	refs := make([]ldapbook.Ref, 0, len(before))
	for _, h := range before {
		r, _ := parseID(h.ID)
		refs = append(refs, r)
	}
	again, err := f.s.entries(ctx, refs)
	if err != nil {
		return err
	}
	if _, err := f.rows.add(ctx, again, len(again)); err != nil {
		return err
	}
	keep := matches(f.q)
	found = slices.DeleteFunc(found, func(e ldapbook.Entry) bool { return !keep(e) })
	place := map[ldapbook.Ref]int{}
	for i, r := range f.q.Boost {
		place[r] = i - len(f.q.Boost)
	}
	slices.SortStableFunc(found, func(a, b ldapbook.Entry) int {
		return cmp.Or(cmp.Compare(place[refOf(a)], place[refOf(b)]), cmp.Compare(a.Surname, b.Surname), cmp.Compare(a.Name, b.Name), cmp.Compare(a.DN, b.DN))
	})
	limit := len(f.rows.out) + f.q.Limit
	taken, err := f.rows.add(ctx, found, limit)
	if err != nil {
		return err
	}
	out.More = out.More || f.cut || taken < len(found)
	for i := range f.rows.out {
		f.rows.out[i].Live = !known[f.rows.out[i].ID]
	}
	return nil
}

// ask asks the directories of a scope and nation.
func (f *find) ask(ctx context.Context, scope federation.Scope) []ldapbook.Entry {
	var all []ldapbook.Entry
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, d := range f.s.in.Directories {
		if f.q.Nation != "" && !strings.EqualFold(f.q.Nation, d.Nation) || !f.s.fed.Asks(d, scope) {
			continue
		}
		wg.Go(func() {
			found, cut, partial, fault := f.s.fed.SearchLive(ctx, d, f.q)
			mu.Lock()
			defer mu.Unlock()
			f.faults[d.Name], f.partial[d.Name], f.cut = fault, partial, f.cut || cut
			all = append(all, found...)
		})
	}
	wg.Wait()
	return all
}

// strip says of each directory whether the answer can be relied on. Of a search in one nation only that nation's speak: what
// partners cannot answer does not bear on it (RULES 16).
func (f *find) strip(ctx context.Context, out *SearchDocument) error {
	states, err := f.s.fed.States(ctx)
	if err != nil {
		return err
	}
	out.Directories = []SearchDirectory{}
	for _, st := range states {
		if f.q.Nation != "" && !strings.EqualFold(f.q.Nation, st.Directory.Nation) {
			continue
		}
		d := f.s.copyState(st)
		if fault, asked := f.faults[d.Name]; asked {
			d.State, d.Why = "live", ""
			switch {
			case fault != "":
				d.State, d.Why = "down", fault
			case f.partial[d.Name]:
				d.State, d.Why = "incomplete", "The directory "+d.Name+" gave only a part."
			}
		}
		out.Directories = append(out.Directories, d)
		out.Incomplete = out.Incomplete || d.State != "live" && d.State != "cached"
	}
	return nil
}

// copyState is what the copy of a directory can say.
func (s *Service) copyState(st federation.State) SearchDirectory {
	d := SearchDirectory{Name: st.Directory.Name, Nation: st.Directory.Nation, Mode: st.Directory.Mode, Entries: st.Entries, State: "cached"}
	if !st.ReadAt.IsZero() {
		at, age := st.ReadAt, int64(s.now().Sub(st.ReadAt)/time.Second)
		d.ReadAt, d.Age = &at, &age
	}
	switch {
	case !st.IsMirror():
		d.State, d.Why = "not-asked", "It keeps no copy here; what was found there before is shown."
	case st.Incomplete:
		d.State, d.Why = "incomplete", cmp.Or(st.Error, "It was read only in part.")
	case st.Error != "":
		d.State, d.Why = "down", st.Error
	case st.ReadAt.IsZero():
		d.State, d.Why = "never-read", "It has not been read yet."
	}
	return d
}

// entries reads entries of the book in the order of refs; those that it does not have are left out.
func (s *Service) entries(ctx context.Context, refs []ldapbook.Ref) ([]ldapbook.Entry, error) {
	found, err := s.book.ByRefs(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := make([]ldapbook.Entry, 0, len(refs))
	for _, r := range refs {
		if e, ok := found[r]; ok {
			out = append(out, e)
		}
	}
	return out, nil
}
