package draftbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"caveat/backend/draft"
	"caveat/backend/store"
)

// ErrName: a template without a name, or with one that is too long.
var ErrName = errors.New("draftbox: no name of a template")

// maxName is the longest name of a template, in characters; maxTemplates is how many there may be.
const (
	maxName      = 200
	maxTemplates = 500
)

// ErrMany: there are as many templates as there may be.
var ErrMany = errors.New("draftbox: too many templates")

// Template is a draft to begin from.
type Template struct {
	ID      string
	Name    string
	Changed time.Time
	Content Content
}

// SaveTemplate keeps a template under an id that the caller made, also in place of one. Errors: ErrID, ErrName, ErrMany; content
// that is too long is draft.ErrInvalid.
func (b *Box) SaveTemplate(ctx context.Context, id, name string, c Content) (Template, error) {
	if !idForm.MatchString(id) {
		return Template{}, fmt.Errorf("%w: %q: 16 to 40 small letters and digits", ErrID, id)
	}
	name = strings.Join(strings.Fields(name), " ")
	if n := len([]rune(name)); n == 0 || n > maxName {
		return Template{}, fmt.Errorf("%w: 1 to %d characters", ErrName, maxName)
	}
	document := c.Canonical()
	if len(document) > draft.MaxSize {
		return Template{}, fmt.Errorf("%w: the template is longer than %d bytes", draft.ErrInvalid, draft.MaxSize)
	}
	out := Template{ID: id, Name: name, Changed: time.UnixMilli(b.now().UnixMilli()).UTC(), Content: c}
	return out, b.store.Write(ctx, func(tx *sql.Tx) error {
		var others int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM template WHERE id <> ?`, id).Scan(&others); err != nil {
			return err
		}
		if others >= maxTemplates {
			return fmt.Errorf("%w: %d; delete one first", ErrMany, maxTemplates)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO template (id, name, content, changed) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (id) DO UPDATE SET name = ?2, content = ?3, changed = ?4`, id, name, string(document), out.Changed.UnixMilli())
		if err != nil {
			return err
		}
		return store.Changed(ctx, tx, "template", id)
	})
}

// DeleteTemplate removes a template; ErrGone when it is not there.
func (b *Box) DeleteTemplate(ctx context.Context, id string) error {
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		gone, err := store.Column[string](ctx, tx, `DELETE FROM template WHERE id = ? RETURNING id`, id)
		if err != nil {
			return err
		}
		if len(gone) == 0 {
			return fmt.Errorf("%w: there is no template %s", ErrGone, id)
		}
		return store.Changed(ctx, tx, "template", id)
	})
}

// Templates reads all templates, by name.
func (b *Box) Templates(ctx context.Context) ([]Template, error) {
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT id, name, content, changed FROM template ORDER BY name COLLATE NOCASE, id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Template{}
	for rows.Next() {
		var t Template
		var document string
		var changed int64
		if err := rows.Scan(&t.ID, &t.Name, &document, &changed); err != nil {
			return nil, err
		}
		t.Changed = time.UnixMilli(changed).UTC()
		if t.Content, err = Parse([]byte(document)); err != nil {
			return nil, fmt.Errorf("draftbox: template %s in caveat.db cannot be read: %w", t.ID, err)
		}
		out = append(out, t)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
