//go:build desktoptest && linux

package app_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What is typed in the moment before the window ends.
const (
	beginDraft = `
		await click("link", "New draft");
		await one("textbox", "Text");`
	lastWords = "Grid 30U 123 456: light vehicles only. Міст цілий."
)

// TestDesktopLosesNothingWhenClosed: the page saves what is typed some 300 ms later. Whatever ends the window in between, every
// character is there when the program is started again.
func TestDesktopLosesNothingWhenClosed(t *testing.T) {
	closeWindow := buildHelper(t, "closewindow.c", "x11")
	button := func(w *windowed) { // as a window manager does when its close button is pressed
		cmd := exec.Command(closeWindow, strings.Fields(w.screen.xdo("search", "--onlyvisible", "--name", "^Caveat$"))...)
		cmd.Env = w.screen.env
		if out, err := cmd.CombinedOutput(); err != nil {
			w.fatalf("%v: %s", err, out)
		}
	}
	fill := func(text string) string { return `await fill("textbox", "Text", ` + quoted(text) + `);` }
	const quit = `window.WailsInvoke("Q")` // what the close button does
	const keys = "Hold at the bridge."
	byKeys := func(w *windowed) {
		w.run(`(await one("textbox", "Text")).focus()`)
		w.types(keys)
		w.run(`await until("the letters are there", async () => (await one("textbox", "Text")).value === ` + quoted(keys) + `)`)
	}
	long := strings.Repeat("All units hold. ", 3000)   // what a browser still lets a page save while it ends
	longer := strings.Repeat("All units hold. ", 6000) // what it does not
	for name, x := range map[string]struct {
		typed string
		end   func(*windowed)
	}{
		"filled":                              {lastWords, func(w *windowed) { w.begin(fill(lastWords) + quit) }},
		"filled, saved, filled again":         {lastWords, func(w *windowed) { w.begin(fill("Draft.") + `await sleep(1500);` + fill(lastWords) + quit) }},
		"filled while a save is under way":    {lastWords, func(w *windowed) { w.begin(fill("Draft.") + `await sleep(301);` + fill(lastWords) + quit) }},
		"filled, closed twice":                {lastWords, func(w *windowed) { w.begin(fill(lastWords) + quit + ";" + quit) }},
		"a long text":                         {long, func(w *windowed) { w.begin(fill(long) + quit) }},
		"a longer text":                       {longer, func(w *windowed) { w.begin(fill(longer) + quit) }},
		"real keys, then the close button":    {keys, func(w *windowed) { byKeys(w); button(w) }},
		"real keys, then SIGTERM":             {keys, func(w *windowed) { byKeys(w); w.cmd.Process.Signal(syscall.SIGTERM) }},
		"filled, then SIGTERM":                {lastWords, func(w *windowed) { w.run(fill(lastWords)); w.cmd.Process.Signal(syscall.SIGTERM) }},
		"filled, the button, and SIGTERM too": {lastWords, func(w *windowed) { w.run(fill(lastWords)); button(w); w.cmd.Process.Signal(syscall.SIGTERM) }},
	} {
		t.Run(name, func(t *testing.T) {
			w := openDemo(t)
			var path string
			w.run(beginDraft+`return location.pathname`).decode(t, &path)
			begin := time.Now()
			x.end(w)
			w.await("the program ends", atMost, w.hasEnded)
			t.Logf("it ended after %s", time.Since(begin))
			if err := w.cmd.Wait(); err != nil {
				t.Errorf("%v: %s", err, w.log)
			}
			w.leavesNothing()
			if got := storedText(t, w.data, path); got != x.typed {
				t.Errorf("stored: %.80q (%d bytes), typed %d", got, len(got), len(x.typed))
			}
		})
	}
}

// TestDesktopEndsUnderAHungPage: a page that does not answer is not waited for longer than for one that does.
func TestDesktopEndsUnderAHungPage(t *testing.T) {
	w := openDemo(t)
	w.begin(`for (;;) {}`)
	time.Sleep(500 * time.Millisecond) // until it hangs: it cannot say
	w.cmd.Process.Signal(syscall.SIGTERM)
	w.await("the program ends", atMost, w.hasEnded)
	if err := w.cmd.Wait(); err != nil { // until WebKit gives its hung process up: that has our standard error
		t.Errorf("%v: %s", err, w.log)
	}
	w.leavesNothing()
}

func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}

// storedText starts the program anew, without a window, and asks for the text of the draft at an address of the page.
func storedText(t *testing.T, data, path string) string {
	t.Helper()
	p := startDemo(t, data)
	defer p.stop()
	token, err := os.ReadFile(filepath.Join(data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(p.url, "/?")
	c := &client{t: t, base: base, token: strings.TrimSpace(string(token)), http: &http.Client{Timeout: time.Minute}}
	status, body, _ := c.do("GET", "/api/drafts/"+strings.TrimPrefix(path, "/draft/"), "", nil)
	var draft struct{ Content struct{ Body string } }
	if err := json.Unmarshal([]byte(body), &draft); err != nil || status != http.StatusOK {
		t.Errorf("%s: %d %v %s", path, status, err, body)
	}
	return draft.Content.Body
}
