//go:build !unix

package outbox

// openFlags: openSpool compares what it opened with what it looked at.
const openFlags = 0
