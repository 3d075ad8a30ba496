package ess_test

import (
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/label/ess"
)

// With an error comes the zero value; without one, writing and reading again gives the same, and what is written is DER: it
// is written the same again.
func FuzzParseLabel(f *testing.F) {
	f.Add(fullLabel(f))
	for _, seed := range []string{"", "3106060129020103", "3106020104060129", "31150202 00fd0c0f4171756120286f62736f6c65746529", "3180020103060129 0000"} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ess.ParseLabel(data)
		if err != nil {
			if !reflect.DeepEqual(l, ess.Label{}) {
				t.Fatalf("a label came with %v", err)
			}
			return
		}
		if len(data) > ess.MaxSize || len(l.Categories) > ess.MaxCategories || l.Classification != nil && *l.Classification > ess.MaxClass {
			t.Fatalf("beyond the limits: %+v", l)
		}
		roundTripLabel(t, l)
	})
}

func FuzzParseClearance(f *testing.F) {
	f.Add(fullClearance(f))
	for _, seed := range []string{"", "3003060129", "300680012981020640", "30800601290000"} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ess.ParseClearance(data)
		if err != nil {
			if !reflect.DeepEqual(c, ess.Clearance{}) {
				t.Fatalf("a clearance came with %v", err)
			}
			return
		}
		if len(data) > ess.MaxSize || len(c.Categories) > ess.MaxCategories || c.Policy == "" {
			t.Fatalf("beyond the limits: %+v", c)
		}
		roundTripClearance(t, c)
	})
}

func unhex(f *testing.F, s string) []byte {
	f.Helper()
	var out []byte
	for _, part := range strings.Fields(s) {
		b, err := hex.DecodeString(part)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}
