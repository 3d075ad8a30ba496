package mailtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"caveat/ldapbook/ldaptest"
)

// dovecotPath is where Debian's package dovecot-imapd puts the server.
const dovecotPath = "/usr/sbin/dovecot"

// DovecotConfig says what a Dovecot serves. Certificate, Key and CA are PEM and must be there. It holds the loopback
// interface for safe, so it would take a login outside TLS: that a client does not try is for its test to see.
type DovecotConfig struct {
	Users map[string]string // login and password, for PLAIN and SCRAM-SHA-256. Make passwords at run time, see Secret
	// Mechanisms are offered, in Dovecot's spelling; nil: plain, scram-sha-256, and external as the common name of a client
	// certificate of CA.
	Mechanisms []string

	Certificate, Key, CA []byte

	NoSpecialUse bool  // no mailboxes but INBOX, and none is marked \Drafts or \Sent
	QuotaBytes   int64 // what a user may keep; 0: no limit
}

// Dovecot is a real Dovecot, run as an ordinary user in a directory of its own. Unless the configuration says otherwise each
// user has the mailboxes INBOX, "Drafts" and "Sent Items", marked by special use.
type Dovecot struct {
	dir            string
	plain, secured string
	cmd            *exec.Cmd
	out            ldaptest.Output
	done           chan struct{}
}

// StartDovecot starts a server that ends with the test. A missing server is a failure: install dovecot-imapd.
func StartDovecot(t TB, c DovecotConfig) *Dovecot {
	t.Helper()
	if _, err := os.Stat(dovecotPath); err != nil {
		t.Fatalf("mailtest: no Dovecot (%v): install the package dovecot-imapd", err)
	}
	dir, err := os.MkdirTemp("", "dc") // short: its sockets' paths have at most 107 octets
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	plain, secured := freePort(t), freePort(t)
	d := &Dovecot{dir: dir, plain: fmt.Sprintf("127.0.0.1:%d", plain), secured: fmt.Sprintf("127.0.0.1:%d", secured)}
	d.write(t, c, plain, secured)
	d.Start(t)
	t.Cleanup(func() {
		d.Stop()
		if t.Failed() {
			said, _ := os.ReadFile(filepath.Join(d.dir, "dovecot.log"))
			t.Logf("dovecot says:\n%s%s", d.out.String(), said)
		}
	})
	return d
}

// Addr is the host:port that wants STARTTLS.
func (d *Dovecot) Addr() string { return d.plain }

// TLSAddr is the host:port with TLS from the first byte.
func (d *Dovecot) TLSAddr() string { return d.secured }

func (d *Dovecot) must(t TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
}

// write fills the directory. The passwords stand in a file that only the server's user reads.
func (d *Dovecot) write(t TB, c DovecotConfig, plain, secured int) {
	t.Helper()
	uid, gid := ids()
	owner, err := user.LookupId(strconv.Itoa(uid))
	d.must(t, err)
	group, err := user.LookupGroupId(strconv.Itoa(gid))
	d.must(t, err)
	files := map[string][]byte{
		"dovecot.conf": []byte(dovecotConf(d.dir, owner.Username, group.Name, uid, gid, plain, secured, c)),
		"users":        nil, "server.pem": c.Certificate, "server.key": c.Key, "ca.pem": c.CA,
	}
	for login, password := range c.Users {
		if strings.ContainsAny(login+password, ": \t\r\n{}") {
			t.Fatalf("mailtest: user %q: no blank, colon or brace in login and password", login)
		}
		files["users"] = fmt.Appendf(files["users"], "%s:{PLAIN}%s\n", login, password)
	}
	for _, sub := range []string{"", "run", "mail"} {
		d.must(t, os.MkdirAll(filepath.Join(d.dir, sub), 0o700))
		d.must(t, os.Chown(filepath.Join(d.dir, sub), uid, gid))
	}
	for name, content := range files {
		path := filepath.Join(d.dir, name)
		d.must(t, os.WriteFile(path, content, 0o600))
		d.must(t, os.Chown(path, uid, gid))
	}
}

// Start starts the server again after Stop or Kill, on the same ports and the same mail.
func (d *Dovecot) Start(t TB) {
	t.Helper()
	d.done = make(chan struct{})
	d.cmd = exec.Command(dovecotPath, "-F", "-c", filepath.Join(d.dir, "dovecot.conf"))
	d.cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	d.cmd.Dir = d.dir
	d.cmd.Stdout, d.cmd.Stderr = &d.out, &d.out
	d.cmd.WaitDelay = 2 * time.Second
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if os.Getuid() == 0 {
		d.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, Groups: []uint32{nobody}}
	}
	d.must(t, d.cmd.Start())
	cmd, done := d.cmd, d.done
	go func() {
		_ = cmd.Wait() // what it said is in out
		close(done)
	}()
	d.waitUp(t)
}

// Stop ends the server and all of its processes. Without a server it does nothing.
func (d *Dovecot) Stop() {
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.done:
	case <-time.After(2 * time.Second): // it does not always end by itself when it has just begun
	}
	d.Kill()
}

// Kill ends the server at once, as a crash would: connections break, nothing is flushed.
func (d *Dovecot) Kill() {
	_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGKILL)
	<-d.done
}

func (d *Dovecot) waitUp(t TB) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		select {
		case <-d.done:
			said, _ := os.ReadFile(filepath.Join(d.dir, "dovecot.log"))
			t.Fatalf("mailtest: dovecot ended: %s%s", d.out.String(), said)
		default:
		}
		if c, err := net.Dial("tcp", d.secured); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatalf("mailtest: dovecot does not answer on %s: %s", d.secured, d.out.String())
}

// Deliver puts a message into a user's INBOX, as a mail server would.
func (d *Dovecot) Deliver(t TB, login string, message []byte) {
	t.Helper()
	uid, gid := ids()
	box := filepath.Join(d.dir, "mail", login)
	for _, sub := range []string{"", "tmp", "new", "cur"} {
		d.must(t, os.MkdirAll(filepath.Join(box, sub), 0o700))
		d.must(t, os.Chown(filepath.Join(box, sub), uid, gid))
	}
	name := fmt.Sprintf("%d.%s.localhost", time.Now().UnixNano(), Secret())
	path := filepath.Join(box, "tmp", name)
	d.must(t, os.WriteFile(path, message, 0o600))
	d.must(t, os.Chown(path, uid, gid))
	d.must(t, os.Rename(path, filepath.Join(box, "new", name)))
}

// Messages gives what a mailbox holds, oldest first: the octets that were stored. Folder "" is INBOX.
func (d *Dovecot) Messages(t TB, login, folder string) [][]byte {
	t.Helper()
	box := filepath.Join(d.dir, "mail", login)
	if folder != "" {
		box = filepath.Join(box, "."+folder)
	}
	var paths []string
	for _, sub := range []string{"cur", "new"} {
		found, err := filepath.Glob(filepath.Join(box, sub, "*"))
		d.must(t, err)
		paths = append(paths, found...)
	}
	slices.SortFunc(paths, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	var out [][]byte
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		if os.IsNotExist(err) { // the server moved it from new to cur while we looked
			return d.Messages(t, login, folder)
		}
		d.must(t, err)
		out = append(out, raw)
	}
	return out
}

// ForgetUIDs makes the server number a user's INBOX anew, under another UIDVALIDITY. Nobody may have it open.
func (d *Dovecot) ForgetUIDs(t TB, login string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(d.dir, "mail", login, "dovecot*"))
	d.must(t, err)
	for _, path := range found {
		if !strings.Contains(filepath.Base(path), "uidvalidity") { // where it keeps the last UIDVALIDITY it gave
			d.must(t, os.Remove(path))
		}
	}
}
