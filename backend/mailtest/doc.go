// Package mailtest holds mail servers for tests and for the demo: Server, an SMTP server inside the process whose every
// decision is a hook; Script, a fake that says what it was told and then hangs or hangs up; Exim and Dovecot, the real
// servers as child processes; Delay, a proxy that makes a link as slow as a satellite's; and Link, one that fails when told.
//
// Everything listens on the loopback interface only, trusts a CA made for the run, and makes its secrets at run time. The
// package is imported by tests and the demo only. Its types are safe for concurrent use.
package mailtest

import "crypto/rand"

// TB is what the harnesses need of a test; *testing.T and *testing.B have it. It is declared here so that the demo, which
// uses Server, does not link package testing.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Failed() bool
}

// Secret makes a password.
func Secret() string { return rand.Text() }
