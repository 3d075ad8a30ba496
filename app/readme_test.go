//go:build linux

package app_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"caveat/app"
)

// TestReadmeExampleWorks runs the README's example as it stands there, on a small demonstration: it names only whom every one has.
func TestReadmeExampleWorks(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(readme), "```sh\n")
	block, _, closed := strings.Cut(block, "```")
	if !ok || !closed {
		t.Fatal("the README has no example")
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "demo")
	p := start(t, "demo", "--people", "400", "--data", data, "--listen", "127.0.0.1:0", "--no-open")
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	// Its own names are put in place of the example's: folder of the program, folder for files.
	script := strings.NewReplacer("$PWD/build/bin", filepath.Dir(program), "/tmp/", dir+"/").Replace(block)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		"watchkeeper@gbr.example", "Ковальчук", "1 of 3 may not get this.", "The link GBR-DEU does not carry this label.",
		"accepted  olena.kovalchuk@ukr.example", "SIO-Label: marking=\"NATO/MROD SECRET\"", "Label:       valid", "consistent, and complete up to the checkpoint of ",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the example does not print %q:\n%s", want, out)
		}
	}
	p.stop()
}

// TestReadmeNamesEveryCommand: its table is written by hand, and has every command that can be run.
func TestReadmeNamesEveryCommand(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := app.CommandNames()
	if len(names) < 60 {
		t.Fatalf("there are only %d commands: %v", len(names), names)
	}
	for _, name := range names {
		if !strings.Contains(string(readme), "| `caveat "+name+"`") && !strings.Contains(string(readme), "| `caveat "+name+" ") {
			t.Errorf("README.md has no line for caveat %s", name)
		}
	}
}
