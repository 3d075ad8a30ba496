package api

import (
	"time"

	"caveat/backend/draft"
	"caveat/backend/presend"
)

// Observer counts what a Service does. It is told no address, name or text, but those that a report holds, which it must not keep. Its
// methods are called from many goroutines and must not wait for anything.
type Observer interface {
	// Checked: a check was done; sending: at Send, else while drafting.
	Checked(channel draft.Channel, report presend.Report, sending bool, took time.Duration)
	// Synced: a directory was read, or could not be.
	Synced(SyncDocument)
	// Served: a request was answered. pattern is the operation's, such as "GET /api/messages/{id}", and never the address that was asked for.
	Served(pattern string, status int, took time.Duration)
}

// unobserved counts nothing.
type unobserved struct{}

func (unobserved) Checked(draft.Channel, presend.Report, bool, time.Duration) {}
func (unobserved) Synced(SyncDocument)                                        {}
func (unobserved) Served(string, int, time.Duration)                          {}

// Observer is whom the service tells what it does; never nil.
func (s *Service) Observer() Observer { return s.observer }

// observed tells the observer of a check that was done.
func (s *Service) observed(begun time.Time, sending bool, r *presend.Result, err error) (*presend.Result, error) {
	if err == nil {
		s.observer.Checked(r.Draft().Channel, r.Report(), sending, time.Since(begun))
	}
	return r, err
}
