package api_test

import (
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"caveat/backend/api"
	"caveat/ldapbook/ldaptest"
)

// lastOf is the last step of a look at a server.
func lastOf(checks []api.CheckOutput) api.CheckOutput { return checks[len(checks)-1] }

// From an address alone: the server's certificates are shown and nothing is told it, neither name nor password. Whoever trusts the CA
// that it showed, or pins its key, gets every step answered; a pin of another key is refused, and what was shown instead is told.
func TestAssistantFromAnAddressAlone(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	before := w.file()
	root := ldaptest.NewCA("Root of AUS")
	issuing, err := root.Intermediate("Issuing CA of AUS")
	must(t, err)
	config := issuing.ServerTLS()
	config.Certificates[0].Certificate = append(config.Certificates[0].Certificate[:1], issuing.Certificate509().Raw, root.Certificate509().Raw)
	s := ldaptest.New(ldaptest.Config{Suffix: "o=aus", TLS: config, BindDN: "cn=reader,o=aus", Password: "secret", RequireBind: true, RequireTLS: true})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	heard := &listening{Listener: ln}
	go s.Serve(heard)
	t.Cleanup(s.Close)
	must(t, s.Add(person("uid=sue,o=aus", "Sue", "sue@aus.example", "SECRET")))
	in := api.DirectoryInput{Name: "AUS", Nation: "AUS", URLs: []string{"ldap://" + ln.Addr().String()}, Security: "starttls", BindDN: "cn=reader,o=aus", Password: "secret"}
	propose := func() api.ProposalDocument {
		return answered[api.ProposalDocument](w.world, http.StatusOK, "POST", "/api/directories/propose", in)
	}
	p := propose()
	if p.OK || !p.Untrusted || p.Step != "certificate" || len(p.Chain) != 3 || len(p.Checks) != 3 || lastOf(p.Checks).OK || !p.Checks[1].OK {
		t.Fatalf("%+v", p)
	}
	if p.Chain[0].CA || !p.Chain[1].CA || p.Chain[1].Root || !p.Chain[2].Root || p.Chain[2].Subject != "CN=Root of AUS" || len(p.Chain[2].SHA256) != 64 {
		t.Errorf("%+v", p.Chain)
	}
	if strings.Contains(heard.text(), "cn=reader") {
		t.Error("a server that nobody trusts was told our name")
	}
	in.CAPEM = p.Chain[2].PEM
	if p = propose(); !p.OK || p.Untrusted || p.BaseDN != "o=aus" || p.Entries != 1 || p.WithClearance != 1 || !slices.Contains(p.Strategies, p.Strategy) {
		t.Fatalf("%+v", p)
	}
	var done []string
	for _, c := range p.Checks {
		if !c.OK {
			t.Errorf("%+v", c)
		}
		done = append(done, c.Step)
	}
	if want := "setup connection certificate bind base entries clearance paging strategy"; strings.Join(done, " ") != want {
		t.Errorf("steps %v", done)
	}
	in.Pins = []string{p.Chain[0].Pin}
	if p = propose(); !p.OK {
		t.Errorf("pinned: %+v", p)
	}
	in.Pins = []string{"sha256:" + strings.Repeat("00", 32)}
	if p = propose(); p.OK || p.Step != "certificate" || len(p.Chain) != 3 || p.Untrusted {
		t.Errorf("pinned to another: %+v", p)
	}
	// The server's own certificate alone, where the CA's is not shown and cannot be had.
	block, _ := pem.Decode([]byte(p.Chain[0].PEM))
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		t.Fatal(err)
	}
	in.CAPEM, in.Pins = p.Chain[0].PEM, nil
	if p = propose(); !p.OK {
		t.Errorf("by its own certificate: %+v", p)
	}
	if w.file() != before {
		t.Error("the file was changed")
	}
	in.CAPEM, in.URLs = "", []string{"ldap://127.0.0.1:1"}
	if p = propose(); p.OK || p.Untrusted || p.Step != "connection" || len(p.Chain) != 0 {
		t.Errorf("nobody there: %+v", p)
	}
}

// listening keeps what clients say, as far as it is not encrypted.
type listening struct {
	net.Listener
	heard atomic.Pointer[string]
}

func (l *listening) text() string {
	if p := l.heard.Load(); p != nil {
		return *p
	}
	return ""
}

func (l *listening) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &overheard{c, l}, err
}

type overheard struct {
	net.Conn
	of *listening
}

func (c *overheard) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	more := c.of.text() + string(b[:n])
	c.of.heard.Store(&more)
	return n, err
}

// Of a directory whose entries have no clearance the last steps say so, before it is added.
func TestAssistantSaysThatThereAreNoClearances(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	s, address, password := w.directory("AUS")
	e := person("uid=sue,o=aus", "Sue", "sue@aus.example", "SECRET")
	e.Attrs = slices.DeleteFunc(e.Attrs, func(a ldaptest.Attr) bool { return strings.Contains(strings.ToLower(a.Name), "clearance") })
	must(t, s.Add(e))
	p := answered[api.ProposalDocument](w.world, http.StatusOK, "POST", "/api/directories/propose", api.DirectoryInput{
		Name: "AUS", Nation: "AUS", URLs: []string{"ldap://" + address}, Security: "starttls", CAPEM: string(w.cas["AUS"].PEM()), BindDN: "cn=reader,o=aus", Password: password,
	})
	i := slices.IndexFunc(p.Checks, func(c api.CheckOutput) bool { return c.Step == "clearance" })
	if !p.OK || p.Entries != 1 || p.WithClearance != 0 || i < 0 || p.Checks[i].OK || !strings.Contains(p.Checks[i].Text, "nothing could be sent") {
		t.Errorf("%+v", p)
	}
}
