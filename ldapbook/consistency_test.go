package ldapbook_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
)

// randomEntry draws an entry whose parts come from small sets, so that entries share them.
func randomEntry(r *rand.Rand, n int) ldapbook.Entry {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	kinds := []ldapbook.Kind{ldapbook.KindPerson, ldapbook.KindPerson, ldapbook.KindRole, ldapbook.KindList, ldapbook.KindRoom,
		ldapbook.KindOrganisation}
	e := ldapbook.Entry{
		UUID: fmt.Sprintf("00000000-0000-0000-0000-%012d", n), Kind: kinds[r.IntN(len(kinds))], Nation: "NOR", ReadAt: time.Now(),
		DN:      fmt.Sprintf("uid=%d,%s", n, pick("ou=a,o=n", "ou=b,ou=a,o=n", "OU=B, ou=a,o=n", "o=n", "ou=c\\,d,o=n", "")),
		Surname: pick("Hansen", "Hans", "Koval", "Коваль", "Åse", ""), GivenName: pick("Anna", "Юрій", "Bo", ""),
		Rank: pick("", "OF-3"), Title: pick("", "Plans Officer"), Unit: pick("", "6 Brigade", "6 BRIGADE", "b"),
		Organisation: pick("", "Norland Army", "Navy"), Transport: ldapbook.Transport(pick("ldaps", "starttls")),
	}
	e.DN = strings.TrimSuffix(e.DN, ",")
	e.Name = pick(e.GivenName+" "+e.Surname, "Desk", e.Surname)
	if r.IntN(3) > 0 {
		e.Mail = []string{fmt.Sprintf("x%d@%s", r.IntN(30), pick("nor.example", "NOR.example", "aus.example"))}
	}
	if r.IntN(2) > 0 {
		e.JID = []string{fmt.Sprintf("j%d@xmpp.nor.example%s", n, pick("", "/desk"))}
	}
	if r.IntN(3) > 0 {
		e.Clearance = []string{pick(secret, restricted)}
	}
	if r.IntN(4) == 0 {
		e.Members = []string{fmt.Sprintf("uid=%d,o=n", r.IntN(40))}
		e.Phone = []string{"+47 1", ""}
		e.Capabilities = ldapbook.Capabilities{MaxSize: 9, NoAttachments: true, EmCon: "enabled", Labels: ldapbook.AnswerNo}
	}
	if r.IntN(4) == 0 {
		e.ExpiresAt = time.UnixMicro(int64(r.IntN(3))) // 0: none
	}
	e.Disabled = r.IntN(4) == 0
	return e
}

// TestCountsAgree: after each of many random writes the book holds what was written, and everything that is counted or
// derived is what a count over the entries gives.
func TestCountsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	b := openBook(t)
	want := map[string]map[string]ldapbook.Entry{"N": {}, "M": {}} // by directory and UUID
	for round := range 60 {
		dir := []string{"N", "M"}[r.IntN(2)]
		var batch []ldapbook.Entry
		var gone ldapbook.Asked
		for _, n := range r.Perm(40)[:r.IntN(12)] {
			e := randomEntry(r, n)
			e.Directory = dir
			if r.IntN(4) == 0 {
				gone.UUIDs = append(gone.UUIDs, e.UUID)
				delete(want[dir], e.UUID)
				continue
			}
			batch = append(batch, e)
			want[dir][e.UUID] = e
		}
		must(t, b.Put(t.Context(), dir, batch, gone))
		if round == 40 {
			must(t, b.Forget(t.Context(), "M"))
			clear(want["M"])
		}
		if round%5 == 0 || round > 38 {
			checkBook(t, b, want)
		}
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
	}
}

func checkBook(t *testing.T, b *ldapbook.Book, want map[string]map[string]ldapbook.Entry) {
	t.Helper()
	ctx := t.Context()
	classes := map[string]int{}
	wantClasses := map[string]int{}
	all, err := b.Classes(ctx)
	must(t, err)
	byNumber := map[int64]string{}
	classText := func(dir string, kind ldapbook.Kind, tr ldapbook.Transport, mail, chat string, clearance []string, disabled, expires bool) string {
		return fmt.Sprint(dir, kind, tr, mail, chat, clearance, disabled, expires)
	}
	for _, c := range all {
		byNumber[c.ID] = classText(c.Directory, c.Kind, c.Transport, c.MailDomain, c.ChatDomain, c.Clearance, c.Disabled, c.Expires)
		classes[byNumber[c.ID]] += c.Entries
	}
	for dir, entries := range want {
		spread, wantSpread := map[string]int{}, map[string]int{}
		rows, err := b.Spread(ctx, dir)
		must(t, err)
		for i, s := range rows {
			spread[strings.ToLower(s.Unit)+" "+byNumber[s.Class]] += s.Entries
			if i > 0 && !(strings.ToLower(rows[i-1].Unit) < strings.ToLower(s.Unit) ||
				strings.EqualFold(rows[i-1].Unit, s.Unit) && rows[i-1].Class < s.Class && rows[i-1].Unit == s.Unit) {
				t.Errorf("order: %+v after %+v", s, rows[i-1])
			}
		}
		addressees := 0
		for _, e := range entries {
			domain := func(list []string) string {
				if len(list) == 0 {
					return ""
				}
				_, d, _ := strings.Cut(strings.ToLower(list[0]), "@")
				d, _, _ = strings.Cut(d, "/")
				return d
			}
			expires := !e.ExpiresAt.IsZero() && e.ExpiresAt.UnixMicro() != 0
			c := classText(dir, e.Kind, e.Transport, domain(e.Mail), domain(e.JID), e.Clearance, e.Disabled, expires)
			wantClasses[c]++
			wantSpread[strings.ToLower(e.Unit)+" "+c]++
			if e.Kind != ldapbook.KindOrganisation {
				addressees++
			}
			got, ok, err := b.ByUUID(ctx, dir, e.UUID)
			got.ReadAt, e.ReadAt = time.Time{}, time.Time{}
			if e.ExpiresAt = e.ExpiresAt.UTC(); !expires {
				e.ExpiresAt = time.Time{}
			}
			if err != nil || !ok || !reflect.DeepEqual(got, e) {
				t.Errorf("stored %+v\n   got %+v, %v", e, got, err)
			}
			checkFound(t, b, e)
		}
		if !maps.Equal(spread, wantSpread) {
			t.Errorf("spread of %s: %v\nwant %v", dir, spread, wantSpread)
		}
		top, err := b.Nodes(ctx, dir, 0)
		must(t, err)
		total := 0
		for _, n := range top {
			total += n.Total
			checkNode(t, b, n)
		}
		if total != addressees {
			t.Errorf("the tree of %s has %d addressees of %d", dir, total, addressees)
		}
	}
	if !maps.Equal(classes, wantClasses) {
		t.Errorf("classes: %v\nwant %v", classes, wantClasses)
	}
	shared, err := b.Shared(ctx)
	must(t, err)
	if wantShared := sharedOf(want); !slices.Equal(shared, wantShared) {
		t.Errorf("addresses that several claim: %q\nwant %q", shared, wantShared)
	}
}

// sharedOf are the addresses that several entries of one directory have.
func sharedOf(want map[string]map[string]ldapbook.Entry) (shared []string) {
	for _, entries := range want {
		claims := map[string]int{}
		for _, e := range entries {
			own := map[string]bool{}
			for _, a := range slices.Concat(e.Mail, e.JID) {
				own[ldapbook.FoldAddress(a)] = true
			}
			for a := range own {
				claims[a]++
			}
		}
		for a, n := range claims {
			if n > 1 {
				shared = append(shared, a)
			}
		}
	}
	slices.Sort(shared)
	return slices.Compact(shared)
}

// checkFound looks for an entry in every way.
func checkFound(t *testing.T, b *ldapbook.Book, e ldapbook.Entry) {
	t.Helper()
	is := func(x ldapbook.Entry) bool { return x.UUID == e.UUID && x.Directory == e.Directory }
	for _, text := range []string{e.Surname, e.Organisation, ""} {
		q := ldapbook.Query{Text: text, Limit: ldapbook.MaxLimit}
		if e.Kind == ldapbook.KindOrganisation {
			q.Kind = e.Kind
		}
		found, err := b.Search(t.Context(), q)
		if err != nil || !slices.ContainsFunc(found, is) {
			t.Errorf("%q does not find %+v: %v", text, e, err)
		}
	}
	for _, a := range append(e.Mail, e.JID...) {
		found, err := b.ByAddress(t.Context(), []string{a})
		if err != nil || !slices.ContainsFunc(found[ldapbook.FoldAddress(a)], is) {
			t.Errorf("%q does not find %+v: %v", a, e, err)
		}
	}
	for _, dn := range e.Members {
		found, err := b.GroupsOf(t.Context(), e.Directory, dn)
		if err != nil || !slices.ContainsFunc(found, is) {
			t.Errorf("%q is not in %+v: %v", dn, e, err)
		}
	}
}

func checkNode(t *testing.T, b *ldapbook.Book, n ldapbook.Node) {
	t.Helper()
	in, err := b.InNode(t.Context(), n.ID, 0, ldapbook.MaxLimit)
	below, err2 := b.Nodes(t.Context(), n.Directory, n.ID)
	total := len(in)
	for _, x := range below {
		total += x.Total
		checkNode(t, b, x)
	}
	if err != nil || err2 != nil || len(in) != n.Entries || total != n.Total || len(below) != n.Nodes {
		t.Errorf("%+v: %d in it, %d with what is below, %d nodes: %v %v", n, len(in), total, len(below), err, err2)
	}
}

// A class's number is never used for another, also after Forget and across openings.
func TestClassNumbersAreNotUsedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	seen := map[int64]string{}
	for round := range 6 {
		b, err := ldapbook.Open(context.Background(), path)
		must(t, err)
		e := human("Anna", "Hansen")
		e.Clearance = []string{fmt.Sprint(round)}
		put(t, b, "Norland", "NOR", e)
		all, err := b.Classes(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		if other, used := seen[all[0].ID]; used {
			t.Errorf("%d was %s", all[0].ID, other)
		}
		seen[all[0].ID] = fmt.Sprint(all[0])
		if round%2 == 0 {
			must(t, b.Forget(t.Context(), "Norland"))
		}
		must(t, b.Close())
	}
}
