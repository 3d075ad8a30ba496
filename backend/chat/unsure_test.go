package chat_test

import (
	"context"
	"errors"
	"testing"

	"caveat/backend/chat"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// TestRule20NobodyCanSay: while nobody can say whether a message may be read it is not shown nor written, what is there is not taken away,
// and the audit log does not call it refused. A refusal that comes later is written down, once.
func TestRule20NobodyCanSay(t *testing.T) {
	for name, away := range map[string]func() (chat.Verdict, error){
		"a verdict": func() (chat.Verdict, error) {
			return chat.Verdict{Unsure: true, Reasons: []presend.Reason{{Rule: "own-clearance", Text: "Your own clearance is unknown."}}}, nil
		},
		"no reason": func() (chat.Verdict, error) { return chat.Verdict{Unsure: true}, nil },
		"an error":  func() (chat.Verdict, error) { return chat.Verdict{}, errors.New("the book is away") },
	} {
		t.Run(name, func(t *testing.T) {
			var d *desk
			isAway := false
			d = newDesk(t, func(c *chat.Config) {
				c.Judge = func(ctx context.Context, account string, l label.Label) (chat.Verdict, error) {
					if isAway {
						return away()
					}
					return d.judge(ctx, account, l)
				}
			})
			stop := d.run()
			d.says(olha, raw("chat", "m1", "RESTRICTED", "Before", ""))
			d.said(olha, "Before")
			stop()
			isAway = true
			stop = d.run()
			d.says(olha, raw("chat", "m2", "RESTRICTED", "TopicalMeanwhile", ""))
			d.said(olha, "-|-")
			must(t, d.box.Recheck(t.Context()))
			for _, m := range d.messages(olha) {
				if m.Verdict.MayRead || !m.Verdict.Unsure || len(m.Verdict.Reasons) == 0 {
					t.Errorf("%+v", m.Verdict)
				}
			}
			if n := d.withheldLines(); n != 0 {
				t.Errorf("%d lines in the audit log", n)
			}
			stop()
			d.holdsNowhere("Topical")
			isAway = false
			d.said(olha, "Before|") // what it says comes from the archive
			d.holds("UNCLASSIFIED")
			must(t, d.box.Recheck(t.Context()))
			must(t, d.box.Recheck(t.Context()))
			if n := d.withheldLines(); n != 2 {
				t.Errorf("%d lines in the audit log", n)
			}
		})
	}
}
