package app

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"caveat/backend/installation"
	"caveat/backend/outbox"
	"caveat/backend/store"
	"caveat/ldapbook"
)

// stateMetrics reads, when it is asked, what holds for the data directory whichever process did it: queue, directories, log, disk.
type stateMetrics struct {
	dir   string
	store *store.Store
	book  *ldapbook.Book
	in    func() *installation.Installation
}

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("caveat_"+name, help, labels, nil)
}

var (
	descBuild       = described("build_info", "The program's version.", "version")
	descHolder      = described("holder", "1: this process holds the data directory, and so sends and reads directories.")
	descReadable    = described("state_readable", "0: the data directory could not be read just now, and its figures are missing.")
	descMessages    = described("messages", "Messages by state; queued, sending, body-sent and deferred ones wait.", "state")
	descOldest      = described("queue_oldest_timestamp_seconds", "When the message was queued that waits longest; 0: none waits.")
	descLines       = described("log_lines", "Lines of the audit log.")
	descEntries     = described("directory_entries", "Entries in the book.", "directory", "nation")
	descRead        = described("directory_last_read_timestamp_seconds", "End of the last complete read; 0: never.", "directory", "nation")
	descAttempt     = described("directory_last_attempt_timestamp_seconds", "The last attempt to read; 0: never.", "directory", "nation")
	descFailing     = described("directory_failing", "1: the last read failed, brought only a part, or waits for confirmation.", "directory", "nation")
	descPolicyEnd   = described("policy_end_timestamp_seconds", "When a policy ends; 0: never.", "policy")
	descDatabase    = described("database_bytes", "Size of caveat.db, with what waits in the log beside it.")
	descFree        = described("disk_free_bytes", "Room on the disk of the data directory.")
	descEpoch       = described("epoch", "How often a process became the holder of the data directory.")
	allDescriptions = []*prometheus.Desc{descBuild, descHolder, descReadable, descMessages, descOldest, descLines, descEntries, descRead,
		descAttempt, descFailing, descPolicyEnd, descDatabase, descFree, descEpoch}
)

// Describe implements prometheus.Collector.
func (s *stateMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range allDescriptions {
		ch <- d
	}
}

// readTime is how long reading the state may take: who scrapes asks again.
const readTime = 5 * time.Second

// Collect implements prometheus.Collector.
func (s *stateMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	tell := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	tell(descBuild, 1, version)
	tell(descHolder, oneIf(s.store.IsHolder()))
	readable := s.messages(ctx, tell) == nil && s.log(ctx, tell) == nil && s.directories(ctx, tell) == nil
	tell(descReadable, oneIf(readable))
	for _, p := range s.in().Site.Policies() {
		tell(descPolicyEnd, seconds(p.NotAfter()), p.Name())
	}
	s.disk(tell)
}

type teller func(d *prometheus.Desc, v float64, labels ...string)

func (s *stateMetrics) messages(ctx context.Context, tell teller) error {
	count := map[outbox.State]int{}
	rows, err := s.store.Reader().QueryContext(ctx, `SELECT state, count(*) FROM message WHERE folder = '' GROUP BY state`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var state outbox.State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return err
		}
		count[state] = n
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, state := range []outbox.State{outbox.Queued, outbox.Sending, outbox.BodySent, outbox.Deferred, outbox.Accepted, outbox.Refused, outbox.PerhapsDelivered, outbox.Held, outbox.Dropped} {
		tell(descMessages, float64(count[state]), string(state))
	}
	var oldest int64
	err = s.store.Reader().QueryRowContext(ctx, `SELECT coalesce(min(created), 0) FROM message WHERE folder = '' AND state IN (?, ?, ?, ?)`,
		outbox.Queued, outbox.Sending, outbox.BodySent, outbox.Deferred).Scan(&oldest)
	if err == nil {
		tell(descOldest, float64(oldest)/1000)
	}
	return err
}

func (s *stateMetrics) log(ctx context.Context, tell teller) error {
	var lines, epoch int64
	err := s.store.Reader().QueryRowContext(ctx, `SELECT (SELECT coalesce(max(seq), 0) FROM audit), (SELECT count FROM epoch)`).Scan(&lines, &epoch)
	if err == nil {
		tell(descLines, float64(lines))
		tell(descEpoch, float64(epoch))
	}
	return err
}

func (s *stateMetrics) directories(ctx context.Context, tell teller) error {
	list, err := s.book.Status(ctx)
	if err != nil {
		return err
	}
	known := map[string]ldapbook.Status{}
	for _, st := range list {
		known[st.Directory] = st
	}
	for _, d := range s.in().Directories {
		st := known[d.Name]
		tell(descEntries, float64(st.Entries), d.Name, d.Nation)
		tell(descRead, seconds(st.LastSuccess), d.Name, d.Nation)
		tell(descAttempt, seconds(st.LastAttempt), d.Name, d.Nation)
		tell(descFailing, oneIf(st.Error != "" || st.Incomplete || st.Held > 0), d.Name, d.Nation)
	}
	return nil
}

func (s *stateMetrics) disk(tell teller) {
	var bytes int64
	for _, name := range []string{store.DatabaseFile, store.DatabaseFile + "-wal"} {
		if info, err := os.Stat(filepath.Join(s.dir, name)); err == nil {
			bytes += info.Size()
		}
	}
	tell(descDatabase, float64(bytes))
	if free, err := diskFree(s.dir); err == nil {
		tell(descFree, float64(free))
	}
}

// seconds is a time as Prometheus writes it; 0 for the zero time.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
