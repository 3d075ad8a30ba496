package message_test

import (
	"testing"

	"caveat/backend/draft"
	"caveat/backend/message"
)

// A military message names a precedence for whom it addresses: routine, where the drafter names none; another message names none.
func TestPrecedencesOfAMilitaryMessage(t *testing.T) {
	for name, tt := range map[string]struct {
		change                  func(*draft.Draft)
		primary, info, priority string
	}{
		"no military field":              {func(*draft.Draft) {}, "", "", ""},
		"a subject code alone":           {func(d *draft.Draft) { d.SIC = []string{"ABC"} }, "routine", "routine", "-2"},
		"a message type alone":           {func(d *draft.Draft) { d.MessageType = "drill" }, "routine", "routine", "-2"},
		"an exempted address alone":      {func(d *draft.Draft) { d.Exempted = []string{"x@aus.example"} }, "routine", "routine", "-2"},
		"nobody to inform":               {func(d *draft.Draft) { d.SIC, d.Info = []string{"ABC"}, nil }, "routine", "", "-2"},
		"nobody to act":                  {func(d *draft.Draft) { d.SIC, d.Action = []string{"ABC"}, nil }, "", "routine", ""},
		"the primary one is given":       {func(d *draft.Draft) { d.PrimaryPrecedence = "flash" }, "flash", "routine", "4"},
		"the other one is given":         {func(d *draft.Draft) { d.CopyPrecedence = "0" }, "routine", "0", "-2"},
		"both are given":                 {func(d *draft.Draft) { d.PrimaryPrecedence, d.CopyPrecedence = "17", "priority" }, "17", "priority", ""},
		"one is given, nobody to inform": {func(d *draft.Draft) { d.Info, d.PrimaryPrecedence, d.CopyPrecedence = nil, "flash", "flash" }, "flash", "flash", "4"},
	} {
		t.Run(name, func(t *testing.T) {
			d, s := mailDraft(), seal()
			d.Action, d.Info = []string{"ops@aus.example"}, []string{"watch@gbr.example"}
			d.PrimaryPrecedence, d.CopyPrecedence, d.SIC, d.Handling, d.OriginatorReference, d.MessageType, d.Exempted = "", "", nil, nil, "", "", nil
			s.To, s.Cc = nil, nil
			tt.change(&d)
			h := parsed(t, compose(t, d, s)).Header
			for field, want := range map[string]string{"MMHS-Primary-Precedence": tt.primary, "MMHS-Copy-Precedence": tt.info, "MT-Priority": tt.priority} {
				if got := h.Get(field); got != want {
					t.Errorf("%s: %q; want %q", field, got, want)
				}
			}
			if (h.Get("MMHS-Extended-Authorisation-Info") != "") != message.IsMilitary(d) {
				t.Error("the time of release does not go with the military fields")
			}
		})
	}
}
