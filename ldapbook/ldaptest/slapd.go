package ldaptest

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// SlapdConfig is what a Slapd is started with.
type SlapdConfig struct {
	Suffix      string
	LDIF        string  // read first; may hold the suffix's entry
	Entries     []Entry // with the containers above them
	CA          *CA     // nil: a new one
	RequireBind bool
	SizeLimit   int // entries per search, for everybody; 0: none
	// Global are lines of slapd.conf before the database, e.g. "TLSVerifyClient try", each with its end.
	Global string
	Env    []string // of the server, besides that of the test
	Schema string   // more attribute types and object classes, as slapd.conf takes them
	NoSync bool     // content synchronization (RFC 4533) is not offered
}

// TB is what the harness needs of a test. It is not testing.TB: the demo imports this package, and a program for users must
// not carry the flags of the test runner.
type TB interface {
	Helper()
	Cleanup(func())
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Error(args ...any)
	Errorf(format string, args ...any)
	Failed() bool
	Log(args ...any)
	Logf(format string, args ...any)
}

// Slapd is a running OpenLDAP server, which ends with the test.
type Slapd struct {
	URL, TLSURL      string // ldap://127.0.0.1:port, ldaps://127.0.0.1:port
	CA               *CA
	BindDN, Password string // of the directory's manager, whom no limits bind

	t      TB
	config SlapdConfig
	dir    string
	cmd    *exec.Cmd
	done   chan struct{}
	log    Output
}

// Programs and folders of Debian's package.
const (
	slapdProgram   = "slapd"
	slapaddProgram = "slapadd"
	schemaFolder   = "/etc/ldap/schema"
	moduleFolder   = "/usr/lib/ldap"
	slapdPackage   = "install it with: apt-get install -y --no-install-recommends slapd"
)

// StartSlapd loads the entries and starts a server on free loopback ports. It ends the test when there is no slapd, or
// when it doesn't start within 20 s.
func StartSlapd(t TB, config SlapdConfig) *Slapd {
	t.Helper()
	s := &Slapd{t: t, config: config, CA: config.CA, BindDN: "cn=manager," + config.Suffix, Password: rand.Text()}
	if s.CA == nil {
		s.CA = NewCA("slapd test CA")
	}
	s.prepare()
	s.load()
	for attempt := 1; ; attempt++ {
		err := s.start()
		if err == nil {
			break
		}
		s.URL = ""
		if attempt == 5 { // somebody else may have taken the ports
			t.Fatalf("slapd does not start: %v", err)
		}
	}
	t.Cleanup(s.stop)
	return s
}

// program finds an executable, also where only root's path has it.
func (s *Slapd) program(name string) string {
	s.t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + name)
	}
	if err != nil {
		s.t.Fatalf("no %s: %s", name, slapdPackage)
	}
	return path
}

// prepare writes the configuration into a new folder. Its path is short, because those of Unix sockets must be.
func (s *Slapd) prepare() {
	s.t.Helper()
	dir, err := os.MkdirTemp("", "slapd")
	if err != nil {
		s.t.Fatal(err)
	}
	s.dir = dir
	s.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	cert, key, err := s.CA.Issue("localhost")
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("ca.pem", s.CA.PEM())
	s.write("server.pem", cert)
	s.write("server.key", key)
	s.write("clearance.schema", []byte(slapdSchema))
	s.write("more.schema", []byte(s.config.Schema))
	ldif, err := ldifText(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("data.ldif", ldif)
	s.write("slapd.conf", []byte(s.configText(64<<20+16*len(ldif))))
	s.give(dir, filepath.Join(dir, "db"))
}

func (s *Slapd) write(name string, content []byte) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.give(path)
}

// nobody runs the server when the test is root.
const nobody = 65534

// give makes the server's user own the paths.
func (s *Slapd) give(paths ...string) {
	s.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	for _, p := range paths {
		if err := os.Chown(p, nobody, nobody); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *Slapd) load() {
	s.t.Helper()
	cmd := exec.Command(s.program(slapaddProgram), "-q", "-f", filepath.Join(s.dir, "slapd.conf"), "-b", s.config.Suffix,
		"-l", filepath.Join(s.dir, "data.ldif"))
	cmd.Dir = s.dir
	cmd.SysProcAttr = childAttributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("slapadd: %v: %s", err, out)
	}
}

func (s *Slapd) start() error {
	if s.URL == "" {
		plain, secure, err := freePorts()
		if err != nil {
			return err
		}
		s.URL, s.TLSURL = fmt.Sprintf("ldap://127.0.0.1:%d", plain), fmt.Sprintf("ldaps://127.0.0.1:%d", secure)
	}
	s.cmd = exec.Command(s.program(slapdProgram), "-d", "0", "-f", filepath.Join(s.dir, "slapd.conf"),
		"-h", s.URL+"/ "+s.TLSURL+"/")
	s.cmd.Dir = s.dir
	s.cmd.Env = append(os.Environ(), s.config.Env...)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	s.cmd.SysProcAttr = childAttributes()
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.done = make(chan struct{})
	go func() {
		_ = s.cmd.Wait()
		close(s.done)
	}()
	return s.await()
}

// freePorts returns two ports that were free a moment ago.
func freePorts() (plain, secure int, err error) {
	if plain, err = FreePort(); err != nil {
		return 0, 0, err
	}
	for secure = plain; secure == plain && err == nil; {
		secure, err = FreePort()
	}
	return plain, secure, err
}

// stop ends the server, by force after a minute.
func (s *Slapd) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(time.Minute):
		_ = s.cmd.Process.Kill()
		<-s.done
		s.t.Error("slapd had to be killed")
	}
}
