package presend_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/cmbac"
	"caveat/backend/draft"
	"caveat/backend/presend"
)

// crowded is a world with everything in it, and addresses of all of it.
func crowded(t testing.TB) (*world, []string) {
	w := newWorld(t)
	w.person("good", "GBR", secret)
	w.person("low", "UKR", "RESTRICTED; Context=MROD; Special Category Designators=BOHEMIA")
	w.person("none", "AUS", "")
	w.group(presend.List, "list", "DEU", "", at("GBR", "good"), at("UKR", "low"), at("DEU", "hidden"), w.group(presend.Role, "role", "DEU", secret, at("AUS", "none")))
	w.group(presend.Room, "room", "GBR", secret)
	return w, []string{"Good@GBR.example", addr("low", "UKR"), addr("none", "AUS"), addr("list", "DEU"), addr("role", "DEU"), addr("room", "GBR"), "nobody@gbr.example", "x@nowhere.example"}
}

func TestRule12ReportShape(t *testing.T) {
	w, to := crowded(t)
	d := w.draft(atomal, to...)
	d.Info = []string{"GOOD@gbr.example", "NOBODY@GBR.example ", "late@gbr.example"}
	for _, w.showHeld = range []bool{false, true} {
		for _, edit := range []func(){func() {}, func() { w.unbound = true }, func() { w.rules.SystemHigh.Classifications = nil }} {
			edit()
			r, err := w.run(d)
			if err != nil {
				t.Fatal(err)
			}
			var spelled []string
			for _, x := range r.Report().Recipients {
				spelled = append(spelled, x.Address)
			}
			if expect := append(append([]string{}, to...), "late@gbr.example"); !reflect.DeepEqual(spelled, expect) {
				t.Errorf("rows %q, want %q", spelled, expect)
			}
			text, err := json.Marshal(r.Report())
			if err != nil {
				t.Fatal(err)
			}
			var tree map[string]any
			if err := json.Unmarshal(text, &tree); err != nil {
				t.Fatal(err)
			}
			noNull(t, "report", tree)
			if r.Report().Draft != d.Digest() || r.DraftDigest() != d.Digest() || r.Draft().Digest() != d.Digest() {
				t.Error("digest")
			}
		}
	}
}

// noNull: only readAt may be null; every verdict has reasons, and evidence that says where was looked.
func noNull(t *testing.T, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		if !strings.HasSuffix(path, ".readAt") {
			t.Errorf("%s is null", path)
		}
	case []any:
		for i, x := range v {
			noNull(t, fmt.Sprintf("%s[%d]", path, i), x)
		}
	case map[string]any:
		for k, x := range v {
			noNull(t, path+"."+k, x)
		}
		if _, ok := v["verdict"]; ok && (v["link"] == nil || v["nation"] == nil || v["kind"] == "") {
			t.Errorf("%s: %v", path, v)
		}
		if outcome, ok := v["outcome"]; ok && v["action"] != nil {
			reasons := v["reasons"].([]any)
			if (outcome == "cleared") != (len(reasons) == 0) || (outcome == "cleared") != (v["action"] == "pass") {
				t.Errorf("%s: %v", path, v)
			}
			e := v["evidence"].(map[string]any)
			if outcome != "cleared" && e["directory"] == "" && e["dn"] == "" && !strings.Contains(path, "members") || e["policy"].(map[string]any)["sha256"] == "" {
				t.Errorf("%s: %v", path, e)
			}
		}
	}
}

func TestResultIsNoProofWithoutCheck(t *testing.T) {
	var none *presend.Result
	if none.IsDone() || none.IsForSending() || (&presend.Result{}).IsDone() || (&presend.Result{}).IsForSending() {
		t.Error("the zero Result is a check")
	}
	w := newWorld(t)
	w.person("good", "GBR", secret)
	r, err := w.run(w.draft(secret, addr("good", "GBR")))
	if err != nil || !r.IsDone() || r.IsForSending() || !r.At().Equal(now) || r.Originator().Address != me || r.Party(" GOOD@gbr.example").Nation != "GBR" {
		t.Errorf("%+v, %v", r, err)
	}
	if a, b := r.Report().Digest(), w.check(secret, addr("good", "GBR")).Digest(); a != b || !strings.HasPrefix(a, "sha256:") {
		t.Errorf("%s, %s", a, b)
	}
	w.sending = true
	if r, err = w.run(w.draft(secret, addr("good", "GBR"))); err != nil || !r.IsForSending() {
		t.Error(err)
	}
	// Whoever the directory does not answer for must not be sent to unseen.
	w.short = true
	if r, err := w.run(w.draft(secret, "nobody@gbr.example", addr("good", "GBR"))); err == nil {
		t.Errorf("an answer too few: %+v", r.Report())
	}
}

func TestDraftsThatCannotBeChecked(t *testing.T) {
	w := newWorld(t)
	for name, edit := range map[string]func(*draft.Draft){
		"no label":       func(d *draft.Draft) { d.Label = draft.Label{} },
		"no recipient":   func(d *draft.Draft) { d.Action = nil },
		"unknown policy": func(d *draft.Draft) { d.Label = chosen("ELSE", secret) },
		"unknown class":  func(d *draft.Draft) { d.Label = chosen("NATO", "COSMIC; Context=MROD") },
		"unknown value":  func(d *draft.Draft) { d.Label = chosen("NATO", "SECRET; Context=MROD; Only=FRA") },
		"no XML":         func(d *draft.Draft) { d.Label = draft.Label{XML: "<label/>"} },
		"header smuggled": func(d *draft.Draft) {
			d.Action = []string{"a@gbr.example\r\nBcc: b@gbr.example"}
		},
	} {
		d := w.draft(secret, "a@gbr.example")
		edit(&d)
		if r, err := w.run(d); err == nil || r != nil {
			t.Errorf("%s: %v", name, r)
		}
	}
}

func TestRule18RemoveAndSplitAreExact(t *testing.T) {
	w, to := crowded(t)
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 18))
		var some []string
		for _, i := range rng.Perm(len(to))[:1+rng.IntN(len(to))] {
			some = append(some, to[i])
		}
		d := w.draft(secret, some...)
		if rng.IntN(2) == 0 {
			d.Action, d.Info = d.Action[:1], d.Action[1:]
		}
		res, err := w.run(d)
		if err != nil {
			t.Fatal(err)
		}
		r, passing := res.Report(), 0
		for _, x := range r.Recipients {
			if x.Verdict.Action == presend.Pass && x.Link.Action == presend.Pass {
				passing++
			}
		}
		if offered := len(r.Fixes) > 0; offered != (passing > 0 && passing < len(r.Recipients)) {
			t.Fatalf("%q: %d of %d pass, and the fixes are %+v", some, passing, len(r.Recipients), r.Fixes)
		}
		for _, f := range r.Fixes {
			after, err := w.run(d.Without(f.Addresses))
			if err != nil || !after.Report().Sendable || len(after.Report().Recipients) != passing {
				t.Errorf("%q: %s %q does not pass: %v", some, f.Kind, f.Addresses, err)
			}
		}
	}
}

func TestRule18NoFixWhereRemovingDoesNotHelp(t *testing.T) {
	w, to := crowded(t)
	if f := w.check(secret, to[1]).Fixes; len(f) > 0 {
		t.Errorf("nobody would be left: %+v", f)
	}
	if f := w.check(secret, to[0]).Fixes; len(f) > 0 {
		t.Errorf("nothing to mend: %+v", f)
	}
	w.origin.Entries[0].Clearances = nil
	if f := w.check(secret, to...).Fixes; len(f) > 0 {
		t.Errorf("the originator may not send it: %+v", f)
	}
}

func TestRule19HeldValuesAreForAdministrators(t *testing.T) {
	w, to := crowded(t)
	w.rules.SystemHigh = clearance(w.policy, "SECRET; Context=MROD; Special Category Designators=BOHEMIA")
	for _, text := range []string{secret, atomal} {
		for _, w.showHeld = range []bool{false, true} {
			doc, err := json.Marshal(w.check(text, to...))
			if err != nil {
				t.Fatal(err)
			}
			held := strings.Contains(string(doc), `"held"`)
			if held != w.showHeld {
				t.Errorf("%s: held %v, asked for %v", text, held, w.showHeld)
			}
			if !w.showHeld && strings.Contains(string(doc), "BOHEMIA") {
				t.Errorf("%s: a drafter reads what somebody holds: %s", text, doc)
			}
		}
	}
	x := w.one("SECRET; Context=MROD; Special Category Designators=BOHEMIA", addr("good", "GBR"))
	if v := x.Verdict; len(v.Reasons) != 1 || v.Reasons[0].Needed[0] != "BOHEMIA" || v.Reasons[0].Held != nil {
		t.Errorf("what is missing is for everybody: %+v", v)
	}
}

// What somebody holds under another policy is held too: the text of a refusal must not name it.
func TestRule19TextsDoNotNamePoliciesHeld(t *testing.T) {
	other := policyText(t, `name="NATO" id="1.3.6.1.4.1.32473.4774.1"`, `name="ELSEWHERE" id="1.3.6.1.4.1.32473.4774.9"`)
	w := newWorld(t, policyText(t), other)
	w.person("p", "GBR", "")
	w.change("p", "GBR", func(e *presend.Entry) {
		e.Clearances = []string{string(clearance(w.site.Policies()[1], secret).Marshal())}
	})
	v := w.one(secret, addr("p", "GBR")).Verdict
	want(t, "other policy", v, "not-cleared block policy")
	if strings.Contains(v.Reasons[0].Text, "ELSEWHERE") {
		t.Errorf("%s", v.Reasons[0].Text)
	}
}

// TestReportDigestIsOfTheCheckAtSend: a check while drafting, by which nothing may be sent, proves nothing.
func TestReportDigestIsOfTheCheckAtSend(t *testing.T) {
	w := newWorld(t)
	w.person("p", "GBR", secret)
	for _, sending := range []bool{false, true} {
		w.sending = sending
		r, err := w.run(w.draft(secret, addr("p", "GBR")))
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if sending {
			want = r.Report().Digest()
		}
		if r.ReportDigest() != want {
			t.Errorf("sending %v: %q", sending, r.ReportDigest())
		}
	}
}

// TestRule19HeldIsTakenOutOfEveryRow: also where several rows share their reasons, and where one has more of them than another.
func TestRule19HeldIsTakenOutOfEveryRow(t *testing.T) {
	w := newWorld(t)
	for _, uid := range []string{"a", "b", "c"} {
		w.person(uid, "GBR", restricted)
	}
	w.change("c", "GBR", func(e *presend.Entry) { e.Disabled = true })
	to := []string{addr("a", "GBR"), addr("b", "GBR"), addr("c", "GBR")}
	for _, showHeld := range []bool{true, false} {
		w.showHeld = showHeld
		for _, x := range w.check(secret, to...).Recipients {
			for _, r := range x.Verdict.Reasons {
				if shown := len(r.Held) > 0; shown && !showHeld || !shown && showHeld && r.Rule == cmbac.RuleClassification {
					t.Errorf("%s, shown: %v: %+v", x.Address, showHeld, r)
				}
			}
			if rows := len(x.Verdict.Reasons); rows != 1 && x.Address != to[2] || rows != 2 && x.Address == to[2] {
				t.Errorf("%s: %+v", x.Address, x.Verdict.Reasons)
			}
		}
	}
}
