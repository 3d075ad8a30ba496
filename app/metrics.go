package app

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"caveat/backend/api"
	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/presend"
)

// metrics counts what a program does, for Prometheus. No label names a person, an address, a subject or a marking: they name nations,
// directories, policies, outcomes and operations, of which there are few, and those of the installation alone.
type metrics struct {
	registry *prometheus.Registry
	in       atomic.Pointer[installation.Installation]

	checks       *prometheus.CounterVec
	checkSeconds *prometheus.HistogramVec
	outcomes     *prometheus.CounterVec
	reads        *prometheus.CounterVec
	readSeconds  *prometheus.CounterVec
	readBytes    *prometheus.CounterVec
	requests     *prometheus.CounterVec
	requestTime  *prometheus.HistogramVec
}

// otherNation stands for a nation that the installation does not know.
const otherNation = "other"

// newMetrics begins to count from nothing, as Prometheus expects of a program that was started anew.
func newMetrics() *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "caveat_" + name, Help: help}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		checks:   counter("checks_total", "Checks of drafts.", "channel", "at", "sendable"),
		checkSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "caveat_check_seconds", Help: "How long checks took.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 8, 30}}, []string{"at"}),
		outcomes:    counter("recipient_outcomes_total", "What checks found for recipients.", "nation", "outcome", "at"),
		reads:       counter("directory_reads_total", "Reads of directories.", "directory", "nation", "result"),
		readSeconds: counter("directory_read_seconds_total", "How long reads of directories took.", "directory", "nation"),
		readBytes:   counter("directory_read_bytes_total", "What reads of directories brought.", "directory", "nation"),
		requests:    counter("http_requests_total", "Requests that were answered.", "operation", "status"),
		requestTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "caveat_http_request_seconds", Help: "How long requests took.",
			Buckets: []float64{.001, .01, .1, 1, 10}}, []string{"operation"}),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.checks, m.checkSeconds, m.outcomes, m.reads, m.readSeconds, m.readBytes, m.requests, m.requestTime)
	return m
}

// Checked implements api.Observer.
func (m *metrics) Checked(channel draft.Channel, r presend.Report, sending bool, took time.Duration) {
	at := "drafting"
	if sending {
		at = "sending"
	}
	m.checks.WithLabelValues(string(channel), at, strconv.FormatBool(r.Sendable)).Inc()
	m.checkSeconds.WithLabelValues(at).Observe(took.Seconds())
	for _, x := range r.Recipients {
		m.outcomes.WithLabelValues(m.nation(x.Nation), string(x.Verdict.Outcome), at).Inc()
	}
}

// nation is a nation that the installation knows, or otherNation: what a directory writes makes no labels.
func (m *metrics) nation(name string) string {
	in := m.in.Load()
	if in == nil || name == "" {
		return otherNation
	}
	if name == in.File.System.Nation {
		return name
	}
	for _, d := range in.Directories {
		if d.Nation == name {
			return name
		}
	}
	for _, r := range in.Routes {
		if r.Nation == name {
			return name
		}
	}
	return otherNation
}

// Synced implements api.Observer.
func (m *metrics) Synced(d api.SyncDocument) {
	result := "failed"
	switch {
	case d.OK:
		result = "ok"
	case d.Stopped:
		result = "stopped"
	case d.Held > 0:
		result = "held"
	case d.Incomplete:
		result = "incomplete"
	}
	m.reads.WithLabelValues(d.Directory, d.Nation, result).Inc()
	m.readSeconds.WithLabelValues(d.Directory, d.Nation).Add(d.Seconds)
	m.readBytes.WithLabelValues(d.Directory, d.Nation).Add(float64(d.Bytes))
}

// Served implements api.Observer.
func (m *metrics) Served(pattern string, status int, took time.Duration) {
	if pattern == "" || !strings.Contains(pattern, "/api/") {
		pattern = "page"
	}
	m.requests.WithLabelValues(pattern, fmt.Sprintf("%dxx", status/100)).Inc()
	m.requestTime.WithLabelValues(pattern).Observe(took.Seconds())
	slog.Debug("a request was answered", "operation", pattern, "status", status, "seconds", took.Seconds())
}
