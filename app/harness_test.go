//go:build linux

package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"caveat/ldapbook/ldaptest"
)

// builtIn is the folder that binary built into, "" until it did.
var builtIn string

// binary is the program as a user has it: built once, when first needed, plain, without the race detector.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "caveat-test-")
	if err != nil {
		return "", err
	}
	builtIn = dir
	path := filepath.Join(dir, "caveat")
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "..") // as make builds it: nothing is compiled twice
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	os.Exit(status)
}

// result is what one command answered.
type result struct {
	status         int
	stdout, stderr string
}

// decode reads the one JSON document of a command run with --json.
func (r result) decode(t *testing.T, into any) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(r.stdout))
	if err := dec.Decode(into); err != nil {
		t.Fatalf("standard output is not JSON: %v\n%s\n%s", err, r.stdout, r.stderr)
	}
	if dec.More() {
		t.Fatalf("more than one JSON document: %s", r.stdout)
	}
}

// caveat runs one command of the built program.
func caveat(t testing.TB, stdin string, args ...string) result {
	t.Helper()
	if _, err := binary(); err != nil { // building it does not count
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := command(t, ctx, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, diag bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diag
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("caveat %v did not end: %s %s", args, out.String(), diag.String())
	}
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), diag.String()}
}

func command(t testing.TB, ctx context.Context, args ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "CAVEAT_DATA=", "CAVEAT_SECRETS=file", "DISPLAY=", "WAYLAND_DISPLAY=", "HOME="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// program is a long-running command: demo or serve.
type program struct {
	t   testing.TB
	cmd *exec.Cmd
	url string
	log *ldaptest.Output
}

// start runs demo or serve and waits for its line "ready URL".
func start(t testing.TB, args ...string) *program {
	t.Helper()
	return launch(t, command(t, context.Background(), args...))
}

// launch starts a long-running command and waits for its line "ready URL".
func launch(t testing.TB, cmd *exec.Cmd) *program {
	t.Helper()
	p := &program{t: t, cmd: cmd, log: &ldaptest.Output{}}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
				ready <- url
				io.Copy(io.Discard, stdout)
				return
			}
		}
		close(ready)
	}()
	select {
	case url, ok := <-ready:
		if !ok {
			t.Fatalf("%v ended before it was ready: %s", cmd.Args, p.log)
		}
		p.url = url
	case <-time.After(2 * time.Minute):
		t.Fatalf("%v did not become ready: %s", cmd.Args, p.log)
	}
	return p
}

// stop ends the program as a user does.
func (p *program) stop() {
	p.t.Helper()
	if p.cmd.ProcessState != nil {
		return
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			p.t.Errorf("after SIGTERM: %v: %s", err, p.log)
		}
	case <-time.After(time.Minute):
		p.cmd.Process.Kill()
		<-done
		p.t.Errorf("it did not end on SIGTERM: %s", p.log)
	}
}

// kill ends the program as a power cut does.
func (p *program) kill() {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
}

// write puts a file into a fresh folder and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
