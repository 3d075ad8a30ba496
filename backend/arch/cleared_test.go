package arch_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const outboxPath = "caveat/backend/outbox"

// makers are the functions of outbox that put something into a Cleared: compose for what Clear allowed, spool for where it lies,
// verified and load for what is read back from the queue and held against the audit log, leavingBy for the time of the check that counts.
var makers = []string{"compose", "spool", "verifiedIn", "load", "leavingBy"}

// TestRule24OnlyClearMakesACleared: a Cleared that holds anything is made in outbox alone, in functions that are named here; and what
// composes messages is called by outbox alone.
func TestRule24OnlyClearMakesACleared(t *testing.T) {
	seen := map[string]bool{}
	fields := fieldsOfCleared(t)
	for _, f := range readAll(t) {
		if f.isTest {
			continue
		}
		src := source(t, f.path)
		for _, m := range makings(t, f.path, src, f.dir == "backend/outbox", fields) {
			if f.dir != "backend/outbox" || !slices.Contains(makers, m.in) {
				t.Errorf("%s: %s, in %s: only %v of outbox may", f.path, m.what, m.in, makers)
			}
			seen[m.in] = true
		}
		for _, imp := range f.imports {
			if imp == "caveat/backend/message" && !slices.Contains([]string{"backend/outbox", "backend/api", "backend/smtpsend", "backend/imapbox", "backend/inbox", "backend/chat", "backend/xmppsend", "backend/demo", "app"}, home(f.dir)) {
				t.Errorf("%s imports message: what is composed leaves through outbox", f.path)
			}
		}
		if home(f.dir) != "backend/outbox" && home(f.dir) != "backend/message" && home(f.dir) != "backend/demo" {
			for _, call := range calls(t, f.path, src, "caveat/backend/message", "Compose", "Write") {
				t.Errorf("%s: %s composes a message: only outbox does, after Clear allowed it", f.path, call)
			}
		}
	}
	for _, name := range []string{"compose", "verifiedIn"} {
		if !seen[name] {
			t.Errorf("%s of outbox is not seen to make one: the test does not see them", name)
		}
	}
}

// making is a place where something is put into a Cleared.
type making struct{ what, in string }

// makings finds composite literals of Cleared with anything in them, conversions to it, and, inside of outbox, where its fields are
// set one by one; each with the function that it stands in.
func makings(t *testing.T, name string, src []byte, inside bool, fields []string) (out []making) {
	t.Helper()
	parsed := parse(t, name, src)
	isCleared := typeNamed(parsed, outboxPath, "Cleared", inside)
	for _, d := range parsed.Decls {
		in := "a declaration"
		if f, ok := d.(*ast.FuncDecl); ok {
			in = f.Name.Name
		}
		add := func(what string) { out = append(out, making{what, in}) }
		ast.Inspect(d, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.CompositeLit:
				if isCleared(x.Type) && len(x.Elts) > 0 {
					add("makes a Cleared")
				}
			case *ast.CallExpr:
				if len(x.Args) == 1 && isCleared(x.Fun) {
					add("makes a Cleared of something else")
				}
			case *ast.AssignStmt:
				for _, left := range x.Lhs {
					if s, ok := left.(*ast.SelectorExpr); ok && inside && slices.Contains(fields, s.Sel.Name) && isHeldAs(s.X) {
						add("sets " + s.Sel.Name)
					}
				}
			}
			return true
		})
	}
	return out
}

// isHeldAs: what a Cleared, and a loaded one, is called in outbox. (Other values have fields of these names too.)
func isHeldAs(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return slices.Contains([]string{"c", "l", "cleared", "loaded"}, x.Name)
	case *ast.SelectorExpr:
		return x.Sel.Name == "Cleared"
	}
	return false
}

func fieldsOfCleared(t *testing.T) (out []string) {
	t.Helper()
	ast.Inspect(parse(t, "cleared.go", source(t, "backend/outbox/cleared.go")), func(n ast.Node) bool {
		if d, ok := n.(*ast.TypeSpec); ok && d.Name.Name == "Cleared" {
			for _, f := range d.Type.(*ast.StructType).Fields.List {
				for _, n := range f.Names {
					if n.IsExported() {
						t.Errorf("the field %s of Cleared is exported: everybody could set it", n)
					}
					out = append(out, n.Name)
				}
			}
		}
		return true
	})
	if len(out) == 0 {
		t.Fatal("Cleared has no fields: the test does not see them")
	}
	return out
}

// typeNamed tells whether an expression names a type of a package, whatever the file calls the package; inside it, without its name.
func typeNamed(parsed *ast.File, imp, name string, inside bool) func(ast.Expr) bool {
	local := localName(parsed, imp)
	return func(x ast.Expr) bool {
		switch x := x.(type) {
		case *ast.Ident:
			return x.Name == name && (inside || local == ".")
		case *ast.SelectorExpr:
			p, ok := x.X.(*ast.Ident)
			return ok && p.Name == local && x.Sel.Name == name
		case *ast.ParenExpr:
			return typeNamed(parsed, imp, name, inside)(x.X)
		}
		return false
	}
}

// localName is what a file calls a package; "" when it does not import it.
func localName(parsed *ast.File, imp string) string {
	for _, i := range parsed.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil && p == imp {
			if i.Name != nil {
				return i.Name.Name
			}
			return path.Base(imp)
		}
	}
	return ""
}

// calls lists where a file uses functions of a package, called or handed on.
func calls(t *testing.T, name string, src []byte, imp string, functions ...string) (out []string) {
	t.Helper()
	parsed := parse(t, name, src)
	for _, f := range functions {
		is := typeNamed(parsed, imp, f, false)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if x, ok := n.(*ast.SelectorExpr); ok && is(x) {
				out = append(out, path.Base(imp)+"."+f)
			}
			return true
		})
	}
	return out
}

// TestRule24SendersTakeNothingButACleared reads the signatures of the packages that speak a protocol of sending: whatever is exported
// there and has a connection or an account takes nothing that could be a message without a Cleared, and hands out nothing that could
// be written to.
func TestRule24SendersTakeNothingButACleared(t *testing.T) {
	looked := 0
	for _, imp := range slices.Sorted(maps.Keys(senders)) {
		dir := strings.TrimPrefix(imp, module)
		files := map[string][]byte{}
		for _, f := range readAll(t) {
			if f.dir == dir && !f.isTest {
				files[f.path] = source(t, f.path)
			}
		}
		n, wrong := signatures(t, files)
		looked += n
		for _, w := range wrong {
			t.Errorf("%s: %s", dir, w)
		}
	}
	if looked == 0 {
		t.Error("no exported function with an account or a connection: the test does not see them")
	}
}

// signatures looks at the exported functions and methods of a package that have a connection or an account, and says of which there
// are how many, and what is wrong with them.
func signatures(t *testing.T, files map[string][]byte) (looked int, wrong []string) {
	t.Helper()
	var all []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		all = append(all, parse(t, name, files[name]))
	}
	carries := carriers(all)
	for _, f := range all {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || fn.Recv != nil && !ast.IsExported(receiver(fn)) {
				continue
			}
			connected := fn.Recv != nil && carries(f, fn.Recv.List[0].Type)
			content, cleared := "", false
			for _, p := range fn.Type.Params.List {
				connected = connected || carries(f, p.Type)
				cleared = cleared || typeNamed(f, outboxPath, "Cleared", false)(p.Type)
				if c := contentIn(f, p); c != "" {
					content = c
				}
			}
			if !connected {
				continue
			}
			looked++
			if content != "" && !cleared {
				wrong = append(wrong, fmt.Sprintf("%s takes %s, and no outbox.Cleared", fn.Name, content))
			}
			if fn.Type.Results == nil {
				continue
			}
			for _, r := range fn.Type.Results.List {
				if w := writable(f, r.Type); w != "" {
					wrong = append(wrong, fmt.Sprintf("%s hands out %s, which could be written to", fn.Name, w))
				}
			}
		}
	}
	return looked, wrong
}

func receiver(fn *ast.FuncDecl) string {
	x := fn.Recv.List[0].Type
	if s, ok := x.(*ast.StarExpr); ok {
		x = s.X
	}
	if id, ok := x.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// carriers tells which types hold a connection or an account: those of net and tls, everything of the protocols' libraries, the
// package's own Account, and every type of the package that is made of one of these.
func carriers(all []*ast.File) func(*ast.File, ast.Expr) bool {
	own := map[string]bool{"Account": true}
	carries := func(f *ast.File, x ast.Expr) (found bool) {
		ast.Inspect(x, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				found = found || own[n.Name]
			case *ast.SelectorExpr:
				found = found || isWire(f, n)
				return false
			}
			return true
		})
		return found
	}
	for grown := true; grown; {
		grown = false
		for _, f := range all {
			ast.Inspect(f, func(n ast.Node) bool {
				if d, ok := n.(*ast.TypeSpec); ok && !own[d.Name.Name] && carries(f, d.Type) {
					own[d.Name.Name], grown = true, true
				}
				return true
			})
		}
	}
	return carries
}

// isWire: a type of net, tls or a protocol's library.
func isWire(f *ast.File, s *ast.SelectorExpr) bool {
	imp := importOf(f, s)
	if imp == "net" || imp == "crypto/tls" {
		return strings.Contains(s.Sel.Name, "Conn") || strings.Contains(s.Sel.Name, "Dialer")
	}
	return slices.ContainsFunc(protocols, func(p string) bool { return within(imp, p) })
}

func importOf(f *ast.File, s *ast.SelectorExpr) string {
	id, ok := s.X.(*ast.Ident)
	if !ok {
		return ""
	}
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err == nil && (i.Name != nil && i.Name.Name == id.Name || i.Name == nil && lastOf(p) == id.Name) {
			return p
		}
	}
	return ""
}

// wordsOfContent are names by which a text says that it is, or is part of, a message.
var wordsOfContent = []string{"body", "text", "content", "data", "message", "msg", "raw", "xml", "stanza", "subject", "html", "mime", "payload"}

// contentIn says how a parameter could bring a message: as bytes, a reader, a draft, a composed message, anything at all, a function
// that gives one, or a text that is called so; "" when it could not.
func contentIn(f *ast.File, p *ast.Field) string {
	if id, ok := p.Type.(*ast.Ident); ok && id.Name == "string" {
		for _, n := range p.Names {
			if slices.Contains(wordsOfContent, strings.ToLower(n.Name)) {
				return "the text " + n.Name
			}
		}
		return ""
	}
	return contentOf(f, p.Type)
}

func contentOf(f *ast.File, x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return contentOf(f, x.X)
	case *ast.Ellipsis:
		return contentOf(f, x.Elt)
	case *ast.ArrayType:
		if id, ok := x.Elt.(*ast.Ident); ok && id.Name == "byte" {
			return "bytes"
		}
		return contentOf(f, x.Elt)
	case *ast.MapType:
		return contentOf(f, x.Value)
	case *ast.ChanType:
		return contentOf(f, x.Value)
	case *ast.FuncType:
		if x.Results == nil {
			return ""
		}
		for _, r := range x.Results.List {
			if c := contentOf(f, r.Type); c != "" {
				return "a function that gives " + c
			}
		}
	case *ast.InterfaceType:
		return "anything"
	case *ast.Ident:
		if x.Name == "any" {
			return "anything"
		}
	case *ast.SelectorExpr:
		return contentNamed(importOf(f, x), x.Sel.Name)
	}
	return ""
}

func contentNamed(imp, name string) string {
	full := path.Base(imp) + "." + name
	switch imp {
	case "io":
		if strings.Contains(name, "Reader") || strings.Contains(name, "Read") || name == "WriterTo" {
			return full
		}
	case "bytes", "strings", "bufio", "os", "io/fs", "encoding/xml", "encoding/json", "net/mail", "mime/multipart":
		return full
	case "caveat/backend/draft":
		if name != "Channel" {
			return full
		}
	case "caveat/backend/message":
		return full
	}
	if strings.Contains(imp, "stanza") || strings.Contains(imp, "xmlstream") {
		return full
	}
	return ""
}

// writable says whether a result is a connection, a writer or a protocol's client.
func writable(f *ast.File, x ast.Expr) (found string) {
	ast.Inspect(x, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if imp := importOf(f, s); isWire(f, s) || imp == "io" && strings.Contains(s.Sel.Name, "Writ") {
				found = path.Base(imp) + "." + s.Sel.Name
			}
		}
		return true
	})
	return found
}

func source(t *testing.T, name string) []byte {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func parse(t *testing.T, name string, src []byte) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
