package spif_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/label/strictxml"
	"caveat/backend/spif"
)

func TestGoodPolicyHasNoFinding(t *testing.T) {
	if found, p := spif.Lint([]byte(good), now); len(found) > 0 || p == nil {
		t.Errorf("%+v", found)
	}
}

// Each rule is found where it is broken, and nothing else is.
func TestLintRules(t *testing.T) {
	for _, c := range lintCases {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			text := c.document(t)
			found, p := spif.Lint([]byte(text), now)
			if with := besides[c.rule+" "+c.name]; with != "" {
				found = slices.DeleteFunc(found, func(f spif.Finding) bool { return f.Rule == with })
			}
			only(t, found, c.rule)
			for _, f := range found {
				if c.at == "" {
					continue
				}
				line, column := place(text, c.at)
				if f.Line != line || f.Column != column || !strings.HasPrefix(f.Path[strings.LastIndexByte(f.Path, '/'):], "/"+strings.Trim(strings.SplitN(c.at, " ", 2)[0], "</>")) {
					t.Errorf("at line %d, column %d, %s; want line %d, column %d: %s", f.Line, f.Column, f.Path, line, column, f.Text)
				}
			}
			agree(t, []byte(text), found, p)
		})
	}
}

// only fails unless there are findings, all of one rule and well made.
func only(t *testing.T, found []spif.Finding, rule string) {
	t.Helper()
	if len(found) == 0 {
		t.Fatal("nothing was found")
	}
	for _, f := range found {
		if f.Rule != rule {
			t.Errorf("%s: %s", f.Rule, f.Text)
		}
		i := slices.IndexFunc(spif.LintRules(), func(r spif.LintRule) bool { return r.ID == f.Rule })
		if i < 0 || spif.LintRules()[i].Severity != f.Severity || f.Line < 1 || f.Column < 1 || f.Text == "" || len(f.Text) > spif.MaxFindingText+len("…") || strings.ContainsAny(f.Text, "\r\n\t") {
			t.Errorf("%+v", f)
		}
	}
}

// place is where the text stands first, as a reader of XML counts.
func place(document, text string) (line, column int) {
	before := document[:strings.Index(document, text)]
	return 1 + strings.Count(before, "\n"), len(before) - strings.LastIndexByte(before, '\n')
}

// agree holds Parse and Lint to one another: what one refuses the other does, for the first of the reasons.
func agree(t testing.TB, data []byte, found []spif.Finding, p *spif.Policy) {
	t.Helper()
	parsed, err := spif.Parse(bytes.NewReader(data))
	i := slices.IndexFunc(found, func(f spif.Finding) bool { return f.Severity == spif.SeverityError })
	if (err != nil) != (i >= 0) || (p == nil) != (i >= 0) || (parsed == nil) != (i >= 0) {
		t.Fatalf("Parse says %v, Lint %+v", err, found)
	}
	if err == nil {
		return
	}
	var at *strictxml.Error
	if !errors.As(err, &at) || at.Line != found[i].Line || at.Column != found[i].Column || at.Path != found[i].Path ||
		!strings.Contains(strings.Join(strings.Fields(at.Error()), " "), strings.TrimSuffix(found[i].Text, "…")) {
		t.Errorf("Parse says %v, Lint %+v", err, found[i])
	}
}

// Every rule has a case, and every case a rule.
func TestLintRulesHaveCases(t *testing.T) {
	cases := map[string]bool{"findings-left-out": true, "requirement-not-in-force": true} // have tests of their own
	for _, c := range lintCases {
		cases[c.rule] = true
	}
	seen := map[string]bool{}
	for _, r := range spif.LintRules() {
		if !cases[r.ID] || seen[r.ID] || r.Text == "" || strings.Trim(r.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
	}
	for id := range cases {
		if !seen[id] {
			t.Errorf("%s is no rule", id)
		}
	}
}

// What is not in force is told of the value and of the rule that needs it.
func TestLintRequirementNotInForce(t *testing.T) {
	c := lintCase{change: []string{low, low + required("all", group1, group2), one, with(one, `notAfter="2026-05-31T00:00:00Z"`)}}
	text := c.document(t)
	if got := ruleIDs(first(spif.Lint([]byte(text), now))); got != "requirement-not-in-force value-not-in-force" {
		t.Error(got)
	}
	if got := ruleIDs(first(spif.Lint([]byte(text), now.AddDate(-1, 0, 0)))); got != "" {
		t.Errorf("in its time: %s", got)
	}
	if got := ruleIDs(first(spif.Lint([]byte(text), time.Time{}))); got != "" {
		t.Errorf("at no time: %s", got)
	}
}

func first(found []spif.Finding, _ *spif.Policy) []spif.Finding { return found }

func ruleIDs(found []spif.Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, f.Rule)
	}
	return strings.Join(out, " ")
}

// What looks like a broken rule and is none.
func TestLintSaysNothing(t *testing.T) {
	for _, c := range []lintCase{
		{name: "one value meets two groups of all", change: []string{low, low + required("all", group1, group1), words, with(words, `maxSelection="1"`)}},
		{name: "a value requires itself", change: []string{one, one + required("all", group1), words, with(words, `maxSelection="1"`)}},
		{name: "one of the entries allows the class", change: []string{low, low + required("oneOrMore", group1, group2), one, one + "<excludedClass>LOW</excludedClass>"}},
		{name: "one of two groups has a value of its own", change: []string{low, low + required("onlyOne", group1, `<categoryGroup tagSetRef="Word" tagType="restrictive" all="true"/>`)}},
		{name: "a value that must stand alone", change: []string{one, one + `<excludedCategory tagSetRef="Word" tagType="restrictive" all="true"/>`}},
		{name: "an obsolete value may require obsolete ones", change: []string{one, with(one, `obsolete="true"`) + required("all", group2), two, with(two, `obsolete="true"`)}},
		{name: "exclusion that leaves another way", change: []string{one, one + required("oneOrMore", group2, group3) + exclude2}},
		{name: "page top and bottom apart", change: []string{low, low + text + strings.Replace(text, "pageTop", "pageBottom", 1)}},
		{name: "a phrase and what replaces the policy's name", change: []string{low, low + text + strings.Replace(text, "</code>", "</code><code>replacePolicy</code>", 1)}},
		{name: "a language without its country serves both", change: []string{low, low + strings.Replace(text, `"en"`, `"en-GB"`, 1) + text, high, high + text}},
		{name: "a phrase for any language", change: []string{low, low + text, high, high + strings.Replace(text, ` xml:lang="en"`, "", 1)}},
		{name: "names only", change: []string{low, low + text}},
		{name: "the default policy mapped", change: []string{home, `<defaultSecurityPolicyId name="BASE" id="1.3.6.9"/>` + home, low, low + `<equivalentClassification policyRef="BASE" lacv="1" applied="decrypt"/>`}},
		{name: "the default policy is the own", change: []string{home, strings.Replace(home, "securityPolicyId", "defaultSecurityPolicyId", 1) + home}},
		{name: "context demanded by each class", change: []string{`"Word"`, `"Context"`, low, low + strings.ReplaceAll(required("oneOrMore", group1, group2), `"Word"`, `"Context"`),
			high, high + strings.ReplaceAll(required("all", group1, `<categoryGroup tagSetRef="Note" tagType="tagType7" all="true"/>`), `"Word"`, `"Context"`)}},
		{name: "context demanded by its minimum", change: []string{`"Word"`, `"Context"`, words, with(words, `minSelection="1"`)}},
		{name: "one class for sending, two on reception", change: []string{low, low + equal1, high, high + strings.Replace(equal1, "both", "encrypt", 1)}},
		{name: "discarded on reception, mapped for sending", change: []string{one, one + strings.Replace(equalWord, "both", "encrypt", 1) + with(strings.Replace(equalWord, "both", "decrypt", 1), `action="discard"`)}},
		{name: "attributes of other namespaces", change: []string{one, with(one, `xml:lang="en"`), root, `<SPIF xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" xmlns`}},
		{name: "256 letters of two bytes", change: []string{`"ONE"`, `"` + strings.Repeat("É", 256) + `"`}},
		{name: "all forms of creation dates", change: []string{"20260101000000Z", "202601010000+0100"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := c.document(t)
			found, p := spif.Lint([]byte(text), now)
			for _, f := range found {
				t.Errorf("%s: %s", f.Rule, f.Text)
			}
			agree(t, []byte(text), found, p)
		})
	}
}

// Several errors are told in the order of the document, and Parse fails on the first, whichever step of reading finds it.
func TestLintOrder(t *testing.T) {
	c := lintCase{change: []string{
		high, with(high, `lacb="2"`), // structure, after
		low, low + strings.Replace(equal1, "AWAY", "NOWHERE", 1), // reference, before
		two, two + exclude1 + `<excludedClass>TOP</excludedClass>`, signature, "",
	}}
	text := c.document(t)
	found, p := spif.Lint([]byte(text), now)
	if got := ruleIDs(found); got != "unsigned policy-ref-dangling attribute-unknown element-order class-ref-dangling" && got != "unsigned policy-ref-dangling attribute-unknown class-ref-dangling element-order" {
		t.Error(got)
	}
	agree(t, []byte(text), found, p)
}

// A document full of faults is told of in bounded length, and still refused for its first error.
func TestLintIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range 3 * spif.MaxFindings {
		fmt.Fprintf(&b, `<tagCategory name="V%d" lacv="1" odd="`+strings.Repeat("x", 1000)+`"><markingData phrase="x"/><markingData phrase="x"/><x/></tagCategory>`, i)
	}
	c := lintCase{change: []string{one, b.String() + one, low, low + strings.Replace(equal1, "AWAY", "NOWHERE", 1)}}
	text := c.document(t)
	found, p := spif.Lint([]byte(text), now)
	if len(found) > 3*spif.MaxFindings+1 || !slices.ContainsFunc(found, func(f spif.Finding) bool { return f.Rule == "findings-left-out" }) {
		t.Errorf("%d findings", len(found))
	}
	if i := slices.IndexFunc(found, func(f spif.Finding) bool { return f.Severity == spif.SeverityError }); found[i].Rule != "policy-ref-dangling" {
		t.Errorf("the first error is %+v", found[i])
	}
	agree(t, []byte(text), found, p)
}

// More rules than are looked at: those at the end pass, and the report says so.
func TestLintGivesUp(t *testing.T) {
	var values, rules strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&values, `<tagCategory name="V%d" lacv="%d"><excludedClass>LOW</excludedClass></tagCategory>`, i, i+10)
		rules.WriteString(required("oneOrMore", `<categoryGroup tagSetRef="Other" tagType="permissive" all="true"/>`))
	}
	sets := `<securityCategoryTagSet name="Other" id="1.3.8"><securityCategoryTag tagType="permissive">` + values.String() + `</securityCategoryTag></securityCategoryTagSet>`
	c := lintCase{change: []string{`<securityCategoryTagSet name="Note"`, sets + `<securityCategoryTagSet name="Note"`, low, low + rules.String(), one, one + required("all", group2) + exclude2}}
	found, p := spif.Lint([]byte(c.document(t)), now)
	ids := ruleIDs(found)
	if p == nil || !strings.HasPrefix(ids, "findings-left-out requirement-unreachable ") || strings.Contains(ids, "requires-excluded") {
		t.Errorf("%.200s", ids)
	}
}

// The manual lists every rule with its severity.
func TestManualListsTheRules(t *testing.T) {
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "policy-lint.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range spif.LintRules() {
		if row := "| `" + r.ID + "` | " + string(r.Severity) + " | " + r.Text + " |\n"; !strings.Contains(string(manual), row) {
			t.Errorf("docs/policy-lint.md lacks the row\n%s", row)
		}
	}
	if rows := strings.Count(string(manual), "\n| `"); rows != len(spif.LintRules()) {
		t.Errorf("%d rows, %d rules", rows, len(spif.LintRules()))
	}
}
