//go:build !race

package ldif_test

import (
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"caveat/ldapbook/internal/ldif"
)

// What has no end is read to the limit, 240 MB in all, by one goroutine: it takes long under the race detector, which finds nothing in it.

// endless gives what begins it, then the same bytes again and again, up to a limit.
type endless struct {
	begin, again string
	read, limit  int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read > e.limit {
		return 0, errors.New("it reads on and on")
	}
	source := e.begin
	if source == "" {
		source = strings.Repeat(e.again, max(1, len(p)/len(e.again)))
	}
	n := copy(p, source)
	e.begin = e.begin[min(n, len(e.begin)):]
	e.read += n
	return n, nil
}

func TestLimits(t *testing.T) {
	large := base64.StdEncoding.EncodeToString(make([]byte, ldif.MaxValue+1))
	for name, r := range map[string]io.Reader{
		"a line without end":       &endless{"dn: cn=a\ncn: ", "x", 0, 30 << 20},
		"a comment without end":    &endless{"#", "x", 0, 30 << 20},
		"folds without end":        &endless{"dn: cn=a\ncn: ", strings.Repeat("x", 70) + "\n ", 0, 100 << 20},
		"a record without end":     &endless{"dn: cn=a\n", "cn: a\n", 0, 40 << 20},
		"a record of large values": &endless{"dn: cn=a\n", "cn: " + strings.Repeat("x", 1000) + "\n", 0, 40 << 20},
		"a value too large":        strings.NewReader("dn: cn=a\njpegPhoto:: " + large + "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := readAll(r); !errors.Is(err, ldif.ErrTooLarge) {
				t.Error(err)
			}
		})
	}
	fits := base64.StdEncoding.EncodeToString(make([]byte, ldif.MaxValue))
	if all, _, err := readAll(strings.NewReader("dn: cn=a\njpegPhoto:: " + fits + "\n")); err != nil || len(all[0].values[0].text) != ldif.MaxValue {
		t.Error(err)
	}
}
