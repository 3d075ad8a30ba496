package audit

import (
	"context"
	"database/sql"
	"fmt"

	"caveat/backend/store"
)

// Check holds the whole log of a database to its chain, without an export and without a word added to it. Unlike an export's, its end
// cannot be proven: lines that somebody cut off there are not missed. ErrTampered says which line is wrong and how; a log that has not
// begun is no error. Any other error is one of the database.
func Check(ctx context.Context, db store.Querier) (Summary, error) {
	rows, err := db.QueryContext(ctx, `SELECT line FROM audit ORDER BY seq`)
	if err != nil {
		return Summary{}, err
	}
	defer rows.Close()
	v := verifier{prev: genesis}
	for rows.Next() {
		var line sql.RawBytes
		if err := rows.Scan(&line); err != nil {
			return Summary{}, err
		}
		if err := v.line(line); err != nil {
			return Summary{}, fmt.Errorf("%w: line %d: %w", ErrTampered, v.sum.Lines+1, err)
		}
	}
	return v.sum, rows.Err()
}
