package label_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/strictxml"
	"caveat/backend/spif"
)

// subject is a parser that hostile documents are put to.
type subject struct {
	name      string
	parse     func([]byte) error
	limit     int // bytes
	good      string
	prefix    string // of the standard's own namespace, as good has it
	space     string // that namespace
	text      string // a text that stands in an element of its own
	once      string // the start of an element that must not be repeated
	sentinels []error
	comments  bool // comments between elements are allowed
}

const goodObject = `<mb:BindingInformation xmlns:mb="urn:nato:stanag:4778:bindinginformation:1:0"><mb:MetadataBindingContainer><mb:MetadataBinding>` +
	`<mb:Metadata>` + goodLabel + `</mb:Metadata><mb:DataReference URI=""/></mb:MetadataBinding></mb:MetadataBindingContainer></mb:BindingInformation>`

func subjects(t *testing.T) []subject {
	t.Helper()
	policy, err := os.ReadFile(filepath.Join("..", "spif", "testdata", "testland.spif.xml"))
	if err != nil {
		t.Fatal(err)
	}
	labels := []error{label.ErrSyntax, label.ErrTooLarge}
	return []subject{
		{"label", func(b []byte) error { _, err := label.ParseLabel(b); return err }, label.MaxSize, goodLabel, "slab", label.Namespace,
			"SECRET", "<slab:ConfidentialityInformation>", labels, false},
		{"clearance", func(b []byte) error { _, err := label.ParseClearance(b); return err }, label.MaxSize, goodClearance, "sclr", label.ClearanceNamespace,
			"SECRET", "<sclr:ClassificationList>", labels, false},
		{"binding", func(b []byte) error { _, err := binding.Parse(b); return err }, binding.MaxSize, goodObject, "mb", binding.Namespace,
			"SECRET", "<slab:ConfidentialityInformation>", []error{binding.ErrSyntax, binding.ErrTooLarge}, false},
		{"policy", func(b []byte) error { _, err := spif.Parse(bytes.NewReader(b)); return err }, spif.MaxSize, string(policy), "spif", spif.Namespace,
			"OPEN</spif:excludedClass", "<spif:securityClassifications>", []error{spif.ErrSyntax, spif.ErrTooLarge, spif.ErrInvalid, spif.ErrNotSPIF}, true},
	}
}

// root puts markup into the root's start tag, front in front of it, inside behind it.
func (s subject) root(markup string) string {
	i := strings.Index(s.good, "<"+s.prefix+":")
	j := i + strings.IndexAny(s.good[i:], " >")
	return s.good[:j] + " " + markup + s.good[j:]
}

func (s subject) front(markup string) string {
	i := strings.Index(s.good, "<"+s.prefix+":")
	return s.good[:i] + markup + s.good[i:]
}

// bare is the document without XML declaration and leading comments.
func (s subject) bare() string { return s.good[strings.Index(s.good, "<"+s.prefix+":"):] }

func (s subject) inside(markup string) string {
	i := strings.Index(s.good, "<"+s.prefix+":")
	j := i + strings.Index(s.good[i:], ">") + 1
	return s.good[:j] + markup + s.good[j:]
}

// last puts markup where extensions may stand, if anywhere: at the end of the root.
func (s subject) last(markup string) string {
	i := strings.LastIndex(s.good, "</"+s.prefix+":")
	return s.good[:i] + markup + s.good[i:]
}

// at replaces the text.
func (s subject) at(old, new string) string {
	text, rest, _ := strings.Cut(s.text, "<")
	if rest != "" {
		rest = "<" + rest
	}
	return strings.Replace(s.good, ">"+text+rest, ">"+strings.Replace(text, old, new, 1)+rest, 1)
}

// half is a piece of the text, and the rest of it.
func (s subject) half() (string, string) { return s.text[:2], s.text[2:4] }

// repeated doubles the element that must stand once.
func (s subject) repeated() string {
	i := strings.Index(s.good, s.once)
	end := "</" + s.once[1:]
	j := i + strings.Index(s.good[i:], end) + len(end)
	return s.good[:j] + s.good[i:j] + s.good[j:]
}

func utf16of(s string, big, mark bool) string {
	var out []byte
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	for _, u := range units {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return string(out)
}

// declared puts an XML declaration in front.
func (s subject) declared(declaration string) string { return declaration + s.bare() }

// maxGrowth is how many bytes may be allocated, all in all, for each byte that a parser accepts at most: nothing that
// somebody sends us takes more memory than that, whether it is accepted or not.
const maxGrowth = 48

func (s subject) checkError(t *testing.T, err error) {
	t.Helper()
	if !slices.ContainsFunc(s.sentinels, func(want error) bool { return errors.Is(err, want) }) {
		t.Fatalf("error %v, want one of %v", err, s.sentinels)
	}
	var at *strictxml.Error
	if !errors.As(err, &at) || at.Line < 1 || at.Column < 1 {
		t.Errorf("the error says no place: %v", err)
	}
	if len(err.Error()) > 4096 {
		t.Errorf("the error has %d characters", len(err.Error()))
	}
}

// allocates gives the bytes that are allocated while f runs. Tests of this package do not run beside each other.
func allocates(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// What is accepted takes no more memory than what is refused, however it is made of the smallest pieces.
func TestHeavyDocuments(t *testing.T) {
	repeat := func(unit string, n int, s subject) string {
		return strings.Repeat(unit, min(n, (s.limit-len(s.good)-100)/len(unit)))
	}
	for _, s := range subjects(t) {
		if s.name == "policy" {
			continue // its extensions are passed over, its own elements are package spif's
		}
		pieces := map[string]string{"elements": repeat("<a/>", 4000, s), "texts": repeat("x<a/>", 4000, s), "text": repeat("x", 1<<20, s), "references": repeat("&lt;", 1<<20, s)}
		for name, inner := range pieces {
			document := []byte(s.last(`<q:x xmlns:q="u:x">` + inner + "</q:x>"))
			if s.name == "clearance" {
				document = []byte(strings.Replace(s.good, "<sclr:ConfidentialityClearanceExtensions/>",
					`<sclr:ConfidentialityClearanceExtensions><q:x xmlns:q="u:x">`+inner+"</q:x></sclr:ConfidentialityClearanceExtensions>", 1))
			}
			var err error
			if allocated := allocates(func() { err = s.parse(document) }); err != nil || allocated > uint64(maxGrowth*s.limit) {
				t.Errorf("%s, %s: %d bytes allocated, %d times the limit, %v", s.name, name, allocated, allocated/uint64(s.limit), err)
			}
		}
	}
}

// endless gives that many bytes without holding them.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	n := min(len(p), e.left)
	if n == 0 {
		return 0, io.EOF
	}
	e.left -= n
	for i := range p[:n] {
		p[i] = 'x'
	}
	return n, nil
}

// A gigabyte of text is read no further than the limit.
func TestHostileReader(t *testing.T) {
	const gigabyte = 1 << 30
	for name, read := range map[string]func(io.Reader) error{
		"policy": func(r io.Reader) error { _, err := spif.Parse(r); return err },
		"any": func(r io.Reader) error {
			_, err := strictxml.Read(r, strictxml.Limits{Bytes: spif.MaxSize})
			return err
		},
	} {
		tail := &endless{gigabyte}
		var err error
		allocated := allocates(func() { err = read(io.MultiReader(strings.NewReader("<a>"), tail)) })
		var at *strictxml.Error
		if !errors.Is(err, strictxml.ErrTooLarge) || !errors.As(err, &at) || at.Line != 1 {
			t.Errorf("%s: %v", name, err)
		}
		if read := gigabyte - tail.left; read > spif.MaxSize+1 {
			t.Errorf("%s: %d bytes read", name, read)
		}
		if allocated > 8*spif.MaxSize {
			t.Errorf("%s: %d bytes allocated", name, allocated)
		}
	}
}
