package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"caveat/backend/store"
)

// Entry is one line of the log, taken apart.
type Entry struct {
	Seq  int64
	At   time.Time
	Type string
	Data json.RawMessage // only until the next line
}

// Newest visits the lines after a number from the newest to the oldest, as long as visit says so. Lines that do not match their own
// hash are left out: whoever must know of them verifies the chain. No connection is held while visit runs.
func Newest(ctx context.Context, s *store.Store, after int64, visit func(Entry) (goOn bool, err error)) error {
	for before := int64(1 << 62); ; {
		page, oldest, err := newestPage(ctx, s, after, before)
		if err != nil || len(page) == 0 {
			return err
		}
		before = oldest
		for _, line := range page {
			h, _, err := openLine(line)
			if err != nil {
				continue
			}
			at, err := time.Parse(time.RFC3339Nano, h.Time)
			if err != nil {
				continue
			}
			if goOn, err := visit(Entry{Seq: h.Seq, At: at, Type: h.Type, Data: h.Data}); err != nil || !goOn {
				return err
			}
		}
	}
}

// newestPage reads some lines between two numbers, newest first.
func newestPage(ctx context.Context, s *store.Store, after, before int64) (page [][]byte, oldest int64, err error) {
	rows, err := s.Reader().QueryContext(ctx, `SELECT seq, line FROM audit WHERE seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?`, after, before, pageLines)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	bytes := 0
	for bytes < pageBytes && rows.Next() {
		var line sql.RawBytes
		if err := rows.Scan(&oldest, &line); err != nil {
			return nil, 0, err
		}
		page, bytes = append(page, append([]byte(nil), line...)), bytes+len(line)
	}
	return page, oldest, rows.Err()
}
