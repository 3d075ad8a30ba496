//go:build linux

package app_test

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/installation"
	"caveat/backend/mailtest"
	"caveat/ldapbook/ldaptest"
)

// embedded is a federation on servers inside the test, whose faults can be switched on.
type embedded struct {
	data, policy string
	file         installation.File // what was imported
	ca           *ldaptest.CA
	secrets      map[string]string
	directories  map[string]*ldaptest.Server
	listeners    map[string]*countingListener

	mu        sync.Mutex
	onRcpt    func()
	onData    func()
	delivered map[string]int // by Message-ID
}

// countingListener counts connections.
type countingListener struct {
	net.Listener
	count atomic.Int64
}

func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.count.Add(1)
	}
	return c, err
}

func listen(t testing.TB) *countingListener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &countingListener{Listener: l}
}

// embeddedPatience is how long a directory has to answer: those that hang are waited for, the others must come in time on a busy
// machine too.
const embeddedPatience = 4 * time.Second

// embeddedWorld starts four directories and a submission server, and imports an installation that names them; edit changes it before.
func embeddedWorld(t *testing.T, edit ...func(*installation.File)) *embedded {
	t.Helper()
	e := &embedded{ca: ldaptest.NewCA("Test CA"), directories: map[string]*ldaptest.Server{}, listeners: map[string]*countingListener{}, delivered: map[string]int{}}
	password := mailtest.Secret()
	smtp := mailtest.Start(listen(t), mailtest.Config{
		TLS: e.ca.ServerTLS(), RequireAuth: true, Auth: func(user, given string) bool { return user == "drafter" && given == password },
		Rcpt: func(_, _ string) error { e.call(&e.onRcpt); return nil },
		Data: func(_ string, _ []string, body []byte) error { e.take(body); return nil },
	})
	t.Cleanup(func() { smtp.Close() })
	f := testInstallation(string(e.ca.PEM()), smtp.Addr())
	secrets := map[string]string{"smtp": password}
	for i, n := range nations {
		secret := mailtest.Secret()
		suffix := "dc=" + strings.ToLower(n) + ",dc=example"
		d := ldaptest.New(ldaptest.Config{Suffix: suffix, TLS: e.ca.ServerTLS(), BindDN: "cn=reader," + suffix, Password: secret, RequireBind: true, RequireTLS: true})
		own := map[string][]string{"Context": {"MROD"}, "Only": {n}}
		if err := d.Add(person(n, "officer", "Chris Officer", clearanceXML(t, "SECRET", own)), person(n, "drafter", "Robin Drafter", clearanceXML(t, "SECRET", own))); err != nil {
			t.Fatal(err)
		}
		e.directories[n], e.listeners[n] = d, listen(t)
		go d.Serve(e.listeners[n])
		t.Cleanup(d.Close)
		f.Directories[i].URLs = []string{"ldap://" + e.listeners[n].Addr().String()}
		f.Directories[i].BindDN, f.Directories[i].Secret = "cn=reader,"+suffix, "ldap-"+n
		f.Directories[i].Timeout.Duration = embeddedPatience
		secrets["ldap-"+n] = secret
	}
	f.Check.Deadline.Duration = embeddedPatience
	for _, change := range edit {
		change(&f)
	}
	e.file = f
	e.secrets = secrets
	e.data = importInstallation(t, f, secrets)
	e.policy = write(t, "policy.spif.xml", string(demo.PolicyXML))
	return e
}

func (e *embedded) call(hook *func()) {
	e.mu.Lock()
	f := *hook
	e.mu.Unlock()
	if f != nil {
		f()
	}
}

// take is the moment after the end of the message and before the reply.
func (e *embedded) take(body []byte) {
	header, _, _ := bytes.Cut(body, []byte("\r\n\r\n"))
	id := ""
	for _, line := range strings.Split(string(header), "\r\n") {
		if v, ok := strings.CutPrefix(line, "Message-ID: <"); ok {
			id, _, _ = strings.Cut(v, "@")
		}
	}
	e.mu.Lock()
	e.delivered[id]++
	e.mu.Unlock()
	e.call(&e.onData)
}

func (e *embedded) hooks(onRcpt, onData func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.onRcpt, e.onData = onRcpt, onData
}

func (e *embedded) deliveries(id string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.delivered[id]
}
