package demo_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/demo"
	"caveat/backend/installation"
)

// rawChat is a session at GBR's chat server that says what the test writes.
type rawChat struct {
	t    *testing.T
	conn net.Conn
	got  string
}

func dialChat(t *testing.T, f *demo.Federation, dir string) *rawChat {
	t.Helper()
	return dialChatAs(t, dir, f.ChatServer(), demo.UserJID())
}

// dialChatAs logs somebody in with PLAIN whose data directory is named.
func dialChatAs(t *testing.T, dir, address, jid string) *rawChat {
	t.Helper()
	password, err := installation.NewAgeFile(dir).Secret("chat-" + demo.Account)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(dir, "demo", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	user, domain, _ := strings.Cut(jid, "@")
	header := `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0" to="` + domain + `">`
	c := &rawChat{t: t, conn: conn}
	c.say(header, "</stream:features>")
	c.say(`<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>`, "<proceed")
	c.conn = tls.Client(conn, &tls.Config{RootCAs: pool, ServerName: domain, MinVersion: tls.VersionTLS12})
	c.say(header, "</stream:features>")
	c.say(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">`+base64.StdEncoding.EncodeToString([]byte("\x00"+user+"\x00"+password))+`</auth>`, "success")
	c.say(header, "</stream:features>")
	c.say(`<iq type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>raw</resource></bind></iq>`, "</iq>")
	return c
}

// say writes octets and waits until what came holds all of the texts; it gives that.
func (c *rawChat) say(octets string, wants ...string) string {
	c.t.Helper()
	if err := c.conn.SetDeadline(time.Now().Add(chatPatience)); err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.conn.Write([]byte(octets)); err != nil {
		c.t.Fatal(err)
	}
	c.got = ""
	buffer := make([]byte, 64<<10)
	for {
		all := true
		for _, w := range wants {
			all = all && strings.Contains(c.got, w)
		}
		if all {
			return c.got
		}
		n, err := c.conn.Read(buffer)
		c.got += string(buffer[:n])
		if err != nil {
			c.t.Fatalf("%q does not come after %s: %v; %s", wants, octets, err, c.got)
		}
	}
}

// TestChatPassesLabelsThrough: a label comes back octet for octet, in an answer and from a room; what may not go comes back as an error.
func TestChatPassesLabelsThrough(t *testing.T) {
	dir := t.TempDir()
	f := startDemo(t, demo.Config{Dir: dir, People: few})
	c := dialChat(t, f, dir)
	in, err := installation.Load(f.InstallationPath())
	if err != nil {
		t.Fatal(err)
	}
	labelled := func(class string) string {
		return `<securitylabel xmlns="urn:xmpp:sec-label:0" ><displaymarking fgcolor='white'>A &gt; B</displaymarking><label>` + chatLabel(t, in, class) + `</label></securitylabel>`
	}
	message := func(id, to, kind, inner string) string {
		return fmt.Sprintf(`<message type="%s" to="%s" id="%s"><body>Fuel &amp; water?</body>%s</message>`, kind, to, id, inner)
	}
	secret := labelled("SECRET")
	c.say(message("m1", "olena.kovalchuk@chat.ukr.example", "chat", secret), "Understood: “Fuel &amp; water?”", secret, "from=\"olena.kovalchuk@chat.ukr.example/desk\"")
	c.say(message("m2", "olena.kovalchuk@chat.ukr.example", "chat", ""), `type="error"`, `id="m2"`, "<forbidden", "no label")
	c.say(message("m3", "juergen.krueger@chat.deu.example", "chat", secret), `id="m3"`, "<forbidden", "GBR-DEU")
	c.say(message("m4", "nobody@chat.ukr.example", "chat", secret), `id="m4"`, "<item-not-found")
	c.say(message("m5", "x@elsewhere.example", "chat", secret), `id="m5"`, "<remote-server-not-found")
	room := demo.RoomJID("UKR", demo.RoomOperations)
	c.say(message("m6", room, "groupchat", secret), `id="m6"`, "<not-acceptable")
	c.say(`<presence to="`+room+`/raw"><x xmlns="http://jabber.org/protocol/muc"/></presence>`, `code="110"`, "olena.kovalchuk@chat.ukr.example", "<subject>")
	c.say(message("m7", room, "groupchat", secret), `id="m7"`, secret, `from="`+room+`/raw"`)
	c.say(message("m8", room, "groupchat", labelled("TOP SECRET")), `id="m8"`, "<forbidden")
	c.say(message("m9", room+"/olena.kovalchuk", "chat", secret), `id="m9"`, "<service-unavailable")
	other := dialChat(t, f, dir)
	other.say(`<presence to="`+room+`/raw"><x xmlns="http://jabber.org/protocol/muc"/></presence>`, "<conflict")
	other.say(`<presence to="`+room+`/raw2"><x xmlns="http://jabber.org/protocol/muc"/></presence>`, `code="110"`, "<delay", secret)
	c.say(`<presence type="unavailable" to="`+room+`/raw"/>`, `type="unavailable"`, `code="110"`)
	other.say(`<presence type="unavailable" to="`+room+`/raw2"/>`, `type="unavailable"`, room+"/raw\"", `code="110"`)
}
