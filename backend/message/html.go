package message

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// unseen elements hold no text for a reader. Each holds nothing but characters up to its end.
var unseen = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Title: true}

// taken apart elements are characters to the tokenizer, and elements to a reader that knows them not, or has no scripts.
var takenApart = map[atom.Atom]bool{
	atom.Iframe: true, atom.Noembed: true, atom.Noframes: true, atom.Noscript: true, atom.Script: true, atom.Style: true, atom.Title: true,
}

// foreign elements have a language of their own, in which those that are unseen elsewhere are ordinary ones.
var foreign = map[atom.Atom]bool{atom.Svg: true, atom.Math: true}

// blocks begin and end a line.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Br: true, atom.Tr: true, atom.Table: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Blockquote: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Pre: true, atom.Hr: true, atom.Section: true,
	atom.Article: true, atom.Header: true, atom.Footer: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Address: true, atom.Form: true,
}

// htmlText gives the text of an HTML document. Nothing is run and nothing is fetched; a link's target is told behind its text, and a
// picture is its replacement text. Text that the document hides, or that only some readers show, is shown too: what stands for a
// picture, a film or a frame, what is for one program only, and what follows an element that never ends.
func htmlText(document string) string {
	var t htmlWriter
	t.document(document, 0)
	return t.String()
}

// maxWithin is how deep characters are taken for a document of their own.
const maxWithin = 3

// document writes a document, or what stands for one within another.
func (t *htmlWriter) document(text string, depth int) {
	outer := t.foreign
	defer func() { t.foreign = outer }()
	z := html.NewTokenizer(strings.NewReader(text))
	var last atom.Atom // the element that has begun right before
	isOpen, held := false, ""
	for {
		z.AllowCDATA(len(t.foreign) > 0)
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			t.within(held, depth) // it never ended
			return
		case html.TextToken:
			s := string(z.Text())
			switch {
			case unseen[last] && isOpen && len(t.foreign) == 0:
				held = s
			case takenApart[last]:
				t.within(s, depth)
			default:
				t.words(s)
			}
			last = 0
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			last, isOpen = tok.DataAtom, kind == html.StartTagToken
			t.start(tok, isOpen)
		case html.EndTagToken:
			held, last = "", 0
			t.end(z.Token().DataAtom)
		case html.CommentToken:
			t.within(forOneProgram(string(z.Text())), depth)
		}
	}
}

func (t *htmlWriter) within(text string, depth int) {
	switch {
	case text == "":
	case depth < maxWithin:
		t.document(text, depth+1)
	default:
		t.words(text)
	}
}

// forOneProgram gives what a comment says to one program: "[if mso]>text<![endif]"; "" where it is a comment.
func forOneProgram(comment string) string {
	if !strings.HasPrefix(strings.TrimSpace(comment), "[if") {
		return ""
	}
	_, text, _ := strings.Cut(comment, ">")
	return strings.TrimSuffix(strings.TrimSpace(text), "<![endif]")
}

// htmlWriter collects the text.
type htmlWriter struct {
	b       strings.Builder
	foreign []atom.Atom // foreign elements that are open
	pre     int
	links   []string // targets of the links that are open
	blank   bool     // a blank is due
	lines   int      // line ends at the end, 0 to 2
}

func (t *htmlWriter) String() string { return strings.TrimSpace(t.b.String()) }

func (t *htmlWriter) start(tok html.Token, open bool) {
	a := tok.DataAtom
	if foreign[a] && open && len(t.foreign) < maxOpen {
		t.foreign = append(t.foreign, a)
	}
	switch {
	case a == atom.A && open:
		t.links = append(t.links[:min(len(t.links), maxOpen)], attribute(tok, "href"))
	case a == atom.Img:
		if alt := attribute(tok, "alt"); alt != "" {
			t.words("[" + alt + "]")
		}
	case a == atom.Td || a == atom.Th:
		t.blank = true
	case blocks[a]:
		t.line(a)
	}
	if a == atom.Pre && open {
		t.pre++
	}
	if a == atom.Li {
		t.words("- ")
	}
}

// maxOpen is how many open links or foreign elements are kept in mind.
const maxOpen = 100

func (t *htmlWriter) end(a atom.Atom) {
	if n := len(t.foreign); n > 0 && t.foreign[n-1] == a {
		t.foreign = t.foreign[:n-1]
	}
	switch {
	case a == atom.A && len(t.links) > 0:
		target := t.links[len(t.links)-1]
		t.links = t.links[:len(t.links)-1]
		if target != "" && !strings.HasPrefix(target, "#") {
			t.blank = true
			t.words("<" + clipped(OneLine(target), maxShown) + ">")
		}
	case a == atom.Pre && t.pre > 0:
		t.pre--
	}
	if blocks[a] {
		t.line(a)
	}
}

func attribute(tok html.Token, name string) string {
	for _, a := range tok.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// line ends a line; a paragraph leaves an empty one.
func (t *htmlWriter) line(a atom.Atom) {
	want := 1
	if a == atom.P || a == atom.Br && t.lines > 0 {
		want = 2
	}
	for t.b.Len() > 0 && t.lines < want {
		t.b.WriteByte('\n')
		t.lines++
	}
	t.blank = false
}

// words writes text, white space as one blank each.
func (t *htmlWriter) words(s string) {
	if t.pre > 0 {
		t.b.WriteString(s)
		t.lines, t.blank = 0, false
		return
	}
	if s != "" && strings.TrimLeft(s, " \t\r\n\f") != s {
		t.blank = true
	}
	for i, w := range strings.Fields(s) {
		if (i > 0 || t.blank) && t.lines == 0 && t.b.Len() > 0 {
			t.b.WriteByte(' ')
		}
		t.b.WriteString(w)
		t.lines, t.blank = 0, false
	}
	if s != "" && strings.TrimRight(s, " \t\r\n\f") != s {
		t.blank = true
	}
}
