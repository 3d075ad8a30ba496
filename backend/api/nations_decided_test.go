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
	now := ""
	for _, d := range w.nation("UKR").Domains {
		if d.Route != nil && d.Channel == "mail" {
			now = d.Route.Revision
		}
	}
	for domain, now := range map[string]string{"ukr.example": now, "UKR.Example": now, "ukr.example.": ""} {
		w.refused(http.StatusUnprocessableEntity, "user-installation", "PUT", "/api/routes/mail/"+domain, map[string]any{"nation": "GBR", "own": true, "revision": now})
	}
	if w.file() != before {
		t.Errorf("%s", w.file())
	}
}
