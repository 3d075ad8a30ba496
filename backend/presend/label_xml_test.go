package presend_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/presend"
)

// whole is a label that lacks nothing of what RULES 3 demands.
func (w *world) whole() label.Label {
	return label.Label{
		Information: label.Information{Policy: w.policy.PolicyID(), Classification: "SECRET", Categories: values(w.policy, "Context=MROD")},
		Kind:        label.Originator, OriginatorID: me, OriginatorIDType: "rfc822Name", Created: now.Add(-time.Hour), Review: now.Add(time.Hour),
	}
}

func (w *world) withXML(xml string) (*presend.Result, error) {
	d := w.draft(secret, addr("p", "GBR"))
	d.Label = draft.Label{XML: xml}
	return w.run(d)
}

func TestRule03WhatALabelHandedInLacksIsAdded(t *testing.T) {
	w := newWorld(t)
	w.person("p", "GBR", secret)
	xml := string(w.whole().Marshal())
	if r, err := w.withXML(xml); err != nil || string(r.Label().Marshal()) != xml {
		t.Fatalf("a whole label is changed: %v", err)
	}
	for name, take := range map[string]func(*label.Label){
		"no time":               func(l *label.Label) { l.Created = time.Time{} },
		"no originator":         func(l *label.Label) { l.OriginatorID = "" },
		"no review":             func(l *label.Label) { l.Review = time.Time{} },
		"no policy identifier":  func(l *label.Label) { l.Policy.URI = "" },
		"no tag set identifier": func(l *label.Label) { l.Categories[0].URI = "" },
	} {
		l := w.whole()
		take(&l)
		r, err := w.withXML(string(l.Marshal()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := label.ParseLabel(r.Label().Marshal())
		if err != nil || got.Created.IsZero() || got.OriginatorID == "" || got.Review.IsZero() || got.Policy.URI == "" || got.Categories[0].URI == "" || got.Classification != "SECRET" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestRule26OnlyALabelOfTheContentIsTaken(t *testing.T) {
	w := newWorld(t)
	w.person("p", "GBR", secret)
	for name, change := range map[string]func(*label.Label){
		"metadata":    func(l *label.Label) { l.Kind = label.Metadata }, // labels the metadata: the content would leave unlabelled
		"alternative": func(l *label.Label) { l.Kind = label.Alternative },
		"legacy":      func(l *label.Label) { l.Kind = label.Legacy },
		// It reads UNCLASSIFIED already, beside a marking that says SECRET.
		"replaced by its successor": func(l *label.Label) {
			low := l.Information
			low.Classification = "UNCLASSIFIED"
			l.Succession = &label.Successor{At: now.Add(-time.Minute), Label: low}
		},
		"a successor under an unknown policy": func(l *label.Label) {
			l.Succession = &label.Successor{At: now.Add(time.Hour), Label: label.Information{Policy: label.PolicyID{Name: "JUNK"}, Classification: "X"}}
		},
	} {
		l := w.whole()
		change(&l)
		if _, err := w.withXML(string(l.Marshal())); !errors.Is(err, presend.ErrDraft) || !strings.Contains(err.Error(), "label") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
