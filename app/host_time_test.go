package app

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// served is a host that listens, in front of inside.
func served(t *testing.T, inside http.HandlerFunc) (*host, func(request string) net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h, err := newHost(t.TempDir(), l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(h.handler(inside))
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return h, func(request string) net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", h.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(2 * time.Minute)) // far more than any bound that is tried here
		io.WriteString(conn, strings.ReplaceAll(request, "HOST", h.addr))
		return conn
	}
}

// TestStrangersHoldNoConnection: whoever is refused, and whoever has no session, is answered and let go, though the body that he announced
// never comes.
func TestStrangersHoldNoConnection(t *testing.T) {
	t.Parallel()
	_, send := served(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "inside") })
	for name, request := range map[string]string{
		"no session":           "POST /api/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 10\r\n\r\n",
		"in chunks":            "POST /api/x HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n",
		"another host":         "POST /api/x HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 10\r\n\r\n",
		"a wrong token":        "POST /api/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer x\r\nContent-Length: 10\r\n\r\n",
		"a long body":          "POST /api/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1000000000\r\n\r\n",
		"no body":              "GET /api/x HTTP/1.1\r\nHost: HOST\r\n\r\n",
		"the description":      "GET /api/openapi.json HTTP/1.1\r\nHost: HOST\r\n\r\n",
		"the same with a body": "GET /api/openapi.json HTTP/1.1\r\nHost: HOST\r\nContent-Length: 10\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := io.ReadAll(send(request))
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 ") || !strings.Contains(string(answer), "Connection: close\r\n") {
				t.Errorf("%v: %.300q", err, answer)
			}
		})
	}
}

// TestKnownMayTakeLong: whoever is known keeps his connection, over answers that take longer to come or to read than a stranger has.
func TestKnownMayTakeLong(t *testing.T) {
	t.Parallel()
	const pieces = 40
	host, send := served(t, func(w http.ResponseWriter, r *http.Request) {
		if p, ok := w.(*patientWriter); !ok || p.Header().Get("Connection") != "" {
			t.Errorf("%T %v", w, w.Header())
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != "late" {
			t.Errorf("%q, %v", body, err)
		}
		w.Write(bytes.Repeat([]byte("x"), pieces*answerPiece+1))
	})
	conn := send(fmt.Sprintf("POST /api/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer %s\r\nContent-Length: 4\r\n\r\n", host.token))
	in := bufio.NewReader(conn)
	for range 2 {
		time.Sleep(2 * hurryTime)
		io.WriteString(conn, "late")
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, r.Body)
		if r.StatusCode != 200 || n != pieces*answerPiece+1 || err != nil || r.Close {
			t.Fatalf("%d, %d bytes, %v, close %v", r.StatusCode, n, err, r.Close)
		}
		fmt.Fprintf(conn, "POST /api/x HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: 4\r\n\r\n", host.addr, host.token)
	}
}

// clocked counts the deadlines that an answer gets.
type clocked struct {
	quiet
	deadlines int
}

func (c *clocked) SetWriteDeadline(time.Time) error {
	c.deadlines++
	return nil
}

// TestEachPieceHasItsTime: the time to take an answer begins anew with each piece.
func TestEachPieceHasItsTime(t *testing.T) {
	c := &clocked{quiet: quiet{http.Header{}}}
	w := &patientWriter{ResponseWriter: c, control: http.NewResponseController(c)}
	if n, err := w.Write(make([]byte, 3*answerPiece+1)); n != 3*answerPiece+1 || err != nil || c.deadlines != 4 {
		t.Errorf("%d, %v, %d deadlines", n, err, c.deadlines)
	}
	w.WriteHeader(200)
	if _, err := w.Write(nil); err != nil || c.deadlines != 6 {
		t.Errorf("%v, %d deadlines", err, c.deadlines)
	}
}

// quiet takes what is written.
type quiet struct{ header http.Header }

func (q quiet) Header() http.Header            { return q.header }
func (q quiet) WriteHeader(int)                {}
func (q quiet) Write(data []byte) (int, error) { return len(data), nil }

// TestComplaintsAreBounded: what strangers make the server complain of fills no log, and is counted.
func TestComplaintsAreBounded(t *testing.T) {
	var said bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&said, nil)))
	defer slog.SetDefault(before)
	at := time.Date(2026, 11, 21, 14, 5, 0, 0, time.UTC)
	server := newServer(nil)
	server.ErrorLog.Writer().(*complaints).now = func() time.Time { return at }
	for range 1000 {
		server.ErrorLog.Print("http: TLS handshake error from 192.0.2.1:4711: EOF")
	}
	if n := strings.Count(said.String(), "TLS handshake error"); n != mostComplaints {
		t.Errorf("%d lines", n)
	}
	at = at.Add(complaintsTime)
	server.ErrorLog.Print("http: TLS handshake error from 192.0.2.2:4711: EOF")
	if text := said.String(); !strings.Contains(text, "number=995") || !strings.Contains(text, "192.0.2.2") {
		t.Errorf("a minute later: %s", text)
	}
}
