package spif_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"caveat/backend/label/strictxml"
	"caveat/backend/spif"
)

// full.spif.xml has everything that the schema has, and nothing that it has not: no finding.
func TestFullPolicyUsesTheWholeSchema(t *testing.T) {
	text := document(t, "full.spif.xml")
	root, err := strictxml.Parse([]byte(text), strictxml.Limits{Bytes: spif.MaxSize, Comments: true})
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	constructs(root, have)
	known := spif.SchemaConstructs()
	if len(known) < 200 {
		t.Fatalf("the schema has only %d constructs", len(known))
	}
	for _, c := range known {
		if !have[c] && !strings.HasSuffix(c, "=true") && !strings.HasSuffix(c, "=false") && !strings.HasSuffix(c, "=1") && !strings.HasSuffix(c, "=0") {
			t.Errorf("%s is not in full.spif.xml", c)
		}
	}
	// Each way to write a truth once somewhere.
	for _, c := range []string{
		"securityClassification/@obsolete=true", "securityClassification/@obsolete=false", "tagCategory/@obsolete=0", "categoryGroup/@all=1",
		"securityCategoryTag/@singleSelection=true", "securityCategoryTag/@singleSelection=false", "privacyMark/@obsolete=true",
	} {
		if !have[c] {
			t.Errorf("%s is not in full.spif.xml", c)
		}
	}
	if found, p := spif.Lint([]byte(text), now); len(found) > 0 || p == nil {
		t.Errorf("%+v", found)
	}
}

// constructs lists what a document uses, spelled as SchemaConstructs does.
func constructs(e *strictxml.Element, have map[string]bool) {
	have[e.Name] = true
	for _, a := range e.Attrs {
		have[e.Name+"/@"+a.Name] = true
		have[e.Name+"/@"+a.Name+"="+a.Value] = true
	}
	have[e.Name+"="+e.Text] = true
	for _, c := range e.Children {
		if e.Name != "extensions" {
			constructs(c, have)
		}
	}
}

// schemaFile is the schema where it lies beside the repository, "" where it need not be there.
func schemaFile(t *testing.T) string {
	t.Helper()
	schema := filepath.Join("..", "..", "..", "shared", "standards", "schema", "xmlspif.xsd")
	if _, err := os.Stat(schema); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Logf("not checked: %v", err)
		return ""
	}
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Logf("not checked: %v", err)
		return ""
	}
	return schema
}

// schemaValid asks xmllint, once for all documents, which of them are valid by the schema.
func schemaValid(t *testing.T, schema string, documents []string) []bool {
	t.Helper()
	dir := t.TempDir()
	args := []string{"--nonet", "--noout", "--schema", schema}
	for i, d := range documents {
		path := filepath.Join(dir, strconv.Itoa(i))
		if err := os.WriteFile(path, []byte(d), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	said, _ := exec.Command("xmllint", args...).CombinedOutput() // its status is that of the worst
	out := make([]bool, len(documents))
	for i := range documents {
		path := args[len(args)-len(documents)+i]
		out[i] = bytes.Contains(said, []byte(path+" validates\n"))
		if !out[i] && !bytes.Contains(said, []byte(path+" fails to validate\n")) && !bytes.Contains(said, []byte(path+":")) {
			t.Fatalf("xmllint says nothing about document %d", i)
		}
	}
	return out
}

func TestTestPoliciesAreSchemaValid(t *testing.T) {
	schema := schemaFile(t)
	if schema == "" {
		return
	}
	names := []string{"full.spif.xml", "partner.spif.xml", "testland.spif.xml", "otherland.spif.xml", "marking.spif.xml"}
	var documents []string
	for _, name := range names {
		documents = append(documents, document(t, name))
	}
	for i, valid := range schemaValid(t, schema, documents) {
		if !valid {
			t.Errorf("%s is not valid by the schema", names[i])
		}
	}
}

// What the schema refuses, by another program, is an error or a warning here, and what it allows has the right structure here:
// every attribute and element of full.spif.xml taken away, doubled, moved or changed, one of each kind at a time.
func TestSchemaOracle(t *testing.T) {
	schema := schemaFile(t)
	if schema == "" {
		return
	}
	text := document(t, "full.spif.xml")
	root, err := strictxml.Parse([]byte(text), strictxml.Limits{Bytes: spif.MaxSize, Comments: true})
	if err != nil {
		t.Fatal(err)
	}
	var mutants []mutant
	seen := map[string]bool{}
	mutate(text, root, seen, &mutants)
	if len(mutants) < 150 {
		t.Fatalf("only %d mutants", len(mutants))
	}
	var documents []string
	for _, m := range mutants {
		documents = append(documents, m.text)
	}
	structure := []string{
		"element-unknown", "element-missing", "element-absent", "element-repeated", "element-order", "attribute-missing", "attribute-unknown",
		"attribute-extra", "text-unexpected", "content-ignored",
	}
	refused := 0
	for i, valid := range schemaValid(t, schema, documents) {
		m := mutants[i]
		found, _ := spif.Lint([]byte(m.text), now)
		if valid {
			for _, f := range found {
				if slices.Contains(structure, f.Rule) {
					t.Errorf("%s: the schema allows it, lint says %+v", m.name, f)
				}
			}
			continue
		}
		if strings.HasSuffix(m.name, "/@notBefore spaced") || strings.HasSuffix(m.name, "/@notAfter spaced") {
			continue // xs:dateTime collapses white space, xmllint does not
		}
		refused++
		if !slices.ContainsFunc(found, func(f spif.Finding) bool { return f.Severity != spif.SeverityNote }) {
			t.Errorf("%s: the schema refuses it, lint says %+v", m.name, found)
		}
	}
	if refused < 100 {
		t.Errorf("the schema refused only %d of %d mutants", refused, len(mutants))
	}
}

type mutant struct{ name, text string }

// mutate makes the mutants of an element and of all below it; seen keeps it to one of each kind.
func mutate(text string, e *strictxml.Element, seen map[string]bool, out *[]mutant) {
	add := func(name, changed string) {
		if !seen[name] {
			seen[name] = true
			*out = append(*out, mutant{name, changed})
		}
	}
	whole := text[e.Start:e.End]
	end := e.Start + strings.IndexByte(whole, '>')
	if e.Parent != nil {
		at := e.Parent.Name + "/" + e.Name
		add(at+" taken away", text[:e.Start]+text[e.End:])
		add(at+" doubled", text[:e.End]+whole+text[e.End:])
		first := e.Parent.Children[0]
		add(at+" first", text[:first.Start]+whole+text[first.Start:e.Start]+text[e.End:])
		add(e.Name+" renamed", text[:e.Start]+strings.ReplaceAll(strings.ReplaceAll(whole, "<"+e.Name, "<x"), "</"+e.Name, "</x")+text[e.End:])
	}
	start := text[e.Start:end]
	for _, a := range e.Attrs {
		if a.Space != "" {
			continue
		}
		written := " " + a.Name + `="` + a.Value + `"`
		if !strings.Contains(start, written) {
			written = "\n  " + strings.TrimSpace(written)
		}
		at := e.Name + "/@" + a.Name
		for name, now := range map[string]string{
			" taken away": "", " empty": ` ` + a.Name + `=""`, " odd": ` ` + a.Name + `="?"`, " renamed": ` x` + a.Name + `="1"`, " long": ` ` + a.Name + `="` + strings.Repeat("9", 300) + `"`,
			" spaced": ` ` + a.Name + `=" ` + a.Value + `"`,
		} {
			if strings.Contains(start, written) {
				add(at+name, text[:e.Start]+strings.Replace(start, written, now, 1)+text[end:])
			}
		}
	}
	if len(e.Children) == 0 && e.Name != "note" && !strings.HasSuffix(start, "/") {
		add(e.Name+" with odd text", text[:end+1]+"?"+text[e.End-len("</"+e.Name+">"):])
	}
	if e.Name == "extensions" {
		return
	}
	for _, c := range e.Children {
		mutate(text, c, seen, out)
	}
}
