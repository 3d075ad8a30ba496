package presend_test

import (
	"context"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// TestRule26CatalogueItem: what goes with the message is the catalogue's item, so it must say what was decided on; of one that cannot be
// read nobody can say who may get it.
func TestRule26CatalogueItem(t *testing.T) {
	says := func(w *world, text string) *label.Information {
		i, err := w.site.Build(*chosen("NATO", text).Selection)
		if err != nil {
			t.Fatal(err)
		}
		return &i
	}
	for name, c := range map[string]struct {
		item, unread, want string
	}{
		"the same":             {item: secret, want: "cleared pass"},
		"less":                 {item: "RESTRICTED; Context=MROD", want: "not-cleared block label-invalid"},
		"more":                 {item: atomal, want: "not-cleared block label-invalid"},
		"unreadable":           {unread: "It has no label.", want: "error block catalogue-item-unreadable"},
		"nobody has looked at": {want: "error block catalogue-item-unreadable"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.rules.Relaxations = []presend.Relaxation{{Name: "all"}}
			w.person("good", "GBR", atomal)
			d := w.draft(secret, addr("good", "GBR"))
			d.Channel, d.CatalogueItem = draft.Chat, "<securitylabel/>"
			in := presend.Input{Draft: d, Site: w.site, Rules: w.rules, Directory: w, Routes: w, Now: now, ItemUnread: c.unread}
			if c.item != "" {
				in.Item = says(w, c.item)
			}
			r, err := presend.Check(context.Background(), in)
			if err != nil {
				t.Fatal(err)
			}
			rep := r.Report()
			want(t, name, rep.Recipients[0].Verdict, c.want)
			want(t, name, rep.Recipients[0].Link, c.want)
			if ok := strings.HasPrefix(c.want, "cleared"); rep.Sendable != ok || rep.Label.Valid != ok || len(rep.Fixes) > 0 {
				t.Errorf("%+v", rep)
			}
			if c.unread != "" && !strings.Contains(rep.Label.Problems[0].Text, c.unread) {
				t.Errorf("%+v", rep.Label.Problems)
			}
		})
	}
}
