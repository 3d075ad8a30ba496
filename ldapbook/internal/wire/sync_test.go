package wire_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"caveat/ldapbook/internal/wire"
)

var (
	uuid   = []byte("0123456789abcdef")
	octets = func(b []byte) []byte { return wire.TLV(wire.TagOctetString, b) }
	seq    = func(parts ...[]byte) []byte { return wire.TLV(wire.TagSequence, parts...) }
)

func controls(oid string, value []byte) []byte { return wire.Control(oid, false, value) }

func stateMessage(parts ...[]byte) wire.Message {
	return wire.Message{Op: wire.OpSearchEntry, Controls: controls(wire.OIDSyncState, seq(parts...))}
}

func infoMessage(value []byte) wire.Message {
	return wire.Message{Op: wire.OpIntermediate, Body: append(wire.Text(0x80, wire.OIDSyncInfo), wire.TLV(0x81, value)...)}
}

func TestSyncRequest(t *testing.T) {
	// RFC 4533 section 2.2: SEQUENCE { mode refreshOnly (1), cookie }, critical.
	want := append([]byte("0\x27\x04\x18"), "1.3.6.1.4.1.4203.1.9.1.1\x01\x01\xff\x04\x080\x06\x0a\x01\x01\x04\x01c"...)
	if got := wire.SyncRequest(nil); bytes.Contains(got, []byte{0x04, 0x00}) {
		t.Errorf("no cookie is not an empty cookie: %q", got)
	}
	got := wire.SyncRequest([]byte("c"))
	if !bytes.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDecodeSyncState(t *testing.T) {
	state := wire.Int(wire.TagEnumerated, 1)
	for _, test := range []struct {
		name    string
		message wire.Message
		cookie  string
		want    error
	}{
		{"add", stateMessage(state, octets(uuid)), "", nil},
		{"add with a cookie", stateMessage(state, octets(uuid), octets([]byte("c"))), "c", nil},
		{"an empty cookie is none", stateMessage(state, octets(uuid), octets(nil)), "", nil},
		{"no control", wire.Message{Op: wire.OpSearchEntry}, "", wire.ErrMalformed},
		{"no value", wire.Message{Controls: seq(octets([]byte(wire.OIDSyncState)))}, "", wire.ErrMalformed},
		{"a state that is none", stateMessage(wire.Int(wire.TagEnumerated, 4), octets(uuid)), "", wire.ErrMalformed},
		{"a negative state", stateMessage(wire.Int(wire.TagEnumerated, -1), octets(uuid)), "", wire.ErrMalformed},
		{"15 bytes of UUID", stateMessage(state, octets(uuid[1:])), "", wire.ErrMalformed},
		{"no UUID", stateMessage(state), "", wire.ErrMalformed},
		{"more at the end", stateMessage(state, octets(uuid), octets(nil), octets(nil)), "", wire.ErrMalformed},
		{"a cookie without end", stateMessage(state, octets(uuid), octets(make([]byte, wire.MaxCookie+1))), "", wire.ErrCookie},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeSyncState(test.message)
			if !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			if err != nil && !reflect.DeepEqual(got, wire.SyncState{}) {
				t.Errorf("%+v with an error", got)
			}
			if err == nil && (got.State != wire.SyncAdd || string(got.UUID[:]) != string(uuid) || string(got.Cookie) != test.cookie) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestDecodeSyncDone(t *testing.T) {
	for _, test := range []struct {
		name     string
		controls []byte
		done     wire.SyncDone
		want     error
	}{
		{"none", nil, wire.SyncDone{}, nil},
		{"another control", controls(wire.OIDPagedResults, nil), wire.SyncDone{}, nil},
		{"empty", controls(wire.OIDSyncDone, seq()), wire.SyncDone{Found: true}, nil},
		{"cookie", controls(wire.OIDSyncDone, seq(octets([]byte("c")))), wire.SyncDone{Found: true, Cookie: []byte("c")}, nil},
		{"delete phase", controls(wire.OIDSyncDone, seq(wire.Bool(true))), wire.SyncDone{Found: true, Deletes: true}, nil},
		{"both", controls(wire.OIDSyncDone, seq(octets([]byte("c")), wire.Bool(true))),
			wire.SyncDone{Found: true, Cookie: []byte("c"), Deletes: true}, nil},
		{"after another control", append(controls(wire.OIDPagedResults, nil), controls(wire.OIDSyncDone, seq(wire.Bool(true)))...),
			wire.SyncDone{Found: true, Deletes: true}, nil},
		{"in the wrong order", controls(wire.OIDSyncDone, seq(wire.Bool(true), octets(nil))), wire.SyncDone{}, wire.ErrMalformed},
		{"a BOOLEAN of two bytes", controls(wire.OIDSyncDone, seq([]byte{1, 2, 0, 0})), wire.SyncDone{}, wire.ErrMalformed},
		{"not a sequence", controls(wire.OIDSyncDone, octets(nil)), wire.SyncDone{}, wire.ErrMalformed},
		{"two values", controls(wire.OIDSyncDone, append(seq(), seq()...)), wire.SyncDone{}, wire.ErrMalformed},
		{"cut off", controls(wire.OIDSyncDone, []byte{0x30, 9, 1}), wire.SyncDone{}, wire.ErrMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeSyncDone(test.controls)
			if !errors.Is(err, test.want) || !reflect.DeepEqual(got, test.done) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestDecodeSyncInfo(t *testing.T) {
	set := func(ids ...[]byte) []byte { return wire.TLV(wire.TagSet, ids...) }
	for _, test := range []struct {
		name    string
		message wire.Message
		kind    wire.InfoKind
		cookie  string
		flag    bool // Done or Deletes
		ids     int
		want    error
	}{
		{"new cookie", infoMessage(wire.Text(0x80, "c")), wire.InfoNewCookie, "c", false, 0, nil},
		{"end of the delete phase", infoMessage(wire.TLV(0xa1)), wire.InfoRefreshDelete, "", true, 0, nil},
		{"end of the present phase, more follows", infoMessage(wire.TLV(0xa2, octets([]byte("c")), wire.Bool(false))),
			wire.InfoRefreshPresent, "c", false, 0, nil},
		{"id set", infoMessage(wire.TLV(0xa3, set(octets(uuid), octets(uuid)))), wire.InfoIDSet, "", false, 2, nil},
		{"id set of what is gone", infoMessage(wire.TLV(0xa3, octets([]byte("c")), wire.Bool(true), set(octets(uuid)))),
			wire.InfoIDSet, "c", true, 1, nil},
		{"empty id set", infoMessage(wire.TLV(0xa3, set())), wire.InfoIDSet, "", false, 0, nil},
		{"another intermediate response", wire.Message{Op: wire.OpIntermediate, Body: wire.Text(0x80, "1.2.3")}, wire.InfoNone, "", false, 0, nil},
		{"no intermediate response", wire.Message{Op: wire.OpSearchEntry}, 0, "", false, 0, wire.ErrMalformed},
		{"another choice", infoMessage(wire.TLV(0xa4)), 0, "", false, 0, wire.ErrMalformed},
		{"id set without a set", infoMessage(wire.TLV(0xa3)), 0, "", false, 0, wire.ErrMalformed},
		{"short UUID", infoMessage(wire.TLV(0xa3, set(octets(uuid), octets(uuid[1:])))), 0, "", false, 0, wire.ErrMalformed},
		{"garbage in the set", infoMessage(wire.TLV(0xa3, set(octets(uuid), []byte{4, 16, 1}))), 0, "", false, 0, wire.ErrMalformed},
		{"numbers in the set", infoMessage(wire.TLV(0xa3, set(wire.Int(wire.TagInteger, 1)))), 0, "", false, 0, wire.ErrMalformed},
		{"a cookie without end", infoMessage(wire.TLV(0x80, make([]byte, wire.MaxCookie+1))), 0, "", false, 0, wire.ErrCookie},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeSyncInfo(test.message)
			if !errors.Is(err, test.want) || got.Kind != test.kind || string(got.Cookie) != test.cookie || (got.Done || got.Deletes) != test.flag {
				t.Fatalf("%+v, %v", got, err)
			}
			n := 0
			got.UUIDs(func(u wire.UUID) {
				n++
				if string(u[:]) != string(uuid) {
					t.Errorf("%q", u)
				}
			})
			if n != test.ids {
				t.Errorf("%d identifiers", n)
			}
		})
	}
}

func TestDecodeDirSync(t *testing.T) {
	number := func(n int64) []byte { return wire.Int(wire.TagInteger, n) }
	for _, test := range []struct {
		name  string
		value []byte
		want  wire.DirSync
		err   error
	}{
		{"more", seq(number(1), number(0), octets([]byte("c"))), wire.DirSync{Found: true, More: true, Cookie: []byte("c")}, nil},
		{"last", seq(number(0), number(7), octets([]byte("c"))), wire.DirSync{Found: true, Cookie: []byte("c")}, nil},
		{"no cookie", seq(number(0), number(7)), wire.DirSync{}, wire.ErrMalformed},
		{"more at the end", seq(number(0), number(7), octets(nil), octets(nil)), wire.DirSync{}, wire.ErrMalformed},
		{"a cookie without end", seq(number(0), number(0), octets(make([]byte, wire.MaxCookie+1))), wire.DirSync{}, wire.ErrCookie},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := wire.DecodeDirSync(controls(wire.OIDDirSync, test.value))
			if !errors.Is(err, test.err) || !reflect.DeepEqual(got, test.want) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// FuzzSync: no bytes make the decoders of sync controls and messages panic; with an error they give nothing; what they
// accept lies within what they were given.
func FuzzSync(f *testing.F) {
	f.Add(stateMessage(wire.Int(wire.TagEnumerated, 1), octets(uuid), octets([]byte("c"))).Controls)
	f.Add(controls(wire.OIDSyncDone, seq(octets([]byte("c")), wire.Bool(true))))
	f.Add(controls(wire.OIDDirSync, seq(wire.Int(wire.TagInteger, 1), wire.Int(wire.TagInteger, 0), octets([]byte("c")))))
	f.Add(infoMessage(wire.TLV(0xa3, octets([]byte("c")), wire.Bool(true), wire.TLV(wire.TagSet, octets(uuid)))).Body)
	f.Add(infoMessage(wire.TLV(0xa2, octets([]byte("c")))).Body)
	f.Fuzz(func(t *testing.T, b []byte) {
		state, err := wire.DecodeSyncState(wire.Message{Op: wire.OpSearchEntry, Controls: b})
		if err != nil && !reflect.DeepEqual(state, wire.SyncState{}) || len(state.Cookie) > len(b) {
			t.Errorf("%+v, %v", state, err)
		}
		done, err := wire.DecodeSyncDone(b)
		if err != nil && !reflect.DeepEqual(done, wire.SyncDone{}) || len(done.Cookie) > len(b) {
			t.Errorf("%+v, %v", done, err)
		}
		dir, err := wire.DecodeDirSync(b)
		if err != nil && !reflect.DeepEqual(dir, wire.DirSync{}) || len(dir.Cookie) > len(b) {
			t.Errorf("%+v, %v", dir, err)
		}
		info, err := wire.DecodeSyncInfo(wire.Message{Op: wire.OpIntermediate, Body: b})
		if err != nil && !reflect.DeepEqual(info, wire.SyncInfo{}) || len(info.Cookie) > len(b) {
			t.Errorf("%+v, %v", info, err)
		}
		n := 0
		info.UUIDs(func(wire.UUID) { n++ })
		if 18*n > len(b) {
			t.Errorf("%d identifiers in %d bytes", n, len(b))
		}
	})
}
