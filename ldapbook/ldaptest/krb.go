package ldaptest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// KDC is a running Kerberos server (MIT krb5) with a realm of its own, which ends with the test.
type KDC struct {
	Realm      string
	ConfigFile string // krb5.conf for clients and services

	t       TB
	dir     string
	env     []string
	address string
	cmd     *exec.Cmd
	done    chan struct{}
	log     Output
}

const kdcPackage = "install it with: apt-get install -y --no-install-recommends krb5-kdc krb5-admin-server krb5-user"

// StartKDC makes a realm and starts its server on a free loopback port. It ends the test when it cannot.
func StartKDC(t TB, realm string) *KDC {
	t.Helper()
	dir, err := os.MkdirTemp("", "kdc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	port, _, err := freePorts()
	if err != nil {
		t.Fatal(err)
	}
	k := &KDC{Realm: realm, ConfigFile: filepath.Join(dir, "krb5.conf"), t: t, dir: dir, address: fmt.Sprintf("127.0.0.1:%d", port)}
	k.env = append(os.Environ(), "KRB5_CONFIG="+k.ConfigFile, "KRB5_KDC_PROFILE="+filepath.Join(dir, "kdc.conf"))
	k.write("krb5.conf", k.clientConfig(k.address))
	k.write("kdc.conf", fmt.Sprintf(`[kdcdefaults]
 kdc_listen = %[1]s
 kdc_tcp_listen = %[1]s
[realms]
 %[2]s = {
  database_name = %[3]s/principal
  key_stash_file = %[3]s/stash
  acl_file = %[3]s/acl
  max_life = 10h
 }
`, k.address, realm, dir))
	k.own(dir)
	k.run("kdb5_util", "create", "-s", "-r", realm, "-P", rand.Text())
	k.Start()
	t.Cleanup(k.Stop)
	return k
}

func (k *KDC) clientConfig(kdc string) string {
	return fmt.Sprintf(`[libdefaults]
 default_realm = %[1]s
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 %[1]s = {
  kdc = %[2]s
 }
`, k.Realm, kdc)
}

// ConfigFor writes a configuration that names another KDC, "host:port", for the same realm.
func (k *KDC) ConfigFor(kdc string) string {
	k.t.Helper()
	return k.write("krb5-"+rand.Text()+".conf", k.clientConfig(kdc))
}

// Keytab makes a principal with a random key, if there is none, and returns the path of a new keytab with its key: keytabs
// made before are void.
func (k *KDC) Keytab(principal string) string {
	k.t.Helper()
	path := filepath.Join(k.dir, rand.Text()+".keytab")
	_ = k.command("kadmin.local", "-r", k.Realm, "-q", "addprinc -randkey "+principal).Run() // it may be there
	k.run("kadmin.local", "-r", k.Realm, "-q", "ktadd -k "+path+" "+principal)
	if _, err := os.Stat(path); err != nil {
		k.t.Fatal(err)
	}
	return path
}

// Remove deletes a principal.
func (k *KDC) Remove(principal string) {
	k.t.Helper()
	k.run("kadmin.local", "-r", k.Realm, "-q", "delprinc -force "+principal)
}

// CCache gets a ticket for a principal by its keytab, valid for so long, and returns the path of the cache.
func (k *KDC) CCache(principal, keytab string, life time.Duration) string {
	k.t.Helper()
	path := filepath.Join(k.dir, rand.Text()+".ccache")
	k.run("kinit", "-k", "-t", keytab, "-l", fmt.Sprintf("%ds", int(life.Seconds())), "-c", "FILE:"+path, principal)
	return path
}

// AwaitExpiry returns when the ticket in a cache is no longer valid.
func (k *KDC) AwaitExpiry(ccache string) {
	k.t.Helper()
	for range 600 {
		if err := k.command("klist", "-s", "-c", "FILE:"+ccache).Run(); err != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	k.t.Fatal("the ticket does not expire")
}

// Start starts the server, again after Stop.
func (k *KDC) Start() {
	k.t.Helper()
	k.cmd = k.command("krb5kdc", "-n", "-r", k.Realm)
	k.cmd.Stdout, k.cmd.Stderr = &k.log, &k.log
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.done = make(chan struct{})
	go func() {
		_ = k.cmd.Wait()
		close(k.done)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", k.address)
		if err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-k.done:
			k.t.Fatalf("krb5kdc does not start: %s", k.log.String())
		case <-ctx.Done():
			k.t.Fatalf("krb5kdc does not answer: %s", k.log.String())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Stop ends the server; the realm stays.
func (k *KDC) Stop() {
	_ = k.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-k.done:
	case <-time.After(time.Minute):
		_ = k.cmd.Process.Kill()
		<-k.done
	}
}

func (k *KDC) command(program string, args ...string) *exec.Cmd {
	k.t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + program)
	}
	if err != nil {
		k.t.Fatalf("no %s: %s", program, kdcPackage)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = k.dir, k.env, childAttributes()
	return cmd
}

func (k *KDC) run(program string, args ...string) {
	k.t.Helper()
	if out, err := k.command(program, args...).CombinedOutput(); err != nil {
		k.t.Fatalf("%s: %v: %s", program, err, out)
	}
}

func (k *KDC) write(name, content string) string {
	k.t.Helper()
	path := filepath.Join(k.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		k.t.Fatal(err)
	}
	k.own(path)
	return path
}

// own gives a path to who runs the server.
func (k *KDC) own(path string) {
	k.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chown(path, nobody, nobody); err != nil {
		k.t.Fatal(err)
	}
}
