package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// senders are the packages that speak a protocol of sending. Whoever imports one could call it; only what wires the program may.
var senders = map[string][]string{
	"caveat/backend/smtpsend": {"app"},
	"caveat/backend/xmppsend": {"app"},
	"caveat/backend/imapbox":  {"app"},
}

// dialers open connections of their own. Whoever needs one for something else than sending is named here with the reason.
var dialers = map[string]string{
	"backend/smtpsend": "submits mail", "backend/xmppsend": "sends chat", "backend/imapbox": "keeps mail", "backend/demo": "its own servers",
	"backend/mailtest": "servers of tests", "backend/xmpptest": "servers of tests", "ldapbook": "asks directories", "app": "listens on loopback",
}

// TestRule24EverySendingPathGoesThroughClear reads who imports what: a sender is wired by app alone, is called by outbox alone (by
// its interface), takes nothing but an outbox.Cleared, and no other package of the product opens connections.
func TestRule24EverySendingPathGoesThroughClear(t *testing.T) {
	seen := 0
	for _, f := range readAll(t) {
		if f.isTest {
			continue
		}
		for _, imp := range f.imports {
			if allowed, ok := senders[imp]; ok {
				seen++
				if !slices.Contains(allowed, home(f.dir)) {
					t.Errorf("%s imports %s: only %v may", f.path, imp, allowed)
				}
			}
			if imp != "net" && imp != "crypto/tls" && imp != "net/http" && !strings.HasPrefix(imp, "os/exec") {
				continue
			}
			if within(f.dir, "backend") && !harness(f.dir) && imp != "net/http" && dialers[home(f.dir)] == "" && !onlyAddresses(t, f.path) {
				t.Errorf("%s imports %s, and is not known to need connections or programs: what sends goes through outbox.Clear", f.path, imp)
			}
		}
	}
	if seen == 0 {
		t.Error("no import of a sender found: the test does not see them")
	}
}

func harness(dir string) bool {
	return slices.ContainsFunc(harnesses, func(h string) bool { return within(dir, h) })
}

// onlyAddresses reports that a file uses of net, crypto/tls and os/exec nothing that opens anything.
func onlyAddresses(t *testing.T, path string) bool {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", path), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	harmless := true
	ast.Inspect(parsed, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && slices.Contains([]string{"net", "tls", "exec"}, x.Name) &&
			(strings.HasPrefix(s.Sel.Name, "Dial") || s.Sel.Name == "Client" || strings.HasPrefix(s.Sel.Name, "Command")) {
			harmless = false
		}
		return true
	})
	return harmless
}

// TestRule24OnlyClearMakesACleared: composite literals of Cleared that hold anything stand in outbox alone, in the function that
// composes what Clear allowed and in the one that loads what it queued; senders have no method that takes another message.
func TestRule24OnlyClearMakesACleared(t *testing.T) {
	for _, f := range readAll(t) {
		if f.isTest {
			continue
		}
		src, err := os.ReadFile(filepath.Join("..", "..", f.path))
		if err != nil {
			t.Fatal(err)
		}
		if f.dir != "backend/outbox" && strings.Contains(string(src), "outbox.Cleared{") && strings.Contains(strings.ReplaceAll(string(src), "outbox.Cleared{}", ""), "outbox.Cleared{") {
			t.Errorf("%s makes an outbox.Cleared", f.path)
		}
		if f.dir == "backend/outbox" && f.path != "backend/outbox/compose.go" && strings.Contains(strings.ReplaceAll(string(src), "Cleared{}", ""), "Cleared{") {
			t.Errorf("%s makes a Cleared: compose.go does, for Clear", f.path)
		}
		for _, imp := range f.imports {
			if imp == "caveat/backend/message" && !slices.Contains([]string{"backend/outbox", "backend/api", "backend/smtpsend", "backend/imapbox", "backend/xmppsend", "backend/demo", "app"}, home(f.dir)) {
				t.Errorf("%s imports message: what is composed leaves through outbox", f.path)
			}
		}
		if home(f.dir) != "backend/outbox" && home(f.dir) != "backend/message" && home(f.dir) != "backend/demo" &&
			(strings.Contains(string(src), "message.Compose(") || strings.Contains(string(src), "message.Write(")) {
			t.Errorf("%s composes a message: only outbox does, after Clear allowed it", f.path)
		}
	}
}
