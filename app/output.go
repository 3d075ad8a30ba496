package app

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// answer prints a command's answer: the document with --json, else the text.
func (c *console) answer(document any, text func(io.Writer)) error {
	if !c.json {
		text(c.out)
		return nil
	}
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

func (c *console) warn(format string, args ...any) {
	fmt.Fprintf(c.err, "caveat: warning: "+format+"\n", args...)
}

// readFile reads a file named on the command line, "-" for standard input, of at most limit bytes.
func (c *console) readFile(path string, limit int64) ([]byte, error) {
	var r io.Reader = c.in
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
