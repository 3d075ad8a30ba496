//go:build desktoptest && linux

package app_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"caveat/backend/audit"
)

// awaitDialog waits for a second window of the program.
func (w *windowed) awaitDialog() {
	w.t.Helper()
	w.await("a dialog is open", atMost, func() bool {
		return len(strings.Fields(w.screen.xdo("search", "--onlyvisible", "--name", "^Caveat$"))) > 1
	})
}

// TestDesktopEndsUnderADialog: a dialog that is open keeps the toolkit from ending, but not the program.
func TestDesktopEndsUnderADialog(t *testing.T) {
	w := openDemo(t)
	w.run(`post("/api/shell/save", { what: "audit" })`)
	w.awaitDialog()
	var again struct {
		Status int
		Body   struct{ Code string }
	}
	w.run(`return await post("/api/shell/save", { what: "audit" })`).decode(t, &again)
	if again.Status != 409 || again.Body.Code != "user-window-busy" {
		t.Errorf("a second dialog: %+v", again)
	}
	w.stop()
}

// TestDesktopSaves saves the audit log by the system's dialog, with real keys.
func TestDesktopSaves(t *testing.T) {
	w := openDemo(t)
	w.run(`window.saving = post("/api/shell/save", { what: "audit" })`)
	w.awaitDialog()
	path := filepath.Join(w.screen.home, "log.jsonl")
	w.keys("ctrl+a")
	w.types(path)
	w.keys("Return")
	var got struct {
		Status int
		Body   struct{ Path string }
	}
	w.run(`return await window.saving`).decode(t, &got)
	data, err := os.ReadFile(path)
	if err != nil || got.Status != 200 || got.Body.Path != path {
		t.Fatalf("%v, %+v", err, got)
	}
	if _, err := audit.Verify(bytes.NewReader(data), nil); err != nil {
		t.Errorf("what was saved is no audit log: %v", err)
	}
	w.run(`window.saving = post("/api/shell/save", { what: "audit" })`)
	w.awaitDialog()
	w.keys("Escape")
	if w.run(`return await window.saving`).decode(t, &got); got.Status != 200 || got.Body.Path != "" {
		t.Errorf("after Escape: %+v", got)
	}
	w.stop()
}

// TestDesktopSavesAMessage: what is saved is what left, byte for byte.
func TestDesktopSavesAMessage(t *testing.T) {
	w := openDemo(t)
	w.run(chooseLabel)
	w.run(addRecipients)
	var path string
	w.run(leaveOutAndSend).decode(t, &path)
	id := strings.TrimPrefix(path, "/sent/")
	w.run(`window.saving = post("/api/shell/save", { what: "message", id: ` + quoted(id) + ` })`)
	w.awaitDialog()
	file := filepath.Join(w.screen.home, "message.eml")
	w.keys("ctrl+a")
	w.types(file)
	w.keys("Return")
	var got struct {
		Saved struct {
			Status int
			Body   struct{ Path string }
		}
		Wire []byte
	}
	w.run(`
		const saved = await window.saving;
		const wire = new Uint8Array(await (await fetch("/api/messages/`+id+`/wire")).arrayBuffer());
		return { saved, wire: btoa(Array.from(wire, (b) => String.fromCharCode(b)).join("")) };`).decode(t, &got)
	data, err := os.ReadFile(file)
	if err != nil || got.Saved.Status != 200 || got.Saved.Body.Path != file {
		t.Fatalf("%v, %+v", err, got.Saved)
	}
	if len(data) == 0 || !bytes.Equal(data, got.Wire) || !bytes.Contains(data, []byte("SIO-Label:")) {
		t.Errorf("saved:\n%s\non the wire:\n%s", data, got.Wire)
	}
	w.stop()
}

// TestDesktopWithoutSessionBus: where the system shows no notifications the page is told so, and nothing is started.
func TestDesktopWithoutSessionBus(t *testing.T) {
	w := openDemo(t)
	if got := w.notify("Sent"); got.Status != 503 || got.Body.Code != "server-no-notification" {
		t.Errorf("%+v", got)
	}
	w.stop()
}

// notified is what the program says of a notification.
type notified struct {
	Status int
	Body   struct{ Code string }
}

func (w *windowed) notify(title string) (got notified) {
	w.t.Helper()
	w.run(`return await post("/api/shell/notify", { title: "`+title+`", text: "2 of <b>2</b> accepted" })`).decode(w.t, &got)
	return got
}

// notifier stands for the desktop's notification service.
type notifier struct {
	shown chan [2]string
	hangs chan struct{} // nil: it does not
}

// Notify is org.freedesktop.Notifications.Notify.
func (n *notifier) Notify(_ string, _ uint32, _, title, text string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	if n.hangs != nil {
		<-n.hangs
	}
	n.shown <- [2]string{title, text}
	return 1, nil
}

// TestDesktopNotifies: a notification reaches the desktop's service as plain text; a service that hangs holds nothing up.
func TestDesktopNotifies(t *testing.T) {
	s := newScreen(t)
	address := sessionBus(t, s)
	s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	service := &notifier{shown: make(chan [2]string, 3)}
	serve(t, address, service)
	w := s.open(filepath.Join(t.TempDir(), "data"), "demo", "--window", "--people", "120")
	if got := w.notify("Sent"); got.Status != 204 {
		t.Errorf("%+v", got)
	}
	if got := <-service.shown; got[0] != "Sent" || got[1] != "2 of &lt;b&gt;2&lt;/b&gt; accepted" {
		t.Errorf("shown: %q", got)
	}
	service.hangs = make(chan struct{})
	begin := time.Now()
	if got := w.notify("Held"); got.Status != 503 || time.Since(begin) > atMost {
		t.Errorf("a service that hangs: %+v after %s", got, time.Since(begin))
	}
	if got := w.notify("Refused"); got.Status != 409 || got.Body.Code != "user-window-busy" {
		t.Errorf("a notification after that: %+v", got)
	}
	close(service.hangs)
	w.await("notifications are shown again", atMost, func() bool { return w.notify("Sent").Status == 204 })
	w.stop()
}

// sessionBus starts a bus of the test's own and returns its address.
func sessionBus(t *testing.T, s *screen) string {
	t.Helper()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	cmd.Env = s.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v: install it with build/setup.sh test", err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// serve makes n the notification service of a bus.
func serve(t *testing.T, address string, n *notifier) {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.Export(n, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if reply, err := conn.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%v %v", reply, err)
	}
}

// TestDesktopRealDrop drags a file from another program into the window, as from a file manager: WebKit would open it in place of
// the app.
func TestDesktopRealDrop(t *testing.T) {
	source := buildHelper(t, "dragsource.c", "gtk+-3.0")
	w := openDemo(t)
	file := write(t, "order.html", "<h1>Not the app</h1>")
	cmd := exec.Command(source, "file://"+file)
	cmd.Env = w.screen.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	says := bufio.NewScanner(out)
	if says.Scan(); says.Text() != "ready" {
		t.Fatalf("the other program says %q", says.Text())
	}
	time.Sleep(2 * time.Second) // until its window can be clicked: X does not say
	w.screen.xdo("mousemove", "60", "60", "mousedown", "1", "sleep", "0.3",
		"mousemove", "200", "300", "sleep", "0.1", "mousemove", "400", "400", "sleep", "0.1", "mousemove", "700", "400", "sleep", "0.3", "mouseup", "1")
	if says.Scan(); says.Text() != "end 0" {
		t.Errorf("the window took the file: %q", says.Text())
	}
	var address string
	if w.run(`await sleep(500); return location.href`).decode(t, &address); !strings.HasPrefix(address, "wails://wails/") {
		t.Errorf("the window went to %s", address)
	}
	w.stop()
}

// buildHelper builds a program in C of testdata with a library.
func buildHelper(t *testing.T, source, library string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), strings.TrimSuffix(source, ".c"))
	out, err := exec.Command("sh", "-c", `cc -o "$0" "testdata/$1" $(pkg-config --cflags --libs "$2")`, path, source, library).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}
