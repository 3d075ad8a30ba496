package audit

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// Syslog sends each checkpoint as one message to a syslog server, over TLS.
//
// std: RFC5424 §6; RFC5425 §4
type Syslog struct {
	addr   string
	config *tls.Config
}

// NewSyslog sends to HOST:PORT, whose certificate must be issued by one of the roots for that host.
func NewSyslog(addr string, roots *x509.CertPool) *Syslog {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr // dialling tells
	}
	return &Syslog{addr, &tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS12}}
}

// Name is "syslog".
func (*Syslog) Name() string { return "syslog" }

// Place is the server's address.
func (s *Syslog) Place() string { return s.addr }

// Kept is nil: a server tells nobody what it keeps.
func (*Syslog) Kept(context.Context) ([]byte, error) { return nil, nil }

// answerTime is how long the server may take to end the connection; one that refuses, such as for want of a client's certificate, says so
// only then.
const answerTime = 2 * time.Second

// Send hands the checkpoint over. Syslog acknowledges nothing: that the connection was ended in order is all that can be known.
func (s *Syslog) Send(ctx context.Context, c Checkpoint) error {
	ctx, cancel := context.WithTimeout(ctx, SendTime)
	defer cancel()
	raw, err := (&tls.Dialer{Config: s.config}).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return err
	}
	conn := raw.(*tls.Conn)
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	message := syslogMessage(c, time.Now(), hostName())
	if _, err := fmt.Fprintf(conn, "%d %s", len(message), message); err != nil {
		return err
	}
	if err := errors.Join(conn.CloseWrite(), conn.SetReadDeadline(time.Now().Add(answerTime))); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(conn, 1<<10))
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		return nil
	}
	return err
}

// syslogMessage is the message, all of it in ASCII: the JSON of a checkpoint line, so that the note can be taken out of whatever keeps it.
// 109 is facility 13, log audit, and severity 5, notice.
func syslogMessage(c Checkpoint, at time.Time, host string) string {
	body, _ := json.Marshal(checkpointEntry{Size: c.Size, Root: c.Root.String(), Note: c.Note}) // strings and a number
	return fmt.Sprintf("<109>1 %s %s caveat %d checkpoint - %s", at.UTC().Format("2006-01-02T15:04:05.000000Z07:00"), host, os.Getpid(), inASCII(string(body)))
}

// inASCII writes what a JSON string has beyond ASCII as JSON writes it in ASCII.
func inASCII(text string) string {
	var out strings.Builder
	for _, r := range text {
		if r < 0x80 {
			out.WriteRune(r)
		} else {
			out.WriteString(strings.Trim(strconv.QuoteToASCII(string(r)), `"`)) // nothing of ours lies beyond the basic plane
		}
	}
	return out.String()
}

// hostName is this machine's name as a message bears it, "-" when it has none that can stand there.
func hostName() string {
	name, err := os.Hostname()
	isPrintable := func(r rune) bool { return r > ' ' && r < 0x7f }
	if err != nil || name == "" || len(name) > 255 || strings.ContainsFunc(name, func(r rune) bool { return !isPrintable(r) }) {
		return "-"
	}
	return name
}
