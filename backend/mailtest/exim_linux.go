package mailtest

import (
	"bytes"
	"fmt"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"caveat/ldapbook/ldaptest"
)

// eximPath is where Debian's package exim4-daemon-light puts the server.
const eximPath = "/usr/sbin/exim4"

// nobody is whom the server runs as when the test is root.
const nobody = 65534

// EximConfig says what an Exim serves. Certificate, Key and CA are PEM; a nil Certificate means no TLS.
type EximConfig struct {
	Domains []string // whose mail it takes; at least one. Local part "unknown" is refused (550), "later" deferred (451), "full" taken and then reported as failed
	// Users are login and password for AUTH PLAIN, offered inside TLS only. With any user, or with External, mail is taken
	// only after AUTH. Make passwords at run time, see Secret.
	Users    map[string]string
	External bool // AUTH EXTERNAL as the common name of a client certificate of CA

	Certificate, Key, CA []byte

	NoPipelining bool
	Chunking     bool  // BDAT is offered
	MaxBytes     int64 // largest message; 0: 32 MiB
}

// Exim is a real Exim 4, run as an ordinary user in a directory of its own; everything it accepts it delivers there.
type Exim struct {
	dir  string
	addr string
	cmd  *exec.Cmd
	out  ldaptest.Output
	done chan struct{}
}

// StartExim starts a server that ends with the test. A missing server is a failure: install exim4-daemon-light.
func StartExim(t TB, c EximConfig) *Exim {
	t.Helper()
	if _, err := os.Stat(eximPath); err != nil {
		t.Fatalf("mailtest: no Exim (%v): install the package exim4-daemon-light", err)
	}
	dir, err := os.MkdirTemp("", "exim")
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	port := freePort(t)
	e := &Exim{dir: dir, addr: fmt.Sprintf("127.0.0.1:%d", port), done: make(chan struct{})}
	e.write(t, c, port)
	e.run(t)
	t.Cleanup(func() {
		e.stop()
		if t.Failed() {
			t.Logf("exim says:\n%s", e.out.String())
		}
	})
	e.waitUp(t)
	return e
}

// Addr is host:port.
func (e *Exim) Addr() string { return e.addr }

// freePort finds one. Another process could take it before Exim does; then Exim does not start and the test says so.
func freePort(t TB) int {
	t.Helper()
	port, err := ldaptest.FreePort()
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	return port
}

// ids are the user and group of the server: our own, or nobody's instead of root's.
func ids() (uid, gid int) {
	if os.Getuid() == 0 {
		return nobody, nobody
	}
	return os.Getuid(), os.Getgid()
}

// write fills the directory. The passwords stand in a file that only the server's user reads.
func (e *Exim) write(t TB, c EximConfig, port int) {
	t.Helper()
	uid, gid := ids()
	files := map[string][]byte{"exim.conf": []byte(eximConf(e.dir, uid, gid, port, c)), "users": nil}
	for user, password := range c.Users {
		if strings.ContainsAny(user+password, ": \t\r\n\"#") {
			t.Fatalf("mailtest: user %q: no blank, colon, quote or # in login and password", user)
		}
		files["users"] = fmt.Appendf(files["users"], "%s: %s\n", user, password)
	}
	if c.Certificate != nil {
		files["server.pem"], files["server.key"], files["ca.pem"] = c.Certificate, c.Key, c.CA
	}
	for _, d := range []string{"", "spool", "log", "mail"} {
		e.must(t, os.MkdirAll(filepath.Join(e.dir, d), 0o700))
		e.must(t, os.Chown(filepath.Join(e.dir, d), uid, gid))
	}
	for name, content := range files {
		path := filepath.Join(e.dir, name)
		e.must(t, os.WriteFile(path, content, 0o600))
		e.must(t, os.Chown(path, uid, gid))
	}
}

func (e *Exim) must(t TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
}

func (e *Exim) run(t TB) {
	t.Helper()
	e.cmd = exec.Command(eximPath, "-C", filepath.Join(e.dir, "exim.conf"), "-bdf")
	e.cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	e.cmd.Dir = e.dir
	e.cmd.Stdout, e.cmd.Stderr = &e.out, &e.out
	e.cmd.WaitDelay = 2 * time.Second // a delivery may still hold the pipes
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if os.Getuid() == 0 {
		e.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, Groups: []uint32{nobody}}
	}
	e.must(t, e.cmd.Start())
	go func() {
		_ = e.cmd.Wait() // what it said is in out
		close(e.done)
	}()
}

// Kill ends the server at once, as a crash would: connections break, nothing is flushed.
func (e *Exim) Kill() {
	_ = syscall.Kill(-e.cmd.Process.Pid, syscall.SIGKILL)
	<-e.done
}

func (e *Exim) stop() {
	_ = syscall.Kill(-e.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-e.done:
	case <-time.After(5 * time.Second):
		e.Kill()
	}
}

func (e *Exim) waitUp(t TB) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		select {
		case <-e.done:
			t.Fatalf("mailtest: exim ended: %s", e.out.String())
		default:
		}
		if c, err := net.Dial("tcp", e.addr); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatalf("mailtest: exim does not answer on %s: %s", e.addr, e.out.String())
}

// Mails gives the messages that were delivered to an address, oldest first, with CRLF and with the trace fields that the
// server added in front. It waits, at most ten seconds, until the server has nothing left to deliver.
func (e *Exim) Mails(t TB, address string) [][]byte {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); e.isBusy(t); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("mailtest: exim still has something to deliver: %s", e.out.String())
		}
	}
	paths, err := filepath.Glob(filepath.Join(e.dir, "mail", "new", "*"))
	e.must(t, err)
	slices.Sort(paths) // a Maildir name begins with the time
	var out [][]byte
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		e.must(t, err)
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		e.must(t, err)
		if strings.EqualFold(m.Header.Get("Envelope-To"), address) {
			out = append(out, raw)
		}
	}
	return out
}

// isBusy reports messages in the spool. Exim has put one there before it says that it accepts it.
func (e *Exim) isBusy(t TB) bool {
	t.Helper()
	waiting, err := filepath.Glob(filepath.Join(e.dir, "spool", "input", "*-H"))
	e.must(t, err)
	return len(waiting) > 0
}
