//go:build desktoptest && linux

package app_test

import (
	"bytes"
	"image/png"
	"os"
	"strings"
	"testing"

	"caveat/backend/demo"
)

// The main job in the window: the same page as in the browser, found by role and name.
const (
	chooseLabel = `
		await click("link", "New draft");
		await click("button", "Choose a label");
		await click("radio", /^SECRET$/);
		await click("button", "Done");
		await saying("NATO/MROD SECRET");`
	addRecipients = `
		for (const who of ["llewellyn sian", "ковальчук олена", "krüger jürgen"]) {
			await fill("combobox", "To (action)", who);
			await click("option", /Llewellyn|Ковальчук|Krüger/);
		}
		await fill("textbox", "Subject", "From the window");
		await fill("textbox", "Text", "Grid follows.");
		await saying("1 of 3 may not get this");
		return (await one("region", "May not get it")).innerText;`
	leaveOutAndSend = `
		await click("button", /^Leave out .*Krüger/);
		await saying("All 2 may get this");
		await click("button", "Send to 2");
		await one("heading", "From the window");
		await saying("Accepted");
		return location.pathname;`
)

func TestDesktopMainJob(t *testing.T) {
	w := openDemo(t)
	w.run(chooseLabel)
	var refused, path string
	w.run(addRecipients).decode(t, &refused)
	for _, want := range []string{"Jürgen Krüger", "does not carry SECRET"} {
		if !strings.Contains(refused, want) {
			t.Errorf("who may not get it: %q lacks %q", refused, want)
		}
	}
	w.drawn("desktop-draft.png")

	// A block at Send cannot be passed by real keys either.
	w.keys("ctrl+Return")
	w.run(`await one("dialog", "Stopped: nothing was sent")`)
	w.keys("ctrl+Return", "Return")
	w.run(`await until("the sheet is gone", () => all("dialog").length === 0)`)
	delivered := demoDeliveries(w.data)
	if n := len(delivered(t, demo.GBRCleared)); n != 0 {
		t.Fatalf("%d messages went out past the block", n)
	}

	w.run(leaveOutAndSend).decode(t, &path)
	if !strings.HasPrefix(path, "/sent/") {
		t.Errorf("after Send the page is %s", path)
	}
	for _, address := range []string{demo.GBRCleared, demo.UKRCleared} {
		w.await("the mail is delivered to "+address, atMost, func() bool { return len(delivered(t, address)) == 1 })
		for _, want := range []string{"SIO-Label:", "NATO/MROD SECRET", demo.GBRCleared, demo.UKRCleared} {
			if mail := delivered(t, address)[0]; !bytes.Contains(mail, []byte(want)) {
				t.Errorf("the mail to %s lacks %q:\n%s", address, want, mail)
			}
		}
	}
	if n := len(delivered(t, demo.DEUCleared)); n != 0 {
		t.Errorf("who was left out got it %d times", n)
	}
	w.drawn("desktop-sent.png")
	w.stop()
}

// drawn holds that the window shows something, and keeps the picture where CAVEAT_PICTURES says.
func (w *windowed) drawn(name string) {
	w.t.Helper()
	picture := w.picture()
	if n := colours(picture); n < 50 {
		w.t.Errorf("%s: the screen has %d colours: the page is not drawn", name, n)
	}
	folder := os.Getenv("CAVEAT_PICTURES")
	if folder == "" {
		return
	}
	f, err := os.Create(folder + "/" + name)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, picture); err != nil {
		w.t.Fatal(err)
	}
}
