//go:build linux

package app_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestOpenedWithoutTheSecret: command lines can be read by every user of the machine; the one that opens the browser holds no secret,
// and the file that it names is gone when the program ends.
func TestOpenedWithoutTheSecret(t *testing.T) {
	bin := t.TempDir()
	said := filepath.Join(bin, "said")
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte("#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$0.part\" && mv \"$0.part\" '"+said+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	cmd := command(t, context.Background(), "demo", "--data", data, "--listen", "127.0.0.1:0", "--people", "120")
	cmd.Env = append(cmd.Env, "DISPLAY=:0", "PATH="+bin+":"+os.Getenv("PATH"))
	p := launch(t, cmd)
	base, secret, _ := strings.Cut(p.url, "/?link=")
	var given []byte
	for begin := time.Now(); given == nil && time.Since(begin) < time.Minute; time.Sleep(20 * time.Millisecond) {
		given, _ = os.ReadFile(said)
	}
	path, ok := strings.CutPrefix(strings.TrimSuffix(string(given), "\n"), "file://")
	if !ok || filepath.Dir(path) != data || secret == "" || strings.Contains(string(given), secret) {
		t.Fatalf("the browser was given %q", given)
	}
	page, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(page), base+"/?link="+secret) {
		t.Errorf("%s: %v", page, err)
	}
	if res, err := http.Get(base + "/"); err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("%v %v", res, err)
	} else {
		res.Body.Close()
	}
	p.stop()
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is still there after the program's end")
	}
}
