package inbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	gomessage "github.com/emersion/go-message"

	"caveat/backend/label"
	"caveat/backend/message"
)

// kept are the fields of a header that say who, when and which label; of a message that is withheld nothing else is kept.
var keptFields = []string{"From", "Date", "Message-Id", "SIO-Label"}

// envelopeOf gives those fields of a header, as they stand there.
func envelopeOf(header []byte) (string, error) {
	e, err := gomessage.ReadWithOptions(bytes.NewReader(header), &gomessage.ReadOptions{MaxHeaderBytes: -1})
	if err != nil && !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err) {
		return "", fmt.Errorf("%w: %w", message.ErrSyntax, err)
	}
	if e.Header.Len() == 0 {
		return "", fmt.Errorf("%w: no header", message.ErrSyntax)
	}
	var out bytes.Buffer
	for _, name := range keptFields {
		for f := e.Header.FieldsByKey(name); f.Next(); {
			raw, err := f.Raw()
			if err != nil {
				return "", fmt.Errorf("%w: %w", message.ErrSyntax, err)
			}
			out.Write(raw)
		}
	}
	if out.Len() == 0 {
		out.WriteString("X-Nothing: known\r\n")
	}
	return out.String() + "\r\n", nil
}

// readable gives the labels of a message that somebody could go by. Of one that is valid that is its own; of one with a fault every
// label that can be read: none of them may be what the user must not see.
func readable(envelope string, s message.Sensitivity) []label.Label {
	if s.Label != nil {
		return []label.Label{{Kind: label.Originator, Information: *s.Label}}
	}
	out := append([]label.Label(nil), s.Received...)
	if s.Fault != message.FaultTwoLabels {
		return out
	}
	e, err := gomessage.ReadWithOptions(bytes.NewReader([]byte(envelope)), &gomessage.ReadOptions{MaxHeaderBytes: -1})
	if e == nil || err != nil && !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err) {
		return out
	}
	for _, field := range e.Header.Values("SIO-Label") {
		if r, err := message.ParseSIOLabel(field); err == nil {
			out = append(out, r.Label)
		}
	}
	return out
}

// isUnjudged reports a fault of a label that says something which nobody here can hold to a clearance.
func isUnjudged(f message.Fault) bool {
	return f == message.FaultPolicy || f == message.FaultNumbers
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
