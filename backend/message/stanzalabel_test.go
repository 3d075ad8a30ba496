package message_test

import (
	"errors"
	"slices"
	"testing"

	"caveat/backend/label"
	"caveat/backend/message"
)

// TestRule26ItemWithEquivalentsThatNobodyReads: an item of a catalogue that says something besides, which nobody here can hold to what
// was checked, is not gone by and not sent; one with an equivalent label that is read here is.
func TestRule26ItemWithEquivalentsThatNobodyReads(t *testing.T) {
	site := lands(t)
	r := message.Reader{Site: site, At: when}
	l, marking := testlandLabel(t, site, "OPEN")
	same, foreign := l, l
	same.Kind, foreign.Kind = label.Alternative, label.Alternative
	foreign.Policy = label.PolicyID{Name: "PEERLAND", URI: "urn:oid:1.3.6.1.4.1.32473.77"}
	foreign.Classification = "UNCLASSIFIED"
	for name, c := range map[string]struct {
		equivalent string
		isRead     bool
	}{
		"of a policy that is not known here": {string(foreign.Marshal()), false},
		"an ESS label":                       {`<esssecuritylabel xmlns="urn:xmpp:sec-label:ess:0">MQYGASkCAQE=</esssecuritylabel>`, false},
		"words":                              {`UNCLASSIFIED`, false},
		"nothing":                            {``, false},
		"one that is read":                   {string(same.Marshal()), true},
	} {
		t.Run(name, func(t *testing.T) {
			item := []byte(labelElement(`<displaymarking>` + marking + `</displaymarking><label>` + string(l.Marshal()) + `</label><equivalentlabel>` + c.equivalent + `</equivalentlabel>`))
			got, err := r.ReadItem(item)
			if want := map[bool]message.Fault{false: message.FaultType}[c.isRead]; err != nil || got.Fault != want || (got.Label != nil) != c.isRead || len(got.Received) == 0 {
				t.Errorf("%+v, %v", got, err)
			}
			out, err := message.ComposeStanza(chatDraft(), message.Seal{ID: "m1", Label: l, Marking: marking}, message.Stanza{Item: item, Reader: r})
			if (err == nil) != c.isRead || !c.isRead && (!errors.Is(err, message.ErrLabel) || out != nil) {
				t.Errorf("%s, %v", out, err)
			}
			// Who only reads goes by the label: its own equivalents are for others.
			if read, err := r.ReadStanza(stanzaWith(string(item))); err != nil || read.Sensitivity.Label == nil {
				t.Errorf("as a message: %+v, %v", read.Sensitivity, err)
			}
		})
	}
}

// TestContradictingEquivalentsAreAllReceived: whoever judges a label that its equivalents contradict is given each of them, in whatever
// order they stand.
func TestContradictingEquivalentsAreAllReceived(t *testing.T) {
	site := lands(t)
	r := message.Reader{Site: site, At: when}
	l, _ := testlandLabel(t, site, "OPEN")
	high, _ := testlandLabel(t, site, "SECRET")
	middle, _ := testlandLabel(t, site, "RESTRICTED")
	for name, list := range map[string][]label.Label{"alone": {high}, "first": {high, middle}, "last": {middle, high}} {
		t.Run(name, func(t *testing.T) {
			inside := `<label>` + string(l.Marshal()) + `</label>`
			for _, e := range list {
				inside += `<equivalentlabel>` + string(e.Marshal()) + `</equivalentlabel>`
			}
			c, err := r.ReadStanza(stanzaWith(labelElement(inside)))
			s := c.Sensitivity
			if err != nil || s.Fault != message.FaultContradiction || s.Label != nil || len(s.Received) != 1+len(list) ||
				!slices.ContainsFunc(s.Received, func(x label.Label) bool { return x.Classification == "SECRET" }) {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}
