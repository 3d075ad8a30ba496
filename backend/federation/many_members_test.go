package federation_test

import (
	"fmt"
	"testing"

	"caveat/backend/presend"
)

// Many members are read again by few searches at Send, and what changed since is found all the same: a clearance that was lowered, a
// member who is gone, one who was renamed, and one who has another address now (RULES 7, 8, 13).
func TestRule13ManyMembersAreReadAgainByFewQuestions(t *testing.T) {
	w := start(t, setup{check: "sending_age = \"1ms\""})
	const many = 300
	var dns []string
	for i := range many {
		uid := fmt.Sprintf("m%d", i)
		w.add("UKR", person("UKR", uid, "SECRET; Context=MROD"))
		dns = append(dns, dn(uid, "UKR"))
	}
	w.add("UKR", list("UKR", "all", dns...))
	w.sync()
	before := w.sending(secret, mail("all", "UKR"))
	want(t, "before", before.Verdict, "cleared")

	ukr := w.nations["UKR"]
	must(t, ukr.Replace(dn("m1", "UKR"), "confidentialityClearance", clearance(restricted)))
	must(t, ukr.Delete(dn("m2", "UKR")))
	must(t, ukr.Delete(dn("m3", "UKR")))
	w.add("UKR", entry("inetOrgPerson", "moved", "UKR", secret, attr("mail", mail("m3", "UKR"))))
	must(t, ukr.Replace(dn("m4", "UKR"), "mail", "other@ukr.example"))
	asked := ukr.Searches()
	after := w.sending(secret, mail("all", "UKR"))
	if n := ukr.Searches() - asked; n > many/5 {
		t.Errorf("%d searches for %d members", n, many)
	}
	want(t, "after", after.Verdict, "not-cleared")
	got := map[string]presend.Verdict{}
	outcomes := map[presend.Outcome]int{}
	for _, m := range after.Members {
		got[m.Verdict.Evidence.DN] = m.Verdict
		outcomes[m.Verdict.Outcome]++
	}
	want(t, "lowered", got[dn("m1", "UKR")], "not-cleared classification")
	want(t, "another address", got[dn("m4", "UKR")], "cleared")
	if len(after.Members) != many || outcomes[presend.Cleared] != many-3 {
		t.Errorf("%d members, %v", len(after.Members), outcomes)
	}
	for _, gone := range []string{"m2", "m3"} {
		if v, ok := got[dn(gone, "UKR")]; ok && v.Outcome == presend.Cleared {
			t.Errorf("%s is gone, and %s", gone, v.Outcome)
		}
	}
}
