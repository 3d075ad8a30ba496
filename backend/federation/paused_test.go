package federation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/presend"
)

// pause has directories neither read nor asked from now on.
func (w *world) pause(names ...string) {
	w.t.Helper()
	for i := range w.in.Directories {
		d := &w.in.Directories[i]
		d.Paused = strings.Contains(strings.Join(names, " "), d.Name)
	}
}

// RULES 13: nobody connects to a directory that is paused, neither ahead, nor at Send, nor for a search. What was read decides as old as
// it is: as last read, and beyond the sending age a cleared is stale, while a refusal stays one. Of who is not in the
// copy nothing is known, and it is said why.
func TestRule13PausedIsAsLastRead(t *testing.T) {
	w := start(t, setup{mode: map[string]string{"AUS": "look-up"}})
	w.add("UKR", person("UKR", "ron", secret), person("UKR", "low", restricted))
	w.sync("GBR", "UKR")
	w.pause("UKR", "AUS")
	before := w.contacts()
	w.fed.OpenAhead(draft.Mail, mail("me", "GBR"), []string{mail("ron", "UKR")})
	for _, d := range w.in.Directories {
		if asked := w.fed.Asks(d, federation.Everybody); asked != (d.Name == "GBR") {
			t.Errorf("%s is asked: %v", d.Name, asked)
		}
	}
	if v := w.sending(secret, mail("ron", "UKR")).Verdict; v.Outcome != presend.Cleared {
		t.Errorf("just read: %+v", v)
	}
	w.age(10 * time.Minute)
	if v := w.sending(secret, mail("ron", "UKR")).Verdict; v.Outcome != presend.Stale || !strings.Contains(fmt.Sprint(v), "paused") {
		t.Errorf("beyond the sending age: %+v", v)
	}
	if v := w.sending(secret, mail("low", "UKR")).Verdict; v.Outcome != presend.NotCleared {
		t.Errorf("a refusal: %+v", v)
	}
	if v := w.drafting(secret, mail("nobody", "AUS")).Verdict; v.Outcome != presend.Unknown || !strings.Contains(fmt.Sprint(v), "paused") {
		t.Errorf("not in the copy: %+v", v)
	}
	if after := strings.Fields(w.contacts()); after[1] != strings.Fields(before)[1] || after[2] != "0" {
		t.Errorf("asked all the same: %s, then %s", before, w.contacts())
	}
	w.pause()
	if v := w.sending(secret, mail("ron", "UKR")).Verdict; v.Outcome != presend.Cleared {
		t.Errorf("resumed: %+v", v)
	}
}
