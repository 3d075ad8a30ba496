package ldapbook_test

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
)

const allList = "cn=all," + suffix

// urlList is a dynamic list with URLs that this server is asked for.
func (w *evil) urlList(urls int, controls ...[]byte) error {
	pairs := []string{"objectClass", "groupOfURLs", "cn", "all", "mail", "all@nor.example", "entryUUID", uuidText(1_000_000)}
	for i := range urls { // each of a description of its own: the helper gives one value each
		pairs = append(pairs, fmt.Sprintf("memberURL;x-%d", i), "ldap:///"+suffix+"??sub?(uid=*)")
	}
	return w.entry(allList, pairs, controls...)
}

func (w *evil) failed() error {
	return errors.Join(w.message(wire.TLV(wire.OpSearchDone, wire.Int(wire.TagEnumerated, 1), wire.Text(wire.TagOctetString, ""),
		wire.Text(wire.TagOctetString, ""))), w.Flush())
}

// A dynamic list that cannot be had is incomplete; it neither fails the read of its nation nor is read without end (RULES 7, 16).
func TestRule16HostileDynamicLists(t *testing.T) {
	for name, x := range map[string]struct {
		urls    int
		timeout time.Duration
		say     answer // to the search for members
	}{
		"no answer":         {1, 500 * time.Millisecond, func(*evil) error { return nil }},
		"too many URLs":     {100, 20 * time.Second, func(w *evil) error { return errors.Join(w.someone(7), w.done()) }},
		"the line is cut":   {1, 20 * time.Second, func(*evil) error { return io.EOF }},
		"not LDAP":          {1, 20 * time.Second, func(w *evil) error { _, err := w.WriteString("HTTP/1.1"); return errors.Join(err, w.Flush()) }},
		"pages without end": {1, 20 * time.Second, func(w *evil) error { return w.nextPage([]byte("again")) }},
		"empty names without end": {1, 20 * time.Second, func(w *evil) error {
			return w.again(wire.TLV(wire.OpSearchEntry, wire.Text(wire.TagOctetString, ""), wire.TLV(wire.TagSequence)))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			first := func(w *evil) error { return errors.Join(w.someone(1), w.urlList(x.urls), w.done()) }
			src := startHostile(t, false, func(w *evil) error {
				if asked.Add(1) == 1 {
					return first(w)
				}
				return x.say(w)
			})
			src.Timeout = x.timeout
			b := openBook(t)
			mustSync(t, b, src)
			list, other := byAddress(t, b, "all@nor.example"), byAddress(t, b, "p1@nor.example")
			if len(other) != 1 || len(list) != 1 || !list[0].MembersIncomplete || !list[0].Dynamic {
				t.Errorf("%+v, %+v", list, other)
			}
			if n := asked.Load(); n > 30 {
				t.Errorf("asked %d times", n)
			}

			asked.Store(0)
			c := dial(t, src)
			for range 2 { // the connection is of use after it
				asked.Store(0)
				found, _, err := c.ByAddress(t.Context(), []string{"all@nor.example", "p1@nor.example"})
				if err != nil || len(found) != 2 || !found[1].MembersIncomplete {
					t.Fatalf("live: %+v, %v", found, err)
				}
			}
		})
	}
}

// What somebody types asks for no members.
func TestRule22TypedSearchAsksForNoMembers(t *testing.T) {
	var asked atomic.Int64
	src := startHostile(t, false, func(w *evil) error {
		asked.Add(1)
		return errors.Join(w.urlList(1), w.done())
	})
	found, _, err := dial(t, src).Search(t.Context(), ldapbook.Query{Text: "all"})
	if err != nil || len(found) != 1 || !found[0].MembersIncomplete || asked.Load() != 1 {
		t.Errorf("%+v, %v, asked %d times", found, err, asked.Load())
	}
}

// What an answer left that broke off is not taken for part of the next one.
func TestBrokenAnswerLeavesNothingBehind(t *testing.T) {
	var asked atomic.Int64
	src := startHostile(t, false, func(w *evil) error {
		list := func(members ...string) error {
			return w.entry(allList, append([]string{"objectClass", "groupOfNames", "cn", "all", "mail", "all@nor.example",
				"entryUUID", uuidText(1)}, members...))
		}
		switch asked.Add(1) {
		case 1:
			return errors.Join(list("member;range=0-0", "cn=a,"+suffix), w.failed())
		case 2:
			return errors.Join(w.twoOfThree(), w.done())
		default:
			return errors.Join(list("member;range=2-*", "cn=c,"+suffix), w.done())
		}
	})
	c := dial(t, src)
	if _, _, err := c.ByAddress(t.Context(), []string{"all@nor.example"}); err == nil {
		t.Fatal("no error")
	}
	found, _, err := c.ByAddress(t.Context(), []string{"all@nor.example"})
	if err != nil || len(found) != 1 || found[0].MembersIncomplete || len(found[0].Members) != 3 {
		t.Errorf("%+v, %v", found, err)
	}
}

// twoOfThree sends a list with two members in one range.
func (w *evil) twoOfThree() error {
	return w.message(wire.TLV(wire.OpSearchEntry, wire.Text(wire.TagOctetString, allList), wire.TLV(wire.TagSequence,
		w.pair("objectClass", wire.Text(wire.TagOctetString, "groupOfNames")), w.pair("cn", wire.Text(wire.TagOctetString, "all")),
		w.pair("mail", wire.Text(wire.TagOctetString, "all@nor.example")), w.pair("entryUUID", wire.Text(wire.TagOctetString, uuidText(1))),
		w.pair("member;range=0-1", wire.Text(wire.TagOctetString, "cn=a,"+suffix), wire.Text(wire.TagOctetString, "cn=b,"+suffix)))))
}

func (w *evil) pair(name string, values ...[]byte) []byte {
	return wire.TLV(wire.TagSequence, wire.Text(wire.TagOctetString, name), wire.TLV(wire.TagSet, values...))
}

// A read that breaks off after the server called the list unchanged makes the list no newer: nobody was asked for its members.
func TestRule13BrokenReadMakesNoDynamicListNewer(t *testing.T) {
	var asked atomic.Int64
	src := startHostile(t, true, func(w *evil) error {
		switch asked.Add(1) {
		case 1:
			return errors.Join(w.someone(1, syncState(wire.SyncAdd, uuidOctets(1))),
				w.urlList(1, syncState(wire.SyncAdd, uuidOctets(1_000_000))), w.done(syncDone("c")))
		case 2: // the members
			return errors.Join(w.someone(1), w.done())
		default:
			return errors.Join(w.ids(false, uuidOctets(1), uuidOctets(1_000_000)), w.Flush(), io.EOF)
		}
	})
	b := openBook(t)
	mustSync(t, b, src)
	list, person := byAddress(t, b, "all@nor.example")[0], byAddress(t, b, "p1@nor.example")[0]
	if _, err := b.Sync(t.Context(), src, nil); err == nil {
		t.Fatal("no error")
	}
	if now := byAddress(t, b, "p1@nor.example")[0]; !now.ReadAt.After(person.ReadAt) {
		t.Errorf("a person: %s, before %s", now.ReadAt, person.ReadAt)
	}
	if now := byAddress(t, b, "all@nor.example")[0]; !now.Dynamic || now.MembersIncomplete || !now.ReadAt.Equal(list.ReadAt) {
		t.Errorf("a dynamic list: %s, before %s", now.ReadAt, list.ReadAt)
	}
}
