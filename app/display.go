package app

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// insteadOfWindow is what to do where no window can be opened.
const insteadOfWindow = "run `caveat serve` (your own settings) or `caveat demo` (the demo federation) and open the link in a browser"

// errNoDisplay: there is no screen here, as over SSH.
var errNoDisplay = errors.New("no window can be opened, because neither DISPLAY nor WAYLAND_DISPLAY is set: " + insteadOfWindow)

// checkDisplay says why no window can be opened with this environment: GTK itself would end the program. It asks whether
// somebody listens, no more.
func checkDisplay(getenv func(string) string) error {
	x, wayland := getenv("DISPLAY"), getenv("WAYLAND_DISPLAY")
	if x == "" && wayland == "" {
		return errNoDisplay
	}
	if wayland != "" {
		path := wayland
		if !filepath.IsAbs(path) {
			path = filepath.Join(getenv("XDG_RUNTIME_DIR"), path)
		}
		if listens("unix", path) {
			return nil
		}
	}
	if x != "" && xListens(x) {
		return nil
	}
	return fmt.Errorf("no window can be opened, because no display answers (DISPLAY=%q, WAYLAND_DISPLAY=%q): check these, or %s", x, wayland, insteadOfWindow)
}

// xListens understands [host]:display[.screen] (X(7), "Display names").
func xListens(display string) bool {
	i := strings.LastIndex(display, ":")
	if i < 0 {
		return false
	}
	host, number := display[:i], display[i+1:]
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.ParseUint(number, 10, 15)
	if err != nil {
		return false
	}
	if host != "" && host != "unix" {
		return listens("tcp", net.JoinHostPort(strings.Trim(host, "[]"), strconv.FormatUint(6000+n, 10)))
	}
	socket := "/tmp/.X11-unix/X" + number
	return listens("unix", "@"+socket) || listens("unix", socket)
}

func listens(network, address string) bool {
	c, err := net.DialTimeout(network, address, 2*time.Second)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// hasSessionBus reports whether the environment names a D-Bus session bus, or the user's own lies where systemd puts it.
func hasSessionBus(getenv func(string) string) bool {
	if getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	run := getenv("XDG_RUNTIME_DIR")
	return run != "" && listens("unix", filepath.Join(run, "bus"))
}
