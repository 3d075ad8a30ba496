package draft_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"caveat/backend/draft"
)

// TestCheckCounts: a list that is too long is refused with the key that must be changed, one that is as long as it may be is not.
func TestCheckCounts(t *testing.T) {
	for field, x := range map[string]struct {
		most int
		set  func(d *draft.Draft, n int)
	}{
		"action":      {draft.MaxRecipients, func(d *draft.Draft, n int) { d.Action, d.Info = make([]string, n-1), make([]string, 1) }},
		"sic":         {draft.MaxCodes, func(d *draft.Draft, n int) { d.SIC = make([]string, n) }},
		"handling":    {draft.MaxCodes, func(d *draft.Draft, n int) { d.Handling = make([]string, n) }},
		"attachments": {draft.MaxAttachments, func(d *draft.Draft, n int) { d.Attachments = make([]draft.Attachment, n) }},
		"parts":       {draft.MaxParts, func(d *draft.Draft, n int) { d.Parts = make([]draft.Part, n) }},
	} {
		var d draft.Draft
		x.set(&d, x.most)
		if err := d.CheckCounts(); err != nil {
			t.Errorf("%s: %v", field, err)
		}
		x.set(&d, x.most+1)
		var f *draft.FieldError
		if err := d.CheckCounts(); !errors.As(err, &f) || f.Field != field || !strings.Contains(err.Error(), fmt.Sprintf("has %d entries, and may have at most %d", x.most+1, x.most)) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestLabelCounts: a label that is given by names has no more tag sets and values than any policy.
func TestLabelCounts(t *testing.T) {
	label := func(tagSets, values int) string {
		all := map[string][]string{}
		for i := range tagSets {
			all[fmt.Sprint("T", i)] = make([]string, values/tagSets)
		}
		data, err := json.Marshal(map[string]any{"policy": "P", "classification": "C", "categories": all})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for text, want := range map[string]string{
		label(draft.MaxTagSets, draft.MaxValues): "", label(draft.MaxTagSets+1, 0): "tag sets", label(2, 2*draft.MaxValues): "values",
	} {
		var l draft.Label
		if err := json.Unmarshal([]byte(text), &l); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), "more than") {
			t.Errorf("%q: %v", want, err)
		}
	}
}
