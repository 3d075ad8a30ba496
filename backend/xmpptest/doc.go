// Package xmpptest holds chat servers for tests: Prosody, the real server as child processes, several domains federated over s2s
// with a CA of the run, a room service and a label catalogue each; Peer, a raw client that keeps the octets of every stanza that
// comes, so that what arrives on the far side can be held to what was sent; Script, a fake that says what it was told and then
// hangs or hangs up; and Node, one of two federated room nodes (XEP-0289), which no free server offers.
//
// Everything listens on the loopback interface only, trusts a CA made for the run, and makes its secrets at run time. No name is
// looked up anywhere: the servers are told each other's ports. The package is imported by tests and the demo only, shares no code
// with the product's client, and is safe for concurrent use.
package xmpptest

import "crypto/rand"

// TB is what the harnesses need of a test; *testing.T, *testing.B and *testing.F have it.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Failed() bool
}

// Secret makes a password.
func Secret() string { return rand.Text() }
