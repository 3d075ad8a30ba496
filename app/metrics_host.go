package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"caveat/backend/api"
)

// metricsFlag is of the commands that go on for long.
type metricsFlag struct {
	Metrics string `help:"Address to give Prometheus metrics on; loopback only. Left out, none are given." placeholder:"ADDR"`
}

// offer listens for those who gather metrics, where that is asked for.
func (f metricsFlag) offer(w *workspace) (err error) {
	if f.Metrics != "" {
		w.metricsAt, err = listenMetrics(f.Metrics)
	}
	return err
}

// listenMetrics listens on an address of this machine for those who gather metrics.
func listenMetrics(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, usageError{fmt.Sprintf("--metrics %q: HOST:PORT, such as 127.0.0.1:9470", addr)}
	}
	if !isLoopback(host) {
		return nil, usageError{fmt.Sprintf("--metrics %q: only a loopback address, such as 127.0.0.1:9470: what gathers from elsewhere needs a proxy that asks who it is", addr)}
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w: choose another port with --metrics", err)
	}
	return l, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// serveMetrics answers GET /metrics, and nothing else, until ctx ends. The listener is one of its own, so that who gathers needs no
// session, and so gets no operation.
func serveMetrics(ctx context.Context, l net.Listener, m *metrics) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 2 * readTime}))
	server := &http.Server{Handler: onlyByAddress(mux), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	closed := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() { closed <- server.Close() })
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return err
	}
	return <-closed
}

// onlyByAddress refuses requests by a name that somebody points at loopback, and those that a page of another site makes.
func onlyByAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secured(w.Header())
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = hostName(host) // an IPv6 address stands in brackets, also without a port
		site := r.Header.Get("Sec-Fetch-Site")
		switch {
		case !isLoopback(host):
			api.WriteProblem(w, http.StatusMisdirectedRequest, "user-host", "the request named another host")
		case r.Header.Get("Origin") != "" || site != "" && site != "none" && site != "same-origin":
			api.WriteProblem(w, http.StatusForbidden, "user-origin", "the request came from another site")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// counted tells an observer of each request that mux answers, by the pattern that it matched.
func counted(mux *http.ServeMux, o api.Observer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun, said := time.Now(), &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() { o.Served(r.Pattern, said.status, time.Since(begun)) }() // mux writes down what it matched
		mux.ServeHTTP(said, r)
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
