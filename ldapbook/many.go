package ldapbook

import (
	"database/sql"
	"strings"
)

// manyRows gathers rows for statements that insert many at once.
type manyRows struct {
	w       *writing
	query   string
	columns int
	args    []any
	full    *sql.Stmt
}

func (w *writing) many(query string, columns int) *manyRows {
	return &manyRows{w: w, query: query, columns: columns, args: make([]any, 0, columns*rowsPerInsert)}
}

func (m *manyRows) add(values ...any) error {
	m.args = append(m.args, values...)
	if len(m.args) < m.columns*rowsPerInsert {
		return nil
	}
	if m.full == nil {
		s, err := m.w.tx.PrepareContext(m.w.ctx, m.statement(rowsPerInsert))
		if err != nil {
			return err
		}
		m.full = s
	}
	_, err := m.full.ExecContext(m.w.ctx, m.args...)
	m.args = m.args[:0]
	return err
}

func (m *manyRows) end() error {
	if m.full != nil {
		defer m.full.Close()
	}
	if len(m.args) == 0 {
		return nil
	}
	_, err := m.w.tx.ExecContext(m.w.ctx, m.statement(len(m.args)/m.columns), m.args...)
	m.args = m.args[:0]
	return err
}

func (m *manyRows) statement(rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", m.columns), ",") + ")"
	return m.query + strings.TrimSuffix(strings.Repeat(row+",", rows), ",")
}
