package api

import (
	"context"
	"time"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// DirectoryState is what an answer says about one directory: whether it could be relied on.
type DirectoryState struct {
	Name        string     `json:"name"`
	Nation      string     `json:"nation"`
	State       string     `json:"state" enum:"ok,incomplete,failed,never-read"`
	Error       string     `json:"error,omitempty"`
	Entries     int        `json:"entries"`
	LastRead    *time.Time `json:"lastRead" doc:"end of the last complete read; null: never"`
	LastAttempt *time.Time `json:"lastAttempt"`
}

// Directories tells the state of every directory of the installation.
func (s *Service) Directories(ctx context.Context) ([]DirectoryState, error) {
	status, err := s.book.Status(ctx)
	if err != nil {
		return nil, err
	}
	out := []DirectoryState{}
	for _, d := range s.in.Directories {
		x := DirectoryState{Name: d.Name, Nation: d.Nation, State: "never-read"}
		for _, st := range status {
			if st.Directory == d.Name {
				x = directoryState(d, st)
			}
		}
		if d.Mode == "look-up" && x.State == "never-read" {
			x.State = "ok" // it is never read as a whole
		}
		out = append(out, x)
	}
	return out, nil
}

func directoryState(d installation.Directory, st ldapbook.Status) DirectoryState {
	x := DirectoryState{Name: d.Name, Nation: d.Nation, State: "ok", Error: st.Error, Entries: st.Entries}
	if !st.LastSuccess.IsZero() {
		x.LastRead = &st.LastSuccess
	}
	if !st.LastAttempt.IsZero() {
		x.LastAttempt = &st.LastAttempt
	}
	switch {
	case st.Incomplete:
		x.State = "incomplete"
	case st.Error != "":
		x.State = "failed"
	case st.LastSuccess.IsZero():
		x.State = "never-read"
	}
	return x
}
