//go:build !race

package message_test

import (
	"bytes"
	"caveat/backend/message"
	"errors"
	"math/rand/v2"
	"testing"
)

// TestNothingIsInjected: no text in any field of a draft or seal, alone or with others, makes another header field, recipient or
// part: either nothing is written, or exactly what the draft says.
func TestNothingIsInjected(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	d, s, _ := everything()
	fields := len(texts(&d)) + len(texts(&s))
	if fields < 60 {
		t.Fatalf("only %d fields are found", fields)
	}
	written := 0
	try := func(changes map[int]string) {
		d, s, files := everything()
		for i, p := range append(texts(&d), texts(&s)...) {
			if text, ok := changes[i]; ok {
				p.SetString(text)
			}
		}
		var out bytes.Buffer
		err := message.Write(&out, d, s, files.open)
		if err != nil {
			if !errors.Is(err, message.ErrInvalid) && !errors.Is(err, message.ErrNoLabel) && !errors.Is(err, message.ErrLabel) && !errors.Is(err, message.ErrUnsupported) &&
				!errors.Is(err, message.ErrContent) && err.Error() != "not there" {
				t.Errorf("%v: %v", changes, err)
			}
			return
		}
		written++
		if err := honest(out.Bytes(), d, s); err != nil {
			t.Errorf("%v: %v", changes, err)
		}
	}
	try(nil)
	for i := range fields {
		for _, text := range hostile {
			try(map[int]string{i: "a" + text + "b"})
		}
	}
	for range 1000 {
		changes := map[int]string{}
		for range 1 + random.IntN(4) {
			changes[random.IntN(fields)] = hostile[random.IntN(len(hostile))] + hostile[random.IntN(len(hostile))]
		}
		try(changes)
	}
	if written < 500 {
		t.Errorf("only %d were written: the test says little", written)
	}
	t.Logf("%d fields, %d written", fields, written)
}
