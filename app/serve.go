package app

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"caveat/backend/api"
	"caveat/backend/store"
)

type serveCommand struct {
	doorFlags
	metricsFlag
}

func (cmd serveCommand) Run(ctx context.Context, c *console) error {
	l, names, err := cmd.open()
	if err != nil {
		return err
	}
	defer l.Close()
	c.log.use(c.err, slog.LevelInfo) // nobody watches it
	w, err := c.open(ctx, "caveat serve")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := cmd.offer(w); err != nil {
		return err
	}
	if !w.service.Installation().Managed {
		c.note("not centrally managed")
	}
	return w.serve(ctx, l, func(h *host) { fmt.Fprintf(c.out, "ready %s\n", h.URL()) }, names...)
}

// listenLoopback refuses to serve anybody but this machine.
func listenLoopback(addr string) (net.Listener, error) {
	hostName, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, usageError{fmt.Sprintf("--listen %q: HOST:PORT, such as 127.0.0.1:8470", addr)}
	}
	if ip := net.ParseIP(hostName); hostName != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usageError{fmt.Sprintf("--listen %q: only a loopback address, such as 127.0.0.1:8470; beyond this machine `caveat serve` needs --tls-cert, --tls-key and --name", addr)}
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w: choose another port with --listen, or any that is free: --listen %s", err, net.JoinHostPort(hostName, "0"))
	}
	return l, nil
}

// shutdownTime is how long running requests may take to end.
const shutdownTime = 2 * time.Second

// serve serves HTTP on l and, as holder of the data directory, works until ctx ends. ready is told who has the link;
// names are those of the certificate, where l speaks TLS.
func (w *workspace) serve(ctx context.Context, l net.Listener, ready func(*host), names ...string) error {
	h, err := newHost(w.dir, l.Addr().String(), names...)
	if err != nil {
		return err
	}
	g, running := errgroup.WithContext(ctx)
	app := &scene{}
	app.show(appHandler(w.service, api.Shell{}))
	server := newServer(h.handler(app))
	server.BaseContext = func(net.Listener) context.Context { return running } // long polls end with the program
	g.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error { return w.keepWorking(running, app, api.Shell{}) })
	if w.metricsAt != nil {
		g.Go(func() error { return serveMetrics(running, w.metricsAt, w.metrics) })
	}
	g.Go(func() error {
		<-running.Done()
		end, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer stop()
		if err := server.Shutdown(end); err != nil {
			return server.Close() // whoever is still connected has had his time
		}
		return nil
	})
	defer h.removeLinkPage()
	slog.Info("the program serves", "version", version, "holder", w.store.IsHolder(), "directories", len(w.service.Installation().Directories))
	ready(h)
	err = g.Wait()
	slog.Info("the program ends")
	return err
}

// newServer bounds how long strangers may hold a connection; unhurried gives whoever is known more.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: headerTime, WriteTimeout: answerTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		DisableGeneralOptionsHandler: true, // OPTIONS * comes to h as well
		ErrorLog:                     log.New(&complaints{now: now}, "", 0),
	}
}

// workWhenHolder does the holder's work as soon as this process is the holder.
func (w *workspace) workWhenHolder(ctx context.Context) error {
	for {
		held, err := w.store.TryHold(ctx)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if held {
			return w.service.Work(ctx, true)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// errBusy: another program works on the data directory.
func errBusy(s *store.Store) error {
	return fmt.Errorf("the data directory is in use by %s: end it, or choose another with --data", s.Holder())
}
