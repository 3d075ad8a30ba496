package app

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"unicode"
)

// answer prints a command's answer: the document with --json, else the text.
func (c *console) answer(document any, text func(io.Writer)) error {
	if !c.json {
		w := &screen{to: c.out}
		text(w)
		return w.err
	}
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

// warn says what does not stop the command. Where the log is JSON it is a line of it.
func (c *console) warn(format string, args ...any) {
	if c.log.Format == formatJSON {
		slog.Warn("warning", "text", oneLine(fmt.Sprintf(format, args...)))
		return
	}
	fmt.Fprintf(c.err, "caveat: warning: %s\n", oneLine(fmt.Sprintf(format, args...)))
}

// note says what is worth knowing, as warn does.
func (c *console) note(text string) {
	if c.log.Format == formatJSON {
		slog.Info(text)
		return
	}
	fmt.Fprintf(c.err, "caveat: %s\n", text)
}

// screen writes text for people: what a directory or server wrote may not move the cursor, change colours or turn the order
// of letters. It keeps the first error.
type screen struct {
	to  io.Writer
	err error
}

// Write implements io.Writer.
func (s *screen) Write(p []byte) (int, error) {
	if s.err == nil {
		_, s.err = s.to.Write([]byte(harmless(string(p))))
	}
	return len(p), s.err
}

// harmless replaces control characters but the line's end and the tab, and the characters that turn the order of letters.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// readFile reads a file named on the command line, "-" for standard input, of at most limit bytes.
func (c *console) readFile(path string, limit int64) ([]byte, error) {
	var r io.Reader = c.in
	if path == "-" {
		if c.read {
			return nil, usageError{"standard input is named twice: - can stand for one file only"}
		}
		c.read = true
	}
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: longer than %d bytes", path, limit)
	}
	return data, nil
}
