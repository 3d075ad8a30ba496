package inbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	gomessage "github.com/emersion/go-message"

	"caveat/backend/label"
	"caveat/backend/message"
)

// kept are the fields of a header that say who, when and which label; of a message that is withheld nothing else is kept.
var keptFields = []string{"From", "Date", "Message-Id", sioLabel}

const sioLabel = "SIO-Label"

// How much of a header is kept, in octets: it is read whenever the message is listed. No label is left out: a header with more is not read.
const (
	maxEnvelope = 64 << 10  // beside the labels
	maxLabels   = 256 << 10 // of the labels: more than fit into any other mail program's header
)

// errLongEnvelope: the fields that would be kept are too long.
var errLongEnvelope = fmt.Errorf("%w: its sender, date or label is longer than what is kept", message.ErrTooLarge)

// envelopeOf gives those fields of a header, as they stand there. One that is too long is errLongEnvelope.
func envelopeOf(header []byte) (string, error) {
	e, err := gomessage.ReadWithOptions(bytes.NewReader(header), &gomessage.ReadOptions{MaxHeaderBytes: -1})
	if err != nil && !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err) {
		return "", fmt.Errorf("%w: %w", message.ErrSyntax, err)
	}
	if e.Header.Len() == 0 {
		return "", fmt.Errorf("%w: no header", message.ErrSyntax)
	}
	var out bytes.Buffer
	room := map[bool]int{false: maxEnvelope, true: maxLabels}
	for _, name := range keptFields {
		for f := e.Header.FieldsByKey(name); f.Next(); {
			raw, err := f.Raw()
			if err != nil {
				return "", fmt.Errorf("%w: %w", message.ErrSyntax, err)
			}
			if room[name == sioLabel] -= len(raw); room[name == sioLabel] < 0 {
				return "", errLongEnvelope
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
func readable(s message.Sensitivity, at time.Time) []label.Label {
	if s.Label != nil {
		return []label.Label{{Kind: label.Originator, Information: *s.Label}}
	}
	var out []label.Label
	for _, l := range s.Received {
		out = append(out, bothOf(l, at)...)
	}
	return out
}

// isUnjudged reports a label that says something which nobody here can hold to a clearance.
func isUnjudged(s message.Sensitivity) bool {
	switch s.Fault {
	case message.FaultPolicy, message.FaultNumbers, message.FaultNotBound, message.FaultContradiction, message.FaultType:
		return true
	}
	return s.Unread > 0
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
