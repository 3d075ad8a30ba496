package ldapbook_test

import (
	"bytes"
	"testing"

	"caveat/ldapbook"
)

// Texts that share memory stay as they are, whatever comes after them.
func TestTextsThatShareMemory(t *testing.T) {
	var values [][]byte
	for i := range 5000 {
		values = append(values, bytes.Repeat([]byte{byte(i)}, i%97))
	}
	values = append(values, bytes.Repeat([]byte("long"), 50_000), []byte("short"))
	for i, text := range ldapbook.Remember(values...) {
		if text != string(values[i]) {
			t.Fatalf("text %d of %d bytes is %.20q", i, len(values[i]), text)
		}
	}
}
