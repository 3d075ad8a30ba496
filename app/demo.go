package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"caveat/backend/demo"
	"caveat/backend/installation"
	"caveat/backend/plain"
)

type demoCommand struct {
	Listen string   `help:"Address to serve on; loopback only. Left out, 127.0.0.1:8471, and with --as 127.0.0.1:8472." placeholder:"ADDR"`
	As     string   `help:"Join the demonstration that runs on this data directory as the user of another nation: ukr, aus or deu." placeholder:"NATION"`
	People int      `help:"Entries per nation; the number of the last start when left out, else 2500." placeholder:"N"`
	NoOpen bool     `help:"Do not open the browser."`
	Roles  []string `help:"What the user may do: drafter, administrator, auditor, or some of them; all when left out." placeholder:"ROLE,..."`
	Window bool     `help:"The desktop window instead of the browser."`
	metricsFlag
}

func (cmd demoCommand) Run(ctx context.Context, c *console) error {
	for _, role := range cmd.Roles {
		if !slices.Contains(installation.Roles(), role) {
			return usageError{fmt.Sprintf("--roles %q: one or more of %s", role, strings.Join(installation.Roles(), ", "))}
		}
	}
	dir, err := c.demoDir()
	if err != nil {
		return err
	}
	if cmd.Window {
		return cmd.inWindow(ctx, c, dir)
	}
	l, err := listenLoopback(cmd.address())
	if err != nil {
		return err
	}
	defer l.Close()
	end, open, err := cmd.begin(ctx, c, dir)
	if err != nil {
		return err
	}
	defer end()
	w, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := cmd.offer(w); err != nil {
		return err
	}
	return w.serve(ctx, l, func(h *host) {
		fmt.Fprintf(c.out, "ready %s\n", h.URL())
		if cmd.NoOpen {
			return
		}
		if err := openBrowser(h); err != nil {
			fmt.Fprintf(c.err, "caveat: the browser was not opened: %s: open the link yourself\n", oneLine(plain.Text(err)))
		}
	})
}

// address is where the app listens.
func (cmd demoCommand) address() string {
	switch {
	case cmd.Listen != "":
		return cmd.Listen
	case cmd.As != "":
		return "127.0.0.1:8472"
	}
	return "127.0.0.1:8471"
}

// begin starts the federation, or joins the one that runs, and says how to open the app on it; end ends what was started.
func (cmd demoCommand) begin(ctx context.Context, c *console, dir string) (end func() error, open opener, err error) {
	if cmd.As != "" {
		return func() error { return nil }, cmd.join(dir), nil
	}
	world, open, err := cmd.start(ctx, c, dir)
	if err != nil {
		return nil, nil, err
	}
	return world.Close, open, nil
}

// join says how to open the app as the user of another nation, beside the demonstration that runs on a data directory.
func (cmd demoCommand) join(dir string) opener {
	return func(ctx context.Context, c *console) (*workspace, error) {
		home, jid, err := demo.JoinAs(dir, cmd.As, cmd.Roles)
		if err != nil {
			return nil, err
		}
		in, err := installation.Load(filepath.Join(home, installation.FileName))
		if err != nil {
			return nil, err
		}
		w, err := c.openHolder(ctx, home, "caveat demo --as", in)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(c.err, "caveat: %s joins the demonstration federation in %s; her data are in %s: reading four directories\n", jid, dir, home)
		if err := w.readDemo(ctx); err != nil {
			return nil, errors.Join(err, w.Close())
		}
		return w, nil
	}
}

// openHolder opens a data directory that no other process may hold.
func (c *console) openHolder(ctx context.Context, dir, program string, in *installation.Installation) (*workspace, error) {
	w, err := c.openWorkspace(ctx, dir, program, in)
	if err != nil {
		return nil, err
	}
	if !w.store.IsHolder() {
		return nil, errors.Join(errBusy(w.store), w.Close())
	}
	return w, nil
}

// inWindow is the demonstration in the desktop window; of the federation only the servers listen.
func (cmd demoCommand) inWindow(ctx context.Context, c *console, dir string) error {
	win, err := newWindow()
	if err != nil {
		return err
	}
	if cmd.As != "" {
		return usageError{"--as shows the app in the browser: leave --window out"}
	}
	if err := demo.CheckDir(dir); err != nil {
		return err
	}
	release, mine, err := claimWindow(ctx, dir, "caveat demo", win)
	if err != nil {
		return err
	}
	if !mine {
		return c.raiseOther(ctx, dir)
	}
	defer release()
	end, open, err := cmd.begin(ctx, c, dir)
	if err != nil {
		return err
	}
	defer end()
	w, err := open(ctx, c)
	if err != nil {
		return err
	}
	return c.showWindow(ctx, win, w, nil, open)
}

// start starts the federation, and says how to open the app on it.
func (cmd demoCommand) start(ctx context.Context, c *console, dir string) (*demo.Federation, opener, error) {
	log := c.log.logger(c.err, slog.LevelWarn)
	world, err := demo.Start(ctx, demo.Config{Dir: dir, People: cmd.People, Roles: cmd.Roles, Log: log})
	if err != nil {
		return nil, nil, err
	}
	return world, func(ctx context.Context, c *console) (*workspace, error) {
		in, err := installation.Load(world.InstallationPath())
		if err != nil {
			return nil, err
		}
		w, err := c.openHolder(ctx, dir, "caveat demo", in)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(c.err, "caveat: demonstration federation in %s: reading four directories; the mailbox of %s is there by IMAP (TLS) at %s\n",
			dir, world.User(), world.MailboxAddress())
		if err := w.readDemo(ctx); err != nil {
			return nil, errors.Join(err, w.Close())
		}
		return w, nil
	}, nil
}

// readDemo reads the four directories. What is left of a larger demonstration in the same place is forgotten first: the book
// would rightly take its loss for a fault.
func (w *workspace) readDemo(ctx context.Context) error {
	done, err := w.service.Sync(ctx, "", nil)
	if err != nil {
		return err
	}
	for _, d := range done {
		if d.OK || ctx.Err() != nil {
			continue
		}
		if err := w.book.Forget(ctx, d.Directory); err != nil {
			return err
		}
		again, err := w.service.Sync(ctx, d.Directory, nil)
		if err != nil {
			return err
		}
		if !again[0].OK && ctx.Err() == nil {
			return fmt.Errorf("the directory %s cannot be read: %s", d.Directory, again[0].Error)
		}
	}
	return nil
}

// demoDir is the demonstration's data directory: its own, unless one is named.
func (c *console) demoDir() (string, error) {
	if c.data != "" {
		return filepath.Abs(c.data)
	}
	base, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no data directory: %w: name one with --data", err)
	}
	return filepath.Join(base, "caveat-demo"), nil
}

// openBrowser shows the link in the user's browser, where there is one; the link was printed in any case. The command line does not
// hold the link: see host.writeLinkPage.
func openBrowser(h *host) error {
	name, args := "xdg-open", []string(nil)
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler"}
	case "darwin":
		name = "open"
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			return nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil // the user has the link
	}
	page, err := h.writeLinkPage()
	if err != nil {
		return err
	}
	cmd := exec.Command(path, append(args, page)...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait()
	return nil
}
