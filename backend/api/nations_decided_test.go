package api_test

import (
	"net/http"
	"testing"
)

// TestRule11APartnersDomainIsNotMadeOwn: a domain for which a partner's directory decides gets no route of another nation, whatever the
// page is asked for.
func TestRule11APartnersDomainIsNotMadeOwn(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	before := w.file()
	for _, domain := range []string{"ukr.example", "UKR.Example", "ukr.example."} {
		w.refused(http.StatusUnprocessableEntity, "user-installation", "PUT", "/api/routes/mail/"+domain, map[string]any{"nation": "GBR", "own": true})
	}
	if w.file() != before {
		t.Errorf("%s", w.file())
	}
}
