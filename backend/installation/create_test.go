package installation_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/demo"
	"caveat/backend/installation"
)

// A new file is written once, into a folder that need not be there yet, and takes nothing's place.
func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", installation.FileName)
	f := installation.File{
		Format: 1, System: installation.SystemFile{Name: "Signal office", Nation: "GBR", Clearance: installation.Clearance{Policy: "NATO", UpTo: "SECRET"}},
		Policies: []installation.PolicyFile{{SPIF: string(demo.PolicyXML), AcceptUnsigned: "for the test"}},
	}
	in, err := installation.New(f, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Create(); err != nil {
		t.Fatal(err)
	}
	have, err := installation.Load(path)
	if err != nil || have.File.System.Name != "Signal office" {
		t.Fatalf("%v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "# ") {
		t.Errorf("%v: it does not say where its keys are described", err)
	}
	if err := in.Create(); !errors.Is(err, installation.ErrExists) {
		t.Errorf("a second time: %v", err)
	}
	f.System.Clearance.UpTo = "NONSENSE"
	if _, err := installation.New(f, path); !errors.Is(err, installation.ErrInvalid) {
		t.Errorf("%v", err)
	}
}
