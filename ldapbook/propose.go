package ldapbook

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"caveat/ldapbook/internal/wire"
)

// Proposal is how a directory could be set up, with what speaks for it. Nothing of it takes effect by itself.
type Proposal struct {
	URL       string
	Transport Transport

	// What the server says of itself; empty where it doesn't.
	Vendor         string
	NamingContexts []string // DNs
	Controls       []string // object identifiers
	Extensions     []string // object identifiers
	SASL           []string // mechanisms
	RootDSERead    bool
	SchemaRead     bool // object classes and attribute types could be read

	BaseDN   string // empty: nothing is known; see Problems
	Preset   string // the name that Mapping has among Presets; "custom": it was changed
	Mapping  Mapping
	Strategy Strategy
	PageSize int // entries; 0: the server cannot page

	Samples  []ClassSample // by kind and class
	Evidence []Evidence    // in the order of MappingFields within Field
	Problems []string      // what doesn't fit or couldn't be found out, a sentence each
}

// PresetCustom is the name of a mapping that is none of Presets.
const PresetCustom = "custom"

// ClassSample is how many of the sampled entries have an object class.
type ClassSample struct {
	Class   string
	Kind    Kind // what the proposed mapping makes of it; empty: nothing
	Entries int
	More    bool // there are more such entries than were sampled
}

// Evidence is why something is proposed.
type Evidence struct {
	// Field is one of MappingFields, or "base_dn", "preset", "classes", "strategy", "page_size".
	Field     string
	Attribute string // of the entries, the root DSE, or an object class; empty where it is about none
	Have, Of  int    // so many of so many sampled entries have it; 0, 0: it is not about samples
	// Example is a value as it may be shown; empty where there is none, and always for clearances, certificates and whatever
	// else isn't meant for every reader.
	Example string
	Text    string // in words
}

// proposing is one Propose under way.
type proposing struct {
	conn    *Conn
	p       Proposal
	root    map[string][]string // by lower-case name
	schema  *schema             // nil: not read
	samples []*sample
	more    map[Kind]bool
	size    int // bytes sampled
}

// oidActiveDirectory is what Active Directory has among its supportedCapabilities.
const oidActiveDirectory = "1.2.840.113556.1.4.800"

// Propose asks the server for its description of itself (RFC 4512 section 5.1), its schema (section 4.2) and at most 200
// entries, and proposes base, mapping, strategy and page size for it. The source's BaseDN counts where it is given; its Mapping
// doesn't. What the server hides is told in Problems; the rest is proposed all the same. Errors: those of the connection.
//
// std: RFC4512 §4.2, §5.1
func (c *Conn) Propose(ctx context.Context) (Proposal, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := &proposing{conn: c, root: map[string][]string{}, more: map[Kind]bool{},
		p: Proposal{URL: c.url, Transport: c.src.Security, PageSize: DefaultPageSize}}
	for _, step := range []func(context.Context) error{r.readRoot, r.readSchema, r.chooseBase, r.readSamples, r.chooseStrategy} {
		if err := step(ctx); err != nil {
			return Proposal{}, err
		}
	}
	r.choosePreset()
	r.fitClasses()
	r.fitFields()
	r.countClasses()
	r.judge()
	return r.p, nil
}

// ask runs one small search; code is the server's.
func (r *proposing) ask(ctx context.Context, base string, scope, limit int, filter string, attrs []string,
	visit func(dn string, attr string, value []byte)) (code int, err error) {
	c := r.conn
	request, err := c.search(base, scope, filter)
	if err != nil {
		return 0, err
	}
	request.Attrs, request.SizeLimit = attrs, limit
	request.TimeLimit = max(1, int(c.src.Timeout.Seconds()/2)) // rather a part than none
	done, err := c.client.Search(ctx, c.src.Timeout, request, func(m wire.Message) error {
		if r.size += len(m.Body); r.size > maxSampleBytes {
			return fmt.Errorf("samples of more than %d bytes: %w", maxSampleBytes, wire.ErrTooLarge)
		}
		// The name comes first in a message, so that it is known to each visit.
		_, name, _, err := wire.Next(m.Body)
		if err != nil {
			return err
		}
		dn := string(name)
		visit(dn, "", nil)
		_, err = m.Entry(func(attr, value []byte) { visit(dn, string(attr), value) })
		return err
	})
	if err != nil {
		return 0, c.explain(err)
	}
	return done.Code, nil
}

// gave tells whether a search with this code brought what there is, or a part of it.
func gave(code int) bool {
	return code == 0 || code == codeSizeLimit || code == codeTimeLimit || code == codeAdminLimit
}

func (r *proposing) readRoot(ctx context.Context) error {
	attrs := []string{"namingContexts", "defaultNamingContext", "supportedControl", "supportedExtension", "supportedCapabilities",
		"supportedSASLMechanisms", "vendorName", "vendorVersion", "subschemaSubentry"}
	code, err := r.ask(ctx, "", wire.ScopeBase, 0, "(objectClass=*)", attrs, func(_, attr string, value []byte) {
		if key := strings.ToLower(attr); attr != "" && len(r.root[key]) < maxRootValues {
			r.root[key] = append(r.root[key], string(value))
		}
	})
	if err != nil {
		return err
	}
	if r.p.RootDSERead = code == 0 && len(r.root) > 0; !r.p.RootDSERead {
		r.problem("The server does not show its root DSE: which controls it has, and what it holds, is not known.")
	}
	r.p.NamingContexts, r.p.Controls = r.shown("namingcontexts"), r.shown("supportedcontrol")
	r.p.Extensions, r.p.SASL = r.shown("supportedextension"), r.shown("supportedsaslmechanisms")
	r.p.Vendor = strings.Join(append(r.shown("vendorname"), r.shown("vendorversion")...), " ")
	if r.isActiveDirectory() && r.p.Vendor == "" {
		r.p.Vendor = "Active Directory"
	}
	return nil
}

// maxRootValues is how many values of one attribute of the root DSE are kept.
const maxRootValues = 500

func (r *proposing) shown(name string) []string {
	var all []string
	for _, v := range r.root[name] {
		all = append(all, shortText(v))
	}
	return all
}

func (r *proposing) isActiveDirectory() bool {
	return slices.Contains(r.root["supportedcapabilities"], oidActiveDirectory)
}

func (r *proposing) problem(format string, args ...any) {
	r.p.Problems = append(r.p.Problems, fmt.Sprintf(format, args...))
}

func (r *proposing) evidence(e Evidence) { r.p.Evidence = append(r.p.Evidence, e) }

// chooseBase takes the source's base, else the naming context in which there are people.
func (r *proposing) chooseBase(ctx context.Context) error {
	if base := r.conn.src.BaseDN; base != "" {
		code, err := r.ask(ctx, base, wire.ScopeBase, 1, "(objectClass=*)", []string{"1.1"}, func(string, string, []byte) {})
		if err != nil {
			return err
		}
		if code == 0 {
			r.p.BaseDN = base
			r.evidence(Evidence{Field: "base_dn", Text: "as given; the server has such an entry"})
			return nil
		}
		r.problem("The server has no entry %s, which was given as base, or does not show it.", shortText(base))
	}
	best := 0
	for _, base := range r.contexts() {
		found := 0
		const people = "(|(objectClass=person)(objectClass=inetOrgPerson)(objectClass=organizationalPerson))"
		code, err := r.ask(ctx, base, wire.ScopeSubtree, 20, people, []string{"1.1"}, func(_, attr string, _ []byte) {
			if attr == "" {
				found++
			}
		})
		if err != nil {
			return err
		}
		if gave(code) && (r.p.BaseDN == "" || found > best) {
			r.p.BaseDN, best = base, found
		}
	}
	if r.p.BaseDN == "" {
		r.problem("No base is known: the server names no naming context that can be searched. Give the base DN.")
		return nil
	}
	r.evidence(Evidence{Field: "base_dn", Attribute: "namingContexts", Example: shortText(r.p.BaseDN),
		Text: fmt.Sprintf("a naming context of the server in which people were found (%d, of at most 20 looked for)", best)})
	return nil
}

// maxContexts is how many naming contexts are tried.
const maxContexts = 6

// technicalContexts are the beginnings of naming contexts in which there are no people.
var technicalContexts = []string{"cn=config", "cn=schema", "cn=monitor", "cn=changelog", "cn=accesslog", "dc=domaindnszones",
	"dc=forestdnszones"}

// contexts lists the naming contexts that may hold people, the server's own choice first.
func (r *proposing) contexts() []string {
	var all []string
	for _, dn := range slices.Concat(r.root["defaultnamingcontext"], r.root["namingcontexts"]) {
		folded := FoldDN(dn)
		technical := slices.ContainsFunc(technicalContexts, func(begin string) bool {
			return folded == begin || strings.HasPrefix(folded, begin+",")
		})
		known := slices.ContainsFunc(all, func(have string) bool { return FoldDN(have) == folded })
		if dn != "" && !technical && !known && len(all) < maxContexts {
			all = append(all, dn)
		}
	}
	return all
}
