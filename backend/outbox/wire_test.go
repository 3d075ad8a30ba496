package outbox_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	wire "caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/spif"
)

// remark gives OPEN further marking data.
func (o *office) remark(data string) {
	o.t.Helper()
	text, err := os.ReadFile("../spif/testdata/testland.spif.xml")
	must(o.t, err)
	const at = `<spif:securityClassification name="OPEN" lacv="1" hierarchy="-20" color="green">`
	p, err := spif.Parse(strings.NewReader(strings.Replace(string(text), at, at+data, 1)))
	must(o.t, err)
	o.site, err = spif.NewSite(p)
	must(o.t, err)
}

func phrase(text string, codes ...string) string {
	out := `<spif:markingData phrase="` + text + `" xml:lang="en">`
	for _, c := range codes {
		out += "<spif:code>" + c + "</spif:code>"
	}
	return out + "</spif:markingData>"
}

// sends sends a draft and gives what a reader makes of it.
func (o *office) sends(d draft.Draft, c outbox.Config) (wire.Mail, string) {
	o.t.Helper()
	o.box = outbox.New(o.store, c)
	o.queue(d)
	o.sendDue()
	if o.sender.attempts() != 1 {
		o.t.Fatalf("%d attempts", o.sender.attempts())
	}
	m, err := wire.ReadMail(strings.NewReader(o.sender.sent[0].wire), o.site, o.Now())
	must(o.t, err)
	return m, o.sender.sent[0].wire
}

// The policy's marking codes put markings into text, subject and header; a policy without them puts none.
func TestPolicyPlacesMarkings(t *testing.T) {
	o := newOffice(t)
	m, raw := o.sends(message("OPEN", ann), o.config(o.sender))
	if m.Subject != "Bridge" || m.Text != "The bridge is open.\n" || strings.Contains(raw, "\r\nX-") || strings.Contains(raw, "SIO-Label-History") || m.Sensitivity.Fault != "" {
		t.Errorf("%s", raw)
	}
	o = newOffice(t)
	o.remark(phrase("begins", "firstLineOfText") + phrase("ends", "lastLineOfText") + phrase("[open]", "subject") + phrase("all", "xHeader"))
	m, raw = o.sends(message("OPEN", ann), o.config(o.sender))
	if m.Subject != "Bridge (TESTLAND [open])" || m.Text != "TESTLAND begins\n\nThe bridge is open.\n\nTESTLAND ends\n" || !strings.Contains(raw, "\r\nX-Confidentiality-Marking: TESTLAND all\r\n") || m.Sensitivity.Fault != "" {
		t.Errorf("%s", raw)
	}
}

// A marking in text, subject or header that is another one now is as old as that of the whole would be.
func TestRule24OldPlacedMarkingIsHeld(t *testing.T) {
	for name, c := range map[string]struct {
		before, after string
		want          outbox.State
	}{
		"none, and none": {"", "", outbox.Accepted},
		"the same":       {phrase("o", "subject"), phrase("o", "subject"), outbox.Accepted},
		"another one":    {phrase("o", "subject"), phrase("p", "subject"), outbox.Held},
		"another place":  {phrase("o", "subject"), phrase("o", "lastLineOfText"), outbox.Held},
		"one has come":   {"", phrase("o", "xHeader"), outbox.Held},
		"one has gone":   {phrase("o", "firstLineOfText"), "", outbox.Held},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.remark(c.before)
			id := o.queue(message("OPEN", ann))
			o.restart()
			o.remark(c.after)
			o.sendDue()
			o.state(id, c.want, c.want)
		})
	}
}

// build makes labels of selections, as the program does.
func (o *office) build(d draft.Label) (label.Label, error) {
	if d.Selection == nil {
		return label.ParseLabel([]byte(d.XML))
	}
	if d.Selection.Classification == "GONE" {
		return label.Label{}, errors.New("no such class")
	}
	info := label.Information{Policy: o.site.Policies()[0].PolicyID(), Classification: d.Selection.Classification}
	for _, c := range d.Selection.Categories {
		category := label.Category{TagName: c.TagSet, Type: label.Permissive}
		for _, v := range c.Values {
			category.Values = append(category.Values, v.Name)
		}
		info.Categories = append(info.Categories, category)
	}
	return label.Label{Kind: label.Originator, Information: info}, nil
}

// The account says in which form the label goes and whether a receipt is asked for; what is answered brings its references.
func TestWire(t *testing.T) {
	o := newOffice(t)
	c := o.config(o.sender)
	c.Wire = func(_ context.Context, account string) (outbox.Wire, error) {
		if account != "atl" {
			return outbox.Wire{}, errors.New("another account")
		}
		return outbox.Wire{Form: wire.FormBinding, ReadReceipt: true}, nil
	}
	c.References = func(_ context.Context, d draft.Draft) []string {
		if d.InReplyTo != "<2@bor.example>" || d.Answers != "r2" {
			return nil
		}
		return []string{"<1@bor.example>"}
	}
	d := message("OPEN", ann)
	d.InReplyTo, d.Answers = "<2@bor.example>", "r2"
	m, raw := o.sends(d, c)
	if m.Sensitivity.How != wire.HowBinding || m.Sensitivity.Fault != "" || len(m.ReceiptTo) != 1 || m.ReceiptTo[0].Address != op || strings.Join(m.References, " ") != "<1@bor.example> <2@bor.example>" {
		t.Errorf("%+v: %s", m, raw)
	}
	c.Wire = func(context.Context, string) (outbox.Wire, error) {
		return outbox.Wire{}, errors.New("no such account")
	}
	r, err := o.checkAtSend(t.Context(), d)
	must(t, err)
	if _, err := outbox.New(o.store, c).Clear(t.Context(), outbox.Request{Result: r, Account: "atl"}); err == nil {
		t.Error("cleared for an account that nobody knows")
	}
}
