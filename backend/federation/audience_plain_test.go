//go:build !race

package federation_test

import (
	"math/rand/v2"
	"testing"

	"caveat/backend/draft"
	"caveat/ldapbook"
)

// It calculates for half a minute under the race detector, in one goroutine.

// RULES 6, 7, 9, 11, 13: what is counted by class is what the check says of each person alone.
func TestWhoMayReceiveIsWhatTheCheckSaysOfEach(t *testing.T) {
	labels := []string{
		"UNCLASSIFIED; Context=MROD", restricted, secret, "SECRET; Context=MROD; Special Category Designators=ATOMAL",
		"RESTRICTED; Context=MROD; Only=GBR", "CONFIDENTIAL; Context=MROD; Only=UKR",
	}
	for name, o := range map[string]setup{
		"mirrors":       {},
		"look-up":       {mode: map[string]string{"UKR": "look-up"}},
		"plain":         {plain: map[string]string{"AUS": "RESTRICTED", "UKR": ""}},
		"without route": {noRoute: "AUS"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, o)
			rnd := rand.New(rand.NewPCG(uint64(len(name)), 5))
			drawPeople(w, rnd, 30)
			w.sync("GBR", "AUS")
			if o.mode["UKR"] == "" {
				w.sync("UKR")
			} else {
				d, _ := w.fed.Directory("UKR")
				if found, _, _, fault := w.fed.SearchLive(t.Context(), d, ldapbook.Query{Text: "p1"}); len(found) == 0 || fault != "" {
					t.Fatal(fault)
				}
				w.checkEach(draft.Mail, chosen(secret)) // what a check asks for is in the book from then on
			}
			may := 0
			for _, l := range labels {
				may += w.sameAsOneByOne(l, draft.Mail, chosen(l))
			}
			if may == 0 {
				t.Error("nobody may receive anything: the test shows nothing")
			}
			w.sameAsOneByOne("chat", draft.Chat, chosen(restricted))
		})
	}
}
