package xmppsend

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
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
		return []sasl.Mechanism{external(a)}
	case Plain:
		return []sasl.Mechanism{sasl.Plain}
	}
	out := []sasl.Mechanism{sasl.ScramSha256Plus, sasl.ScramSha256, sasl.ScramSha1Plus, sasl.ScramSha1}
	for i := range out {
		out[i] = bounded(out[i])
	}
	return out
}

// external logs in by the certificate alone. A certificate with one XmppAddr says who it is; of several, we say which.
//
// std: XEP-0178 §3
func external(a Account) sasl.Mechanism {
	var who []byte
	if a.Certificate != nil && len(a.Certificate.Certificate) > 0 && xmppAddresses(a.Certificate.Certificate[0]) > 1 {
		who = []byte(a.JID)
	}
	return sasl.Mechanism{
		Name:  "EXTERNAL",
		Start: func(*sasl.Negotiator) (bool, []byte, any, error) { return false, who, nil, nil },
		Next: func(*sasl.Negotiator, []byte, any) (bool, []byte, any, error) {
			return false, nil, nil, sasl.ErrTooManySteps
		},
	}
}

// Object identifiers of what a certificate says of whose it is.
//
// std: RFC6120 §13.7.1.4
var (
	idSubjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17}
	idXmppAddr       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 5}
)

// xmppAddresses counts the XmppAddr of a certificate; none where it cannot be read.
func xmppAddresses(der []byte) (n int) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return 0
	}
	for _, e := range c.Extensions {
		var names []asn1.RawValue
		if _, err := asn1.Unmarshal(e.Value, &names); !e.Id.Equal(idSubjectAltName) || err != nil {
			continue
		}
		for _, name := range names {
			var id asn1.ObjectIdentifier
			if _, err := asn1.Unmarshal(name.Bytes, &id); name.Class == asn1.ClassContextSpecific && name.Tag == 0 && err == nil && id.Equal(idXmppAddr) {
				n++
			}
		}
	}
	return n
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
