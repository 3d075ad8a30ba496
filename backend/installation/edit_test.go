package installation_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"caveat/backend/installation"
)

func third() installation.DirectoryFile {
	return installation.DirectoryFile{
		Name: "CAR", Nation: "CAR", URLs: []string{"ldaps://ldap.car.example"}, Security: "ldaps", CA: "car", BaseDN: "dc=car", Mode: "mirror",
		DirectorySchema: installation.DirectorySchema{Mapping: &installation.MappingFile{Classes: map[string]string{"a": "person"}}},
		DirectorySync:   installation.DirectorySync{MaxLoss: 0.25},
	}
}

func addThird(f *installation.File) error {
	f.CAs = append(f.CAs, installation.CAFile{Name: "car", PEM: caPEM()})
	f.Directories = append(f.Directories, third())
	return nil
}

func removing(name string) func(*installation.File) error {
	return func(f *installation.File) error {
		f.Directories = slices.DeleteFunc(f.Directories, func(d installation.DirectoryFile) bool { return d.Name == name })
		return nil
	}
}

// commented is a valid file with comments, as an administrator writes it, on disk.
func commented(t testing.TB) string {
	t.Helper()
	text, err := installation.Marshal(valid(t))
	must(t, err)
	s := strings.ReplaceAll(string(text), "[[directory]]\nname = 'BOR'", "# BOR: ask Captain Brine first\n[[directory]]\nname = 'BOR' # not bor")
	if !strings.Contains(s, "Captain Brine") {
		t.Fatalf("no place for the comment:\n%s", s)
	}
	return write(t, t.TempDir(), installation.FileName, "# Kept by the signal office\n"+s)
}

func TestEditAddsAndRemoves(t *testing.T) {
	path := commented(t)
	before, err := os.ReadFile(path)
	must(t, err)
	in, err := installation.Load(path)
	must(t, err)
	next, err := in.Edit(addThird)
	must(t, err)
	text, err := os.ReadFile(path)
	must(t, err)
	if len(next.Directories) != 3 || len(in.Directories) != 2 || !hasLines(string(text), string(before)) {
		t.Errorf("%d directories; the old text is not kept:\n%s", len(next.Directories), text)
	}
	again, err := installation.Load(path)
	if must(t, err); len(again.Directories) != 3 || again.Directories[2].MaxLoss != 0.25 || again.Directories[2].Mapping.Classes["a"] != "person" {
		t.Errorf("%+v", again.Directories[2])
	}
	// The one in the middle goes, and nothing else: neither its ceiling in a table of its own stays, nor does a comment go.
	if next, err = again.Edit(removing("BOR")); err != nil || len(next.Directories) != 2 || next.Directories[1].Name != "CAR" {
		t.Fatalf("%v", err)
	}
	text, err = os.ReadFile(path)
	must(t, err)
	if !strings.Contains(string(text), "# Kept by the signal office") || strings.Contains(string(text), "dc=bor") {
		t.Errorf("after the removal:\n%s", text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// hasLines reports whether a text has all lines of another, in their order.
func hasLines(text, other string) bool {
	want := strings.Split(strings.TrimSpace(other), "\n")
	for line := range strings.SplitSeq(text, "\n") {
		if len(want) > 0 && line == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}

// A change that cannot be made to the text as it stands is made all the same.
func TestEditWhereTextMisleads(t *testing.T) {
	f := valid(t)
	f.System.Name = "HQ\n[[directory]]\nname = \"trap\"\n[x]"
	text, err := installation.Marshal(f)
	must(t, err)
	s := strings.Replace(string(text), `"HQ\n[[directory]]\nname = \"trap\"\n[x]"`, "\"\"\"HQ\n[[directory]]\nname = \"trap\"\n[x]\"\"\"", 1)
	if s == string(text) {
		t.Fatalf("the trap is not set:\n%s", text)
	}
	in, err := installation.Load(write(t, t.TempDir(), installation.FileName, s))
	must(t, err)
	next, err := in.Edit(removing("BOR"))
	must(t, err)
	if again, err := installation.Load(in.Path); err != nil || len(again.Directories) != 1 || again.File.System.Name != f.System.Name || len(next.Directories) != 1 {
		t.Errorf("%v", err)
	}
}

func TestEditRefuses(t *testing.T) {
	path := commented(t)
	before, err := os.ReadFile(path)
	must(t, err)
	in, err := installation.Load(path)
	must(t, err)
	refusal := errors.New("no")
	for name, c := range map[string]struct {
		change func(*installation.File) error
		want   error
	}{
		"a change that fails":          {func(*installation.File) error { return refusal }, refusal},
		"a directory that is wrong":    {func(f *installation.File) error { f.Directories = append(f.Directories, third()); return nil }, installation.ErrInvalid},
		"what an identity still needs": {removing("ATL"), installation.ErrInvalid},
	} {
		if next, err := in.Edit(c.change); !errors.Is(err, c.want) || next != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	managed := *in
	managed.Managed = true
	if _, err := managed.Edit(addThird); !errors.Is(err, installation.ErrManaged) {
		t.Errorf("centrally managed: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was touched: %v", err)
	}
	// What somebody else broke on disk meanwhile is not written over.
	must(t, os.WriteFile(path, []byte("format = 1\n[[ruel]]\n"), 0o600))
	if _, err := in.Edit(addThird); !errors.Is(err, installation.ErrSyntax) {
		t.Errorf("a broken file: %v", err)
	}
}

// Two who change it at once: both changes are there.
func TestEditByTwo(t *testing.T) {
	in, err := installation.Load(commented(t))
	must(t, err)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			_, err := in.Edit(func(f *installation.File) error {
				d := f.Directories[1]
				d.Name, d.MailDomains = fmt.Sprintf("D%d", i), nil
				f.Directories = append(f.Directories, d)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if again, err := installation.Load(in.Path); err != nil || len(again.Directories) != 10 {
		t.Errorf("%v", err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(in.Path), ".new-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
