package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// ErrNotFound: no entry, directory or message of that name.
var ErrNotFound = errors.New("api: not found")

// Hit is one entry that a search found.
type Hit struct {
	ID      string    `json:"id" doc:"directory and entry, for book show"`
	Address string    `json:"address" doc:"mail, else JID"`
	Kind    string    `json:"kind" enum:"person,role,list,room"`
	Nation  string    `json:"nation"`
	Name    string    `json:"name"`
	Rank    string    `json:"rank,omitempty"`
	Title   string    `json:"title,omitempty" doc:"appointment"`
	Mail    []string  `json:"mail" nullable:"false"`
	JID     []string  `json:"jid" nullable:"false"`
	Unit    string    `json:"unit"`
	DN      string    `json:"dn"`
	ReadAt  time.Time `json:"readAt"`
}

// DirectoryState is what an answer says about one directory: whether it could be relied on.
type DirectoryState struct {
	Name        string     `json:"name"`
	Nation      string     `json:"nation"`
	State       string     `json:"state" enum:"ok,incomplete,failed,never-read"`
	Error       string     `json:"error,omitempty"`
	Entries     int        `json:"entries"`
	LastRead    *time.Time `json:"lastRead" doc:"end of the last complete read; null: never"`
	LastAttempt *time.Time `json:"lastAttempt"`
}

// SearchDocument is the answer to a search.
type SearchDocument struct {
	Hits        []Hit            `json:"hits" nullable:"false"`
	Directories []DirectoryState `json:"directories" nullable:"false"`
	More        bool             `json:"more" doc:"there are more hits than were asked for"`
	Incomplete  bool             `json:"incomplete" doc:"some directory could not be asked, or only in part: there may be more"`
}

// SearchRequest is a search over all nations.
type SearchRequest struct {
	Text   string
	Nation string
	Kind   string
	Limit  int  // 0: 20
	Live   bool // ask the directories, not the cache
}

// Search finds entries.
func (s *Service) Search(ctx context.Context, r SearchRequest) (SearchDocument, error) {
	q := ldapbook.Query{Text: r.Text, Nation: r.Nation, Kind: ldapbook.Kind(r.Kind), Limit: r.Limit}
	if r.Live {
		return s.searchLive(ctx, q)
	}
	limit := cmp.Or(q.Limit, ldapbook.DefaultLimit)
	q.Limit = limit + 1 // one more than is shown tells that there are more
	entries, err := s.book.Search(ctx, q)
	if err != nil {
		return SearchDocument{}, err
	}
	return s.found(ctx, q, entries, limit, nil)
}

// found makes the answer; faults are those of a live search, by directory. Of a search in one nation only that nation's
// directories speak: what partners cannot answer does not bear on it (RULES 16).
func (s *Service) found(ctx context.Context, q ldapbook.Query, entries []ldapbook.Entry, limit int, faults map[string]string) (SearchDocument, error) {
	out := SearchDocument{Hits: []Hit{}, Directories: []DirectoryState{}, More: len(entries) > limit}
	entries = entries[:min(limit, len(entries))]
	for _, e := range entries {
		out.Hits = append(out.Hits, hit(e))
	}
	states, err := s.Directories(ctx)
	if err != nil {
		return SearchDocument{}, err
	}
	for _, d := range states {
		if q.Nation != "" && !strings.EqualFold(q.Nation, d.Nation) {
			continue
		}
		if text, asked := faults[d.Name]; asked {
			d.State, d.Error = "ok", ""
			if text != "" {
				d.State, d.Error = "failed", text
			}
		}
		out.Directories = append(out.Directories, d)
		out.Incomplete = out.Incomplete || d.State != "ok"
	}
	return out, nil
}

func hit(e ldapbook.Entry) Hit {
	return Hit{
		ID: e.Directory + ":" + e.UUID, Address: e.Address(), Kind: string(e.Kind), Nation: e.Nation, Name: e.Name, Rank: e.Rank,
		Title: e.Title, Mail: notNil(e.Mail), JID: notNil(e.JID), Unit: e.Unit, DN: e.DN, ReadAt: e.ReadAt,
	}
}

func notNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// searchLive asks all directories at once, each within its deadline, and joins what they say in book order.
func (s *Service) searchLive(ctx context.Context, q ldapbook.Query) (SearchDocument, error) {
	faults := map[string]string{}
	var entries []ldapbook.Entry
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, d := range s.in.Directories {
		if q.Nation != "" && !strings.EqualFold(q.Nation, d.Nation) {
			continue
		}
		wg.Go(func() {
			found, fault := s.fed.SearchLive(ctx, d, q)
			mu.Lock()
			defer mu.Unlock()
			faults[d.Name] = fault
			entries = append(entries, found...)
		})
	}
	wg.Wait()
	slices.SortFunc(entries, func(a, b ldapbook.Entry) int {
		return cmp.Or(cmp.Compare(a.Surname, b.Surname), cmp.Compare(a.Name, b.Name), cmp.Compare(a.DN, b.DN))
	})
	return s.found(ctx, q, entries, cmp.Or(q.Limit, ldapbook.DefaultLimit), faults)
}

// Directories tells the state of every directory of the installation.
func (s *Service) Directories(ctx context.Context) ([]DirectoryState, error) {
	status, err := s.book.Status(ctx)
	if err != nil {
		return nil, err
	}
	out := []DirectoryState{}
	for _, d := range s.in.Directories {
		x := DirectoryState{Name: d.Name, Nation: d.Nation, State: "never-read"}
		for _, st := range status {
			if st.Directory == d.Name {
				x = directoryState(d, st)
			}
		}
		if d.Mode == "look-up" && x.State == "never-read" {
			x.State = "ok" // it is never read as a whole
		}
		out = append(out, x)
	}
	return out, nil
}

func directoryState(d installation.Directory, st ldapbook.Status) DirectoryState {
	x := DirectoryState{Name: d.Name, Nation: d.Nation, State: "ok", Error: st.Error, Entries: st.Entries}
	if !st.LastSuccess.IsZero() {
		x.LastRead = &st.LastSuccess
	}
	if !st.LastAttempt.IsZero() {
		x.LastAttempt = &st.LastAttempt
	}
	switch {
	case st.Incomplete:
		x.State = "incomplete"
	case st.Error != "":
		x.State = "failed"
	case st.LastSuccess.IsZero():
		x.State = "never-read"
	}
	return x
}

// EntryDocument is everything a drafter may know of an entry. What it holds is not in it (RULES 19).
type EntryDocument struct {
	Hit
	Phone      []string `json:"phone" nullable:"false"`
	Directory  string   `json:"directory"`
	Transport  string   `json:"transport"`
	Clearances int      `json:"clearances" doc:"how many clearances are published"`
	Members    []string `json:"members" nullable:"false" doc:"DNs of members or occupants"`
	Resolved   []Hit    `json:"resolved" nullable:"false" doc:"those of members that the book has, in their order"`
}

// Show finds entries by id ("GBR:…") or address.
func (s *Service) Show(ctx context.Context, what string) ([]EntryDocument, error) {
	var entries []ldapbook.Entry
	if directory, uuid, ok := strings.Cut(what, ":"); ok && !strings.Contains(what, "@") {
		e, found, err := s.book.ByUUID(ctx, directory, uuid)
		if err != nil {
			return nil, err
		}
		if found {
			entries = append(entries, e)
		}
	} else {
		found, err := s.book.ByAddress(ctx, []string{what})
		if err != nil {
			return nil, err
		}
		entries = found[ldapbook.FoldAddress(what)]
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%w: nobody in the book has the id or address %q", ErrNotFound, what)
	}
	out := []EntryDocument{}
	for _, e := range entries {
		x := EntryDocument{
			Hit: hit(e), Phone: notNil(e.Phone), Directory: e.Directory, Transport: string(e.Transport),
			Clearances: len(e.Clearance), Members: notNil(append(append([]string{}, e.Members...), e.Occupants...)),
		}
		var err error
		if x.Resolved, err = s.resolved(ctx, e.Directory, x.Members); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// resolved gives the entries of one directory that have these names, in their order; names that the book has not are left out.
func (s *Service) resolved(ctx context.Context, directory string, dns []string) ([]Hit, error) {
	out := []Hit{}
	found, err := s.book.ByDN(ctx, directory, dns)
	if err != nil {
		return nil, err
	}
	for _, dn := range dns {
		if e, ok := found[ldapbook.FoldDN(dn)]; ok {
			out = append(out, hit(e))
		}
	}
	return out, nil
}
