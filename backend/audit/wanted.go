package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// notKept is why something is ErrCheckpoint.
const notKept = "it is neither a signed checkpoint, nor a proof, nor the end of an exported log"

// maxKept is the longest file that is read whole as a checkpoint, in bytes; of a longer one only its end can be one.
const maxKept = 4 << 20

// ReadCheckpoint reads what VerifyBy takes as a checkpoint from a file of any length: all of a short one, the last lines of a long one.
func ReadCheckpoint(r io.Reader) ([]byte, error) {
	start, err := io.ReadAll(io.LimitReader(r, maxKept))
	if err != nil || len(start) < maxKept {
		return start, err
	}
	in := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(start), r), 64<<10)
	var before, last []byte
	for {
		line, end, err := anyLine(in)
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(line)) > 0 {
			before, last = last, line
		}
		if end {
			return append(before, last...), nil
		}
	}
}

// anyLine reads one line with its newline, which the last one may lack.
func anyLine(in *bufio.Reader) (line []byte, isEnd bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > MaxLine:
			return nil, false, fmt.Errorf("%w: a line of it is longer than %d bytes", ErrCheckpoint, MaxLine)
		case err == nil:
			return line, false, nil
		case err == io.EOF:
			return line, true, nil
		case err != bufio.ErrBufferFull:
			return nil, false, err
		}
	}
}

// wantCheckpoint takes what the log is to be held to, as an editor or a mail program may have left it.
func (v *verifier) wantCheckpoint(data []byte) error {
	if data == nil {
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	isWhole := bytes.HasSuffix(data, []byte("\n"))
	if data = bytes.TrimSpace(data); len(data) == 0 {
		return fmt.Errorf("%w: nothing is in it", ErrCheckpoint)
	}
	if isNote(data) {
		return v.wantNote(string(data))
	}
	if note := noteOf(data); note != "" {
		return v.wantNote(note)
	}
	last := lastLine(data)
	if isHeld(last) {
		v.want = last
		return nil
	}
	if note := noteIn(last); note != "" {
		return v.wantNote(note)
	}
	if cut := bytes.TrimSpace(data[:len(data)-len(last)]); !isWhole && len(cut) > 0 { // an export that was cut off
		if last = lastLine(cut); isHeld(last) {
			v.want = last
			return nil
		}
	}
	return fmt.Errorf("%w: %s", ErrCheckpoint, notKept)
}

// wantNote takes a signed note, whose signature is verified in the end.
func (v *verifier) wantNote(text string) error {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) + "\n"
	said, _, _ := strings.Cut(text, "\n\n")
	c, err := parseText(said + "\n")
	if err != nil {
		return err
	}
	c.Note = text
	v.note = &c
	return nil
}

// isNote reports whether something is a signed note, and no line of a log.
func isNote(data []byte) bool {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return !bytes.HasPrefix(data, []byte("{")) && bytes.Contains(data, []byte("\n\n\u2014 "))
}

// noteOf gives the signed note in the JSON of a checkpoint or of a proof; "": it is neither.
func noteOf(data []byte) string {
	var doc struct {
		Note       string `json:"note"`
		Checkpoint string `json:"checkpoint"`
	}
	if bytes.HasPrefix(data, []byte(lineStart)) && isHeld(data) || json.Unmarshal(data, &doc) != nil {
		return ""
	}
	for _, text := range []string{doc.Note, doc.Checkpoint} {
		if isNote([]byte(text)) {
			return text
		}
	}
	return ""
}

// noteIn gives the signed note of a message that went to a syslog server, whatever that wrote before it; "": it is none.
func noteIn(line []byte) string {
	for tries := 0; tries < 100; tries++ {
		i := bytes.IndexByte(line, '{')
		if i < 0 {
			return ""
		}
		line = line[i:]
		if text := noteOf(line); text != "" {
			return text
		}
		line = line[1:]
	}
	return ""
}

// lastLine is what stands behind the last newline, without what another system ends lines with.
func lastLine(data []byte) []byte { return data[bytes.LastIndexByte(data, '\n')+1:] }
