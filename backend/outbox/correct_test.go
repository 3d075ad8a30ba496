package outbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	msg "caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// newTalk is newChat whose outbox reads what drafts say of labels, as the program does.
func newTalk(t *testing.T) (*office, *talker) {
	t.Helper()
	o, k := newChat(t, nil)
	c := o.config(o.sender)
	c.Senders[draft.Chat] = k
	c.BuildLabel = func(l draft.Label) (label.Label, error) {
		if l.XML != "" {
			return label.ParseLabel([]byte(l.XML))
		}
		i, err := o.site.Build(*l.Selection)
		return label.Label{Kind: label.Originator, Information: i}, err
	}
	c.Stanza = func(context.Context, *presend.Result) (msg.Stanza, error) {
		return msg.Stanza{Reader: msg.Reader{Site: o.site, At: o.Now()}}, nil
	}
	o.box = outbox.New(o.store, c)
	return o, k
}

// itemOf is a catalogue's item as some server writes it.
func (o *office) itemOf(d draft.Draft) string {
	o.t.Helper()
	i, err := o.site.Build(*d.Label.Selection)
	must(o.t, err)
	l, p := label.Label{Kind: label.Originator, Information: i}, o.site.Policies()[0]
	return `<securitylabel  xmlns='urn:xmpp:sec-label:0'><displaymarking fgcolor="red">` + p.Mark(p.Label(l), "", "") + `</displaymarking><label>` + string(l.Marshal()) + `</label></securitylabel>`
}

// TestRule26CatalogueItemIsSentVerbatim: byte for byte, and only where it says what was decided on.
func TestRule26CatalogueItemIsSentVerbatim(t *testing.T) {
	o, _ := newTalk(t)
	d := chat("SECRET", room)
	d.CatalogueItem = o.itemOf(d)
	id := o.queue(d)
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
	if wire := o.sender.sent[0].wire; !strings.Contains(wire, d.CatalogueItem) || strings.Count(wire, "<securitylabel") != 1 {
		t.Error(wire)
	}
	for name, item := range map[string]string{
		"another label": o.itemOf(chat("OPEN")), "no element": "SECRET", "of another kind": `<securitylabel xmlns="urn:xmpp:sec-label:0"><label>SECRET</label></securitylabel>`,
		"two": d.CatalogueItem + d.CatalogueItem, "another marking": strings.Replace(d.CatalogueItem, "SECRET", "OPEN", 1),
	} {
		d.CatalogueItem = item
		if _, err := o.clear(d, map[string]string{room: "it must go"}); !errors.Is(err, outbox.ErrNotCleared) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRule26CatalogueItemAndFirstLine: where labels go as a marking in the text no element can.
func TestRule26CatalogueItemAndFirstLine(t *testing.T) {
	o, _ := newChat(t, func(context.Context, *presend.Result) (msg.Stanza, error) { return msg.Stanza{FirstLine: true}, nil })
	d := chat("SECRET", ann)
	d.CatalogueItem = o.itemOf(d)
	_, err := o.clear(d, nil)
	if field := (*draft.FieldError)(nil); !errors.As(err, &field) || field.Field != "catalogueItem" {
		t.Error(err)
	}
}

// TestRule1CorrectionKeepsTheLabel: a correction names the message that it corrects, under its label, to its recipient; nothing else is
// made of one.
func TestRule1CorrectionKeepsTheLabel(t *testing.T) {
	for name, c := range map[string]struct {
		before func(o *office, k *talker) // the message is sent
		change func(*draft.Draft)
		field  string // "": it is sent
	}{
		"accepted":          {change: func(*draft.Draft) {}},
		"perhaps delivered": {before: func(o *office, _ *talker) { o.sender.steps = []step{failAfter(errNet), accept} }, change: func(*draft.Draft) {}},
		"another spelling":  {change: func(d *draft.Draft) { d.Action = []string{"ANN@atl.example"} }},
		"another label":     {change: func(d *draft.Draft) { d.Label = chat("OPEN").Label }, field: "label"},
		"another recipient": {change: func(d *draft.Draft) { d.Action = []string{bob} }, field: "replaces"},
		"one more":          {change: func(d *draft.Draft) { d.Action = []string{ann, bob} }, field: "replaces"},
		"no such message":   {change: func(d *draft.Draft) { d.Replaces = "01KE0000000000000000000000" }, field: "replaces"},
		"refused": {before: func(o *office, _ *talker) {
			o.sender.steps = []step{answer(map[string]outbox.State{ann: outbox.Refused}), accept}
		}, change: func(*draft.Draft) {}, field: "replaces"},
		"still waiting": {before: func(_ *office, k *talker) { k.sender.steps = []step{failBefore(errNet), accept} }, change: func(*draft.Draft) {}, field: "replaces"},
	} {
		t.Run(name, func(t *testing.T) {
			o, k := newTalk(t)
			if c.before != nil {
				c.before(o, k)
			}
			first := o.queue(chat("SECRET", ann))
			o.sendDue()
			d := chat("SECRET", ann)
			d.Body, d.Replaces = "The bridge is shut.", first
			c.change(&d)
			id, err := o.clear(d, nil)
			if c.field != "" {
				if field := (*draft.FieldError)(nil); !errors.As(err, &field) || field.Field != c.field {
					t.Errorf("%v", err)
				}
				return
			}
			must(t, err)
			o.sendDue()
			o.state(id.ID(), outbox.Accepted, outbox.Accepted)
			if wire := o.sender.sent[len(o.sender.sent)-1].wire; !strings.Contains(wire, `<replace xmlns="urn:xmpp:message-correct:0" id="`+first+`"/>`) || !strings.Contains(wire, `id="`+id.ID()+`"`) {
				t.Error(wire)
			}
			d.Replaces = id.ID() // of a correction: all of them name the first
			if _, err := o.clear(d, nil); !errors.Is(err, draft.ErrInvalid) || !strings.Contains(err.Error(), first) {
				t.Errorf("of a correction: %v", err)
			}
		})
	}
}

// A message of mail, or of another account or sender, is not corrected.
func TestCorrectionOfSomethingElse(t *testing.T) {
	o, _ := newTalk(t)
	mail, talk := o.queue(message("SECRET", ann)), o.queue(chat("SECRET", ann))
	o.sendDue()
	d := chat("SECRET", ann)
	d.Replaces = mail
	if _, err := o.clear(d, nil); !errors.Is(err, draft.ErrInvalid) {
		t.Errorf("mail: %v", err)
	}
	d.Replaces = talk
	r, err := o.checkAtSend(t.Context(), d)
	must(t, err)
	if _, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "another"}); !errors.Is(err, draft.ErrInvalid) {
		t.Errorf("another account: %v", err)
	}
	o.from = lou
	d = chat("OPEN", ann)
	d.Replaces = o.queue(chat("OPEN", ann))
	o.sendDue()
	o.from = op
	if _, err := o.clear(d, nil); !errors.Is(err, draft.ErrInvalid) {
		t.Errorf("another sender: %v", err)
	}
	o.exec(`UPDATE message SET sender = ? WHERE id = ?`, "x@atl.example", talk)
	d.Replaces = talk
	if _, err := o.clear(d, nil); !errors.Is(err, outbox.ErrTampered) {
		t.Errorf("tampered: %v", err)
	}
}
