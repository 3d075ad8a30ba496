package app_test

import (
	"net"
	"strings"
	"testing"
)

// A port that is taken is an error that says what to do about it.
func TestPortThatIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, command := range []string{"demo", "serve"} {
		t.Run(command, func(t *testing.T) {
			status, _, diagnostics := ask(t, "", command, "--listen", l.Addr().String(), "--data", t.TempDir())
			if status != 1 || !strings.Contains(diagnostics, l.Addr().String()) || !strings.Contains(diagnostics, "--listen 127.0.0.1:0") {
				t.Errorf("status %d: %s", status, diagnostics)
			}
		})
	}
}
