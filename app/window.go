package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"caveat/backend/api"
	"caveat/backend/store"
)

// window is the desktop window with what only it can do: the one interface between the app and the toolkit. newWindow makes it,
// or says why there can be none. All methods but Show may be called at any time; before Show they do nothing or fail.
type window interface {
	// Show opens the window on h and returns when the user closed it, or soon after ctx ends; once only. opened is called when
	// the page has been loaded the first time.
	Show(ctx context.Context, h http.Handler, opened func()) error
	// Raise brings the window in front of others.
	Raise()
	// Save and Notify: see api.Shell.
	Save(ctx context.Context, name string, data []byte) (path string, err error)
	Notify(title, text string) error
}

// windowCommand is `caveat` without a word.
type windowCommand struct{}

func (windowCommand) Run(ctx context.Context, c *console) error {
	win, err := newWindow()
	if err != nil {
		return err
	}
	dir, err := c.dataDir()
	if err != nil {
		return err
	}
	open := func(ctx context.Context, c *console) (*workspace, error) { return c.open(ctx, "caveat") }
	release, mine, err := claimWindow(ctx, dir, "caveat", win)
	switch {
	case err != nil:
		return c.showWindow(ctx, win, nil, err, open)
	case !mine:
		return c.raiseOther(ctx, dir)
	}
	defer release()
	w, err := open(ctx, c)
	return c.showWindow(ctx, win, w, err, open)
}

// The window of a data directory is shown by one process, which holds windowLock. Whoever wants it in front makes raiseFile; the
// holder takes it away and comes forward. That works whoever holds the data directory, and while nothing of it can be opened.
const (
	windowLock = "window.lock"
	raiseFile  = "window.raise"
	// raiseEvery is how often the holder looks, raiseTime how long another process waits for it.
	raiseEvery = 200 * time.Millisecond
	raiseTime  = 5 * time.Second
)

// claimWindow makes this process the one that shows the window of dir, until release; mine is false when another one does.
func claimWindow(ctx context.Context, dir, program string, win window) (release func(), mine bool, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, false, err
	}
	unlock, mine, err := store.TryLock(filepath.Join(dir, windowLock), program)
	if err != nil || !mine {
		return nil, false, err
	}
	raise := filepath.Join(dir, raiseFile)
	os.Remove(raise) // left by somebody who did not wait
	watch, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		eachRaise(watch, raise, win.Raise)
	}()
	return func() { stop(); <-watched; unlock() }, true, nil
}

// raiseOther has the process that shows the window of dir bring it forward.
func (c *console) raiseOther(ctx context.Context, dir string) error {
	raise := filepath.Join(dir, raiseFile)
	if err := os.WriteFile(raise, nil, 0o600); err != nil {
		return err
	}
	for begin := time.Now(); time.Since(begin) < raiseTime && ctx.Err() == nil; time.Sleep(raiseEvery / 4) {
		if _, err := os.Stat(raise); errors.Is(err, os.ErrNotExist) {
			fmt.Fprintln(c.err, "caveat: the window is already open: brought forward")
			return nil
		}
	}
	os.Remove(raise)
	return fmt.Errorf("the window is already open, and %s, which shows it, does not answer: end that process and start again", store.LockedBy(filepath.Join(dir, windowLock)))
}

// eachRaise calls raise for each raiseFile that appears, until ctx ends.
func eachRaise(ctx context.Context, path string, raise func()) {
	tick := time.NewTicker(raiseEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if os.Remove(path) == nil {
				raise()
			}
		}
	}
}

// showWindow shows the app in a window on the workspace w, or the reason failure why it could not be opened, and works until the
// window is closed or ctx ends.
func (c *console) showWindow(ctx context.Context, win window, w *workspace, failure error, open opener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := newStage(c, open, api.Shell{Save: win.Save, Notify: win.Notify})
	g, ctx := errgroup.WithContext(ctx)
	begun := make(chan struct{})
	g.Go(func() error {
		s.run(ctx, w, failure, begun)
		return nil
	})
	<-begun // there is something to show
	err := win.Show(ctx, windowHandler(s), func() { fmt.Fprintf(c.out, "ready %s\n", windowURL()) })
	stop()
	return errors.Join(err, g.Wait())
}
