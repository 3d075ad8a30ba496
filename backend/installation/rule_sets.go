package installation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// ErrNoRuleSet: no rule and no threshold belongs to a set of that name.
var ErrNoRuleSet = errors.New("installation: no such set of rules")

// RuleSets lists the named sets to which a rule or threshold belongs, by name.
func (f File) RuleSets() []string {
	out := []string{}
	for _, r := range f.Rules {
		out = append(out, r.Set)
	}
	for _, t := range f.Thresholds {
		out = append(out, t.Set)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(name string) bool { return name == "" })
}

// SwitchRuleSets makes exactly these sets the active ones; none: no set is. The file on disk stays as it is: see Edit.
// Errors: ErrNoRuleSet, which names those that there are.
func (f *File) SwitchRuleSets(sets []string) error {
	known := f.RuleSets()
	for _, name := range sets {
		if !slices.Contains(known, name) {
			there := "there are no sets"
			if len(known) > 0 {
				there = "there are " + strings.Join(known, ", ")
			}
			return fmt.Errorf("%w: %q: %s", ErrNoRuleSet, name, there)
		}
	}
	f.Check.ActiveRuleSets = append([]string{}, sets...) // never nil: an empty list is written
	slices.Sort(f.Check.ActiveRuleSets)
	f.Check.ActiveRuleSets = slices.Compact(f.Check.ActiveRuleSets)
	return nil
}

// RulesDigest is the SHA-256, in hexadecimal digits, of everything that decides which rules are in force when: active sets, rules,
// thresholds. The order in which active sets are named does not matter.
func (f File) RulesDigest() string {
	active := slices.Sorted(slices.Values(f.Check.ActiveRuleSets))
	data, err := json.Marshal(struct {
		Active     []string
		Rules      []RuleFile
		Thresholds []ThresholdFile
	}{append([]string{}, slices.Compact(active)...), append([]RuleFile{}, f.Rules...), append([]ThresholdFile{}, f.Thresholds...)})
	if err != nil {
		panic("installation: internal error: " + err.Error()) // texts, numbers and times that were read always marshal
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

var (
	theActiveSets = regexp.MustCompile(`(?m)^[ \t]*active_rule_sets[ \t]*=[ \t]*\[[^\]]*\]`)
	theCheck      = regexp.MustCompile(`(?m)^[ \t]*\[[ \t]*check[ \t]*\][^\n]*\n`)
)

// switched is the old text with other active sets in it: where they stand now, at the beginning of [check], or in a [check] of their
// own at its end. Whether that comes to the same as the file anew, who asks finds out.
func switched(old []byte, after File) []byte {
	line, err := toml.Marshal(struct {
		Active []string `toml:"active_rule_sets"`
	}{append([]string{}, after.Check.ActiveRuleSets...)})
	if err != nil {
		return nil
	}
	if at := theActiveSets.FindIndex(old); at != nil {
		return slices.Concat(old[:at[0]], bytes.TrimRight(line, "\n"), old[at[1]:])
	}
	if at := theCheck.FindIndex(old); at != nil {
		return slices.Concat(old[:at[1]], line, old[at[1]:])
	}
	return slices.Concat(bytes.TrimRight(old, "\n"), []byte("\n\n[check]\n"), line)
}
