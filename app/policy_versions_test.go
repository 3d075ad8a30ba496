//go:build linux

package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/demo"
)

// A policy is loaded, compared, put in force and rolled back by commands.
func TestPolicyVersionsByCommand(t *testing.T) {
	e := embeddedWorld(t)
	versions := func() []api.PolicyVersion {
		t.Helper()
		r := e.run(t, "", "--json", "policy", "versions")
		var doc api.PolicyVersionsDocument
		if err := json.Unmarshal([]byte(r.stdout), &doc); err != nil || r.status != 0 {
			t.Fatalf("%d %s%s", r.status, r.stdout, r.stderr)
		}
		return doc.Versions
	}
	first := versions()[0]
	p, err := demo.Policy()
	if err != nil {
		t.Fatal(err)
	}
	if first.Name != p.Name() {
		t.Fatalf("policy %s governs, not %s: the test changes the wrong one", first.Name, p.Name())
	}
	file := filepath.Join(t.TempDir(), "next.xml")
	text := strings.Replace(string(demo.PolicyXML), `schemaVersion="2.1" version="1"`, `schemaVersion="2.1" version="2"`, 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := e.run(t, "<SPIF/>", "policy", "load", "-"); r.status != 1 || !strings.Contains(r.stderr, "line 1") {
		t.Errorf("%d %s", r.status, r.stderr)
	}
	if r := e.run(t, "", "policy", "load", file); r.status != 0 || !strings.Contains(r.stdout, "version 2, kept") {
		t.Fatalf("%d %s%s", r.status, r.stdout, r.stderr)
	}
	next := versions()[1]
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"show", next.SHA256[:8]}, 0, "RESTRICTIVE: a person must hold every value"},
		{[]string{"show", "ffff"}, 1, "0 versions begin with"},
		{[]string{"impact", next.SHA256[:8]}, 0, "Labels in use: 0 would change"},
		{[]string{"impact", next.SHA256, "--governing", "--beside"}, 2, ""},
		{[]string{"use", next.SHA256}, 1, "say why it is accepted"},
		{[]string{"use", next.SHA256, "--accept", "by courier"}, 0, "version 2, governing"},
		{[]string{"withdraw", next.SHA256}, 1, "put another policy in its place first"},
		{[]string{"use", first.SHA256}, 0, "version 1, governing"},
	} {
		r := e.run(t, "", append([]string{"policy"}, c.args...)...)
		if r.status != c.status || !strings.Contains(r.stdout+r.stderr, c.says) {
			t.Errorf("%v: %d %s%s", c.args, r.status, r.stdout, r.stderr)
		}
	}
	if now := versions()[0]; now.SHA256 != first.SHA256 {
		t.Errorf("%+v", now)
	}
}
