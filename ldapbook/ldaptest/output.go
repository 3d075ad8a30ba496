package ldaptest

import (
	"bytes"
	"strings"
	"sync"
)

// Output collects what a server that a test started says, while the test may read it. The zero Output is empty and ready. Safe for
// concurrent use.
type Output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write adds to it; it never fails.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

// String is what was said so far, without space around it.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.TrimSpace(o.b.String())
}
