package app

import (
	"log/slog"
	"strings"
	"sync"
	"time"
)

// complaints writes down what the server of net/http says of connections, such as of handshakes that fail. Strangers can make it say that
// as often as they like: in a minute the log gets mostComplaints lines, and how many more there were.
type complaints struct {
	now func() time.Time

	mu    sync.Mutex
	since time.Time
	n     int
}

const (
	mostComplaints = 5 // within complaintsTime
	complaintsTime = time.Minute
)

// Write implements io.Writer; each call is a line.
func (c *complaints) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := c.now(); at.Sub(c.since) >= complaintsTime {
		if left := c.n - mostComplaints; left > 0 {
			slog.Warn("connections failed that are not listed", "number", left)
		}
		c.since, c.n = at, 0
	}
	if c.n++; c.n <= mostComplaints {
		slog.Warn(strings.TrimSpace(string(line)))
	}
	return len(line), nil
}
