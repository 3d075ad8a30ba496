package federation

import (
	"context"
	"sync"
	"time"
)

// budget is what is left of each nation's deadline in one check: it covers all that is asked of the nation, membership to the
// last level among it (RULES 13).
type budget struct {
	mu    sync.Mutex
	spent map[string]time.Duration // by directory
}

type budgetKey struct{}

// Begin gives a context for one check, in which each nation's deadline is counted over everything that is asked of it.
func Begin(ctx context.Context) context.Context {
	return context.WithValue(ctx, budgetKey{}, &budget{spent: map[string]time.Duration{}})
}

// left is how much of the deadline a directory has left; all of it outside a check.
func left(ctx context.Context, directory string, deadline time.Duration) time.Duration {
	b, ok := ctx.Value(budgetKey{}).(*budget)
	if !ok {
		return deadline
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return deadline - b.spent[directory]
}

// spend counts time that a directory was waited for.
func spend(ctx context.Context, directory string, took time.Duration) {
	b, ok := ctx.Value(budgetKey{}).(*budget)
	if !ok {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent[directory] += took
}
