package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"caveat/backend/store"
)

// patience bounds waiting for something that must come; only a defect uses it up.
const patience = 30 * time.Second

// childDir in the environment makes the test binary a process of its own that opens that data directory.
const childDir = "CAVEAT_STORE_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

// child opens the store, says whether it is the holder, and keeps it open until its input ends.
func child(dir string) int {
	s, err := store.Open(context.Background(), dir, "child")
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	defer s.Close()
	if s.IsHolder() {
		fmt.Println("holder")
	} else {
		fmt.Println("guest of " + s.Holder())
	}
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// process is a running child.
type process struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	said *bufio.Scanner
}

func startChild(t *testing.T, dir string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	return &process{cmd: cmd, in: in, said: bufio.NewScanner(out)}
}

func (p *process) line(t *testing.T) string {
	t.Helper()
	if !p.said.Scan() {
		t.Fatalf("the child said nothing: %v", p.said.Err())
	}
	return p.said.Text()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir, program string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dir, program)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// run runs one statement in a write transaction.
func run(t testing.TB, s *store.Store, statement string, args ...any) {
	t.Helper()
	must(t, s.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	}))
}

func epoch(t testing.TB, s *store.Store) (n int64) {
	t.Helper()
	must(t, s.Write(t.Context(), func(tx *sql.Tx) (err error) {
		n, err = store.Epoch(t.Context(), tx)
		return err
	}))
	return n
}

func changed(t testing.TB, s *store.Store, kind, id string) {
	t.Helper()
	must(t, s.Write(t.Context(), func(tx *sql.Tx) error { return store.Changed(t.Context(), tx, kind, id) }))
}
