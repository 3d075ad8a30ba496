package message_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"caveat/backend/message"
)

// TestFieldOfManyLines: what reading a field takes grows with its length, not with the square of it: a megabyte in tens of thousands of lines
// takes some megabytes of memory all told.
func TestFieldOfManyLines(t *testing.T) {
	var b strings.Builder
	b.WriteString("SIO-Label: type=\":xml\"")
	for i := 0; b.Len() < 900<<10; i++ {
		fmt.Fprintf(&b, ";\r\n label*%d=A", i)
	}
	field := b.String() + "\r\n"
	for name, text := range map[string]string{
		"a label":                      field + "Subject: x\r\n\r\nx",
		"a label in a damaged header":  "no field\r\n" + field + "Subject: x\r\n\r\nx",
		"a content type of many lines": "no field\r\nContent-Type: text/plain" + strings.Repeat(";\r\n x=y", 100_000) + "\r\n\r\nx",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := message.ReadFileLabels(strings.NewReader(text)); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 256 {
				t.Errorf("%d kB took %d MB", len(text)>>10, took)
			} else {
				t.Logf("%d kB took %d MB", len(text)>>10, took)
			}
		})
	}
}
