//go:build linux

package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDiskFullWhileQueuing: where the disk takes no more, be it the message's bytes or the database at any of its writes, Send says
// so. What it did not queue is not sent; what it had queued by then it names, and that is sent once when there is room again.
func TestDiskFullWhileQueuing(t *testing.T) {
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	draft := func(lines int) string {
		return write(t, "draft.json", fmt.Sprintf(`{"channel": "mail", "action": ["officer@gbr.example"], "subject": "Bridge", "body": "%s",
			"label": {"policy": "NATO", "classification": "SECRET", "categories": %s}}`, strings.Repeat("Grid follows, and more of it.\\n", lines), mrod))
	}
	small, large := draft(1), draft(150_000) // of 4 MiB and a half
	status, said := e.sendOnFullDisk(t, large, e.largest(t)/1024+1024)
	if status != 1 || !strings.Contains(said, "file too large") || len(e.all(t)) != 0 {
		t.Errorf("no room for the message: %d: %.2000s", status, said)
	}
	queued := 0
	for room := int64(16); room <= 64; room += 4 {
		status, said := e.sendOnFullDisk(t, small, room)
		now := len(e.all(t))
		if status != 0 && !strings.Contains(said, "disk") {
			t.Errorf("%d KiB: %d: %.2000s", room, status, said)
		}
		if now != queued && !strings.Contains(said, e.newest(t).ID) || now == queued && status != 1 || now > queued+1 {
			t.Errorf("%d KiB: %d messages more, which it does not say: %d: %.2000s", room, now-queued, status, said)
		}
		queued = now
	}
	if e.total() > queued {
		t.Errorf("%d delivered of %d that were queued", e.total(), queued)
	}
	if r := caveat(t, "", "send", "--data", e.data, "--draft", large); r.status != 0 {
		t.Errorf("with room: %d: %s", r.status, r.stderr)
	}
	e.accountForAll(t, queued+1)
}

// sendOnFullDisk sends where no file may become larger than so many KiB.
func (e *embedded) sendOnFullDisk(t *testing.T, draft string, kibibytes int64) (status int, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := command(t, ctx, "send", "--data", e.data, "--draft", draft)
	cmd.Args = append([]string{"bash", "-c", fmt.Sprintf(`ulimit -f %d; exec "$0" "$@"`, kibibytes), cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/bash"
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// largest is the size of the largest file in the data directory, in octets.
func (e *embedded) largest(t *testing.T) (most int64) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(e.data, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			most = max(most, info.Size())
		}
	}
	return most
}
