package ess_test

import (
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"slices"
	"strings"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"

	"caveat/backend/label/ess"
)

const (
	restrictive = "2.16.840.1.101.2.1.8.3.0"
	enumPerm    = "2.16.840.1.101.2.1.8.3.1"
	permissive  = "2.16.840.1.101.2.1.8.3.2"
	informative = "2.16.840.1.101.2.1.8.3.3"
	enumRestr   = "2.16.840.1.101.2.1.8.3.4"
)

func class(n int) *int { return &n }

// der writes what the test says with the standard library, which is not the code under test.
func der(t testing.TB, v any) []byte {
	t.Helper()
	out, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// raw is a value with a tag of the test's choice: class<<6 | 0x20 where it is constructed | number.
func raw(tag byte, parts ...[]byte) []byte {
	content := slices.Concat(parts...)
	switch {
	case len(content) < 0x80:
		return append([]byte{tag, byte(len(content))}, content...)
	case len(content) < 0x100:
		return append([]byte{tag, 0x81, byte(len(content))}, content...)
	}
	return append([]byte{tag, 0x82, byte(len(content) >> 8), byte(len(content))}, content...)
}

func oid(t testing.TB, dotted string) []byte {
	t.Helper()
	o := asn1.ObjectIdentifier{}
	for _, arc := range strings.Split(dotted, ".") {
		n := 0
		for _, c := range arc {
			n = 10*n + int(c-'0')
		}
		o = append(o, n)
	}
	return der(t, o)
}

// category is SEQUENCE { [0] type, [1] value }.
func category(t testing.TB, typ string, value []byte) []byte {
	t.Helper()
	o := oid(t, typ)
	return raw(0x30, append([]byte{0x80}, o[1:]...), raw(0xa1, value))
}

func bitString(t testing.TB, bits ...int) []byte {
	t.Helper()
	b := asn1.BitString{}
	for _, n := range bits {
		for len(b.Bytes) <= n/8 {
			b.Bytes = append(b.Bytes, 0)
		}
		b.Bytes[n/8] |= 0x80 >> (n % 8)
		b.BitLength = n + 1
	}
	return der(t, b)
}

func numbers(t testing.TB, values ...int) []byte {
	t.Helper()
	var parts [][]byte
	for _, v := range values {
		parts = append(parts, der(t, v))
	}
	return raw(0x31, parts...)
}

// tag145 is SEQUENCE { tagName, attributes }.
func tag145(t testing.TB, set string, attributes []byte) []byte {
	return raw(0x30, oid(t, set), attributes)
}

// STANDARDS 4.4 prints these; they are other people's encodings.
func TestPrintedLabels(t *testing.T) {
	for _, tt := range []struct {
		name, base64 string
		want         ess.Label
		der          bool // it is DER, and written again the same
	}{
		{"RFC 7444: policy, then class", "MQYGASkCAQM=", ess.Label{Policy: "1.1", Classification: class(3)}, false},
		{"XEP-0258: class, then policy", "MQYCAQQGASk=", ess.Label{Policy: "1.1", Classification: class(4)}, true},
		{"XEP-0258: no policy", "MRUCAgD9DA9BcXVhIChvYnNvbGV0ZSk=", ess.Label{Classification: class(253), PrivacyMark: "Aqua (obsolete)"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := base64.StdEncoding.DecodeString(tt.base64)
			if err != nil {
				t.Fatal(err)
			}
			l, err := ess.ParseLabel(data)
			if err != nil || !reflect.DeepEqual(l, tt.want) {
				t.Fatalf("%+v, %v", l, err)
			}
			out := roundTripLabel(t, l)
			if tt.der && string(out) != string(data) {
				t.Errorf("written as %x, was %x", out, data)
			}
		})
	}
}

func roundTripLabel(t *testing.T, l ess.Label) []byte {
	t.Helper()
	out, err := l.Marshal()
	if err != nil {
		t.Fatalf("%v of %+v", err, l)
	}
	back, err := ess.ParseLabel(out)
	if err != nil || !reflect.DeepEqual(back, l) {
		t.Fatalf("%+v\nbecame %+v, %v\nfrom %x", l, back, err, out)
	}
	if again, err := back.Marshal(); err != nil || string(again) != string(out) {
		t.Fatalf("written again it differs: %x, %x, %v", out, again, err)
	}
	// Another implementation reads the same structure.
	if p, err := ber.DecodePacketErr(out); err != nil || string(p.Bytes()) != string(out) {
		t.Fatalf("%x: %v", out, err)
	}
	return out
}

// fullLabel has a category of each kind that a label may have.
func fullLabel(t testing.TB) []byte {
	missi := raw(0x31,
		raw(0x30, oid(t, "1.3.26.1.4.9"), raw(0x30,
			raw(0xa1, bitString(t, 2)), raw(0xa2, numbers(t, 7, 9)), raw(0xa6, bitString(t, 1)), raw(0xa7, bitString(t, 0)), raw(0xa7, numbers(t, 5)))),
		raw(0x30, oid(t, "1.2.3"), raw(0x30, raw(0xa6, bitString(t, 4)))))
	return raw(0x31,
		raw(0x31,
			category(t, ess.StandardSecurityLabel, missi),
			category(t, restrictive, tag145(t, "1.3.26.1.4.1", bitString(t, 1, 9, 17))),
			category(t, enumPerm, tag145(t, "1.3.26.1.4.2", numbers(t, 1001, 3))),
			category(t, permissive, tag145(t, "1.3.26.1.4.2", bitString(t, 1001))),
			category(t, informative, tag145(t, "1.3.26.1.4.3", bitString(t))),
			category(t, informative, tag145(t, "1.3.26.1.4.3", numbers(t, 0))),
			category(t, enumRestr, tag145(t, "2.25.281474976710656", numbers(t, 2147483647))),
		),
		der(t, "Staff only"), der(t, 256), oid(t, "1.3.26.1.3.1"))
}

func TestParseLabelReadsEverything(t *testing.T) {
	l, err := ess.ParseLabel(fullLabel(t))
	if err != nil {
		t.Fatal(err)
	}
	if l.Policy != "1.3.26.1.3.1" || *l.Classification != 256 || l.PrivacyMark != "Staff only" || len(l.Categories) != 7 {
		t.Fatalf("%+v", l)
	}
	one := func(set string, k ess.Kind, values ...int) []ess.Tag {
		return []ess.Tag{{Set: set, Kind: k, Values: values}}
	}
	for _, want := range []ess.Category{
		{Type: restrictive, Tags: one("1.3.26.1.4.1", ess.Restrictive, 1, 9, 17)},
		{Type: enumPerm, Tags: one("1.3.26.1.4.2", ess.EnumeratedPermissive, 3, 1001)},
		{Type: permissive, Tags: one("1.3.26.1.4.2", ess.Permissive, 1001)},
		{Type: informative, Tags: one("1.3.26.1.4.3", ess.Informative)},
		{Type: informative, Tags: []ess.Tag{{Set: "1.3.26.1.4.3", Kind: ess.Informative, Values: []int{0}, Listed: true}}},
		{Type: enumRestr, Tags: one("2.25.281474976710656", ess.EnumeratedRestrictive, 2147483647)},
		{Type: ess.StandardSecurityLabel, Tags: []ess.Tag{
			{Set: "1.2.3", Kind: ess.Permissive, Values: []int{4}},
			{Set: "1.3.26.1.4.9", Kind: ess.Restrictive, Values: []int{2}}, {Set: "1.3.26.1.4.9", Kind: ess.Enumerated, Values: []int{7, 9}},
			{Set: "1.3.26.1.4.9", Kind: ess.Permissive, Values: []int{1}}, {Set: "1.3.26.1.4.9", Kind: ess.Informative, Values: []int{0}},
			{Set: "1.3.26.1.4.9", Kind: ess.Informative, Values: []int{5}, Listed: true},
		}},
	} {
		if !slices.ContainsFunc(l.Categories, func(c ess.Category) bool { return reflect.DeepEqual(c, want) }) {
			t.Errorf("no %+v in %+v", want, l.Categories)
		}
	}
	roundTripLabel(t, l)
}

// A SET has no order: the members of a label in any order are one label, and so are its categories.
func TestMembersInAnyOrder(t *testing.T) {
	members := [][]byte{der(t, 3), oid(t, "1.2.3"), raw(0x0c, []byte("é")), raw(0x31,
		category(t, restrictive, tag145(t, "1.2.4", bitString(t, 1))), category(t, permissive, tag145(t, "1.2.5", bitString(t, 2))))}
	swapped := slices.Clone(members)
	swapped[3] = raw(0x31, category(t, permissive, tag145(t, "1.2.5", bitString(t, 2))), category(t, restrictive, tag145(t, "1.2.4", bitString(t, 1))))
	want, err := ess.ParseLabel(raw(0x31, members...))
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		members, swapped = append(members[1:], members[0]), append(swapped[1:], swapped[0])
		for _, list := range [][][]byte{members, swapped} {
			if got, err := ess.ParseLabel(raw(0x31, list...)); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, %v", got, err)
			}
		}
	}
}

// BER says one thing in several ways.
func TestBERForms(t *testing.T) {
	want := ess.Label{Policy: "1.1", Classification: class(3)}
	for name, text := range map[string]string{
		"DER":                       "3106 020103 060129",
		"long lengths":              "318106 02820001 03 060129",
		"indefinite length":         "3180 020103 060129 0000",
		"four octets of the length": "318400000006 020103 060129",
	} {
		data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		if name == "long lengths" {
			data[1], data[2] = 0x81, byte(len(data)-3)
		}
		if got, err := ess.ParseLabel(data); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
