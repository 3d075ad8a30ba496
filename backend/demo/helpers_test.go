package demo_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/spif"
)

const few = 300 // entries a nation

func startDemo(t *testing.T, c demo.Config) *demo.Federation {
	t.Helper()
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	f, err := demo.Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func nationAt(t *testing.T, f *demo.Federation, code string) demo.Nation {
	t.Helper()
	for _, n := range f.Nations() {
		if n.Code == code {
			return n
		}
	}
	t.Fatalf("no nation %s", code)
	return demo.Nation{}
}

var composed atomic.Int64

// text composes a message, each with a Message-ID of its own; the label is classification, then "TAG SET=VALUE,VALUE" each.
func text(t *testing.T, to []string, classification string, tags ...string) []byte {
	t.Helper()
	p, err := demo.Policy()
	if err != nil {
		t.Fatal(err)
	}
	site, err := spif.NewSite(p)
	if err != nil {
		t.Fatal(err)
	}
	sel := selection(classification, tags...)
	info, err := site.Build(sel)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	l := label.Label{Information: info, Kind: label.Originator, OriginatorID: demo.UserAddress, OriginatorIDType: "rfc822Name", Created: now, Review: now.AddDate(10, 0, 0)}
	d := draft.Draft{
		Channel: draft.Mail, From: demo.UserAddress, Action: to, Subject: "Fuel state", Body: "All is well.\n.\nEnd.\n",
		Label: draft.Label{Selection: &sel},
	}
	out, err := message.Compose(d, message.Seal{ID: fmt.Sprintf("TEST%d", composed.Add(1)), Date: now, From: message.Address{Address: demo.UserAddress}, Label: l})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// client speaks SMTP as bytes: which replies come is what these tests are about.
type client struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func dial(t *testing.T, f *demo.Federation, dir, nation string) *client {
	t.Helper()
	ca, err := os.ReadFile(filepath.Join(dir, "demo", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	conn, err := net.Dial("tcp", nationAt(t, f, nation).SMTP)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, conn: conn, in: bufio.NewReader(conn)}
	t.Cleanup(func() { c.conn.Close() })
	c.reply()
	c.say("EHLO test")
	if code, line := c.say("STARTTLS"); code != 220 {
		t.Fatal(line)
	}
	c.conn = tls.Client(conn, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
	c.in = bufio.NewReader(c.conn)
	c.say("EHLO test")
	return c
}

func (c *client) reply() (int, string) {
	c.t.Helper()
	all := ""
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			c.t.Fatal(err)
		}
		all += line
		if len(line) < 4 || line[3] != '-' {
			code, err := strconv.Atoi(line[:3])
			if err != nil {
				c.t.Fatal(err)
			}
			return code, all
		}
	}
}

func (c *client) say(line string) (int, string) {
	c.t.Helper()
	if _, err := fmt.Fprintf(c.conn, "%s\r\n", line); err != nil {
		c.t.Fatal(err)
	}
	return c.reply()
}

func (c *client) login(dir string) (int, string) {
	c.t.Helper()
	password, err := installation.NewAgeFile(dir).Secret("account-gbr")
	if err != nil {
		c.t.Fatal(err)
	}
	return c.auth(demo.UserAddress, password)
}

func (c *client) auth(user, password string) (int, string) {
	c.t.Helper()
	return c.say("AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00"+user+"\x00"+password)))
}

// asPeer connects to a nation's server as the server of another.
func asPeer(t *testing.T, f *demo.Federation, dir, from, to string) *client {
	t.Helper()
	c := dial(t, f, dir, to)
	if code, line := c.auth(from, f.PeerSecret(from, to)); code != 235 {
		t.Fatal(line)
	}
	return c
}

// send hands a message in and gives the reply that ended it: to RCPT, or to the message.
func (c *client) send(body []byte, to ...string) (int, string) {
	c.t.Helper()
	if code, line := c.say("MAIL FROM:<" + demo.UserAddress + ">"); code != 250 {
		return code, line
	}
	for _, a := range to {
		if code, line := c.say("RCPT TO:<" + a + ">"); code != 250 {
			c.say("RSET")
			return code, line
		}
	}
	if code, line := c.say("DATA"); code != 354 {
		return code, line
	}
	stuffed := strings.ReplaceAll("\r\n"+string(body), "\r\n.", "\r\n..")[2:]
	return c.say(stuffed + ".")
}

// deliveries are the files of a nation's final deliveries.
func deliveries(t *testing.T, f *demo.Federation, nation string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(f.MailDir(nation))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range files {
		data, err := os.ReadFile(filepath.Join(f.MailDir(nation), e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(data)
	}
	return out
}

func selection(classification string, tags ...string) label.Selection {
	sel := label.Selection{Policy: "NATO", Classification: classification}
	for _, tag := range tags {
		set, values, _ := strings.Cut(tag, "=")
		s := label.SelectedTag{TagSet: set}
		for v := range strings.SplitSeq(values, ",") {
			s.Values = append(s.Values, label.SelectedValue{Name: v})
		}
		sel.Categories = append(sel.Categories, s)
	}
	return sel
}
