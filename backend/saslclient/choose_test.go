package saslclient_test

import (
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/xdg-go/scram"

	"caveat/backend/mailtest"
	"caveat/backend/saslclient"
	"caveat/ldapbook/ldaptest"
)

// connect makes a TLS connection of a version, and gives the state of both ends.
func connect(t *testing.T, version uint16) (client, server tls.ConnectionState) {
	t.Helper()
	ca := ldaptest.NewCA("test")
	near, far := net.Pipe()
	t.Cleanup(func() { near.Close(); far.Close() })
	s := tls.Server(far, ca.ServerTLS())
	shaken := make(chan error, 1)
	go func() { shaken <- s.Handshake() }()
	c := tls.Client(near, &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost", MinVersion: version, MaxVersion: version})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-shaken; err != nil {
		t.Fatal(err)
	}
	return c.ConnectionState(), s.ConnectionState()
}

func TestChoose(t *testing.T) {
	state, _ := connect(t, tls.VersionTLS13)
	const all = "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512 SCRAM-SHA-256-PLUS SCRAM-SHA-512-PLUS EXTERNAL OAUTHBEARER"
	password := saslclient.Credentials{User: "duty", Password: "secret"}
	with := func(m saslclient.Method) saslclient.Credentials {
		c := password
		c.Method = m
		return c
	}
	for name, test := range map[string]struct {
		c       saslclient.Credentials
		offered string
		noTLS   bool
		want    string
		err     error
	}{
		"the strongest":                            {password, all, false, "SCRAM-SHA-512-PLUS", nil},
		"what binds before what hashes more":       {password, "SCRAM-SHA-512 SCRAM-SHA-256-PLUS", false, "SCRAM-SHA-256-PLUS", nil},
		"without binding":                          {password, "PLAIN SCRAM-SHA-256", false, "SCRAM-SHA-256", nil},
		"any case":                                 {password, "plain scram-sha-256", false, "SCRAM-SHA-256", nil},
		"PLAIN inside TLS":                         {password, "PLAIN LOGIN", false, "PLAIN", nil},
		"SHA-1, CRAM-MD5 and LOGIN are not spoken": {password, "SCRAM-SHA-1 CRAM-MD5 LOGIN", false, "", saslclient.ErrNotOffered},
		"nothing is offered":                       {password, "", false, "", saslclient.ErrNotOffered},
		"no TLS":                                   {password, all, true, "", saslclient.ErrCredentials},
		"no TLS, scram":                            {with(saslclient.ScramMethod), all, true, "", saslclient.ErrCredentials},
		"no TLS, external":                         {saslclient.Credentials{Method: saslclient.External, HasCertificate: true}, all, true, "", saslclient.ErrCredentials},
		"scram never becomes PLAIN":                {with(saslclient.ScramMethod), "PLAIN", false, "", saslclient.ErrNotOffered},
		"plain is what was asked for":              {with(saslclient.Plain), all, false, "PLAIN", nil},
		"external":                                 {saslclient.Credentials{Method: saslclient.External, HasCertificate: true}, all, false, "EXTERNAL", nil},
		"external needs a certificate":             {saslclient.Credentials{Method: saslclient.External}, all, false, "", saslclient.ErrCredentials},
		"external never becomes PLAIN":             {saslclient.Credentials{Method: saslclient.External, HasCertificate: true, User: "duty", Password: "secret"}, "PLAIN", false, "", saslclient.ErrNotOffered},
		"auto with nothing but a certificate":      {saslclient.Credentials{HasCertificate: true}, all, false, "EXTERNAL", nil},
		"a password goes before a certificate":     {saslclient.Credentials{HasCertificate: true, User: "duty", Password: "secret"}, "EXTERNAL PLAIN", false, "PLAIN", nil},
		"a token":                                  {with(saslclient.OAuthBearer), all, false, "OAUTHBEARER", nil},
		"a token with a separator in it":           {saslclient.Credentials{Method: saslclient.OAuthBearer, User: "duty", Password: "a\x01auth=b"}, all, false, "", saslclient.ErrCredentials},
		"NUL would end the user's name":            {saslclient.Credentials{User: "duty\x00", Password: "secret"}, all, false, "", saslclient.ErrCredentials},
		"no password":                              {saslclient.Credentials{User: "duty"}, all, false, "", saslclient.ErrCredentials},
		"unknown method":                           {saslclient.Credentials{Method: "ntlm"}, all, false, "", saslclient.ErrCredentials},
		"no login":                                 {saslclient.Credentials{}, all, true, "", nil},
		"none":                                     {with(saslclient.None), all, false, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := &state
			if test.noTLS {
				s = nil
			}
			m, err := saslclient.Choose(test.c, strings.Fields(test.offered), s)
			got := ""
			if m != nil {
				if got, _, err = m.Start(); err != nil {
					t.Fatal(err)
				}
			}
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("%q, %v; want %q, %v", got, err, test.want, test.err)
			}
		})
	}
}

// TestScram holds the exchange against a server of the library's other half, with and without binding.
func TestScram(t *testing.T) {
	type world struct {
		version uint16
		offered string
		name    string
		hash    scram.HashGeneratorFcn
		bind    func(*tls.ConnectionState) (scram.ChannelBinding, error)
	}
	for name, w := range map[string]world{
		"SHA-256":                   {tls.VersionTLS13, "SCRAM-SHA-256", "SCRAM-SHA-256", scram.SHA256, nil},
		"SHA-512":                   {tls.VersionTLS13, "SCRAM-SHA-512", "SCRAM-SHA-512", scram.SHA512, nil},
		"bound to TLS 1.3":          {tls.VersionTLS13, "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256-PLUS", scram.SHA256, scram.NewTLSExporterBinding},
		"bound to the certificate":  {tls.VersionTLS12, "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256-PLUS", scram.SHA256, nil},
		"SHA-512, bound to TLS 1.3": {tls.VersionTLS13, "SCRAM-SHA-512-PLUS PLAIN", "SCRAM-SHA-512-PLUS", scram.SHA512, scram.NewTLSExporterBinding},
		"TLS 1.2 without -PLUS":     {tls.VersionTLS12, "SCRAM-SHA-256", "SCRAM-SHA-256", scram.SHA256, nil},
	} {
		t.Run(name, func(t *testing.T) {
			near, far := connect(t, w.version)
			password := mailtest.Secret()
			bound := strings.HasSuffix(w.name, "-PLUS")
			talk := scramServer(t, w.hash, password)
			server := func() *scram.ServerConversation {
				if !bound {
					return talk.NewConversation()
				}
				b, err := scram.NewTLSServerEndpointBinding(&near) // the server's own certificate, which its own state does not hold
				if w.bind != nil {
					b, err = w.bind(&far)
				}
				if err != nil {
					t.Fatal(err)
				}
				return talk.NewConversationWithChannelBindingRequired(b)
			}
			for given, ok := range map[string]bool{password: true, mailtest.Secret(): false} {
				m, err := saslclient.Choose(saslclient.Credentials{User: "duty", Password: given}, strings.Fields(w.offered), &near)
				if err != nil {
					t.Fatal(err)
				}
				mechanism, response, err := m.Start()
				if err != nil || mechanism != w.name {
					t.Fatal(mechanism, err)
				}
				if m.Verify() == nil {
					t.Error("believed before the exchange")
				}
				if err := run(m, server(), response); (err == nil) != ok {
					t.Errorf("right password %v: %v", ok, err)
				}
				if err := m.Verify(); (err == nil) != ok || !ok && !errors.Is(err, saslclient.ErrServer) {
					t.Errorf("right password %v: verified: %v", ok, err)
				}
			}
		})
	}
}

func scramServer(t *testing.T, hash scram.HashGeneratorFcn, password string) *scram.Server {
	t.Helper()
	c, err := hash.NewClient("duty", password, "")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := c.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "salt of the test", Iters: 4096})
	if err != nil {
		t.Fatal(err)
	}
	s, err := hash.NewServer(func(string) (scram.StoredCredentials, error) { return kept, nil })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(m saslclient.Mechanism, s *scram.ServerConversation, response []byte) error {
	for range 2 {
		challenge, err := s.Step(string(response))
		if err != nil {
			return err
		}
		if response, err = m.Next([]byte(challenge)); err != nil {
			return err
		}
	}
	return nil
}

// TestScramDistrusts servers that do not follow the rules.
func TestScramDistrusts(t *testing.T) {
	start := func(t *testing.T) (saslclient.Mechanism, string) {
		m, err := saslclient.Scram("duty", "secret", saslclient.SHA256, saslclient.Binding{})
		if err != nil {
			t.Fatal(err)
		}
		_, first, err := m.Start()
		if err != nil {
			t.Fatal(err)
		}
		_, nonce, _ := strings.Cut(string(first), ",r=")
		return m, nonce
	}
	for name, challenge := range map[string]func(nonce string) string{
		"another nonce":        func(string) string { return "r=other,s=c2FsdA==,i=4096" },
		"few iterations":       func(n string) string { return "r=" + n + "x,s=c2FsdA==,i=1" },
		"work for hours":       func(n string) string { return "r=" + n + "x,s=c2FsdA==,i=2000000000" },
		"work beyond numbers":  func(n string) string { return "r=" + n + "x,s=c2FsdA==,i=99999999999999999999" },
		"the work said twice":  func(n string) string { return "r=" + n + "x,s=c2FsdA==,i=4096,i=2000000000" },
		"too long":             func(n string) string { return "r=" + n + strings.Repeat("x", 9000) + ",s=c2FsdA==,i=4096" },
		"an unknown extension": func(n string) string { return "m=must,r=" + n + "x,s=c2FsdA==,i=4096" },
		"nothing":              func(string) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			m, nonce := start(t)
			if _, err := m.Next([]byte(challenge(nonce))); !errors.Is(err, saslclient.ErrServer) {
				t.Errorf("%v", err)
			}
			if err := m.Verify(); !errors.Is(err, saslclient.ErrServer) {
				t.Errorf("verified: %v", err)
			}
		})
	}
	t.Run("a proof that is none", func(t *testing.T) {
		m, nonce := start(t)
		if _, err := m.Next([]byte("r=" + nonce + "x,s=c2FsdA==,i=4096")); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Next([]byte("v=AAAA")); !errors.Is(err, saslclient.ErrServer) || m.Verify() == nil {
			t.Errorf("%v", err)
		}
	})
}

// TestBearerRefused gives the reason.
func TestBearerRefused(t *testing.T) {
	state, _ := connect(t, tls.VersionTLS13)
	m, err := saslclient.Choose(saslclient.Credentials{Method: saslclient.OAuthBearer, User: "duty", Password: "token", Host: "imap.gbr.example", Port: 993}, []string{"OAUTHBEARER"}, &state)
	if err != nil {
		t.Fatal(err)
	}
	if _, first, err := m.Start(); err != nil || string(first) != "n,a=duty,\x01host=imap.gbr.example\x01port=993\x01auth=Bearer token\x01\x01" {
		t.Errorf("%q, %v", first, err)
	}
	if _, err := m.Next([]byte(`{"status":"invalid_token"}`)); !errors.Is(err, saslclient.ErrRefused) {
		t.Error(err)
	}
}
