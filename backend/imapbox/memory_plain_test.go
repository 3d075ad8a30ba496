//go:build integration && !race

package imapbox_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"

	"caveat/backend/imapbox"
)

// TestIntegrationBigMessage sends and reads 50 MB with little memory.
func TestIntegrationBigMessage(t *testing.T) {
	const size = 50_000_000
	const allowed = 16 << 20
	w := startWorld(t, nil)
	a := w.account()
	a.SentFolder = "" // by special use
	id := "<big@gbr.example>"
	peak, stop := watchMemory()
	kept, err := imapbox.AppendCopy(begin(t), a, imapbox.Copy{Folder: imapbox.Sent, MessageID: id, Open: letter(id, size)})
	stop()
	if err != nil || kept.UID == 0 {
		t.Fatal(kept, err)
	}
	t.Logf("append of %d octets: %d KiB above what was there", size, *peak>>10)
	if *peak > allowed {
		t.Errorf("%d octets of memory, at most %d", *peak, allowed)
	}
	stored := w.server.Messages(t, user, "Sent Items")[0]
	w.server.Deliver(t, user, stored)
	stored = nil
	runtime.GC()
	m, err := imapbox.Open(begin(t), a)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	peak, stop = watchMemory()
	n, err := m.Body(begin(t), 1, 60_000_000, io.Discard)
	stop()
	if err != nil || n < size-64 || n > size {
		t.Errorf("%d octets, %v", n, err)
	}
	t.Logf("reading %d octets: %d KiB above what was there", n, *peak>>10)
	if *peak > allowed {
		t.Errorf("%d octets of memory, at most %d", *peak, allowed)
	}
	if _, err := m.Body(begin(t), 1, size/2, io.Discard); !errors.Is(err, imapbox.ErrTooLarge) {
		t.Errorf("more than is wanted: %v", err)
	}
	if header, err := m.Header(begin(t), 1); err != nil || !bytes.HasPrefix(message(id), header) || !bytes.HasSuffix(header, []byte("\r\n\r\n")) {
		t.Errorf("%q, %v", header, err)
	}
}

// watchMemory samples the heap until stop is called; peak is the most above what there was.
func watchMemory() (peak *uint64, stop func()) {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	before := stats.HeapAlloc
	peak = new(uint64)
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			case <-time.After(5 * time.Millisecond):
				runtime.ReadMemStats(&stats)
				if stats.HeapAlloc > before {
					*peak = max(*peak, stats.HeapAlloc-before)
				}
			}
		}
	}()
	return peak, func() { close(end); <-ended }
}
