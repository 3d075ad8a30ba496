package label_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"caveat/backend/label"
)

var (
	home   = label.PolicyID{Name: "HOME", URI: "urn:oid:1.2.3"}
	abroad = label.PolicyID{Name: "ABROAD", URI: "urn:oid:1.2.4"}
	noon   = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
)

func in(p label.PolicyID, class string) label.Information {
	return label.Information{Policy: p, Classification: class}
}

func labelOf(k label.Kind, p label.PolicyID, class string) label.Label {
	return label.Label{Kind: k, Information: in(p, class)}
}

// succeeded is an originator's label with a successor, which has a successor in turn.
func succeeded(review, at, then time.Time) label.Label {
	l := labelOf(label.Originator, home, "SECRET")
	l.Review = review
	l.Succession = &label.Successor{At: at, Label: in(home, "RESTRICTED"), Succession: &label.Successor{At: then, Label: in(home, "OPEN")}}
	return l
}

// STANDARDS: ADatP-4774.1 §4.2 and §4.3. One rule a case.
func TestApplicable(t *testing.T) {
	none := time.Time{}
	past, future := noon.Add(-time.Second), noon.Add(time.Second)
	leaving := labelOf(label.Originator, home, "SECRET")
	leaving.Succession = &label.Successor{At: past, Label: in(abroad, "GEHEIM")}
	arriving := labelOf(label.Originator, abroad, "GEHEIM")
	arriving.Succession = &label.Successor{At: past, Label: in(home, "SECRET")}
	twice := labelOf(label.Originator, label.PolicyID{Name: "OTHER", URI: home.URI}, "SECRET")
	for _, tt := range []struct {
		name        string
		labels      []label.Label
		want        string // classification; "" for none
		index       int
		isSuccessor bool
		err         error
	}{
		{"originator's label under the governing policy", []label.Label{labelOf(label.Originator, home, "A")}, "A", 0, false, nil},
		{"originator's before an alternative in front of it", []label.Label{labelOf(label.Alternative, home, "B"), labelOf(label.Originator, home, "A")}, "A", 1, false, nil},
		{"alternative where the originator's is abroad", []label.Label{labelOf(label.Originator, abroad, "A"), labelOf(label.Alternative, home, "B")}, "B", 1, false, nil},
		{"the first of two alternatives", []label.Label{labelOf(label.Originator, abroad, "A"), labelOf(label.Alternative, home, "B"), labelOf(label.Alternative, home, "C")}, "B", 1, false, nil},
		{"alternatives of other policies are passed over", []label.Label{labelOf(label.Alternative, abroad, "B"), labelOf(label.Alternative, home, "C")}, "C", 1, false, nil},
		{"none under the governing policy", []label.Label{labelOf(label.Originator, abroad, "A"), labelOf(label.Alternative, abroad, "B")}, "", 0, false, nil},
		{"no label at all", nil, "", 0, false, nil},
		{"a label of the metadata is none of the object", []label.Label{labelOf(label.Metadata, home, "A")}, "", 0, false, nil},
		{"a label of the metadata beside the originator's", []label.Label{labelOf(label.Metadata, home, "X"), labelOf(label.Originator, home, "A")}, "A", 1, false, nil},
		{"a bare label is the originator's", []label.Label{labelOf(label.Alternative, home, "B"), labelOf(label.Legacy, home, "A")}, "A", 1, false, nil},
		{"a label made here without a kind is the originator's", []label.Label{labelOf("", home, "A")}, "A", 0, false, nil},
		{"two originator's labels", []label.Label{labelOf(label.Originator, home, "A"), labelOf(label.Originator, abroad, "A")}, "", 0, false, label.ErrContradiction},
		{"two equal originator's labels", []label.Label{labelOf(label.Originator, home, "A"), labelOf(label.Originator, home, "A")}, "", 0, false, label.ErrContradiction},
		{"originator's and a bare label", []label.Label{labelOf(label.Legacy, home, "A"), labelOf(label.Originator, home, "A")}, "", 0, false, label.ErrContradiction},
		{"policy named only", []label.Label{labelOf(label.Originator, label.PolicyID{Name: "home"}, "A")}, "A", 0, false, nil},
		{"one name and two identifiers are two policies", []label.Label{labelOf(label.Originator, label.PolicyID{Name: "HOME", URI: abroad.URI}, "A")}, "", 0, false, nil},
		{"one identifier and two names", []label.Label{twice}, "", 0, false, label.ErrContradiction},
		{"succession date ahead", []label.Label{succeeded(none, future, future)}, "SECRET", 0, false, nil},
		{"succession date passed", []label.Label{succeeded(none, past, future)}, "RESTRICTED", 0, true, nil},
		{"succession date now", []label.Label{succeeded(none, noon, future)}, "RESTRICTED", 0, true, nil},
		{"review date decides: ahead, though the succession date has passed", []label.Label{succeeded(future, past, past)}, "SECRET", 0, false, nil},
		{"review date decides: passed, though the succession date is ahead", []label.Label{succeeded(past, future, future)}, "RESTRICTED", 0, true, nil},
		{"review date now", []label.Label{succeeded(noon, future, future)}, "RESTRICTED", 0, true, nil},
		{"the successor's successor by its own date", []label.Label{succeeded(past, future, past)}, "OPEN", 0, true, nil},
		{"no successor, review date passed", []label.Label{{Kind: label.Originator, Information: in(home, "A"), Review: past}}, "A", 0, false, nil},
		{"successor under another policy", []label.Label{leaving, labelOf(label.Alternative, home, "B")}, "B", 1, false, nil},
		{"successor that comes under the governing policy", []label.Label{arriving}, "SECRET", 0, true, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := marshalAll(tt.labels)
			a, ok, err := label.Applicable(tt.labels, home, noon)
			if !errors.Is(err, tt.err) || ok != (tt.want != "") {
				t.Fatalf("%+v, %v, %v", a, ok, err)
			}
			if a.Classification != tt.want || a.Index != tt.index || a.IsSuccessor != tt.isSuccessor {
				t.Errorf("%+v", a)
			}
			if !ok && !reflect.DeepEqual(a, label.Applied{}) {
				t.Errorf("something came with none: %+v", a)
			}
			if after := marshalAll(tt.labels); after != before {
				t.Errorf("the labels were changed: %s", after)
			}
		})
	}
}

func marshalAll(labels []label.Label) (out string) {
	for _, l := range labels {
		out += string(l.Marshal()) + "\n"
	}
	return out
}
