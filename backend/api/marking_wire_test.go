package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
)

// What the installation says of markings is in the bytes: their language, where they stand, and whether former labels are named.
func TestMessagesAsTheInstallationMarksThem(t *testing.T) {
	restricted := classed("RESTRICTED")
	relabelled := strings.Replace(content(restricted, ann), `"subject"`, fmt.Sprintf(`"relabelled":[{"from":%s,"to":%s,"reason":"The annex was taken out."}],"subject"`, secret, restricted), 1)
	const french, english = "NATO/MROD DIFFUSION RESTREINTE", "NATO/MROD RESTRICTED"
	for name, c := range map[string]struct {
		system, marking string
		want, absent    []string
	}{
		"delivered": {want: []string{`SIO-Label: marking="` + english + `"`, "Subject: Bridge\r\n", "\r\n\r\nThe bridge", "SIO-Label-History:"},
			absent: []string{"\r\nX-", french, "annex"}},
		"in French, everywhere, without history": {
			system:  `language = "fr-CA"`,
			marking: "[marking]\nfirst_line = \"always\"\nlast_line = \"always\"\nsubject = \"always\"\nheader = \"always\"\nheader_name = \"X-Classification\"\nhistory = \"never\"\n",
			want: []string{`SIO-Label: marking="` + french + `"`, "Subject: Bridge (" + french + ")\r\n", "X-Classification: " + french + "\r\n",
				"\r\n\r\n" + french + "\r\n\r\nThe bridge", "is open.\r\n\r\n" + french + "\r\n"},
			absent: []string{english, "SIO-Label-History", "annex"}},
		"for those without labels, and nobody is": {marking: "[marking]\nfirst_line = \"without-labels\"\nsubject = \"policy\"\n",
			want: []string{"Subject: Bridge\r\n", "\r\n\r\nThe bridge"}, absent: []string{"\r\nX-"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldOf(t, people(), func(file string) string {
				file = strings.Replace(file, "nation = \"GBR\"\n", "nation = \"GBR\"\n"+c.system+"\n", 1)
				return strings.Replace(file, "[check]\n", c.marking+"[check]\n", 1)
			})
			sent := answered[api.Sent](w, http.StatusAccepted, "POST", "/api/send", fmt.Sprintf(`{"draft":%s}`, relabelled))
			wire, err := w.service.Outbox().Wire(t.Context(), sent.Message)
			must(t, err)
			for _, text := range c.want {
				if !strings.Contains(string(wire), text) {
					t.Errorf("lacks %q\n%s", text, wire)
				}
			}
			for _, text := range c.absent {
				if strings.Contains(string(wire), text) {
					t.Errorf("has %q\n%s", text, wire)
				}
			}
		})
	}
}
