package draftbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"caveat/backend/draft"
	"caveat/backend/store"
)

// MaxVersions is how many versions of a draft are kept, the one that is being written among them.
const MaxVersions = 50

// wholeLabel is the JSON of a label that says something; "" while there is none, or no classification is chosen.
func wholeLabel(l draft.Label) string {
	if l.XML == "" && (l.Selection == nil || l.Selection.Classification == "") {
		return ""
	}
	out, err := l.MarshalJSON()
	if err != nil {
		panic("draftbox: internal error: " + err.Error()) // strings and times always marshal
	}
	return string(out)
}

// keepVersion puts the draft as it is now among its versions, before a save at a time changes it, and thins them.
func (b *Box) keepVersion(ctx context.Context, tx *sql.Tx, id string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO draft_version (draft, version, content, changed)
		SELECT id, version, content, changed FROM draft WHERE id = ? AND gone = ''`, id)
	if err != nil {
		return err
	}
	list, err := versions(ctx, tx, id)
	if err != nil {
		return err
	}
	for len(list) > MaxVersions-1 {
		i := superfluous(list, now)
		if _, err := tx.ExecContext(ctx, `DELETE FROM draft_version WHERE draft = ? AND version = ?`, id, list[i].number); err != nil {
			return err
		}
		list = append(list[:i], list[i+1:]...)
	}
	return nil
}

// version is one version of a draft, by number and time.
type version struct {
	number  int64
	changed time.Time
}

func versions(ctx context.Context, tx *sql.Tx, id string) ([]version, error) {
	rows, err := tx.QueryContext(ctx, `SELECT version, changed FROM draft_version WHERE draft = ? ORDER BY version`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []version
	for rows.Next() {
		var v version
		var changed int64
		if err := rows.Scan(&v.number, &changed); err != nil {
			return nil, err
		}
		v.changed = time.UnixMilli(changed)
		out = append(out, v)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// superfluous finds the version that is missed least: the one whose neighbours lie closest together, measured by how long ago it
// was. So the last minutes are kept closely and what is older ever more widely; the first and the last stay.
func superfluous(list []version, now time.Time) int {
	best, least := 1, 0.0
	for i := 1; i < len(list)-1; i++ {
		age := max(now.Sub(list[i].changed), time.Second)
		gap := float64(list[i+1].changed.Sub(list[i-1].changed)) / float64(age)
		if i == 1 || gap < least {
			best, least = i, gap
		}
	}
	return best
}

// History lists the versions of a draft that are kept, the newest first: the draft as it is, then earlier ones. ErrGone when the
// draft is not there.
func (b *Box) History(ctx context.Context, id string) ([]Stored, error) {
	now, err := b.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT draft, version, content, changed, '', '' FROM draft_version WHERE draft = ? AND version < ? ORDER BY version DESC`, id, now.Version)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Stored{now}
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// Version reads a draft as it was in a version that is kept; ErrGone when the draft or that version of it is not there.
func (b *Box) Version(ctx context.Context, id string, number int64) (Stored, error) {
	now, err := b.Get(ctx, id)
	if err != nil || now.Version == number {
		return now, err
	}
	s, err := scan(b.store.Reader().QueryRowContext(ctx, `SELECT draft, version, content, changed, '', '' FROM draft_version WHERE draft = ? AND version = ?`, id, number))
	if errors.Is(err, sql.ErrNoRows) {
		return Stored{}, fmt.Errorf("%w: version %d of %s is not kept", ErrGone, number, id)
	}
	return s, err
}

// Attachments lists the hashes of all contents that drafts, their versions and templates refer to, within a transaction.
func (b *Box) Attachments(ctx context.Context, tx *sql.Tx) ([]string, error) {
	return store.Column[string](ctx, tx, `SELECT DISTINCT json_extract(a.value, '$.sha256') FROM
		(SELECT content FROM draft WHERE gone = '' UNION ALL SELECT content FROM draft_version UNION ALL SELECT content FROM template) AS d,
		json_each(d.content, '$.attachments') AS a WHERE json_extract(a.value, '$.sha256') IS NOT NULL`)
}
