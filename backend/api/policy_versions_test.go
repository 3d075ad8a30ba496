package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/store"
)

// demoSPIF is the demonstration's policy with changes: pairs of old and new text.
func demoSPIF(t testing.TB, changes ...string) string {
	t.Helper()
	data, err := os.ReadFile("../demo/policy.spif.xml")
	must(t, err)
	text := string(data)
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("the policy has no %q", changes[i])
		}
		text = strings.ReplaceAll(text, changes[i], changes[i+1])
	}
	return text
}

// narrower is a second version: the values of Context must all be held, which nobody's clearance says; BOHEMIA is gone, ATOMAL needs
// SECRET.
func narrower(t testing.TB) string {
	return demoSPIF(t, `schemaVersion="2.1" version="1"`, `schemaVersion="2.1" version="2"`, `tagSetRef="Context" tagType="permissive"`, `tagSetRef="Context" tagType="restrictive"`,
		`name="Context" tagType="permissive"`, `name="Context" tagType="restrictive"`, `<spif:tagCategory name="BOHEMIA" lacv="2"/>`, ``,
		`name="ATOMAL" lacv="1"/>`, `name="ATOMAL" lacv="1" requiredClass="SECRET"/>`)
}

// policyWorld is a world whose user is an administrator.
func policyWorld(t *testing.T) *adminWorld {
	t.Helper()
	w := newAdminWorld(t, false, nil)
	must(t, os.WriteFile(w.path(), []byte(strings.Replace(w.file(), `roles = ["drafter"]`, `roles = ["administrator", "drafter"]`, 1)), 0o600))
	w.renew()
	_, err := w.service.Sync(t.Context(), "", nil)
	must(t, err)
	return w
}

func (w *adminWorld) load(document string) api.PolicyVersion {
	w.t.Helper()
	return answered[api.PolicyVersion](w.world, http.StatusOK, "POST", "/api/policy/versions", map[string]string{"spif": document})
}

// put puts a version in force, as a program that goes on with the new installation then.
func (w *adminWorld) put(sum string, use api.PolicyUse) api.PolicyVersionsDocument {
	w.t.Helper()
	out := answered[api.PolicyVersionsDocument](w.world, http.StatusOK, "POST", "/api/policy/versions/"+sum+"/use", use)
	w.renew()
	return out
}

// settings are the settings lines of the log.
func (w *adminWorld) settings() (out []string) {
	w.t.Helper()
	var text strings.Builder
	must(w.t, audit.Export(w.t.Context(), w.store, &text))
	for line := range strings.Lines(text.String()) {
		if strings.Contains(line, `"type":"settings"`) {
			out = append(out, line)
		}
	}
	return out
}

func TestAPolicyIsLintedBeforeItIsLoaded(t *testing.T) {
	w := policyWorld(t)
	broken := map[string]string{"spif": demoSPIF(t, `hierarchy="20"`, `hierarchy="10"`)}
	d := answered[api.LintDocument](w.world, http.StatusOK, "POST", "/api/policy/lint", broken)
	if d.Usable || d.Errors == 0 || d.Findings[0].Line == 0 {
		t.Errorf("%+v", d)
	}
	w.refused(http.StatusUnprocessableEntity, "user-policy-refused", "POST", "/api/policy/versions", broken)
	if d := answered[api.LintDocument](w.world, http.StatusOK, "POST", "/api/policy/lint", map[string]string{"spif": "no XML"}); d.Usable || d.Errors != 1 {
		t.Errorf("%+v", d)
	}
	good := answered[api.LintDocument](w.world, http.StatusOK, "POST", "/api/policy/lint", map[string]string{"spif": narrower(t)})
	if !good.Usable || good.Known || good.Version != 2 || good.Signature.State != "none" {
		t.Errorf("%+v", good)
	}
	if all := get[api.PolicyVersionsDocument](w.world, "/api/policy/versions"); len(all.Versions) != 1 || all.Versions[0].Standing != "governing" || !all.Editable {
		t.Errorf("%+v", all)
	}
	v := w.load(narrower(t))
	if v.SHA256 != good.SHA256 || v.Standing != "kept" || v.Version != 2 || v.LoadedBy != "tester" || v.Loaded == nil || v.Acceptance != "" {
		t.Errorf("%+v", v)
	}
	if again := w.load(narrower(t)); again.SHA256 != v.SHA256 || len(w.settings()) != 1 {
		t.Errorf("loaded twice: %+v, %d lines", again, len(w.settings()))
	}
	if good := answered[api.LintDocument](w.world, http.StatusOK, "POST", "/api/policy/lint", map[string]string{"spif": narrower(t)}); !good.Known {
		t.Error("it is not known")
	}
}

// The whole way: put in force as one act that is in the log, and back.
func TestRule17APolicyIsPutInForceAndRolledBack(t *testing.T) {
	w := policyWorld(t)
	first := get[api.PolicyVersionsDocument](w.world, "/api/policy/versions").Versions[0]
	v := w.load(narrower(t))
	path := "/api/policy/versions/" + v.SHA256
	w.refused(http.StatusUnprocessableEntity, "user-policy-acceptance", "POST", path+"/use", api.PolicyUse{})
	w.refused(http.StatusUnprocessableEntity, "user-policy-acceptance", "POST", path+"/use", api.PolicyUse{Accept: " \n"})
	w.refused(http.StatusConflict, "user-policy-changed", "POST", path+"/use", api.PolicyUse{Accept: "x", Expected: strings.Repeat("0", 64)})
	w.refused(http.StatusConflict, "user-policy-use", "POST", path+"/use", api.PolicyUse{Accept: "x", As: "beside"})
	w.refused(http.StatusConflict, "user-policy-use", "POST", path+"/withdraw", nil)
	w.refused(http.StatusNotFound, "user-not-found", "POST", "/api/policy/versions/"+strings.Repeat("0", 64)+"/use", api.PolicyUse{Accept: "x"})
	if text := w.file(); strings.Contains(text, v.SHA256) {
		t.Errorf("what was refused is in the file:\n%s", text)
	}
	seq, err := w.store.NewestChange(t.Context())
	must(t, err)
	got := w.put(v.SHA256, api.PolicyUse{Accept: "by courier", Expected: first.SHA256})
	if got.Versions[0].SHA256 != v.SHA256 || got.Versions[0].Standing != "governing" || !strings.HasPrefix(got.Versions[0].Acceptance, "Accepted by tester on ") ||
		got.Versions[0].Used == nil || len(got.Versions) != 2 || got.Versions[1].SHA256 != first.SHA256 || got.Versions[1].Acceptance != "a test" {
		t.Errorf("%+v", got)
	}
	changes, _, _, err := w.store.Changes(t.Context(), seq)
	must(t, err)
	if !slices.ContainsFunc(changes, func(c store.Change) bool { return c.Kind == api.ChangeInstallation }) {
		t.Errorf("nobody is told: %v", changes)
	}
	text := w.file()
	for _, want := range []string{"# Kept by the signal office", "policies/" + v.SHA256 + ".xml", "require_tag_sets", "by courier"} {
		if !strings.Contains(text, want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
	lines := w.settings()
	last := lines[len(lines)-1]
	for _, want := range []string{`"kind":"policy"`, `"change":"put-in-force"`, v.SHA256, "by courier"} {
		if !strings.Contains(last, want) {
			t.Errorf("the log lacks %s: %s", want, last)
		}
	}
	if now := w.service.Installation().Site.Policies()[0]; now.Version() != 2 {
		t.Errorf("version %d governs", now.Version())
	}
	back := w.put(first.SHA256, api.PolicyUse{}) // as it was accepted before
	if back.Versions[0].SHA256 != first.SHA256 || back.Versions[0].Acceptance != "a test" {
		t.Errorf("%+v", back.Versions[0])
	}
	if lines := w.settings(); !strings.Contains(lines[len(lines)-1], `"change":"rolled-back"`) {
		t.Errorf("%s", lines[len(lines)-1])
	}
	n := len(w.settings())
	w.put(first.SHA256, api.PolicyUse{}) // already so
	if len(w.settings()) != n {
		t.Errorf("nothing changed, and the log has %s", w.settings()[n])
	}
}

func TestAPolicyStandsBesideAndIsWithdrawn(t *testing.T) {
	w := policyWorld(t)
	peer := demoSPIF(t, `name="NATO" id="1.3.6.1.4.1.32473.4774.1"`, `name="PEER" id="1.3.6.1.4.1.32473.4774.9"`)
	v := w.load(peer)
	got := w.put(v.SHA256, api.PolicyUse{Accept: "as the peer sent it"})
	if len(got.Versions) != 2 || got.Versions[1].SHA256 != v.SHA256 || got.Versions[1].Standing != "beside" {
		t.Errorf("%+v", got)
	}
	w.renew()
	// Which of two governs is only the order of their sections: that is a change as any other, and in the log.
	own, n := got.Versions[0].SHA256, len(w.settings())
	for _, sum := range []string{v.SHA256, own} {
		got = w.put(sum, api.PolicyUse{As: "governing"})
		if lines := w.settings(); got.Versions[0].SHA256 != sum || got.Versions[1].Standing != "beside" || !strings.Contains(lines[len(lines)-1], `"before":"[[policy]]`) {
			t.Errorf("%+v, %s", got, lines[len(lines)-1])
		}
		w.renew()
	}
	if len(w.settings()) < n+2 {
		t.Errorf("%d lines before, %d after", n, len(w.settings()))
	}
	got = answered[api.PolicyVersionsDocument](w.world, http.StatusOK, "POST", "/api/policy/versions/"+v.SHA256+"/withdraw", nil)
	w.renew()
	if got.Versions[1].Standing != "kept" || len(w.service.Installation().Site.Policies()) != 1 {
		t.Errorf("%+v", got)
	}
	w.refused(http.StatusConflict, "user-policy-use", "POST", "/api/policy/versions/"+v.SHA256+"/withdraw", nil)
	if lines := w.settings(); !strings.Contains(lines[len(lines)-1], `"change":"removed"`) {
		t.Errorf("%s", lines[len(lines)-1])
	}
	got = w.put(v.SHA256, api.PolicyUse{As: "governing"})
	if got.Versions[0].Name != "PEER" || got.Versions[1].Name != "NATO" || got.Versions[1].Standing != "beside" {
		t.Errorf("%+v", got)
	}
}

// A document that somebody changed on disk is not put in force.
func TestAnAlteredVersionIsNotPutInForce(t *testing.T) {
	w := policyWorld(t)
	v := w.load(narrower(t))
	must(t, os.WriteFile(w.dir+"/policies/"+v.SHA256+".xml", []byte(strings.Replace(narrower(t), "ATOMAL", "ATOMIC", 1)), 0o600))
	w.refused(http.StatusInternalServerError, "server-tampered", "POST", "/api/policy/versions/"+v.SHA256+"/use", api.PolicyUse{Accept: "x"})
	all := get[api.PolicyVersionsDocument](w.world, "/api/policy/versions")
	if !strings.Contains(all.Versions[1].Problem, "altered") {
		t.Errorf("%+v", all.Versions[1])
	}
}

func TestAPolicyThatEndedIsNotPutInForce(t *testing.T) {
	w := policyWorld(t)
	v := w.load(demoSPIF(t, `schemaVersion="2.1" version="1"`, `schemaVersion="2.1" version="2" notAfter="2020-01-01T00:00:00Z"`))
	if v.Validity != "ended" {
		t.Errorf("%+v", v)
	}
	w.refused(http.StatusConflict, "user-policy-use", "POST", "/api/policy/versions/"+v.SHA256+"/use", api.PolicyUse{Accept: "x"})
}

// What would break the installation is refused whole, and said before.
func TestAPolicyThatTheInstallationDoesNotFitIsRefused(t *testing.T) {
	w := policyWorld(t)
	v := w.load(demoSPIF(t, `schemaVersion="2.1" version="1"`, `schemaVersion="2.1" version="3"`, `name="UKR" lacv="2"`, `name="UKRAINE" lacv="2"`))
	before := w.file()
	w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/policy/versions/"+v.SHA256+"/use", api.PolicyUse{Accept: "x"})
	if w.file() != before {
		t.Error("the file was changed")
	}
	d := get[api.PolicyImpact](w.world, "/api/policy/versions/"+v.SHA256+"/impact")
	if !strings.Contains(d.Problem, "UKR") || d.Needs != "acceptance" {
		t.Errorf("%+v", d)
	}
}

func TestRule27PoliciesAreReadOnlyWhereManaged(t *testing.T) {
	w := policyWorld(t)
	v := w.load(narrower(t))
	s := w.newService(w.store, w.book, true)
	defer s.Close()
	if _, err := s.LoadPolicy(t.Context(), []byte(narrower(t))); err == nil {
		t.Error("loaded")
	}
	if _, err := s.UsePolicy(t.Context(), v.SHA256, api.PolicyUse{Accept: "x"}); err == nil {
		t.Error("put in force")
	}
	if _, err := s.WithdrawPolicy(t.Context(), v.SHA256); err == nil {
		t.Error("withdrawn")
	}
	if all, err := s.PolicyVersions(t.Context()); err != nil || all.Editable || all.Managed == "" {
		t.Errorf("%+v %v", all, err)
	}
}

func TestAPolicyIsDrawn(t *testing.T) {
	w := policyWorld(t)
	v := w.load(narrower(t))
	d := get[api.PolicyDrawing](w.world, "/api/policy/versions/"+v.SHA256+"?lang=en")
	if d.Classes[0].Name != "TOP SECRET" && d.Classes[0].Name != "SECRET" || !slices.Equal(d.Languages, []string{"en", "fr"}) || !slices.Equal(d.Required, []string{"Context"}) {
		t.Errorf("%+v", d)
	}
	i := slices.IndexFunc(d.TagSets, func(s api.DrawnTagSet) bool { return s.Name == "Special Category Designators" })
	if values := d.TagSets[i].Tags[0].Values; len(values) != 1 || values[0].Name != "ATOMAL" || len(values[0].Rules) != 1 {
		t.Errorf("%+v", values)
	}
	fr := get[api.PolicyDrawing](w.world, "/api/policy/versions/"+v.SHA256+"?lang=fr")
	if rule := fr.TagSets[i].Tags[0].Rules[0]; !strings.HasPrefix(rule, "une personne doit détenir") {
		t.Errorf("%s", rule)
	}
	w.refused(http.StatusUnprocessableEntity, "user-request", "GET", "/api/policy/versions/..%2f..%2fcaveat.db", nil)
}

// Who gains and who loses is what the counting of people says under the one policy and under the other.
func TestWhatAPolicyWouldChange(t *testing.T) {
	w := policyWorld(t)
	w.save(one, 0, content(secret, ann))
	w.save(two, 0, content(`{"policy":"NATO","classification":"RESTRICTED","categories":{"Context":["MROD"],"Special Category Designators":["ATOMAL"]}}`, ann))
	v := w.load(narrower(t))
	d := get[api.PolicyImpact](w.world, "/api/policy/versions/"+v.SHA256+"/impact")
	if d.Problem != "" || d.Needs != "acceptance" || d.As != "governing" || d.InForce || d.People != 5 || len(d.Labels) != 2 {
		t.Fatalf("%+v", d)
	}
	invalid, lost := d.Labels[0], d.Labels[1]
	if len(invalid.Invalid) == 0 || !strings.Contains(invalid.Marking, "ATOMAL") || invalid.Uses.Drafts != 1 {
		t.Errorf("%+v", invalid)
	}
	// me, Ann and Olha hold SECRET MROD.
	if len(lost.Invalid) != 0 || lost.Lost != 3 || lost.Gained != 0 || len(lost.Examples) != 3 || !slices.Equal(lost.Nations, []api.NationImpact{{Nation: "GBR", Lost: 2}, {Nation: "UKR", Lost: 1}}) {
		t.Errorf("%+v", lost)
	}
	if len(d.Drafts) != 1 || d.Drafts[0].ID != one || !strings.Contains(d.Drafts[0].Why, ann) || d.Drafts[0].Subject != "Bridge" {
		t.Errorf("%+v", d.Drafts)
	}
	if !slices.ContainsFunc(d.Differences, func(x api.PolicyDifference) bool { return x.Change == "removed" && x.Name == "BOHEMIA" }) ||
		!slices.ContainsFunc(d.Differences, func(x api.PolicyDifference) bool {
			return x.Change == "changed" && x.Name == "ATOMAL" && x.After == "only with SECRET"
		}) {
		t.Errorf("%+v", d.Differences)
	}
	if now := answered[api.ReceiveDocument](w.world, http.StatusOK, "POST", "/api/book/receive", `{"label":`+secret+`}`); now.People.May != lost.Lost {
		t.Errorf("%d can get it, %d are said to lose it", now.People.May, lost.Lost)
	}
	w.put(v.SHA256, api.PolicyUse{Accept: "x"})
	back := get[api.PolicyImpact](w.world, "/api/policy/versions/"+d.Governing+"/impact")
	i := slices.IndexFunc(back.Labels, func(l api.LabelImpact) bool { return l.Marking == lost.Marking })
	if back.Needs != "" || i < 0 || back.Labels[i].Gained != 3 || back.Labels[i].Lost != 0 {
		t.Errorf("%+v", back)
	}
	if here := get[api.PolicyImpact](w.world, "/api/policy/versions/"+v.SHA256+"/impact"); !here.InForce || len(here.Labels) != 0 {
		t.Errorf("%+v", here)
	}
}

// Who is no drafter is told which drafts and messages they are, not what they are about.
func TestRule19WhatAPolicyWouldChangeTellsSubjectsToDraftersOnly(t *testing.T) {
	w := policyWorld(t)
	w.save(one, 0, content(secret, ann))
	later := fmt.Sprintf(`{"draft":%s}`, strings.Replace(content(secret, ann), "{", `{"sendAt":"`+time.Now().Add(time.Hour).UTC().Format(time.RFC3339)+`",`, 1))
	queued := answered[api.Sent](w.world, http.StatusAccepted, "POST", "/api/send", later).Message
	v := w.load(narrower(t))
	for role, isDrafter := range map[string]bool{installation.RoleAdministrator: false, installation.RoleDrafter: true} {
		d, err := w.service.PolicyImpact(api.WithCaller(t.Context(), api.Caller{User: "x", Roles: []string{role}}), v.SHA256, "", "en")
		if err != nil || len(d.Drafts) != 1 || len(d.Waiting) != 1 {
			t.Fatalf("%s: %+v %v", role, d, err)
		}
		a, m := d.Drafts[0], d.Waiting[0]
		if a.ID != one || a.Marking == "" || a.Channel != "mail" || a.Time.IsZero() || (a.Subject != "") != isDrafter {
			t.Errorf("%s: %+v", role, a)
		}
		if m.ID != queued || m.Marking == "" || m.Channel != "mail" || m.Time.IsZero() || (m.Subject != "") != isDrafter {
			t.Errorf("%s: %+v", role, m)
		}
		text, err := json.Marshal(d)
		if must(t, err); strings.Contains(string(text), "ridge") != isDrafter {
			t.Errorf("%s: %s", role, text)
		}
	}
}

// Who may ask for which operation stands in the table of roles, with a test of its own.
func TestRule19PoliciesAreEditableForAdministratorsOnly(t *testing.T) {
	w := policyWorld(t)
	for role, want := range map[string]bool{installation.RoleAdministrator: true, installation.RoleAuditor: false, installation.RoleDrafter: false} {
		all, err := w.service.PolicyVersions(api.WithCaller(t.Context(), api.Caller{User: "x", Roles: []string{role}}))
		if err != nil || all.Editable != want || len(all.Versions) != 1 {
			t.Errorf("%s: %+v %v", role, all, err)
		}
	}
}
