//go:build desktoptest && linux

package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The desktop tests drive the real page in the real window, on a screen of their own. `make desktop-test` builds the program with
// the tag "windowtest", which opens a door for them (desktop_windowtest.go), and names it in CAVEAT_WINDOWTEST.
//
// A test that only wants the page says what to do there; the script is the body of an async function, it may use what
// testdata/window.js gives (one, click, fill, until, get, post …), and what it returns comes back as JSON:
//
//	var title string
//	runInWindow(t, `await click("link", "Book"); return document.title`).decode(t, &title)
//
// A test that does more keeps the window: scripts run one after the other in the same page, keys and the mouse are real
// (xdotool), pictures are of the screen, and data is the demonstration's directory: demoDeliveries(w.data)(t, address) gives the mail:
//
//	w := openDemo(t)
//	w.run(`await click("button", "Send")`)
//	w.keys("ctrl+Return")
//	w.load("/sent")
//	w.picture()
//	w.stop() // by SIGTERM; it must end with status 0 and leave no process behind

// screen is an X server of a test's own, without a window manager, and what programs on it find around them.
type screen struct {
	t       testing.TB
	display string
	home    string
	env     []string
}

// screenSize is that of the window as it opens, so that a picture of the screen is one of the window.
const screenSize = "1280x800x24"

// newScreen starts an X server on a free display; it ends with the test.
func newScreen(t testing.TB) *screen {
	t.Helper()
	home, err := os.MkdirTemp("", "caveat-home-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", screenSize, "-nolisten", "tcp", "-noreset")
	x.ExtraFiles = []*os.File{w}
	x.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := x.Start(); err != nil {
		t.Fatalf("%v: install it with build/setup.sh test", err)
	}
	t.Cleanup(func() { x.Process.Signal(syscall.SIGTERM); x.Wait() })
	w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb says no display: %v", err)
	}
	run := filepath.Join(home, "run")
	if err := os.Mkdir(run, 0o700); err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, display: ":" + strings.TrimSpace(number), home: home}
	// Nobody's bus, or GTK would start one: what is left of it would outlive the test.
	s.env = append(os.Environ(), "HOME="+home, "CAVEAT_SECRETS=file", "XDG_RUNTIME_DIR="+run, "DISPLAY="+s.display, "WAYLAND_DISPLAY=", "GDK_BACKEND=x11",
		"NO_AT_BRIDGE=1", "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(run, "no-bus"), "CAVEAT_DATA=", "LC_ALL=C.UTF-8")
	return s
}

// command is the desktop program on this screen.
func (s *screen) command(args ...string) *exec.Cmd {
	s.t.Helper()
	path := os.Getenv("CAVEAT_WINDOWTEST")
	if path == "" {
		s.t.Fatal("CAVEAT_WINDOWTEST names no program: run make desktop-test")
	}
	cmd := exec.Command(path, args...)
	cmd.Env = s.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	return cmd
}

// call runs the program to its end, as a start that opens no window of its own.
func (s *screen) call(more []string, args ...string) result {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := s.command(args...)
	cmd.Env = append(cmd.Env, more...)
	var out, diag bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diag
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	defer context.AfterFunc(ctx, func() { cmd.Process.Kill() })()
	cmd.Wait()
	if ctx.Err() != nil {
		s.t.Errorf("caveat %v did not end", args)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), diag.String()}
}

// windowed is a running program with its window.
type windowed struct {
	*program
	screen *screen
	data   string
	dir    string // of scripts and reports
	count  int
}

// open starts the program on a data directory and waits until its page is loaded.
func (s *screen) open(data string, args ...string) *windowed {
	s.t.Helper()
	w := &windowed{screen: s, data: data, dir: s.t.TempDir()}
	cmd := s.command(append(args, "--data", data)...)
	cmd.Env = append(cmd.Env, "CAVEAT_WINDOWTEST_DIR="+w.dir)
	w.program = launch(s.t, cmd)
	return w
}

// openDemo opens the window on a small demonstration, on a screen of its own.
func openDemo(t testing.TB) *windowed {
	t.Helper()
	return newScreen(t).open(filepath.Join(t.TempDir(), "data"), "demo", "--window", "--people", "120")
}

// runInWindow opens the window on a small demonstration, runs one script in its page and ends it.
func runInWindow(t testing.TB, script string) report {
	t.Helper()
	w := openDemo(t)
	r := w.run(script)
	w.stop()
	return r
}

// report is what a script returned.
type report struct{ json.RawMessage }

func (r report) decode(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal(r.RawMessage, into); err != nil {
		t.Fatalf("%v: %s", err, r.RawMessage)
	}
}

// How long something may take, and one script: ceilings for a busy machine. What they are for would never come to an end.
const (
	atMost     = time.Minute
	scriptTime = 3 * time.Minute
)

// run runs a script in the page, an async function's body, and gives back what it returns. A script that throws fails the test.
func (w *windowed) run(script string) report {
	w.t.Helper()
	name := w.begin(script)
	var answer struct {
		Value              json.RawMessage
		Error, Stack, Page string
	}
	path := filepath.Join(w.dir, name+".json")
	w.await("script "+name+" reports", scriptTime, func() bool { _, err := os.Stat(path); return err == nil })
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &answer)
	}
	if err != nil {
		w.fatalf("%v: %s", err, data)
	}
	if answer.Error != "" {
		w.fatalf("the script failed: %s\n%s\nthe page says: %s", answer.Error, answer.Stack, answer.Page)
	}
	return report{answer.Value}
}

// begin begins a script in the page, and waits for nothing: it may end the program. It returns the name of the script's report.
func (w *windowed) begin(script string) (name string) {
	w.t.Helper()
	helpers, err := os.ReadFile("testdata/window.js")
	if err != nil {
		w.t.Fatal(err)
	}
	w.count++
	name = fmt.Sprintf("%03d", w.count)
	w.write(name+".js", fmt.Sprintf(`(async () => {
		const report = (value) => fetch("/api/windowtest/report?name=%s", { method: "POST", body: JSON.stringify(value) });
		try {
			const value = await (async () => { %s
				return await (async () => { %s
				})();
			})();
			await report({ value: value ?? null });
		} catch (e) { await report({ error: String(e), stack: e?.stack, page: document.body?.innerText }); }
	})();`, name, helpers, script))
	return name
}

// write makes a script appear whole.
func (w *windowed) write(name, content string) {
	w.t.Helper()
	part := filepath.Join(w.dir, name+".part")
	if err := os.WriteFile(part, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(part, filepath.Join(w.dir, name)); err != nil {
		w.t.Fatal(err)
	}
}

// load opens an address of the page as a reload does: the whole page is loaded anew.
func (w *windowed) load(path string) {
	w.t.Helper()
	before := w.loads()
	w.run(fmt.Sprintf(`setTimeout(() => location.assign(%q), 0)`, path))
	w.await("the page is loaded anew at "+path, scriptTime, func() bool { return w.loads() != before })
}

// loads tells how often the page was loaded.
func (w *windowed) loads() string {
	data, _ := os.ReadFile(filepath.Join(w.dir, "loads"))
	return string(data)
}

// keys presses real keys, one after the other, such as "Tab" and "ctrl+Return".
func (w *windowed) keys(keys ...string) {
	w.t.Helper()
	w.focus()
	w.screen.xdo(append([]string{"key", "--delay", "30"}, keys...)...)
}

// types types text by real keys.
func (w *windowed) types(text string) {
	w.t.Helper()
	w.focus()
	w.screen.xdo("type", "--delay", "20", text)
}

// focus gives the window the keyboard, as a window manager does; a dialog over it keeps it.
func (w *windowed) focus() {
	w.t.Helper()
	if ids := strings.Fields(w.screen.xdo("search", "--onlyvisible", "--name", "^Caveat$")); len(ids) > 0 {
		w.screen.xdo("windowfocus", "--sync", ids[len(ids)-1])
	}
}

// xdo runs xdotool on the screen.
func (s *screen) xdo(args ...string) string {
	s.t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = s.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Logf("xdotool %v: %v: %s", args, err, out)
	}
	return string(out)
}

// picture is what the screen shows.
func (s *screen) picture() image.Image {
	s.t.Helper()
	cmd := exec.Command("import", "-window", "root", "png:-")
	cmd.Env = s.env
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("import: %v", err)
	}
	picture, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		s.t.Fatal(err)
	}
	return picture
}

func (w *windowed) picture() image.Image { w.t.Helper(); return w.screen.picture() }

// cover opens another program's window over the lower right of the screen, until uncover.
func (s *screen) cover() (uncover func()) {
	s.t.Helper()
	cmd := exec.Command("display", "-size", "640x400", "xc:#008080")
	cmd.Env = s.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	return func() { cmd.Process.Kill(); cmd.Wait() }
}

// isCover reports whether the window of cover is in front.
func isCover(p image.Image) bool {
	r, g, b, _ := p.At(p.Bounds().Max.X-60, p.Bounds().Max.Y-60).RGBA()
	return r == 0 && g>>8 == 0x80 && b>>8 == 0x80
}

// colours counts the different colours of a picture.
func colours(p image.Image) int {
	seen := map[[3]uint32]bool{}
	for y := p.Bounds().Min.Y; y < p.Bounds().Max.Y; y++ {
		for x := p.Bounds().Min.X; x < p.Bounds().Max.X; x++ {
			r, g, b, _ := p.At(x, y).RGBA()
			seen[[3]uint32{r, g, b}] = true
		}
	}
	return len(seen)
}

// await waits for something; on failure the screen is kept as a picture.
func (w *windowed) await(what string, patience time.Duration, is func() bool) {
	w.t.Helper()
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
		if w.hasEnded() && !is() {
			w.fatalf("the program ended while waiting until %s", what)
		}
	}
	w.fatalf("not within %s: %s", patience, what)
}

// hasEnded reports whether the program is gone or a zombie.
func (w *windowed) hasEnded() bool {
	return state(w.cmd.Process.Pid) == 'Z' || state(w.cmd.Process.Pid) == 0
}

// fatalf ends the test, with what the screen and the program's log say.
func (w *windowed) fatalf(format string, args ...any) {
	w.t.Helper()
	path := filepath.Join(os.TempDir(), strings.ReplaceAll(w.t.Name(), "/", "-")+".png")
	cmd := exec.Command("import", "-window", "root", path)
	cmd.Env = w.screen.env
	cmd.Run()
	w.t.Fatalf("%s\nscreen: %s\nlog: %s", fmt.Sprintf(format, args...), path, w.log)
}

// stop ends the program by SIGTERM; it must end well and in time, and leave no process behind.
func (w *windowed) stop() {
	w.t.Helper()
	begin := time.Now()
	w.program.stop()
	if took := time.Since(begin); took > atMost {
		w.t.Errorf("it took %s to end", took)
	}
	w.leavesNothing()
}

// leavesNothing waits until all processes of the program's group are gone: those of the web view end by themselves.
func (w *windowed) leavesNothing() {
	w.t.Helper()
	var left []string
	for begin := time.Now(); time.Since(begin) < atMost; time.Sleep(50 * time.Millisecond) {
		if left = groupOf(w.cmd.Process.Pid); len(left) == 0 {
			return
		}
	}
	w.t.Errorf("left behind: %v", left)
}

// groupOf lists the living processes of a process group.
func groupOf(group int) (names []string) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		name, fields := readStat(path)
		if len(fields) > 2 && fields[2] == strconv.Itoa(group) && fields[0] != "Z" {
			names = append(names, name)
		}
	}
	return names
}

// state is a process's state as proc(5) has it, 0 when there is none.
func state(pid int) byte {
	_, fields := readStat(fmt.Sprintf("/proc/%d/stat", pid))
	if len(fields) == 0 {
		return 0
	}
	return fields[0][0]
}

// readStat gives a process's name and the fields after it: state, parent, group …
func readStat(path string) (name string, fields []string) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", nil
	}
	open, shut := bytes.IndexByte(data, '('), bytes.LastIndexByte(data, ')')
	if open < 0 || shut < open {
		return "", nil
	}
	return string(data[open+1 : shut]), strings.Fields(string(data[shut+1:]))
}
