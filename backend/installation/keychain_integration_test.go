//go:build integration && linux

package installation_test

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// TestIntegrationKeychain asks a real Secret Service, gnome-keyring, on a D-Bus session of its own. It comes before the tests that put
// go-keyring's own keychain in its place.
func TestIntegrationKeychain(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", home)
	t.Setenv("XDG_RUNTIME_DIR", home)
	bus := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address")
	out, err := bus.StdoutPipe()
	must(t, err)
	must(t, bus.Start())
	t.Cleanup(func() { bus.Process.Kill(); bus.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	c, err := dbus.Connect(strings.TrimSpace(address))
	must(t, err)
	t.Cleanup(func() { c.Close() })
	must(t, c.AddMatchSignal(dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, "org.freedesktop.secrets")))
	there := make(chan *dbus.Signal, 1)
	c.Signal(there)
	ring := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	ring.Stdin = strings.NewReader("of the tests")
	must(t, ring.Start())
	t.Cleanup(func() { ring.Process.Kill(); ring.Wait() })
	select {
	case <-there:
	case <-time.After(time.Minute):
		t.Fatal("gnome-keyring-daemon offers no secrets")
	}
	inKeychain(t)
}
