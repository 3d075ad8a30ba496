package ldapbook

import (
	"context"
	"strings"

	"caveat/ldapbook/internal/wire"
)

// anchor is what a syncrepl remembers beside the cookie, to notice that the server was restored from a backup.
//
// A server whose newest change is older than the cookie says so itself. One that has been written since does not: what the
// backup took back then looks unchanged. But the entry that was the newest of all has another entryCSN now, or none, without
// having been sent as changed or gone.
type anchor struct {
	csn  string // of the newest entry that came; empty: none
	uuid string // of that entry; empty: it has changed or is gone since
}

func parseAnchor(mark string) anchor {
	fields := strings.Fields(mark)
	if len(fields) != 2 {
		return anchor{}
	}
	return anchor{csn: strings.Trim(fields[0], "-"), uuid: strings.Trim(fields[1], "-")}
}

// String is what parseAnchor reads; "-" stands for nothing.
func (a anchor) String() string { return a.csn + "- " + a.uuid + "-" }

// next is the anchor after an answer.
func (a anchor) next(s *syncReading) anchor {
	switch {
	case s.marks.csn > a.csn:
		a.csn, a.uuid = s.marks.csn, s.marks.uuid
	case s.anchorMet:
		a.uuid = ""
	}
	return a
}

// movedBack tells whether the anchor is not what it was, though the answer did not speak of it.
func (a anchor) movedBack(ctx context.Context, conn *Conn, s *syncReading) (bool, error) {
	if a.uuid == "" || s.anchorMet || s.newest == nil {
		return false, nil
	}
	conn.mu.Lock()
	defer conn.mu.Unlock()
	search, err := conn.search(conn.src.BaseDN, wire.ScopeSubtree, "(entryUUID="+escapeFilter(a.uuid)+")")
	if err != nil {
		return false, err
	}
	search.Attrs = []string{attrEntryCSN}
	same := false
	done, err := conn.client.Search(ctx, conn.src.Timeout, search, func(m wire.Message) error {
		seen, err := look(m)
		same = same || seen.csn == a.csn
		return err
	})
	if err != nil {
		return false, conn.explain(err)
	}
	return done.Code == 0 && !same, nil
}
