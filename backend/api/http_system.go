package api

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"caveat/backend/store"
	"caveat/ldapbook"
)

// InstallationDocument is what everybody may know of the installation.
type InstallationDocument struct {
	Name       string             `json:"name"`
	Nation     string             `json:"nation"`
	Managed    bool               `json:"managed" doc:"false: not centrally managed"`
	Warnings   []string           `json:"warnings" nullable:"false"`
	User       string             `json:"user" doc:"login name of the person at the program"`
	Roles      []string           `json:"roles" nullable:"false" enum:"drafter,administrator,auditor" doc:"what the user may do: all three, unless the installation file gives roles (RULES 19)"`
	Identities []IdentityDocument `json:"identities" nullable:"false" doc:"what the user may send as, first is the default"`
	SystemHigh MarkingDocument    `json:"systemHigh" doc:"marking that frames the window: the most sensitive that this installation may hold"`
	CheckAges  AgesDocument       `json:"checkAges"`
	Attachment int64              `json:"attachmentLimit" doc:"how many bytes a file may have that is attached"`
	Version    string             `json:"version"`
}

// AgesDocument is how old what is known of somebody may be.
type AgesDocument struct {
	Drafting int `json:"draftingSeconds" doc:"while a draft is written"`
	Sending  int `json:"sendingSeconds" doc:"when it is sent"`
}

// IdentityDocument is one identity bound to the user.
type IdentityDocument struct {
	Mail string `json:"mail,omitempty"`
	JID  string `json:"jid,omitempty"`
	DN   string `json:"dn"`
	// As the own nation's directory publishes them.
	Name   string `json:"name" doc:"empty when the book does not have it"`
	Nation string `json:"nation" doc:"empty when the book does not have it"`
}

// ChangesDocument says what changed.
type ChangesDocument struct {
	Seq     int64          `json:"seq" doc:"ask from here next time"`
	Changes []store.Change `json:"changes" nullable:"false"`
	Reset   bool           `json:"reset" doc:"read everything anew"`
}

// PollTime is how long a long poll may last.
const PollTime = 25 * time.Second

func (o operations) system(s *Service, version string) {
	type installationInput struct {
		Lang string `query:"lang" default:"en" doc:"of the marking"`
	}
	op(o, http.MethodGet, "/api/installation", "installation", "This installation",
		func(ctx context.Context, in *installationInput) (*body[InstallationDocument], error) {
			return answer(s.describe(ctx, version, in.Lang))
		})
	polls := &pollers{ends: map[string]context.CancelFunc{}, turn: map[string]int{}}
	type changesInput struct {
		After  int64  `query:"after" doc:"seq of the last answer"`
		Client string `query:"client" required:"true" maxLength:"64" doc:"name of the page; its new poll ends its old one"`
	}
	op(o, http.MethodGet, "/api/changes", "changes", "Waits until something changed after a seq, at most 25 s",
		func(ctx context.Context, in *changesInput) (*body[ChangesDocument], error) {
			ctx, end := polls.begin(ctx, in.Client)
			defer end()
			return answer(s.Changes(ctx, in.After))
		})
}

func (s *Service) describe(ctx context.Context, version, lang string) (InstallationDocument, error) {
	rules := s.fed.Rules()
	d := InstallationDocument{
		Name: s.in.File.System.Name, Nation: s.in.File.System.Nation, Managed: s.in.Managed, Version: version, User: s.caller(ctx).User,
		Warnings: append(append([]string{}, s.in.Warnings...), s.in.PolicyWarnings(s.now())...),
		Roles:    s.caller(ctx).Roles, Identities: []IdentityDocument{},
		Attachment: s.in.MaxAttachment(),
		CheckAges:  AgesDocument{Drafting: int(rules.Drafting.Seconds()), Sending: int(rules.Sending.Seconds())},
	}
	d.Warnings = append(d.Warnings, s.log.Health(ctx).Sentences()...)
	if problem := s.Outdated(); problem != "" {
		d.Warnings = append(d.Warnings, problem)
	}
	var err error
	if d.SystemHigh, err = s.picker().SystemHigh(lang); err != nil {
		return InstallationDocument{}, err
	}
	for _, id := range s.fed.Identities() {
		x := IdentityDocument{Mail: id.Mail, JID: id.JID, DN: id.DN}
		found, err := s.book.ByDN(ctx, id.Directory, []string{id.DN})
		if err != nil {
			return InstallationDocument{}, err
		}
		if e, ok := found[ldapbook.FoldDN(id.DN)]; ok {
			x.Name, x.Nation = e.Name, e.Nation
		}
		d.Identities = append(d.Identities, x)
	}
	return d, nil
}

// NewestChange is the number of the newest change, 0 when there is none.
func (s *Service) NewestChange(ctx context.Context) (int64, error) { return s.store.NewestChange(ctx) }

// Changes waits until something changed after seq, at most PollTime or until ctx ends; then it answers with no change.
func (s *Service) Changes(ctx context.Context, after int64) (ChangesDocument, error) {
	wait, cancel := context.WithTimeout(ctx, PollTime)
	defer cancel()
	read := context.WithoutCancel(ctx)
	for {
		changes, seq, reset, err := s.store.Changes(read, after)
		if err != nil {
			return ChangesDocument{}, err
		}
		if reset || len(changes) > 0 || wait.Err() != nil {
			return ChangesDocument{Seq: seq, Changes: append([]store.Change{}, changes...), Reset: reset}, nil
		}
		if err := s.store.WaitChange(wait, after); err != nil && wait.Err() == nil && !errors.Is(err, context.Canceled) {
			return ChangesDocument{}, err
		}
	}
}

// pollers ends a client's old poll when it begins a new one: a page that was reloaded must not hold connections.
type pollers struct {
	mu   sync.Mutex
	ends map[string]context.CancelFunc
	turn map[string]int
}

func (p *pollers) begin(ctx context.Context, client string) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.ends[client]; old != nil {
		old()
	}
	p.turn[client]++
	mine := p.turn[client]
	p.ends[client] = cancel
	return ctx, func() {
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.turn[client] == mine {
			delete(p.ends, client)
			delete(p.turn, client)
		}
	}
}
