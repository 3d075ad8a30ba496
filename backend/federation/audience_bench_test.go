package federation_test

import (
	"fmt"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/ldapbook"
)

// A million people of 5,000 classes, each with a clearance of its own: "first" reads every clearance, "again" has read them for a
// label before.
func BenchmarkWhoMayReceive(b *testing.B) {
	w := start(b, setup{})
	w.sync("GBR")
	var classes []ldapbook.Class
	all := []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}
	for i := range 5000 {
		held := fmt.Sprintf("%s; Context=MROD", all[i%4])
		if i%3 == 0 {
			held += "; Only=GBR"
		}
		text := strings.Replace(clearance(held), "><", ">"+strings.Repeat(" ", i%70)+strings.Repeat("\n", i/70)+"<", 1) // another document for each
		classes = append(classes, ldapbook.Class{ID: int64(i + 1), Directory: "GBR", Kind: ldapbook.KindPerson, Transport: ldapbook.TransportStartTLS,
			MailDomain: "gbr.example", Clearance: []string{text}, Entries: 200})
	}
	for _, name := range []string{"first", "again"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if name == "first" {
					w.close()
					w.open()
				}
				s, err := w.fed.NewScreen(b.Context(), draft.Mail, "", chosen("CONFIDENTIAL; Context=MROD; Only=GBR"))
				must(b, err)
				c := s.CountClasses("GBR", classes, w.now())
				if c.People != 1_000_000 || c.May == 0 || c.NotCleared == 0 || c.Error != 0 {
					b.Fatalf("%+v", c)
				}
			}
		})
	}
}
