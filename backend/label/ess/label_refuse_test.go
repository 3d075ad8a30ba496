package ess_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/label/ess"
)

func TestParseLabelRefuses(t *testing.T) {
	policy, three := oid(t, "1.2.3"), der(t, 3)
	set := func(members ...[]byte) []byte { return raw(0x31, members...) }
	cat := func(typ string, value []byte) []byte { return set(raw(0x31, category(t, typ, value))) }
	bits := bitString(t, 1)
	many := func(n int) [][]byte {
		var out [][]byte
		for i := range n {
			out = append(out, category(t, restrictive, tag145(t, "1.2.4", bitString(t, i))))
		}
		return out
	}
	missi := func(tags ...[]byte) []byte {
		return cat(ess.StandardSecurityLabel, set(raw(0x30, policy, raw(0x30, tags...))))
	}
	ones := raw(0x03, []byte{0}, []byte(strings.Repeat("\xff", 600)))
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ess.ErrSyntax},
		{"one octet", []byte{0x31}, ess.ErrSyntax},
		{"a SEQUENCE", raw(0x30, policy), ess.ErrSyntax},
		{"an empty SET", set(), ess.ErrSyntax},
		{"something behind", append(set(policy), 0), ess.ErrSyntax},
		{"cut off", set(policy, three)[:7], ess.ErrSyntax},
		{"member cut off", []byte{0x31, 2, 0x06, 5}, ess.ErrSyntax},
		{"member's header cut off", []byte{0x31, 1, 0x06}, ess.ErrSyntax},
		{"length of five octets", []byte{0x31, 0x85, 0, 0, 0, 0, 3, 2, 1, 3}, ess.ErrSyntax},
		{"length cut off", []byte{0x31, 0x82, 1}, ess.ErrSyntax},
		{"indefinite length of a number", []byte{0x31, 0x80, 0x02, 0x80, 3, 0, 0, 0, 0}, ess.ErrSyntax},
		{"indefinite length without end", []byte{0x31, 0x80, 0x02, 1, 3}, ess.ErrSyntax},
		{"end of contents in a definite length", []byte{0x31, 5, 0x02, 1, 3, 0, 0}, ess.ErrSyntax},
		{"tag number above 30", []byte{0x31, 3, 0x1f, 0x20, 0}, ess.ErrSyntax},
		{"policy twice", set(policy, policy), ess.ErrSyntax},
		{"class twice", set(three, der(t, 4)), ess.ErrSyntax},
		{"privacy mark twice, in two forms", set(raw(0x13, []byte("A")), raw(0x0c, []byte("B"))), ess.ErrSyntax},
		{"categories twice", set(raw(0x31, many(1)...), raw(0x31, many(1)...)), ess.ErrSyntax},
		{"unknown member", set(policy, der(t, true)), ess.ErrSyntax},
		{"class below 0", set(der(t, -1)), ess.ErrSyntax},
		{"class above 256", set(der(t, 257)), ess.ErrSyntax},
		{"class of many octets", set(der(t, 1<<40)), ess.ErrSyntax},
		{"class with a zero too many", set([]byte{2, 2, 0, 3}), ess.ErrSyntax},
		{"class without octets", set([]byte{2, 0}), ess.ErrSyntax},
		{"policy without octets", set([]byte{6, 0}), ess.ErrSyntax},
		{"policy cut off", set([]byte{6, 1, 0x80 | 1}), ess.ErrSyntax},
		{"policy with a padded arc", set([]byte{6, 3, 0x2a, 0x80, 1}), ess.ErrSyntax},
		{"policy with an endless arc", set([]byte{6, 10, 0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}), ess.ErrSyntax},
		{"empty privacy mark", set([]byte{0x0c, 0}), ess.ErrSyntax},
		{"privacy mark with @", set(raw(0x13, []byte("a@b"))), ess.ErrSyntax},
		{"printable privacy mark of 129", set(raw(0x13, []byte(strings.Repeat("a", 129)))), ess.ErrSyntax},
		{"privacy mark that is not UTF-8", set(raw(0x0c, []byte{0xff})), ess.ErrSyntax},
		{"privacy mark with a line end", set(raw(0x0c, []byte("a\nb"))), ess.ErrSyntax},
		{"privacy mark in pieces", set(raw(0x2c, raw(0x0c, []byte("a")))), ess.ErrSyntax},
		{"no category in the set", set(policy, raw(0x31)), ess.ErrSyntax},
		{"65 categories", set(raw(0x31, many(65)...)), ess.ErrTooLarge},
		{"4097 values", set(raw(0x31, category(t, restrictive, tag145(t, "1.2.4", ones)))), ess.ErrTooLarge},
		{"too long", raw(0x31, make([]byte, ess.MaxSize)), ess.ErrTooLarge},
		{"17 levels", deep(17), ess.ErrTooLarge},
		{"unknown category type", cat("1.2.3", policy), ess.ErrCategory},
		{"ACP 145 has no type 5", cat("2.16.840.1.101.2.1.8.3.5", tag145(t, "1.2.4", bits)), ess.ErrCategory},
		{"privileges in a label", cat(ess.SSLPrivileges, set()), ess.ErrCategory},
		{"category that is a number", set(raw(0x31, three)), ess.ErrSyntax},
		{"category without value", set(raw(0x31, raw(0x30, oid(t, restrictive)))), ess.ErrSyntax},
		{"category whose type is not tagged", set(raw(0x31, raw(0x30, oid(t, restrictive), raw(0xa1, tag145(t, "1.2.4", bits))))), ess.ErrSyntax},
		{"category with two values", set(raw(0x31, raw(0x30, []byte{0x80, 1, 0x2a}, raw(0xa1, bits, bits)))), ess.ErrSyntax},
		{"tag without name", cat(restrictive, raw(0x30, bits)), ess.ErrSyntax},
		{"tag whose name is a number", cat(restrictive, raw(0x30, three, bits)), ess.ErrSyntax},
		{"bits where numbers must stand", cat(enumPerm, tag145(t, "1.2.4", bits)), ess.ErrSyntax},
		{"numbers where bits must stand", cat(restrictive, tag145(t, "1.2.4", numbers(t, 1))), ess.ErrSyntax},
		{"a sequence of numbers", cat(enumPerm, tag145(t, "1.2.4", raw(0x30, three))), ess.ErrSyntax},
		{"a number that is none", cat(enumPerm, tag145(t, "1.2.4", raw(0x31, policy))), ess.ErrSyntax},
		{"a negative number", cat(enumPerm, tag145(t, "1.2.4", numbers(t, -1))), ess.ErrSyntax},
		{"a number twice", cat(enumPerm, tag145(t, "1.2.4", numbers(t, 1, 2, 1))), ess.ErrSyntax},
		{"4097 numbers", cat(enumPerm, tag145(t, "1.2.4", raw(0x31, []byte(strings.Repeat("\x02\x01\x01", 4097))))), ess.ErrTooLarge},
		{"unused bits that are set", cat(restrictive, tag145(t, "1.2.4", []byte{3, 2, 7, 0xff})), ess.ErrSyntax}, // spiffing reads them
		{"eight unused bits", cat(restrictive, tag145(t, "1.2.4", []byte{3, 2, 8, 0})), ess.ErrSyntax},
		{"unused bits of nothing", cat(restrictive, tag145(t, "1.2.4", []byte{3, 1, 1})), ess.ErrSyntax},
		{"bits without octets", cat(restrictive, tag145(t, "1.2.4", []byte{3, 0})), ess.ErrSyntax},
		{"MISSI: no set", cat(ess.StandardSecurityLabel, raw(0x30, raw(0x30, policy, raw(0x30, raw(0xa1, bits))))), ess.ErrSyntax},
		{"MISSI: tag set without tags", missi(), ess.ErrSyntax},
		{"MISSI: tag set without name", cat(ess.StandardSecurityLabel, set(raw(0x30, three, raw(0x30, raw(0xa1, bits))))), ess.ErrSyntax},
		{"MISSI: tag set twice", cat(ess.StandardSecurityLabel, set(raw(0x30, policy, raw(0x30, raw(0xa1, bits))), raw(0x30, policy, raw(0x30, raw(0xa6, bits))))), ess.ErrSyntax},
		{"MISSI: unknown tag", missi(raw(0xa3, bits)), ess.ErrSyntax},
		{"MISSI: untagged tag", missi(bits), ess.ErrSyntax},
		{"MISSI: a security level of its own", missi(raw(0xa1, three, bits)), ess.ErrSyntax},
		{"MISSI: the form of a clearance", missi(append([]byte{0x81}, bits[1:]...)), ess.ErrSyntax},
		{"MISSI: numbers in a tag of bits", missi(raw(0xa1, numbers(t, 1))), ess.ErrSyntax},
		{"MISSI: bits in a tag of numbers", missi(raw(0xa2, bits)), ess.ErrSyntax},
		{"MISSI: empty free form", missi(raw(0xa7)), ess.ErrSyntax},
		{"MISSI: free form of text", missi(raw(0xa7, raw(0x0c, []byte("x")))), ess.ErrSyntax},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := ess.ParseLabel(tt.data)
			if !errors.Is(err, tt.want) {
				t.Fatalf("%v; want %v", err, tt.want)
			}
			if !reflect.DeepEqual(l, ess.Label{}) {
				t.Errorf("a label came with the error: %+v", l)
			}
		})
	}
}

// deep nests that many SETs.
func deep(levels int) []byte {
	out := []byte{0x31, 0}
	for range levels - 1 {
		out = raw(0x31, out)
	}
	return out
}

func TestLabelMarshalRefuses(t *testing.T) {
	one := func(typ string, tags ...ess.Tag) ess.Label {
		return ess.Label{Policy: "1.2.3", Categories: []ess.Category{{Type: typ, Tags: tags}}}
	}
	tag := ess.Tag{Set: "1.2.4", Kind: ess.Restrictive, Values: []int{1}}
	with := func(change func(*ess.Tag)) ess.Tag { out := tag; change(&out); return out }
	for _, tt := range []struct {
		name  string
		label ess.Label
		want  error
	}{
		{"the zero label", ess.Label{}, ess.ErrValue},
		{"policy of one arc", ess.Label{Policy: "1"}, ess.ErrValue},
		{"policy with letters", ess.Label{Policy: "1.a"}, ess.ErrValue},
		{"policy with a zero too many", ess.Label{Policy: "1.02"}, ess.ErrValue},
		{"policy under 3", ess.Label{Policy: "3.1"}, ess.ErrValue},
		{"policy 1.40", ess.Label{Policy: "1.40"}, ess.ErrValue},
		{"class below 0", ess.Label{Classification: class(-1)}, ess.ErrValue},
		{"class above 256", ess.Label{Classification: class(257)}, ess.ErrValue},
		{"privacy mark with a control character", ess.Label{PrivacyMark: "\x00"}, ess.ErrValue},
		{"65 categories", ess.Label{Categories: make([]ess.Category, 65)}, ess.ErrTooLarge},
		{"unknown category type", one("1.2.3", tag), ess.ErrCategory},
		{"category type that is none", ess.Label{Categories: []ess.Category{{Type: "x"}}}, ess.ErrCategory},
		{"a value beside a known type", ess.Label{Categories: []ess.Category{{Type: restrictive, Tags: []ess.Tag{tag}, Value: []byte{5, 0}}}}, ess.ErrValue},
		{"two tags in one of ACP 145", one(restrictive, tag, tag), ess.ErrValue},
		{"no tag in one of ACP 145", one(restrictive), ess.ErrValue},
		{"tag of another kind", one(permissive, tag), ess.ErrValue},
		{"listed where bits stand", one(restrictive, with(func(t *ess.Tag) { t.Listed = true })), ess.ErrValue},
		{"values falling", one(restrictive, with(func(t *ess.Tag) { t.Values = []int{2, 1} })), ess.ErrValue},
		{"value twice", one(restrictive, with(func(t *ess.Tag) { t.Values = []int{1, 1} })), ess.ErrValue},
		{"bit below 0", one(restrictive, with(func(t *ess.Tag) { t.Values = []int{-1} })), ess.ErrValue},
		{"bit far away", one(restrictive, with(func(t *ess.Tag) { t.Values = []int{1 << 30} })), ess.ErrValue},
		{"number below 0", one(enumPerm, ess.Tag{Set: "1.2.4", Kind: ess.EnumeratedPermissive, Values: []int{-1}}), ess.ErrValue},
		{"set that is none", one(restrictive, with(func(t *ess.Tag) { t.Set = "" })), ess.ErrValue},
		{"too long", one(restrictive, with(func(t *ess.Tag) { t.Values = []int{8*ess.MaxSize - 1} })), ess.ErrTooLarge},
		{"MISSI: set that is none", one(ess.StandardSecurityLabel, with(func(t *ess.Tag) { t.Set = "x" })), ess.ErrValue},
		{"MISSI: kind of ACP 145", one(ess.StandardSecurityLabel, with(func(t *ess.Tag) { t.Kind = ess.EnumeratedPermissive })), ess.ErrValue},
		{"MISSI: bit below 0", one(ess.StandardSecurityLabel, with(func(t *ess.Tag) { t.Values = []int{-1} })), ess.ErrValue},
		{"MISSI: tags of one set apart", one(ess.StandardSecurityLabel, tag, with(func(t *ess.Tag) { t.Set = "1.2.5" }), tag), ess.ErrValue},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if out, err := tt.label.Marshal(); !errors.Is(err, tt.want) || out != nil {
				t.Errorf("%x, %v; want %v", out, err, tt.want)
			}
		})
	}
}
