//go:build linux

package app

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// environment is a getenv of what is given.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// TestCheckDisplay: without a display GTK would end the program, so somebody must be listening.
func TestCheckDisplay(t *testing.T) {
	number := 20_000 + os.Getpid()%10_000 // no display has such a number
	x, err := net.Listen("unix", fmt.Sprintf("@/tmp/.X11-unix/X%d", number))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	run, err := os.MkdirTemp("", "run") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(run)
	wayland, err := net.Listen("unix", filepath.Join(run, "wayland-0"))
	if err != nil {
		t.Fatal(err)
	}
	defer wayland.Close()

	for name, c := range map[string]struct {
		env []string
		ok  bool
	}{
		"X":                            {[]string{"DISPLAY", fmt.Sprintf(":%d", number)}, true},
		"X with a screen":              {[]string{"DISPLAY", fmt.Sprintf("unix:%d.0", number)}, true},
		"X that is not there":          {[]string{"DISPLAY", fmt.Sprintf(":%d", number+1)}, false},
		"X over TCP, nobody there":     {[]string{"DISPLAY", "127.0.0.1:59000"}, false},
		"no display's name":            {[]string{"DISPLAY", "screen"}, false},
		"no number":                    {[]string{"DISPLAY", ":../../x"}, false},
		"Wayland":                      {[]string{"WAYLAND_DISPLAY", "wayland-0", "XDG_RUNTIME_DIR", run}, true},
		"Wayland by its path":          {[]string{"WAYLAND_DISPLAY", filepath.Join(run, "wayland-0")}, true},
		"Wayland that is not there":    {[]string{"WAYLAND_DISPLAY", "wayland-1", "XDG_RUNTIME_DIR", run}, false},
		"X in place of a lost Wayland": {[]string{"WAYLAND_DISPLAY", "wayland-1", "DISPLAY", fmt.Sprintf(":%d", number)}, true},
	} {
		err := checkDisplay(environment(c.env...))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (errors.Is(err, errNoDisplay) || !strings.Contains(err.Error(), "caveat serve")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := checkDisplay(environment()); !errors.Is(err, errNoDisplay) {
		t.Errorf("nothing set: %v", err)
	}
}

func TestHasSessionBus(t *testing.T) {
	run, err := os.MkdirTemp("", "run")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(run)
	if hasSessionBus(environment()) || hasSessionBus(environment("XDG_RUNTIME_DIR", run)) {
		t.Error("a bus where there is none")
	}
	bus, err := net.Listen("unix", filepath.Join(run, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	if !hasSessionBus(environment("XDG_RUNTIME_DIR", run)) || !hasSessionBus(environment("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x")) {
		t.Error("no bus where there is one")
	}
}
