//go:build linux

package app_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook/ldaptest"
)

// certificate writes one for names, and gives the flags that name it.
func certificate(t *testing.T, c tls.Certificate, err error) []string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := ldaptest.PEMPair(c)
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := errors.Join(err, os.WriteFile(certFile, cert, 0o600), os.WriteFile(keyFile, key, 0o600)); err != nil {
		t.Fatal(err)
	}
	return []string{"--tls-cert", certFile, "--tls-key", keyFile}
}

// TestBeyondLoopbackOnlyByTLS: the app listens to other machines by TLS alone, with a certificate that browsers will take.
func TestBeyondLoopbackOnlyByTLS(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	c, err := ca.Certificate("hq", "hq.example")
	good := certificate(t, c, err)
	old, err := ca.Special(ldaptest.Special{Names: []string{"hq.example"}, NotAfter: time.Now().Add(-time.Hour)})
	ended := certificate(t, old, err)
	open := certificate(t, c, nil)
	if err := os.Chmod(open[3], 0o644); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		status int
		says   string
		args   []string
	}{
		"no certificate":            {2, "--tls-cert", nil},
		"no name":                   {2, "belong together", good},
		"no key":                    {2, "belong together", append(good[:2:2], "--name", "hq.example")},
		"another name":              {1, "other.example", append(good, "--name", "hq.example,other.example")},
		"one that has ended":        {1, "is good from", append(ended, "--name", "hq.example")},
		"a key that others read":    {1, "chmod 600", append(open, "--name", "hq.example")},
		"another certificate's key": {1, "private key", append(good[:2:2], "--tls-key", ended[3], "--name", "hq.example")},
		"no file":                   {1, "no such file", []string{"--tls-cert", "x", "--tls-key", "y", "--name", "hq.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			status, out, said := ask(t, "", append([]string{"serve", "--data", t.TempDir(), "--listen", "0.0.0.0:0"}, x.args...)...)
			if status != x.status || !strings.Contains(said, x.says) || strings.Contains(out, "ready") {
				t.Errorf("%d %s%s", status, out, said)
			}
		})
	}
}

// TestServeByTLS: with a certificate the program serves by TLS alone; the session is in a cookie for TLS and this host alone, and browsers
// are told to come by TLS.
func TestServeByTLS(t *testing.T) {
	e := embeddedWorld(t)
	ca := ldaptest.NewCA("Test CA")
	c, err := ca.Certificate("hq", "hq.example")
	p := start(t, append([]string{"serve", "--data", e.data, "--listen", "0.0.0.0:0", "--name", "HQ.example"}, certificate(t, c, err)...)...)
	u, err := url.Parse(p.url)
	if err != nil || u.Scheme != "https" || u.Hostname() != "hq.example" {
		t.Fatalf("%s, %v", p.url, err)
	}
	there := net.JoinHostPort("127.0.0.1", u.Port())
	client := &http.Client{
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Dial:            func(string, string) (net.Conn, error) { return net.Dial("tcp", there) },
			TLSClientConfig: &tls.Config{RootCAs: ca.Pool()},
		},
	}
	get := func(address string, header ...string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		if host := r.Header.Get("Host"); host != "" {
			r.Host = host
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	origin := "https://" + u.Host
	res := get(p.url)
	cookies := res.Cookies()
	if res.StatusCode != http.StatusSeeOther || len(cookies) != 1 || !strings.HasPrefix(res.Header.Get("Strict-Transport-Security"), "max-age=") {
		t.Fatalf("the link: %d %v", res.StatusCode, res.Header)
	}
	if k := cookies[0]; !strings.HasPrefix(k.Name, "__Host-") || !k.Secure || !k.HttpOnly || k.SameSite != http.SameSiteStrictMode || k.Path != "/" || k.Domain != "" {
		t.Errorf("%+v", k)
	}
	session := cookies[0].Name + "=" + cookies[0].Value
	for name, x := range map[string]struct {
		header []string
		want   int
	}{
		"the session":                {nil, 200},
		"from the page":              {[]string{"Origin", origin}, 200},
		"from the same by no TLS":    {[]string{"Origin", "http://" + u.Host}, 403},
		"to a name of loopback":      {[]string{"Host", "localhost:" + u.Port()}, 421},
		"to the address":             {[]string{"Host", there}, 421},
		"to a name that was rebound": {[]string{"Host", "evil.example:" + u.Port()}, 421},
	} {
		if res := get(origin+"/api/installation", append([]string{"Cookie", session}, x.header...)...); res.StatusCode != x.want {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, x.want)
		}
	}
	// Without TLS, and with one that is out of date, nobody is answered.
	conn, err := net.Dial("tcp", there)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write([]byte("GET /api/openapi.json HTTP/1.1\r\nHost: " + u.Host + "\r\n\r\n"))
	var said bytes.Buffer
	said.ReadFrom(conn)
	if !strings.HasPrefix(said.String(), "HTTP/1.0 400") {
		t.Errorf("without TLS: %q", said.String())
	}
	if _, err := tls.Dial("tcp", there, &tls.Config{RootCAs: ca.Pool(), ServerName: "hq.example", MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}
