package demo

import (
	"bytes"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/spif"
)

// judge decides for one message at one server.
type judge struct {
	f          *Federation
	label      spif.Label
	validation spif.Validation
	decided    map[int32]string // by number in the catalogue; "" permits
}

// check finds every reason that the server has against a letter in its hands, by what this nation knows: its own side of
// the link, and the clearances in its own directory at this moment. What the user hands in goes out by links to several
// nations; what a peer hands in came by one.
func (f *Federation) check(l letter) []Refusal {
	var out []Refusal
	id := messageID(l.body)
	against := func(recipient, rule, reason string) {
		out = append(out, Refusal{Server: l.server, From: l.from, Recipient: recipient, MessageID: id, Rule: rule, Reason: reason})
	}
	reading, err := message.ReadLabel(bytes.NewReader(l.body))
	if err != nil {
		against("", RuleLabel, "The message has no label that can be read: "+err.Error())
		return out
	}
	j := judge{f: f, decided: map[int32]string{}, validation: spif.Validation{At: time.Now(), RequireTagSets: []string{tagContext}}}
	if why := j.read(reading.Label); why != "" {
		against("", RuleLabel, why)
		return out
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	own := f.nations[l.server].world
	if l.peer == "" {
		if i, ok := own.find(l.from); !ok {
			against("", RuleSubmission, "The sender is not one of this nation's addresses.")
		} else if why := j.clearance(own.nodes[i].clearance); why != "" {
			against("", RuleOriginator, "The sender is not cleared for this label: "+why)
		}
	}
	links := map[link]string{}
	for _, a := range l.to {
		way, held := l.way(a)
		if _, ok := links[way]; !ok {
			links[way] = j.permits(held.clearance(f.policy))
		}
		if links[way] != "" {
			against(a, RuleLink, "The link "+linkName(way.from, way.to)+" does not carry this label: "+links[way])
		}
		if way.to != l.server {
			continue // that nation's server knows
		}
		if why := j.address(own, a); why != "" {
			against(a, RuleRecipient, why)
		}
	}
	return out
}

// way is the link by which a letter reaches an address, and this server's side of its clearance.
func (l letter) way(address string) (link, grant) {
	to := nationOf(address)
	if l.peer != "" {
		return link{l.peer, to}, inbound[l.server][l.peer]
	}
	return link{l.server, to}, outbound[to]
}

// read takes in the label; the answer is what is wrong with it.
func (j *judge) read(l label.Label) string {
	p, err := j.f.site.Find(l.Policy)
	if err != nil {
		return "The label is of a policy that is not known here."
	}
	j.label = p.Label(l)
	if problems := p.Validate(j.label, j.validation); spif.Invalid(problems) {
		return cmbac.InvalidReasons(problems)[0].Words("en")
	}
	return ""
}

// permits decides the label against clearances; "" permits, anything else says why not.
func (j *judge) permits(held ...label.Clearance) string {
	v := cmbac.Across(cmbac.Question{Site: j.f.site, Policy: j.f.policy, Label: j.label, Clearances: held, Validation: j.validation})
	if v.Decision == cmbac.Permit {
		return ""
	}
	if len(v.Reasons) == 0 {
		return "Not permitted."
	}
	return v.Reasons[0].Words("en")
}

// clearance decides against what an entry publishes.
func (j *judge) clearance(number int32) string {
	if why, ok := j.decided[number]; ok {
		return why
	}
	var held []label.Clearance
	why := ""
	for _, text := range j.f.catalogue.texts(number) {
		c, err := label.ParseClearance([]byte(text))
		if err != nil {
			why = "A clearance is published that cannot be read."
		}
		held = append(held, c)
	}
	if why == "" {
		why = j.permits(held...)
	}
	j.decided[number] = why
	return why
}

// address decides about an address and everybody behind it: the occupants of a role, the members of a list to the last
// level. A list needs no clearance of its own; where it has one, it counts. The first reason against is the answer.
func (j *judge) address(w *world, address string) string {
	first, ok := w.find(address)
	if !ok {
		return "No such address."
	}
	seen := map[int32]bool{first: true}
	for queue := []int32{first}; len(queue) > 0; queue = queue[1:] {
		n := w.nodes[queue[0]]
		behind := ""
		if queue[0] != first {
			behind = "Behind this address, " + n.address + ": "
		}
		if n.gone {
			return behind + "is no longer published."
		}
		if n.kind != list || n.clearance != 0 {
			if why := j.clearance(n.clearance); why != "" {
				return behind + why
			}
		}
		parts := w.parts[queue[0]]
		if n.kind == list && len(parts) == 0 {
			return behind + "The list has no members."
		}
		for _, p := range parts {
			if p == missing {
				return "Behind this address there is a member that is not published."
			}
			if !seen[p] {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
	return ""
}
