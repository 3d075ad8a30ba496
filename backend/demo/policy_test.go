package demo_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/label"
	"caveat/backend/spif"
)

func policy(t *testing.T) *spif.Policy {
	t.Helper()
	p, err := demo.Policy()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// numbered reads "SECRET; Context=MROD; Only=GBR".
func numbered(p *spif.Policy, text string) spif.Label {
	parts := strings.Split(text, "; ")
	info := label.Information{Policy: p.PolicyID(), Classification: parts[0]}
	for _, part := range parts[1:] {
		name, values, _ := strings.Cut(part, "=")
		c := label.Category{TagName: name, Type: label.Restrictive, Values: strings.Split(values, ",")}
		if s := p.TagSet(name); s != nil {
			c.Type = s.Tags()[0].Type()
		}
		info.Categories = append(info.Categories, c)
	}
	return p.Label(label.Label{Information: info})
}

func problems(p *spif.Policy, text string) []spif.Problem {
	return p.Validate(numbered(p, text), spif.Validation{At: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), New: true})
}

const designators = "; Special Category Designators="

func TestPolicyMarkings(t *testing.T) {
	p := policy(t)
	for _, tt := range []struct{ label, want string }{
		{"SECRET; Context=MROD", "NATO/MROD SECRET"},
		{"RESTRICTED; Context=MROD", "NATO/MROD RESTRICTED"},
		{"SECRET; Context=MROD" + designators + "ATOMAL", "NATO/MROD SECRET ATOMAL"},
		{"SECRET; Context=MROD" + designators + "BOHEMIA", "NATO/MROD SECRET BOHEMIA"},
		{"SECRET; Context=MROD" + designators + "BOHEMIA,ATOMAL", "NATO/MROD SECRET ATOMAL/BOHEMIA"},
		{"SECRET; Context=MROD; Only=GBR", "NATO/MROD SECRET UK ONLY"},
		{"CONFIDENTIAL; Context=MROD; Only=AUS,UKR", "NATO/MROD CONFIDENTIAL UKRAINE, AUSTRALIA ONLY"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			if found := problems(p, tt.label); len(found) > 0 {
				t.Errorf("%+v", found)
			}
			if got := p.Mark(numbered(p, tt.label), "en", "pageBottom"); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestPolicyMarkingsElsewhere(t *testing.T) {
	p := policy(t)
	for _, tt := range []struct {
		label, lang string
		at          spif.Placement
		want        string
	}{
		{"CONFIDENTIAL; Context=MROD; Only=GBR,DEU", "fr-CA", "pageTop", "NATO/MROD CONFIDENTIEL ROYAUME-UNI, ALLEMAGNE SEULEMENT"},
		{"UNCLASSIFIED; Context=MROD; Releasable To=UKR", "en", "pageTop", "NATO/MROD UNCLASSIFIED RELEASABLE TO UKRAINE"},
		{"SECRET; Context=MROD", "en", "portionMarking", "MS"},
		{"SECRET; Context=MROD" + designators + "ATOMAL", "en", "portionMarking", "MS ATOMAL"},
	} {
		if got := p.Mark(numbered(p, tt.label), tt.lang, tt.at); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.label, got, tt.want)
		}
	}
}

// Without a Context a label has no permissive tag and would have the widest audience: no class allows it.
func TestPolicyDemandsAContext(t *testing.T) {
	p := policy(t)
	if len(p.Classes()) != 5 {
		t.Errorf("%d classes", len(p.Classes()))
	}
	for _, c := range p.Classes() {
		for _, rest := range []string{"", "; Only=GBR", "; Releasable To=UKR", designators + "ATOMAL", "; Administrative=MEDICAL"} {
			if found := problems(p, c.Name()+rest); len(found) != 1 || found[0].Rule != spif.RuleRequiredCategory || !spif.Invalid(found) {
				t.Errorf("%s%s: %+v", c.Name(), rest, found)
			}
			if found := problems(p, c.Name()+"; Context=MROD"+rest); len(found) != 0 {
				t.Errorf("%s with Context%s: %+v", c.Name(), rest, found)
			}
		}
	}
}

func TestPolicyAllowsOneContext(t *testing.T) {
	p := policy(t)
	for _, text := range []string{"SECRET; Context=MROD,MROD", "SECRET; Context=MROD; Context=MROD", "SECRET; Context=MROD,NATO"} {
		if !spif.Invalid(problems(p, text)) {
			t.Errorf("%s is valid", text)
		}
	}
	// Should the policy get a second Context, a label may still have one only.
	grown := bytes.Replace(demo.PolicyXML, []byte(`<spif:tagCategory name="MROD" lacv="1">`), []byte(`<spif:tagCategory name="OTHER" lacv="2"/><spif:tagCategory name="MROD" lacv="1">`), 1)
	q, err := spif.Parse(bytes.NewReader(grown))
	if err != nil {
		t.Fatal(err)
	}
	found := problems(q, "SECRET; Context=MROD,OTHER")
	if len(found) != 1 || found[0].Rule != spif.RuleSelectionMax {
		t.Errorf("%+v", found)
	}
}

func TestPolicyIsSchemaValid(t *testing.T) {
	schema := filepath.Join("..", "..", "..", "shared", "standards", "schema", "xmlspif.xsd")
	if _, err := os.Stat(schema); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Logf("not checked: %v", err)
		return
	}
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Logf("not checked: %v", err)
		return
	}
	cmd := exec.Command("xmllint", "--nonet", "--noout", "--schema", schema, "-")
	cmd.Stdin = bytes.NewReader(demo.PolicyXML)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// The names and identifiers are fictitious: they must not be taken for those of a real alliance.
func TestPolicyIdentifiersAreOfTheDocumentationArc(t *testing.T) {
	p := policy(t)
	ids := []string{p.ID()}
	for _, s := range p.TagSets() {
		ids = append(ids, s.ID())
	}
	for _, id := range ids {
		if !strings.HasPrefix(id, "1.3.6.1.4.1.32473.") {
			t.Error(id)
		}
	}
}
