package federation_test

import (
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// TestRule13IdleConnectionIsClosed: by its own clock, not only when somebody wants it again.
func TestRule13IdleConnectionIsClosed(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", secret))
	w.sync()
	w.fed.OpenAhead(draft.Mail, "", []string{mail("p", "UKR")})
	for w.fed.Kept() < 2 { // of the address and of the sender
		time.Sleep(time.Millisecond)
	}
	w.fed.KeepFor(time.Millisecond)
	want(t, "at Send", func() presend.Verdict { w.age(10 * time.Minute); return w.sending(secret, mail("p", "UKR")).Verdict }(), "cleared")
	for w.fed.Kept() > 0 {
		time.Sleep(time.Millisecond)
	}
}

// TestRule13CloseWaitsForWhatIsOpened: nothing is left that dials after Close.
func TestRule13CloseWaitsForWhatIsOpened(t *testing.T) {
	w := start(t, setup{})
	w.add("UKR", person("UKR", "p", secret))
	w.sync()
	for range 20 {
		w.fed.OpenAhead(draft.Mail, "", []string{mail("p", "UKR"), mail("p", "AUS")})
	}
	if err := w.fed.Close(); err != nil {
		t.Fatal(err)
	}
	if w.fed.Opening() != 0 || w.fed.Kept() != 0 {
		t.Errorf("%d are being opened, %d are kept", w.fed.Opening(), w.fed.Kept())
	}
	w.fed.OpenAhead(draft.Mail, "", []string{mail("p", "UKR")})
	if w.fed.Opening() != 0 {
		t.Error("a closed one opens a connection")
	}
}
