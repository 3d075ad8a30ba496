package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/presend"
	"caveat/ldapbook/ldaptest"
)

// upload keeps a file; status is what must come of it.
func (w *world) upload(status int, name, content string) []byte {
	w.t.Helper()
	r, err := http.Post(w.server.URL+"/api/attachments?name="+name, "application/octet-stream", strings.NewReader(content))
	must(w.t, err)
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	must(w.t, err)
	if r.StatusCode != status {
		w.t.Fatalf("%d, want %d: %s", r.StatusCode, status, data)
	}
	return data
}

func (w *world) kept(name, content string) (k api.KeptAttachment) {
	w.t.Helper()
	decode(w.t, w.upload(http.StatusCreated, name, content), &k)
	return k
}

// bearing is a file that bears a label in itself.
func bearing(class string) string {
	l := nato(class)
	return "Subject: Old\r\nFrom: a@ukr.example\r\nTo: ann@gbr.example\r\nMessage-ID: <1@ukr.example>\r\nSIO-Label: type=\":xml\"; label=\"" + base64of(l.Marshal()) + "\"\r\n\r\nThe old text.\r\n"
}

func nato(class string) label.Label {
	return label.Label{Kind: label.Originator, Information: label.Information{
		Policy: label.PolicyID{Name: "NATO"}, Classification: class,
		Categories: []label.Category{{TagName: "Context", Type: label.Permissive, Values: []string{"MROD"}}},
	}}
}

// withFile is a draft to ann with one file.
func withFile(k api.KeptAttachment, own string) string {
	file := fmt.Sprintf(`{"file":%q,"sha256":%q,"size":%d%s}`, k.File, k.SHA256, k.Size, own)
	return strings.Replace(content(secret, ann), `"subject"`, `"attachments":[`+file+`],"subject"`, 1)
}

func TestAttachmentIsKeptAndGiven(t *testing.T) {
	w := newWorld(t, "")
	k := w.kept("..%2F..%2Fplan.pdf", "the plan")
	if k.File != "plan.pdf" || k.Size != 8 || k.Type != "application/pdf" || k.Label != nil || len(k.SHA256) != 64 {
		t.Errorf("%+v", k)
	}
	r, err := http.Get(w.server.URL + "/api/attachments/" + k.SHA256 + "?name=plan.pdf")
	must(t, err)
	defer r.Body.Close()
	data, _ := io.ReadAll(r.Body)
	if string(data) != "the plan" || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") || r.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%q, %v", data, r.Header)
	}
	w.denied("user-attachment-not-kept", http.MethodGet, "/api/attachments/"+strings.Repeat("0", 64), "")
}

// TestRule01AttachmentsLabelStays: nobody takes off or lowers the label that a file bears, whatever it is called.
func TestRule01AttachmentsLabelStays(t *testing.T) {
	w := newWorld(t, "")
	k := w.kept("renamed.txt", bearing("CONFIDENTIAL"))
	if k.Label == nil || k.Marking != "NATO/MROD CONFIDENTIAL" {
		t.Fatalf("%+v", k)
	}
	lower := `,"label":{"policy":"NATO","classification":"RESTRICTED","categories":{"Context":["MROD"]}}`
	w.save(one, 0, withFile(k, lower)) // what was written is not lost
	w.denied("user-attachment-label", http.MethodPost, "/api/check", withFile(k, lower))
	w.denied("user-attachment-label", http.MethodPost, "/api/send", fmt.Sprintf(`{"draft":%s,"stored":{"id":%q,"version":1}}`, withFile(k, lower), one))
	w.save(one, 1, withFile(k, "")) // taken off
	if got := get[api.StoredDraft](w, "/api/drafts/"+one); got.Content.Attachments[0].Label == nil {
		t.Error("the label was taken off")
	}
	for own, valid := range map[string]bool{"": true, `,"label":` + secret: true} {
		r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", withFile(k, own))
		if len(r.Parts) != 1 || r.Parts[0].Valid != valid {
			t.Errorf("%s: %+v", own, r.Parts)
		}
	}
}

// TestRule02SidecarIsRead: a sidecar that is attached gives the file its label, and stays when it is taken away.
func TestRule02SidecarIsRead(t *testing.T) {
	w := newWorld(t, "")
	l := nato("CONFIDENTIAL")
	o := binding.Object{Containers: []binding.Container{{Bindings: []binding.Binding{{
		Metadata: []binding.Metadata{{Label: &l}}, Data: []binding.Data{{Reference: &binding.Reference{URI: "plan.pdf"}}}}}}}}
	for name, c := range map[string]struct {
		sidecar string
		marking string
	}{
		"a good one":             {string(o.Marshal()), "NATO/MROD CONFIDENTIAL"},
		"of another file":        {strings.Replace(string(o.Marshal()), "plan.pdf", "other.pdf", 1), ""},
		"one that is no sidecar": {"<what/>", ""},
		"an empty one":           {"", ""},
	} {
		k, side := w.kept("plan.pdf", "the plan for "+name), w.kept("plan.pdf.bdo", c.sidecar)
		both := strings.Replace(withFile(k, ""), `],"subject"`, fmt.Sprintf(`,{"file":%q,"sha256":%q,"size":%d}],"subject"`, side.File, side.SHA256, side.Size), 1)
		r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", both)
		if len(r.Parts) != 1 || r.Parts[0].Marking != c.marking || (c.marking == "") == (r.Outcome == presend.Cleared) {
			t.Errorf("%s: %s, %+v", name, r.Outcome, r.Parts)
		}
		// A label that was read stays; what could not be read ends with the sidecar.
		r = answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", withFile(k, ""))
		if r.Outcome != presend.Cleared || (len(r.Parts) == 1) != (c.marking != "") {
			t.Errorf("%s, taken away: %s, %+v", name, r.Outcome, r.Parts)
		}
	}
}

// bindings is a sidecar that binds labels to references; one that begins with # to a part of plan.pdf.
func bindings(classes map[string]string) string {
	c := binding.Container{}
	for _, uri := range slices.Sorted(maps.Keys(classes)) {
		l, r := nato(classes[uri]), &binding.Reference{URI: uri}
		m := binding.Metadata{Label: &l}
		if classes[uri] == "elsewhere" {
			m = binding.Metadata{Reference: &binding.Reference{URI: "label.xml"}}
		}
		if strings.HasPrefix(uri, "#") {
			r.URI, r.Transforms = "plan.pdf", &label.Extension{Space: binding.Namespace, Name: "Transforms", XML: `<ds:Transforms xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Transform Algorithm="x"/></ds:Transforms>`}
		}
		c.Bindings = append(c.Bindings, binding.Binding{Metadata: []binding.Metadata{m}, Data: []binding.Data{{Reference: r}}})
	}
	o := binding.Object{Containers: []binding.Container{c}}
	return string(o.Marshal())
}

// beside is the draft with a sidecar too.
func beside(draft string, side api.KeptAttachment) string {
	return strings.Replace(draft, `],"subject"`, fmt.Sprintf(`,{"file":%q,"sha256":%q,"size":%d}],"subject"`, side.File, side.SHA256, side.Size), 1)
}

// TestRule01SecondSidecarCounts: the label of a file is that which covers every one that it ever bore.
func TestRule01SecondSidecarCounts(t *testing.T) {
	for name, classes := range map[string][]string{"raised": {"RESTRICTED", "CONFIDENTIAL"}, "lowered": {"CONFIDENTIAL", "RESTRICTED"}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			k := w.kept("plan.pdf", "the plan")
			for _, c := range classes {
				body := beside(withFile(k, ""), w.kept("plan.pdf.bdo", bindings(map[string]string{"plan.pdf": c})))
				if name == "lowered" && c == "RESTRICTED" { // it would go in the place of the label that the file has
					w.denied("user-attachment-label", http.MethodPost, "/api/check", body)
					continue
				}
				answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", body)
			}
			r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", withFile(k, ""))
			if len(r.Parts) != 1 || r.Parts[0].Marking != "NATO/MROD CONFIDENTIAL" || !r.Parts[0].Valid {
				t.Errorf("%+v", r.Parts)
			}
			lower := `,"label":{"policy":"NATO","classification":"RESTRICTED","categories":{"Context":["MROD"]}}`
			w.denied("user-attachment-label", http.MethodPost, "/api/check", withFile(k, lower))
			if again := w.kept("plan.pdf", "the plan"); again.Marking != "NATO/MROD CONFIDENTIAL" {
				t.Errorf("%+v", again)
			}
		})
	}
}

// TestRule01LabelsOfPartsCount: what a sidecar binds to a part of the file must be covered by the file's label.
func TestRule01LabelsOfPartsCount(t *testing.T) {
	for name, c := range map[string]struct {
		part, marking string
	}{
		"a part that is more restrictive": {"CONFIDENTIAL", "NATO/MROD CONFIDENTIAL"},
		"a part that is less restrictive": {"UNCLASSIFIED", "NATO/MROD RESTRICTED"},
		"a part that nobody understands":  {"MAUVE", ""},
		"a part whose label is elsewhere": {"elsewhere", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			k := w.kept("plan.pdf", "the plan")
			side := w.kept("plan.pdf.bdo", bindings(map[string]string{"plan.pdf": "RESTRICTED", "#part": c.part}))
			r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", beside(withFile(k, ""), side))
			if len(r.Parts) != 1 || r.Parts[0].Marking != c.marking || r.Parts[0].Valid != (c.marking != "") {
				t.Errorf("%+v", r.Parts)
			}
		})
	}
}

// TestRule02SidecarWithoutBindingIsUnreadable: a bare label beside a file is bound to nothing, and not taken for the file's. It is so for
// as long as it lies there, also in a draft that was saved with it, and under another name of its own.
func TestRule02SidecarWithoutBindingIsUnreadable(t *testing.T) {
	w := newWorld(t, "")
	l := nato("RESTRICTED")
	k, side := w.kept("plan.pdf", "the plan"), w.kept("plan.pdf.bdo", "no binding, "+l.OriginatorID)
	for _, own := range []string{"", `,"label":` + secret} {
		r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", beside(withFile(k, own), side))
		if len(r.Parts) != 1 || r.Parts[0].Valid || r.Parts[0].Marking != "" || r.Sendable || r.Parts[0].Problems[0].Rule != presend.RulePartUnreadable {
			t.Errorf("%+v", r.Parts)
		}
		if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", withFile(k, own)); !r.Sendable {
			t.Errorf("taken away: %+v", r.Label.Problems)
		}
		other := side
		other.File = "notes.txt"
		if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", beside(withFile(k, own), other)); !r.Sendable {
			t.Errorf("renamed: %+v", r.Label.Problems)
		}
	}
	w.save(one, 0, beside(withFile(k, ""), side))
	kept := get[api.StoredDraft](w, "/api/drafts/"+one).Content.Attachments[0]
	if kept.Label == nil {
		t.Fatal("the problem is not kept with the draft")
	}
	text, err := json.Marshal(kept.Label)
	must(t, err)
	w.save(one, 1, withFile(k, `,"label":`+string(text)))
	if again := get[api.StoredDraft](w, "/api/drafts/"+one).Content.Attachments[0]; again.Label != nil {
		t.Errorf("it stays without the sidecar: %+v", again.Label)
	}
	// What is inside a file stays, and no sidecar and no choice settles it.
	inside := w.kept("x.txt", "Minutes\n\nSIO-Label: x\n")
	for _, own := range []string{"", `,"label":` + secret} {
		if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", withFile(inside, own)); r.Outcome != presend.Error {
			t.Errorf("%s", r.Outcome)
		}
	}
	if inside.LabelProblem == "" || !strings.Contains(inside.LabelProblem, "looks like a label") {
		t.Errorf("%+v", inside)
	}
}

// TestRule10AttachmentAboveTheInstallation: it is not kept at all.
func TestRule10AttachmentAboveTheInstallation(t *testing.T) {
	w := newWorld(t, "")
	if data := w.upload(http.StatusUnprocessableEntity, "x.eml", bearing("TOP SECRET")); !bytes.Contains(data, []byte("user-system-high")) {
		t.Errorf("%s", data)
	}
}

func TestCheckRefusesContentThatIsNotKept(t *testing.T) {
	w := newWorld(t, "")
	k := w.kept("plan.pdf", "the plan")
	for code, change := range map[string]func(*api.KeptAttachment){
		"user-attachment-not-kept": func(k *api.KeptAttachment) { k.SHA256 = strings.Repeat("1", 64) },
		"user-attachment-changed":  func(k *api.KeptAttachment) { k.Size++ },
	} {
		changed := k
		change(&changed)
		if p := w.denied(code, http.MethodPost, "/api/check", withFile(changed, "")); p.Field != "attachments" {
			t.Errorf("%+v", p)
		}
	}
}

// TestFieldsAreNamed: what no message can hold is refused while drafting, by the key it stands under.
func TestFieldsAreNamed(t *testing.T) {
	w := newWorld(t, "")
	for field, value := range map[string]string{
		"primaryPrecedence": `"urgent"`, "copyPrecedence": `"32"`, "sic": `["AB"]`, "messageType": `"war"`, "originatorReference": `"\u00e9"`, "handling": `["A*B"]`,
		"sendAt": `"2020-01-01T00:00:00Z"`, "exempted": fmt.Sprintf("[%q]", strings.ToUpper(ann)),
	} {
		draft := strings.Replace(content(secret, ann), `"subject"`, fmt.Sprintf(`%q:%s,"subject"`, field, value), 1)
		if p := w.denied("user-draft", http.MethodPost, "/api/check", draft); p.Field != field {
			t.Errorf("%s: %+v", field, p)
		}
	}
}

// TestRule01LessRestrictiveNeedsAReason: also after a moment without a label, and for as long as the change counts.
func TestRule01LessRestrictiveNeedsAReason(t *testing.T) {
	restricted := strings.Replace(secret, "SECRET", "RESTRICTED", 1)
	entry := func(from, to, reason string) string {
		return fmt.Sprintf(`"relabelled":[{"from":%s,"to":%s,"reason":%q}],"subject"`, from, to, reason)
	}
	with := func(labelText, more string) string {
		return strings.Replace(content(labelText, ann), `"subject"`, more, 1)
	}
	w := newWorld(t, "")
	w.save(one, 0, content(secret, ann))
	put := func(version int, c string) { // refused
		t.Helper()
		w.denied("user-relabel-reason", http.MethodPut, "/api/drafts/"+one, fmt.Sprintf(`{"version":%d,"content":%s}`, version, c))
	}
	put(1, content(restricted, ann))
	put(1, with(restricted, entry(secret, restricted, " - ")))
	put(1, with(restricted, entry(restricted, restricted, "Of another label.")))
	w.save(one, 1, content("null", ann))
	put(2, content(restricted, ann)) // no way round
	good := with(restricted, entry(secret, restricted, "The annex was taken out."))
	w.save(one, 2, good)
	put(3, content(restricted, ann)) // the reason stays
	w.save(one, 3, content(secret, ann))
	put(4, content(restricted, ann)) // a new change
	w.save(one, 4, good)
	ref := fmt.Sprintf(`{"draft":%s,"stored":{"id":%q,"version":5}}`, content(restricted, ann), one)
	w.denied("user-relabel-reason", http.MethodPost, "/api/send", ref)
}

func TestRule01InheritedLabelStays(t *testing.T) {
	w := newWorld(t, "")
	inherited := strings.Replace(content(secret, ann), `"subject"`, `"inherited":`+secret+`,"subject"`, 1)
	w.save(one, 0, inherited)
	w.denied("user-inherited-label", http.MethodPut, "/api/drafts/"+one, `{"version":1,"content":`+content(secret, ann)+`}`)
}

func TestHistory(t *testing.T) {
	w := newWorld(t, "")
	for i := range 60 {
		w.save(one, int64(i), strings.Replace(content(secret, ann), "Bridge", fmt.Sprintf("Bridge %d", i), 1))
	}
	list := get[[]api.DraftVersion](w, "/api/drafts/"+one+"/history")
	if len(list) != 50 || list[0].Version != 60 || list[0].Subject != "Bridge 59" || list[49].Version != 1 || list[1].Version != 59 {
		t.Fatalf("%d: %+v", len(list), list[0])
	}
	if got := get[api.StoredDraft](w, "/api/drafts/"+one+"/history/1"); got.Content.Subject != "Bridge 0" || got.Version != 1 {
		t.Errorf("%+v", got)
	}
	w.denied("user-draft-gone", http.MethodGet, "/api/drafts/"+one+"/history/61", "")
	w.denied("user-draft-gone", http.MethodGet, "/api/drafts/"+two+"/history", "")
}

// TestRule01TemplateKeepsTheInheritedLabel and leaves out what belongs to one message only.
func TestRule01TemplateKeepsTheInheritedLabel(t *testing.T) {
	w := newWorld(t, "")
	body := strings.Replace(content(secret, ann), `"subject"`, `"sendAt":"2030-01-01T00:00:00Z","inherited":`+secret+`,"subject"`, 1)
	answered[api.Template](w, http.StatusOK, http.MethodPut, "/api/templates/"+one, `{"name":"  Sit  rep ","content":`+body+`}`)
	list := get[[]api.Template](w, "/api/templates")
	if len(list) != 1 || list[0].Name != "Sit rep" || list[0].Content.SendAt != nil || list[0].Content.Inherited == nil || list[0].Marking == "" {
		t.Errorf("%+v", list)
	}
	w.denied("user-name", http.MethodPut, "/api/templates/"+two, `{"name":"  ","content":{}}`)
	w.denied("user-draft-gone", http.MethodDelete, "/api/templates/"+two, "")
}

func TestLabelFavourites(t *testing.T) {
	w := newWorld(t, "")
	list := answered[[]api.LabelUse](w, http.StatusOK, http.MethodPut, "/api/label/favourites", `{"selection":`+secret+`,"favourite":true}`)
	if len(list) != 1 || !list[0].Favourite || list[0].Marking != "NATO/MROD SECRET" || list[0].Used != 0 || list[0].Last != nil {
		t.Errorf("%+v", list)
	}
	above := strings.Replace(secret, "SECRET", "TOP SECRET", 1)
	w.denied("user-system-high", http.MethodPut, "/api/label/favourites", `{"selection":`+above+`,"favourite":true}`)
	if list := answered[[]api.LabelUse](w, http.StatusOK, http.MethodPut, "/api/label/favourites", `{"selection":`+secret+`,"favourite":false}`); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// TestRule01EveryoneIsInformation: before a label is chosen only, within the asker's own clearance, and what is listed passes.
func TestRule01EveryoneIsInformation(t *testing.T) {
	w := newWorld(t, "")
	w.denied("user-label", http.MethodPost, "/api/label/everyone", `{"draft":`+content(secret, ann)+`}`)
	for _, to := range [][]string{{ann}, {ann, olha}} {
		out := answered[api.EveryoneDocument](w, http.StatusOK, http.MethodPost, "/api/label/everyone", `{"draft":`+content("null", to...)+`}`)
		if len(out.Labels) == 0 {
			t.Errorf("%v: %+v", to, out)
		}
		for _, l := range out.Labels {
			text, err := l.Selection.MarshalJSON()
			must(t, err)
			r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", content(string(text), to...))
			if r.Outcome != presend.Cleared {
				t.Errorf("%v: %s: %s", to, l.Marking, r.Outcome)
			}
		}
	}
	out := answered[api.EveryoneDocument](w, http.StatusOK, http.MethodPost, "/api/label/everyone", `{"draft":`+content("null", "nobody@ukr.example")+`}`)
	if len(out.Labels) != 0 || out.Note == "" || out.More != "unknown" {
		t.Errorf("%+v", out)
	}
}

// TestRule01ReplyAndForwardKeepTheLabel: of a message in a file.
func TestRule01ReplyAndForwardKeepTheLabel(t *testing.T) {
	w := newWorld(t, "")
	begin := func(kind, file string) (out api.BegunDraft) {
		t.Helper()
		r, err := http.Post(w.server.URL+"/api/drafts/from-file?kind="+kind, "message/rfc822", strings.NewReader(file))
		must(t, err)
		defer r.Body.Close()
		data, err := io.ReadAll(r.Body)
		must(t, err)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s", data)
		}
		decode(t, data, &out)
		return out
	}
	reply := begin("reply", bearing("CONFIDENTIAL")).Content
	if reply.Subject != "Re: Old" || reply.InReplyTo != "<1@ukr.example>" || strings.Join(reply.Action, ",") != "a@ukr.example" || !strings.Contains(reply.Body, "> The old text.") ||
		reply.Inherited == nil || reply.Inherited.Selection.Classification != "CONFIDENTIAL" || reply.Label.Selection.Classification != "CONFIDENTIAL" {
		t.Errorf("%+v", reply)
	}
	forward := begin("forward", bearing("CONFIDENTIAL")).Content
	if forward.Subject != "Fwd: Old" || len(forward.Attachments) != 1 || forward.Attachments[0].File != "Old.eml" || forward.Attachments[0].Label == nil || forward.Inherited == nil {
		t.Errorf("%+v", forward)
	}
	bare := begin("reply", "Subject: x\r\nFrom: a@ukr.example\r\n\r\ny")
	if !bare.Content.Label.IsZero() || bare.Content.Inherited != nil || len(bare.Notes) == 0 {
		t.Errorf("%+v", bare)
	}
}

// TestRule20WithheldMessageIsLoggedAndNotKept: what the user's own clearance does not permit.
func TestRule20WithheldMessageIsLoggedAndNotKept(t *testing.T) {
	w := newWorldOf(t, map[string][]ldaptest.Entry{"GBR": {person("uid=me,o=gbr", "Major Me", me, "RESTRICTED")}, "UKR": people()["UKR"]}, func(f string) string { return f })
	file := bearing("CONFIDENTIAL")
	sum := sha256.Sum256([]byte(file))
	hash := hex.EncodeToString(sum[:])
	w.denied("user-own-clearance", http.MethodPost, "/api/drafts/from-file?kind=reply", file)
	w.denied("user-attachment-not-kept", http.MethodGet, "/api/attachments/"+hash, "")
	if files, _ := os.ReadDir(filepath.Join(w.dir, "spool")); len(files) > 0 {
		t.Errorf("%v", files)
	}
	var log bytes.Buffer
	must(t, audit.Export(t.Context(), w.store, &log))
	if !strings.Contains(log.String(), audit.TypeWithheld) || !strings.Contains(log.String(), hash) {
		t.Errorf("%s", log.String())
	}
}

// TestRule01ReplyKeepsTheLabelOfASidecar: a message in a file that bears none in itself.
func TestRule01ReplyKeepsTheLabelOfASidecar(t *testing.T) {
	w := newWorld(t, "")
	file := "Subject: x\r\nFrom: a@ukr.example\r\n\r\ny"
	side := w.kept("x.eml.bdo", bindings(map[string]string{"x.eml": "CONFIDENTIAL"}))
	answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", beside(withFile(w.kept("x.eml", file), ""), side))
	reply := answered[api.BegunDraft](w, http.StatusOK, http.MethodPost, "/api/drafts/from-file?kind=reply", file).Content
	if reply.Inherited == nil || reply.Inherited.Selection.Classification != "CONFIDENTIAL" {
		t.Errorf("%+v", reply)
	}
}

// TestRule03StricterLabelGoesWithTheFile: where the draft says more than the file does, a sidecar says it too.
func TestRule03StricterLabelGoesWithTheFile(t *testing.T) {
	for own, want := range map[string]bool{"": false, `,"label":` + secret: true} {
		w := newWorld(t, "")
		k := w.kept("old.eml", bearing("CONFIDENTIAL"))
		sent := answered[api.Sent](w, http.StatusAccepted, http.MethodPost, "/api/send", `{"draft":`+withFile(k, own)+`}`)
		_, wire, _ := w.ask(http.MethodGet, "/api/messages/"+sent.Message+"/wire", nil)
		if strings.Contains(wire, "old.eml.bdo") != want {
			t.Errorf("%q: want a sidecar %v", own, want)
		}
	}
}

// TestRule16WorkGoesOnAfterAFileThatStays: one that cannot be removed stops neither jobs nor sending.
func TestRule16WorkGoesOnAfterAFileThatStays(t *testing.T) {
	w := newWorld(t, "")
	path := filepath.Join(w.dir, "spool", w.kept("a", "stuck").SHA256)
	w.exec(`UPDATE attachment SET kept = 0`)
	must(t, os.Remove(path))
	must(t, os.MkdirAll(filepath.Join(path, "full"), 0o700))
	ctx, end := context.WithCancel(t.Context())
	id, err := w.service.SubmitSync(ctx, api.SyncRequest{Directory: "GBR"})
	must(t, err)
	ended := make(chan error, 1)
	go func() {
		err := w.service.Work(ctx, false)
		end()
		ended <- err
	}()
	if _, err := w.store.Wait(ctx, id); err != nil {
		t.Errorf("nobody works: %v", err)
	}
	end()
	must(t, <-ended)
}

// denied asks for what must be refused with a code.
func (w *world) denied(code, method, path string, body any) (p api.Problem) {
	w.t.Helper()
	_, text, _ := w.ask(method, path, body)
	decode(w.t, []byte(text), &p)
	if p.Code != code {
		w.t.Errorf("%s %s: %s, want %s", method, path, text, code)
	}
	return p
}

func decode(t testing.TB, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
}

func base64of(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// TestRule13SendSaysWhatChanged: what the copy had said stands beside what the directory says now.
func TestRule13SendSaysWhatChanged(t *testing.T) {
	w := newWorldOf(t, people(), func(file string) string {
		return strings.Replace(file, `drafting_age = "12h"`, "drafting_age = \"12h\"\nsending_age = \"1ms\"", 1)
	})
	must(t, w.nations["UKR"].Replace("uid=olha,o=ukr", "confidentialityClearance", "<x/>"))
	draft := content(secret, ann, olha)
	if r := answered[presend.Report](w, http.StatusOK, http.MethodPost, "/api/check", draft); !r.Sendable || r.Recipients[1].Was != nil {
		t.Fatalf("%+v", r.Recipients)
	}
	p := w.denied("user-blocked", http.MethodPost, "/api/send", `{"draft":`+draft+`}`)
	if p.Report == nil || p.Report.Recipients[0].Was != nil || p.Report.Recipients[1].Was == nil || p.Report.Recipients[1].Was.Outcome != presend.Cleared {
		t.Errorf("%+v", p.Report)
	}
}

// TestRule01MessageShowsWhatWasDecided: reasons, the label that was inherited, files and the time, as the audit log has them.
func TestRule01MessageShowsWhatWasDecided(t *testing.T) {
	w := newWorld(t, "")
	restricted := strings.Replace(secret, "SECRET", "RESTRICTED", 1)
	k := w.kept("plan.pdf", "the plan")
	draft := strings.Replace(withFile(k, `,"label":`+restricted), `"subject"`,
		`"sendAt":"2040-01-01T00:00:00Z","inherited":`+restricted+`,"relabelled":[{"from":`+secret+`,"to":`+restricted+`,"reason":"Without the annex."}],"subject"`, 1)
	sent := answered[api.Sent](w, http.StatusAccepted, http.MethodPost, "/api/send", `{"draft":`+draft+`}`)
	m := get[api.MessageDocument](w, "/api/messages/"+sent.Message)
	if len(m.Relabelled) != 1 || m.Relabelled[0].Reason != "Without the annex." || m.Relabelled[0].To.Marking != "NATO/MROD RESTRICTED" || m.Inherited == nil ||
		len(m.Attachments) != 1 || m.Attachments[0].File != "plan.pdf" || m.Attachments[0].Marking != "NATO/MROD RESTRICTED" || m.SendAt == nil || m.State != "queued" {
		t.Errorf("%+v", m)
	}
	_, wire, _ := w.ask(http.MethodGet, "/api/messages/"+sent.Message+"/wire", nil)
	if !strings.Contains(wire, "plan.pdf.bdo") {
		t.Errorf("the label of the file does not go with it:\n%s", wire)
	}
	if uses := get[[]api.LabelUse](w, "/api/label/favourites"); len(uses) != 1 || uses[0].Used != 1 || uses[0].Favourite {
		t.Errorf("%+v", uses)
	}
	begun := answered[api.BegunDraft](w, http.StatusOK, http.MethodPost, "/api/drafts/from", `{"message":"`+sent.Message+`","kind":"forward"}`)
	if a := begun.Content.Attachments; len(a) != 1 || a[0].File != "Bridge.eml" || a[0].Label == nil || begun.Content.Inherited == nil {
		t.Errorf("%+v", begun)
	}
	begun = answered[api.BegunDraft](w, http.StatusOK, http.MethodPost, "/api/drafts/from", `{"message":"`+sent.Message+`","kind":"reply-all"}`)
	if c := begun.Content; strings.Join(c.Action, ",") != ann || c.Subject != "Re: Bridge" || c.InReplyTo == "" || !strings.Contains(c.Body, "> The bridge") {
		t.Errorf("%+v", begun)
	}
	w.exec(`UPDATE message SET draft_digest = 'x'`)
	if m := get[api.MessageDocument](w, "/api/messages/"+sent.Message); len(m.Relabelled) != 0 || !strings.Contains(m.Note, "audit log") {
		t.Errorf("%+v", m)
	}
}
