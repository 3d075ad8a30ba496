package api

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"caveat/backend/store"
)

const (
	// readsKept is how long it is remembered what a read brought and cost.
	readsKept = 14 * 24 * time.Hour
	// readsShown is how many of the last reads are told.
	readsShown = 50
)

// How a read ended.
const (
	readOK         = "ok"
	readIncomplete = "incomplete"
	readHeld       = "held"
	readFailed     = "failed"
	readStopped    = "stopped"
)

// ReadsDocument is what reading one directory brought and cost of late.
type ReadsDocument struct {
	Directory string         `json:"directory"`
	Reads     []ReadDocument `json:"reads" nullable:"false" doc:"the last ones, newest first"`
	Days      []ReadsDay     `json:"days" nullable:"false" doc:"per day of UTC, newest first; a day without a read is left out"`
}

// ReadDocument is one read.
type ReadDocument struct {
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	State    string    `json:"state" enum:"ok,incomplete,held,failed,stopped"`
	Strategy string    `json:"strategy" doc:"empty: it did not come so far"`
	Full     bool      `json:"full" doc:"everything was read"`
	Read     int       `json:"read" doc:"entries"`
	Added    int       `json:"added"`
	Changed  int       `json:"changed"`
	Removed  int       `json:"removed"`
	Bytes    int64     `json:"bytes"`
	Error    string    `json:"error,omitempty" doc:"why it failed or brought only a part"`
}

// ReadsSum is what several reads cost together.
type ReadsSum struct {
	Reads   int     `json:"reads"`
	Failed  int     `json:"failed" doc:"those that failed or brought only a part"`
	Bytes   int64   `json:"bytes"`
	Seconds float64 `json:"seconds"`
}

// ReadsDay is what the reads of one day cost.
type ReadsDay struct {
	Day string `json:"day" format:"date"`
	ReadsSum
}

// stateOf is how a read ended.
func (d SyncDocument) stateOf() string {
	switch {
	case d.Stopped:
		return readStopped
	case d.Held > 0:
		return readHeld
	case d.Incomplete:
		return readIncomplete
	case !d.OK:
		return readFailed
	}
	return readOK
}

// recordRead remembers a read and lets pages know of it. It is only news: that it cannot be told is no fault of the reading.
func (s *Service) recordRead(ctx context.Context, started time.Time, d SyncDocument) {
	state := d.stateOf()
	if state == readFailed && ctx.Err() != nil { // the program ended
		state = readStopped
	}
	ctx = context.WithoutCancel(ctx)
	err := s.store.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM directory_read WHERE started < ?`, started.Add(-readsKept).UnixMilli()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO directory_read (directory, started, ms, state, strategy, everything, entries, added, changed, removed, bytes, error)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			d.Directory, started.UnixMilli(), s.now().Sub(started).Milliseconds(), state, d.Strategy, d.Full, d.Read, d.Added, d.Changed, d.Removed, d.Bytes, d.Error)
		if err != nil {
			return err
		}
		return store.Changed(ctx, tx, "book", d.Directory)
	})
	if err != nil {
		slog.Warn("pages are not told that a directory was read", "directory", d.Directory, "error", err)
	}
}

// forgetReads forgets the reads of a directory that is removed.
func (s *Service) forgetReads(ctx context.Context, directory string) error {
	return s.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM directory_read WHERE directory = ?`, directory)
		return err
	})
}

// DirectoryReads tells what reading a directory brought and cost of late.
func (s *Service) DirectoryReads(ctx context.Context, name string) (ReadsDocument, error) {
	if _, ok := s.fed.Directory(name); !ok {
		return ReadsDocument{}, s.noDirectory(name)
	}
	out := ReadsDocument{Directory: name, Reads: []ReadDocument{}, Days: []ReadsDay{}}
	rows, err := s.store.Reader().QueryContext(ctx, `SELECT started, ms, state, strategy, everything, entries, added, changed, removed, bytes, error
		FROM directory_read WHERE directory = ? ORDER BY started DESC, id DESC LIMIT ?`, name, readsShown)
	if err != nil {
		return ReadsDocument{}, err
	}
	defer rows.Close()
	for rows.Next() {
		var d ReadDocument
		var started, ms int64
		if err := rows.Scan(&started, &ms, &d.State, &d.Strategy, &d.Full, &d.Read, &d.Added, &d.Changed, &d.Removed, &d.Bytes, &d.Error); err != nil {
			return ReadsDocument{}, err
		}
		d.Started, d.Seconds = time.UnixMilli(started).UTC(), float64(ms)/1000
		out.Reads = append(out.Reads, d)
	}
	if err := rows.Err(); err != nil {
		return ReadsDocument{}, err
	}
	out.Days, err = s.readsByDay(ctx, name)
	return out, err
}

// sumOfReads are the columns of a ReadsSum.
const sumOfReads = `count(*), coalesce(sum(state NOT IN ('ok', 'stopped')), 0), coalesce(sum(bytes), 0), coalesce(sum(ms), 0) / 1000.0`

func (s *Service) readsByDay(ctx context.Context, name string) ([]ReadsDay, error) {
	rows, err := s.store.Reader().QueryContext(ctx, `SELECT date(started / 1000, 'unixepoch') AS day, `+sumOfReads+`
		FROM directory_read WHERE directory = ? GROUP BY day ORDER BY day DESC`, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []ReadsDay{}
	for rows.Next() {
		var d ReadsDay
		if err := rows.Scan(&d.Day, &d.Reads, &d.Failed, &d.Bytes, &d.Seconds); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// readsOfDay sums up, by directory, what was read in the last 24 hours.
func (s *Service) readsOfDay(ctx context.Context) (map[string]ReadsSum, error) {
	rows, err := s.store.Reader().QueryContext(ctx, `SELECT directory, `+sumOfReads+` FROM directory_read WHERE started >= ? GROUP BY directory`,
		s.now().Add(-24*time.Hour).UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]ReadsSum{}
	for rows.Next() {
		var name string
		var sum ReadsSum
		if err := rows.Scan(&name, &sum.Reads, &sum.Failed, &sum.Bytes, &sum.Seconds); err != nil {
			return nil, err
		}
		out[name] = sum
	}
	return out, rows.Err()
}
