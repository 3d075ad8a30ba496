package ldaptest

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Fixture is a Population in a real server whose database is kept from run to run: slapadd takes minutes for a million.
type Fixture struct {
	Population
	Dir string // LDIF, configuration and database
}

// fixtureVersion changes with what a Population writes or with the configuration.
const fixtureVersion = 2

// FixtureFolder is where fixtures are kept: CAVEAT_BENCH_DATA, or the user's folder for caches.
func FixtureFolder() (string, error) {
	if dir := os.Getenv("CAVEAT_BENCH_DATA"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "caveat-bench"), err
}

// Prepare makes the fixture, unless it is there. What was begun and not ended is made anew.
func (p Population) Prepare(folder string) (Fixture, error) {
	name := fmt.Sprintf("slapd-v%d-seed%d-%d", fixtureVersion, p.Seed, p.Size)
	f := Fixture{Population: p, Dir: filepath.Join(folder, name)}
	if _, err := os.Stat(filepath.Join(f.Dir, "complete")); err == nil {
		return f, nil
	}
	if err := os.RemoveAll(f.Dir); err != nil {
		return f, err
	}
	if err := os.MkdirAll(filepath.Join(f.Dir, "db"), 0o700); err != nil {
		return f, err
	}
	for file, text := range map[string]string{"clearance.schema": slapdSchema, "slapd.conf": f.config(), "password.include": ""} {
		if err := os.WriteFile(filepath.Join(f.Dir, file), []byte(text), 0o600); err != nil {
			return f, err
		}
	}
	if err := f.writeLDIF(); err != nil {
		return f, err
	}
	cmd := exec.Command(sbin(slapaddProgram), "-q", "-f", filepath.Join(f.Dir, "slapd.conf"), "-b", p.Suffix, "-l", f.LDIF())
	if out, err := cmd.CombinedOutput(); err != nil {
		return f, fmt.Errorf("slapadd: %w: %s", err, out)
	}
	return f, os.WriteFile(filepath.Join(f.Dir, "complete"), nil, 0o600)
}

// LDIF is the file that the server was filled from.
func (f Fixture) LDIF() string { return filepath.Join(f.Dir, "data.ldif") }

func (f Fixture) writeLDIF() error {
	out, err := os.Create(f.LDIF())
	if err != nil {
		return err
	}
	if err := f.WriteLDIF(out); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

func sbin(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	return "/usr/sbin/" + name
}

// Manager is the DN that no limits bind.
func (f Fixture) Manager() string { return "cn=manager," + f.Suffix }

func (f Fixture) config() string {
	return fmt.Sprintf(`include %[2]s/core.schema
include %[2]s/cosine.schema
include %[2]s/inetorgperson.schema
include %[1]s/clearance.schema
modulepath %[3]s
moduleload back_mdb
moduleload syncprov
pidfile %[1]s/slapd.pid
argsfile %[1]s/slapd.args
sizelimit unlimited
threads 4
tool-threads 2
database mdb
suffix "%[4]s"
rootdn "%[5]s"
include %[1]s/password.include
directory %[1]s/db
maxsize 42949672960
index objectClass,entryUUID,entryCSN,uid,jid,ou,o eq
index cn,sn,givenName,mail eq,sub
limits * size=unlimited time=unlimited
access to * by * read
overlay syncprov
syncprov-sessionlog 10000
`, f.Dir, schemaFolder, moduleFolder, f.Suffix, f.Manager())
}

// Running is a started Fixture.
type Running struct {
	Fixture
	URL      string // ldap://127.0.0.1:port
	Password string // of the manager
	Process  *os.Process
	done     chan struct{}
}

// Start starts the server on a free loopback port. A Fixture can be started once at a time.
func (f Fixture) Start() (*Running, error) {
	r := &Running{Fixture: f, Password: rand.Text(), done: make(chan struct{})}
	if err := os.WriteFile(filepath.Join(f.Dir, "password.include"), []byte("rootpw "+r.Password+"\n"), 0o600); err != nil {
		return nil, err
	}
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	r.URL = fmt.Sprintf("ldap://127.0.0.1:%d", port)
	cmd := exec.Command(sbin(slapdProgram), "-d", "0", "-f", filepath.Join(f.Dir, "slapd.conf"), "-h", r.URL+"/")
	var log Output
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r.Process = cmd.Process
	go func() {
		_ = cmd.Wait()
		close(r.done)
	}()
	s := &Slapd{URL: r.URL, BindDN: f.Manager(), Password: r.Password, config: SlapdConfig{Suffix: f.Suffix}, done: r.done, cmd: cmd}
	if err := s.await(); err != nil {
		return nil, fmt.Errorf("slapd: %w: %s", err, strings.TrimSpace(log.String()))
	}
	return r, nil
}

// Stop ends the server, by force after 20 s.
func (r *Running) Stop() {
	_ = r.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.done:
	case <-time.After(20 * time.Second):
		_ = r.Process.Kill()
		<-r.done
	}
}
