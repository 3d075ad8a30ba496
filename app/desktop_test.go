//go:build desktoptest && linux

package app_test

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDesktopWithoutDisplay: GTK would end the program with a panic or worse; ours says in one line what to do.
func TestDesktopWithoutDisplay(t *testing.T) {
	s := newScreen(t)
	data := filepath.Join(t.TempDir(), "data")
	for name, x := range map[string]struct {
		display string
		args    []string
	}{
		"no display":                  {"", nil},
		"a display nobody serves":     {":4711", nil},
		"no display, demonstration":   {"", []string{"demo", "--window"}},
		"a bad one, demonstration":    {":4711", []string{"demo", "--window"}},
		"no display's name":           {"screen", nil},
		"a display that does not let": {s.display + "9", nil},
	} {
		r := s.call([]string{"DISPLAY=" + x.display}, append(x.args, "--data", data)...)
		if r.status != 1 || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "caveat serve") {
			t.Errorf("%s: status %d, %q, %q", name, r.status, r.stdout, r.stderr)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("something was begun all the same")
	}
}

// TestDesktopGTKCannotBegin: somebody listens at the display, and GTK cannot use it all the same.
func TestDesktopGTKCannotBegin(t *testing.T) {
	s := newScreen(t)
	number := strconv.Itoa(20_000 + os.Getpid()%10_000)
	deaf, err := net.Listen("unix", "@/tmp/.X11-unix/X"+number)
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	go func() {
		for c, err := deaf.Accept(); err == nil; c, err = deaf.Accept() {
			c.Close()
		}
	}()
	for name, env := range map[string]string{"another kind of display": "GDK_BACKEND=wayland", "a display that lets nobody in": "DISPLAY=:" + number} {
		r := s.call([]string{env}, "demo", "--window", "--people", "120", "--data", filepath.Join(t.TempDir(), "data"))
		if r.status != 1 || r.stdout != "" || !strings.HasSuffix(r.stderr, "in a browser\n") || strings.Count(r.stderr, "no window can be opened") != 1 || strings.Contains(r.stderr, "goroutine") {
			t.Errorf("%s: status %d, %q", name, r.status, r.stderr)
		}
	}
}

// TestDesktopDemoRefusesARealInstallation: not even the window's lock is written beside one.
func TestDesktopDemoRefusesARealInstallation(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "installation.toml"), []byte("format = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newScreen(t).call(nil, "demo", "--window", "--data", data)
	if left, err := os.ReadDir(data); r.status != 1 || strings.Count(r.stderr, "\n") != 1 || err != nil || len(left) != 1 {
		t.Errorf("status %d, %q, %v %v", r.status, r.stderr, left, err)
	}
}

// TestDesktopWindow opens the demonstration and looks at what the page finds around it.
func TestDesktopWindow(t *testing.T) {
	w := openDemo(t)
	if w.url != "wails://wails/" {
		t.Errorf("ready %s", w.url)
	}
	t.Run("the page asks the program", func(t *testing.T) { pageAsks(t, w) })
	t.Run("the page is drawn", func(t *testing.T) { pageDrawn(t, w) })
	t.Run("the policy holds", func(t *testing.T) { policyHolds(t, w) })
	t.Run("an address deep in the page is the page", func(t *testing.T) { deepAddress(t, w) })
	t.Run("a dropped file does nothing bad", func(t *testing.T) { droppedFile(t, w) })
	t.Run("a second start brings it forward", func(t *testing.T) { secondStart(t, w) })
	if _, err := os.Stat(filepath.Join(w.data, "api-token")); err == nil {
		t.Error("the window opened the door for the browser as well")
	}
	w.stop()
}

func pageAsks(t *testing.T, w *windowed) {
	var got struct {
		Title, Address string
		Installation   struct{ Status int }
		Shell          struct{ Body struct{ Window bool } }
		Nothing        struct{ Status int }
		Mark           struct {
			Status int
			Body   struct{ Code string }
		}
		Changes struct {
			Status int
			Body   struct{ Seq int }
		}
	}
	w.run(`
		const changes = await get("/api/changes?after=1000000&client=test");
		return {
			title: document.title, address: location.href, installation: await get("/api/installation"), shell: await get("/api/shell"),
			nothing: await get("/api/nothing"), mark: await post("/api/policy/mark", { label: "<x/>" }), changes,
		}`).decode(t, &got)
	if !strings.Contains(got.Title, "Caveat") || !strings.HasPrefix(got.Address, "wails://wails/") {
		t.Errorf("title %q at %q", got.Title, got.Address)
	}
	if got.Installation.Status != 200 || !got.Shell.Body.Window || got.Nothing.Status != 404 || got.Mark.Body.Code != "user-label-syntax" || got.Changes.Status != 200 {
		t.Errorf("%+v", got)
	}
}

// pageDrawn: WebKit may run a page and draw none of it.
func pageDrawn(t *testing.T, w *windowed) {
	w.run(`await until("the page shows something", () => document.querySelector("main, h1, [role=main]"))`)
	w.await("more than a few colours are on the screen", atMost, func() bool { return colours(w.picture()) > 50 })
}

// policyHolds: WebKit applies the policy to the window's scheme as Chromium does to the browser's.
func policyHolds(t *testing.T, w *windowed) {
	var got struct{ Script, Style, Attribute, Remote, Frame, Nonced bool }
	w.run(`
		const add = (name, set, to = document.head) => { const e = document.createElement(name); set(e); to.append(e); return e };
		add("script", (e) => { e.textContent = "window.inlineRan = true" });
		const probe = add("p", (e) => { e.id = "probe"; e.setAttribute("style", "color: rgb(1, 2, 3)") }, document.body);
		add("style", (e) => { e.textContent = "#probe { margin-left: 11px }" });
		const nonce = document.querySelector("meta[name=caveat-style-nonce]").content;
		add("style", (e) => { e.setAttribute("nonce", nonce); e.textContent = "#probe { margin-right: 12px }" });
		const broken = [];
		document.addEventListener("securitypolicyviolation", (e) => broken.push(e.effectiveDirective));
		await fetch("http://127.0.0.1:9/").catch(() => {});
		const frame = add("iframe", (e) => { e.src = "/"; }, document.body);
		await sleep(300);
		const style = getComputedStyle(probe);
		const got = {
			script: window.inlineRan === true, style: style.marginLeft === "11px", attribute: style.color === "rgb(1, 2, 3)", remote: !broken.includes("connect-src"),
			frame: frame.contentDocument?.querySelector("#root, main") != null, nonced: style.marginRight === "12px",
		};
		probe.remove(); frame.remove();
		return got;`).decode(t, &got)
	if got.Script || got.Style || got.Attribute || got.Remote || got.Frame {
		t.Errorf("what the policy forbids was done: %+v", got)
	}
	if !got.Nonced {
		t.Error("a style with the page's nonce was refused: the components would have no style")
	}
}

func deepAddress(t *testing.T, w *windowed) {
	w.load("/book/olena.kovalchuk@ukr.example")
	var got struct {
		Address string
		Shown   bool
	}
	w.run(`return { address: location.pathname, shown: !!await until("the page shows something", () => document.querySelector("main, h1, [role=main]")) }`).decode(t, &got)
	if !got.Shown || !strings.HasPrefix(got.Address, "/book") {
		t.Errorf("%+v", got)
	}
	w.load("/")
}

// droppedFile is what a page sees of a dropped file. That WebKit itself does not open it: TestDesktopRealDrop.
func droppedFile(t *testing.T, w *windowed) {
	var prevented bool
	w.run(`
		const data = new DataTransfer();
		data.items.add(new File(["TOP"], "order.txt", { type: "text/plain" }));
		const at = document.querySelector("textarea, main, body");
		const send = (kind) => at.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
		send("dragenter"); send("dragover");
		const prevented = !send("drop");
		await sleep(300);
		return prevented;`).decode(t, &prevented)
	var address string
	if w.run(`return location.href`).decode(t, &address); !strings.HasPrefix(address, "wails://wails/") || w.hasEnded() {
		t.Errorf("the window went to %s", address)
	}
	if !prevented {
		t.Error("the page lets the browser open a dropped file")
	}
}

// secondStart: one window per data directory, and no second federation.
func secondStart(t *testing.T, w *windowed) {
	over := w.screen.cover()
	defer over()
	w.await("another window covers it", atMost, func() bool { return isCover(w.picture()) })
	begin := time.Now()
	r := w.screen.call(nil, "demo", "--window", "--people", "120", "--data", w.data)
	if r.status != 0 || r.stdout != "" || !strings.HasSuffix(r.stderr, "caveat: the window is already open: brought forward\n") || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("status %d, %q, %q", r.status, r.stdout, r.stderr)
	}
	if took := time.Since(begin); took > atMost {
		t.Errorf("it took %s", took)
	}
	w.await("it is in front", atMost, func() bool { return !isCover(w.picture()) })
	var status int
	if w.run(`return (await get("/api/installation")).status`).decode(t, &status); status != 200 {
		t.Errorf("the first, afterwards: %d", status)
	}
}

// TestDesktopBrokenInstallation: the window opens and says why, in the page and on the terminal, and works once it is mended.
func TestDesktopBrokenInstallation(t *testing.T) {
	s := newScreen(t)
	data := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "installation.toml"), []byte("format = 1\ncolour = \"blue\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := s.open(data)
	var got struct {
		Status int
		Body   struct{ Code, Detail string }
	}
	w.run(`return await get("/api/installation")`).decode(t, &got)
	if got.Status != 503 || got.Body.Code != "server-installation" || !strings.Contains(got.Body.Detail, `key "colour" is not known`) {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(w.log.String(), `key "colour" is not known`) {
		t.Errorf("the terminal says %q", w.log)
	}
	w.run(`await saying("installation")`)
	if r := s.call(nil, "--data", data); r.status != 0 || !strings.Contains(r.stderr, "brought forward") {
		t.Errorf("a second start meanwhile: status %d, %q", r.status, r.stderr)
	}
	w.stop()
}

// TestDesktopClosedByTheUser: closing the window ends the program as SIGTERM does.
func TestDesktopClosedByTheUser(t *testing.T) {
	w := openDemo(t)
	w.run(`setTimeout(() => window.WailsInvoke("Q"), 0)`) // what the close button does
	w.await("the program ends", atMost, w.hasEnded)
	if err := w.cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, w.log)
	}
	w.leavesNothing()
}

// TestDesktopInterrupted: Ctrl-C in the terminal ends it as well.
func TestDesktopInterrupted(t *testing.T) {
	w := openDemo(t)
	w.cmd.Process.Signal(syscall.SIGINT)
	w.await("the program ends", atMost, w.hasEnded)
	if err := w.cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, w.log)
	}
	if strings.Contains(w.log.String(), "CRITICAL") || strings.Contains(w.log.String(), "panic") {
		t.Errorf("it says %q", w.log)
	}
	w.leavesNothing()
}
