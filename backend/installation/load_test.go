package installation_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"caveat/backend/installation"
)

// A key that is not known is named, with its line.
func TestStrictTOML(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"at the top":   {"format = 1\nformt = 2\n", `line 2: key "formt"`},
		"in a section": {"format = 1\n[check]\nsending_aeg = \"5m\"\n", `line 3: key "check.sending_aeg"`},
		"in a list":    {"format = 1\n[[rule]]\nname = \"x\"\n\n[[rule]]\nname = \"y\"\noutcom = \"stale\"\n", `line 7: key "rule.outcom"`},
		"inline":       {"format = 1\n[system]\nclearance = { policy = \"NATO\", upto = \"SECRET\" }\n", `upto" is not known`},
		"a section":    {"format = 1\n[[directories]]\nname = \"x\"\n", `line 2: key "directories"`},
		"no TOML":      {"format = 1\nsystem\n", "line 2"},
		"twice":        {"format = 1\nformat = 1\n", "line 2"},
		"wrong type":   {"format = \"one\"\n", "line 1"},
		"no duration":  {"format = 1\n[check]\nsending_age = \"5 minutes\"\n", "line 3"},
		"no time":      {"format = 1\n[[rule]]\nuntil = \"tomorrow\"\n", ""},
	} {
		f, err := installation.ParseFile([]byte(c.text))
		if !errors.Is(err, installation.ErrSyntax) || !strings.Contains(err.Error(), c.want) || f.Format != 0 {
			t.Errorf("%s: %+v, %v, want %s", name, f, err, c.want)
		}
	}
	for _, text := range []string{"", "format = 2\n", "format = 0\n"} {
		if f, err := installation.ParseFile([]byte(text)); !errors.Is(err, installation.ErrInvalid) || f.Format != 0 {
			t.Errorf("%q: %+v, %v", text, f, err)
		}
	}
}

// The documented examples hold no key that the program does not know, all keys of directories, accounts and default labels are in them,
// and their directories and accounts make sense.
func TestDocumentedExamples(t *testing.T) {
	doc, err := os.ReadFile("../../docs/installation.md")
	must(t, err)
	parts := strings.Split(string(doc), "```toml\n")[1:]
	if len(parts) < 5 {
		t.Fatalf("%d examples", len(parts))
	}
	f, err := installation.ParseFile([]byte(before(parts[0])))
	if must(t, err); len(f.Directories) < 2 || f.Directories[1].PlainCeiling == nil || len(f.Routes) < 2 || len(f.Routes[1].Links) != 1 || f.Rules[0].Until.IsZero() {
		t.Errorf("%+v", f)
	}
	all := before(parts[0])
	for _, p := range parts[1:] {
		all += before(p)
		more, err := installation.ParseFile([]byte("format = 1\n" + before(p)))
		must(t, err)
		f.Directories = append(f.Directories, more.Directories...)
		f.Accounts = append(f.Accounts, more.Accounts...)
	}
	keys := append(directoryKeys(reflect.TypeFor[installation.DirectoryFile]()), "timeout", "page_size", "expiry", "overdue", "mailbox")
	keys = append(keys, directoryKeys(reflect.TypeFor[installation.AccountFile]())...)
	for _, key := range append(keys, directoryKeys(reflect.TypeFor[installation.DefaultLabelFile]())...) {
		if inBundle := strings.HasSuffix(key, "_pem"); !inBundle && key != "xml" && !regexp.MustCompile(`(?m)^\[?[a-z.]*`+key+`\b`).MatchString(all) {
			t.Errorf("no example has the key %s", key)
		}
	}
	// With the test's policy, CA and certificates in the place of those that the examples name.
	g := valid(t)
	g.CAs[0].Name = "gbr"
	g.Accounts, g.Identities, g.Routes, g.Rules = f.Accounts, nil, nil, nil
	dir := t.TempDir()
	write(t, dir, "caveat-fra.pem", caPEM())
	write(t, dir, "caveat-fleet.pem", caPEM())
	ceiling := g.Directories[1].PlainCeiling
	g.Directories = f.Directories
	for i := range g.Directories {
		if g.Directories[i].PlainCeiling != nil {
			g.Directories[i].PlainCeiling = ceiling
		}
	}
	for i := range g.Accounts {
		if g.Accounts[i].Clearance != nil {
			g.Accounts[i].Clearance = ceiling
		}
	}
	text, err := installation.Marshal(g)
	must(t, err)
	if _, err := installation.Load(write(t, dir, installation.FileName, string(text))); err != nil {
		t.Error(err)
	}
}

func before(text string) string {
	out, _, _ := strings.Cut(text, "```")
	return out
}

// directoryKeys are the keys of a directory's section, those of what is embedded among them.
func directoryKeys(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, directoryKeys(f.Type)...)
			continue
		}
		key, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		out = append(out, key)
	}
	return out
}

func TestLoadFailures(t *testing.T) {
	dir := t.TempDir()
	if _, err := installation.Load(filepath.Join(dir, "none.toml")); !errors.Is(err, installation.ErrNone) {
		t.Errorf("no file: %v", err)
	}
	if _, err := installation.Load(dir); !errors.Is(err, installation.ErrInvalid) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := installation.Load(write(t, dir, "x.toml", "format = 1\nx = 1\n")); !errors.Is(err, installation.ErrSyntax) || !strings.Contains(err.Error(), "x.toml") {
		t.Errorf("a key that is not known: %v", err)
	}
	big := filepath.Join(dir, "big.toml")
	must(t, os.WriteFile(big, nil, 0o600))
	must(t, os.Truncate(big, installation.MaxSize+1))
	if _, err := installation.Load(big); !errors.Is(err, installation.ErrInvalid) {
		t.Errorf("a file that is too long: %v", err)
	}
	// A file that the installation names is missing: that is no "no installation".
	f := valid(t)
	f.Policies[0].SPIF, f.Policies[0].File = "", "missing.xml"
	if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) || !errors.Is(err, fs.ErrNotExist) || errors.Is(err, installation.ErrNone) {
		t.Errorf("a missing policy: %v", err)
	}
}

func TestRule27MachineWideFile(t *testing.T) {
	machine, user := t.TempDir(), t.TempDir()
	path := filepath.Join(machine, "machine.toml")
	put := func(path, name string) {
		f := valid(t)
		f.System.Name = name
		text, err := installation.Marshal(f)
		must(t, err)
		must(t, installation.WriteFile(path, text))
	}
	put(filepath.Join(user, installation.FileName), "user's own")
	if in, err := installation.FindIn(path, user); err != nil || in.Managed || in.File.System.Name != "user's own" {
		t.Errorf("without a machine-wide file: %+v, %v", in, err)
	}
	put(path, "administrator's")
	in, err := installation.FindIn(path, user)
	must(t, err)
	var out strings.Builder
	in.Describe(&out)
	if !in.Managed || in.Path != path || in.File.System.Name != "administrator's" || !strings.Contains(out.String(), "(ATL), centrally managed") {
		t.Errorf("%v, %s, %s", in.Managed, in.Path, out.String())
	}
	// One that others may write is not the administrator's.
	must(t, os.Chmod(path, 0o666))
	if in, err := installation.FindIn(path, user); !errors.Is(err, installation.ErrInvalid) || in != nil {
		t.Errorf("writable for everybody: %+v, %v", in, err)
	}
	must(t, os.Chmod(path, 0o644))
	// One that is broken is an error: it is not passed over either.
	must(t, os.WriteFile(path, []byte("format = 1\n[[ruel]]\n"), 0o600))
	if in, err := installation.FindIn(path, user); !errors.Is(err, installation.ErrSyntax) || in != nil {
		t.Errorf("broken: %+v, %v", in, err)
	}
}

func FuzzParseFile(f *testing.F) {
	text, err := installation.Marshal(valid(f))
	must(f, err)
	doc, err := os.ReadFile("../../docs/installation.md")
	must(f, err)
	_, example, _ := strings.Cut(string(doc), "```toml\n")
	example, _, _ = strings.Cut(example, "```")
	f.Add(text)
	f.Add([]byte(example))
	f.Add([]byte("format = 1\n[[rule]]\nfrom = 2026-01-01T00:00:00+14:00\nuntil = 2026-01-01 00:00:00.000000001Z\n"))
	f.Add([]byte("format = 1\n[check]\nsending_age = \"-1ns\"\nprotected_tag_sets = []\n[system.clearance.categories]\n\"a.b\" = []\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := installation.ParseFile(data)
		if err != nil {
			if file.Format != 0 || !errors.Is(err, installation.ErrSyntax) && !errors.Is(err, installation.ErrInvalid) {
				t.Errorf("%+v, %v", file, err)
			}
			return
		}
		once, err := installation.Marshal(file)
		must(t, err)
		if again, err := installation.Marshal(roundTrip(t, file)); err != nil || string(again) != string(once) {
			t.Errorf("%v\n%s\n%s", err, once, again)
		}
	})
}
