// Package idn says which letters beyond ASCII may stand in an address, and gives domains the one form in which they are compared: the
// A-label. It is pure: no network, no files, no clock. Its functions are safe for concurrent use.
package idn
