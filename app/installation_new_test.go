//go:build linux

package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/demo"
	"caveat/backend/installation"
	"caveat/ldapbook/ldaptest"
)

// made is a command line that makes an installation under the demonstration's policy; more comes after it.
func made(policy string, more ...string) []string {
	return append([]string{"installation", "new", "--name", "Signal office", "--nation", "GBR", "--policy", policy}, more...)
}

// TestFromNothingToSent: without a file the program says how to get one; what it then says next, command by command, ends with a
// message that its server has taken.
func TestFromNothingToSent(t *testing.T) {
	e := embeddedWorld(t) // its servers; its own installation is not used
	data := filepath.Join(t.TempDir(), "data")
	run := func(args ...string) result { return caveat(t, "", append(args, "--data", data)...) }
	r := run("serve", "--listen", "127.0.0.1:0")
	if r.status != 1 || !strings.Contains(r.stderr, "`caveat installation new`") || strings.Count(r.stderr, "\n") != 1 {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	r = run(made(e.policy, "--accept", "by courier", "--up-to", "SECRET", "--value", "Context=MROD", "--value", "Only=GBR", "--mail-domain", "gbr.example")...)
	if r.status != 0 || !strings.Contains(r.stdout, "caveat directory add GBR --nation GBR") {
		t.Fatalf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	ca, ldap, smtp := write(t, "ca.pem", string(e.ca.PEM())), write(t, "ldap", e.secrets["ldap-GBR"]), write(t, "smtp", e.secrets["smtp"])
	for _, args := range [][]string{
		{"directory", "add", "GBR", "--nation", "GBR", "--url", e.file.Directories[0].URLs[0], "--ca-file", ca, "--bind-dn", e.file.Directories[0].BindDN, "--password-file", ldap,
			"--mail-domain", "gbr.example", "--mode", "mirror", "--yes"},
		{"book", "sync"},
		{"account", "add", "post", "--kind", "smtp", "--address", e.file.Accounts[0].Address, "--ca-file", ca, "--user", "drafter", "--password-file", smtp, "--yes"},
		{"identity", "add", "--user", "*", "--directory", "GBR", "--dn", "uid=drafter,ou=people,dc=gbr,dc=example", "--mail", "drafter@gbr.example", "--account", "post"},
		{"send", "--draft", draftFor(t, "SECRET", mrod, "officer@gbr.example")},
	} {
		if r = run(args...); r.status != 0 {
			t.Fatalf("%v: status %d: %s%s", args, r.status, r.stdout, r.stderr)
		}
	}
	if !strings.Contains(r.stdout, "accepted  officer@gbr.example") {
		t.Errorf("%s%s", r.stdout, r.stderr)
	}
	if r = run("audit", "export"); !strings.Contains(r.stdout, "installation made: Signal office of GBR, policy NATO version 1, SHA-256 ") {
		t.Errorf("the log does not say that it was made: %s", r.stderr)
	}
}

// TestRule4NewInstallationWantsContext: the tag set that a label must have is delivered with the policy that needs it, the policy is
// kept as a version, and who accepted it is in the file (RULES 17).
func TestRule4NewInstallationWantsContext(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	policy := write(t, "policy.xml", string(demo.PolicyXML))
	if r := caveat(t, "", append(made(policy, "--accept", "by  courier", "--up-to", "SECRET", "--value", "Context=MROD"), "--data", data)...); r.status != 0 {
		t.Fatal(r.stderr)
	}
	path := filepath.Join(data, installation.FileName)
	in, err := installation.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	f := in.File.Policies[0]
	if strings.Join(f.RequireTagSets, " ") != "Context" || !strings.HasPrefix(f.File, "policies/") || !strings.HasPrefix(f.AcceptUnsigned, "Accepted by ") || !strings.HasSuffix(f.AcceptUnsigned, ": by courier") {
		t.Errorf("%+v", f)
	}
	if r := caveat(t, "", "policy", "versions", "--data", data); r.status != 0 || !strings.Contains(r.stdout, "NATO version 1, governing") {
		t.Errorf("%d %s%s", r.status, r.stdout, r.stderr)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := caveat(t, "", append(made(policy, "--accept", "again", "--up-to", "RESTRICTED", "--value", "Context=MROD"), "--data", data)...)
	after, err := os.ReadFile(path)
	if err != nil || r.status != 1 || !strings.Contains(r.stderr, "caveat installation import FILE") || string(after) != string(before) {
		t.Errorf("a second one: status %d, %v: %s", r.status, err, r.stderr)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	r = caveat(t, "", append(made(policy, "--accept", "again", "--up-to", "RESTRICTED", "--value", "Context=MROD"), "--data", data)...)
	if after, err := os.ReadFile(path); err != nil || r.status != 1 || string(after) != "mine" || !strings.Contains(r.stderr, "not overwritten") {
		t.Errorf("over one that cannot be read: status %d, %v: %s", r.status, err, r.stderr)
	}
}

// What is missing or wrong is said with what there is to choose from, and nothing is written.
func TestNewInstallationSlips(t *testing.T) {
	policy := write(t, "policy.xml", string(demo.PolicyXML))
	stranger := write(t, "stranger.pem", string(ldaptest.NewCA("Stranger").PEM()))
	whole := func(more ...string) []string {
		return append(made(policy, "--up-to", "SECRET", "--value", "Context=MROD"), more...)
	}
	for _, c := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"nothing said", []string{"installation", "new"}, 2, "--policy"},
		{"nobody accepted the policy", whole(), 2, "--accept WORDS"},
		{"an empty acceptance", whole("--accept", " "), 2, "--accept WORDS"},
		{"accepted and signed", whole("--accept", "x", "--signer", stranger), 2, "--accept"},
		{"not signed by the signer", whole("--signer", stranger), 1, `signer "policy-signer"`},
		{"a nation in small letters", append(whole("--accept", "x"), "--nation", "gbr"), 2, "such as GBR"},
		{"no classification", made(policy, "--accept", "x"), 2, "UNCLASSIFIED, RESTRICTED, CONFIDENTIAL, SECRET, TOP SECRET"},
		{"one that the policy lacks", made(policy, "--accept", "x", "--up-to", "TOP"), 2, "policy NATO has UNCLASSIFIED"},
		{"a label could not be chosen", made(policy, "--accept", "x", "--up-to", "SECRET"), 2, `--value "Context=VALUES"`},
		{"a value that the policy lacks", whole("--accept", "x", "--value", "Only=XXX"), 1, `"XXX" is no value of tag set "Only"`},
		{"a tag set that the policy lacks", whole("--accept", "x", "--value", "Color=RED"), 1, `"Color" is no tag set`},
		{"a value without a tag set", whole("--accept", "x", "--value", "MROD"), 2, "TAGSET=VALUE"},
		{"an address for a domain", whole("--accept", "x", "--mail-domain", "me@gbr.example"), 1, "me@gbr.example"},
		{"no policy there", made("missing.xml", "--accept", "x", "--up-to", "SECRET"), 1, "missing.xml"},
		{"no policy in it", made(write(t, "no.xml", "<SPIF/>"), "--accept", "x", "--up-to", "SECRET"), 1, "line 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(t.TempDir(), "data")
			r := caveat(t, "", append(c.args, "--data", data)...)
			if r.status != c.status || !strings.Contains(r.stderr, c.says) || strings.Count(r.stderr, "\n") != 1 {
				t.Errorf("status %d: %s%s", r.status, r.stdout, r.stderr)
			}
			if _, err := os.Stat(data); !os.IsNotExist(err) {
				t.Errorf("something is written: %v", err)
			}
		})
	}
}
