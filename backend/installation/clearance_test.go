package installation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"caveat/backend/installation"
	"caveat/backend/label"
)

// written is a clearance as its names: classes | set/type/values.
func written(c label.Clearance) string {
	out := strings.Join(c.Classifications, ",")
	for _, k := range c.Categories {
		out += fmt.Sprintf(" | %s %s %s", k.TagName, k.Type, strings.Join(k.Values, ","))
	}
	return out
}

func TestClearanceForms(t *testing.T) {
	for name, c := range map[string]struct {
		in   installation.Clearance
		want string
	}{
		"up to":            {installation.Clearance{Policy: "testland", UpTo: "secret"}, "OPEN,GUARDED,SECRET"},
		"up to the lowest": {installation.Clearance{Policy: "TESTLAND", UpTo: "OPEN"}, "OPEN"},
		"classifications":  {installation.Clearance{Policy: "TESTLAND", Classifications: []string{"OPEN", "SECRET"}}, "OPEN,SECRET"},
		"both":             {installation.Clearance{Policy: "TESTLAND", Classifications: []string{"TOP SECRET"}, UpTo: "OPEN"}, "TOP SECRET,OPEN"},
		"categories, in the order of their sets' names": {
			installation.Clearance{Policy: "TESTLAND", UpTo: "OPEN", Categories: map[string][]string{"Releasable To": {"bor", "ATL"}, "Codeword": {"MEDIC"}}},
			"OPEN | Codeword restrictive MEDIC | Releasable To permissive ATL,BOR"},
		"a value under two types of its set is held under both": {
			installation.Clearance{Policy: "TESTLAND", UpTo: "OPEN", Categories: map[string][]string{"Mixed": {"NORTH"}}},
			"OPEN | Mixed restrictive NORTH | Mixed permissive NORTH"},
		"a set without values": {installation.Clearance{Policy: "TESTLAND", UpTo: "OPEN", Categories: map[string][]string{"Codeword": {}}}, "OPEN"},
	} {
		t.Run(name, func(t *testing.T) {
			f := valid(t)
			f.System.Clearance = c.in
			if got := written(mustLoad(t, f).SystemHigh); !strings.EqualFold(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestClearanceInXML(t *testing.T) {
	f := valid(t)
	want := mustLoad(t, f).SystemHigh
	f.System.Clearance = installation.Clearance{XML: string(want.Marshal())}
	if got := written(mustLoad(t, f).SystemHigh); got != written(want) {
		t.Errorf("%q, want %q", got, written(want))
	}
	strange := want
	strange.Classifications = []string{"SECRTE"}
	for name, c := range map[string]installation.Clearance{
		"malformed":                {XML: "<x/>"},
		"a name that is not known": {XML: string(strange.Marshal())},
		"with a policy":            {XML: string(want.Marshal()), Policy: "TESTLAND"},
		"with up_to":               {XML: string(want.Marshal()), UpTo: "SECRET"},
		"with classifications":     {XML: string(want.Marshal()), Classifications: []string{"SECRET"}},
		"with categories":          {XML: string(want.Marshal()), Categories: map[string][]string{"Codeword": {"MEDIC"}}},
	} {
		f.System.Clearance = c
		if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnknownNamesInClearances(t *testing.T) {
	for name, c := range map[string]installation.Clearance{
		"nothing":              {},
		"no policy":            {UpTo: "SECRET"},
		"policy":               {Policy: "TESTLUND", UpTo: "SECRET"},
		"no class":             {Policy: "TESTLAND"},
		"up_to":                {Policy: "TESTLAND", UpTo: "SECRTE"},
		"classification":       {Policy: "TESTLAND", Classifications: []string{"OPEN", "SECRTE"}},
		"tag set":              {Policy: "TESTLAND", UpTo: "OPEN", Categories: map[string][]string{"Codewords": {"MEDIC"}}},
		"value":                {Policy: "TESTLAND", UpTo: "OPEN", Categories: map[string][]string{"Codeword": {"MEDIC", "MEDICS"}}},
		"value of another set": {Policy: "TESTLAND", UpTo: "OPEN", Categories: map[string][]string{"Codeword": {"ATL"}}},
	} {
		f := valid(t)
		f.System.Clearance = c
		if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
