package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/installation"
)

// NationDocument is what the installation says of one nation: its domains, who decides there, and which links lead there.
type NationDocument struct {
	Nation   string           `json:"nation"`
	Own      bool             `json:"own"`
	Domains  []DomainDocument `json:"domains" nullable:"false"`
	Warnings []string         `json:"warnings" nullable:"false" doc:"what is missing for messages to go there"`
}

// DomainDocument is one domain on one channel.
type DomainDocument struct {
	Domain    string      `json:"domain"`
	Channel   string      `json:"channel" enum:"mail,chat"`
	Directory string      `json:"directory" doc:"that decides for its addresses (RULES 6); empty: none, so that nothing can be sent there"`
	Route     *RouteInput `json:"route,omitempty" doc:"the way there; left out: none, so that nothing can be sent there (RULES 11)"`
}

// RouteInput is the way to a domain: its links in order, each of which must permit a label (RULES 11).
type RouteInput struct {
	Nation    string      `json:"nation" minLength:"1" maxLength:"16" doc:"three-letter code of the nation that the domain belongs to"`
	Own       bool        `json:"own,omitempty" doc:"of the own nation: the installation's own clearance is the way, without links"`
	Links     []LinkInput `json:"links,omitempty" maxItems:"32" doc:"in order"`
	FirstLine bool        `json:"firstLine,omitempty" doc:"of chat: servers there do not understand labels, so the marking is the first line of the text (RULES 26)"`
	Receipts  bool        `json:"receipts,omitempty" doc:"of an own chat domain: senders there are told that a message has arrived"`
	Revision  string      `json:"revision,omitempty" maxLength:"64" doc:"names the route as it is: a change says for which it was made; left out: there is none yet"`
}

// ErrRouteChanged: the route is another than the one that a change was made for.
var ErrRouteChanged = errors.New("api: the route has changed meanwhile")

// isOf holds a revision to a route.
func isOf(revision string, r installation.RouteFile) error {
	return heldTo(revision, onlyRoute(r), fmt.Errorf("%w: %s by %s: look at it as it is now", ErrRouteChanged, r.Domain, r.Channel))
}

// LinkInput is one link of a route, with the clearance of the peer at its end.
type LinkInput struct {
	Name      string       `json:"name" minLength:"1" maxLength:"200"`
	Clearance CeilingInput `json:"clearance" doc:"of the nations in Only and Releasable To, the destination's alone"`
	Receipts  bool         `json:"receipts,omitempty" doc:"of chat: it is told there that a message has arrived"`
	Refuse    []string     `json:"refuse,omitempty" enum:"messages,rooms,queries" doc:"of chat: kinds of stanzas that it does not carry"`
}

// Nations lists the nations of the installation as the file has them now, the own one first, with what is missing on the way to each.
func (s *Service) Nations() []NationDocument {
	f := s.fileNow()
	by := map[string]*NationDocument{}
	of := func(nation string) *NationDocument {
		if by[nation] == nil {
			by[nation] = &NationDocument{Nation: nation, Own: nation == f.System.Nation, Domains: []DomainDocument{}, Warnings: []string{}}
		}
		return by[nation]
	}
	of(f.System.Nation)
	for _, d := range f.Directories {
		n := of(d.Nation)
		n.decided("mail", d.MailDomains, d.Name)
		n.decided("chat", d.ChatDomains, d.Name)
	}
	for _, r := range f.Routes {
		of(r.Nation).routed(r)
	}
	out := []NationDocument{}
	for _, n := range by {
		n.sort()
		n.lack()
		out = append(out, *n)
	}
	slices.SortFunc(out, func(a, b NationDocument) int {
		if a.Own != b.Own {
			return map[bool]int{true: -1, false: 1}[a.Own]
		}
		return cmp.Compare(a.Nation, b.Nation)
	})
	return out
}

func (n *NationDocument) decided(channel string, domains []string, directory string) {
	for _, domain := range domains {
		n.domain(channel, domain).Directory = directory
	}
}

func (n *NationDocument) routed(r installation.RouteFile) {
	x := RouteInput{Nation: r.Nation, Own: r.Own, FirstLine: r.FirstLine, Receipts: r.Receipts}
	for _, l := range r.Links {
		x.Links = append(x.Links, LinkInput{Name: l.Name, Clearance: namesOf(l.Clearance), Receipts: l.Chat.Receipts, Refuse: l.Chat.Refuse})
	}
	x.Revision, _ = revisionOf(onlyRoute(r)) // what was read can be written; without one nothing can be changed
	n.domain(r.Channel, r.Domain).Route = &x
}

// domain finds a domain, and adds it where it is not there.
func (n *NationDocument) domain(channel, domain string) *DomainDocument {
	for i, d := range n.Domains {
		if d.Channel == channel && sameDomain(d.Domain, domain) {
			return &n.Domains[i]
		}
	}
	n.Domains = append(n.Domains, DomainDocument{Domain: domain, Channel: channel})
	return &n.Domains[len(n.Domains)-1]
}

func (n *NationDocument) sort() {
	slices.SortFunc(n.Domains, func(a, b DomainDocument) int {
		return cmp.Or(-cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Domain, b.Domain)) // mail before chat
	})
}

func (n *NationDocument) lack() {
	for _, d := range n.Domains {
		if d.Directory == "" {
			n.Warnings = append(n.Warnings, fmt.Sprintf("No directory decides for %s by %s: everybody there is unknown.", d.Domain, d.Channel))
		}
		if d.Route == nil {
			n.Warnings = append(n.Warnings, fmt.Sprintf("No route leads to %s by %s: nothing can be sent there.", d.Domain, d.Channel))
		}
	}
}

// sameDomain compares as routes are found.
func sameDomain(a, b string) bool {
	ascii := func(s string) string { return draft.Domain("x@" + s) }
	return draft.FoldAddress(a) == draft.FoldAddress(b) || ascii(a) != "" && ascii(a) == ascii(b)
}

// section writes the route as the installation file has it.
func (x RouteInput) section(channel, domain string) installation.RouteFile {
	r := installation.RouteFile{Domain: domain, Channel: channel, Nation: x.Nation, Own: x.Own, FirstLine: x.FirstLine, Receipts: x.Receipts}
	for _, l := range x.Links {
		r.Links = append(r.Links, installation.LinkFile{
			Name: l.Name, Clearance: l.Clearance.written(), Chat: installation.LinkChat{Receipts: l.Receipts, Refuse: l.Refuse},
		})
	}
	return r
}

// SetRoute makes a route, or puts another in its place. Errors: installation.ErrInvalid, such as a link that holds another nation's
// value than the destination's; ErrRouteChanged, installation.ErrManaged.
func (s *Service) SetRoute(ctx context.Context, channel, domain string, x RouteInput) (ChangedDocument, error) {
	if err := (DirectoryInput{Name: domain, Nation: x.Nation}).nation(s.in); err != nil {
		return ChangedDocument{}, err
	}
	domain = strings.TrimSpace(domain)
	verb := verbAdded
	if s.route(s.fileNow(), channel, domain) >= 0 {
		verb = verbChanged
	}
	change := func(f *installation.File) error {
		if i := s.route(*f, channel, domain); i >= 0 {
			if err := isOf(x.Revision, f.Routes[i]); err != nil {
				return err
			}
			f.Routes[i] = x.section(channel, f.Routes[i].Domain)
			return nil
		}
		if x.Revision != "" {
			return fmt.Errorf("%w: %s by %s: it was taken away", ErrRouteChanged, domain, channel)
		}
		f.Routes = append(f.Routes, x.section(channel, domain))
		return nil
	}
	return s.routeChanged(ctx, channel, domain, verb, change)
}

// RemoveRoute takes the route of a revision away: nothing can be sent to the domain then. Errors: ErrNotFound, ErrRouteChanged, those of
// changeSettings.
func (s *Service) RemoveRoute(ctx context.Context, channel, domain, revision string) (ChangedDocument, error) {
	if s.route(s.fileNow(), channel, domain) < 0 {
		return ChangedDocument{}, fmt.Errorf("%w: no route to %s by %s in %s", ErrNotFound, domain, channel, s.in.Path)
	}
	return s.routeChanged(ctx, channel, domain, verbRemoved, func(f *installation.File) error {
		if i := s.route(*f, channel, domain); i >= 0 {
			if err := isOf(revision, f.Routes[i]); err != nil {
				return err
			}
		}
		f.Routes = slices.DeleteFunc(f.Routes, func(r installation.RouteFile) bool { return r.Channel == channel && sameDomain(r.Domain, domain) })
		return nil
	})
}

// route is the place of a route in a file; -1: there is none.
func (s *Service) route(f installation.File, channel, domain string) int {
	return slices.IndexFunc(f.Routes, func(r installation.RouteFile) bool { return r.Channel == channel && sameDomain(r.Domain, domain) })
}

func (s *Service) routeChanged(ctx context.Context, channel, domain string, verb settingsVerb, change func(*installation.File) error) (ChangedDocument, error) {
	name := channel + " " + domain
	about := settingsChange{Kind: kindRoute, Name: name, Change: verb, What: fmt.Sprintf("route to %s by %s %s", domain, channel, verb)}
	if _, err := s.changeSettings(ctx, about, change); err != nil {
		return ChangedDocument{}, err
	}
	return ChangedDocument{Name: name, Path: s.in.Path, Warnings: []string{}}, nil
}
