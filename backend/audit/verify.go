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

	// Up to this line the log is complete, since a checkpoint says so that was kept elsewhere, made at CheckpointTime; 0: none was given,
	// and later lines may be missing.
	Complete       int64  `json:"complete,omitempty"`
	CheckpointTime string `json:"checkpointTime,omitempty"`
	// Signed is how many lines the newest signed checkpoint in the log covers, Key who signed it: one of the keys that were given, or, when
	// none was, one that the log itself names.
	Signed int64  `json:"signed,omitempty"`
	Key    string `json:"key,omitempty"`
}

// Verify is VerifyBy with the keys that the log itself names.
func Verify(log io.Reader, checkpoint []byte) (Summary, error) {
	return VerifyBy(log, checkpoint, Keys{})
}

// VerifyBy reads an exported log and holds every byte of it to the chain, and to the signed checkpoints in it. checkpoint is nil, or an
// earlier export (or its last line): the log must contain that line, byte for byte; or a signed note: the log must begin with what that
// says. It may stand in the JSON of a checkpoint or a proof, or in a syslog server's file, end lines as another system does, and be an
// export that was cut off. What is nothing of that is ErrCheckpoint; a note that nobody is known to have signed ErrNote. With keys, a
// checkpoint in the log must be signed by one of them, and so must one after each line that another key signed, or that names another. ErrTampered says which line is wrong and how; ErrNotLog that there is no line to be wrong. Any other error is one
// of reading.
func VerifyBy(log io.Reader, checkpoint []byte, keys Keys) (Summary, error) {
	v := verifier{prev: genesis, given: keys, known: keys}
	if err := v.wantCheckpoint(checkpoint); err != nil {
		return Summary{}, err
	}
	in := bufio.NewReaderSize(log, 64<<10)
	start, err := in.Peek(beginning)
	if err != nil && err != io.EOF && len(start) == 0 {
		return Summary{}, err
	}
	if !isLog(start) {
		return Summary{}, ErrNotLog
	}
	var buffer []byte
	for {
		line, err := readLine(in, buffer[:0])
		if err == io.EOF {
			break
		}
		if err == nil {
			buffer = line
			err = v.line(line)
		} else if !errors.Is(err, errLine) {
			return Summary{}, err
		}
		if err != nil {
			return Summary{}, fmt.Errorf("%w: line %d: %w", ErrTampered, v.sum.Lines+1, err)
		}
	}
	if err := v.end(); err != nil {
		return Summary{}, err
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

// readLine reads one line behind what is in a buffer, without its newline. The newline must be there, and alone: every byte of an export
// counts.
func readLine(in *bufio.Reader, line []byte) ([]byte, error) {
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
