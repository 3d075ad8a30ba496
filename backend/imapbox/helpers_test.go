package imapbox_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"caveat/backend/imapbox"
	"caveat/backend/mailtest"
	"caveat/ldapbook/ldaptest"
)

// patience is long, so that a busy machine changes no result; tests of servers that never answer use little.
const (
	patience = time.Minute
	little   = 300 * time.Millisecond
)

const user = "duty"

// message makes one with a Message-ID.
func message(id string) []byte {
	return []byte("From: <duty@gbr.example>\r\nTo: <ops@aus.example>\r\nSubject: Lage\r\nMessage-ID: " + id + "\r\n\r\nHello.\r\n")
}

// sentCopy is one for the folder of sent mail.
func sentCopy(id string) imapbox.Copy { return copyOf(imapbox.Sent, id, message(id)) }

func copyOf(use imapbox.Special, id string, raw []byte) imapbox.Copy {
	return imapbox.Copy{Folder: use, MessageID: id, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }}
}

// plain is an account without TLS and login, for faults that have nothing to do with them.
func plain(addr string) imapbox.Account {
	return imapbox.Account{Name: "test", Address: addr, Security: imapbox.Plain, Timeout: patience}
}

// secured is an account that logs in with a password over TLS.
func secured(addr string, ca *ldaptest.CA, password string) imapbox.Account {
	return imapbox.Account{
		Name: "test", Address: addr, ServerName: "localhost", Security: imapbox.TLS, RootCAs: ca.Pool(),
		User: user, Password: password, Timeout: patience,
	}
}

// begin is a context that ends with the test at the latest.
func begin(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// memory is go-imap's own server, which keeps mail in memory: no special use, no CONDSTORE.
type memory struct {
	addr string
	user *imapmemserver.User
}

func startMemory(t *testing.T, ca *ldaptest.CA, password string, caps ...imap.Cap) memory {
	t.Helper()
	m := memory{user: imapmemserver.NewUser(user, password)}
	if err := m.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	store := imapmemserver.New()
	store.AddUser(m.user)
	set := imap.CapSet{imap.CapIMAP4rev1: {}}
	for _, c := range caps {
		set[c] = struct{}{}
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return store.NewSession(), nil, nil
		},
		Caps: set, InsecureAuth: true, Logger: silent{},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.addr = l.Addr().String()
	done := make(chan struct{})
	go func() {
		_ = server.Serve(tls.NewListener(l, ca.ServerTLS()))
		close(done)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return m
}

type silent struct{}

func (silent) Printf(string, ...any) {}

// deliver puts a message into INBOX.
func (m memory) deliver(t *testing.T, raw []byte) {
	t.Helper()
	if _, err := m.user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{}); err != nil {
		t.Fatal(err)
	}
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// noneLeft fails when a goroutine of ours or of go-imap's client still runs after it had ten seconds to end.
func noneLeft(t *testing.T) {
	t.Helper()
	var left string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if left = ours(); left == "" {
			return
		}
	}
	t.Errorf("a goroutine is left:\n%s", left)
}

func ours() string {
	b := make([]byte, 1<<20)
	b = b[:runtime.Stack(b, true)]
	for _, g := range strings.Split(string(b), "\n\n") {
		if strings.Contains(g, "imapclient.") || strings.Contains(g, "backend/imapbox.") {
			return g
		}
	}
	return ""
}

// answers makes steps of a script: after a greeting that lets us in, each command and what is said to it. TAG stands for the
// tag that the command will have.
func answers(pairs ...string) []mailtest.Step {
	steps := []mailtest.Step{{Say: "* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS IDLE] in\r\n"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		tag := fmt.Sprintf("T%d", i/2+1)
		steps = append(steps, mailtest.Step{Expect: tag + " " + pairs[i], Say: strings.ReplaceAll(pairs[i+1], "TAG", tag)})
	}
	return steps
}

const (
	examined = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\nTAG OK [READ-ONLY] done\r\n"
	done     = "TAG OK done\r\n"
)
