package message

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

// maxHTML is how much HTML of a part is looked at, in bytes.
const maxHTML = 1 << 20

// bodyReader goes through the parts of a message, once.
type bodyReader struct {
	mail  *Mail
	gate  *gate
	parts int
	room  int // bytes of text that may still be taken
	stop  bool
	each  func(n int, content io.Reader)
}

// damaged records the first thing that could not be read.
func (w *bodyReader) damaged(err error) {
	if w.mail.Damage == "" {
		w.mail.Damage = clipped(OneLine(err.Error()), 200)
	}
}

// text gives the text of an entity, and whether it is made of HTML. Files in it are counted on the way.
func (w *bodyReader) text(e *message.Entity, depth int) (text string, html bool) {
	if w.parts--; w.parts < 0 || depth > maxDepth {
		w.stop = true
		w.damaged(fmt.Errorf("more than %d parts, or nested more than %d deep", maxParts, maxDepth))
		return "", false
	}
	kind, _, err := e.Header.ContentType()
	if err != nil {
		kind = "application/octet-stream"
		if e.Header.Get("Content-Type") == "" {
			kind = "text/plain"
		}
	}
	if mr := e.MultipartReader(); mr != nil {
		if depth == 0 {
			w.mail.IsReport = kind == "multipart/report"
		}
		text, html = w.several(mr, kind == "multipart/alternative", depth)
		w.drain(e.Body) // what stands behind the last boundary
		return text, html
	}
	disposition, _, _ := e.Header.ContentDisposition()
	switch {
	case disposition == "attachment" || kind != "text/plain" && kind != "text/html":
		w.file(e, kind)
		return "", false
	case kind == "text/html":
		w.mail.HasHTML = true
		return w.read(e.Body, maxHTML, func(document string) string {
			w.mail.Remote += remoteIn(document)
			return htmlText(document)
		}), true
	}
	return w.read(e.Body, w.room, func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }), false
}

// several gives the text of the parts of an entity: all of them, or of alternatives the plain one.
func (w *bodyReader) several(mr message.MultipartReader, alternatives bool, depth int) (string, bool) {
	var plain, rich, all []string
	for !w.stop {
		w.gate.head = MaxHeader
		p, err := mr.NextPart()
		w.gate.head = -1
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !isForeign(err) {
			w.damaged(err)
			w.stop = true
			break
		}
		if err != nil {
			w.damaged(err)
		}
		before := w.room
		text, html := w.text(p, depth+1)
		w.drain(p.Body)
		switch {
		case strings.TrimSpace(text) == "":
			continue
		case html:
			rich = append(rich, text)
		default:
			plain = append(plain, text)
		}
		if all = append(all, text); alternatives {
			w.room = before // the next one says the same
		}
	}
	switch {
	case !alternatives:
		w.room = max(w.room, 0)
		return strings.Join(all, "\n\n"), len(plain) == 0 && len(rich) > 0
	case len(plain) > 0:
		w.room -= len(plain[0])
		w.mail.Differs = w.mail.Differs || differ(plain[0], all)
		return plain[0], false
	case len(rich) > 0:
		w.room -= len(rich[0])
		w.mail.Differs = w.mail.Differs || differ(rich[0], all)
		return rich[0], true
	}
	return "", false
}

// differ reports that one of several texts does not say what is shown, white space aside.
func differ(shown string, all []string) bool {
	words := strings.Fields(shown)
	return slices.ContainsFunc(all, func(s string) bool { return s != shown && !slices.Equal(words, strings.Fields(s)) })
}

func (w *bodyReader) drain(r io.Reader) {
	if _, err := io.Copy(io.Discard, r); err != nil {
		w.damaged(err)
	}
}

// read takes the text of a part, of which it reads no more than most bytes.
func (w *bodyReader) read(r io.Reader, most int, convert func(string) string) string {
	data, err := io.ReadAll(io.LimitReader(r, int64(max(most, 0))+1))
	if err != nil {
		w.damaged(err)
	}
	if len(data) > most {
		data, w.mail.Cut = data[:most], true
	}
	text := shown(convert(string(bytes.ToValidUTF8(data, []byte("\ufffd")))))
	switch {
	case w.room <= 0 && text != "":
		text, w.mail.Cut = "", true
	case len(text) > w.room:
		text, w.mail.Cut = text[:cutAt(text, w.room)], true
	}
	w.room -= len(text)
	return text
}

// shown leaves out control characters but line ends and tabs, and the characters that turn the order of letters.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' && r != '\u061c' {
			return -1
		}
		return r
	}, s)
}

// file counts a part that is a file.
func (w *bodyReader) file(e *message.Entity, kind string) {
	name, err := (&mail.AttachmentHeader{Header: e.Header}).Filename()
	if err != nil {
		name = ""
	}
	content := &counter{from: e.Body}
	if w.each != nil {
		w.each(len(w.mail.Files), content)
	}
	_, err = io.Copy(io.Discard, content) // what is left
	if err = cmp.Or(content.err, err); err != nil {
		w.damaged(err)
	}
	w.mail.Files = append(w.mail.Files, File{Name: clipped(OneLine(name), 255), Type: clipped(OneLine(kind), 255), Size: content.size})
}

// cutByte is strings.Cut at one byte.
func cutByte(s string, c byte) (before, after string, found bool) {
	if i := strings.IndexByte(s, c); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// counter counts what is read, and keeps the error that ended it.
type counter struct {
	from io.Reader
	size int64
	err  error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.size += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}
