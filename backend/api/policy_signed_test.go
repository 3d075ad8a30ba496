package api_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"caveat/backend/api"
	"caveat/backend/installation"
	"caveat/backend/outbox"
)

// issuer signs policies.
type issuer struct {
	t    testing.TB
	key  *rsa.PrivateKey
	cert []byte
}

func newIssuer(t testing.TB, until time.Time) issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Policy Authority"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	must(t, err)
	return issuer{t, key, der}
}

// section is its certificate as a [[ca]].
func (x issuer) section(name string) string {
	return fmt.Sprintf("[[ca]]\nname = %q\npem = \"\"\"\n%s\"\"\"\n", name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: x.cert}))
}

func (x issuer) sign(document string) string {
	x.t.Helper()
	doc := etree.NewDocument()
	must(x.t, doc.ReadFromString(document))
	ctx, err := dsig.NewSigningContext(x.key, [][]byte{x.cert})
	must(x.t, err)
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	root, err := ctx.SignEnveloped(doc.Root())
	must(x.t, err)
	out := etree.NewDocument()
	out.SetRoot(root)
	text, err := out.WriteToString()
	must(x.t, err)
	return text
}

// Once a signer is configured, only what he signed is put in force; words don't help.
func TestRule17ASignedPolicyIsVerified(t *testing.T) {
	w := policyWorld(t)
	authority, ended := newIssuer(t, time.Now().Add(time.Hour)), newIssuer(t, time.Now().Add(-time.Hour))
	must(t, os.WriteFile(w.path(), []byte(w.file()+authority.section("authority")+ended.section("ended")), 0o600))
	w.renew()
	v := w.load(authority.sign(narrower(t)))
	if v.Signature.State != "unchecked" {
		t.Errorf("%+v", v.Signature)
	}
	path := func(v api.PolicyVersion) string { return "/api/policy/versions/" + v.SHA256 + "/use" }
	w.refused(http.StatusUnprocessableEntity, "user-policy-signature", "POST", path(v), api.PolicyUse{Signer: "ended", Accept: "x"})
	w.refused(http.StatusUnprocessableEntity, "user-policy-signature", "POST", path(v), api.PolicyUse{Signer: "nobody", Accept: "x"})
	got := w.put(v.SHA256, api.PolicyUse{Signer: "authority"})
	if s := got.Versions[0].Signature; s.State != "verified" || s.Subject != "CN=Policy Authority" || s.Until == nil || got.Versions[0].Acceptance != "" {
		t.Errorf("%+v", got.Versions[0])
	}
	if text := w.file(); !strings.Contains(text, "signer = 'authority'") {
		t.Errorf("%s", text)
	}
	third := demoSPIF(t, `schemaVersion="2.1" version="1"`, `schemaVersion="2.1" version="3"`)
	unsigned := w.load(third)
	if unsigned.Signature.State != "refused" {
		t.Errorf("%+v", unsigned.Signature)
	}
	w.refused(http.StatusUnprocessableEntity, "user-policy-signature", "POST", path(unsigned), api.PolicyUse{Accept: "I know them"})
	changed := w.load(strings.Replace(authority.sign(third), `version="3"`, `version="4"`, 1))
	if !strings.Contains(changed.Signature.Problem, "does not fit") {
		t.Errorf("%+v", changed.Signature)
	}
	w.refused(http.StatusUnprocessableEntity, "user-policy-signature", "POST", path(changed), api.PolicyUse{Accept: "I know them"})
	if d := get[api.PolicyImpact](w.world, "/api/policy/versions/"+changed.SHA256+"/impact"); d.Needs != "signature" || d.Problem == "" {
		t.Errorf("%+v", d)
	}
	late := w.load(ended.sign(third))
	w.refused(http.StatusUnprocessableEntity, "user-policy-signature", "POST", path(late), api.PolicyUse{Signer: "ended"})

	// The file by hand is held to the same.
	must(t, os.WriteFile(w.dir+"/policies/"+v.SHA256+".xml", []byte(strings.Replace(authority.sign(narrower(t)), "ATOMAL", "ATOMIC", 1)), 0o600))
	must(t, os.WriteFile(w.path(), []byte(strings.Replace(w.file(), "sha256 = '"+v.SHA256+"'", "", 1)), 0o600))
	if _, err := installation.Load(w.path()); err == nil || !strings.Contains(err.Error(), `signer "authority"`) {
		t.Errorf("%v", err)
	}
}

// What is queued is said before, and is held when it is checked again by the new policy.
func TestRule24TheQueueIsCheckedAgainByANewPolicy(t *testing.T) {
	w := policyWorld(t)
	w.save(one, 0, content(secret, ann))
	d := get[api.StoredDraft](w.world, "/api/drafts/"+one)
	sent, err := w.service.Send(t.Context(), d.Content.Content.Draft, api.Overrides{})
	must(t, err)
	v := w.load(narrower(t))
	impact := get[api.PolicyImpact](w.world, "/api/policy/versions/"+v.SHA256+"/impact")
	if len(impact.Waiting) != 1 || impact.Waiting[0].ID != sent.Message || impact.Checked.AllWaiting != 1 || impact.Labels[0].Uses.Waiting != 1 {
		t.Errorf("%+v", impact)
	}
	w.put(v.SHA256, api.PolicyUse{Accept: "x"})
	w.working()
	var m outbox.Message
	w.until("the message is tried", func() bool {
		m, err = w.service.Outbox().Show(t.Context(), sent.Message)
		must(t, err)
		return m.State != outbox.Queued
	})
	if m.State != outbox.Held || !strings.Contains(m.Note, "no longer cleared") {
		t.Errorf("%s: %s", m.State, m.Note)
	}
}

// A marking that changes holds what was composed with the old one.
func TestWhatWaitsWithAnotherMarkingIsSaidToBeHeld(t *testing.T) {
	w := policyWorld(t)
	w.save(one, 0, content(secret, ann))
	d := get[api.StoredDraft](w.world, "/api/drafts/"+one)
	_, err := w.service.Send(t.Context(), d.Content.Content.Draft, api.Overrides{})
	must(t, err)
	v := w.load(demoSPIF(t, `schemaVersion="2.1" version="1"`, `schemaVersion="2.1" version="2"`, `phrase="NATO/MROD"`, `phrase="NATO/EXERCISE"`))
	impact := get[api.PolicyImpact](w.world, "/api/policy/versions/"+v.SHA256+"/impact")
	if len(impact.Drafts) != 0 || len(impact.Waiting) != 1 || !strings.Contains(impact.Waiting[0].Why, "NATO/EXERCISE SECRET") || impact.Labels[0].After != "NATO/EXERCISE SECRET" {
		t.Errorf("%+v", impact)
	}
}
