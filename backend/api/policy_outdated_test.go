package api_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/outbox"
)

// As soon as another policy is in force nothing is cleared, and nothing queued leaves, by a program that has not taken it up: not for a
// moment, and not where it cannot take it up at all.
func TestRule24NothingIsSentByAPolicyThatIsNotInForceAnyMore(t *testing.T) {
	w := policyWorld(t)
	w.save(one, 0, content(secret, ann))
	d := get[api.StoredDraft](w.world, "/api/drafts/"+one).Content.Content.Draft
	queued, err := w.service.Send(t.Context(), d, api.Overrides{})
	must(t, err)
	v := w.load(narrower(t))
	answered[api.PolicyVersionsDocument](w.world, http.StatusOK, "POST", "/api/policy/versions/"+v.SHA256+"/use", api.PolicyUse{Accept: "x"})
	if _, err := w.service.Send(t.Context(), d, api.Overrides{}); err == nil || !strings.Contains(err.Error(), "names other policies") {
		t.Errorf("it is sent by the old policy: %v", err)
	}
	if text := strings.Join(get[api.InstallationDocument](w.world, "/api/installation").Warnings, " "); !strings.Contains(text, "nothing is sent until it has taken them up") {
		t.Errorf("nobody is told: %s", text)
	}
	w.working()
	w.until("the message is tried", func() bool {
		m, err := w.service.Outbox().Show(t.Context(), queued.Message)
		must(t, err)
		if m.State != outbox.Queued && m.State != outbox.Deferred {
			t.Fatalf("%s: %s", m.State, m.Note)
		}
		return strings.Contains(m.Note, "names other policies")
	})
	// What is wrong with the file blocks as well; as it was, it goes on.
	good := w.file()
	must(t, os.WriteFile(w.path(), []byte("format = "), 0o600))
	if _, err := w.service.Send(t.Context(), d, api.Overrides{}); err == nil || !strings.Contains(err.Error(), "It cannot be seen which policies are in force") {
		t.Errorf("%v", err)
	}
	must(t, os.WriteFile(w.path(), []byte(good), 0o600))
}

// Once a signer is configured for a policy it stays: over HTTP nobody else is named in its place, and taking the policy out of force does not
// take it away.
func TestRule17TheSignerOfAPolicyStays(t *testing.T) {
	w := policyWorld(t)
	authority, other := newIssuer(t, time.Now().Add(time.Hour)), newIssuer(t, time.Now().Add(time.Hour))
	must(t, os.WriteFile(w.path(), []byte(w.file()+authority.section("authority")+other.section("other")), 0o600))
	w.renew()
	use := func(v api.PolicyVersion) string { return "/api/policy/versions/" + v.SHA256 + "/use" }
	w.put(w.load(authority.sign(narrower(t))).SHA256, api.PolicyUse{Signer: "authority"})
	mine := w.load(other.sign(demoSPIF(t, `schemaVersion="2.1" version="1"`, `schemaVersion="2.1" version="7"`)))
	w.refused(http.StatusUnprocessableEntity, "user-policy-signature", "POST", use(mine), map[string]any{"signer": "other"})
	if _, err := w.service.UsePolicy(t.Context(), mine.SHA256, api.PolicyUse{Signer: "other", ChangeSigner: true}); err != nil {
		t.Errorf("a command cannot change it: %v", err)
	}
	w.renew()
	if lines := w.settings(); !strings.Contains(lines[len(lines)-1], `its signer is \"other\" now, and was \"authority\"`) {
		t.Errorf("%s", lines[len(lines)-1])
	}
	// A peer's policy that stands beside is taken out of force, and in again unsigned.
	peer := demoSPIF(t, `<spif:securityPolicyId name="NATO" id="1.3.6.1.4.1.32473.4774.1"`, `<spif:securityPolicyId name="PEER" id="1.3.6.1.4.1.32473.4774.77"`)
	signed := w.load(authority.sign(peer))
	w.put(signed.SHA256, api.PolicyUse{Signer: "authority", As: "beside"})
	answered[api.PolicyVersionsDocument](w.world, http.StatusOK, "POST", "/api/policy/versions/"+signed.SHA256+"/withdraw", nil)
	w.renew()
	unsigned := w.load(peer)
	w.refused(http.StatusUnprocessableEntity, "user-policy-signature", "POST", use(unsigned), api.PolicyUse{Accept: "I know them"})
	w.refused(http.StatusUnprocessableEntity, "user-policy-signature", "POST", use(unsigned), api.PolicyUse{Accept: "I know them", Signer: "other"})
	w.put(signed.SHA256, api.PolicyUse{})
	if text := w.file(); !strings.Contains(text, "signs = [") {
		t.Errorf("%s", text)
	}
}
