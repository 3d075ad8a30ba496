package ldapbook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"caveat/ldapbook/internal/wire"
)

// run reads the source: its file, or its server by the first strategy that the server does.
func (p *pass) run(ctx context.Context) error {
	if p.src.Refresh.LDIF != "" {
		return p.readFile(ctx)
	}
	conn, err := Dial(ctx, *p.src)
	if err != nil {
		return err
	}
	defer conn.Close()
	p.result.URL, p.bytes = conn.URL(), conn.client.BytesRead
	strategies, err := p.strategies(ctx, conn)
	if err != nil {
		return err
	}
	for i, strategy := range strategies {
		p.result.Strategy = strategy
		err = p.attempt(ctx, conn, strategy)
		if !errors.Is(err, errNext) || i == len(strategies)-1 {
			return err
		}
		p.state.refused = append(p.state.refused, strategy)
		p.forget()
	}
	return err
}

func (p *pass) attempt(ctx context.Context, conn *Conn, strategy Strategy) error {
	switch strategy {
	case StrategySyncrepl:
		return p.trySyncrepl(ctx, conn)
	case StrategyDirSync:
		return p.tryDirSync(ctx, conn)
	case StrategyChanges:
		return p.tryChanges(ctx, conn)
	default:
		return p.tryFull(ctx, conn)
	}
}

// strategies lists what is to be tried, in order; the last one is what every server does. What the server refused before is
// left out while the source is the same.
func (p *pass) strategies(ctx context.Context, conn *Conn) ([]Strategy, error) {
	// Once a day the server is asked again: somebody may have changed its configuration.
	asked := scopeHash(p.src, conn.URL(), p.src.Refresh.Strategy+Strategy(p.started.UTC().Format(" 2006-01-02")))
	if !slices.Equal(asked, p.state.asked) {
		p.state.asked, p.state.refused = asked, nil
	}
	var all []Strategy
	switch p.src.Refresh.Strategy {
	case StrategyAuto:
		offered, err := conn.controls(ctx)
		if err != nil {
			return nil, err
		}
		if slices.Contains(offered, wire.OIDSyncRequest) {
			all = append(all, StrategySyncrepl)
		}
		if slices.Contains(offered, wire.OIDDirSync) {
			all = append(all, StrategyDirSync)
		}
		all = append(all, StrategyChanges)
	case StrategyFull:
	case StrategySyncrepl, StrategyDirSync:
		all = []Strategy{p.src.Refresh.Strategy, StrategyChanges}
	case StrategyChanges:
		all = []Strategy{StrategyChanges}
	default:
		return nil, fmt.Errorf("%w: %s: strategy %q is none of syncrepl, dirsync, changes, full", ErrSource, p.src.Name,
			p.src.Refresh.Strategy)
	}
	all = slices.DeleteFunc(all, func(s Strategy) bool {
		return slices.Contains(p.state.refused, s) || !p.src.Mapping.fits(s)
	})
	return append(all, StrategyFull), nil
}

// fits tells whether a mapping takes the identifier of entries from where a strategy gives it: otherwise the same entry
// would be another one by each way to read it.
func (m *Mapping) fits(s Strategy) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(m.UUID, func(a string) bool { return strings.EqualFold(a, name) })
	}
	switch s {
	case StrategySyncrepl:
		return has("entryUUID")
	case StrategyDirSync:
		return has("objectGUID")
	default:
		return true
	}
}

// controls asks which controls the server has; none when it doesn't tell.
func (c *Conn) controls(ctx context.Context) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	search, err := c.search("", wire.ScopeBase, "(objectClass=*)")
	if err != nil {
		return nil, err
	}
	search.Attrs = []string{"supportedControl"}
	var all []string
	_, err = c.client.Search(ctx, c.src.Timeout, search, func(m wire.Message) error {
		_, err := m.Entry(func(attr, value []byte) {
			if equalName(attr, "supportedControl") {
				all = append(all, string(value))
			}
		})
		return err
	})
	return all, c.explain(err)
}

func isResult(err error) bool {
	var r *wire.Result
	return errors.As(err, &r)
}
