package installation_test

import (
	"errors"
	"testing"
	"time"

	"caveat/backend/installation"
)

// A threshold or a room that is misspelt must not be one that is missing.
func TestRule14Thresholds(t *testing.T) {
	good := installation.ThresholdFile{Name: "large", Classification: "SECRET", Limit: 20, Action: "warn"}
	for name, change := range map[string]func(*installation.ThresholdFile){
		"without a name":        func(f *installation.ThresholdFile) { f.Name = "" },
		"pass":                  func(f *installation.ThresholdFile) { f.Action = "pass" },
		"without an action":     func(f *installation.ThresholdFile) { f.Action = "" },
		"a negative limit":      func(f *installation.ThresholdFile) { f.Limit = -1 },
		"unknown class":         func(f *installation.ThresholdFile) { f.Classification = "SECERT" },
		"ends before it begins": func(f *installation.ThresholdFile) { f.Until, f.From = time.Unix(1, 0), time.Unix(2, 0) },
	} {
		f := valid(t)
		x := good
		change(&x)
		f.Thresholds = []installation.ThresholdFile{x}
		if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := valid(t)
	f.Thresholds = []installation.ThresholdFile{good, good}
	if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) {
		t.Errorf("of one name: %v", err)
	}
	f.Thresholds[1].Name, f.Thresholds[1].Set = "larger", "phase 1"
	if in := mustLoad(t, f); len(in.ActiveThresholds()) != 1 {
		t.Errorf("%+v", in.ActiveThresholds())
	}
	f.Check.ActiveRuleSets = []string{"phase 1"} // to which thresholds belong, and no rule
	if in := mustLoad(t, f); len(in.ActiveThresholds()) != 2 || len(in.Warnings) != 0 {
		t.Errorf("%+v, %v", in.ActiveThresholds(), in.Warnings)
	}
}

func TestRule07Rooms(t *testing.T) {
	for name, rooms := range map[string][]installation.RoomFile{
		"without an address":      {{Federated: true}},
		"with a resource":         {{Address: "room@chat.example/nick"}},
		"twice":                   {{Address: "chat.example"}, {Address: "Chat.example"}},
		"nodes and not federated": {{Address: "chat.example", Nodes: []string{"chat.bor.example"}}},
		"a node that is none":     {{Address: "chat.example", Federated: true, Nodes: []string{"room@chat.bor.example"}}},
	} {
		f := valid(t)
		f.Rooms = rooms
		if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := valid(t)
	f.Rooms = []installation.RoomFile{{Address: "chat.example", FiltersOccupants: true}, {Address: "room@chat.example", Federated: true, Nodes: []string{"chat.bor.example"}}}
	mustLoad(t, f)
}
