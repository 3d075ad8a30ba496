package api_test

import (
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
)

// A nation's code that is none would make a nation of its own, for which no label and no route has a name.
func TestNationIsThreeCapitalLetters(t *testing.T) {
	w := newWorldOf(t, people(), func(file string) string {
		return asAdministrator(file) + "[[route]]\ndomain = \"nato.example\"\nchannel = \"mail\"\nnation = \"NATO\"\n[[route.link]]\nname = \"to NATO\"\n" +
			"clearance = { policy = \"NATO\", up_to = \"SECRET\", categories = { Context = [\"MROD\"] } }\n"
	})
	for _, tt := range []struct {
		nation string
		ok     bool
	}{{"FRA", true}, {"NATO", true}, {"GBR", true}, {"fra", false}, {"FRANCE", false}, {"FR", false}, {"Fra", false}, {"FR4", false}, {"ФРА", false}, {"nato", false}} {
		in := api.DirectoryInput{Name: "new", Nation: tt.nation, URLs: []string{"ldap://127.0.0.1:1"}, Security: "starttls", CA: "GBR", BaseDN: "dc=fra"}
		_, err := w.service.DirectorySection(in)
		if (err == nil) != tt.ok || err != nil && (!strings.Contains(err.Error(), "three capital letters") || !strings.Contains(err.Error(), "GBR, NATO, UKR")) {
			t.Errorf("%s: %v", tt.nation, err)
		}
		if !tt.ok {
			w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/directories", in)
		}
	}
}
