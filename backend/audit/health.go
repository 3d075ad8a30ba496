package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	altered, failed, unwritten := l.altered, l.failed, l.unwritten
	l.mu.Unlock()
	var h Health
	lines, ways, err := l.state(ctx, l.database())
	h.Lines, h.Ways = lines, ways
	switch {
	case err != nil:
		h.Problem = "The audit log cannot be read, and nothing is sent until it can: " + plain.Text(err) + ". Restore caveat.db from a backup, or free the disk that it lies on."
	case altered != nil:
		h.Problem = "The audit log was altered, and nothing is sent: " + plain.Text(altered) + ". Export it, keep that beside the checkpoints, tell your security officer; " +
			"go on with a backup of caveat.db, or, knowing what was altered, with another place for the checkpoints, or none, and a new start."
	case unwritten != nil:
		h.Problem = "The audit log cannot be written to, and nothing is sent until it can: " + plain.Text(unwritten) + ". Free the disk that caveat.db lies on, or let the program write there."
	case failed != nil:
		h.Warning = "No checkpoint of the audit log can be made: " + plain.Text(failed) + "."
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
	return (&Log{config: c, examined: db}).Health(ctx)
}

// judge says what it means that a way does not work.
func (l *Log) judge(h *Health, w WayHealth) {
	if w.Problem == "" || w.since().IsZero() {
		return
	}
	said := fmt.Sprintf("Since %s no checkpoint of the audit log has left the machine (%s).", moment(w.since()), strings.TrimSuffix(w.Problem, "."))
	switch {
	case l.config.Required > 0 && l.config.Now().Sub(w.since()) > l.config.Required:
		if h.Problem == "" {
			h.Problem = said + " Nothing is sent until one does: the administrator requires it every " + hours(l.config.Required) + "."
		}
	case h.Warning == "" && l.config.Required > 0:
		h.Warning = said + " From " + moment(w.since().Add(l.config.Required)) + " on nothing is sent."
	case h.Warning == "":
		h.Warning = said
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
