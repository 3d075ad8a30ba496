package xmppsend

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"mellium.im/sasl"

	"caveat/backend/message"
)

// mechanisms lists what an account may log in with, the strongest first. The server's proof that it knows the password is held to by
// mellium's SCRAM.
//
// std: RFC6120 §6, §13.8
func mechanisms(a Account) []sasl.Mechanism {
	switch a.method() {
	case External:
		return []sasl.Mechanism{external()}
	case Plain:
		return []sasl.Mechanism{sasl.Plain}
	}
	out := []sasl.Mechanism{sasl.ScramSha256Plus, sasl.ScramSha256, sasl.ScramSha1Plus, sasl.ScramSha1}
	for i := range out {
		out[i] = bounded(out[i])
	}
	return out
}

// external logs in by the certificate alone. It names nobody: a certificate with one XmppAddr says who it is.
//
// std: XEP-0178 §3
func external() sasl.Mechanism {
	return sasl.Mechanism{
		Name:  "EXTERNAL",
		Start: func(*sasl.Negotiator) (bool, []byte, any, error) { return false, nil, nil, nil },
		Next: func(*sasl.Negotiator, []byte, any) (bool, []byte, any, error) {
			return false, nil, nil, sasl.ErrTooManySteps
		},
	}
}

// Bounds of what a server can ask of us in SCRAM.
const (
	maxChallenge  = 8 << 10
	maxIterations = 1_000_000
)

var errChallenge = errors.New("a challenge that SCRAM does not know, or work without end")

// bounded looks at each challenge before mellium's SCRAM does: that loops for ever over an attribute without a value, and works as
// long as a server wants.
func bounded(m sasl.Mechanism) sasl.Mechanism {
	next := m.Next
	m.Next = func(n *sasl.Negotiator, challenge []byte, data any) (bool, []byte, any, error) {
		if err := checkChallenge(challenge); err != nil {
			return false, nil, nil, err
		}
		return next(n, challenge, data)
	}
	return m
}

func checkChallenge(challenge []byte) error {
	if len(challenge) == 0 || len(challenge) > maxChallenge {
		return errChallenge
	}
	for _, attribute := range strings.Split(string(challenge), ",") {
		if len(attribute) < 3 || attribute[1] != '=' {
			return errChallenge
		}
		if attribute[0] == 'i' {
			n, err := strconv.Atoi(attribute[2:])
			if err != nil || n < 1 || n > min(maxIterations, math.MaxInt32) {
				return errChallenge
			}
		}
	}
	return nil
}

// conditionOf gives the names of the elements inside a refusal, and its text, in one line.
func conditionOf(piece []byte) string {
	d := xml.NewDecoder(bytes.NewReader(piece))
	var words []string
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return clean(strings.Join(words, " "))
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > 1 && t.Name.Local != "text" {
				words = append(words, t.Name.Local)
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			words = append(words, string(t))
		}
	}
}

// streamError is why a server ends the stream.
//
// std: RFC6120 §4.9
func streamError(piece []byte) error {
	return fmt.Errorf("%w: the server ended the stream: %s", ErrUnreachable, conditionOf(piece))
}

// maxText is how many characters of a server's words are kept.
const maxText = 1000

// clean makes one line of a server's words, of bounded length.
func clean(s string) string {
	s = message.OneLine(s)
	if r := []rune(s); len(r) > maxText {
		return string(r[:maxText])
	}
	return s
}
