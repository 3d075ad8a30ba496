package ldapbook

import (
	"context"
	"fmt"
	"slices"
	"time"

	"caveat/ldapbook/internal/wire"
)

// StrategiesOffered lists the strategies for which a server offers a control, the cheapest first. What needs none may work all the
// same: StrategyChanges and StrategyFull.
func StrategiesOffered(controls []string) []Strategy {
	var out []Strategy
	if slices.Contains(controls, wire.OIDSyncRequest) {
		out = append(out, StrategySyncrepl)
	}
	if slices.Contains(controls, wire.OIDDirSync) {
		out = append(out, StrategyDirSync)
	}
	return out
}

// chooseStrategy takes the cheapest that the server offers.
func (r *proposing) chooseStrategy(ctx context.Context) error {
	controls := r.root["supportedcontrol"]
	r.choosePaging(controls)
	offered := StrategiesOffered(controls)
	switch {
	case slices.Contains(offered, StrategySyncrepl):
		r.strategy(StrategySyncrepl, "supportedControl", "the server offers the content synchronisation of RFC 4533")
		return nil
	case slices.Contains(offered, StrategyDirSync):
		r.strategy(StrategyDirSync, "supportedControl",
			"the server offers DirSync; the account needs the right to replicate directory changes")
		base := FoldDN(r.p.BaseDN)
		if !slices.ContainsFunc(r.root["namingcontexts"], func(c string) bool { return FoldDN(c) == base }) {
			r.problem("DirSync wants a naming context as base; %s is none of those that the server names.", shortText(r.p.BaseDN))
		}
		return nil
	}
	for _, attr := range []string{"entryCSN", "modifyTimestamp"} {
		n := r.having(attr, r.samples)
		if n == 0 || n < len(r.samples) {
			continue
		}
		works, err := r.canCompare(ctx, attr)
		if err != nil {
			return err
		}
		if works {
			r.p.Strategy = StrategyChanges
			r.evidence(Evidence{Field: "strategy", Attribute: attr, Have: n, Of: len(r.samples), Text: "all sampled entries have it, " +
				"and the server answers what is later than a time; whether it has an index for that cannot be seen"})
			return nil
		}
	}
	r.strategy(StrategyFull, "", "nothing was found by which the server could tell what has changed")
	return nil
}

func (r *proposing) strategy(s Strategy, attribute, text string) {
	r.p.Strategy = s
	r.evidence(Evidence{Field: "strategy", Attribute: attribute, Text: text})
}

// canCompare tells whether the server can be asked for entries that changed after a time: after a day from now there are none.
func (r *proposing) canCompare(ctx context.Context, attr string) (bool, error) {
	value := time.Now().UTC().AddDate(0, 0, 1).Format("20060102150405")
	if attr == "entryCSN" {
		value += ".000000Z#000000#000#000000"
	} else {
		value += "Z"
	}
	found := 0
	later := "(" + attr + ">=" + value + ")"
	code, err := r.ask(ctx, r.p.BaseDN, wire.ScopeSubtree, 1, later, []string{"1.1"}, func(string, string, []byte) { found++ })
	return code == 0 && found == 0, err
}

func (r *proposing) choosePaging(controls []string) {
	switch {
	case slices.Contains(controls, wire.OIDPagedResults):
		r.evidence(Evidence{Field: "page_size", Attribute: "supportedControl", Example: fmt.Sprint(DefaultPageSize),
			Text: "the server can page; Active Directory and others give at most 1000 entries a page as delivered"})
	case r.p.RootDSERead:
		r.p.PageSize = 0
		r.problem("The server does not offer paged results: where it has a size limit, a large directory cannot be read whole.")
	}
}

// judge says in words what doesn't fit.
func (r *proposing) judge() {
	if r.p.Transport == TransportPlain {
		r.problem("The connection is in the clear: clearances read over it count only as far as the administrator allows.")
	}
	addressees := r.samplesFor(fieldClearance)
	if len(addressees) == 0 {
		if r.p.BaseDN != "" {
			r.problem("No person, role, list or room was found below the base: the account may not be allowed to read, or the object " +
				"classes have names of their own.")
		}
		return
	}
	if !slices.ContainsFunc(addressees, func(s *sample) bool { return s.kind(&r.p.Mapping) == KindPerson }) {
		r.problem("None of the sampled entries is a person.")
	}
	r.judgeField(addressees, fieldClearance, "a clearance", "nobody could be sent to")
	r.judgeField(addressees, fieldUUID, "an identifier that stays", "an entry that is renamed counts as another")
	r.judgeAddresses(addressees)
	r.judgeMembers()
}

func (r *proposing) judgeField(of []*sample, field int, what, consequence string) {
	with := r.withField(of, field)
	switch {
	case with == 0:
		r.problem("None of the %d sampled addressees has %s: %s.", len(of), what, consequence)
	case with < len(of):
		r.problem("%d of the %d sampled addressees have not %s.", len(of)-with, len(of), what)
	}
}

func (r *proposing) withField(of []*sample, fields ...int) int {
	n := 0
	for _, s := range of {
		has := false
		for _, field := range fields {
			has = has || slices.ContainsFunc(*r.p.Mapping.fields()[field], s.has)
		}
		if has {
			n++
		}
	}
	return n
}

func (r *proposing) judgeAddresses(of []*sample) {
	switch with := r.withField(of, fieldMail, fieldJID); {
	case with == 0:
		r.problem("None of the %d sampled addressees has a mail address or JID.", len(of))
	case with < len(of):
		r.problem("%d of the %d sampled addressees have neither mail address nor JID.", len(of)-with, len(of))
	}
}

func (r *proposing) judgeMembers() {
	lists := r.samplesFor(fieldMembers)
	if len(lists) > 0 && r.withField(lists, fieldMembers) == 0 {
		r.problem("None of the %d sampled lists shows members: lists cannot be opened.", len(lists))
	}
	if roles := r.samplesFor(fieldOccupants); len(roles) > 0 && r.withField(roles, fieldOccupants) == 0 {
		r.problem("None of the %d sampled roles shows who holds it.", len(roles))
	}
}
