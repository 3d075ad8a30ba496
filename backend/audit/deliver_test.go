package audit_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/store"
	"caveat/ldapbook/ldaptest"
)

// clock is a time that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// keeper is a log that takes its checkpoints to a folder.
type keeper struct {
	*clock
	s       *store.Store
	log     *audit.Log
	secrets *safe
	drop    string
}

func newKeeper(t testing.TB, required time.Duration) *keeper {
	t.Helper()
	k := &keeper{clock: &clock{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}, s: open(t, t.TempDir()), secrets: newSafe(), drop: t.TempDir()}
	k.log = k.logTo(required, audit.NewDrop(k.drop))
	return k
}

func (k *keeper) logTo(required time.Duration, ways ...audit.Way) *audit.Log {
	return audit.New(k.s, audit.Config{Secrets: k.secrets, Ways: ways, Required: required, Now: k.Now})
}

func (k *keeper) dropped(t testing.TB) (names []string) {
	t.Helper()
	files, err := os.ReadDir(k.drop)
	must(t, err)
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

// Each checkpoint is left in the folder, and holds the log to what it was.
func TestDrop(t *testing.T) {
	k := newKeeper(t, 0)
	add(t, k.s, entry(0))
	must(t, k.log.Deliver(t.Context()))
	if got := k.dropped(t); !slices.Equal(got, []string{"checkpoint-3.note", "latest"}) { // header, entry, key
		t.Errorf("dropped %v", got)
	}
	k.pass(time.Hour)
	must(t, k.log.Deliver(t.Context())) // nothing was logged: it is the same again
	add(t, k.s, entry(1))
	must(t, k.log.Deliver(t.Context()))
	if got := k.dropped(t); !slices.Equal(got, []string{"checkpoint-3.note", "checkpoint-5.note", "latest"}) {
		t.Errorf("dropped %v", got)
	}
	note, err := os.ReadFile(filepath.Join(k.drop, "latest"))
	must(t, err)
	sum, err := audit.VerifyBy(bytes.NewReader(exported(t, k.log)), note, keysOf(t, k.log))
	if err != nil || sum.Complete != 5 {
		t.Errorf("%+v, %v", sum, err)
	}
	h := k.log.Health(t.Context())
	if h.Problem != "" || h.Warning != "" || len(h.Ways) != 1 || h.Ways[0].Size != 5 || !h.Ways[0].Gone.Equal(k.Now()) {
		t.Errorf("%+v", h)
	}
}

// What cannot leave is told, stops the sending when that is required and lasts, and is over when something leaves.
func TestCheckpointsThatCannotLeave(t *testing.T) {
	for name, required := range map[string]time.Duration{"required": 24 * time.Hour, "not required": 0} {
		t.Run(name, func(t *testing.T) {
			k := newKeeper(t, required)
			must(t, k.log.Deliver(t.Context()))
			must(t, os.Rename(k.drop, k.drop+"~"))
			k.pass(23 * time.Hour)
			if err := k.log.Deliver(t.Context()); err == nil {
				t.Fatal("a folder that is not there")
			}
			if h := k.log.Health(t.Context()); h.Problem != "" || !strings.Contains(h.Warning, "Since 22 Nov 2026, 09:00Z") ||
				strings.Contains(h.Warning, "From 23 Nov 2026, 09:00Z on nothing is sent") != (required > 0) {
				t.Errorf("after 23 hours: %+v", h)
			}
			k.pass(2 * time.Hour)
			again := k.logTo(required, audit.NewDrop(k.drop)) // the program was started again, and has tried nothing yet
			if h := again.Health(t.Context()); (h.Problem == "") != (required == 0) || required > 0 && !strings.Contains(h.Problem, "requires it every 24h") {
				t.Errorf("after 25 hours: %+v", h)
			}
			must(t, os.Rename(k.drop+"~", k.drop))
			must(t, again.Deliver(t.Context()))
			if h := again.Health(t.Context()); len(h.Sentences()) != 0 {
				t.Errorf("afterwards: %+v", h)
			}
			out := exported(t, again)
			if n := bytes.Count(out, []byte(`"type":"delivery"`)); n != 2 { // it failed, and works
				t.Errorf("%d lines about it:\n%s", n, out)
			}
		})
	}
}

// A log that is not what it was when its checkpoint was taken away is found out, though nothing here remembers that.
func TestDropFindsAnotherLog(t *testing.T) {
	for name, alter := range map[string]func(t testing.TB, k *keeper){
		"brought back from before": func(t testing.TB, k *keeper) {
			exec(t, k.s, `DELETE FROM audit_mark WHERE seq > 4; DELETE FROM audit_tree WHERE position > 3; DELETE FROM audit WHERE seq > 4`)
		},
		"written anew, and its tree with it": func(t testing.TB, k *keeper) {
			exec(t, k.s, `DELETE FROM audit_tree; DELETE FROM audit_mark WHERE kind = 'checkpoint'`)
			anew(t, k.s, 5, true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKeeper(t, 0)
			must(t, k.log.Deliver(t.Context())) // header, key, checkpoint
			addMany(t, k.s, 9, func(int) any { return "as it was" })
			must(t, k.log.Deliver(t.Context()))
			alter(t, k)
			again := k.logTo(0, audit.NewDrop(k.drop))
			if err := again.Deliver(t.Context()); !errors.Is(err, audit.ErrTampered) {
				t.Errorf("error %v", err)
			}
			if h := again.Health(t.Context()); !strings.Contains(h.Problem, "was altered") {
				t.Errorf("%+v", h)
			}
		})
	}
	k, other := newKeeper(t, 0), newKeeper(t, 0)
	must(t, k.log.Deliver(t.Context()))
	if err := other.logTo(0, audit.NewDrop(k.drop)).Deliver(t.Context()); !errors.Is(err, audit.ErrNote) {
		t.Errorf("the folder of another log: %v", err)
	}
}

// A log that cannot be read, or not be written to, is told.
func TestHealthOfALogThatIsGone(t *testing.T) {
	k := newKeeper(t, 0)
	exec(t, k.s, `PRAGMA foreign_keys = OFF; ALTER TABLE audit RENAME TO gone`)
	if h := k.log.Health(t.Context()); !strings.Contains(h.Problem, "cannot be read") {
		t.Errorf("without its table: %+v", h)
	}
	k = newKeeper(t, 0)
	k.secrets.fail = errors.New("the keychain is locked")
	if err := k.log.Deliver(t.Context()); !errors.Is(err, audit.ErrKey) {
		t.Errorf("without a key: %v", err)
	}
	if h := k.log.Health(t.Context()); h.Problem != "" || !strings.Contains(h.Warning, "the keychain is locked") {
		t.Errorf("without a key: %+v", h)
	}
	k = newKeeper(t, 0)
	_, err := k.s.Writer().Exec(`PRAGMA query_only = 1`) // as where the disk is full, or the file may only be read
	must(t, err)
	k.log.Probe(t.Context())
	if h := k.log.Health(t.Context()); !strings.Contains(h.Problem, "cannot be written to") {
		t.Errorf("not written to: %+v", h)
	}
	_, err = k.s.Writer().Exec(`PRAGMA query_only = 0`)
	must(t, err)
	if k.log.Probe(t.Context()); k.log.Health(t.Context()).Problem != "" {
		t.Error("the problem outlives its cause")
	}
	k.log.Alter(audit.ErrTampered)
	if h := k.log.Health(t.Context()); !strings.Contains(h.Problem, "was altered") {
		t.Errorf("altered: %+v", h)
	}
}

// syslogServer receives by TLS, as RFC 5425 has it.
func syslogServer(t *testing.T, config *tls.Config) (addr string, got <-chan string) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	messages := make(chan string, 4)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			for in := bufio.NewReader(conn); ; {
				length, err := in.ReadString(' ')
				if err != nil {
					break
				}
				n, err := strconv.Atoi(strings.TrimSuffix(length, " "))
				message := make([]byte, max(n, 0))
				if err != nil || strings.HasPrefix(length, "0") {
					t.Errorf("the frame begins with %q", length)
				}
				if _, err := io.ReadFull(in, message); err != nil {
					t.Errorf("the frame: %v", err)
				}
				messages <- string(message)
			}
			conn.Close()
		}
	}()
	return l.Addr().String(), messages
}

// header is that of a message: PRI VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG.
//
// std: RFC5424 §6
var header = regexp.MustCompile(`^<109>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z [!-~]{1,255} caveat \d{1,10} checkpoint - (\{[ -~]+\})$`)

func TestSyslog(t *testing.T) {
	ca := ldaptest.NewCA("log CA")
	addr, got := syslogServer(t, ca.ServerTLS())
	k := newKeeper(t, 0)
	l := k.logTo(0, audit.NewSyslog(addr, ca.Pool()))
	add(t, k.s, entry(0))
	must(t, l.Deliver(t.Context()))
	message := <-got
	if !header.MatchString(message) {
		t.Fatalf("the message %q", message)
	}
	// What a server wrote to its file is a checkpoint to hold a log to.
	log := exported(t, l)
	for name, file := range map[string]string{"the message": message, "in a file": "Nov 22 09:00:00 host caveat[1]: " + header.FindStringSubmatch(message)[1] + "\n"} {
		if sum, err := audit.VerifyBy(bytes.NewReader(log), []byte(file), keysOf(t, l)); err != nil || sum.Complete != 3 {
			t.Errorf("%s: %+v, %v", name, sum, err)
		}
	}
	if h := l.Health(t.Context()); h.Ways[0].Size != 3 || len(h.Sentences()) != 0 {
		t.Errorf("%+v", h)
	}
}

func TestSyslogThatCannotBeHad(t *testing.T) {
	t.Parallel()
	ca := ldaptest.NewCA("log CA")
	good, _ := syslogServer(t, ca.ServerTLS())
	demanding := ca.ServerTLS().Clone()
	demanding.ClientAuth = tls.RequireAndVerifyClientCert
	strict, _ := syslogServer(t, demanding)
	elsewhere, err := ca.Special(ldaptest.Special{CommonName: "elsewhere", Names: []string{"log.example.org"}})
	must(t, err)
	misnamed, _ := syslogServer(t, &tls.Config{Certificates: []tls.Certificate{elsewhere}})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, closed.Close())
	for name, way := range map[string]audit.Way{
		"another CA":                    audit.NewSyslog(good, ldaptest.NewCA("another").Pool()),
		"nobody there":                  audit.NewSyslog(closed.Addr().String(), ca.Pool()),
		"it wants a certificate":        audit.NewSyslog(strict, ca.Pool()),
		"no address":                    audit.NewSyslog("127.0.0.1", ca.Pool()),
		"a certificate of another host": audit.NewSyslog(misnamed, ca.Pool()),
	} {
		k := newKeeper(t, 0)
		l := k.logTo(0, way)
		if err := l.Deliver(t.Context()); err == nil {
			t.Errorf("%s: it was delivered", name)
		}
		if h := l.Health(t.Context()); h.Problem != "" || !strings.Contains(h.Warning, way.Place()) {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

// While it runs checkpoints leave by themselves, and whoever watches is told that the log has grown.
func TestRun(t *testing.T) {
	t.Parallel()
	k := newKeeper(t, 0)
	add(t, k.s, entry(0))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { k.log.Run(ctx); close(ended) }()
	isTold := func() bool {
		changes, _, _, err := k.s.Changes(t.Context(), 0)
		must(t, err)
		return slices.ContainsFunc(changes, func(c store.Change) bool { return c.Kind == audit.ChangeAudit })
	}
	for !isTold() || !slices.Contains(k.dropped(t), "latest") { // its last file: nothing is written any more
		must(t, t.Context().Err())
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-ended
}

// A log runs again after it has ended, as where a program goes on with the installation that it had: checkpoints leave then too.
func TestRunAgain(t *testing.T) {
	t.Parallel()
	k := newKeeper(t, 0)
	way := telling{make(chan int64)}
	l := audit.New(k.s, audit.Config{Secrets: k.secrets, Ways: []audit.Way{way}, Every: 1, Now: k.Now})
	for n := range 2 {
		seq := add(t, k.s, entry(n))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { l.Run(ctx); close(ended) }()
		for range 2 { // with the second the first attempt has ended
			if size := <-way.sent; size < seq {
				t.Errorf("of %d lines %d left", seq, size)
			}
		}
		cancel()
		<-ended
	}
}

// telling is a way that says how many lines each checkpoint has.
type telling struct{ sent chan int64 }

func (telling) Name() string                         { return "telling" }
func (telling) Place() string                        { return "nowhere" }
func (telling) Kept(context.Context) ([]byte, error) { return nil, nil }

func (w telling) Send(ctx context.Context, c audit.Checkpoint) error {
	select {
	case w.sent <- c.Size:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
