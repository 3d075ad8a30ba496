package imapbox

import "fmt"

// lineCounter follows what a server says just far enough to tell message text from everything else: an announcement
// "{N}" at the end of a line, outside quotes, in an untagged answer that begins with a number. What it takes for something
// else is counted as that, so a server that plays with it only runs into the smaller limit.
type lineCounter struct {
	literal int64 // octets still to come of one
	at      int   // position in the line, up to len(head)
	head    [3]byte
	quoted  bool
	escaped bool
	last    [2]byte // before the current octet
	brace   braceState
	number  int64
	text    bool // the announcement stands behind BODY[…]
}

type braceState int

const (
	noBrace braceState = iota
	opened
	digits
	closed
	closedCR
)

// maxLiteral is more than any limit: it only keeps the number from overflowing.
const maxLiteral = 1 << 40

// count gives how many octets of p were not message text; what message text is announced is taken off allowed.
//
// std: RFC9051 §4.3
func (l *lineCounter) count(p []byte, allowed *int64) (other int64, err error) {
	for len(p) > 0 {
		if l.literal > 0 {
			n := min(int64(len(p)), l.literal)
			l.literal -= n
			if !l.text {
				other += n
			}
			p = p[n:]
			continue
		}
		other++
		if p[0] == '\n' && l.quoted && l.isNumbered() {
			return other, fmt.Errorf("%w: the end of a line in quotes", ErrProtocol)
		}
		if l.step(p[0]) {
			if err := l.begin(allowed); err != nil {
				return other, err
			}
		}
		p = p[1:]
	}
	return other, nil
}

func (l *lineCounter) begin(allowed *int64) error {
	limit := int64(shortLiteral)
	if l.text {
		limit = *allowed
	}
	if l.number > limit {
		return fmt.Errorf("%w: a literal of %d octets, %d are allowed", ErrProtocol, l.number, limit)
	}
	if l.text {
		*allowed -= l.number
	}
	l.literal = l.number
	return nil
}

// isNumbered: the line is an untagged answer that begins with a number. There is no free text in one.
func (l *lineCounter) isNumbered() bool {
	return l.head[0] == '*' && l.head[1] == ' ' && l.head[2] >= '0' && l.head[2] <= '9'
}

// step takes one octet of a line; true when a literal follows.
func (l *lineCounter) step(b byte) bool {
	before := l.last
	l.last = [2]byte{before[1], b}
	if b == '\n' {
		announced := l.brace == closed || l.brace == closedCR
		l.brace, l.quoted, l.escaped = noBrace, false, false
		if !announced {
			l.at, l.head, l.last = 0, [3]byte{}, [2]byte{}
		}
		return announced
	}
	if l.at < len(l.head) {
		l.head[l.at] = b
		l.at++
	}
	switch {
	case l.escaped:
		l.escaped = false
	case l.quoted && b == '\\':
		l.escaped = true
	case b == '"':
		l.quoted = !l.quoted
	case !l.quoted:
		l.bracket(b, before)
		return false
	}
	l.brace = noBrace
	return false
}

func (l *lineCounter) bracket(b byte, before [2]byte) {
	switch {
	case b == '{' && l.head[0] == '*' && l.head[1] == ' ':
		l.brace, l.number = opened, 0
		l.text = l.isNumbered() && before[1] == ' ' && (before[0] == ']' || before[0] == '>')
	case (l.brace == opened || l.brace == digits) && b >= '0' && b <= '9':
		l.brace, l.number = digits, min(l.number*10+int64(b-'0'), maxLiteral)
	case l.brace == digits && b == '}':
		l.brace = closed
	case l.brace == closed && b == '\r':
		l.brace = closedCR
	default:
		l.brace = noBrace
	}
}
