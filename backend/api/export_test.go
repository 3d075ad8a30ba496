package api

import (
	"context"
	"time"

	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/ldapbook"
)

// Plan is when directories are read, for a program that began at a time; tried are attempts that left no trace in the book.
type Plan struct{ p plan }

func NewPlan(began time.Time) *Plan {
	x := &Plan{}
	x.p.begin(began)
	return x
}

func (x *Plan) Try(name string, at time.Time) { x.p.try(name, at) }

func (x *Plan) Next(d installation.Directory, place int, st ldapbook.Status) time.Time {
	return x.p.next(d, place, st)
}

// NextOffset is of the search.
var NextOffset = nextOffset

// Jitter is of the schedule.
var Jitter = jitter

// Places is the order of the first reads.
func (s *Service) Places() map[string]int { return s.places() }

// Turns are the reads of one directory.
type Turns struct{ t turns }

func NewTurns() *Turns { return &Turns{turns{token: make(chan struct{}, 1)}} }

func (x *Turns) Read(ctx context.Context, full bool, work func() SyncDocument) SyncDocument {
	return x.t.read(ctx, full, work)
}

// EquivalentsTo gives the labels in other policies that a chat message to a domain carries besides its own.
func EquivalentsTo(in *installation.Installation, at time.Time, l label.Label, domain string) ([]label.Label, error) {
	s := &Service{in: in, now: func() time.Time { return at }}
	return s.equivalents(s.chatReader(), l, s.policiesTo(domain))
}
