package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/presend"
	"caveat/ldapbook"
)

// ReceiveRequest asks who may receive a label.
type ReceiveRequest struct {
	Label   draft.Label
	Channel draft.Channel // empty: mail
	Nation  string        // empty: all; else also by unit
}

func (in ReceiveInput) request() ReceiveRequest {
	return ReceiveRequest{Label: in.Label.Label, Channel: draft.Channel(in.Channel), Nation: in.Nation}
}

func (in WhyInput) request() ReceiveRequest {
	return ReceiveRequest{Label: in.Label.Label, Channel: draft.Channel(in.Channel)}
}

// Receive counts who may receive a label, from the cache. Errors: ErrLabel, ErrSystemHigh, ErrOwnClearance (RULES 19).
func (s *Service) Receive(ctx context.Context, r ReceiveRequest) (ReceiveDocument, error) {
	if err := s.hasNation(r.Nation); err != nil {
		return ReceiveDocument{}, err
	}
	screen, err := s.screen(ctx, r.Channel, r.Label)
	if err != nil {
		return ReceiveDocument{}, err
	}
	list, err := screen.Audience(ctx, r.Nation)
	if err != nil {
		return ReceiveDocument{}, err
	}
	report := screen.Label()
	out := ReceiveDocument{
		MarkingDocument: MarkingDocument{Marking: report.Marking, Foreground: report.Foreground, Background: report.Background},
		Channel:         string(channelOr(r.Channel)), At: s.now().UTC(), Nations: []NationReceive{}, Units: []UnitReceive{}, Directories: []SearchDirectory{},
	}
	units := map[string]int{}
	for _, a := range list {
		out.add(screen, a, units)
	}
	slices.SortStableFunc(out.Nations, func(a, b NationReceive) int { return cmp.Compare(a.Nation, b.Nation) })
	slices.SortStableFunc(out.Units, func(a, b UnitReceive) int {
		return cmp.Or(cmp.Compare(b.Counts.May, a.Counts.May), cmp.Compare(a.Unit, b.Unit))
	})
	states, err := s.fed.States(ctx)
	for _, st := range states {
		if r.Nation != "" && !strings.EqualFold(r.Nation, st.Directory.Nation) {
			continue
		}
		d := s.copyState(st)
		out.Directories = append(out.Directories, d)
		out.Incomplete = out.Incomplete || d.State != "cached"
	}
	return out, err
}

// hasNation refuses a nation that has no directory here: that nobody there may receive a label would be no answer. Empty: all.
func (s *Service) hasNation(nation string) error {
	if nation == "" {
		return nil
	}
	var have []string
	for _, d := range s.in.Directories {
		if strings.EqualFold(d.Nation, nation) {
			return nil
		}
		have = append(have, d.Nation)
	}
	slices.Sort(have)
	return fmt.Errorf("%w: no nation %q in %s: there are %s", ErrNotFound, nation, s.in.Path, strings.Join(slices.Compact(have), ", "))
}

// ReadAhead reads the clearances of the book, so that the first who asks who may receive a label does not wait for that: what a
// program that goes on does at its start and after each read. Errors: ldapbook.ErrDatabase.
func (s *Service) ReadAhead(ctx context.Context) error { return s.fed.Learn(ctx) }

// readAhead is ReadAhead, without which everything works too.
func (s *Service) readAhead(ctx context.Context) {
	if err := s.ReadAhead(ctx); err != nil && ctx.Err() == nil {
		slog.WarnContext(ctx, "the clearances of the book were not read ahead", "error", err)
	}
}

// add adds what was counted in one directory. units says where in out.Units each is, by its folded name.
func (out *ReceiveDocument) add(screen *federation.Screen, a federation.Audience, units map[string]int) {
	i := slices.IndexFunc(out.Nations, func(n NationReceive) bool { return n.Nation == a.Directory.Nation })
	if i < 0 {
		i = len(out.Nations)
		out.Nations = append(out.Nations, NationReceive{Nation: a.Directory.Nation, Routes: []RouteReceive{}})
	}
	n := &out.Nations[i]
	n.Counts.add(a.Counts)
	out.People.add(a.Counts)
	n.Foreign += a.Foreign
	n.Unseen += a.Unseen
	out.Unseen += a.Unseen
	for _, g := range []*ReceiveGroups{&n.Groups, &out.Groups} {
		g.Lists, g.Roles, g.Rooms = g.Lists+a.Lists, g.Roles+a.Roles, g.Rooms+a.Rooms
	}
	domains := make([]string, 0, len(a.Domains))
	for d := range a.Domains {
		domains = append(domains, d)
	}
	slices.Sort(domains)
	for _, d := range domains {
		link := screen.Link("x@" + d)
		n.Routes = append(n.Routes, RouteReceive{Domain: d, People: a.Domains[d], Outcome: string(link.Outcome), Reasons: reasonTexts(link.Reasons)})
	}
	for _, u := range a.Units {
		folded := ldapbook.FoldAddress(u.Unit)
		j, ok := units[folded]
		if !ok {
			j = len(out.Units)
			units[folded] = j
			out.Units = append(out.Units, UnitReceive{Unit: u.Unit})
		}
		out.Units[j].Counts.add(u.Counts)
	}
}

func (c *ReceiveCounts) add(o federation.Counts) {
	sum := federation.Counts(*c)
	sum.Add(o)
	*c = ReceiveCounts(sum)
}

// Why runs the check while drafting for one recipient (an id or an address), and tells what it says without what is held (RULES 19).
// Errors: those of Receive, ErrNotFound.
func (s *Service) Why(ctx context.Context, r ReceiveRequest, who string) (WhyDocument, error) {
	screen, err := s.screen(ctx, r.Channel, r.Label)
	if err != nil {
		return WhyDocument{}, err
	}
	address := who
	if _, ok := parseID(who); ok {
		e, err := s.entryOf(ctx, who)
		if err != nil {
			return WhyDocument{}, err
		}
		if address = s.fed.AddressOn(e, channelOr(r.Channel)); address == "" {
			return WhyDocument{}, fmt.Errorf("%w: %s has no address on the channel %s", ErrNotFound, e.Name, channelOr(r.Channel))
		}
	}
	result, err := s.check(ctx, draft.Draft{Channel: channelOr(r.Channel), Action: []string{address}, Label: r.Label}, false)
	if err != nil {
		return WhyDocument{}, err
	}
	x := result.Report().Recipients[0]
	report := screen.Label()
	out := WhyDocument{
		MarkingDocument: MarkingDocument{Marking: report.Marking, Foreground: report.Foreground, Background: report.Background},
		Address:         x.Address, Name: x.Name, Kind: string(x.Kind), Nation: x.Nation, Verdict: whyVerdict("", x.Verdict),
		Route: whyVerdict("", x.Link), Members: []WhyVerdict{},
		May: x.Verdict.Outcome == presend.Cleared && x.Link.Outcome == presend.Cleared,
	}
	out.members(x.Members)
	return out, nil
}

// maxWhyMembers is how many members that stand in the way are named.
const maxWhyMembers = 200

// members lists whoever stands in the way behind a list or role.
func (out *WhyDocument) members(list []presend.Recipient) {
	for _, m := range list {
		for _, v := range []presend.Verdict{m.Verdict, m.Link} {
			if v.Outcome != presend.Cleared && len(out.Members) < maxWhyMembers {
				out.Members = append(out.Members, whyVerdict(m.Name, v))
			}
		}
		out.members(m.Members)
	}
}

func whyVerdict(name string, v presend.Verdict) WhyVerdict {
	return WhyVerdict{Name: name, Outcome: string(v.Outcome), Reasons: reasonTexts(v.Reasons), Note: v.Evidence.Note, ReadAt: v.Evidence.ReadAt}
}

// ExportReceive writes the counts by nation and unit as CSV (RFC 4180) or JSON; for administrators and auditors (RULES 19).
func (s *Service) ExportReceive(ctx context.Context, r ReceiveRequest, format string) ([]byte, error) {
	if err := s.needRole(ctx, "an export", heldFor...); err != nil {
		return nil, err
	}
	all, err := s.Receive(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := s.recordExport(ctx, exported{What: "how many people may receive " + all.Marking, By: s.caller(ctx).User}); err != nil {
		return nil, err
	}
	if r.Nation == "" { // by unit too, nation by nation
		for _, n := range all.Nations {
			one := r
			one.Nation = n.Nation
			x, err := s.Receive(ctx, one)
			if err != nil {
				return nil, err
			}
			for _, u := range x.Units {
				u.Nation = n.Nation
				all.Units = append(all.Units, u)
			}
		}
	} else {
		for i := range all.Units {
			all.Units[i].Nation = all.Nations[0].Nation
		}
	}
	if format == "json" {
		data, err := json.MarshalIndent(all, "", "  ")
		return append(data, '\n'), err
	}
	return all.csv()
}

// csv is one line for each nation and unit.
func (out *ReceiveDocument) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	write := func(nation, unit string, c ReceiveCounts) {
		line := []string{out.Marking, out.Channel, nation, unit}
		for _, n := range []int{c.People, c.May, c.Cleared, c.Stale, c.NotCleared, c.Withdrawn, c.Unknown, c.Error, c.NoRoute, c.Shared} {
			line = append(line, strconv.Itoa(n))
		}
		line = append(line, out.lacks(nation))
		for i := range line[:4] {
			line[i] = noFormula(line[i])
		}
		w.Write(line)
	}
	w.Write([]string{"label", "channel", "nation", "unit", "people", "may", "cleared", "stale", "not cleared", "of them withdrawn", "unknown", "error", "no route", "shared", "may lack"})
	for _, n := range out.Nations {
		write(n.Nation, "", n.Counts)
		for _, u := range out.Units {
			if u.Nation == n.Nation {
				write(n.Nation, cmp.Or(u.Unit, "(none)"), u.Counts)
			}
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// lacks says in words what the counts of a nation may lack; "" when nothing.
func (out *ReceiveDocument) lacks(nation string) string {
	var why []string
	for _, d := range out.Directories {
		if d.Nation == nation && d.State != "cached" {
			why = append(why, d.Name+": "+cmp.Or(d.Why, d.State))
		}
	}
	for _, n := range out.Nations {
		if n.Nation == nation && n.Unseen > 0 {
			why = append(why, fmt.Sprintf("%d of an old copy, or with an end, were not looked at one by one", n.Unseen))
		}
	}
	return noFormula(strings.Join(why, "; "))
}

// noFormula keeps a spreadsheet from taking a directory's text for a formula.
func noFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
