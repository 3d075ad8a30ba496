package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// openLine checks a line against its own hash and takes it apart. The head's data may share the line's bytes.
func openLine(line []byte) (h head, hash string, err error) {
	i := bytes.LastIndex(line, []byte(hashMark))
	if i < 0 || len(line) != i+len(hashMark)+2*sha256.Size+2 || !bytes.HasSuffix(line, []byte(`"}`)) {
		return head{}, "", errors.New("no hash at its end")
	}
	said := line[i+len(hashMark) : len(line)-2]
	sum := sha256.Sum256(line[:i])
	var is [2 * sha256.Size]byte
	if hex.Encode(is[:], sum[:]); !bytes.Equal(is[:], said) {
		return head{}, "", errors.New("its bytes do not match its hash")
	}
	if h, ok := asWritten(line[:i]); ok {
		return h, string(said), nil
	}
	if err := json.Unmarshal(append(append([]byte(nil), line[:i]...), '}'), &h); err != nil {
		return head{}, "", err
	}
	return h, string(said), nil
}

// asWritten takes the bytes before a line's hash apart, provided that they are written as makeLine writes them: a log has millions of
// them. What is written in another way is for a parser of JSON.
func asWritten(body []byte) (h head, ok bool) {
	r := reader{rest: body}
	seq := r.until(lineStart, ',')
	h.Time, h.Type, h.Prev = r.word(`,"time":"`), r.word(`,"type":"`), r.word(`,"prev":"`)
	h.Data = r.after(`,"data":`)
	if r.failed || len(seq) == 0 || len(seq) > 18 || seq[0] == '0' || !json.Valid(h.Data) {
		return head{}, false
	}
	for _, digit := range seq {
		if digit < '0' || digit > '9' {
			return head{}, false
		}
	}
	h.Seq, _ = strconv.ParseInt(string(seq), 10, 64)
	return h, true
}

// reader takes bytes apart from the left. After a failure it gives nothing more.
type reader struct {
	rest   []byte
	failed bool
}

// after gives what is left after a mark, which comes next.
func (r *reader) after(mark string) []byte {
	rest, ok := bytes.CutPrefix(r.rest, []byte(mark))
	if !ok {
		r.failed = true
		return nil
	}
	return rest
}

// until gives what stands between a mark and the byte end, which is left.
func (r *reader) until(mark string, end byte) []byte {
	rest := r.after(mark)
	i := bytes.IndexByte(rest, end)
	if i < 0 {
		r.failed = true
		return nil
	}
	r.rest = rest[i:]
	return rest[:i]
}

// word gives a string that has nothing in it that JSON would write in another way.
func (r *reader) word(mark string) string {
	word := r.until(mark, '"')
	for _, c := range word {
		if c < ' ' || c > '~' || c == '\\' {
			r.failed = true
		}
	}
	if r.failed {
		return ""
	}
	r.rest = r.rest[1:]
	return string(word)
}

// isSound holds what is shown to people of a line to its form: a line that somebody else wrote must not say more than it is.
func (h head) isSound() error {
	if _, err := time.Parse(time.RFC3339, h.Time); err != nil {
		return fmt.Errorf("its time is %q, which is none", clip(h.Time))
	}
	isOther := func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' }
	if h.Type == "" || len(h.Type) > 32 || strings.ContainsFunc(h.Type, isOther) {
		return fmt.Errorf("its type is %q, which is none", clip(h.Type))
	}
	return nil
}

// clip is the beginning of what may be long.
func clip(text string) string {
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "…"
	}
	return text
}
