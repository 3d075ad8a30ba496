package presend_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// What was typed and is no address is unknown like any that is in no book; why, is another matter.
func TestMalformedAddressSaysSo(t *testing.T) {
	w := newWorld(t)
	for _, a := range []string{"foo", "a@@b", "@gbr.example", "a@", "a b@gbr.example", "a@b@gbr.example"} {
		x := w.one(secret, a)
		want(t, a, x.Verdict, "unknown block malformed-address")
		if x.Kind != presend.Unlisted || !strings.Contains(x.Verdict.Reasons[0].Text, "no address") {
			t.Errorf("%s: %+v", a, x)
		}
	}
	want(t, "in no book", w.one(secret, "foo@gbr.example").Verdict, "unknown block unlisted")
}

// TestExemptedStandsInTheHeaderOnly: whoever is exempted is checked all the same, because a list's server may not heed it (RFC 6477
// section 3.1).
func TestExemptedStandsInTheHeaderOnly(t *testing.T) {
	w := newWorld(t)
	w.person("p", "GBR", secret)
	w.person("low", "GBR", restricted)
	w.group(presend.List, "list", "GBR", "", at("GBR", "p"), at("GBR", "low"))
	for _, tt := range []struct {
		name     string
		exempted []string
		warnings string
		warned   []string
	}{
		{"nobody", nil, "", nil},
		{"a member", []string{"P@gbr.example"}, "exempted", []string{"P@gbr.example"}},
		{"the member who is not cleared", []string{addr("low", "GBR")}, "exempted", []string{addr("low", "GBR")}},
		{"a stranger", []string{"x@gbr.example"}, "exempted", []string{"x@gbr.example"}},
		{"both", []string{"x@gbr.example", addr("p", "GBR")}, "exempted exempted", []string{addr("p", "GBR")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := w.draft(secret, addr("list", "GBR"))
			d.Exempted = tt.exempted
			r := w.report(d)
			if kinds(r) != tt.warnings || r.Sendable || r.Recipients[0].Verdict.Outcome != presend.NotCleared {
				t.Errorf("%s, %v, %+v", kinds(r), r.Sendable, r.Recipients[0].Verdict)
			}
			if tt.warned != nil && !slices.Equal(r.Warnings[0].Addresses, tt.warned) {
				t.Errorf("%+v", r.Warnings)
			}
		})
	}
}

// TestTimeOfSendingThatIsPast: a message that leaves at once though its draft names a time says so, and no more than that.
func TestTimeOfSendingThatIsPast(t *testing.T) {
	w := newWorld(t)
	w.person("p", "GBR", secret)
	for after, past := range map[time.Duration]bool{-time.Minute: true, 0: true, time.Minute: false} {
		d, when := w.draft(secret, addr("p", "GBR")), now.Add(after)
		d.SendAt = &when
		r := w.report(d)
		if !r.Sendable || (kinds(r) == "send-time-past") != past || past && !strings.Contains(r.Warnings[0].Text, "leaves at once") {
			t.Errorf("%s: %+v", after, r.Warnings)
		}
	}
	if err := (draft.Draft{}).CheckSendAt(now); err != nil {
		t.Error(err)
	}
}
