package siolabel_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/label/binding"
	"caveat/backend/label/siolabel"
)

// RFC 7444 §5, the three fields as printed there, unfolded.
func TestHistoryRFC7444(t *testing.T) {
	const xml = `"PFNlY0xhYmVsIHhtbG5zPSJodHRwOi8vZXhhbX"; X*1="BsZS5jb20vc2VjLWxhYmVsLzAiPjxQb2xpY3lJ"; X*2="ZGVudGlmaWVyIFVSST0idXJuOm9pZDoxLjEiLz"; ` +
		`X*3="48Q2xhc3NpZmljYXRpb24+MzwvQ2xhc3NpZmlj"; X*4="YXRpb24+PC9TZWNMYWJlbD4="; `
	const marked = `marking="EXAMPLE CONFIDENTIAL"; fgcolor=black; bgcolor=red; `
	newMarked := "new-" + strings.NewReplacer("; fg", "; new-fg", "; bg", "; new-bg").Replace(marked)
	pieces := func(name string) string { return name + "*0=" + strings.ReplaceAll(xml, "X*", name+"*") }
	for _, tt := range []struct {
		name, value      string
		action           siolabel.Action
		by, at, comment  string
		oldType, newType string
		old, next        bool
	}{
		{"delete", marked + `type=":xml"; ` + pieces("label") + `change=delete; changed-by="delete.example.com"; changed-at="18 Feb 2013 9:24 PDT"; changed-comment="delete"`,
			siolabel.Delete, "delete.example.com", "18 Feb 2013 9:24 PDT", "delete", ":xml", "", true, false},
		{"replace", marked + `type=":ess"; label="MQYGASkCAQM="; ` + newMarked + `new-type=":xml"; ` + pieces("new-label") +
			`change=replace; changed-by="modify.example.net"; changed-at="18 Feb 2013 8:24 PDT"; changed-comment="replaced with XML variant"`,
			siolabel.Replace, "modify.example.net", "18 Feb 2013 8:24 PDT", "replaced with XML variant", ":ess", ":xml", true, true},
		{"add", newMarked + `new-type=":ess"; new-label="MQYGASkCAQM="; change=add; changed-by="add.example.net"; changed-at="18 Feb 2013 7:24 PDT"; changed-comment="added label"`,
			siolabel.Add, "add.example.net", "18 Feb 2013 7:24 PDT", "added label", "", ":ess", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := siolabel.ParseHistory(tt.value)
			if err != nil || c.Action != tt.action || c.By != tt.by || c.At != tt.at || c.Comment != tt.comment || (c.Old != nil) != tt.old || (c.New != nil) != tt.next {
				t.Fatalf("%+v, %v", c, err)
			}
			for _, v := range []struct {
				value *siolabel.Value
				typ   string
			}{{c.Old, tt.oldType}, {c.New, tt.newType}} {
				if v.value != nil && (v.value.Marking != "EXAMPLE CONFIDENTIAL" || v.value.Background != "red" || v.value.Type != v.typ || (v.value.ESS != nil) != (v.typ == ":ess")) {
					t.Errorf("%+v", *v.value)
				}
			}
		})
	}
}

func TestHistoryRoundTrip(t *testing.T) {
	l, o := secret(), object()
	bound := &siolabel.Value{Marking: "MISSION \u00c9TROIT", Foreground: "white", Background: "red", Binding: &o}
	plain := &siolabel.Value{Marking: `MISSION "SECRET"`, Label: &l}
	for name, c := range map[string]siolabel.Change{
		"replace": {Action: siolabel.Replace, By: "duty@gbr.example", At: "18 Feb 2013 9:24 +0000", Comment: `The "annex"; was taken out: ` + strings.Repeat("\u00e9", 300), Old: plain, New: bound},
		"add":     {Action: siolabel.Add, By: "duty@gbr.example", At: "18 Feb 2013 9:24 +0000", New: plain},
		"delete":  {Action: siolabel.Delete, By: "duty@gbr.example", At: "18 Feb 2013 9:24 +0000", Old: &siolabel.Value{Marking: "only a marking"}},
	} {
		words, err := c.Parameters()
		if err != nil {
			t.Fatal(name, err)
		}
		for _, w := range words {
			if len(w) > 77 || strings.ContainsAny(w, "\r\n") {
				t.Errorf("%s: word %q", name, w)
			}
		}
		got, err := siolabel.ParseHistory(strings.Join(words, " "))
		if err != nil || got.Action != c.Action || got.By != c.By || got.At != c.At || got.Comment != c.Comment {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		for _, v := range [][2]*siolabel.Value{{got.Old, c.Old}, {got.New, c.New}} {
			switch {
			case (v[0] == nil) != (v[1] == nil):
				t.Errorf("%s: %+v", name, v)
			case v[1] == nil:
			case v[0].Marking != v[1].Marking || (v[0].Label == nil) != (v[1].Label == nil) || (v[0].Binding == nil) != (v[1].Binding == nil):
				t.Errorf("%s: %+v", name, *v[0])
			case v[1].Label != nil && string(v[0].Label.Marshal()) != string(v[1].Label.Marshal()):
				t.Errorf("%s: another label", name)
			case v[1].Binding != nil && (string(v[0].Binding.Marshal()) != string(v[1].Binding.Marshal()) || v[0].Type != binding.Namespace):
				t.Errorf("%s: another object", name)
			}
		}
	}
}

// One fault per case.
func TestHistoryRefuses(t *testing.T) {
	l := secret()
	v := &siolabel.Value{Label: &l}
	good := siolabel.Change{Action: siolabel.Replace, By: "a", At: "b", Old: v, New: v}
	if _, err := good.Parameters(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*siolabel.Change){
		"no action":            func(c *siolabel.Change) { c.Action = "" },
		"unknown action":       func(c *siolabel.Change) { c.Action = "lower" },
		"add with old":         func(c *siolabel.Change) { c.Action = siolabel.Add },
		"delete with new":      func(c *siolabel.Change) { c.Action = siolabel.Delete },
		"replace without new":  func(c *siolabel.Change) { c.New = nil },
		"nobody":               func(c *siolabel.Change) { c.By = "" },
		"never":                func(c *siolabel.Change) { c.At = "" },
		"comment with CRLF":    func(c *siolabel.Change) { c.Comment = "a\r\nBcc: b" },
		"by with LF":           func(c *siolabel.Change) { c.By = "a\nb" },
		"at with NUL":          func(c *siolabel.Change) { c.At = "a\x00" },
		"marking with CR":      func(c *siolabel.Change) { c.New = &siolabel.Value{Marking: "a\rb"} },
		"colour":               func(c *siolabel.Change) { c.New = &siolabel.Value{Marking: "a", Background: "red; x=y"} },
		"comment not in UTF-8": func(c *siolabel.Change) { c.Comment = "\xff" },
	} {
		c := good
		change(&c)
		if words, err := c.Parameters(); !errors.Is(err, siolabel.ErrInvalid) || words != nil {
			t.Errorf("%s: %q, %v", name, words, err)
		}
	}
	for name, value := range map[string]string{
		"no change": `marking=x; changed-by=a; changed-at=b`, "unknown change": `change=lower`, "not parameters": "x", "too long": strings.Repeat("x", siolabel.MaxSize+1),
		"control character": "change=add; changed-by*=utf-8''a%0D%0Ab",
	} {
		if c, err := siolabel.ParseHistory(value); !errors.Is(err, siolabel.ErrSyntax) || !reflect.DeepEqual(c, siolabel.Change{}) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	if c, err := siolabel.ParseHistory(`change=add; new-marking=M; new-type=":xml"; new-label="a*b"`); err != nil || c.New == nil || c.New.Marking != "M" || c.New.Label != nil {
		t.Errorf("a label in a trace that cannot be read: %+v, %v", c, err)
	}
}

// A marking is shown of a field that cannot be read otherwise.
func TestMarkingOf(t *testing.T) {
	for value, want := range map[string]string{
		`marking="MISSION SECRET"; type=":xml"; label*0="a"; label*2="b"`: "MISSION SECRET",
		`type=":xml"; label="a*b"; marking=M`:                             "M",
		`marking=M; label`:                                                "M",
		`label`:                                                           "",
		`marking*0=A; marking*2=B`:                                        "",
		`marking*=utf-8''a%0Ab`:                                           "",
		``:                                                                "",
	} {
		if got := siolabel.MarkingOf(value); got != want {
			t.Errorf("%q: %q", value, got)
		}
	}
}
