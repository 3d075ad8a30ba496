//go:build desktop || bindings || dev

package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"html"
	"os"
	goruntime "runtime"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"caveat/backend/api"
	"caveat/backend/store"
)

// Save implements window by the system's own dialog. Wails can show one at a time.
func (w *wailsWindow) Save(_ context.Context, name string, data []byte) (string, error) {
	life := w.life.Load()
	if life == nil {
		return "", errNoWindowYet
	}
	if !w.dialog.TryLock() {
		return "", fmt.Errorf("%w: a dialog for saving is open already: close it first", api.ErrShellBusy)
	}
	defer w.dialog.Unlock()
	path, err := runtime.SaveFileDialog(*life, runtime.SaveDialogOptions{Title: "Caveat", DefaultFilename: name, CanCreateDirectories: true})
	if err != nil || path == "" {
		return "", err
	}
	if err := store.WriteFile(path, data); err != nil {
		return "", fmt.Errorf("%w: %w", api.ErrNotSaved, err)
	}
	return path, nil
}

// notifyTime is how long the system may take to show a notification.
const notifyTime = 5 * time.Second

// Notify implements window. A service that does not answer keeps one goroutine, and later notifications are refused until it does.
func (w *wailsWindow) Notify(title, text string) error {
	life := w.life.Load()
	if life == nil {
		return errNoWindowYet
	}
	if goruntime.GOOS == "linux" && !hasSessionBus(os.Getenv) { // Wails would start one, and leave it behind
		return fmt.Errorf("%w: there is no session bus here (DBUS_SESSION_BUS_ADDRESS)", api.ErrNoNotification)
	}
	if !w.notice.TryLock() {
		return fmt.Errorf("%w: the last notification is still under way", api.ErrShellBusy)
	}
	done := make(chan error, 1)
	go func() {
		defer w.notice.Unlock()
		done <- w.notify(*life, title, text)
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(notifyTime):
		return fmt.Errorf("%w: the system's service did not answer in %s", api.ErrNoNotification, notifyTime)
	}
}

func (w *wailsWindow) notify(life context.Context, title, text string) error {
	if !w.notifies {
		if err := runtime.InitializeNotifications(life); err != nil {
			return fmt.Errorf("%w: %w", api.ErrNoNotification, err)
		}
		runtime.OnNotificationResponse(life, func(runtime.NotificationResult) { w.Raise() })
		w.notifies = true
	}
	if goruntime.GOOS == "linux" {
		text = html.EscapeString(text) // there the text is markup (Desktop Notifications Specification, "Markup")
	}
	if err := runtime.SendNotification(life, runtime.NotificationOptions{ID: rand.Text(), Title: title, Body: text}); err != nil {
		w.notifies = false // the bus may have gone: begin anew next time
		return fmt.Errorf("%w: %w", api.ErrNoNotification, err)
	}
	return nil
}
