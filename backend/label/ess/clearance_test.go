package ess_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"caveat/backend/label/ess"
)

func roundTripClearance(t *testing.T, c ess.Clearance) []byte {
	t.Helper()
	out, err := c.Marshal()
	if err != nil {
		t.Fatalf("%v of %+v", err, c)
	}
	back, err := ess.ParseClearance(out)
	if err != nil || !reflect.DeepEqual(back, c) {
		t.Fatalf("%+v\nbecame %+v, %v\nfrom %x", c, back, err, out)
	}
	if again, err := back.Marshal(); err != nil || string(again) != string(out) {
		t.Fatalf("written again it differs: %x, %x, %v", out, again, err)
	}
	return out
}

// fullClearance has a category of each kind that a clearance may have, and one that is not known.
func fullClearance(t testing.TB) []byte {
	privileges := raw(0x31, raw(0x30, oid(t, "1.2.5"), raw(0x30,
		retag(0x81, bitString(t, 1)), retag(0xa2, numbers(t, 7)), retag(0x86, bitString(t, 3)))))
	return raw(0x30, oid(t, "1.2.3"), bitString(t, 1, 4, 9), raw(0x31,
		category(t, "1.2.840.9", raw(0x30, der(t, 5))), category(t, ess.SSLPrivileges, privileges),
		category(t, permissive, tag145(t, "1.2.4", bitString(t, 1001)))))
}

// retag writes a value under another tag (IMPLICIT).
func retag(tag byte, value []byte) []byte { return append([]byte{tag}, value[1:]...) }

func TestParseClearanceReadsEverything(t *testing.T) {
	c, err := ess.ParseClearance(fullClearance(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.Policy != "1.2.3" || !slices.Equal(c.ClassList, []int{1, 4, 9}) || len(c.Categories) != 3 {
		t.Fatalf("%+v", c)
	}
	for _, want := range []ess.Category{
		{Type: "1.2.840.9", Value: raw(0x30, der(t, 5))}, // kept, and grants nothing
		{Type: permissive, Tags: []ess.Tag{{Set: "1.2.4", Kind: ess.Permissive, Values: []int{1001}}}},
		{Type: ess.SSLPrivileges, Tags: []ess.Tag{
			{Set: "1.2.5", Kind: ess.Restrictive, Values: []int{1}}, {Set: "1.2.5", Kind: ess.Enumerated, Values: []int{7}},
			{Set: "1.2.5", Kind: ess.Permissive, Values: []int{3}},
		}},
	} {
		if !slices.ContainsFunc(c.Categories, func(c ess.Category) bool { return reflect.DeepEqual(c, want) }) {
			t.Errorf("no %+v in %+v", want, c.Categories)
		}
	}
	roundTripClearance(t, c)
}

// RFC 5755: the list defaults to unclassified alone; the default is not written. One that is there and empty holds nothing.
func TestClassListDefault(t *testing.T) {
	policy := oid(t, "1.2.3")
	for _, tt := range []struct {
		name string
		data []byte
		want []int
		der  []byte
	}{
		{"absent", raw(0x30, policy), []int{1}, raw(0x30, policy)},
		{"absent before categories", raw(0x30, policy, raw(0x31, category(t, permissive, tag145(t, "1.2.4", bitString(t, 1))))), []int{1}, nil},
		{"the default, written all the same", raw(0x30, policy, bitString(t, 1)), []int{1}, raw(0x30, policy)},
		{"zero bits behind", raw(0x30, policy, []byte{3, 3, 0, 0x40, 0}), []int{1}, raw(0x30, policy)},
		{"empty", raw(0x30, policy, bitString(t)), nil, raw(0x30, policy, bitString(t))},
		{"all of the base hierarchy", raw(0x30, policy, bitString(t, 0, 1, 2, 3, 4, 5)), []int{0, 1, 2, 3, 4, 5}, raw(0x30, policy, bitString(t, 0, 1, 2, 3, 4, 5))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := ess.ParseClearance(tt.data)
			if err != nil || !reflect.DeepEqual(c.ClassList, tt.want) {
				t.Fatalf("%+v, %v", c, err)
			}
			if out := roundTripClearance(t, c); tt.der != nil && string(out) != string(tt.der) {
				t.Errorf("written as %x", out)
			}
		})
	}
}

// RFC 3281 tagged the members: that is read, and written as RFC 5755 has it.
func TestTaggedForm(t *testing.T) {
	categories := raw(0x31, category(t, permissive, tag145(t, "1.2.4", bitString(t, 1))))
	old := raw(0x30, retag(0x80, oid(t, "1.2.3")), retag(0x81, bitString(t, 1, 4)), retag(0xa2, categories))
	c, err := ess.ParseClearance(old)
	if err != nil {
		t.Fatal(err)
	}
	if out := roundTripClearance(t, c); string(out) != string(raw(0x30, oid(t, "1.2.3"), bitString(t, 1, 4), categories)) {
		t.Errorf("written as %x", out)
	}
	if c, err := ess.ParseClearance(raw(0x30, retag(0x80, oid(t, "1.2.3")))); err != nil || !slices.Equal(c.ClassList, []int{1}) {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestParseClearanceRefuses(t *testing.T) {
	policy, classes := oid(t, "1.2.3"), bitString(t, 1)
	categories := raw(0x31, category(t, permissive, tag145(t, "1.2.4", bitString(t, 1))))
	cat := func(typ string, value []byte) []byte { return raw(0x30, policy, raw(0x31, category(t, typ, value))) }
	privileges := func(tag []byte) []byte {
		return cat(ess.SSLPrivileges, raw(0x31, raw(0x30, policy, raw(0x30, tag))))
	}
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, ess.ErrSyntax},
		{"a SET", raw(0x31, policy), ess.ErrSyntax},
		{"an empty SEQUENCE", raw(0x30), ess.ErrSyntax},
		{"four members", raw(0x30, policy, classes, categories, classes), ess.ErrSyntax},
		{"no policy", raw(0x30, classes), ess.ErrSyntax},
		{"another order", raw(0x30, policy, categories, classes), ess.ErrSyntax},
		{"classes twice", raw(0x30, policy, classes, classes), ess.ErrSyntax},
		{"tagged and untagged", raw(0x30, retag(0x80, policy), classes), ess.ErrSyntax},
		{"untagged and tagged", raw(0x30, policy, retag(0x81, classes)), ess.ErrSyntax},
		{"classes with unused bits that are set", raw(0x30, policy, []byte{3, 2, 7, 0xff}), ess.ErrSyntax},
		{"something behind", append(raw(0x30, policy), 0), ess.ErrSyntax},
		{"4097 classes", raw(0x30, policy, raw(0x03, []byte{0}, []byte(strings.Repeat("\xff", 600)))), ess.ErrTooLarge},
		{"no category in the set", raw(0x30, policy, raw(0x31)), ess.ErrSyntax},
		{"malformed category of a known type", cat(permissive, bitString(t, 1)), ess.ErrSyntax},
		{"MISSI: the form of a label", privileges(raw(0xa1, bitString(t, 1))), ess.ErrSyntax},
		{"MISSI: free form", privileges(raw(0xa7, bitString(t, 1))), ess.ErrSyntax},
		{"MISSI: numbers that are none", privileges(raw(0xa2, bitString(t, 1))), ess.ErrSyntax},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := ess.ParseClearance(tt.data)
			if !errors.Is(err, tt.want) {
				t.Fatalf("%v; want %v", err, tt.want)
			}
			if !reflect.DeepEqual(c, ess.Clearance{}) {
				t.Errorf("a clearance came with the error: %+v", c)
			}
		})
	}
}

func TestClearanceMarshalRefuses(t *testing.T) {
	for _, tt := range []struct {
		name      string
		clearance ess.Clearance
	}{
		{"the zero clearance", ess.Clearance{}},
		{"classes falling", ess.Clearance{Policy: "1.2.3", ClassList: []int{2, 1}}},
		{"class below 0", ess.Clearance{Policy: "1.2.3", ClassList: []int{-1}}},
		{"label's syntax", ess.Clearance{Policy: "1.2.3", Categories: []ess.Category{{Type: ess.StandardSecurityLabel}}}},
		{"unknown type without value", ess.Clearance{Policy: "1.2.3", Categories: []ess.Category{{Type: "1.2.9"}}}},
		{"unknown type with a value that is none", ess.Clearance{Policy: "1.2.3", Categories: []ess.Category{{Type: "1.2.9", Value: []byte{5}}}}},
		{"unknown type with tags", ess.Clearance{Policy: "1.2.3", Categories: []ess.Category{{Type: "1.2.9", Value: []byte{5, 0}, Tags: []ess.Tag{{}}}}}},
		{"type that is none", ess.Clearance{Policy: "1.2.3", Categories: []ess.Category{{Type: "x", Value: []byte{5, 0}}}}},
		{"free form", ess.Clearance{Policy: "1.2.3", Categories: []ess.Category{{Type: ess.SSLPrivileges, Tags: []ess.Tag{{Set: "1.2", Kind: ess.Informative}}}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if out, err := tt.clearance.Marshal(); !errors.Is(err, ess.ErrValue) || out != nil {
				t.Errorf("%x, %v", out, err)
			}
		})
	}
	c := ess.Clearance{Policy: "1.2.3", Categories: make([]ess.Category, 65)}
	if _, err := c.Marshal(); !errors.Is(err, ess.ErrTooLarge) {
		t.Error(err)
	}
}
