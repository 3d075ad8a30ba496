package presend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// vectorFile is a file of testdata/vectors; its README.md tells how to read one.
type vectorFile struct {
	Schema string `json:"schema"`
	Source struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"source"`
	NumberOfTests int               `json:"numberOfTests"`
	Notes         map[string]string `json:"notes"`
	Tests         []json.RawMessage `json:"tests"`
}

type vector struct {
	TcID    int      `json:"tcId"`
	Comment string   `json:"comment"`
	Clause  string   `json:"clause"`
	Flags   []string `json:"flags"`
	Result  string   `json:"result"`

	Label       string                 `json:"label"`
	Channel     string                 `json:"channel"`
	To          []string               `json:"to"`
	Exempted    []string               `json:"exempted"`
	Parts       []string               `json:"parts"`
	Files       []fileForm             `json:"files"`
	Inherited   string                 `json:"inherited"`
	SendAt      string                 `json:"sendAt"`
	Precedence  string                 `json:"precedence"`
	Sending     bool                   `json:"sending"`
	People      map[string]personForm  `json:"people"`
	Originator  *personForm            `json:"originator"`
	Links       map[string]string      `json:"links"`
	SystemHigh  string                 `json:"systemHigh"`
	Relax       []relaxForm            `json:"relax"`
	Thresholds  []thresholdForm        `json:"thresholds"`
	Alternative map[string][][2]string `json:"alternatives"`
	Rooms       map[string]roomForm    `json:"rooms"`

	Expect expectForm      `json:"expect"`
	Mend   json.RawMessage `json:"mend"`
}

type fileForm struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	XML   string `json:"xml"`
	Size  int64  `json:"size"`
}

type personForm struct {
	Nation     string   `json:"nation"`
	Kind       string   `json:"kind"`
	Clearance  string   `json:"clearance"`
	Unreadable bool     `json:"unreadable"`
	Age        string   `json:"age"`
	Withdrawn  bool     `json:"withdrawn"`
	Disabled   bool     `json:"disabled"`
	Ends       string   `json:"ends"`
	Plain      bool     `json:"plain"`
	Ceiling    string   `json:"ceiling"`
	Members    []string `json:"members"`
	ByMembers  bool     `json:"byMembers"`
	NoAddress  bool     `json:"noAddress"`
	Partial    bool     `json:"partial"`
	Addresses  []string `json:"addresses"`
	Unit       string   `json:"unit"`
	Filtered   bool     `json:"filtered"`
	Nodes      []string `json:"nodes"`
	Unlisted   bool     `json:"nodesUnlisted"`
	MaxSize    int64    `json:"maxSize"`
	NoFiles    bool     `json:"noAttachments"`
	EmCon      string   `json:"emCon"`
	Labels     string   `json:"labels"`
	MMHS       string   `json:"mmhs"`
}

type relaxForm struct {
	Outcome        string `json:"outcome"`
	Nation         string `json:"nation"`
	Channel        string `json:"channel"`
	Classification string `json:"classification"`
	Trial          bool   `json:"trial"`
}

type thresholdForm struct {
	Name           string `json:"name"`
	Classification string `json:"classification"`
	Limit          int    `json:"limit"`
	Action         string `json:"action"`
}

type roomForm struct {
	Known    []string `json:"known"`
	Complete bool     `json:"complete"`
}

// expectForm is what must come out. Verdicts read "outcome action rule…", with each rule once, in the order of the alphabet.
type expectForm struct {
	Rows       []string `json:"rows"`
	Links      []string `json:"links"`
	Originator string   `json:"originator"`
	Label      []string `json:"label"`
	Fixes      []string `json:"fixes"`
	Warnings   []string `json:"warnings"`
	Thresholds []string `json:"thresholds"`
	Trials     []string `json:"trials"`
	Envelope   []string `json:"envelope"`
}

var errVectors = errors.New("vectors")

// vectorFiles are the files with the least number of vectors that each has, so that one that lost some is seen.
var vectorFiles = map[string]int{"recipients.json": 14, "groups.json": 13, "lists.json": 20, "parts.json": 12, "rules.json": 11, "ways.json": 9}

var results = []string{"sendable", "override", "blocked"}

// readVectors refuses everything that is not exactly right: a vector that is passed over proves nothing.
func readVectors(data []byte) ([]vector, error) {
	var f vectorFile
	if err := strictly(data, &f); err != nil {
		return nil, err
	}
	if f.Schema != "caveat_presend_v1" || f.Source.Name == "" || f.Source.Version == "" || f.NumberOfTests != len(f.Tests) || len(f.Tests) == 0 {
		return nil, fmt.Errorf("%w: schema %q, source %+v, %d of %d tests", errVectors, f.Schema, f.Source, len(f.Tests), f.NumberOfTests)
	}
	used := map[string]bool{}
	var out []vector
	for i, raw := range f.Tests {
		v, err := readVector(raw)
		if err != nil {
			return nil, fmt.Errorf("test %d: %w", i+1, err)
		}
		if err := v.lint(i+1, f.Notes); err != nil {
			return nil, err
		}
		for _, flag := range v.Flags {
			used[flag] = true
		}
		out = append(out, v)
	}
	for note := range f.Notes {
		if !used[note] {
			return nil, fmt.Errorf("%w: no test has the flag %q of the notes", errVectors, note)
		}
	}
	return out, nil
}

func readVector(raw []byte) (vector, error) {
	var v vector
	err := strictly(raw, &v)
	return v, err
}

func (v vector) lint(id int, notes map[string]string) error {
	switch {
	case v.TcID != id:
		return fmt.Errorf("%w: tcId %d where %d must stand", errVectors, v.TcID, id)
	case strings.TrimSpace(v.Comment) == "" || !strings.HasPrefix(v.Clause, "RULES "):
		return fmt.Errorf("%w: test %d has no comment or no clause", errVectors, id)
	case len(v.Flags) == 0 || !slices.Contains(results, v.Result):
		return fmt.Errorf("%w: test %d has no flag, or the result %q", errVectors, id, v.Result)
	case v.Result == "sendable" && v.Mend != nil || v.Result != "sendable" && v.Mend == nil:
		return fmt.Errorf("%w: test %d: what is not sendable says what would mend it, and nothing else does", errVectors, id)
	case len(v.Expect.Rows) != len(v.To):
		return fmt.Errorf("%w: test %d expects %d rows of %d", errVectors, id, len(v.Expect.Rows), len(v.To))
	}
	for i, flag := range v.Flags {
		if strings.TrimSpace(notes[flag]) == "" || slices.Contains(v.Flags[:i], flag) {
			return fmt.Errorf("%w: test %d has the flag %q, which no note explains, or has it twice", errVectors, id, flag)
		}
	}
	return nil
}

func strictly(data []byte, into any) error {
	if err := draft.Decode(data, into); err != nil {
		return fmt.Errorf("%w: %w", errVectors, err)
	}
	return nil
}

func vectorPath(name string) string { return filepath.Join("testdata", "vectors", name) }

func TestVectors(t *testing.T) {
	entries, err := os.ReadDir(vectorPath(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := vectorFiles[e.Name()]; !ok && strings.HasSuffix(e.Name(), ".json") {
			t.Errorf("%s is not read", e.Name())
		}
	}
	for name, least := range vectorFiles {
		data, err := os.ReadFile(vectorPath(name))
		if err != nil {
			t.Fatal(err)
		}
		all, err := readVectors(data)
		if err != nil || len(all) < least {
			t.Fatalf("%s: %d vectors: %v", name, len(all), err)
		}
		for _, v := range all {
			t.Run(fmt.Sprintf("%s %d %s", name, v.TcID, v.Comment), func(t *testing.T) {
				v.check(t)
				v.checkMended(t)
			})
		}
	}
}

// The loader refuses each of these; else a vector could be lost unseen.
func TestVectorsAreReadStrictly(t *testing.T) {
	data, err := os.ReadFile(vectorPath("parts.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"unknown key":     {`"label":`, `"lable":`},
		"unknown result":  {`"result": "sendable"`, `"result": "maybe"`},
		"no comment":      {`"comment": "`, `"comment": "", "x": "`},
		"wrong tcId":      {`"tcId": 2`, `"tcId": 3`},
		"wrong count":     {`"numberOfTests": `, `"numberOfTests": 1`},
		"another schema":  {`caveat_presend_v1`, `caveat_presend_v2`},
		"unknown flag":    {`"flags": ["`, `"flags": ["No`},
		"nothing to mend": {`"mend": `, `"mende": `},
		"cut off":         {"]\n}", "]"},
	} {
		changed := bytes.Replace(data, []byte(edit[0]), []byte(edit[1]), 1)
		if _, err := readVectors(changed); err == nil || bytes.Equal(changed, data) {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := readVectors(append(data, '{', '}')); !errors.Is(err, errVectors) {
		t.Errorf("%v", err)
	}
}

// checkMended applies the one change that mends the vector: then it must be sendable, so that the fault is the only one.
func (v vector) checkMended(t *testing.T) {
	t.Helper()
	if v.Mend == nil {
		return
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	mended, err := readVector(merge(t, raw, v.Mend))
	if err != nil {
		t.Fatal(err)
	}
	w, d := mended.world(t)
	if r := w.report(d); !r.Sendable {
		t.Errorf("mended, and still: %+v", r)
	}
}

// merge applies a JSON merge patch (RFC 7396).
func merge(t *testing.T, doc, patch []byte) []byte {
	t.Helper()
	var a, b any
	if err := errors.Join(json.Unmarshal(doc, &a), json.Unmarshal(patch, &b)); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(merged(a, b))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func merged(a, b any) any {
	patch, ok := b.(map[string]any)
	if !ok {
		return b
	}
	out, ok := a.(map[string]any)
	if !ok {
		out = map[string]any{}
	}
	for k, x := range patch {
		if x == nil {
			delete(out, k)
		} else {
			out[k] = merged(out[k], x)
		}
	}
	return out
}

func (v vector) check(t *testing.T) {
	t.Helper()
	w, d := v.world(t)
	res, err := presend.Check(context.Background(), presend.Input{Draft: d, Site: w.site, Rules: w.rules, Directory: w, Routes: w, Now: now, Sending: w.sending,
		Occupants: w.occupants, Alternatives: w.alternatives})
	if err != nil {
		t.Fatal(err)
	}
	r := res.Report()
	if got := resultOf(r); got != v.Result {
		t.Errorf("%s, want %s", got, v.Result)
	}
	var rows, links, label, warnings, thresholds, trials []string
	for _, x := range r.Recipients {
		rows, links = append(rows, brief(x.Verdict)), append(links, brief(x.Link))
	}
	for _, p := range r.Label.Problems {
		label = append(label, p.Rule)
	}
	for _, x := range r.Warnings {
		warnings = append(warnings, x.Kind)
	}
	for _, x := range r.Thresholds {
		thresholds = append(thresholds, fmt.Sprintf("%s %s %d", x.Name, x.Action, x.Recipients))
	}
	for _, x := range res.Trials() {
		trials = append(trials, fmt.Sprintf("%s: %s", x.Rule, x.Outcome))
	}
	same := func(what string, got, want []string) {
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	same("rows", rows, v.Expect.Rows)
	if v.Expect.Links == nil { // not said: every way is open
		v.Expect.Links = slices.Repeat([]string{"cleared pass"}, len(rows))
	}
	same("links", links, v.Expect.Links)
	if v.Expect.Originator == "" {
		v.Expect.Originator = "cleared pass"
	}
	same("originator", []string{brief(r.Originator)}, []string{v.Expect.Originator})
	same("label", label, v.Expect.Label)
	if got := shown(r.Fixes); got != strings.Join(v.Expect.Fixes, "; ") {
		t.Errorf("fixes: %q, want %q", got, v.Expect.Fixes)
	}
	same("warnings", warnings, v.Expect.Warnings)
	same("thresholds", thresholds, v.Expect.Thresholds)
	same("trials", trials, v.Expect.Trials)
	same("envelope", v.envelopeOf(res), v.Expect.Envelope)
	for _, f := range r.Fixes {
		holdExact(t, "way forward", w, d, f)
	}
	if text, err := json.Marshal(r); err != nil || bytes.Contains(text, []byte(`"held"`)) {
		t.Errorf("%v: what is held is told", err)
	}
}

// envelopeOf writes to whom the message goes, where the vector has lists by members and is at Send: names, and of a member the list.
func (v vector) envelopeOf(res *presend.Result) (out []string) {
	isAsked := false
	for _, p := range v.People {
		isAsked = isAsked || p.ByMembers
	}
	if !isAsked {
		return nil
	}
	name := func(address string) string {
		for n := range v.People {
			if draft.FoldAddress(v.address(n)) == draft.FoldAddress(address) {
				return n
			}
		}
		return address
	}
	for _, x := range res.Envelope() {
		text := name(x.Address)
		if x.IsMember() {
			text += " of " + name(x.By)
		}
		out = append(out, text)
	}
	return out
}

// resultOf is what a report allows: sending, sending with reasons, or neither.
func resultOf(r presend.Report) string {
	worst := presend.Pass
	if !r.Label.Valid {
		worst = presend.Block
	}
	worst = strict(worst, r.Originator.Action)
	for _, x := range r.Recipients {
		worst = strict(worst, strict(x.Verdict.Action, x.Link.Action))
	}
	for _, x := range r.Thresholds {
		worst = strict(worst, x.Action)
	}
	if r.Sendable != (worst == presend.Pass) {
		return fmt.Sprintf("sendable %v with the action %s", r.Sendable, worst)
	}
	return map[presend.Action]string{presend.Pass: "sendable", presend.Warn: "override", presend.Block: "blocked"}[worst]
}

func brief(v presend.Verdict) string {
	var rules []string
	for _, r := range v.Reasons {
		rules = append(rules, r.Rule)
	}
	slices.Sort(rules)
	return strings.Join(append([]string{string(v.Outcome), string(v.Action)}, slices.Compact(rules)...), " ")
}
