package outbox_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/outbox"
	"caveat/backend/presend"
	"caveat/backend/store"
)

// killDir and killAt in the environment make the test binary a program of its own, which says where it has come to and
// then waits to be killed.
const killDir, killAt = "CAVEAT_OUTBOX_TEST_DIR", "CAVEAT_OUTBOX_TEST_AT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		fmt.Println("error:", program(dir, os.Getenv(killAt)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// program clears a message and sends it, up to the moment named.
func program(dir, at string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, dir, "program")
	if err != nil {
		return err
	}
	w := newWorld(&panics{})
	stop := func(moment, id string) {
		if at == moment {
			fmt.Println(id)
			io.Copy(io.Discard, os.Stdin)
			os.Exit(2) // the test has gone
		}
	}
	w.keeper.steps = []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		of := c.MessageID()[1:27]
		stop("before the end of the copy", of)
		if err := bodySent(); err != nil {
			return nil, err
		}
		stop("before the copy's answer", of)
		return answers(c, nil), nil
	}}
	server := &sender{steps: []step{func(ctx context.Context, c outbox.Cleared, bodySent func() error) ([]outbox.Receipt, error) {
		stop("before the end of the message", c.ID())
		if err := bodySent(); err != nil {
			return nil, err
		}
		stop("before the reply", c.ID())
		return answers(c, nil), nil
	}}}
	box := outbox.New(s, w.config(server))
	d := message("SECRET", ann, bob)
	if at == "after Clear, scheduled" {
		due := w.Now().Add(time.Hour)
		d.SendAt = &due
	}
	r, err := w.checkAtSend(ctx, d)
	if err != nil {
		return err
	}
	kept, err := presend.CheckCopy(r, w.boxes[duty])
	if err != nil {
		return err
	}
	c, err := box.Clear(ctx, outbox.Request{Result: r, Account: "atl", Copy: kept})
	if err != nil {
		return err
	}
	box.BeforeCopies(func() { stop("between message and copy", c.ID()) })
	stop("after Clear", c.ID())
	stop("after Clear, scheduled", c.ID())
	if err := box.SendDue(ctx); err != nil {
		return err
	}
	stop("after the receipt", c.ID())
	return fmt.Errorf("no such moment: %s", at)
}

// panics is a testing.TB outside of a test.
type panics struct{ testing.TB }

func (*panics) Helper()           {}
func (*panics) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// Killed with SIGKILL between Send and the receipt the program loses nothing, and sends once on the next start; only
// between the end of the message and the reply nobody knows, and the user decides.
func TestRule25Killed(t *testing.T) {
	for at, want := range map[string]struct {
		recovered, ended outbox.State
		attempts         int // of the next start
		copied           outbox.State
		kept             int // attempts to keep the copy at the next start: whoever keeps it looks first
	}{
		"after Clear":                   {outbox.Queued, outbox.Accepted, 1, outbox.Accepted, 1},
		"before the end of the message": {outbox.Queued, outbox.Accepted, 1, outbox.Accepted, 1},
		"before the reply":              {outbox.PerhapsDelivered, outbox.PerhapsDelivered, 0, outbox.Queued, 0},
		"between message and copy":      {outbox.Accepted, outbox.Accepted, 0, outbox.Accepted, 1},
		"before the end of the copy":    {outbox.Accepted, outbox.Accepted, 0, outbox.Accepted, 1},
		"before the copy's answer":      {outbox.Accepted, outbox.Accepted, 0, outbox.Accepted, 1},
		"after the receipt":             {outbox.Accepted, outbox.Accepted, 0, outbox.Accepted, 0},
	} {
		t.Run(at, func(t *testing.T) {
			dir := t.TempDir()
			id := killed(t, dir, at)
			o := &office{world: newWorld(t), t: t, dir: dir, sender: &sender{}}
			o.restart()
			must(t, o.box.Recover(t.Context()))
			o.state(id, want.recovered, want.recovered, want.recovered)
			o.sendDue()
			o.sendDue()
			o.state(id, want.ended, want.ended, want.ended)
			if n := o.sender.attempts(); n != want.attempts {
				t.Errorf("%d attempts after the start, want %d", n, want.attempts)
			}
			o.copied(id, want.copied, want.kept)
			if e := o.last(audit.TypeDecision).Data; e.Message != id && e.Message != o.copyID() {
				t.Errorf("logged %+v", e)
			}
		})
	}
}

// killed runs the program up to a moment, kills it there, and gives the message's id.
func killed(t *testing.T, dir, at string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killDir+"="+dir, killAt+"="+at)
	in, err := cmd.StdinPipe()
	must(t, err)
	defer in.Close()
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	said := bufio.NewScanner(out)
	said.Scan()
	must(t, cmd.Process.Kill())
	cmd.Wait()
	if len(said.Text()) != 26 {
		t.Fatalf("the program said %q", said.Text())
	}
	return said.Text()
}
