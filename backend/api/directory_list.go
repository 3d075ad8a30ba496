package api

import (
	"cmp"
	"context"
	"time"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// ListDirectories tells everything about the directories, in the order of the installation file.
func (s *Service) ListDirectories(ctx context.Context) ([]DirectoryDocument, error) {
	status, err := s.statuses(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := s.Runs(ctx)
	if err != nil {
		return nil, err
	}
	day, err := s.readsOfDay(ctx)
	if err != nil {
		return nil, err
	}
	places, revisions := s.places(), s.directoryRevisions(ctx)
	out := []DirectoryDocument{}
	for _, d := range s.in.Directories {
		st := status[d.Name]
		x := s.setUp(d)
		x.fill(d, st)
		x.Day, x.Revision = day[d.Name], revisions[d.Name]
		if next := s.plan.next(d, places[d.Name], st); !next.IsZero() {
			x.NextRun = &next
		}
		if r, ok := runs[d.Name]; ok {
			x.Running = &r
		}
		out = append(out, x)
	}
	return out, nil
}

// directoryRevisions gives, by name, what who may change a directory says with a change; nothing where the asker may not. They are of
// what is shown, which the program goes by: what was written in the file by hand since was shown to nobody, and is held against a change.
func (s *Service) directoryRevisions(ctx context.Context) map[string]string {
	out := map[string]string{}
	if s.in.Managed || !s.caller(ctx).Has(administrator...) {
		return out
	}
	for _, f := range s.in.File.Directories {
		out[f.Name], _ = revisionOf(onlyDirectory(f)) // what was read can be written; without one nothing can be changed
	}
	return out
}

// setUp is what the installation file says of a directory.
func (s *Service) setUp(d installation.Directory) DirectoryDocument {
	own := s.in.File.System.Nation
	return DirectoryDocument{
		Name: d.Name, Nation: d.Nation, Paused: d.Paused, Own: d.Nation == own, Mode: d.Mode, Security: d.Transport(), Ceiling: d.Ceiling != nil,
		Auth: d.AuthMethod(), Sources: notNil(d.Sources()), Schema: d.SchemaName(), Live: d.Asked(own),
		MailDomains: notNil(d.MailDomains), ChatDomains: notNil(d.ChatDomains), ByKind: map[string]int{},
		Every: int(d.Interval().Seconds()), FullEvery: int(d.FullEvery.Or(ldapbook.DefaultFullEvery).Seconds()), Keep: int(d.Kept().Seconds()),
		MaxLoss: cmp.Or(d.MaxLoss, ldapbook.DefaultMaxLoss), Wanted: cmp.Or(d.Sync, strategyAuto),
	}
}

// strategyAuto is how the file calls ldapbook.StrategyAuto.
const strategyAuto = "auto"

// fill adds what the book knows.
func (x *DirectoryDocument) fill(d installation.Directory, st ldapbook.Status) {
	x.Error, x.Incomplete, x.Held, x.Entries = st.Error, st.Incomplete, st.Held, st.Entries
	x.LastRead, x.LastAttempt, x.LastFull = timeOrNil(st.LastSuccess), timeOrNil(st.LastAttempt), timeOrNil(st.LastFull)
	x.Strategy, x.Bytes, x.Seconds = cmp.Or(string(st.Strategy), strategyAuto), st.Bytes, st.Duration.Seconds()
	for kind, n := range st.ByKind {
		x.ByKind[string(kind)] = n
	}
	switch {
	case st.Held > 0:
		x.State = "held"
	case st.Incomplete:
		x.State = "incomplete"
	case st.Error != "":
		x.State = "failed"
	case st.LastSuccess.IsZero() && (d.Mode == installation.ModeMirror || st.Entries == 0):
		x.State = "never-read"
	default: // a look-up directory is never read as a whole: what was found there says that it answers
		x.State = "ok"
	}
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
