package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"caveat/backend/draft"
	"caveat/backend/draftbox"
	"caveat/backend/federation"
	"caveat/backend/installation"
	"caveat/backend/outbox"
	"caveat/backend/plain"
	"caveat/backend/policybook"
	"caveat/backend/spif"
	"caveat/ldapbook"
)

// PolicyImpact says what would change if a version were put in force.
type PolicyImpact struct {
	SHA256      string             `json:"sha256"`
	Name        string             `json:"name"`
	Version     int                `json:"version"`
	As          string             `json:"as" enum:"governing,beside"`
	InForce     bool               `json:"inForce" doc:"it is in force so already: nothing would change"`
	Governing   string             `json:"governing" doc:"SHA-256 of the policy that governs now: named when the version is put in force, so that nothing else is replaced than what was compared"`
	Replaces    string             `json:"replaces" doc:"SHA-256 of the version that it would take the place of; empty: none"`
	Needs       string             `json:"needs" enum:",acceptance,signature" doc:"what it lacks to be put in force: somebody who accepts it, or the signature that is configured"`
	Problem     string             `json:"problem" doc:"why it cannot be put in force; empty: it can, once it has what it needs. Then nothing more is said"`
	Differences []PolicyDifference `json:"differences" nullable:"false" doc:"between the version that it would take the place of and itself"`
	Labels      []LabelImpact      `json:"labels" nullable:"false" doc:"labels in use for which something would change"`
	Same        int                `json:"same" doc:"labels in use for which nothing would change"`
	LeftOut     int                `json:"leftOut" doc:"labels in use that are too many to be looked at"`
	Unreadable  int                `json:"unreadable" doc:"drafts, messages and templates whose label cannot be read already"`
	People      int                `json:"people" doc:"entries of persons in the book, for which each label was decided"`
	Drafts      []DraftImpact      `json:"drafts" nullable:"false" doc:"drafts that can be sent now and could not be sent then"`
	Waiting     []MessageImpact    `json:"waiting" nullable:"false" doc:"queued messages that would be held for the user"`
	Checked     ImpactChecked      `json:"checked"`
}

// ImpactChecked says how much was looked at.
type ImpactChecked struct {
	Drafts     int `json:"drafts"`
	AllDrafts  int `json:"allDrafts"`
	Waiting    int `json:"waiting"`
	AllWaiting int `json:"allWaiting"`
	Days       int `json:"days" doc:"how far back the labels of sent messages were looked at"`
}

// LabelImpact is what would change for a label in use.
type LabelImpact struct {
	MarkingDocument
	After    string         `json:"after" doc:"its marking then; empty: it could not be marked"`
	Policy   string         `json:"policy"`
	Channel  string         `json:"channel" enum:"mail,chat" doc:"on which people and links were asked"`
	Uses     LabelUses      `json:"uses"`
	Invalid  []string       `json:"invalid" nullable:"false" doc:"why it would not be valid any more; empty: it would be, or is not valid now"`
	Mended   bool           `json:"mended" doc:"it is not valid now, and would be"`
	Gained   int            `json:"gained" doc:"persons who could get it then and cannot now: by the clearance of their entry and the route to it, as if read now"`
	Lost     int            `json:"lost" doc:"persons who can get it now and could not then"`
	Nations  []NationImpact `json:"nations" nullable:"false"`
	Examples []PersonImpact `json:"examples" nullable:"false" doc:"some of them"`
}

// LabelUses counts where a label is in use.
type LabelUses struct {
	Drafts    int  `json:"drafts"`
	Waiting   int  `json:"waiting" doc:"messages that have not left yet"`
	Sent      int  `json:"sent" doc:"messages of the last 90 days"`
	Templates int  `json:"templates"`
	Favourite bool `json:"favourite" doc:"it is a favourite, or was used of late"`
}

// NationImpact counts who gains or loses a label.
type NationImpact struct {
	Nation string `json:"nation"`
	Gained int    `json:"gained"`
	Lost   int    `json:"lost"`
}

// PersonImpact is one who gains or loses a label.
type PersonImpact struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Nation string `json:"nation"`
	Gains  bool   `json:"gains" doc:"false: loses"`
}

// DraftImpact is a draft that could not be sent any more.
type DraftImpact struct {
	ID      string    `json:"id"`
	Subject string    `json:"subject,omitempty" doc:"left out for who is no drafter: messages are not for him to read"`
	Marking string    `json:"marking"`
	Channel string    `json:"channel" enum:"mail,chat"`
	Time    time.Time `json:"time" doc:"when it was saved last"`
	Why     string    `json:"why"`
}

// MessageImpact is a queued message that would be held.
type MessageImpact struct {
	ID      string    `json:"id"`
	Subject string    `json:"subject,omitempty" doc:"left out for who is no drafter: messages are not for him to read"`
	Marking string    `json:"marking"`
	Channel string    `json:"channel" enum:"mail,chat"`
	Time    time.Time `json:"time" doc:"when it was queued"`
	Why     string    `json:"why"`
}

const (
	impactDays    = 90  // of sent messages
	impactLabels  = 200 // distinct ones, the most used first
	impactChecks  = 500 // of drafts, and of messages
	impactPersons = 5   // of those who gain, and of those who lose, by label
)

// PolicyImpact says what would change if a version were put in force; nothing does by asking. It reads the cache alone. Errors: those
// of reading the version.
func (s *Service) PolicyImpact(ctx context.Context, sum, as, lang string) (PolicyImpact, error) {
	p, document, err := s.policyDocument(ctx, sum)
	if err != nil {
		return PolicyImpact{}, err
	}
	if as == "" {
		as = s.standingOf(p)
	}
	out := PolicyImpact{
		SHA256: sum, Name: p.Name(), Version: p.Version(), As: as, Governing: s.in.Site.Policies()[0].SHA256(),
		Differences: []PolicyDifference{}, Labels: []LabelImpact{}, Drafts: []DraftImpact{}, Waiting: []MessageImpact{},
	}
	out.Checked.Days = impactDays
	for i, q := range s.in.Site.Policies() {
		if q.ID() == p.ID() {
			out.Replaces = q.SHA256()
			out.InForce = q.SHA256() == sum && (i == 0) == (as == standingGoverning)
			out.Differences = differences(q, p, lang)
		}
	}
	if out.InForce {
		return out, nil
	}
	next, err := s.supposing(ctx, &out, p, document)
	if err != nil || next == nil {
		return out, err
	}
	defer next.fed.Close()
	return out, s.compare(ctx, next, &out, lang)
}

func (s *Service) standingOf(p *spif.Policy) string {
	if s.in.Site.Policies()[0].ID() == p.ID() {
		return standingGoverning
	}
	return standingBeside
}

// supposing is a Service under which the version is in force; nil with a problem where it cannot be.
func (s *Service) supposing(ctx context.Context, out *PolicyImpact, p *spif.Policy, document []byte) (*Service, error) {
	v, err := s.spifs.Get(ctx, out.SHA256)
	if out.Replaces == out.SHA256 && errors.Is(err, policybook.ErrUnknown) { // it is in force, and only its place is to change
		err = nil
		for i, q := range s.in.Site.Policies() {
			if q.SHA256() == out.SHA256 {
				v.Acceptance = s.in.File.Policies[i].AcceptUnsigned
			}
		}
	}
	if err != nil {
		return nil, err
	}
	use := PolicyUse{As: out.As, Expected: out.Governing}
	signature := s.signatureOf(s.in, p, document, s.signerOf(s.in, p))
	if signature.State != signatureVerified && v.Acceptance == "" {
		out.Needs, use.Accept = "acceptance", "supposed"
	}
	change, _, err := s.placing(ctx, v, p, document, use)
	if errors.Is(err, ErrPolicySignature) {
		out.Needs = "signature"
	}
	var in *installation.Installation
	if err == nil {
		in, err = s.in.With(change)
	}
	if err != nil {
		out.Problem = plain.Text(err)
		return nil, nil
	}
	return s.under(in), nil
}

// under is the same Service by another installation. It has no worker and must be asked only: fed is its own, to be closed.
func (s *Service) under(in *installation.Installation) *Service {
	return &Service{
		in: in, store: s.store, book: s.book, box: s.box, kept: s.kept, own: s.own, spifs: s.spifs, inbox: s.inbox, chat: s.chat, talks: s.talks,
		user: s.user, now: s.now, secrets: s.secrets,
		fed: federation.New(federation.Config{Installation: in, Secrets: s.secrets, Book: s.book, Store: s.store, User: s.user, Now: s.now}),
	}
}

func (s *Service) compare(ctx context.Context, next *Service, out *PolicyImpact, lang string) error {
	drafts, err := s.kept.List(ctx)
	if err != nil {
		return err
	}
	used, err := s.labelsInUse(ctx, drafts, out)
	if err != nil {
		return err
	}
	if len(used) > impactLabels {
		out.LeftOut = len(used) - impactLabels
		used = used[:impactLabels]
	}
	c := comparison{s: s, next: next, lang: lang, isDrafter: s.caller(ctx).Has(installation.RoleDrafter)}
	if c.classes, err = s.book.Classes(ctx); err != nil {
		return err
	}
	for _, x := range c.classes {
		if x.Kind == ldapbook.KindPerson {
			out.People += x.Entries
		}
	}
	for _, u := range used {
		x, changed, err := c.label(ctx, u)
		if err != nil {
			return err
		}
		if !changed {
			out.Same++
			continue
		}
		out.Labels = append(out.Labels, x)
	}
	slices.SortStableFunc(out.Labels, func(a, b LabelImpact) int {
		return cmp.Or(cmp.Compare(len(b.Invalid), len(a.Invalid)), cmp.Compare(b.Lost+b.Gained, a.Lost+a.Gained))
	})
	for _, d := range drafts {
		if out.Checked.AllDrafts++; out.Checked.AllDrafts <= impactChecks {
			if err := c.draft(ctx, d, out); err != nil {
				return err
			}
		}
	}
	return c.waiting(ctx, out)
}

// comparison compares what is with what would be.
type comparison struct {
	s, next *Service
	classes []ldapbook.Class
	lang    string
	// isDrafter: whoever asks may read messages.
	isDrafter bool
}

// subject is what may be told of a message's subject.
func (c comparison) subject(of string) string {
	if !c.isDrafter {
		return ""
	}
	return of
}

// label compares who may get a label.
func (c comparison) label(ctx context.Context, u labelInUse) (LabelImpact, bool, error) {
	was, wasProblems, err := c.may(ctx, c.s, u)
	if err != nil {
		return LabelImpact{}, false, err
	}
	is, problems, err := c.may(ctx, c.next, u)
	if err != nil {
		return LabelImpact{}, false, err
	}
	out := LabelImpact{Policy: u.policy, Channel: string(u.channel), Uses: u.uses, Invalid: []string{}, Nations: []NationImpact{}, Examples: []PersonImpact{}}
	if out.MarkingDocument, err = c.s.picker().Marking(u.label, c.lang); err != nil {
		return LabelImpact{}, false, err
	}
	if m, err := c.next.picker().Marking(u.label, c.lang); err == nil {
		out.After = m.Marking
	}
	if len(wasProblems) == 0 {
		out.Invalid = append(out.Invalid, problems...)
	}
	out.Mended = len(wasProblems) > 0 && len(problems) == 0
	gained, lost := map[int64]bool{}, map[int64]bool{}
	at := map[string]int{}
	for _, x := range c.classes {
		if was[x.ID] == is[x.ID] {
			continue
		}
		i, ok := at[x.Nation]
		if !ok {
			i = len(out.Nations)
			at[x.Nation] = i
			out.Nations = append(out.Nations, NationImpact{Nation: x.Nation})
		}
		if is[x.ID] {
			gained[x.ID] = true
			out.Gained += x.Entries
			out.Nations[i].Gained += x.Entries
		} else {
			lost[x.ID] = true
			out.Lost += x.Entries
			out.Nations[i].Lost += x.Entries
		}
	}
	slices.SortFunc(out.Nations, func(a, b NationImpact) int { return cmp.Compare(a.Nation, b.Nation) })
	for _, x := range []struct {
		classes map[int64]bool
		gains   bool
	}{{lost, false}, {gained, true}} {
		if out.Examples, err = c.examples(ctx, out.Examples, x.classes, x.gains); err != nil {
			return LabelImpact{}, false, err
		}
	}
	return out, len(out.Invalid) > 0 || out.Mended || out.Gained+out.Lost > 0 || out.After != out.Marking, nil
}

// may says which classes of persons may get a label under an installation, and why the label is not valid there, where it is not: then
// nobody may.
func (c comparison) may(ctx context.Context, s *Service, u labelInUse) (map[int64]bool, []string, error) {
	sc, err := s.fed.NewScreen(ctx, u.channel, "", u.label)
	switch {
	case errors.Is(err, ldapbook.ErrDatabase) || ctx.Err() != nil:
		return nil, nil, err
	case err != nil: // it has a name that the policy does not know, or no policy
		return nil, []string{plain.Text(err)}, nil
	}
	var problems []string
	for _, x := range sc.Label().Problems {
		problems = append(problems, x.Words(c.lang))
	}
	may, err := sc.ClassesAmong(ctx, c.classes)
	return may, problems, err
}

func (c comparison) examples(ctx context.Context, out []PersonImpact, classes map[int64]bool, gains bool) ([]PersonImpact, error) {
	if len(classes) == 0 {
		return out, nil
	}
	found, err := c.s.book.Search(ctx, ldapbook.Query{Kind: ldapbook.KindPerson, Classes: classes, Limit: impactPersons})
	for _, e := range found {
		out = append(out, PersonImpact{idOf(ldapbook.Ref{Directory: e.Directory, UUID: e.UUID}), e.Name, e.Nation, gains})
	}
	return out, err
}

// draft checks one draft as it would be checked then, where it can be sent now.
func (c comparison) draft(ctx context.Context, stored draftbox.Stored, out *PolicyImpact) error {
	d := stored.Content.Draft
	if d.Channel = channelOr(d.Channel); d.Label.IsZero() || len(d.Recipients()) == 0 {
		return nil
	}
	d.SendAt = nil
	was, err := c.s.check(ctx, d, false)
	if err != nil || !was.Report().Sendable {
		return ctx.Err() // it cannot be sent as it is
	}
	out.Checked.Drafts++
	why, err := c.unsendable(ctx, d)
	if err != nil || why == "" {
		return err
	}
	out.Drafts = append(out.Drafts, DraftImpact{
		ID: stored.ID, Subject: c.subject(d.Subject), Marking: was.Report().Label.Marking, Channel: string(d.Channel), Time: stored.Changed.UTC(), Why: why,
	})
	return nil
}

// unsendable says why a draft could not be sent; "" when it could.
func (c comparison) unsendable(ctx context.Context, d draft.Draft) (string, error) {
	is, err := c.next.check(ctx, d, false)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return plain.Text(err), nil
	case is.Report().Sendable:
		return "", nil
	}
	return plain.Text(&outbox.BlockedError{Report: is.Told()}), nil
}

// waiting checks the queue as it would be checked then.
func (c comparison) waiting(ctx context.Context, out *PolicyImpact) error {
	ids, all, err := c.s.box.WaitingIDs(ctx, impactChecks)
	if err != nil {
		return err
	}
	out.Checked.AllWaiting = all
	for _, id := range ids {
		d, err := c.s.box.Draft(ctx, id)
		if errors.Is(err, outbox.ErrTampered) || errors.Is(err, outbox.ErrUnknownMessage) {
			continue // it is held for that, or gone meanwhile
		}
		if err != nil {
			return err
		}
		m, err := c.s.box.Show(ctx, id)
		if err != nil {
			return err
		}
		out.Checked.Waiting++
		d.SendAt = nil
		why, err := c.unsendable(ctx, d)
		if err != nil {
			return err
		}
		if why == "" {
			if now, err := c.next.picker().Marking(d.Label, c.s.markingLanguage()); err == nil && now.Marking != m.Marking {
				why = fmt.Sprintf("Its marking would be %s; the message, as it was composed, says %s.", now.Marking, m.Marking)
			}
		}
		if why != "" {
			out.Waiting = append(out.Waiting, MessageImpact{
				ID: id, Subject: c.subject(m.Subject), Marking: m.Marking, Channel: string(m.Channel), Time: m.Created.UTC(), Why: why,
			})
		}
	}
	return nil
}

// markingLanguage is the language of the markings that go out.
func (s *Service) markingLanguage() string {
	if s.in.File.System.Language == "" {
		return "en"
	}
	return s.in.File.System.Language
}
