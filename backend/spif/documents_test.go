package spif_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// now is a day on which everything in the test policies is valid unless it says otherwise.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func document(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// change replaces one occurrence of old, which must be there: a case that changes nothing would prove nothing.
func change(t testing.TB, document, old, new string) string {
	t.Helper()
	if !strings.Contains(document, old) {
		t.Fatalf("the document does not hold %q", old)
	}
	return strings.Replace(document, old, new, 1)
}

func parse(t testing.TB, document string) *spif.Policy {
	t.Helper()
	p, err := spif.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sampleFile is a policy of the standards kit that lies beside the repository; nil where it need not be there.
func sampleFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "standards", "spif", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Logf("not checked: %v", err)
		return nil
	}
	return data
}

func sample(t *testing.T, name string) *spif.Policy {
	t.Helper()
	if data := sampleFile(t, name); data != nil {
		return parse(t, string(data))
	}
	return nil
}

// info writes a label's information in one line: "SECRET" or "SECRET; Codeword=MEDIC,CYBER; Mixed/P=NORTH". The type is
// the one of the tag set's first tag unless it is said with its first letter.
func info(t testing.TB, p *spif.Policy, text string) label.Information {
	t.Helper()
	parts := strings.Split(text, "; ")
	out := label.Information{Policy: p.PolicyID(), Classification: parts[0]}
	for _, part := range parts[1:] {
		name, values, ok := strings.Cut(part, "=")
		if !ok {
			t.Fatalf("%q is no category", part)
		}
		name, letter, _ := strings.Cut(name, "/")
		c := label.Category{TagName: name, Type: label.Restrictive}
		if s := p.TagSet(name); s != nil {
			c.Type = s.Tags()[0].Type()
		}
		switch letter {
		case "R":
			c.Type = label.Restrictive
		case "P":
			c.Type = label.Permissive
		case "I":
			c.Type = label.Informative
		}
		if values != "" {
			c.Values = strings.Split(values, ",")
		}
		out.Categories = append(out.Categories, c)
	}
	return out
}

// numbered is the label of that information under the policy.
func numbered(t testing.TB, p *spif.Policy, text string) spif.Label {
	t.Helper()
	return p.Label(label.Label{Information: info(t, p, text)})
}

// line writes information the way info reads it, with every type.
func line(i label.Information) string {
	out := i.Classification
	for _, c := range i.Categories {
		out += "; " + c.TagName + "/" + c.Type.String()[:1] + "=" + strings.Join(c.Values, ",")
	}
	return out
}
