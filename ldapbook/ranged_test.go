package ldapbook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
	"caveat/ldapbook/ldaptest"
)

// listOf makes a list with n members, as Active Directory would have it.
func listOf(name string, n int) ldaptest.Entry {
	e := ldaptest.Entry{DN: "cn=" + name + ",ou=lists," + suffix, Attrs: attrs("objectClass", "group", "cn", name,
		"mail", name+"@nor.example")}
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf("uid=p%04d,ou=people,%s", i, suffix)
	}
	e.Attrs = append(e.Attrs, ldaptest.Attr{Name: "member", Values: members})
	return e
}

// askings are the ways to read one entry live.
var askings = map[string]func(ctx context.Context, c *ldapbook.Conn, e ldaptest.Entry) ([]ldapbook.Entry, error){
	"by DN": func(ctx context.Context, c *ldapbook.Conn, e ldaptest.Entry) ([]ldapbook.Entry, error) {
		found, _, err := c.ByDN(ctx, []string{e.DN})
		return found, err
	},
	"by address": func(ctx context.Context, c *ldapbook.Conn, e ldaptest.Entry) ([]ldapbook.Entry, error) {
		found, _, err := c.ByAddress(ctx, e.Values("mail"))
		return found, err
	},
	"search": func(ctx context.Context, c *ldapbook.Conn, e ldaptest.Entry) ([]ldapbook.Entry, error) {
		found, _, err := c.Search(ctx, ldapbook.Query{Text: e.Values("cn")[0], Kind: ldapbook.KindList})
		return found, err
	},
}

func TestMembersInRanges(t *testing.T) {
	sizes := []int{0, 1, 7, 8, 9, 14, 15, 100}
	var lists []ldaptest.Entry
	for _, n := range sizes {
		lists = append(lists, listOf(fmt.Sprintf("list%dx", n), n))
	}
	w := startEmbedded(t, startOptions{entries: lists})
	w.ldap.Mapping = preset(t, "active-directory")
	w.server.Ranges(7, ldaptest.RangeSound)
	c := dial(t, w.ldap)
	for name, ask := range askings {
		for i, n := range sizes {
			found, err := ask(t.Context(), c, lists[i])
			if err != nil || len(found) != 1 {
				t.Fatalf("%s, %d: %v, %v", name, n, found, err)
			}
			if e := found[0]; e.MembersIncomplete || !slices.Equal(e.Members, lists[i].Values("member")) {
				t.Errorf("%s, %d: %d members, incomplete %v", name, n, len(e.Members), e.MembersIncomplete)
			}
		}
	}
	// Several at once, and an attribute of occupants.
	var dns []string
	for _, l := range lists {
		dns = append(dns, l.DN)
	}
	w.ldap.Mapping.Members, w.ldap.Mapping.Occupants = []string{}, []string{"member"}
	found, missing, err := dial(t, w.ldap).ByDN(t.Context(), dns)
	if err != nil || len(missing) != 0 || len(found) != len(lists) {
		t.Fatal(missing, err)
	}
	for i, e := range found {
		if e.MembersIncomplete || len(e.Occupants) != sizes[i] || len(e.Members) != 0 {
			t.Errorf("%d: %d, incomplete %v", sizes[i], len(e.Occupants), e.MembersIncomplete)
		}
	}
}

func TestRangesOfAWrongServer(t *testing.T) {
	for name, fault := range map[string]ldaptest.RangeFault{
		"repeats": ldaptest.RangeRepeats, "goes backwards": ldaptest.RangeBackwards,
		"holds less than it says": ldaptest.RangeShort, "stops": ldaptest.RangeStops,
	} {
		t.Run(name, func(t *testing.T) {
			list := listOf("ops", 30)
			w := startEmbedded(t, startOptions{entries: append(crowd(2), list)})
			w.server.Ranges(7, fault)
			c := dial(t, w.ldap)
			for how, ask := range askings {
				found, err := ask(t.Context(), c, list)
				if err != nil || len(found) != 1 || !found[0].MembersIncomplete {
					t.Errorf("%s: %v, %v", how, found, err)
				}
			}
			// The connection still serves.
			if found, _, err := c.ByAddress(t.Context(), []string{"p0001@nor.example"}); err != nil || len(found) != 1 {
				t.Error(found, err)
			}
		})
	}
}

// TestRangesWithoutEnd: what never ends is given up.
func TestRangesWithoutEnd(t *testing.T) {
	list := listOf("ops", 30)
	w := startEmbedded(t, startOptions{entries: []ldaptest.Entry{list}})
	w.server.Ranges(2, ldaptest.RangeEndless)
	c := dial(t, w.ldap)
	err := bounded(t, func(ctx context.Context) error {
		found, _, err := c.ByDN(ctx, []string{list.DN})
		if err == nil && (len(found) != 1 || !found[0].MembersIncomplete || len(found[0].Members) > 2) {
			t.Errorf("%+v", found)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestRangeOfAnotherAttribute: what comes in a range and is not of the members cannot be completed, and says so.
func TestRangeOfAnotherAttribute(t *testing.T) {
	for name, attr := range map[string]string{
		"addresses in a range": "mail;range=0-1", "not from the beginning": "member;range=5-9",
		"no number": "member;range=x", "backwards": "member;range=9-5",
	} {
		e := mapped(t, ldapbook.Mapping{}, "objectClass", "group", attr, "x@y", "member;range=0-0", "cn=a")
		if !e.MembersIncomplete {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if e := mapped(t, ldapbook.Mapping{}, "objectClass", "group", "member;range=0-*", "cn=a"); e.MembersIncomplete || len(e.Members) != 1 {
		t.Errorf("all in one range: %+v", e)
	}
}

func TestRangeIsBrokenOff(t *testing.T) {
	list := listOf("ops", 30)
	w := startEmbedded(t, startOptions{entries: []ldaptest.Entry{list}})
	w.server.Ranges(2, ldaptest.RangeEndless)
	c := dial(t, w.ldap)
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	if _, _, err := c.ByDN(ctx, []string{list.DN}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestSyncMembersInRanges: the bulk read completes lists between its pages, paged or not.
func TestSyncMembersInRanges(t *testing.T) {
	entries := crowd(20)
	for i := range 9 {
		entries = append(entries, listOf(fmt.Sprintf("list%d", i), 10*i))
	}
	w := startEmbedded(t, startOptions{entries: entries})
	for name, test := range map[string]struct {
		page  int
		fault ldaptest.RangeFault
	}{
		"paged": {7, ldaptest.RangeSound}, "in one page": {1000, ldaptest.RangeSound}, "wrong ranges": {7, ldaptest.RangeRepeats},
	} {
		t.Run(name, func(t *testing.T) {
			w.server.Ranges(7, test.fault)
			w.ldap.PageSize = test.page
			b := openBook(t)
			if r := mustSync(t, b, w.ldap); r.Read != 29 {
				t.Fatalf("%+v", r)
			}
			for i := range 9 {
				found := byAddress(t, b, fmt.Sprintf("list%d@nor.example", i))
				if len(found) != 1 || found[0].MembersIncomplete != (i > 0 && test.fault != ldaptest.RangeSound) {
					t.Fatalf("%d: %+v", i, found)
				}
				if !found[0].MembersIncomplete && len(found[0].Members) != 10*i {
					t.Errorf("%d: %d members", i, len(found[0].Members))
				}
			}
		})
	}
}

// TestAskedTwice: a list that is asked for several times is whole each time.
func TestAskedTwice(t *testing.T) {
	list := listOf("ops", 30)
	w := startEmbedded(t, startOptions{entries: []ldaptest.Entry{list}})
	w.server.Ranges(7, ldaptest.RangeSound)
	found, _, err := dial(t, w.ldap).ByDN(t.Context(), []string{list.DN, list.DN, "CN=Ops, OU=Lists,o=norland"})
	if err != nil || len(found) != 3 {
		t.Fatal(found, err)
	}
	for _, e := range found {
		if e.MembersIncomplete || len(e.Members) != 30 {
			t.Errorf("%d members, %v", len(e.Members), e.MembersIncomplete)
		}
	}
}

// scripted answers the n-th search with the n-th list of entries, and the last list for ever.
func scripted(t *testing.T, answers ...[]ldaptest.Entry) ldapbook.Source {
	t.Helper()
	ln := listen(t)
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		for n := 0; ; n++ {
			body, err := wire.ReadMessage(r, nil)
			if err != nil {
				return
			}
			m, _ := wire.ParseMessage(body)
			for _, e := range answers[min(n, len(answers)-1)] {
				_, _ = c.Write(entryMessage(m.ID, e))
			}
			done := wire.TLV(wire.OpSearchDone, wire.Int(wire.TagEnumerated, 0), wire.Text(wire.TagOctetString, ""), wire.Text(wire.TagOctetString, ""))
			_, _ = c.Write(wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, m.ID), done))
		}
	}()
	return ldapbook.Source{Name: "N", URLs: []string{"ldap://" + ln.Addr().String()}, Security: ldapbook.TransportPlain, BaseDN: suffix}
}

func entryMessage(id int64, e ldaptest.Entry) []byte {
	var list []byte
	for _, a := range e.Attrs {
		var set []byte
		for _, v := range a.Values {
			set = append(set, wire.Text(wire.TagOctetString, v)...)
		}
		list = append(list, wire.TLV(wire.TagSequence, wire.Text(wire.TagOctetString, a.Name), wire.TLV(wire.TagSet, set))...)
	}
	op := wire.TLV(wire.OpSearchEntry, wire.Text(wire.TagOctetString, e.DN), wire.TLV(wire.TagSequence, list))
	return wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, id), op)
}

// TestAnswersThatContradict: what doesn't fit together is not put together.
func TestAnswersThatContradict(t *testing.T) {
	part := func(pairs ...string) ldaptest.Entry {
		return ldaptest.Entry{DN: "cn=l," + suffix, Attrs: attrs(pairs...)}
	}
	first := part("objectClass", "group", "mail", "l@x", "member;range=0-1", "cn=a", "member;range=0-1", "cn=b")
	for name, test := range map[string]struct {
		answers [][]ldaptest.Entry
		members int // 0: incomplete
	}{
		"as it should be":            {[][]ldaptest.Entry{{first}, {part("MEMBER;Range=2-*", "cn=c")}}, 3},
		"one of a name, twice":       {[][]ldaptest.Entry{{first, part("objectClass", "group", "mail", "l@x", "member;range=0-0", "cn=a")}, {part("member;range=2-*", "cn=c")}}, 0},
		"the first holds too little": {[][]ldaptest.Entry{{part("objectClass", "group", "mail", "l@x", "member;range=0-1", "cn=a")}, {part("member;range=2-*", "cn=c")}}, 0},
		"two ranges in one answer":   {[][]ldaptest.Entry{{first}, {part("member;range=2-2", "cn=c", "member;range=3-*", "cn=d")}}, 0},
		"another attribute":          {[][]ldaptest.Entry{{first}, {part("uniqueMember;range=2-*", "cn=c")}}, 0},
		"without range":              {[][]ldaptest.Entry{{first}, {part("member", "cn=c")}}, 0},
		"no such range":              {[][]ldaptest.Entry{{first}, {part("member;range=2", "cn=c")}}, 0},
		"no entry":                   {[][]ldaptest.Entry{{first}, {}}, 0},
		"more than it says":          {[][]ldaptest.Entry{{first}, {part("member;range=2-2", "cn=c", "member;range=2-2", "cn=d")}}, 0},
		"a number that is too large": {[][]ldaptest.Entry{{first}, {part("member;range=2-99999999999999999999", "cn=c")}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			found, _, err := dial(t, scripted(t, test.answers...)).ByAddress(t.Context(), []string{"l@x"})
			if err != nil || len(found) == 0 {
				t.Fatal(found, err)
			}
			for _, e := range found {
				if e.MembersIncomplete != (test.members == 0) || test.members > 0 && len(e.Members) != test.members {
					t.Errorf("%d members, incomplete %v", len(e.Members), e.MembersIncomplete)
				}
			}
		})
	}
}
