package draftbox

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/store"
)

// maxRecent is how many labels that were used and are no favourites are kept.
const maxRecent = 20

// LabelUse is a label that the user sent something under, or keeps at hand.
type LabelUse struct {
	Selection label.Selection
	Used      int
	Last      time.Time // zero: never
	Favourite bool
}

// selectionKey names a selection: its JSON, without the date of review, which is each message's own. The same values in another
// order, or in several lists of one tag set, have the same key. How names are spelled the caller settles (by the policy).
func selectionKey(s label.Selection) string {
	s.Review = time.Time{}
	s.Categories = sorted(s.Categories)
	return wholeLabel(draft.Label{Selection: &s})
}

// sorted gives choices in one order, each value once, each tag set once, without those that are empty.
func sorted(tags []label.SelectedTag) []label.SelectedTag {
	bySet := map[string][]label.SelectedValue{}
	for _, t := range tags {
		if len(t.Values) > 0 {
			bySet[t.TagSet] = append(bySet[t.TagSet], t.Values...)
		}
	}
	var out []label.SelectedTag
	for _, set := range slices.Sorted(maps.Keys(bySet)) {
		values := slices.Clone(bySet[set])
		slices.SortFunc(values, func(a, b label.SelectedValue) int {
			return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name))
		})
		out = append(out, label.SelectedTag{TagSet: set, Values: slices.Compact(values)})
	}
	return out
}

// LabelUsed counts that something was sent under a label, and keeps no more of them than maxRecent.
func (b *Box) LabelUsed(ctx context.Context, s label.Selection) error {
	key := selectionKey(s)
	if key == "" {
		return nil
	}
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO label_use (selection, used, last) VALUES (?1, 1, ?2)
			ON CONFLICT (selection) DO UPDATE SET used = used + 1, last = ?2`, key, b.now().UnixMilli())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM label_use WHERE favourite = 0 AND selection NOT IN
			(SELECT selection FROM label_use WHERE favourite = 0 ORDER BY last DESC LIMIT ?)`, maxRecent)
		if err != nil {
			return err
		}
		return store.Changed(ctx, tx, "label-use", "")
	})
}

// SetLabelFavourite keeps a label at hand, or no longer. One without a classification is draft.ErrInvalid.
func (b *Box) SetLabelFavourite(ctx context.Context, s label.Selection, favourite bool) error {
	key := selectionKey(s)
	if key == "" {
		return fmt.Errorf("%w: a label without a classification cannot be a favourite", draft.ErrInvalid)
	}
	return b.store.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO label_use (selection, favourite) VALUES (?1, ?2) ON CONFLICT (selection) DO UPDATE SET favourite = ?2`, key, favourite)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM label_use WHERE favourite = 0 AND used = 0`); err != nil {
			return err
		}
		return store.Changed(ctx, tx, "label-use", "")
	})
}

// LabelUses lists favourites first, then the latest.
func (b *Box) LabelUses(ctx context.Context) ([]LabelUse, error) {
	rows, err := b.store.Reader().QueryContext(ctx, `SELECT selection, used, last, favourite FROM label_use ORDER BY favourite DESC, last DESC, selection`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []LabelUse{}
	for rows.Next() {
		var key string
		var u LabelUse
		var last int64
		if err := rows.Scan(&key, &u.Used, &last, &u.Favourite); err != nil {
			return nil, err
		}
		var l draft.Label
		if err := l.UnmarshalJSON([]byte(key)); err != nil || l.Selection == nil {
			return nil, fmt.Errorf("draftbox: a label in caveat.db cannot be read: %q: %w", key, errors.Join(err))
		}
		if u.Selection = *l.Selection; last > 0 {
			u.Last = time.UnixMilli(last).UTC()
		}
		out = append(out, u)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
