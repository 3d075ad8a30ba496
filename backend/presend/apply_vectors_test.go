package presend_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

var updateApply = flag.Bool("update", false, "write testdata/apply.json anew")

// applyFile holds what becomes of drafts when ways forward are taken. The page applies them by code of its own, so that one undo
// takes them back; frontend/src/features/draft/check/use-ways.vectors.test.ts holds it to this same file.
type applyFile struct {
	Notes string        `json:"notes"`
	Cases []applyVector `json:"cases"`
}

type applyVector struct {
	Name    string       `json:"name"`
	Draft   draft.Draft  `json:"draft"`
	Fix     presend.Fix  `json:"fix"`
	Applied draft.Draft  `json:"applied"`
	Second  *draft.Draft `json:"second,omitempty"` // of a split
}

// TestRule18VectorsOfWhatAWayForwardMakes: the file is what Apply and Second give today, for ways that the check itself proposed
// in random worlds and for some that are put together here because they come rarely.
func TestRule18VectorsOfWhatAWayForwardMakes(t *testing.T) {
	f := applyFile{Notes: "Drafts, ways forward, and the drafts they make: by presend.Apply and presend.Second. " +
		"Written by: go test ./backend/presend -run VectorsOfWhat -update"}
	f.Cases = append(proposedVectors(t), composedVectors(t)...)
	kinds := map[string]int{}
	for _, c := range f.Cases {
		kinds[c.Fix.Kind]++
	}
	for _, kind := range []string{presend.FixRemove, presend.FixSplit, presend.FixAddress, presend.FixRole} {
		if kinds[kind] < 12 {
			t.Errorf("%d of the kind %s", kinds[kind], kind)
		}
	}
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetIndent("", "\t")
	if err := enc.Encode(f); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "apply.json")
	if *updateApply {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, got.Bytes()) {
		t.Errorf("%s is not what Apply and Second give: see what changed with -update, and hold the page to it", path)
	}
}

// proposedVectors takes a dozen ways forward of each kind from the reports of random worlds; of splits those first whose second
// draft holds something.
func proposedVectors(t *testing.T) (out []applyVector) {
	t.Helper()
	const each = 12
	taken := map[string]int{}
	for seed := range uint64(1500) {
		w, d := randomDraft(t, seed)
		for _, f := range w.report(d).Fixes {
			if taken[f.Kind] == each || f.Kind == presend.FixSplit && len(f.Parts)+len(f.Attachments) == 0 && taken[f.Kind] >= each/2 {
				continue
			}
			taken[f.Kind]++
			out = append(out, applied(t, fmt.Sprintf("%s, seed %d", f.Kind, seed), d, f))
		}
	}
	return out
}

// composedVectors are those by which two programs most easily differ: spelling, who stands twice, who is there already.
func composedVectors(t *testing.T) []applyVector {
	t.Helper()
	kelvin := "\u212aay@x.example" // K, by looks alone
	d := draft.Draft{
		Channel: draft.Mail, From: "me@x.example", Account: "office", Subject: "S", Body: "Text", InReplyTo: "<1@x.example>", SIC: []string{"ABC"},
		Action: []string{"Ann@x.example", "bo@x.example", "kay@x.example", kelvin}, Info: []string{"cy@x.example", "ann@x.example", "di@x.example"},
		Exempted: []string{"bo@x.example", "far@x.example"}, Label: chosen("NATO", secret),
		Parts: []draft.Part{{Text: "one", Label: chosen("NATO", restricted)}, {Text: "two", Label: chosen("NATO", secret)}, {Text: "three", Label: chosen("NATO", restricted)}},
	}
	d = withFile(d, "a.pdf", chosen("NATO", restricted))
	d.Attachments = append(d.Attachments, draft.Attachment{File: "plain.pdf"})
	list := func(a ...string) []string { return a }
	var out []applyVector
	for _, c := range []struct {
		name string
		fix  presend.Fix
	}{
		{"remove: spelled otherwise, and in both fields", presend.Fix{Kind: presend.FixRemove, Addresses: list("ANN@x.example", "DI@X.example")}},
		{"remove: not the one that only looks like it", presend.Fix{Kind: presend.FixRemove, Addresses: list("KAY@x.example")}},
		{"remove: the one that only looks like it", presend.Fix{Kind: presend.FixRemove, Addresses: list(kelvin)}},
		{"other-address: at the same place", presend.Fix{Kind: presend.FixAddress, Replaces: list("BO@x.example", "di@x.example"), Addresses: list("bo@y.example", "di@y.example")}},
		{"other-address: one that stands in Info moves to Action", presend.Fix{Kind: presend.FixAddress, Replaces: list("bo@x.example"), Addresses: list("DI@x.example")}},
		{"other-address: one that stands further down moves up", presend.Fix{Kind: presend.FixAddress, Replaces: list("ann@x.example"), Addresses: list("kay@x.example")}},
		{"other-address: one that stands further up stays", presend.Fix{Kind: presend.FixAddress, Replaces: list("di@x.example"), Addresses: list("bo@x.example")}},
		{"other-address: two change places", presend.Fix{Kind: presend.FixAddress, Replaces: list("bo@x.example", "cy@x.example"), Addresses: list("cy@x.example", "bo@x.example")}},
		{"role: one for several, and some left out", presend.Fix{Kind: presend.FixRole, Replaces: list("bo@x.example", "cy@x.example"), Addresses: list("j3@x.example", "J3@x.example"), Removes: list("di@x.example")}},
		{"role: one that is left out comes for another", presend.Fix{Kind: presend.FixRole, Replaces: list("bo@x.example"), Addresses: list("di@x.example"), Removes: list("di@x.example")}},
		{"split: parts, a file, and who is exempted", presend.Fix{Kind: presend.FixSplit, Addresses: list("BO@x.example", "di@x.example"), Parts: []int{0, 2}, Attachments: []int{0}}},
		{"split: parts in any order", presend.Fix{Kind: presend.FixSplit, Addresses: list("kay@x.example"), Parts: []int{2, 0}}},
		{"split: nothing of it is for the others", presend.Fix{Kind: presend.FixSplit, Addresses: list("ann@x.example")}},
		{"split: what bears no label of its own is not for the others", presend.Fix{Kind: presend.FixSplit, Addresses: list("cy@x.example"), Attachments: []int{1}}},
	} {
		out = append(out, applied(t, c.name, d, c.fix))
	}
	return out
}

func applied(t *testing.T, name string, d draft.Draft, f presend.Fix) applyVector {
	t.Helper()
	f.Text = "" // the words are no matter here
	if f.Addresses == nil {
		f.Addresses = []string{}
	}
	first, err := presend.Apply(d, f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	v := applyVector{Name: name, Draft: d, Fix: f, Applied: first}
	if f.Kind == presend.FixSplit {
		second := presend.Second(d, f)
		v.Second = &second
	}
	return v
}
