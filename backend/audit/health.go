package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/plain"
)

// Health is how the log is.
type Health struct {
	Lines   int64       // that it has
	Problem string      // why nothing is sent, in a sentence, with what to do; "": nothing stands against that
	Warning string      // what is wrong besides, and does not stop the sending, or not yet; "": nothing
	Ways    []WayHealth // in the order of Config.Ways
}

// WayHealth is how checkpoints leave the machine by one way.
type WayHealth struct {
	Name, Place string
	Began       time.Time // since when they are to go there; zero: none has been tried yet
	Gone        time.Time // when one last went; zero: never
	Size        int64     // the lines that it covers
	Problem     string    // why the last attempt failed; "": it did not
}

// since is since when nothing has left.
func (w WayHealth) since() time.Time {
	if w.Gone.IsZero() {
		return w.Began
	}
	return w.Gone
}

// beginAnew is the command by which a new series of checkpoints begins.
const beginAnew = "caveat audit begin-anew --reason TEXT"

// Sentences are what people are to be told.
func (h Health) Sentences() (out []string) {
	for _, s := range []string{h.Problem, h.Warning} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Alter notes that somebody found the log altered; nothing is sent by this process from then on.
func (l *Log) Alter(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.altered == nil {
		l.altered = err
	}
}

// setFailure notes why no checkpoint could be made, nil when one could. Where checkpoints leave the machine, a log that does not hold together
// stops the sending; where nobody asked for them, old damage is told, and the messages before it are held, as they always were.
func (l *Log) setFailure(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if errors.Is(err, ErrTampered) && len(l.config.Ways) > 0 {
		l.Alter(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = err
}

// Health tells how the log is. It never fails: that it cannot be told is a problem too.
func (l *Log) Health(ctx context.Context) Health {
	l.mu.Lock()
	altered, failed, unwritten, taken := l.altered, l.failed, l.unwritten, slices.Clone(l.taken)
	l.mu.Unlock()
	var h Health
	lines, ways, err := l.state(ctx, l.database())
	h.Lines, h.Ways = lines, ways
	switch {
	case err != nil:
		h.Problem = "The audit log cannot be read, and nothing is sent until it can: " + plain.Text(err) + ". Restore caveat.db from a backup, or free the disk that it lies on."
	case altered != nil:
		h.Problem = "The audit log was altered, and nothing is sent: " + plain.Text(altered) + ". Export it (caveat audit export), keep that beside the checkpoints, and tell your security officer. " +
			"Where it was brought back from a backup, or that is settled, a new series of checkpoints begins with: " + beginAnew + ", and a new start of the program."
	case unwritten != nil:
		h.Problem = "The audit log cannot be written to, and nothing is sent until it can: " + plain.Text(unwritten) + ". Free the disk that caveat.db lies on, or let the program write there."
	case failed != nil:
		h.Warning = "No checkpoint of the audit log can be made: " + plain.Text(failed) + "."
		if errors.Is(failed, ErrTampered) {
			h.Warning += " Where it was brought back from a backup, or that is settled, go on with: " + beginAnew + "."
		}
	}
	if h.Warning == "" && len(taken) > 0 {
		h.Warning = strings.Join(taken, " ") + " Look who can write there."
	}
	for _, w := range h.Ways {
		l.judge(&h, w)
	}
	return h
}

func (l *Log) database() *sql.DB {
	if l.examined != nil {
		return l.examined
	}
	return l.store.Reader()
}

// HealthOf tells how the log in a database is that is only looked at, as far as its rows know: nothing is tried.
func HealthOf(ctx context.Context, db *sql.DB, c Config) Health {
	l := New(nil, c)
	l.examined = db
	return l.Health(ctx)
}

// judge says what it means that nothing has left by a way for so long. Only the time counts: an attempt that goes on and on has not failed.
func (l *Log) judge(h *Health, w WayHealth) {
	now, since := l.config.Now(), w.since()
	if since.IsZero() {
		since = l.began
	}
	isOver := l.config.Required > 0 && now.Sub(since) > l.config.Required
	isLate := now.Sub(later(since, l.began)) > 2*l.config.Every+retryEvery // this process had time for an attempt and another
	if w.Problem == "" && !isOver && !isLate {
		return
	}
	said := fmt.Sprintf("Since %s no checkpoint of the audit log has left the machine.", moment(since))
	if w.Problem != "" {
		said = fmt.Sprintf("%s (%s).", strings.TrimSuffix(said, "."), strings.TrimSuffix(w.Problem, "."))
	}
	switch {
	case isOver:
		if h.Problem == "" {
			h.Problem = said + " Nothing is sent until one does: the administrator requires it every " + hours(l.config.Required) + "."
		}
	case h.Warning == "" && l.config.Required > 0:
		h.Warning = said + " From " + moment(since.Add(l.config.Required)) + " on nothing is sent."
	case h.Warning == "":
		h.Warning = said
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// firstTime is how long somebody who sends waits for the first attempt.
const firstTime = 10 * time.Second

// HealthToSend is Health for somebody who is about to send: where nothing may be sent, and the first attempt of a program that was just
// started goes on, that may change it, and is waited for, a few seconds at most.
func (l *Log) HealthToSend(ctx context.Context) Health {
	h := l.Health(ctx)
	if h.Problem == "" {
		return h
	}
	if !l.isFirst() {
		return l.tryOnce(ctx, h)
	}
	late := time.NewTimer(firstTime)
	defer late.Stop()
	select {
	case <-l.first:
	case <-ctx.Done():
	case <-late.C:
	}
	return l.Health(ctx)
}

// tryOnce makes the first attempt itself where Run does not go on, as in a command: nobody else may.
func (l *Log) tryOnce(ctx context.Context, h Health) Health {
	l.mu.Lock()
	tries := !l.running && !l.tried && l.altered == nil && len(l.config.Ways) > 0
	l.tried = l.tried || tries
	l.mu.Unlock()
	if !tries {
		return h
	}
	within, cancel := context.WithTimeout(ctx, firstTime)
	defer cancel()
	_ = l.Deliver(within) // what failed is written down
	return l.Health(ctx)
}

// isFirst: Run goes on, and its first attempt has not ended.
func (l *Log) isFirst() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.first:
		return false
	default:
		return l.running && l.altered == nil
	}
}

// hours is a length of time without the parts that are nothing.
func hours(d time.Duration) string {
	text := d.String()
	for _, nothing := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, nothing) {
			text = text[:len(text)-len(nothing)+1]
		}
	}
	return text
}

// state reads how many lines there are, and how the ways are.
func (l *Log) state(ctx context.Context, db *sql.DB) (lines int64, ways []WayHealth, err error) {
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM audit`).Scan(&lines); err != nil {
		return 0, nil, err
	}
	for _, w := range l.config.Ways {
		h := WayHealth{Name: w.Name(), Place: w.Place()}
		var began, gone int64
		err := db.QueryRowContext(ctx, `SELECT coalesce(max(began), 0), coalesce(max(gone), 0), coalesce(max(size), 0), coalesce(max(problem), '')
			FROM audit_way WHERE name = ? AND place = ?`, h.Name, h.Place).Scan(&began, &gone, &h.Size, &h.Problem)
		if err != nil {
			return 0, nil, err
		}
		h.Began, h.Gone = at(began), at(gone)
		ways = append(ways, h)
	}
	return lines, ways, nil
}

// at is a time in Unix milliseconds; the zero Time for 0.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
