package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// audited gives the entries of a type in the audit log.
func (w *world) audited(typ string) (out []map[string]any) {
	w.t.Helper()
	rows, err := w.store.Reader().QueryContext(w.t.Context(), `SELECT line FROM audit ORDER BY seq`)
	must(w.t, err)
	defer rows.Close()
	for rows.Next() {
		var line []byte
		must(w.t, rows.Scan(&line))
		var entry struct {
			Type string
			Data map[string]any
		}
		must(w.t, json.Unmarshal(line, &entry))
		if entry.Type == typ {
			out = append(out, entry.Data)
		}
	}
	must(w.t, rows.Err())
	return out
}

// TestRule10RefusalIsAuditedOnce: for a draft and label, not with each key.
func TestRule10RefusalIsAuditedOnce(t *testing.T) {
	w := newWorld(t, "")
	above := func(text string) string {
		return strings.Replace(content(classed("TOP SECRET"), ann), "Bridge", text, 1)
	}
	for _, text := range []string{"B", "Br", "Bri"} {
		w.denied("user-system-high", http.MethodPut, "/api/drafts/"+one, `{"version":0,"content":`+above(text)+`}`)
		answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", above(text))
	}
	w.upload(http.StatusUnprocessableEntity, "plan.eml", bearing("TOP SECRET"))
	found := w.audited("refused")
	if len(found) != 3 {
		t.Fatalf("%d entries: %v", len(found), found)
	}
	for i, at := range []string{"save", "check", "attach"} {
		if found[i]["at"] != at || found[i]["rule"] != "system-high" || found[i]["marking"] != "NATO/MROD TOP SECRET" || found[i]["user"] != "tester" {
			t.Errorf("%v", found[i])
		}
	}
	if found[0]["draft"] != one {
		t.Errorf("%v", found[0])
	}
	w.denied("user-system-high", http.MethodPut, "/api/drafts/"+strings.Repeat("b", 16), `{"version":0,"content":`+above("B")+`}`)
	if found := w.audited("refused"); len(found) != 4 {
		t.Errorf("another draft: %v", found)
	}
}

// TestFavouriteLabelsHaveOneSpelling: of one label there is one entry, however it was written.
func TestFavouriteLabelsHaveOneSpelling(t *testing.T) {
	w := newWorld(t, "")
	put := func(sel string, favourite bool) []api.LabelUse {
		return answered[[]api.LabelUse](w, http.StatusOK, http.MethodPut, "/api/label/favourites", fmt.Sprintf(`{"selection":%s,"favourite":%v}`, sel, favourite))
	}
	spelled := []string{
		`{"policy":"NATO","classification":"SECRET","categories":{"Context":["MROD"],"Releasable To":["GBR","UKR"]}}`,
		`{"policy":"nato","classification":"secret","categories":{"Releasable To":["UKR","GBR"],"context":["mrod"]}}`,
		`{"policy":"NATO","classification":"SECRET","categories":{"Releasable To":[{"type":"permissive","name":"UKR"},"GBR"],"Context":["MROD"]}}`,
	}
	for _, sel := range spelled {
		if list := put(sel, true); len(list) != 1 || !list[0].Favourite || list[0].Selection.Classification != "SECRET" || list[0].Selection.Policy != "NATO" {
			t.Errorf("%s: %+v", sel, list)
		}
	}
	if list := put(spelled[1], false); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// TestRule23SizeWhileDrafting: what the account's server does not take is refused before it is sent, attachments by what they come to.
func TestRule23SizeWhileDrafting(t *testing.T) {
	w := newWorldOf(t, people(), func(file string) string {
		return strings.Replace(strings.Replace(file, "drafting_age", "max_attachment = 40000\ndrafting_age", 1), `security = "plain"`, "security = \"plain\"\nmax_size = 40000", 1)
	})
	for size, sendable := range map[int]bool{1_000: true, 27_000: false} { // in base64 more than 36,000, and a frame around it
		k := w.kept("plan.pdf", strings.Repeat("x", size))
		r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", withFile(k, ""))
		text := fmt.Sprint(r.Originator.Reasons)
		if r.Sendable != sendable || !sendable && (!strings.Contains(text, "39.1 kB") || r.Originator.Reasons[0].Rule != presend.RuleCapability || r.Originator.Action != presend.Block) {
			t.Errorf("%d bytes: %v, %s", size, r.Sendable, text)
		}
	}
	w.upload(http.StatusRequestEntityTooLarge, "plan.pdf", strings.Repeat("x", 40_001))
}

// TestRule15ResendHoldsForWhatWasSeen: as Send does, and no key of the request is passed over.
func TestRule15ResendHoldsForWhatWasSeen(t *testing.T) {
	w := newWorld(t, "")
	w.denied("user-request", http.MethodPost, "/api/messages/x/resend", `{"overrides":{},"sean":{}}`)
	w.denied("user-unknown-message", http.MethodPost, "/api/messages/x/resend", `{"seen":{"a@b":{"marking":"S","policy":"x"}}}`)
}

// TestRule02MessageInsideCounts: of a labelled message with a more restrictive one inside that one's label must be covered, and the
// check says where it was read.
func TestRule02MessageInsideCounts(t *testing.T) {
	w := newWorld(t, "")
	outer := strings.Replace(bearing("RESTRICTED"), "\r\n\r\nThe old text.\r\n",
		"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"+bearing("SECRET")+"\r\n--b--\r\n", 1)
	k := w.kept("fwd.eml", outer)
	if k.Marking != "NATO/MROD SECRET" {
		t.Fatalf("%+v", k)
	}
	low := strings.Replace(withFile(k, ""), `"label":`+secret, `"label":`+classed("CONFIDENTIAL"), 1)
	r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", low)
	text := fmt.Sprint(r.Label.Problems)
	for _, part := range []string{`"NATO/MROD SECRET"`, `"fwd.eml"`, "the file itself (SIO-Label)", `"NATO/MROD CONFIDENTIAL"`, "take the attachment"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not said: %s", part, text)
		}
	}
	broken := w.kept("bad.eml", strings.Replace(outer, bearing("SECRET"), "SIO-Label: type=\":xml\"; label=\"!!\"\r\n\r\nx", 1))
	if broken.LabelProblem == "" || !strings.Contains(broken.LabelProblem, "a message inside the file") {
		t.Errorf("%+v", broken)
	}
	r = answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", withFile(broken, ""))
	if text := fmt.Sprint(r.Label.Problems); r.Outcome != presend.Error || !strings.Contains(text, `"bad.eml"`) || !strings.Contains(text, "take the attachment") {
		t.Errorf("%s: %s", r.Outcome, text)
	}
}

// TestRule01EveryoneCoversTheParts: what is offered is at least as restrictive as each part's label, and the one that was inherited.
func TestRule01EveryoneCoversTheParts(t *testing.T) {
	w := newWorld(t, "")
	ask := func(more string, to ...string) api.EveryoneDocument {
		c := strings.Replace(content("null", to...), `"subject"`, more+`,"subject"`, 1)
		return answered[api.EveryoneDocument](w, http.StatusOK, http.MethodPost, "/api/label/everyone", `{"draft":`+c+`}`)
	}
	for name, more := range map[string]string{
		"a paragraph": paragraphs("Grid.", "SECRET"), "what was inherited": `"inherited":` + secret, "a file": `"attachments":[{"file":"a.txt","label":` + secret + `}]`,
	} {
		if out := ask(more, ann); len(out.Labels) == 0 || out.Labels[0].Selection.Classification != "SECRET" {
			t.Errorf("%s, to who is cleared: %+v", name, out)
		}
		if out := ask(more, ron); len(out.Labels) != 0 || !strings.Contains(out.Note, "does not cover") {
			t.Errorf("%s, to who is cleared for RESTRICTED only: %+v", name, out)
		}
	}
	if out := ask(paragraphs("Open.", "RESTRICTED"), ron); len(out.Labels) == 0 {
		t.Errorf("%+v", out)
	}
}

// TestRule01EveryoneUnderEachPolicy: also labels of a second policy, which the clearances are translated to.
func TestRule01EveryoneUnderEachPolicy(t *testing.T) {
	second := filepath.Join(t.TempDir(), "second.xml")
	var classes string
	for i, lacv := range []int{1, 2, 4} {
		classes += fmt.Sprintf(`<securityClassification name="N%d" lacv="%d" hierarchy="%d"><equivalentClassification policyRef="NATO" lacv="%d" applied="both"><requiredCategory operation="all">
			<categoryGroup tagSetRef="Context" tagType="permissive" lacv="1"/></requiredCategory></equivalentClassification></securityClassification>`, i+1, i+1, i+1, lacv)
	}
	must(t, os.WriteFile(second, []byte(`<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.0" creationDate="20250101000000Z" originatorDN="CN=Tests" keyIdentifier="00"
		privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1"><securityPolicyId name="NAT" id="1.3.6.1.4.1.32473.7.1"/><securityClassifications>`+classes+
		`</securityClassifications><equivalentPolicies><equivalentPolicy name="NATO" id="1.3.6.1.4.1.32473.4774.1"/></equivalentPolicies></SPIF>`), 0o600))
	all := people()
	own := label.Clearance{Policy: label.PolicyID{Name: "NAT", URI: "urn:oid:1.3.6.1.4.1.32473.7.1"}, Classifications: []string{"N1", "N2"}}
	for i, e := range all["GBR"] {
		for k, a := range e.Attrs {
			if a.Name == "confidentialityClearance" && e.DN == "uid=ann,o=gbr" { // under both
				all["GBR"][i].Attrs[k].Values = append(a.Values, string(own.Marshal()))
			}
		}
	}
	w := newWorldOf(t, all, func(file string) string {
		return strings.Replace(file, "[[ca]]", fmt.Sprintf("[[policy]]\nfile = %q\naccept_unsigned = \"a test\"\n[[ca]]", second), 1)
	})
	ask := func(to string) (out []string) {
		d := answered[api.EveryoneDocument](w, http.StatusOK, http.MethodPost, "/api/label/everyone", `{"draft":`+content("null", to)+`}`)
		for _, l := range d.Labels {
			text, err := l.Selection.MarshalJSON()
			must(t, err)
			if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", content(string(text), to)); r.Outcome != presend.Cleared {
				t.Errorf("%s: %s: %s", to, l.Marking, r.Outcome)
			}
			out = append(out, l.Selection.Policy+" "+l.Selection.Classification)
		}
		return out
	}
	if got := fmt.Sprint(ask(me)); !strings.Contains(got, "NATO SECRET") || !strings.Contains(got, "NAT N3") {
		t.Errorf("translated: %s", got)
	}
	if got := fmt.Sprint(ask(ann)); !strings.Contains(got, "NATO SECRET") || !strings.Contains(got, "NAT N2") || strings.Contains(got, "NAT N3") {
		t.Errorf("with a clearance of its own there: %s", got)
	}
}
