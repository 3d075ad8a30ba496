package audit_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	osexec "os/exec"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/store"
)

// killDir in the environment makes the test binary a program of its own, which writes to the log until it is killed.
const killDir = "CAVEAT_AUDIT_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		fmt.Println("error:", appendForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// appendForEver appends line after line, and tells of each when it is committed; checkpoints are made meanwhile.
func appendForEver(dir string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, dir, "program")
	if err != nil {
		return err
	}
	var mode string
	if err := s.Writer().QueryRow(`PRAGMA synchronous`).Scan(&mode); err != nil || mode != "2" { // FULL: power may fail too
		return fmt.Errorf("synchronous is %s, %w", mode, err)
	}
	l := audit.New(s, audit.Config{Secrets: newSafe()})
	for n := 0; ; n++ {
		var seq int64
		err := s.Write(ctx, func(tx *sql.Tx) (err error) {
			seq, err = audit.Append(ctx, tx, audit.TypeDecision, map[string]int{"n": n})
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(seq, n)
		if n%5 == 0 {
			if _, err := l.Checkpoint(ctx); err != nil {
				return err
			}
		}
	}
}

// Killed with SIGKILL at any moment, the program has lost no line that somebody was told of, and the log goes on.
func TestKilledWhileAppending(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	told := map[string]string{}
	for round := range 4 {
		cmd := osexec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), killDir+"="+dir)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		said := bufio.NewScanner(out)
		for n := 0; n <= 3+7*round && said.Scan(); n++ {
			seq, data, ok := strings.Cut(said.Text(), " ")
			if !ok || seq == "error:" {
				t.Fatal(said.Text())
			}
			told[seq] = data
		}
		time.Sleep(time.Duration(round) * time.Millisecond) // it is somewhere in its work
		must(t, cmd.Process.Kill())
		for said.Scan() { // what it told before it died
			if seq, data, ok := strings.Cut(said.Text(), " "); ok {
				told[seq] = data
			}
		}
		cmd.Wait()
	}
	log := string(exported(t, signed(open(t, dir))))
	for seq, n := range told {
		if !strings.Contains(log, `{"seq":`+seq+`,`) || !strings.Contains(log, `"data":{"n":`+n+`}`) {
			t.Errorf("line %s is not there", seq)
		}
	}
	if sum, err := audit.Verify(bytes.NewReader([]byte(log)), nil); err != nil || sum.Lines < int64(len(told)) || len(told) < 30 {
		t.Errorf("%d lines were told of: %+v, %v", len(told), sum, err)
	}
}
