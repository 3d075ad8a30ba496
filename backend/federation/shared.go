package federation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// sharedEntry is a person who goes by an address that another entry of the same directory claims too, with what a check says of
// that address: all who claim it are decided, and the worst counts (RULES 6).
type sharedEntry struct {
	entry         ldapbook.Entry
	outcome, link presend.Outcome
	withdrawn     int // 1: of one who claims it the clearance is gone (RULES 8)
}

// claimsAtOnce is how many addresses are looked up at once.
const claimsAtOnce = 500

// shared checks the addresses that several entries of the directory that decides for them claim.
func (s *Screen) shared(ctx context.Context) ([]sharedEntry, error) {
	addresses, err := s.f.sharedAddresses(ctx)
	if err != nil {
		return nil, err
	}
	var out []sharedEntry
	for chunk := range slices.Chunk(addresses, claimsAtOnce) {
		more, err := s.checkShared(ctx, chunk)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func (s *Screen) checkShared(ctx context.Context, addresses []string) ([]sharedEntry, error) {
	found, err := s.f.book.ByAddress(ctx, addresses)
	if err != nil {
		return nil, err
	}
	var out []sharedEntry
	for _, a := range addresses {
		d, ok := s.f.deciding(s.channel, a)
		if !ok {
			continue
		}
		claims := slices.DeleteFunc(found[a], func(e ldapbook.Entry) bool { return e.Directory != d.Name })
		if len(claims) < 2 {
			continue
		}
		o, link, err := s.worst(ctx, a, claims)
		if err != nil {
			return nil, err
		}
		gone := 0
		if slices.ContainsFunc(claims, func(e ldapbook.Entry) bool { return s.isLost(e) }) {
			gone = 1
		}
		for _, e := range claims {
			if e.Kind == ldapbook.KindPerson && ldapbook.FoldAddress(goesBy(e, s.channel)) == a {
				out = append(out, sharedEntry{e, o, link, gone})
			}
		}
	}
	return out, nil
}

// worst is what an address comes to that several entries claim. Where one of them is no person, whoever is behind it counts too.
func (s *Screen) worst(ctx context.Context, address string, claims []ldapbook.Entry) (outcome, link presend.Outcome, err error) {
	link = s.Link(address).Outcome
	if slices.ContainsFunc(claims, func(e ldapbook.Entry) bool { return e.Kind != ldapbook.KindPerson }) {
		outcome, err := s.checked(ctx, address)
		return outcome, link, err
	}
	outcome = presend.Cleared
	for _, e := range claims {
		outcome = presend.Worse(outcome, s.Judge(e).Outcome)
	}
	return outcome, link, nil
}

// checked is what the check while drafting says of one address; unknown of one that no draft can have.
func (s *Screen) checked(ctx context.Context, address string) (presend.Outcome, error) {
	d := draft.Draft{Channel: s.channel, From: s.from, Action: []string{address}, Label: s.label}
	if strings.Contains(address, "/") || d.Validate() != nil {
		return presend.Unknown, nil
	}
	r, err := presend.Check(ctx, s.f.question(d))
	if err != nil {
		return "", fmt.Errorf("%s: %w", address, err)
	}
	return r.Report().Recipients[0].Verdict.Outcome, nil
}

// sharedAddresses lists the addresses that several entries claim. The list is kept until the book is written again: to find it
// takes a look at every address.
func (f *Federation) sharedAddresses(ctx context.Context) ([]string, error) {
	edition, err := f.book.Edition(ctx) // before the list: what is written meanwhile makes it old at once
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	kept := f.sharing
	f.mu.Unlock()
	if kept.edition == edition {
		return kept.addresses, nil
	}
	addresses, err := f.book.Shared(ctx)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sharing = sharing{edition, addresses}
	return addresses, nil
}

// sharing is the addresses that several entries claimed when the book was in a state.
type sharing struct {
	edition   int64
	addresses []string
}
