package message

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// unseen elements hold no text for a reader.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true, atom.Iframe: true, atom.Object: true,
	atom.Svg: true, atom.Math: true, atom.Noembed: true, atom.Noframes: true, atom.Audio: true, atom.Video: true, atom.Canvas: true,
}

// blocks begin and end a line.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Br: true, atom.Tr: true, atom.Table: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Blockquote: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Pre: true, atom.Hr: true, atom.Section: true,
	atom.Article: true, atom.Header: true, atom.Footer: true, atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Address: true, atom.Form: true,
}

// htmlText gives the text of an HTML document. Nothing is run and nothing is fetched; a link's target is told behind its text, and a
// picture is its replacement text. Text that the document hides is shown too.
func htmlText(document string) string {
	z := html.NewTokenizer(strings.NewReader(document))
	var t htmlWriter
	for {
		switch z.Next() {
		case html.ErrorToken:
			return t.String()
		case html.TextToken:
			if len(t.hidden) == 0 {
				t.words(string(z.Text()))
			}
		case html.StartTagToken:
			t.start(z.Token(), true)
		case html.SelfClosingTagToken:
			t.start(z.Token(), false)
		case html.EndTagToken:
			t.end(z.Token().DataAtom)
		}
	}
}

// htmlWriter collects the text.
type htmlWriter struct {
	b      strings.Builder
	hidden []atom.Atom // unseen elements that are open
	pre    int
	links  []string // targets of the links that are open
	blank  bool     // a blank is due
	lines  int      // line ends at the end, 0 to 2
}

func (t *htmlWriter) String() string { return strings.TrimSpace(t.b.String()) }

func (t *htmlWriter) start(tok html.Token, open bool) {
	a := tok.DataAtom
	if a == atom.Body { // a head may end without saying so
		t.hidden = nil
	}
	if unseen[a] && open {
		t.hidden = append(t.hidden, a)
	}
	if len(t.hidden) > 0 {
		if len(t.hidden) > maxOpen {
			t.hidden = t.hidden[:maxOpen]
		}
		return
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

// maxOpen is how many open links or unseen elements are kept in mind.
const maxOpen = 100

func (t *htmlWriter) end(a atom.Atom) {
	if n := len(t.hidden); n > 0 {
		for i := n - 1; i >= 0; i-- {
			if t.hidden[i] == a {
				t.hidden = t.hidden[:i]
				break
			}
		}
		return
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
