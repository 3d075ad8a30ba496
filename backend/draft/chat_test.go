package draft_test

import (
	"errors"
	"strings"
	"testing"

	"caveat/backend/draft"
)

// talk is a chat draft with every key that only chat has.
const talk = `{"channel":"chat","action":["r@rooms.example"],"body":"b","label":"<l/>","catalogueItem":"<securitylabel xmlns=\"urn:xmpp:sec-label:0\"/>","replaces":"01KE0000000000000000000000"}`

func TestRule26CatalogueItemIsPartOfTheDraft(t *testing.T) {
	d := parse(t, talk)
	if d.CatalogueItem != `<securitylabel xmlns="urn:xmpp:sec-label:0"/>` || d.Replaces != "01KE0000000000000000000000" {
		t.Errorf("%+v", d)
	}
	roundTrip(t, d)
	seen := map[string]bool{d.Digest(): true}
	for _, x := range [][2]string{{"<securitylabel", "<securityLabel"}, {"01KE", "01KF"}, {`,"replaces":"01KE0000000000000000000000"`, ""}} {
		other := parse(t, strings.Replace(talk, x[0], x[1], 1)).Digest()
		if seen[other] {
			t.Errorf("%q in place of %q does not change the digest", x[1], x[0])
		}
		seen[other] = true
	}
}

func TestWhatOnlyChatHas(t *testing.T) {
	long := strings.Repeat("x", draft.MaxItem)
	for name, c := range map[string]struct {
		change func(*draft.Draft)
		field  string // "": it is allowed
	}{
		"as it is":                  {func(*draft.Draft) {}, ""},
		"the longest item":          {func(d *draft.Draft) { d.CatalogueItem = long }, ""},
		"a longer one":              {func(d *draft.Draft) { d.CatalogueItem = long + "x" }, "catalogueItem"},
		"an item in mail":           {func(d *draft.Draft) { d.Channel, d.Replaces = draft.Mail, "" }, "catalogueItem"},
		"a correction in mail":      {func(d *draft.Draft) { d.Channel, d.CatalogueItem = draft.Mail, "" }, "replaces"},
		"no id":                     {func(d *draft.Draft) { d.Replaces = "01KE'/><x" }, "replaces"},
		"an id that no message has": {func(d *draft.Draft) { d.Replaces = strings.Repeat("A", 65) }, "replaces"},
	} {
		t.Run(name, func(t *testing.T) {
			d := parse(t, talk)
			c.change(&d)
			err := d.Validate()
			var field *draft.FieldError
			if errors.As(err, &field) != (c.field != "") || field != nil && (field.Field != c.field || !errors.Is(err, draft.ErrInvalid)) {
				t.Errorf("%v", err)
			}
		})
	}
}
