package message_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/spif"
)

// lands is a site of two policies that translate into each other; the first governs.
func lands(t testing.TB) *spif.Site {
	t.Helper()
	var all []*spif.Policy
	for _, name := range []string{"testland", "otherland"} {
		f, err := os.Open(filepath.Join("..", "spif", "testdata", name+".spif.xml"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := spif.Parse(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	site, err := spif.NewSite(all...)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func chatDraft() draft.Draft {
	d := mailDraft()
	d.Channel, d.Action, d.Info, d.Subject = draft.Chat, []string{"ops@aus.example"}, nil, ""
	return d
}

// open is a label of testland's lowest classification, with its marking.
func testlandLabel(t testing.TB, site *spif.Site, class string) (label.Label, string) {
	t.Helper()
	p := site.Policies()[0]
	l := label.Label{Kind: label.Originator, Information: label.Information{Policy: p.PolicyID(), Classification: class}, Created: when.UTC()}
	return l, p.Mark(p.Label(l), "", "")
}

func composeStanza(t *testing.T, d draft.Draft, s message.Seal, o message.Stanza) []byte {
	t.Helper()
	out, err := message.ComposeStanza(d, s, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestStanzaForm: what is written, and that it reads back to the label that was checked.
func TestStanzaForm(t *testing.T) {
	s := seal()
	s.Background = "fuschia"
	d := chatDraft()
	d.Subject, d.Body = `a "b"`, "one & <two>\r\n\nthree\n"
	wire := composeStanza(t, d, s, message.Stanza{Receipt: true, Replaces: "old-1", Replaced: &s.Label.Information})
	want := `<message xmlns="jabber:client" type="chat" id="01JABC"><subject>a &#34;b&#34;</subject><body>one &amp; &lt;two&gt;&#xA;&#xA;three</body>` +
		`<securitylabel xmlns="urn:xmpp:sec-label:0"><displaymarking fgcolor="white" bgcolor="fuchsia">MISSION SECRET Releasable to GBR, AUS</displaymarking>` +
		`<label>` + string(s.Label.Marshal()) + `</label></securitylabel><request xmlns="urn:xmpp:receipts"/>` +
		`<origin-id xmlns="urn:xmpp:sid:0" id="01JABC"/><replace xmlns="urn:xmpp:message-correct:0" id="old-1"/></message>`
	if string(wire) != want {
		t.Errorf("%s\nwant %s", wire, want)
	}
	sent, err := message.AddressStanza(wire, `o'p"s@aus.example/<x>`)
	if err != nil || !strings.HasPrefix(string(sent), `<message to="o&#39;p&#34;s@aus.example/&lt;x&gt;" xmlns="jabber:client" type="chat"`) || !strings.HasSuffix(string(sent), want[len("<message"):]) {
		t.Errorf("%s, %v", sent, err)
	}
	c, err := message.Reader{}.ReadStanza(sent)
	if err != nil || c.Body != "one & <two>\n\nthree" || c.Subject != `a "b"` || c.To != `o'p"s@aus.example/<x>` || !c.WantsReceipt || c.Replaces != "old-1" ||
		c.ID != "01JABC" || c.OriginID != "01JABC" || len(c.Sensitivity.Received) != 1 || string(c.Sensitivity.Received[0].XML) != string(s.Label.Marshal()) {
		t.Errorf("%+v, %v", c, err)
	}
	room := composeStanza(t, chatDraft(), seal(), message.Stanza{Room: true})
	if !strings.HasPrefix(string(room), `<message xmlns="jabber:client" type="groupchat" `) {
		t.Errorf("%s", room)
	}
	first := composeStanza(t, chatDraft(), seal(), message.Stanza{FirstLine: true})
	if strings.Contains(string(first), "securitylabel") || !strings.Contains(string(first), "<body>MISSION SECRET Releasable to GBR, AUS&#xA;All is well.</body>") {
		t.Errorf("%s", first)
	}
}

// TestStanzaRefuses: nothing is left out silently, and nothing goes out without a label.
func TestStanzaRefuses(t *testing.T) {
	other := secret().Information
	other.Classification = "CONFIDENTIAL"
	reordered := secret().Information
	reordered.Categories = []label.Category{{TagName: "releasable to", Type: label.Permissive, Values: []string{"AUS", "GBR"}}}
	for name, c := range map[string]struct {
		want   error
		change func(*draft.Draft, *message.Seal, *message.Stanza)
	}{
		"another channel":         {message.ErrUnsupported, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) { d.Channel = draft.Mail }},
		"a draft without label":   {message.ErrNoLabel, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) { d.Label = draft.Label{} }},
		"a seal without label":    {message.ErrNoLabel, func(_ *draft.Draft, s *message.Seal, _ *message.Stanza) { s.Label = label.Label{} }},
		"no id":                   {message.ErrInvalid, func(_ *draft.Draft, s *message.Seal, _ *message.Stanza) { s.ID = "" }},
		"an id that ends its tag": {message.ErrInvalid, func(_ *draft.Draft, s *message.Seal, _ *message.Stanza) { s.ID = `a">` }},
		"no text":                 {message.ErrInvalid, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) { d.Body = " \n" }},
		"a NUL":                   {message.ErrInvalid, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) { d.Body = "a\x00" }},
		"no UTF-8":                {message.ErrInvalid, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) { d.Body = "a\xff" }},
		"no XML":                  {message.ErrInvalid, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) { d.Body = "a\uffff" }},
		"more than a server takes": {message.ErrInvalid, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) {
			d.Body = strings.Repeat("x", message.MaxStanza)
		}},
		"an attachment": {message.ErrUnsupported, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) {
			d.Attachments = []draft.Attachment{{File: "x"}}
		}},
		"a copy":       {message.ErrUnsupported, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) { d.Info = []string{"a@aus.example"} }},
		"a precedence": {message.ErrUnsupported, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) { d.PrimaryPrecedence = "flash" }},
		"handling":     {message.ErrUnsupported, func(d *draft.Draft, _ *message.Seal, _ *message.Stanza) { d.Handling = []string{"x"} }},
		"a room and somebody": {message.ErrInvalid, func(d *draft.Draft, _ *message.Seal, o *message.Stanza) {
			d.Action, o.Room = []string{"a@b", "c@d"}, true
		}},
		"a first line of nothing":                 {message.ErrInvalid, func(_ *draft.Draft, s *message.Seal, o *message.Stanza) { s.Marking, o.FirstLine = " ", true }},
		"a marking in two lines":                  {message.ErrInvalid, func(_ *draft.Draft, s *message.Seal, o *message.Stanza) { s.Marking, o.FirstLine = "A\nB", true }},
		"a first line and an item":                {message.ErrInvalid, func(_ *draft.Draft, _ *message.Seal, o *message.Stanza) { o.FirstLine, o.Item = true, []byte("<x/>") }},
		"a correction, another label":             {message.ErrInvalid, func(_ *draft.Draft, _ *message.Seal, o *message.Stanza) { o.Replaces, o.Replaced = "x", &other }},
		"a correction of nobody knows what":       {message.ErrInvalid, func(_ *draft.Draft, _ *message.Seal, o *message.Stanza) { o.Replaces = "x" }},
		"a correction, the same in another order": {nil, func(_ *draft.Draft, _ *message.Seal, o *message.Stanza) { o.Replaces, o.Replaced = "x", &reordered }},
		"an item that is no element":              {message.ErrSyntax, func(_ *draft.Draft, _ *message.Seal, o *message.Stanza) { o.Item = []byte("SECRET") }},
		"an item and more": {message.ErrSyntax, func(_ *draft.Draft, _ *message.Seal, o *message.Stanza) {
			o.Item = []byte(`<securitylabel xmlns="urn:xmpp:sec-label:0"><label/></securitylabel> `)
		}},
		"an item without label": {message.ErrLabel, func(_ *draft.Draft, _ *message.Seal, o *message.Stanza) {
			o.Item = []byte(`<securitylabel xmlns="urn:xmpp:sec-label:0"><label/></securitylabel>`)
		}},
		"an item of a text": {message.ErrLabel, func(_ *draft.Draft, _ *message.Seal, o *message.Stanza) {
			o.Item = []byte(`<securitylabel xmlns="urn:xmpp:sec-label:0"><label>SECRET</label></securitylabel>`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d, s, o := chatDraft(), seal(), message.Stanza{}
			c.change(&d, &s, &o)
			out, err := message.ComposeStanza(d, s, o)
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || (err != nil) && out != nil {
				t.Errorf("%d octets, %v", len(out), err)
			}
		})
	}
	for name, to := range map[string]string{"none": "", "a line end": "a@b\nc", "a NUL": "a\x00@b", "too long": strings.Repeat("a", 4000)} {
		if _, err := message.AddressStanza(composeStanza(t, chatDraft(), seal(), message.Stanza{}), to); !errors.Is(err, message.ErrInvalid) {
			t.Errorf("address of %s: %v", name, err)
		}
	}
	if _, err := message.AddressStanza([]byte(`<message to="a"/>`), "b@c"); !errors.Is(err, message.ErrSyntax) {
		t.Errorf("addressed twice: %v", err)
	}
}

// TestCatalogueItem goes out byte for byte, when it says what was checked.
func TestCatalogueItem(t *testing.T) {
	site := lands(t)
	l, marking := testlandLabel(t, site, site.Policies()[0].Classes()[0].Name())
	item := `<securitylabel xmlns='urn:xmpp:sec-label:0' ><displaymarking>` + marking + `</displaymarking><label>` + strings.ReplaceAll(string(l.Marshal()), `"`, "'") + "\n</label ></securitylabel>"
	s := seal()
	s.Label, s.Marking = l, marking
	r := message.Reader{Site: site, At: when}
	wire := composeStanza(t, chatDraft(), s, message.Stanza{Item: []byte(item), Reader: r})
	if !strings.Contains(string(wire), item) {
		t.Errorf("%s", wire)
	}
	if got, err := r.ReadStanza(wire); err != nil || got.Sensitivity.Fault != message.FaultNone {
		t.Errorf("%+v, %v", got.Sensitivity, err)
	}
	s.Label, _ = testlandLabel(t, site, site.Policies()[0].Classes()[1].Name())
	if _, err := message.ComposeStanza(chatDraft(), s, message.Stanza{Item: []byte(item), Reader: r}); !errors.Is(err, message.ErrLabel) {
		t.Errorf("an item of another label: %v", err)
	}
}

// stanzaWith puts payloads into a message.
func stanzaWith(payloads ...string) []byte {
	return []byte(`<message xmlns='jabber:client' type='chat' id='i' from='ops@aus.example/desk'><body>text</body>` + strings.Join(payloads, "") + `</message>`)
}

func labelElement(inside string) string {
	return `<securitylabel xmlns='urn:xmpp:sec-label:0'>` + inside + `</securitylabel>`
}

// TestStanzaFaults: each way in which a label is not gone by, by name. A message with any of them counts as unlabelled.
func TestStanzaFaults(t *testing.T) {
	site := lands(t)
	l, marking := testlandLabel(t, site, site.Policies()[0].Classes()[0].Name())
	good := `<label>` + string(l.Marshal()) + `</label>`
	high, _ := testlandLabel(t, site, site.Policies()[0].Classes()[1].Name())
	foreign := label.Label{Information: label.Information{Policy: site.Policies()[1].PolicyID(), Classification: site.Policies()[1].Classes()[0].Name()}}
	for name, c := range map[string]struct {
		payload string
		want    message.Fault
	}{
		"a label":                           {labelElement(`<displaymarking fgcolor='black' bgcolor='lime'>` + marking + `</displaymarking>` + good), message.FaultNone},
		"a label without marking":           {labelElement(good), message.FaultNone},
		"none":                              {"", message.FaultNoLabel},
		"an empty one":                      {labelElement(`<label/>`), message.FaultNoLabel},
		"a marking alone":                   {labelElement(`<displaymarking>SECRET</displaymarking><label/>`), message.FaultMarkingOnly},
		"a marking that disagrees":          {labelElement(`<displaymarking>SOMETHING ELSE</displaymarking>` + good), message.FaultDisagrees},
		"two":                               {labelElement(good) + labelElement(good), message.FaultTwoLabels},
		"two in one":                        {labelElement(`<label>` + string(l.Marshal()) + string(l.Marshal()) + `</label>`), message.FaultMalformed},
		"two labels in one element":         {labelElement(good + good), message.FaultMalformed},
		"no label element":                  {labelElement(`<displaymarking>SECRET</displaymarking>`), message.FaultMalformed},
		"the order of the wrong kind":       {labelElement(good + `<displaymarking>SECRET</displaymarking>`), message.FaultMalformed},
		"text beside it":                    {labelElement(`<label>x` + string(l.Marshal()) + `</label>`), message.FaultMalformed},
		"a text":                            {labelElement(`<label>SECRET</label>`), message.FaultType},
		"an unknown namespace":              {labelElement(`<label><icismlabel xmlns='http://example.gov/IC-ISM/0' classification='S'/></label>`), message.FaultType},
		"no namespace":                      {labelElement(`<label><secret xmlns=''/></label>`), message.FaultType},
		"a label element of XMPP's own":     {labelElement(`<label><label/></label>`), message.FaultType},
		"a form that nobody knows":          {`<securitylabel xmlns='urn:xmpp:sec-label:1'><label/></securitylabel>`, message.FaultType},
		"a 4774 label cut short":            {labelElement(`<label><originatorConfidentialityLabel xmlns='` + label.Namespace + `'/></label>`), message.FaultMalformed},
		"ESS that is no base64":             {labelElement(`<label><esssecuritylabel xmlns='urn:xmpp:sec-label:ess:0'>!</esssecuritylabel></label>`), message.FaultBase64},
		"ESS that is no BER":                {labelElement(`<label><esssecuritylabel xmlns='urn:xmpp:sec-label:ess:0'>AAAA</esssecuritylabel></label>`), message.FaultMalformed},
		"ESS of an unknown policy":          {labelElement(`<label><esssecuritylabel xmlns='urn:xmpp:sec-label:ess:0'>MQYCAQQGASk=</esssecuritylabel></label>`), message.FaultPolicy},
		"ESS and another label behind it":   {labelElement(`<label><esssecuritylabel xmlns='urn:xmpp:sec-label:ess:0'>MQYCAQQGASk=</esssecuritylabel></label><label/>`), message.FaultMalformed},
		"an unknown class":                  {labelElement(`<label>` + strings.Replace(string(l.Marshal()), l.Classification, "NOSUCH", 1) + `</label>`), message.FaultInvalid},
		"an unknown policy":                 {labelElement(`<label>` + string(secret().Marshal()) + `</label>`), message.FaultPolicy},
		"an equivalent that is not":         {labelElement(good + `<equivalentlabel>` + string(high.Marshal()) + `</equivalentlabel>`), message.FaultContradiction},
		"an equivalent nobody can read":     {labelElement(good + `<equivalentlabel><originatorConfidentialityLabel xmlns='` + label.Namespace + `'/></equivalentlabel>`), message.FaultMalformed},
		"an equivalent of a strange policy": {labelElement(good + `<equivalentlabel>` + string(secret().Marshal()) + `</equivalentlabel>`), message.FaultNone},
		"an equivalent for an unknown":      {labelElement(`<label>` + string(secret().Marshal()) + `</label><equivalentlabel>` + string(foreign.Marshal()) + `</equivalentlabel>`), message.FaultPolicy},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := message.Reader{Site: site, At: when}.ReadStanza(stanzaWith(c.payload))
			if err != nil || got.Body != "text" {
				t.Fatalf("%+v, %v", got, err)
			}
			s := got.Sensitivity
			if s.Fault != c.want || (s.Label != nil) != (c.want == message.FaultNone) {
				t.Errorf("fault %q (%s), label %+v", s.Fault, s.Detail, s.Label)
			}
		})
	}
}

// TestEquivalent: exact translations only, and what is sent is read.
func TestEquivalent(t *testing.T) {
	site := lands(t)
	r := message.Reader{Site: site, At: when}
	exact := 0
	for _, class := range site.Policies()[0].Classes() {
		l, _ := testlandLabel(t, site, class.Name())
		e, err := r.Equivalent(l, site.Policies()[1])
		if err != nil {
			if !errors.Is(err, spif.ErrNoTranslation) {
				t.Errorf("%s: %v", class.Name(), err)
			}
			continue
		}
		s := seal()
		s.Label, s.Marking = l, ""
		got, err := r.ReadStanza(composeStanza(t, chatDraft(), s, message.Stanza{Equivalents: []label.Label{e}}))
		if got.Sensitivity.Fault == message.FaultInvalid {
			continue // this classification needs more than itself
		}
		exact++
		if err != nil || got.Sensitivity.Fault != message.FaultNone || len(got.Sensitivity.Received) != 2 {
			t.Errorf("%s: %+v, %v", class.Name(), got.Sensitivity, err)
		}
	}
	if exact == 0 {
		t.Error("no classification of the policy has an exact counterpart: the test shows nothing")
	}
	if _, err := r.Equivalent(secret(), site.Policies()[1]); !errors.Is(err, spif.ErrUnknownPolicy) {
		t.Errorf("a label of an unknown policy: %v", err)
	}
	if _, err := (message.Reader{}).Equivalent(secret(), site.Policies()[1]); !errors.Is(err, spif.ErrUnknownPolicy) {
		t.Errorf("without policies: %v", err)
	}
}

// TestReadStanza reads what a chat message may carry besides.
func TestReadStanza(t *testing.T) {
	got, err := message.Reader{}.ReadStanza([]byte(`<message xmlns='jabber:client' type='chat' id='i' from='watch@rooms.aus.example/Ops' to='duty@gbr.example'>` +
		"<subject>a\nb</subject><body>x\u202ey&#x9;z<?" + `</body></message>`))
	if err == nil || !reflect.DeepEqual(got, message.Chat{}) {
		t.Errorf("not XML: %+v, %v", got, err)
	}
	got, err = message.Reader{}.ReadStanza([]byte(`<message xmlns='jabber:client' type='chat' id='i' from='watch@rooms.aus.example/Ops' to='duty@gbr.example'>` +
		"<subject>a\nb</subject><body>x\u202ey&#x9;z</body><body xml:lang='de'>anders</body>" +
		`<x xmlns='http://jabber.org/protocol/muc#user'><invite from='ops@aus.example'><reason>come</reason></invite><password>p</password></x>` +
		`<delay xmlns='urn:xmpp:delay' from='rooms.aus.example' stamp='2026-03-01T10:00:00.5+01:00'/><stanza-id xmlns='urn:xmpp:sid:0' by='duty@gbr.example' id='s'/>` +
		`<received xmlns='urn:xmpp:receipts' id='r'/></message>`))
	if err != nil || got.Body != "xy\tz" || got.Subject != "a b" || !got.Private || got.Damage == "" || got.ReceiptFor != "r" ||
		!reflect.DeepEqual(got.StanzaIDs, []message.StanzaID{{By: "duty@gbr.example", ID: "s"}}) || got.Delay == nil || got.Delay.At.UTC().Format("15:04:05.0") != "09:00:00.5" ||
		!reflect.DeepEqual(got.Invitation, &message.Invitation{Room: "watch@rooms.aus.example/Ops", From: "ops@aus.example", Reason: "come", Password: "p"}) {
		t.Errorf("%+v %+v, %v", got, got.Invitation, err)
	}
	got, err = message.Reader{}.ReadStanza([]byte(`<message xmlns='jabber:client' type='error' id='i'><body>text</body>` + labelElement(`<label>SECRET</label>`) +
		`<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>full</text></error></message>`))
	if err != nil || got.Error == nil || got.Error.Error() != "resource-constraint: full" || !got.Error.IsTemporary() || got.Sensitivity.Label != nil || !got.Sensitivity.IsUnlabelled() {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		stanza string
		want   error
	}{
		"another element":   {`<iq xmlns='jabber:client'/>`, message.ErrSyntax},
		"another namespace": {`<message xmlns='jabber:server'/>`, message.ErrSyntax},
		"a comment":         {`<message xmlns='jabber:client'><body>UNCLASSIFIED<!-- -->SECRET</body></message>`, message.ErrSyntax},
		"too deep":          {`<message xmlns='jabber:client'>` + strings.Repeat("<a>", 32) + strings.Repeat("</a>", 32) + `</message>`, message.ErrTooLarge},
		"too many elements": {`<message xmlns='jabber:client'>` + strings.Repeat("<a/>", 1024) + `</message>`, message.ErrTooLarge},
		"too long":          {`<message xmlns='jabber:client'><body>` + strings.Repeat("x", message.MaxStanza) + `</body></message>`, message.ErrTooLarge},
	} {
		if got, err := (message.Reader{}).ReadStanza([]byte(c.stanza)); !errors.Is(err, c.want) || !reflect.DeepEqual(got, message.Chat{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestStanzaOfTheStandard reads the sample that the standards' material has.
func TestStanzaOfTheStandard(t *testing.T) {
	raw := sample(t, "xmpp-A-4774label-in-xep0258.xml")
	if raw == nil {
		return
	}
	got, err := message.Reader{}.ReadStanza(raw)
	if err != nil || len(got.Sensitivity.Received) != 1 || got.Sensitivity.Received[0].Classification != "SECRET" || got.Sensitivity.Background != "red" {
		t.Errorf("%+v, %v", got, err)
	}
}

// FuzzReadStanza: an error gives nothing, a fault no label; what is shown is bounded and harmless; and a label that is gone by stands in
// the stanza as such.
func FuzzReadStanza(f *testing.F) {
	site := lands(f)
	l, marking := testlandLabel(f, site, site.Policies()[0].Classes()[0].Name())
	whole := labelElement(`<displaymarking fgcolor='black' bgcolor='lime'>` + marking + `</displaymarking><label>` + string(l.Marshal()) + `</label>`)
	f.Add(stanzaWith(whole))
	f.Add(stanzaWith(whole, whole))
	f.Add(stanzaWith(labelElement(`<label><esssecuritylabel xmlns='urn:xmpp:sec-label:ess:0'>MQYCAQQGASk=</esssecuritylabel></label>`)))
	f.Add(stanzaWith(labelElement(`<label>SECRET</label>`), `<delay xmlns='urn:xmpp:delay' stamp='2026-03-01T10:00:00Z'/>`))
	f.Add([]byte(`<message xmlns='jabber:client' type='error'><error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := message.Reader{Site: site, At: when}.ReadStanza(raw)
		if err != nil {
			if !reflect.DeepEqual(c, message.Chat{}) || !errors.Is(err, message.ErrSyntax) && !errors.Is(err, message.ErrTooLarge) {
				t.Fatalf("%+v came with %v", c, err)
			}
			return
		}
		s := c.Sensitivity
		if c.Error == nil && (s.Label != nil) != (s.Fault == message.FaultNone) || c.Error != nil && s.Label != nil {
			t.Fatalf("fault %q with %+v", s.Fault, s.Label)
		}
		if len(c.Body) > message.MaxText || !isHarmless(c.Body, "\n\t\u200e\u200f\u061c") || !isHarmless(c.Subject+s.Marking+s.Detail, "") {
			t.Fatalf("%d octets of text, %q", len(c.Body), c.Subject)
		}
		if s.Label != nil && strings.Count(string(raw), "securitylabel") < 1 {
			t.Fatal(fmt.Sprint("a label from nowhere: ", s.Label))
		}
	})
}

// FuzzReadItem: an error gives nothing, a fault no label, and what is shown is harmless.
func FuzzReadItem(f *testing.F) {
	site := lands(f)
	l, marking := testlandLabel(f, site, site.Policies()[0].Classes()[0].Name())
	f.Add([]byte(labelElement(`<displaymarking>` + marking + `</displaymarking><label>` + string(l.Marshal()) + `</label>`)))
	f.Add([]byte(labelElement(`<label>SECRET</label><equivalentlabel/>`)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := message.Reader{Site: site, At: when}.ReadItem(raw)
		if err != nil && !reflect.DeepEqual(s, message.Sensitivity{}) {
			t.Fatalf("%+v came with %v", s, err)
		}
		if err == nil && (s.Label != nil) != (s.Fault == message.FaultNone) || !isHarmless(s.Marking+s.Detail, "") {
			t.Fatalf("fault %q with %+v", s.Fault, s.Label)
		}
	})
}
