package imapbox

import "io"

// What the tests see of the inside.
const (
	ShortLiteral = shortLiteral
	Ordinary     = ordinary
)

// LineEnds gives r with CRLF.
func LineEnds(r io.Reader) io.Reader { return newLines(r) }

// Count feeds pieces to a line counter that allows text of so many octets.
func Count(text int64, pieces ...string) (other int64, err error) {
	var l lineCounter
	for _, p := range pieces {
		n, err := l.count([]byte(p), &text)
		other += n
		if err != nil {
			return other, err
		}
	}
	return other, nil
}

// CheckFolder says whether a name may be a folder's.
func CheckFolder(name string) error { return checkFolder(name) }

// AppendCopy is what a Sender does with one copy; Keep makes receipts of it.
var (
	AppendCopy = appendCopy
	Keep       = keep
	Remove     = remove
)
