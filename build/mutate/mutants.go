package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mutant is one change of one file.
type mutant struct {
	path     string // from the root, with slashes
	line     int
	function string // in which it is, "" outside of any
	from, to string // what stands there, and what shall
	start    int    // byte offset of from
	source   []byte // of the whole file, unchanged
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d: %s: %s → %s: no test fails", m.path, m.line, m.function, m.from, m.to)
}

// changed is the file with the change.
func (m mutant) changed() []byte {
	out := append([]byte{}, m.source[:m.start]...)
	return append(append(out, m.to...), m.source[m.start+len(m.from):]...)
}

// list finds everything that can be changed in the Go files of a folder, tests left out, in the order of the files.
func list(folder string) ([]mutant, error) {
	pkg, err := build.ImportDir(folder, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	sources := map[string][]byte{}
	for _, name := range pkg.GoFiles {
		path := filepath.Join(folder, name)
		if sources[filepath.ToSlash(path)], err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	set := token.NewFileSet()
	from, err := bySource(set)
	if err != nil {
		return nil, err
	}
	return mutants(set, from, sources)
}

// bySource imports packages from their source. Where that of Go's own packages lies is asked of the go command: a program built with
// -trimpath does not know.
func bySource(set *token.FileSet) (types.Importer, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	build.Default.GOROOT = strings.TrimSpace(string(root)) // which the importer reads
	return importer.ForCompiler(set, "source", nil), nil
}

// mutants finds the changes of the files of one package.
func mutants(set *token.FileSet, from types.Importer, sources map[string][]byte) ([]mutant, error) {
	f := finder{set: set, sources: sources, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
	}}
	var files []*ast.File
	for path, source := range sources {
		file, err := parser.ParseFile(f.set, path, source, 0)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	config := types.Config{Importer: from}
	if _, err := config.Check("mutated", f.set, files, f.info); err != nil {
		return nil, err
	}
	for _, file := range files {
		f.file(file)
	}
	slices.SortFunc(f.found, func(a, b mutant) int {
		if a.path != b.path {
			return map[bool]int{true: -1, false: 1}[a.path < b.path]
		}
		return a.start - b.start
	})
	return f.found, nil
}

type finder struct {
	set      *token.FileSet
	sources  map[string][]byte
	info     *types.Info
	function string
	found    []mutant
}

func (f *finder) file(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			f.function = d.Name.Name
			if d.Body != nil {
				ast.Inspect(d.Body, f.node)
			}
		case *ast.GenDecl: // what constants and types are is not a rule
		}
	}
}

// other is what comparisons and joints are changed to: a comparison to its opposite and, where there is a bound, to the other side
// of the bound.
var other = map[token.Token][]string{
	token.EQL: {"!="}, token.NEQ: {"=="},
	token.LSS: {"<=", ">="}, token.LEQ: {"<", ">"}, token.GTR: {">=", "<="}, token.GEQ: {">", "<"},
	token.LAND: {"||"}, token.LOR: {"&&"},
}

func (f *finder) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		joint := n.Op == token.LAND || n.Op == token.LOR
		for _, op := range other[n.Op] {
			to := f.text(n.X) + " " + op + " " + f.text(n.Y)
			if joint {
				to = "(" + to + ")" // what stands beside it may bind closer
			}
			f.add(n, to)
		}
		if joint {
			f.negate(n.X)
			f.negate(n.Y)
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.add(n, f.text(n.X))
		}
	case *ast.IfStmt:
		f.negate(n.Cond)
	case *ast.ForStmt:
		f.negate(n.Cond)
	case *ast.SwitchStmt:
		f.cases(n)
	case *ast.ReturnStmt:
		f.negateAll(n.Results)
	case *ast.AssignStmt:
		f.negateAll(n.Rhs)
	case *ast.KeyValueExpr:
		f.negate(n.Value)
	case *ast.CaseClause: // its cases have been looked at with the switch
	case ast.Expr:
		return f.constant(n)
	}
	return true
}

// cases: the conditions of a switch without a value.
func (f *finder) cases(s *ast.SwitchStmt) {
	if s.Tag != nil {
		return
	}
	for _, c := range s.Body.List {
		f.negateAll(c.(*ast.CaseClause).List)
	}
}

func (f *finder) negateAll(all []ast.Expr) {
	for _, e := range all {
		f.negate(e)
	}
}

// negate adds the opposite of a boolean expression that has no operator of its own to change.
func (f *finder) negate(e ast.Expr) {
	switch e.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.CallExpr, *ast.IndexExpr:
	default:
		return
	}
	t := f.info.Types[e]
	if basic, ok := t.Type.(*types.Basic); !ok || basic.Info()&types.IsBoolean == 0 || t.Value != nil {
		return
	}
	f.add(e, "!"+f.text(e))
}

// constant changes true, numbers, and constants that have a name: to another of the same type beside it.
func (f *finder) constant(e ast.Expr) (deeper bool) {
	t, ok := f.info.Types[e]
	if !ok || t.Value == nil {
		return true
	}
	var name *ast.Ident
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.INT {
			n, _ := constant.Int64Val(t.Value)
			f.add(e, strconv.FormatInt(n+1, 10))
		}
		return false
	case *ast.Ident:
		name = e
	case *ast.SelectorExpr:
		name = e.Sel
	default:
		return true
	}
	if text := f.text(e); text == "true" || text == "false" {
		f.add(e, strconv.FormatBool(text == "false"))
	} else if next := neighbour(f.info.Uses[name]); next != "" {
		f.add(e, text[:len(text)-len(name.Name)]+next)
	}
	return false
}

// neighbour is the constant of the same package and type that is declared next, or the one before for the last.
func neighbour(o types.Object) string {
	c, ok := o.(*types.Const)
	if !ok || c.Pkg() == nil {
		return ""
	}
	var all []*types.Const
	for _, name := range c.Pkg().Scope().Names() {
		if x, ok := c.Pkg().Scope().Lookup(name).(*types.Const); ok && types.Identical(x.Type(), c.Type()) && x.Exported() == c.Exported() {
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(a, b *types.Const) int { return int(a.Pos() - b.Pos()) })
	switch i := slices.Index(all, c); {
	case i >= 0 && i+1 < len(all):
		return all[i+1].Name()
	case i > 0:
		return all[i-1].Name()
	}
	return ""
}

func (f *finder) text(n ast.Node) string {
	p := f.set.Position(n.Pos())
	return string(f.sources[p.Filename][p.Offset:f.set.Position(n.End()).Offset])
}

func (f *finder) add(n ast.Node, to string) {
	p := f.set.Position(n.Pos())
	f.found = append(f.found, mutant{
		path: p.Filename, line: p.Line, function: f.function, from: f.text(n), to: to, start: p.Offset, source: f.sources[p.Filename],
	})
}
