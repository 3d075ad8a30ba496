package audit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MaxLine is the longest line that is read, in bytes.
const MaxLine = 64 << 20

// Summary is what a consistent log says about itself.
type Summary struct {
	Lines int64  `json:"lines"`
	First string `json:"first"` // time of the first line
	Last  string `json:"last"`  // time of the last line
	Head  string `json:"head"`  // hash of the last line: keep it elsewhere as a checkpoint
}

// Verify reads an exported log and holds every byte of it to the chain. checkpoint is nil, or an earlier export (or its last
// line): the log must contain that line, byte for byte; one that holds no line is ErrCheckpoint. ErrTampered says which line
// is wrong and how; ErrNotLog that there is no line to be wrong. Any other error is one of reading.
func Verify(log io.Reader, checkpoint []byte) (Summary, error) {
	v := verifier{prev: genesis, want: lastLine(checkpoint)}
	if checkpoint != nil && v.want == nil {
		return Summary{}, ErrCheckpoint
	}
	in := bufio.NewReaderSize(log, 64<<10)
	start, err := in.Peek(beginning)
	if err != nil && err != io.EOF && len(start) == 0 {
		return Summary{}, err
	}
	if !isLog(start) {
		return Summary{}, ErrNotLog
	}
	for {
		line, err := readLine(in)
		if err == io.EOF {
			break
		}
		if err == nil {
			err = v.line(line)
		} else if !errors.Is(err, errLine) {
			return Summary{}, err
		}
		if err != nil {
			return Summary{}, fmt.Errorf("%w: line %d: %w", ErrTampered, v.sum.Lines+1, err)
		}
	}
	switch {
	case v.lastType != TypeCheckpoint:
		return Summary{}, fmt.Errorf("%w: it does not end with a checkpoint, as every export does: its end is missing", ErrTampered)
	case v.want != nil && !v.found:
		return Summary{}, fmt.Errorf("%w: it does not contain the checkpoint: lines were cut off or written anew", ErrTampered)
	}
	return v.sum, nil
}

// beginning is how many bytes tell whether something is, or was, a log.
const beginning = 4 << 10

// marks stand in the first line of every log, lineStart before all of them.
var marks = []string{`"prev":"` + genesis, `"type":"` + TypeHeader + `"`, Format, hashMark}

const lineStart = `{"seq":`

// isLog reports whether something begins as logs do, however much of it was changed or cut off since. Whoever leaves none of the marks
// has not altered a log: he has put something else in its place, which is told apart by nothing from another file's name.
func isLog(start []byte) bool {
	if len(start) == 0 {
		return false
	}
	if bytes.HasPrefix(start, []byte(lineStart)) || bytes.HasPrefix([]byte(lineStart), start) {
		return true
	}
	found := 0
	for _, m := range marks {
		if bytes.Contains(start, []byte(m)) {
			found++
		}
	}
	return found >= 2
}

// errLine: what is there is no line of a log.
var errLine = errors.New("no line of a log")

// readLine reads one line, without its newline. The newline must be there, and alone: every byte of an export counts.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > MaxLine:
			return nil, fmt.Errorf("%w: it is longer than %d bytes", errLine, MaxLine)
		case err == nil:
			return line[:len(line)-1], nil
		case err == io.EOF && len(line) > 0:
			return nil, fmt.Errorf("%w: the log ends in the middle of it", errLine)
		case err != bufio.ErrBufferFull:
			return nil, err
		}
	}
}

type verifier struct {
	prev     string
	want     []byte // the checkpoint's line
	found    bool
	lastType string
	sum      Summary
}

func (v *verifier) line(line []byte) error {
	h, hash, err := openLine(line)
	switch {
	case err != nil:
		return err
	case h.Seq != v.sum.Lines+1:
		return fmt.Errorf("it has the number %d", h.Seq)
	case h.Prev != v.prev:
		return fmt.Errorf("it does not follow the line before it")
	case (h.Seq == 1) != (h.Type == TypeHeader):
		return fmt.Errorf("it has the type %q", h.Type)
	}
	if v.want != nil && bytes.Equal(line, v.want) {
		v.found = true
	}
	if h.Seq == 1 {
		v.sum.First = h.Time
	}
	v.prev, v.lastType = hash, h.Type
	v.sum.Lines, v.sum.Last, v.sum.Head = h.Seq, h.Time, hash
	return nil
}

func lastLine(data []byte) []byte {
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return nil
	}
	return data[bytes.LastIndexByte(data, '\n')+1:]
}
