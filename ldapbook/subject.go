package ldapbook

import (
	"context"
	"errors"
)

// errAnew: what was begun in a book that is no longer there must not go on in the new one.
var errAnew = errors.New("the book was deleted, or the directory forgotten, in the meantime: it is to be read again")

// subject is what a sequence of transactions is about. They share a context that holds it; each of them fails with errAnew when
// the book was made anew since the first (see Heal), or when the number of the directory is not its own any more.
type subject struct {
	generation int64 // Book.generation when it began
	dir        int64
	name       string // of dir; empty: not known yet
}

type subjectKey struct{}

func (s subject) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, subjectKey{}, s)
}

// inThisBook gives a context without a subject one: the book as it is now.
func (b *Book) inThisBook(ctx context.Context) context.Context {
	if _, ok := ctx.Value(subjectKey{}).(subject); ok {
		return ctx
	}
	return subject{generation: b.generation.Load()}.in(ctx)
}

// checkSubject: the lock on writing is held, so that Heal cannot come between this and the commit.
func (w *writing) checkSubject() error {
	s, ok := w.ctx.Value(subjectKey{}).(subject)
	switch {
	case !ok:
		return nil
	case s.generation != w.book.generation.Load():
		return errAnew
	case s.name == "" || s.dir != w.dir: // another directory's first read is finished on the way
		return nil
	}
	var same bool
	err := w.tx.QueryRowContext(w.ctx, `SELECT EXISTS (SELECT 1 FROM directory WHERE id = ? AND name = ?)`, s.dir, s.name).Scan(&same)
	if err == nil && !same {
		err = errAnew
	}
	return err
}
