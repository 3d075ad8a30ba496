package installation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// DefaultDeadline is how long the live re-read may take, per nation (RULES 13).
const DefaultDeadline = 8 * time.Second

// DefaultMaxAttachment is how many bytes a file may have that is attached.
const DefaultMaxAttachment = 100 << 20

// MaxAttachment is how many bytes a file may have that is attached.
func (in *Installation) MaxAttachment() int64 {
	if n := in.File.Check.MaxAttachment; n > 0 {
		return n
	}
	return DefaultMaxAttachment
}

// DefaultProtected names tag sets whose refusal never becomes a warning, besides every restrictive one (RULES 14).
var DefaultProtected = []string{"Only"}

var outcomes = []string{"not-cleared", "unknown", "stale", "error"}

// check holds ages and deadlines, and the names of what is protected, to sense: a misspelt tag set would not be protected.
func (b *builder) check() {
	c := b.in.File.Check
	for name, d := range map[string]Duration{"drafting_age": c.DraftingAge, "sending_age": c.SendingAge, "deadline": c.Deadline, "review_after": c.ReviewAfter} {
		if d.Duration < 0 {
			b.fail("check", "%s is negative", name)
		}
	}
	if c.MaxAttachment < 0 {
		b.fail("check", "max_attachment is negative")
	}
	for _, name := range c.ProtectedTagSets {
		if b.in.Site != nil && !slices.ContainsFunc(b.in.Site.Policies(), func(p *spif.Policy) bool { return p.TagSet(name) != nil }) {
			b.fail("check", "protected_tag_sets: %q is no tag set of any policy", name)
		}
	}
	for _, name := range c.ActiveRuleSets {
		if !b.hasSet(name) {
			b.in.Warnings = append(b.in.Warnings, fmt.Sprintf("active_rule_sets names %q, and no rule belongs to it", name))
		}
	}
}

// hasSet reports whether a rule or threshold belongs to a set.
func (b *builder) hasSet(name string) bool {
	return slices.ContainsFunc(b.in.File.Rules, func(r RuleFile) bool { return r.Set == name }) ||
		slices.ContainsFunc(b.in.File.Thresholds, func(t ThresholdFile) bool { return t.Set == name })
}

func (b *builder) rules() {
	for _, f := range b.in.File.Rules {
		section := fmt.Sprintf("rule %q", f.Name)
		switch {
		case f.Name == "":
			b.fail(section, "each needs a name")
		case f.Action != "warn":
			b.fail(section, "action %q: warn is the only relaxation there is", f.Action)
		case f.Outcome != "" && !slices.Contains(outcomes, f.Outcome):
			b.fail(section, "outcome %q: not-cleared, unknown, stale or error", f.Outcome)
		case f.Channel != "" && f.Channel != "mail" && f.Channel != "chat":
			b.fail(section, "channel %q: mail or chat", f.Channel)
		case f.Classification != "" && b.in.Site != nil && !b.isClass(f.Classification):
			b.fail(section, "classification %q is in none of the policies", f.Classification)
		case !f.Until.IsZero() && f.Until.Before(f.From):
			b.fail(section, "until lies before from")
		}
	}
}

func (b *builder) isClass(name string) bool {
	for _, p := range b.in.Site.Policies() {
		for _, k := range p.Classes() {
			if label.Fold(k.Name()) == label.Fold(name) {
				return true
			}
		}
	}
	return false
}

// ActiveRules are the rules that stand in no set, or in one that is switched on.
func (in *Installation) ActiveRules() []RuleFile {
	return slices.DeleteFunc(slices.Clone(in.File.Rules), func(r RuleFile) bool { return !in.IsActive(r.Set) })
}

// ActiveThresholds are the thresholds that stand in no set, or in one that is switched on.
func (in *Installation) ActiveThresholds() []ThresholdFile {
	return slices.DeleteFunc(slices.Clone(in.File.Thresholds), func(t ThresholdFile) bool { return !in.IsActive(t.Set) })
}

// IsActive reports whether rules of a set count; "" is no set.
func (in *Installation) IsActive(set string) bool { return in.File.IsActive(set) }

// IsActive reports whether rules of a set count; "" is no set.
func (f File) IsActive(set string) bool {
	return set == "" || slices.Contains(f.Check.ActiveRuleSets, set)
}

// thresholds refuses what would bound nothing: a misspelt classification must not be a threshold that is missing.
func (b *builder) thresholds() {
	names := map[string]bool{}
	for _, f := range b.in.File.Thresholds {
		section := fmt.Sprintf("threshold %q", f.Name)
		switch {
		case f.Name == "" || names[f.Name]:
			b.fail(section, "each needs a name of its own: reasons are given by it")
		case f.Action != "warn" && f.Action != "block":
			b.fail(section, "action %q: warn or block", f.Action)
		case f.Limit < 0:
			b.fail(section, "limit is negative")
		case f.Classification != "" && b.in.Site != nil && !b.isClass(f.Classification):
			b.fail(section, "classification %q is in none of the policies", f.Classification)
		case !f.Until.IsZero() && f.Until.Before(f.From):
			b.fail(section, "until lies before from")
		}
		names[f.Name] = true
	}
}

// rooms refuses what says nothing, and what contradicts itself.
func (b *builder) rooms() {
	seen := map[string]bool{}
	for _, f := range b.in.File.Rooms {
		section := fmt.Sprintf("room %q", f.Address)
		key := strings.ToLower(f.Address)
		switch {
		case f.Address == "" || strings.ContainsAny(f.Address, "/ "):
			b.fail(section, "address: of a room, or a domain")
		case seen[key]:
			b.fail(section, "it stands twice")
		case len(f.Nodes) > 0 && !f.Federated:
			b.fail(section, "nodes without federated = true")
		case slices.ContainsFunc(f.Nodes, func(n string) bool { return n == "" || strings.ContainsAny(n, "@/ ") }):
			b.fail(section, "nodes: domains")
		}
		seen[key] = true
	}
}

// Or gives the length of time, or another when it is not set.
func (d Duration) Or(other time.Duration) time.Duration {
	if d.Duration == 0 {
		return other
	}
	return d.Duration
}
