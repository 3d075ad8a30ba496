package api

import (
	"context"
	"fmt"
	"time"

	"caveat/backend/federation"
	"caveat/backend/label"
	"caveat/backend/plain"
	"caveat/ldapbook"
)

// Show finds entries by id ("GBR:…") or address.
func (s *Service) Show(ctx context.Context, what string) ([]EntryDocument, error) {
	var entries []ldapbook.Entry
	if r, ok := parseID(what); ok {
		e, found, err := s.book.ByUUID(ctx, r.Directory, r.UUID)
		if err != nil {
			return nil, err
		}
		if found {
			entries = append(entries, e)
		}
	} else {
		found, err := s.book.ByAddress(ctx, []string{what})
		if err != nil {
			return nil, err
		}
		entries = found[ldapbook.FoldAddress(what)]
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%w: nobody in the book has the id or address %q", ErrNotFound, what)
	}
	out := []EntryDocument{}
	for _, e := range entries {
		x, err := s.document(ctx, e)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// document is what a drafter may know of an entry.
func (s *Service) document(ctx context.Context, e ldapbook.Entry) (EntryDocument, error) {
	x := EntryDocument{
		GivenName: e.GivenName, Surname: e.Surname, Phone: notNil(e.Phone), Transport: string(e.Transport), Clearances: len(e.Clearance),
		Members: notNil(append(append([]string{}, e.Members...), e.Occupants...)), MembersIncomplete: e.MembersIncomplete,
		Capabilities: capabilitiesOf(e.Capabilities), Path: []NodeDocument{},
	}
	if !e.CertificateUntil.IsZero() {
		x.CertificateUntil = &e.CertificateUntil
	}
	r := rows{s: s, shown: map[string]bool{}}
	var err error
	if r.mine, err = s.mine(ctx); err != nil {
		return EntryDocument{}, err
	}
	claims, err := s.book.ByAddress(ctx, []string{e.Address()})
	if err != nil {
		return EntryDocument{}, err
	}
	r.filter = func(o ldapbook.Entry) bool { return refOf(o) == refOf(e) } // it is this entry that is shown, whoever decides
	x.Hit, _ = r.row(e, claims[ldapbook.FoldAddress(e.Address())])
	if x.Lookalike, err = s.lookalikeOf(ctx, e); err != nil {
		return EntryDocument{}, err
	}
	if x.Resolved, err = s.resolved(ctx, e.Directory, x.Members); err != nil {
		return EntryDocument{}, err
	}
	if err := s.place(ctx, e, &x); err != nil {
		return EntryDocument{}, err
	}
	x.Freshness, err = s.freshness(ctx, e)
	return x, err
}

// place fills in where an entry stands and to what it belongs.
func (s *Service) place(ctx context.Context, e ldapbook.Entry, x *EntryDocument) error {
	groups, err := s.book.GroupsOf(ctx, e.Directory, e.DN)
	if err != nil {
		return err
	}
	if x.Groups, err = s.bareHits(ctx, groups); err != nil {
		return err
	}
	path, err := s.book.PathTo(ctx, refOf(e))
	for _, n := range path {
		x.Path = append(x.Path, NodeDocument(n))
	}
	return err
}

// freshness holds the age of an entry to the two ages of RULES 13.
func (s *Service) freshness(ctx context.Context, e ldapbook.Entry) (FreshnessDocument, error) {
	rules, age := s.fed.Rules(), s.now().Sub(e.ReadAt)
	f := FreshnessDocument{Age: int64(age / time.Second), State: "fresh"}
	switch {
	case age > rules.Drafting:
		f.State = "stale"
	case age > rules.Sending:
		f.State = "drafting"
	}
	states, err := s.fed.States(ctx)
	for _, st := range states {
		if st.Directory.Name == e.Directory && f.State != "fresh" {
			f.Why = st.Error
		}
	}
	return f, err
}

func capabilitiesOf(c ldapbook.Capabilities) *CapabilitiesDocument {
	if c == (ldapbook.Capabilities{}) {
		return nil
	}
	return &CapabilitiesDocument{MaxSize: c.MaxSize, NoAttachments: c.NoAttachments, EmCon: c.EmCon, Labels: string(c.Labels), MMHS: string(c.MMHS)}
}

// resolved gives the entries of one directory that have these names, in their order; names that the book has not are left out.
func (s *Service) resolved(ctx context.Context, directory string, dns []string) ([]Hit, error) {
	found, err := s.book.ByDN(ctx, directory, dns)
	if err != nil {
		return nil, err
	}
	var entries []ldapbook.Entry
	for _, dn := range dns {
		if e, ok := found[ldapbook.FoldDN(dn)]; ok {
			entries = append(entries, e)
		}
	}
	return s.bareHits(ctx, entries)
}

// soon is how long before its end a certificate is said to end soon.
const soon = 30 * 24 * time.Hour

// ShowLive reads an entry from its directory now, with what the book does not keep of it, and says what changed.
func (s *Service) ShowLive(ctx context.Context, id string) (LiveDocument, error) {
	e, err := s.entryOf(ctx, id)
	if err != nil {
		return LiveDocument{}, err
	}
	out := LiveDocument{ID: id, At: s.now().UTC(), State: "same", Changes: []FieldChange{}, Certificates: []CertificateDocument{}, MemberOf: []string{}}
	d, gone, fault := s.fed.Detail(ctx, e)
	switch {
	case fault != "":
		out.State, out.Why = "down", fault
		return out, nil
	case gone:
		out.State = "gone"
		return out, nil
	}
	if out.Changes = changes(federation.Diff(e, d.Entry)); len(out.Changes) > 0 {
		out.State = "changed"
	}
	now, err := s.document(ctx, d.Entry)
	if err != nil {
		return LiveDocument{}, err
	}
	out.Entry, out.Photo, out.PhotoType, out.Unreadable = &now, d.Photo, d.PhotoType, d.UnreadableCertificates
	out.MemberOf, out.MemberOfIncomplete = notNil(d.MemberOf), d.MemberOfIncomplete
	for _, c := range d.Certificates {
		out.Certificates = append(out.Certificates, s.certificate(c))
	}
	return out, nil
}

func (s *Service) certificate(c ldapbook.Certificate) CertificateDocument {
	out := CertificateDocument{Subject: c.Subject, Issuer: c.Issuer, Serial: c.Serial, NotBefore: c.NotBefore, NotAfter: c.NotAfter, Use: certificateUse(c), State: "valid"}
	switch now := s.now(); {
	case now.After(c.NotAfter):
		out.State = "expired"
	case now.Before(c.NotBefore):
		out.State = "not-yet-valid"
	case now.Add(soon).After(c.NotAfter):
		out.State = "ends-soon"
	}
	return out
}

// certificateUse says in words what a certificate is for; "" when it says nothing that concerns mail.
func certificateUse(c ldapbook.Certificate) string {
	switch {
	case !c.ForEmail:
		return ""
	case c.CanSign && c.CanEncrypt:
		return "mail: signature and encryption"
	case c.CanSign:
		return "mail: signature"
	case c.CanEncrypt:
		return "mail: encryption"
	}
	return ""
}

// fieldWords are the fields of an entry in words.
var fieldWords = map[string]string{
	"name": "name", "rank": "rank", "title": "appointment", "unit": "unit", "organisation": "organisation", "mail": "mail address", "jid": "chat address",
	"phone": "telephone", "dn": "place in the directory", "kind": "kind", "members": "membership", "disabled": "state of the account",
	"expiresAt": "end of the account", "capabilities": "capabilities", "certificate": "end of the certificate", federation.FieldClearance: "clearance",
}

// changes puts changes in words. Values of a clearance are not among them (RULES 19).
func changes(list []federation.Change) []FieldChange {
	out := []FieldChange{}
	for _, c := range list {
		out = append(out, FieldChange{Field: c.Field, Old: notNil(c.Old), New: notNil(c.New), Text: "The " + fieldWords[c.Field] + " changed."})
	}
	return out
}

// Reread reads entries again, within a deadline per nation (0: the installation's), and says what changed.
func (s *Service) Reread(ctx context.Context, ids []string, deadline time.Duration) (RereadDocument, error) {
	out := RereadDocument{At: s.now().UTC(), Entries: make([]RereadEntry, len(ids)), Directories: []SearchDirectory{}}
	var refs []ldapbook.Ref
	var at []int
	for i, id := range ids {
		out.Entries[i] = RereadEntry{ID: id, State: "unknown", Changes: []FieldChange{}}
		if r, ok := parseID(id); ok {
			refs, at = append(refs, r), append(at, i)
		}
	}
	reads, faults, err := s.fed.Reread(ctx, refs, deadline)
	if err != nil {
		return RereadDocument{}, err
	}
	for i, r := range reads {
		x := &out.Entries[at[i]]
		out.count(x, r)
	}
	states, err := s.fed.States(ctx)
	if err != nil {
		return RereadDocument{}, err
	}
	for _, st := range states {
		if fault, asked := faults[st.Directory.Name]; asked {
			d := s.copyState(st)
			if d.State, d.Why = "live", ""; fault != "" {
				d.State, d.Why = "down", fault
			}
			out.Directories = append(out.Directories, d)
		}
	}
	return out, nil
}

// count fills in what was found of one entry.
func (out *RereadDocument) count(x *RereadEntry, r federation.Read) {
	if r.Old.UUID == "" {
		x.Why = r.Fault
		return
	}
	x.Name, x.Address, x.State = r.Old.Name, r.Old.Address(), "same"
	switch {
	case r.Fault != "":
		x.State, x.Why = "not-read", r.Fault
		out.NotRead++
	case r.New.UUID == "":
		x.State = "gone"
		out.Gone++
	default:
		x.Name, x.Address = r.New.Name, r.New.Address()
		if x.Changes = changes(federation.Diff(r.Old, r.New)); len(x.Changes) > 0 {
			x.State = "changed"
			out.Changed++
		}
	}
}

// ShowClearance tells what an entry holds, in words and as published; for administrators and auditors only (RULES 19).
func (s *Service) ShowClearance(ctx context.Context, id string) (ClearanceDocument, error) {
	if err := s.needRole(ctx, "what somebody holds", heldFor...); err != nil {
		return ClearanceDocument{}, err
	}
	e, err := s.entryOf(ctx, id)
	if err != nil {
		return ClearanceDocument{}, err
	}
	out := ClearanceDocument{ID: id, Clearances: []HeldClearance{}}
	for _, text := range e.Clearance {
		out.Clearances = append(out.Clearances, s.held(text))
	}
	return out, nil
}

// held puts a clearance in words.
func (s *Service) held(text string) HeldClearance {
	h := HeldClearance{XML: text, Classifications: []string{}, Categories: []HeldCategory{}, Problems: []string{}}
	c, err := label.ParseClearance([]byte(text))
	if err != nil {
		h.Problems = append(h.Problems, "It cannot be read: "+plain.Text(err))
		return h
	}
	h.Policy, h.Classifications = c.Policy.Name, notNil(c.Classifications)
	for _, k := range c.Categories {
		h.Categories = append(h.Categories, HeldCategory{TagSet: k.TagName, Type: k.Type.String(), Values: notNil(k.Values)})
	}
	p, err := s.in.Site.Find(c.Policy)
	if err != nil {
		h.Problems = append(h.Problems, "This installation does not have its policy.")
		return h
	}
	h.Policy, h.Known = p.Name(), true
	_, problems := p.Clearance(c)
	for _, x := range problems {
		h.Problems = append(h.Problems, x.Words("en"))
	}
	return h
}
