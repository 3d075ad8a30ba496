package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
)

// classed is the label of the demonstration policy with a classification.
func classed(class string) string { return strings.Replace(secret, "SECRET", class, 1) }

// parted is a SECRET draft to ann with more fields: marked paragraphs, attachments.
func parted(body, more string) string {
	return fmt.Sprintf(`{"channel":"mail","action":[%q],"subject":"Bridge","body":%q,"label":%s,%s}`, ann, body, secret, more)
}

func paragraphs(textsAndClasses ...string) string {
	var list []string
	for i := 0; i < len(textsAndClasses); i += 2 {
		own := `""`
		if textsAndClasses[i+1] != "" {
			own = classed(textsAndClasses[i+1])
		}
		list = append(list, fmt.Sprintf(`{"text":%q,"label":%s}`, textsAndClasses[i], own))
	}
	return `"parts":[` + strings.Join(list, ",") + `]`
}

// because is the reason for one change of a part's label.
func because(of, name, from, to string) string {
	if to != `""` {
		to = classed(to)
	}
	if of != "" {
		of = fmt.Sprintf(`"of":%q,`, of)
	}
	return fmt.Sprintf(`,"relabelled":[{%s"name":%q,"from":%s,"to":%s,"reason":"The grid was taken out."}]`, of, name, classed(from), to)
}

// TestRule01ParagraphMarkedDownNeedsAReason: a paragraph's own label is made less restrictive, or taken off, only with a reason.
func TestRule01ParagraphMarkedDownNeedsAReason(t *testing.T) {
	had := parted("", paragraphs("Open to all.", "RESTRICTED", "Grid follows in the annex.", "CONFIDENTIAL"))
	for name, c := range map[string]struct {
		next   string
		denied bool
	}{
		"lower":                      {parted("", paragraphs("Open to all.", "RESTRICTED", "Grid follows in the annex.", "RESTRICTED")), true},
		"lower and written anew":     {parted("", paragraphs("Open to all.", "RESTRICTED", "It follows later.", "RESTRICTED")), true},
		"lower and moved":            {parted("", paragraphs("Grid follows in the annex.", "RESTRICTED", "Open to all.", "RESTRICTED")), true},
		"lower half":                 {parted("", paragraphs("Open to all.", "RESTRICTED", "Grid follows", "CONFIDENTIAL", "in the annex.", "RESTRICTED")), true},
		"lower joined":               {parted("", paragraphs("Open to all. Grid follows in the annex.", "RESTRICTED")), true},
		"taken off":                  {parted("", paragraphs("Open to all.", "RESTRICTED", "Grid follows in the annex.", "")), true},
		"marks turned off":           {parted("Open to all.\n\nGrid follows in the annex.", paragraphs()), true},
		"lower, with a reason":       {parted("", paragraphs("Open to all.", "RESTRICTED", "Grid follows in the annex.", "RESTRICTED")+because("paragraph", "", "CONFIDENTIAL", "RESTRICTED")), false},
		"taken off, with a reason":   {parted("", paragraphs("Open to all.", "RESTRICTED", "Grid follows in the annex.", "")+because("paragraph", "", "CONFIDENTIAL", `""`)), false},
		"lower, reason of the whole": {parted("", paragraphs("Open to all.", "RESTRICTED", "Grid follows in the annex.", "RESTRICTED")+because("", "", "CONFIDENTIAL", "RESTRICTED")), true},
		"the same, moved":            {parted("", paragraphs("Grid follows in the annex.", "CONFIDENTIAL", "Open to all.", "RESTRICTED")), false},
		"the same, a typo mended":    {parted("", paragraphs("Open to all!", "RESTRICTED", "Grid follows in the annex.", "CONFIDENTIAL")), false},
		"higher":                     {parted("", paragraphs("Open to all.", "CONFIDENTIAL", "Grid follows in the annex.", "SECRET")), false},
		"the paragraph deleted":      {parted("", paragraphs("Open to all.", "RESTRICTED")), false},
		"another put before it":      {parted("", paragraphs("Open to all.", "RESTRICTED", "Piers are sound.", "RESTRICTED", "Grid follows in the annex.", "CONFIDENTIAL")), false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			w.save(one, 0, had)
			if !c.denied {
				w.save(one, 1, c.next)
				return
			}
			p := w.denied("user-relabel-reason", http.MethodPut, "/api/drafts/"+one, `{"version":1,"content":`+c.next+`}`)
			if len(p.Relabelled) == 0 || p.Relabelled[0].Of != "paragraph" || p.Field != "relabelled" {
				t.Errorf("%+v", p)
			}
			w.denied("user-relabel-reason", http.MethodPost, "/api/send", fmt.Sprintf(`{"draft":%s,"stored":{"id":%q,"version":1}}`, c.next, one))
		})
	}
}

// TestRule01MarkOfTheWholeIsNoOwnLabel: turning marks on gives each paragraph the label of the whole; marking it down from there, and
// turning the marks off again, asks nothing.
func TestRule01MarkOfTheWholeIsNoOwnLabel(t *testing.T) {
	w := newWorld(t, "")
	w.save(one, 0, parted("", paragraphs("Open to all.", "SECRET", "Grid.", "SECRET")))
	w.save(one, 1, parted("Open to all.\n\nGrid.", paragraphs()))
	w.save(one, 2, parted("", paragraphs("Open to all.", "SECRET", "Grid.", "SECRET")))
	w.save(one, 3, parted("", paragraphs("Open to all.", "RESTRICTED", "Grid.", "SECRET")))
	w.save(one, 4, parted("", paragraphs("Open to all.", "RESTRICTED", "Grid.", "SECRET", "", "CONFIDENTIAL")))
	w.save(one, 5, parted("", paragraphs("Open to all.", "RESTRICTED", "Grid.", "SECRET", "", "RESTRICTED"))) // nothing is in it yet
}

// TestRule01ReasonOfAPartStays: for as long as the change counts; undo takes it back with the label.
func TestRule01ReasonOfAPartStays(t *testing.T) {
	w := newWorld(t, "")
	had := parted("", paragraphs("Grid.", "CONFIDENTIAL", "Piers.", "RESTRICTED"))
	lower := paragraphs("Grid.", "RESTRICTED", "Piers.", "RESTRICTED")
	w.save(one, 0, had)
	w.save(one, 1, parted("", lower+because("paragraph", "", "CONFIDENTIAL", "RESTRICTED")))
	w.denied("user-relabel-reason", http.MethodPut, "/api/drafts/"+one, `{"version":2,"content":`+parted("", lower)+`}`)
	w.save(one, 2, had)
	w.denied("user-relabel-reason", http.MethodPut, "/api/drafts/"+one, `{"version":3,"content":`+parted("", lower)+`}`)
}

// TestRule01AttachmentMarkedDownNeedsAReason: also the label that the drafter gave a file, which is known by its content.
func TestRule01AttachmentMarkedDownNeedsAReason(t *testing.T) {
	w := newWorld(t, "")
	k := w.kept("plan.pdf", "the plan")
	file := func(name, own string) string {
		if own != "" {
			own = `,"label":` + classed(own)
		}
		return fmt.Sprintf(`"attachments":[{"file":%q,"sha256":%q,"size":%d%s}]`, name, k.SHA256, k.Size, own)
	}
	w.save(one, 0, parted("Text.", file("plan.pdf", "CONFIDENTIAL")))
	for name, next := range map[string]string{
		"lower": file("plan.pdf", "RESTRICTED"), "lower, by another name": file("annex.pdf", "RESTRICTED"), "taken off": file("plan.pdf", ""),
		"reason of another file": file("plan.pdf", "RESTRICTED") + because("attachment", "other.pdf", "CONFIDENTIAL", "RESTRICTED"),
	} {
		p := w.denied("user-relabel-reason", http.MethodPut, "/api/drafts/"+one, `{"version":1,"content":`+parted("Text.", next)+`}`)
		if len(p.Relabelled) != 1 || p.Relabelled[0].Of != "attachment" || p.Relabelled[0].Name != "plan.pdf" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	w.save(one, 1, parted("Text.", file("plan.pdf", "")+because("attachment", "plan.pdf", "CONFIDENTIAL", `""`)))
	got := get[api.StoredDraft](w, "/api/drafts/"+one)
	if r := got.Content.Relabelled; len(r) != 1 || r[0].Of != "attachment" || !r[0].To.IsZero() {
		t.Errorf("%+v", r)
	}
	w.save(one, 2, parted("Text.", `"attachments":[]`+because("attachment", "plan.pdf", "CONFIDENTIAL", `""`)))
}
