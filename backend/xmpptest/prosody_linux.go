package xmpptest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"caveat/ldapbook/ldaptest"
)

// prosodyPath is where Debian's package puts the server; its module of labels is in prosody-modules.
const (
	prosodyPath = "/usr/bin/prosody"
	labelModule = "/usr/lib/prosody/modules/mod_seclabels"
)

// nobody is whom the server runs as when the test is root.
const nobody = 65534

// Config says what one Prosody serves: a domain and its room service.
type Config struct {
	Domain string
	Users  map[string]string // local part and password. Make passwords at run time, see Secret

	External  bool   // log in by client certificate (XmppAddr) alone; no passwords
	SHA1      bool   // passwords for SCRAM-SHA-1, not SHA-256
	TLS12     bool   // TLS 1.2 alone: then Prosody 0.12 offers -PLUS (tls-unique)
	Plus      bool   // log in by a SCRAM with -PLUS alone
	NoLabels  bool   // no XEP-0258 on the server or its rooms
	NoArchive bool   // no XEP-0313
	LabelOnly bool   // labels, and no catalogue of them
	RealJIDs  bool   // rooms show who their occupants are, if not said otherwise
	Events    bool   // personal events (XEP-0163)
	Catalogue string // items of mod_seclabels, in Lua; "": that module's own
}

func (c Config) authentication() string {
	if c.External {
		return "ccert"
	}
	return "internal_hashed"
}

func (c Config) hash() string {
	if c.SHA1 {
		return "SHA-1"
	}
	return "SHA-256"
}

// Prosody is a real Prosody, run as an ordinary user in a directory of its own.
type Prosody struct {
	config                    Config
	ca                        *CA
	dir                       string
	plain, secured, federated int
	cmd                       *exec.Cmd
	out                       ldaptest.Output
	done                      chan struct{}
}

// StartProsody starts servers that know each other and end with the test. A missing server is a failure: install prosody and
// prosody-modules.
func StartProsody(t TB, ca *CA, configs ...Config) []*Prosody {
	t.Helper()
	for _, path := range []string{prosodyPath, labelModule} {
		if _, err := os.Stat(path); err != nil {
			t.Fatalf("xmpptest: no Prosody with labels (%v): install the packages prosody and prosody-modules", err)
		}
	}
	var all []*Prosody
	ports := map[string]int{}
	for _, c := range configs {
		p := &Prosody{config: c, ca: ca, plain: freePort(t), secured: freePort(t), federated: freePort(t)}
		all = append(all, p)
		ports[c.Domain], ports[p.Rooms()] = p.federated, p.federated
	}
	for _, p := range all {
		p.write(t, ports)
		p.Start(t)
		t.Cleanup(func() {
			p.Stop()
			if t.Failed() {
				said, _ := os.ReadFile(filepath.Join(p.dir, "prosody.log"))
				t.Logf("%s says:\n%s%s", p.config.Domain, p.out.String(), said)
			}
			_ = os.RemoveAll(p.dir)
		})
	}
	return all
}

// Domain is the server's domain, Rooms that of its room service.
func (p *Prosody) Domain() string { return p.config.Domain }

// Rooms is the domain of the room service.
func (p *Prosody) Rooms() string { return "rooms." + p.config.Domain }

// Addr is the host:port that wants STARTTLS.
func (p *Prosody) Addr() string { return fmt.Sprintf("127.0.0.1:%d", p.plain) }

// TLSAddr is the host:port with TLS from the first byte.
func (p *Prosody) TLSAddr() string { return fmt.Sprintf("127.0.0.1:%d", p.secured) }

// FederationAddr is where other servers connect.
func (p *Prosody) FederationAddr() string { return fmt.Sprintf("127.0.0.1:%d", p.federated) }

// CA is who issued the server's certificate.
func (p *Prosody) CA() *CA { return p.ca }

func (p *Prosody) write(t TB, ports map[string]int) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pr")
	check(t, err)
	p.dir = dir
	cert, key := p.ca.Issue([]string{p.config.Domain, p.Rooms()}, []string{p.config.Domain, p.Rooms()})
	files := map[string]string{
		"prosody.cfg.lua": p.prosodyConf(), "plugins/mod_routes.lua": routesModule(ports), "plugins/mod_labelonly.lua": labelOnlyModule,
		"server.pem": string(cert), "server.key": string(key), "ca.pem": string(p.ca.PEM()),
	}
	for user, password := range p.config.Users {
		if strings.ContainsAny(user+password, "\"\\\r\n%/") {
			t.Fatalf("xmpptest: user %q: no quote, backslash, percent or slash in name and password", user)
		}
		// The server makes a hash of it at the first login, and forgets the password itself.
		files["data/"+strings.ReplaceAll(p.config.Domain, ".", "%2e")+"/accounts/"+user+".dat"] = fmt.Sprintf("return {\n\t[\"password\"] = %q;\n};\n", password)
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		check(t, os.MkdirAll(filepath.Dir(path), 0o700))
		check(t, os.WriteFile(path, []byte(content), 0o600))
	}
	check(t, os.MkdirAll(filepath.Join(dir, "data"), 0o700))
	uid, gid := ids()
	check(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, uid, gid)
	}))
}

// Start starts the server again after Stop or Kill, on the same ports and data.
func (p *Prosody) Start(t TB) {
	t.Helper()
	p.done = make(chan struct{})
	p.cmd = exec.Command(prosodyPath, "--config", filepath.Join(p.dir, "prosody.cfg.lua"), "-F")
	p.cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + p.dir}
	p.cmd.Dir = p.dir
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	p.cmd.WaitDelay = 2 * time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if os.Getuid() == 0 {
		p.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, Groups: []uint32{nobody}}
	}
	check(t, p.cmd.Start())
	cmd, done := p.cmd, p.done
	go func() {
		_ = cmd.Wait() // what it said is in out and in its log
		close(done)
	}()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		select {
		case <-p.done:
			said, _ := os.ReadFile(filepath.Join(p.dir, "prosody.log"))
			t.Fatalf("xmpptest: prosody ended: %s%s", p.out.String(), said)
		default:
		}
		if answers(p.Addr()) && answers(p.TLSAddr()) && answers(p.FederationAddr()) {
			return
		}
	}
	t.Fatalf("xmpptest: prosody does not answer on %s: %s", p.Addr(), p.out.String())
}

// Stop ends the server in order.
func (p *Prosody) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(3 * time.Second):
		p.Kill()
	}
}

// Kill ends the server at once, as a crash would.
func (p *Prosody) Kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// Freeze stops the server's process without ending it: it takes octets and answers nothing, until Thaw.
func (p *Prosody) Freeze() { _ = syscall.Kill(p.cmd.Process.Pid, syscall.SIGSTOP) }

// Thaw lets a frozen server go on.
func (p *Prosody) Thaw() { _ = syscall.Kill(p.cmd.Process.Pid, syscall.SIGCONT) }

func answers(address string) bool {
	c, err := net.Dial("tcp", address)
	if err == nil {
		_ = c.Close()
	}
	return err == nil
}

func check(t TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("xmpptest: %v", err)
	}
}

func freePort(t TB) int {
	t.Helper()
	port, err := ldaptest.FreePort()
	check(t, err)
	return port
}

// ids are the user and group of the server: our own, or nobody's instead of root's.
func ids() (uid, gid int) {
	if os.Getuid() == 0 {
		return nobody, nobody
	}
	return os.Getuid(), os.Getgid()
}
