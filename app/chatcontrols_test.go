package app

import (
	"testing"

	"caveat/backend/installation"
)

// What a link refuses holds for a domain beyond ASCII too: xmppsend asks for it as mellium spells it, the installation has its A-label.
func TestControlsOfAnInternationalDomain(t *testing.T) {
	r := installation.Route{RouteFile: installation.RouteFile{Channel: "chat", Domain: "xn--mnchen-3ya.example", Links: []installation.LinkFile{
		{Chat: installation.LinkChat{Refuse: []string{installation.RefuseRooms, installation.RefuseMessages}}}}}}
	in := &installation.Installation{Routes: []installation.Route{r}}
	for _, domain := range []string{"xn--mnchen-3ya.example", "münchen.example"} {
		if c := chatControls(in)(domain); !c.NoRooms || !c.NoChat {
			t.Errorf("NOT REFUSED for %s: %+v", domain, c)
		}
	}
}
