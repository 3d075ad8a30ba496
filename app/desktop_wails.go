//go:build desktop || bindings || dev

package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	goruntime "runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// wailsWindow is the window by Wails v2. Nothing of the program is bound to the page: it has the HTTP interface, as in a browser.
type wailsWindow struct {
	life    atomic.Pointer[context.Context] // Wails' own, which its functions want; nil until the window is there
	told    chan os.Signal                  // to end
	closed  chan struct{}                   // by the user, who waits until the page was left
	left    atomic.Bool                     // the page has been left: the window may close
	traffic atomic.Pointer[traffic]         // of the page; nil until there is one
	dialog  sync.Mutex                      // held while a dialog is open
	notice  sync.Mutex                      // held while a notification is under way

	notifies bool // the notifications are set up; under notice
}

var errNoWindowYet = errors.New("the window is not open yet, or has been closed")

// newWindow fails where no window can be opened, before anything else is begun.
func newWindow() (window, error) {
	if goruntime.GOOS == "linux" {
		if err := checkDisplay(os.Getenv); err != nil {
			return nil, err
		}
		softenWebKit()
	}
	return &wailsWindow{told: make(chan os.Signal, 1), closed: make(chan struct{}, 1)}, nil
}

// softenWebKit has WebKitGTK draw without DMA-BUF, unless the user says otherwise: with it the window stays empty on many graphics
// stacks (wails #2977, #4985; WebKit bug 261874).
func softenWebKit() {
	const name = "WEBKIT_DISABLE_DMABUF_RENDERER"
	if _, set := os.LookupEnv(name); !set {
		os.Setenv(name, "1")
	}
}

// Show implements window. The toolkit runs beside it, on a thread of its own: a dialog that is open would keep it from ending.
func (w *wailsWindow) Show(ctx context.Context, h http.Handler, opened func()) error {
	ended := make(chan error, 1)
	go func() {
		goruntime.LockOSThread() // all calls of GTK come from one thread
		ended <- w.run(h, sync.OnceFunc(opened))
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	case <-w.told:
	case <-w.closed:
	}
	patience := time.After(shutdownTime)
	w.leave()
	w.left.Store(true)
	for {
		w.quit()
		select {
		case <-ended:
			return nil
		case <-patience:
			return nil // it ends with the process
		case <-time.After(shutdownTime / 4):
		}
	}
}

// run is the toolkit's main loop.
func (w *wailsWindow) run(h http.Handler, opened func()) (err error) {
	defer func() {
		if p := recover(); p != nil && w.life.Load() == nil { // Wails gives no error where GTK cannot begin
			err = fmt.Errorf("no window can be opened (%v): %s", p, insteadOfWindow)
		} else if p != nil {
			slog.Error("the window failed", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("the window failed: %v", p)
		}
	}()
	t := &traffic{next: h}
	w.traffic.Store(t)
	h = w.testable(t)
	return wails.Run(&options.App{
		Title: "Caveat", Width: 1280, Height: 800, MinWidth: 1024, MinHeight: 700,
		// Until the page is drawn: a dark flash does not hurt in a dark room.
		BackgroundColour: options.NewRGB(0x13, 0x17, 0x1b),
		AssetServer:      &assetserver.Options{Middleware: func(http.Handler) http.Handler { return h }},
		// WebKit would open a dropped file in place of the app.
		DragAndDrop:   &options.DragAndDrop{DisableWebViewDrop: true},
		OnStartup:     w.started,
		OnDomReady:    func(life context.Context) { opened(); w.loaded(life) },
		OnBeforeClose: w.mustStay,
		Linux:         &linux.Options{ProgramName: "caveat", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	})
}

// started keeps Wails' context, and takes the signals back: Wails' own handler would end the window beside us and print.
func (w *wailsWindow) started(life context.Context) {
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	signal.Notify(w.told, os.Interrupt, syscall.SIGTERM)
	w.life.Store(&life)
}

// mustStay keeps the window open when the user closes it, until the page was left: Show does that, and quits. Nothing may be
// waited for here: on Windows this is the thread that carries what the page asks.
func (w *wailsWindow) mustStay(context.Context) bool {
	if w.left.Load() {
		return false
	}
	select {
	case w.closed <- struct{}{}:
	default: // closed again meanwhile
	}
	return true
}

func (w *wailsWindow) quit() {
	if life := w.life.Load(); life != nil {
		runtime.Quit(*life)
	}
}

// Raise implements window.
func (w *wailsWindow) Raise() {
	if life := w.life.Load(); life != nil {
		runtime.WindowShow(*life)
		runtime.WindowUnminimise(*life) // GTK presents the window: to the front, with the focus
	}
}
