// Package arch holds the house to its rules: who may import whom. It reads every Go file, whatever its build tags.
package arch_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "caveat/"

// mayImport lists, for each folder, the folders of this module that its files may import. A folder stands for everything
// below it. A folder that is not here is an error: a new one must be thought about.
var mayImport = map[string][]string{
	".":                    {"app"},
	"app":                  {"app", "backend", "ldapbook", "frontend"},
	"backend/api":          {"backend", "ldapbook"},
	"backend/arch":         {},
	"backend/audit":        {"backend/plain", "backend/store"},
	"backend/chat":         {"backend/plain", "backend/draft", "backend/label", "backend/spif", "backend/presend", "backend/message", "backend/audit", "backend/store"},
	"backend/cmbac":        {"backend/spif", "backend/label"},
	"backend/contacts":     {"backend/store"},
	"backend/demo":         {"backend", "ldapbook"},
	"backend/draft":        {"backend/idn", "backend/label"},
	"backend/draftbox":     {"backend/draft", "backend/label", "backend/store"},
	"backend/federation":   {"backend/plain", "backend/draft", "backend/presend", "backend/cmbac", "backend/spif", "backend/label", "ldapbook", "backend/installation", "backend/store"},
	"backend/inbox":        {"backend/plain", "backend/draft", "backend/label", "backend/spif", "backend/presend", "backend/message", "backend/audit", "backend/store"},
	"backend/idn":          {},
	"backend/imapbox":      {"backend/outbox", "backend/message", "backend/draft", "backend/saslclient", "backend/servercert"},
	"backend/installation": {"backend/idn", "backend/spif", "backend/label", "backend/store"},
	"backend/label":        {"backend/label"},
	"backend/mailtest":     {"ldapbook/ldaptest"},
	"backend/message":      {"backend/idn", "backend/draft", "backend/label", "backend/spif"},
	"backend/outbox":       {"backend/plain", "backend/draft", "backend/label", "backend/presend", "backend/message", "backend/audit", "backend/store"},
	"backend/plain":        {},
	"backend/policybook":   {"backend/audit", "backend/spif", "backend/store"},
	"backend/presend":      {"backend/plain", "backend/draft", "backend/cmbac", "backend/spif", "backend/label"},
	"backend/saslclient":   {},
	"backend/servercert":   {},
	"backend/smtpsend":     {"backend/idn", "backend/outbox", "backend/message", "backend/draft", "backend/saslclient", "backend/servercert"},
	"backend/spif":         {"backend/label"},
	"backend/store":        {},
	"backend/xmppsend":     {"backend/outbox", "backend/message", "backend/draft", "backend/label", "backend/presend", "backend/servercert"},
	"backend/xmpptest":     {"ldapbook/ldaptest"},
	"build/bench-book":     {"ldapbook", "backend"}, // measures; no part of the program
	"frontend":             {},
	"ldapbook":             {"ldapbook", "backend/idn"}, // its keys are the addresses that drafts are compared by
}

// harnesses are imported by tests, what measures, and the demonstration only.
var harnesses = []string{"ldapbook/ldaptest", "backend/mailtest", "backend/xmpptest", "backend/spif/spiftest"}

// pure packages see neither files nor network nor databases, so that a decision depends on nothing but its input.
var pure = []string{"backend/idn", "backend/draft", "backend/label", "backend/spif", "backend/cmbac", "backend/presend"}

// onlyIn lists packages that may be imported in these folders alone (tests besides).
var onlyIn = map[string][]string{
	"net/smtp":                    {},
	"net/textproto":               {"backend/smtpsend"},
	"github.com/emersion/go-smtp": {"backend/mailtest", "backend/demo"}, // servers; demo's relay among themselves. The product's way out is smtpsend
	"github.com/emersion/go-sasl": {"backend/saslclient", "backend/mailtest", "backend/demo"},
	"github.com/xdg-go/scram":     {"backend/saslclient", "backend/mailtest"},
	"github.com/emersion/go-imap": {"backend/imapbox", "backend/demo"}, // demo: the server

	"github.com/emersion/go-imap/v2/imapclient": {"backend/imapbox"},

	"mellium.im":                          {"backend/xmppsend", "backend/xmpptest", "backend/demo"},
	"github.com/go-ldap/ldap":             {"ldapbook", "build/bench-book"},
	"github.com/jcmturner/gokrb5":         {"ldapbook"},
	"github.com/miekg/pkcs11":             {"ldapbook"},
	"github.com/zalando/go-keyring":       {"backend/installation"},
	"github.com/wailsapp/wails":           {"app"},
	"github.com/danielgtaylor/huma":       {"backend/api"},
	"github.com/russellhaering/goxmldsig": {"backend/spif/xmldsig"},
	"github.com/beevik/etree":             {"backend/spif/xmldsig"},

	"modernc.org/sqlite":         {"backend/store", "ldapbook"},
	"github.com/alecthomas/kong": {"app"},
}

// badNames say nothing about what is in a package.
var badNames = []string{"util", "utils", "common", "types", "services", "helpers"}

type file struct {
	path, dir string // slash-separated, from the root
	isTest    bool
	imports   []string
}

func TestImportsRunOneWay(t *testing.T) {
	files := readAll(t)
	if len(files) < 50 {
		t.Fatalf("only %d Go files found: the test does not see the house", len(files))
	}
	for _, f := range files {
		for _, imp := range f.imports {
			checkModuleImport(t, f, imp)
			checkForeignImport(t, f, imp)
		}
		if slices.Contains(badNames, filepath.Base(f.dir)) {
			t.Errorf("%s: a package named %q says nothing", f.path, filepath.Base(f.dir))
		}
	}
}

func checkModuleImport(t *testing.T, f file, imp string) {
	target, ok := strings.CutPrefix(imp, module)
	if !ok || f.isTest {
		return // tests may use what they need
	}
	allowed, known := mayImport[home(f.dir)]
	if !known {
		t.Errorf("%s: the folder %q is not in the table of the house", f.path, f.dir)
		return
	}
	for _, h := range harnesses {
		if within(target, h) && home(f.dir) != "backend/demo" && home(f.dir) != "build/bench-book" && !within(f.dir, h) && f.dir != "backend/mailtest" && f.dir != "backend/xmpptest" {
			t.Errorf("%s imports the harness %s: only tests and the demonstration may", f.path, target)
		}
	}
	if home(f.dir) == home(target) {
		return
	}
	if !slices.ContainsFunc(allowed, func(a string) bool { return within(target, a) }) {
		t.Errorf("%s imports %s: %s may import only %v", f.path, target, home(f.dir), allowed)
	}
}

func checkForeignImport(t *testing.T, f file, imp string) {
	if f.isTest {
		return
	}
	for name, dirs := range onlyIn {
		if within(imp, name) && !slices.ContainsFunc(dirs, func(d string) bool { return within(f.dir, d) }) {
			t.Errorf("%s imports %s: only %v may", f.path, imp, dirs)
		}
	}
	for _, p := range pure {
		if !within(f.dir, p) {
			continue
		}
		for _, forbidden := range []string{"os", "net", "database/sql", "syscall"} {
			if within(imp, forbidden) {
				t.Errorf("%s imports %s: %s is pure", f.path, imp, p)
			}
		}
	}
}

// home is the folder of the table that a folder belongs to.
func home(dir string) string {
	for d := dir; d != "."; d = filepath.ToSlash(filepath.Dir(d)) {
		if _, ok := mayImport[d]; ok {
			return d
		}
	}
	return dir
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func readAll(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := readOne(root, path)
		out = append(out, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readOne(root, path string) (file, error) {
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return file{}, err
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return file{}, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly)
	if err != nil {
		return file{}, err
	}
	f := file{path: filepath.ToSlash(rel), dir: filepath.ToSlash(filepath.Dir(rel)), isTest: strings.HasSuffix(path, "_test.go")}
	for _, i := range parsed.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return file{}, err
		}
		f.imports = append(f.imports, name)
	}
	return f, nil
}

// TestNoTestIsSkipped: a server that is missing is a failure, never a skip.
func TestNoTestIsSkipped(t *testing.T) {
	for _, f := range readAll(t) {
		if !f.isTest || f.dir == "backend/arch" {
			continue
		}
		src, err := os.ReadFile(filepath.Join("..", "..", f.path))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(src), "\n") {
			if strings.Contains(line, "t.Skip") || strings.Contains(line, "InsecureSkipVerify: true") {
				t.Errorf("%s:%d: %s", f.path, i+1, strings.TrimSpace(line))
			}
		}
	}
}
