package wire_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"

	"caveat/ldapbook/internal/wire"
)

func entryMessage() []byte {
	attr := func(name string, values ...string) []byte {
		var set [][]byte
		for _, v := range values {
			set = append(set, wire.Text(wire.TagOctetString, v))
		}
		return wire.TLV(wire.TagSequence, wire.Text(wire.TagOctetString, name), wire.TLV(wire.TagSet, set...))
	}
	op := wire.TLV(wire.OpSearchEntry, wire.Text(wire.TagOctetString, "uid=a,o=b"),
		wire.TLV(wire.TagSequence, attr("mail", "a@b", "c@d"), attr("empty"), attr("cn", "A")))
	return wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, 7), op)
}

func read(b []byte) (wire.Message, error) {
	body, err := wire.ReadMessage(bufio.NewReader(bytes.NewReader(b)), nil)
	if err != nil {
		return wire.Message{}, err
	}
	return wire.ParseMessage(body)
}

func TestDecodeEntry(t *testing.T) {
	m, err := read(entryMessage())
	if err != nil || m.ID != 7 {
		t.Fatal(m, err)
	}
	got := ""
	dn, err := m.Entry(func(attr, value []byte) { got += string(attr) + "=" + string(value) + ";" })
	if err != nil || string(dn) != "uid=a,o=b" || got != "mail=a@b;mail=c@d;cn=A;" {
		t.Errorf("%s %s %v", dn, got, err)
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, test := range []struct {
		name  string
		bytes []byte
		want  error
	}{
		{"nothing", nil, io.EOF},
		{"half a header", []byte{0x30}, io.ErrUnexpectedEOF},
		{"half a length", []byte{0x30, 0x82, 1}, io.ErrUnexpectedEOF},
		{"half a message", entryMessage()[:20], io.ErrUnexpectedEOF},
		{"not a sequence", []byte{0x31, 0}, wire.ErrMalformed},
		{"indefinite length", []byte{0x30, 0x80, 0, 0}, wire.ErrMalformed},
		{"length of five bytes", []byte{0x30, 0x85, 0, 0, 0, 0, 1, 0}, wire.ErrMalformed},
		{"negative length", []byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, wire.ErrMalformed},
		{"long tag", []byte{0x3f, 0x01, 0}, wire.ErrMalformed},
		{"more than the limit", []byte{0x30, 0x84, 1, 0, 0, 1}, wire.ErrTooLarge},
		{"no message number", []byte{0x30, 2, 4, 0}, wire.ErrMalformed},
		{"inner length too long", []byte{0x30, 5, 2, 1, 7, 0x64, 9}, wire.ErrMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := read(test.bytes); !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

// FuzzDecode: no bytes make the decoder panic, and what it accepts lies within what it was given.
func FuzzDecode(f *testing.F) {
	f.Add(entryMessage())
	f.Add([]byte{0x30, 0x84, 0, 0xff, 0xff, 0xff})
	f.Add(wire.TLV(wire.TagSequence, wire.Int(wire.TagInteger, 1), wire.TLV(wire.OpSearchDone, wire.Int(wire.TagEnumerated, 0),
		wire.Text(wire.TagOctetString, ""), wire.Text(wire.TagOctetString, "")),
		wire.TLV(wire.TagControls, wire.Control(wire.OIDPagedResults, true, []byte("0\x05\x02\x01\x00\x04\x00")))))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := read(b)
		if err != nil {
			return
		}
		if len(m.Body)+len(m.Controls) > len(b) {
			t.Error("more than there is")
		}
		total := 0
		dn, err := m.Entry(func(attr, value []byte) { total += len(value) })
		if err == nil && total+len(dn) > len(b) {
			t.Error("more than there is")
		}
		_, _, _ = wire.DecodeDone(m)
	})
}
