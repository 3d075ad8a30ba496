package ldapbook_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
)

// answer is what a hostile server says to a search, beside the root DSE. An error ends the connection.
type answer func(w *evil) error

// evil writes messages of one search.
type evil struct {
	*bufio.Writer
	id   int64
	page int // of this connection, from 0
}

func (w *evil) message(op []byte, controls ...[]byte) error {
	parts := [][]byte{wire.Int(wire.TagInteger, w.id), op}
	if len(controls) > 0 {
		parts = append(parts, wire.TLV(wire.TagControls, controls...))
	}
	_, err := w.Write(wire.TLV(wire.TagSequence, parts...))
	return err
}

// again sends one message without end, many in each write: of what a server does, here only the client's part shall take time.
func (w *evil) again(op []byte) error {
	messages := bytes.Repeat(wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, w.id), op), 1000)
	for {
		if _, err := w.Write(messages); err != nil {
			return err
		}
	}
}

func (w *evil) entry(dn string, pairs []string, controls ...[]byte) error {
	var list [][]byte
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, wire.TLV(wire.TagSequence, wire.Text(wire.TagOctetString, pairs[i]),
			wire.TLV(wire.TagSet, wire.Text(wire.TagOctetString, pairs[i+1]))))
	}
	return w.message(wire.TLV(wire.OpSearchEntry, wire.Text(wire.TagOctetString, dn), wire.TLV(wire.TagSequence, list...)), controls...)
}

// someone is an entry that a book keeps; n makes its UUID and address.
func (w *evil) someone(n int, controls ...[]byte) error {
	return w.entry(fmt.Sprintf("uid=%d,%s", n, suffix), []string{"objectClass", "person", "cn", "Ola Nordmann",
		"mail", fmt.Sprintf("p%d@nor.example", n), "entryUUID", uuidText(n)}, controls...)
}

func uuidText(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", n) }

func uuidOctets(n int) []byte {
	return wire.TLV(wire.TagOctetString, []byte{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

func (w *evil) done(controls ...[]byte) error {
	return errors.Join(w.message(wire.TLV(wire.OpSearchDone, wire.Int(wire.TagEnumerated, 0), wire.Text(wire.TagOctetString, ""),
		wire.Text(wire.TagOctetString, "")), controls...), w.Flush())
}

// nextPage ends a page with a cookie.
func (w *evil) nextPage(cookie []byte) error {
	value := wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, 0), wire.TLV(wire.TagOctetString, cookie))
	return w.done(wire.Control(wire.OIDPagedResults, false, value))
}

func (w *evil) info(value []byte) error {
	return w.message(wire.TLV(wire.OpIntermediate, wire.Text(0x80, wire.OIDSyncInfo), wire.TLV(0x81, value)))
}

func (w *evil) ids(gone bool, ids ...[]byte) error {
	parts := [][]byte{wire.TLV(wire.TagSet, ids...)}
	if gone {
		parts = append([][]byte{wire.Bool(true)}, parts...)
	}
	return w.info(wire.TLV(0xa3, parts...))
}

func syncState(state wire.State, id []byte) []byte {
	return wire.Control(wire.OIDSyncState, false, wire.TLV(wire.TagSequence, wire.Int(wire.TagEnumerated, int64(state)), id))
}

func syncDone(cookie string) []byte {
	return wire.Control(wire.OIDSyncDone, false, wire.TLV(wire.TagSequence, wire.Text(wire.TagOctetString, cookie)))
}

// startHostile starts a server that offers sync where that is asked for, and answers searches as told.
func startHostile(t *testing.T, sync bool, say answer) ldapbook.Source {
	t.Helper()
	ln := listen(t)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go serveHostile(c, sync, say)
		}
	}()
	strategy := ldapbook.StrategyFull
	if sync {
		strategy = ldapbook.StrategySyncrepl
	}
	return ldapbook.Source{Name: "Hostile", Nation: "XXX", URLs: []string{"ldap://" + ln.Addr().String()},
		Security: ldapbook.TransportPlain, BaseDN: suffix, Timeout: 20 * time.Second,
		Refresh: ldapbook.Refresh{Strategy: strategy, MaxEntries: 20_000}}
}

func serveHostile(c net.Conn, sync bool, say answer) {
	defer c.Close()
	r := bufio.NewReader(c)
	for page := 0; ; page++ {
		body, err := wire.ReadMessage(r, nil)
		if err != nil {
			return
		}
		m, err := wire.ParseMessage(body)
		if err != nil || m.Op != wire.OpSearchRequest {
			return
		}
		w := &evil{Writer: bufio.NewWriterSize(c, 64<<10), id: m.ID, page: page}
		if say(w) != nil {
			return
		}
	}
}

const forever = 1 << 40

// hostileServers are servers that a sync must survive. want nil: no error.
var hostileServers = map[string]struct {
	sync bool
	say  answer
	want error
}{
	"pages without end": {say: func(w *evil) error {
		for i := range 1000 {
			if err := w.someone(w.page*1000 + i); err != nil {
				return err
			}
		}
		return w.nextPage(fmt.Append(nil, w.page))
	}, want: ldapbook.ErrTooMany},
	"empty pages without end": {say: func(w *evil) error { return w.nextPage(fmt.Append(nil, w.page)) }, want: ldapbook.ErrProtocol},
	"two pages in turn without end": {say: func(w *evil) error {
		return errors.Join(w.someone(w.page%2), w.nextPage(fmt.Append(nil, w.page)))
	}, want: ldapbook.ErrProtocol},
	"entries of no kind without end": {say: func(w *evil) error {
		for range forever {
			if err := w.entry("cn=x,"+suffix, []string{"objectClass", "device"}); err != nil {
				return err
			}
		}
		return nil
	}, want: ldapbook.ErrTooMany},
	"one entry without end": {say: func(w *evil) error {
		for range forever {
			if err := w.someone(1); err != nil {
				return err
			}
		}
		return nil
	}, want: ldapbook.ErrTooMany},
	"references without end": {say: func(w *evil) error {
		for range forever {
			if err := w.message(wire.TLV(wire.OpSearchReference, wire.Text(wire.TagOctetString, "ldap://127.0.0.1:1/"))); err != nil {
				return err
			}
		}
		return nil
	}, want: ldapbook.ErrProtocol},
	"an attribute of 500 MB": {say: huge(wire.OpSearchEntry, 500<<20), want: ldapbook.ErrProtocol},
	"many attributes of 15 MB": {say: func(w *evil) error {
		large := string(bytes.Repeat([]byte("x"), 15<<20))
		for i := range 12 {
			err := w.entry(fmt.Sprintf("cn=%d,%s", i, suffix), []string{"objectClass", "device", "description", large})
			if err != nil {
				return err
			}
		}
		return w.done()
	}},
	"entries without a name": {say: func(w *evil) error {
		for i := range 50 {
			if err := w.entry("", []string{"objectClass", "person", "cn", "X", "entryUUID", uuidText(i)}); err != nil {
				return err
			}
		}
		return w.done()
	}},
	"one UUID for all": {say: func(w *evil) error {
		for i := range 5000 {
			if err := w.entry(fmt.Sprintf("cn=%d,%s", i, suffix), []string{"objectClass", "person", "cn", "X", "entryUUID", uuidText(1)}); err != nil {
				return err
			}
		}
		return w.done()
	}},
	"NULs and no UTF-8": {say: func(w *evil) error {
		for i, bad := range []string{"\x00", "a\x00b", "\xff\xfe", "\xc3", "\xed\xa0\x80", "'; DROP TABLE entry; --", "\"*\" OR", string(make([]byte, 5000))} {
			err := w.entry("cn="+bad+","+suffix, []string{"objectClass", "person", "cn", bad, "sn", bad, "mail", bad + "@nor.example",
				"ou", bad, "o", bad, "entryUUID", bad, "confidentialityClearance", bad, "telephoneNumber", fmt.Sprint(i)})
			if err != nil {
				return err
			}
		}
		return w.done()
	}},
	"a page cookie of 1 MB": {say: func(w *evil) error { return errors.Join(w.someone(1), w.nextPage(make([]byte, 1<<20))) }, want: ldapbook.ErrProtocol},
	"a message that is none": {say: func(w *evil) error {
		_, err := w.WriteString("HTTP/1.1 400 Bad Request\r\n\r\n")
		return errors.Join(err, w.Flush())
	}, want: ldapbook.ErrProtocol},
	"the connection is cut": {say: func(w *evil) error { return errors.Join(w.someone(1), w.Flush(), io.EOF) }, want: ldapbook.ErrUnreachable},

	"a sync cookie of 100 MB": {sync: true, say: huge(wire.OpSearchDone, 100<<20), want: ldapbook.ErrProtocol},
	"a sync cookie of 1 MB":   {sync: true, say: func(w *evil) error { return w.done(syncDone(string(make([]byte, 1<<20)))) }, want: ldapbook.ErrProtocol},
	"sync messages without end": {sync: true, say: func(w *evil) error {
		for i := range forever {
			if err := w.info(wire.Text(0x80, fmt.Sprint(i))); err != nil {
				return err
			}
		}
		return nil
	}, want: ldapbook.ErrProtocol},
	"identifiers of nobody without end": {sync: true, say: endlessIDs(false, false), want: ldapbook.ErrProtocol},
	"the same identifiers without end":  {sync: true, say: endlessIDs(false, true), want: ldapbook.ErrProtocol},
	"deletions of nobody without end":   {sync: true, say: endlessIDs(true, false), want: ldapbook.ErrProtocol},
	"the same deletions without end":    {sync: true, say: endlessIDs(true, true), want: ldapbook.ErrProtocol},
	"garbage among the identifiers": {sync: true, say: func(w *evil) error {
		return errors.Join(w.ids(true, uuidOctets(1), wire.Text(wire.TagOctetString, "short")), w.done(syncDone("c")))
	}, want: ldapbook.ErrProtocol},
	"an entry without a state": {sync: true, say: func(w *evil) error {
		return errors.Join(w.someone(1), w.done(syncDone("c")))
	}, want: ldapbook.ErrProtocol},
	"synced entries without end": {sync: true, say: func(w *evil) error {
		for i := range forever {
			if err := w.someone(i, syncState(wire.SyncAdd, uuidOctets(i))); err != nil {
				return err
			}
		}
		return nil
	}, want: ldapbook.ErrTooMany},
	"an entry comes and goes": {sync: true, say: func(w *evil) error {
		return errors.Join(w.someone(1, syncState(wire.SyncAdd, uuidOctets(1))), w.ids(true, uuidOctets(1)),
			w.someone(2, syncState(wire.SyncAdd, uuidOctets(2))), w.ids(true, uuidOctets(2)),
			w.someone(2, syncState(wire.SyncAdd, uuidOctets(2))), w.done(syncDone("c")))
	}},
}

// huge sends one message of so many bytes, block by block.
func huge(op byte, size int) answer {
	return func(w *evil) error {
		id := wire.Int(wire.TagInteger, w.id)
		head := wire.AppendHeader(nil, wire.TagSequence, len(id)+wire.HeaderSize(size)+size)
		head = wire.AppendHeader(append(head, id...), op, size)
		if _, err := w.Write(head); err != nil {
			return err
		}
		block := make([]byte, 1<<20)
		for range size >> 20 {
			if _, err := w.Write(block); err != nil {
				return err
			}
		}
		return w.Flush()
	}
}

// endlessIDs first sends one entry that the book keeps, then identifiers: its own, or unknown ones.
func endlessIDs(gone, same bool) answer {
	return func(w *evil) error {
		if err := w.someone(1, syncState(wire.SyncAdd, uuidOctets(1))); err != nil {
			return err
		}
		for i := range forever {
			ids := make([][]byte, 1000)
			for k := range ids {
				if ids[k] = uuidOctets(1); !same {
					ids[k] = uuidOctets(1000*i + k + 2)
				}
			}
			if err := w.ids(gone, ids...); err != nil {
				return err
			}
		}
		return nil
	}
}
