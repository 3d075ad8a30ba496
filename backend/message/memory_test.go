package message_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"runtime"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/message"
)

const fiftyMB = 50 << 20

// watched counts what passes, and looks every few megabytes at the memory that the program has taken from the system.
type watched struct {
	from    io.Reader
	n, next int64
	peak    uint64
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if w.n += int64(n); w.n > w.next {
		w.next += 4 << 20
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		w.peak = max(w.peak, now.HeapInuse+now.StackInuse)
	}
	return n, err
}

// large is a message with 50 MB attached, as it is being written.
func large(tb testing.TB) io.Reader {
	tb.Helper()
	h := sha256.New()
	if _, err := io.CopyN(h, zeros{}, fiftyMB); err != nil {
		tb.Fatal(err)
	}
	d := mailDraft()
	d.Attachments = []draft.Attachment{{File: "large.bin", SHA256: hex.EncodeToString(h.Sum(nil)), Size: fiftyMB}}
	r, w := io.Pipe()
	go func() {
		w.CloseWithError(message.Write(w, d, seal(), func(draft.Attachment) (io.ReadCloser, error) {
			return io.NopCloser(io.LimitReader(zeros{}, fiftyMB)), nil
		}))
	}()
	return r
}

// TestFiftyMegabytesWithin64: a message with 50 MB attached is written and read at the same time within 64 MB of memory, all told; its
// size is counted exactly.
func TestFiftyMegabytesWithin64(t *testing.T) {
	runtime.GC()
	w := &watched{from: large(t)}
	m, err := message.ReadMail(bufio.NewReader(w), nil, when)
	if err != nil || len(m.Files) != 1 || m.Files[0].Size != fiftyMB || m.Text != "All is well.\n" && m.Text != "All is well." || m.Damage != "" {
		t.Fatalf("%+v, %v", m, err)
	}
	if w.peak == 0 || w.peak > 64<<20 {
		t.Errorf("%d bytes of memory", w.peak)
	}
	t.Logf("peak of memory: %.1f MB for %.1f MB of message", float64(w.peak)/(1<<20), float64(w.n)/(1<<20))
}

// TestHostileMailIsNotHeld: neither an endless part header, nor an endless line, nor thousands of parts take more memory than their limits.
func TestHostileMailIsNotHeld(t *testing.T) {
	endless := func(head, unit string) io.Reader {
		return io.MultiReader(strings.NewReader(head), io.LimitReader(&repeated{unit: unit}, 40<<20))
	}
	for name, from := range map[string]io.Reader{
		"header":        endless("", "X: "+strings.Repeat("x", 60)+"\r\n"),
		"part's header": endless("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", "X: "+strings.Repeat("x", 60)+"\r\n"),
		"preamble":      endless("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "x"),
		"line":          endless("Content-Type: text/plain\r\n\r\n", "x"),
		"parts":         endless("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\nx\r\n"),
		"HTML":          endless("Content-Type: text/html\r\n\r\n", "<a href=x><svg>"),
		"base64":        endless("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n", base64.StdEncoding.EncodeToString(make([]byte, 57))+"\r\n"),
		"report":        endless("Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n", "Action: failed\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			runtime.GC()
			w := &watched{from: from}
			if name == "report" {
				_, err := message.ReadReport(w)
				if err == nil {
					t.Error("read")
				}
			} else if m, err := message.ReadMail(w, nil, when); err == nil && len(m.Text) > message.MaxText {
				t.Errorf("%d bytes of text", len(m.Text))
			}
			if w.peak > 48<<20 {
				t.Errorf("%d bytes of memory after %d", w.peak, w.n)
			}
		})
	}
}

// repeated is a text without end.
type repeated struct {
	unit string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r.unit[r.at]
		r.at = (r.at + 1) % len(r.unit)
	}
	return len(p), nil
}

// BenchmarkFiftyMegabytes writes and reads a message with 50 MB attached.
func BenchmarkFiftyMegabytes(b *testing.B) {
	b.SetBytes(fiftyMB)
	b.ReportAllocs()
	var peak uint64
	for b.Loop() {
		w := &watched{from: large(b)}
		if _, err := message.ReadMail(bufio.NewReader(w), nil, when); err != nil {
			b.Fatal(err)
		}
		peak = max(peak, w.peak)
	}
	b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
}
