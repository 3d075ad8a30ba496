package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
)

// Borne is a label that a file bears, or bore once. The zero Borne is none.
type Borne struct {
	Label   string // XML; as it stands in the file when it cannot be read
	Problem string // why it cannot be read; empty: it can
	Inside  bool   // it stands in the file itself, not in a sidecar
}

// Bind remembers labels that a sidecar gives to a file, beside those that the file has already: none replaces another one, so that
// each stays when its sidecar is taken away or changed (RULES 1). The file must be kept.
func (b *Box) Bind(ctx context.Context, sum string, labels []Borne) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error { return addBorne(ctx, tx, sum, labels) })
}

func addBorne(ctx context.Context, tx *sql.Tx, sum string, labels []Borne) error {
	for _, l := range labels {
		_, err := tx.ExecContext(ctx, `INSERT INTO attachment_label (sha256, label, problem, inside) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, sum, l.Label, l.Problem, l.Inside)
		if err != nil {
			return fmt.Errorf("outbox: the label of an attachment: %w", err)
		}
	}
	return nil
}

// replaceInside writes down what a file bears in itself. The bytes are the same, so what was read of them now holds: a policy that
// was not known before may be known now. A sidecar that could not be read is forgotten: where it still lies beside the file it is read
// again.
func replaceInside(ctx context.Context, tx *sql.Tx, sum string, labels []Borne) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM attachment_label WHERE sha256 = ? AND (inside OR problem <> '')`, sum); err != nil {
		return err
	}
	return addBorne(ctx, tx, sum, labels)
}

// borne lists the labels of a kept file.
func (b *Box) borne(ctx context.Context, sum string) ([]Borne, error) {
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT label, problem, inside FROM attachment_label WHERE sha256 = ? ORDER BY inside DESC, label, problem`, sum)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Borne
	for rows.Next() {
		var l Borne
		if err := rows.Scan(&l.Label, &l.Problem, &l.Inside); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// borneBy reads the labels of a file that is being kept.
func borneBy(f *os.File, read func(io.ReadSeeker) ([]Borne, error)) ([]Borne, error) {
	if read == nil {
		return nil, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("outbox: spool: %w", err)
	}
	return read(f)
}
