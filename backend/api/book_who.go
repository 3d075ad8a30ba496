package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// Errors about what the asker may know (RULES 19).
var (
	// ErrRole: that is for other roles than the asker has.
	ErrRole = errors.New("api: not for your role")
	// ErrOwnClearance: who may receive a label is told only to those who may receive it themselves.
	ErrOwnClearance = errors.New("api: your own clearance does not permit this label")
)

// ErrNotFound: no entry, directory or message of that name.
var ErrNotFound = errors.New("api: not found")

// screen reads a label and makes sure that the asker may know who may receive it: the label is valid, within the installation's
// clearance (RULES 10) and within the asker's own (RULES 19).
func (s *Service) screen(ctx context.Context, channel draft.Channel, l draft.Label) (*federation.Screen, error) {
	if l.IsZero() {
		return nil, fmt.Errorf("%w: there is none", ErrLabel)
	}
	sc, err := s.fed.NewScreen(ctx, channelOr(channel), "", l)
	if err != nil {
		return nil, err
	}
	for _, p := range sc.Label().Problems {
		if p.Rule == presend.RuleSystemHigh {
			return nil, fmt.Errorf("%w: %s", ErrSystemHigh, p.Text)
		}
	}
	if report := sc.Label(); !report.Valid {
		return nil, fmt.Errorf("%w: %s", ErrLabel, report.Problems[0].Text)
	}
	if v := sc.Originator(); v.Outcome != presend.Cleared {
		return nil, fmt.Errorf("%w: %s", ErrOwnClearance, strings.Join(reasonTexts(v.Reasons), " "))
	}
	return sc, nil
}

func channelOr(c draft.Channel) draft.Channel {
	if c == "" {
		return draft.Mail
	}
	return c
}

func reasonTexts(reasons []presend.Reason) []string {
	out := []string{}
	for _, r := range reasons {
		out = append(out, r.Text)
	}
	return out
}

// parseLabel reads a label document from a query parameter; the zero Label where there is none.
func parseLabel(text string) (l draft.Label, err error) {
	if text == "" {
		return l, nil
	}
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return draft.Label{}, fmt.Errorf("%w: %w", draft.ErrSyntax, err)
	}
	return l, nil
}

func notNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// parseID reads the id of an entry.
func parseID(id string) (ldapbook.Ref, bool) {
	directory, uuid, ok := strings.Cut(id, ":")
	return ldapbook.Ref{Directory: directory, UUID: strings.ToLower(uuid)}, ok && directory != "" && uuid != "" && !strings.Contains(id, "@")
}

func idOf(r ldapbook.Ref) string { return r.Directory + ":" + r.UUID }

func refOf(e ldapbook.Entry) ldapbook.Ref { return ldapbook.Ref{Directory: e.Directory, UUID: e.UUID} }

// entryOf finds one entry by id; ErrNotFound.
func (s *Service) entryOf(ctx context.Context, id string) (ldapbook.Entry, error) {
	if r, ok := parseID(id); ok {
		e, found, err := s.book.ByUUID(ctx, r.Directory, r.UUID)
		if err != nil || found {
			return e, err
		}
	}
	return ldapbook.Entry{}, fmt.Errorf("%w: nobody in the book has the id %q", ErrNotFound, id)
}
