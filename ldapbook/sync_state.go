package ldapbook

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// refreshState is what a directory's row of the table refresh holds.
type refreshState struct {
	refused         []Strategy
	asked, scope    []byte
	cookie, resume  []byte
	mark            string
	lastFull        time.Time
	held, confirmed int
	file            string
}

func (w *writing) refreshState() (refreshState, error) {
	var s refreshState
	var refused string
	var full int64
	err := w.tx.QueryRowContext(w.ctx, `SELECT refused, asked, scope, cookie, resume, mark, last_full, held, confirmed, file
		FROM refresh WHERE directory = ?`, w.dir).Scan(&refused, &s.asked, &s.scope, &s.cookie, &s.resume, &s.mark, &full,
		&s.held, &s.confirmed, &s.file)
	if errors.Is(err, sql.ErrNoRows) {
		return refreshState{}, nil
	}
	for _, name := range strings.Fields(refused) {
		s.refused = append(s.refused, Strategy(name))
	}
	s.lastFull = fromMicros(full)
	return s, err
}

// scopeHash covers all that the rows of a directory depend on beside the directory itself. What was remembered of another
// scope is of no use: an entry that has not changed since would not be sent again.
func scopeHash(src *Source, url string, strategy Strategy) []byte {
	text, err := json.Marshal([]any{indexVersion, src.Nation, src.Security, src.BaseDN, src.Mapping, url, strategy})
	if err != nil {
		panic("internal error: a source cannot be written down: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return sum[:]
}

// recordAttempt notes what there is to say of an attempt, however it ended.
func (p *pass) recordAttempt(w *writing) error {
	_, err := w.tx.ExecContext(w.ctx, `INSERT INTO refresh (directory, strategy, refused, asked, bytes, duration, held)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (directory) DO UPDATE SET strategy = ?2, refused = ?3, asked = ?4,
		bytes = ?5, duration = ?6, held = CASE ?7 WHEN 0 THEN held ELSE ?7 END,
		confirmed = CASE ?7 WHEN 0 THEN confirmed ELSE 0 END`,
		p.dir, p.result.Strategy, joinStrategies(p.state.refused), p.state.asked, p.bytes(),
		time.Since(p.started).Microseconds(), p.result.Held)
	return err
}

// recordSuccess notes, in the transaction that makes the rows what the directory is, up to where they are.
func (p *pass) recordSuccess(w *writing, o outcome) error {
	full, mark := p.state.lastFull, o.mark
	if p.result.Full {
		full = p.asOf
	}
	if err := p.recordAttempt(w); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(w.ctx, `UPDATE refresh SET scope = ?, cookie = ?, resume = NULL, mark = ?, last_full = ?,
		held = 0, confirmed = 0, file = ? WHERE directory = ?`, o.scope, o.cookie, mark, toMicros(full), o.file, p.dir)
	if err != nil {
		return err
	}
	// Every row is as fresh as this read only when what is gone was found as well.
	fresh := int64(0)
	if o.wholly {
		fresh = toMicros(p.asOf)
	}
	_, err = w.tx.ExecContext(w.ctx, `UPDATE directory SET last_success = ?1, incomplete = 0, error = '',
		full_read_at = CASE ?2 WHEN 0 THEN full_read_at ELSE ?2 END WHERE id = ?3`, nowMicros(), fresh, p.dir)
	return err
}

// recordResume keeps a cookie from inside a first refresh: what came before it is in the book.
func (p *pass) recordResume(ctx context.Context, scope, cookie []byte) error {
	return p.book.transaction(ctx, p.dir, func(w *writing) error {
		_, err := w.tx.ExecContext(ctx, `INSERT INTO refresh (directory, scope, resume) VALUES (?1, ?2, ?3)
			ON CONFLICT (directory) DO UPDATE SET scope = ?2, resume = ?3, cookie = NULL, mark = ''`, p.dir, scope, cookie)
		return err
	})
}

// noteContainers remembers the containers' names. One that has another name than before makes what the book has up to now
// worthless, from this transaction on: the names of everything below have changed with it.
func (p *pass) noteContainers(ctx context.Context, all []container) error {
	return p.book.loadTransaction(ctx, p.dir, func(w *writing) error {
		for _, c := range all {
			var before string
			err := w.tx.QueryRowContext(ctx, `SELECT dn FROM container WHERE directory = ? AND uuid = ?`, p.dir, c.uuid).Scan(&before)
			if err == nil && before == c.dn {
				continue
			}
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if err == nil {
				p.renamed = true
				if _, err := w.tx.ExecContext(ctx, forgetState, p.dir); err != nil {
					return err
				}
			}
			_, err = w.tx.ExecContext(ctx, `INSERT INTO container (directory, uuid, dn) VALUES (?1, ?2, ?3)
				ON CONFLICT DO UPDATE SET dn = ?3`, p.dir, c.uuid, c.dn)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// forgetState makes the next read one of everything.
const forgetState = `UPDATE refresh SET cookie = NULL, resume = NULL, mark = '', file = '' WHERE directory = ?`

func joinStrategies(all []Strategy) string {
	var texts []string
	for _, s := range all {
		texts = append(texts, string(s))
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), " ")
}
