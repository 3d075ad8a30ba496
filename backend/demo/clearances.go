package demo

import (
	"slices"
	"strings"
	"sync"

	"caveat/backend/label"
	"caveat/backend/spif"
)

// Names of the policy that the demonstration uses.
const (
	tagContext    = "Context"
	tagDesignator = "Special Category Designators"
	tagOnly       = "Only"
	tagReleasable = "Releasable To"
	mission       = "MROD"
)

// grant is a clearance in a few words: everything up to a classification, and these values.
type grant struct {
	upTo                     string
	mission, atomal, bohemia bool
	nations                  string // values of Only and Releasable To, separated by spaces
}

// clearance writes a grant under the demonstration's policy.
func (g grant) clearance(p *spif.Policy) label.Clearance {
	c := label.Clearance{Policy: p.PolicyID()}
	top := p.Class(g.upTo)
	for _, k := range p.Classes() {
		if k.Hierarchy() <= top.Hierarchy() {
			c.Classifications = append(c.Classifications, k.Name())
		}
	}
	for _, set := range []string{tagContext, tagDesignator, tagOnly, tagReleasable} {
		values := g.values()[set]
		if len(values) == 0 {
			continue
		}
		s := p.TagSet(set)
		c.Categories = append(c.Categories, label.Category{TagName: set, Type: s.Tags()[0].Type(), URI: "urn:oid:" + s.ID(), Values: values})
	}
	return c
}

// values lists what the grant holds, by tag set.
func (g grant) values() map[string][]string {
	out := map[string][]string{}
	if g.mission {
		out[tagContext] = []string{mission}
	}
	if g.atomal {
		out[tagDesignator] = append(out[tagDesignator], "ATOMAL")
	}
	if g.bohemia {
		out[tagDesignator] = append(out[tagDesignator], "BOHEMIA")
	}
	if nations := strings.Fields(g.nations); len(nations) > 0 {
		out[tagOnly], out[tagReleasable] = nations, slices.Clone(nations)
	}
	return out
}

// Clearances that are wrong on purpose.
const (
	// The text ends in the middle, as a value does that a directory cut off.
	unreadableText = `<slab:ConfidentialityClearance xmlns:slab="` + label.ClearanceNamespace + `"><slab:PolicyIdentifier>NATO</slab:PolicyIdentifier><slab:ClassificationList><slab:Classification>SEC`
	// No policy of this name is known to any installation.
	otherPolicyName, otherPolicyURI = "FICTITIA", "urn:oid:1.3.6.1.4.1.32473.4775.1"
)

func otherPolicyText() string {
	c := label.Clearance{
		Policy:          label.PolicyID{Name: otherPolicyName, URI: otherPolicyURI},
		Classifications: []string{"OPEN", "CLOSED"},
	}
	return string(c.Marshal())
}

// catalogue numbers the distinct sets of clearance texts: thousands of people share a few. Number 0 is none at all.
type catalogue struct {
	policy *spif.Policy

	mu      sync.Mutex
	sets    [][]string
	numbers map[string]int32
	grants  map[grant]int32
}

func newCatalogue(p *spif.Policy) *catalogue {
	return &catalogue{policy: p, sets: [][]string{nil}, numbers: map[string]int32{"": 0}, grants: map[grant]int32{}}
}

// add numbers a set of texts.
func (c *catalogue) add(texts ...string) int32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addLocked(texts)
}

func (c *catalogue) addLocked(texts []string) int32 {
	key := strings.Join(texts, "\x00")
	n, ok := c.numbers[key]
	if !ok {
		n = int32(len(c.sets))
		c.numbers[key] = n
		c.sets = append(c.sets, slices.Clone(texts))
	}
	return n
}

// grant numbers the one text of a grant.
func (c *catalogue) grant(g grant) int32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.grants[g]
	if !ok {
		n = c.addLocked([]string{string(g.clearance(c.policy).Marshal())})
		c.grants[g] = n
	}
	return n
}

// texts gives the values of a set.
func (c *catalogue) texts(n int32) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sets[n]
}
