//go:build integration && linux

package message_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"caveat/backend/draft"
	"caveat/backend/mailtest"
	"caveat/backend/message"
)

// submit gives a message to the server, with reports asked for on everything.
func submit(t *testing.T, addr string, raw []byte, recipients ...string) {
	t.Helper()
	c, err := smtp.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Mail("duty@gbr.example", &smtp.MailOptions{EnvelopeID: "01JABC", Return: smtp.DSNReturnHeaders}); err != nil {
		t.Fatal(err)
	}
	for _, to := range recipients {
		o := &smtp.RcptOptions{Notify: []smtp.DSNNotify{smtp.DSNNotifySuccess, smtp.DSNNotifyFailure}, OriginalRecipientType: smtp.DSNAddressTypeRFC822, OriginalRecipient: to}
		if err := c.Rcpt(to, o); err != nil {
			t.Fatal(to, err)
		}
	}
	w, err := c.Data()
	if err == nil {
		_, err = w.Write(raw)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Quit(); err != nil {
		t.Fatal(err)
	}
}

// secondParser is Python's email package: what it makes of a message, as JSON.
const secondParser = `
import base64, email, email.policy, email.utils, json, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default.clone(max_line_length=None))
raw = email.message.Message()
raw['SIO-Label'] = 'x; ' + m['SIO-Label']  # it takes what stands first for a value without a name
params = dict((k.lower(), email.utils.collapse_rfc2231_value(v)) for k, v in
              email.message.Message.get_params(raw, failobj=[], header='SIO-Label', unquote=True))
body = m.get_body(('plain',))
print(json.dumps({
    'subject': m['Subject'], 'from': str(m['From']), 'to': [a.addr_spec for a in m['To'].addresses], 'cc': [a.addr_spec for a in m['Cc'].addresses],
    'names': [a.display_name for a in m['To'].addresses], 'id': m['Message-ID'], 'references': m['References'], 'mark': m['X-Mission-Marking'],
    'precedence': m['MMHS-Primary-Precedence'], 'labels': len(m.get_all('SIO-Label')), 'history': len(m.get_all('SIO-Label-History') or []),
    'fields': sorted(set(k.lower() for k in m.keys())), 'defects': [str(d) for p in m.walk() for d in p.defects],
    'marking': params.get('marking'), 'type': params.get('type'), 'label': base64.b64encode(base64.b64decode(params['label'], validate=True)).decode(),
    'text': body.get_content(), 'files': [[p.get_filename(), p.get_content_type(), base64.b64encode(p.get_payload(decode=True)).decode()] for p in m.iter_attachments()],
}))
`

// TestIntegrationSecondParser: what arrives through a real server is the same to another program's parser: the label's bytes, the header,
// the text and the files.
func TestIntegrationSecondParser(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximConfig{Domains: []string{"gbr.example", "aus.example"}})
	d, s, files := everything()
	d.Subject, d.Body = "Lagebericht \u2013 Br\u00fccke \U0001F309", "Gr\u00fc\u00dfe\n.\n..\nFrom here\n"+strings.Repeat("a long line ", 120)+"\n"
	d.Attachments = append(d.Attachments, files.add("Pl\u00e4ne \u2013 "+strings.Repeat("lang ", 20)+".bin", bytes.Repeat([]byte("\r\n.\r\n\x00\xff"), 1000)))
	s.To[0].Name, s.Marking = "Krüger, \"Jürgen\"", "MISSION S\u00c9CRET Releasable to GBR, AUS"
	for name, form := range map[string]message.Form{"label": message.FormLabel, "binding": message.FormBinding} {
		t.Run(name, func(t *testing.T) {
			s.Form, s.MessageID = form, name+"@gbr.example"
			var raw bytes.Buffer
			if err := message.Write(&raw, d, s, files.open); err != nil {
				t.Fatal(err)
			}
			submit(t, e.Addr(), raw.Bytes(), "ops@aus.example")
			got := e.Mails(t, "ops@aus.example")
			i := slices.IndexFunc(got, func(m []byte) bool { return bytes.Contains(m, []byte("<"+s.MessageID+">")) })
			if i < 0 || !bytes.HasSuffix(got[i], raw.Bytes()) {
				t.Fatalf("%d messages, or not the same bytes", len(got))
			}
			checkSecond(t, got[i], d, s, files)
		})
	}
}

func checkSecond(t *testing.T, raw []byte, d draft.Draft, s message.Seal, files contents) {
	t.Helper()
	cmd := exec.Command("python3", "-c", secondParser)
	cmd.Stdin = bytes.NewReader(raw)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v (it must be installed)", err)
	}
	var p struct {
		Subject, From, ID, References, Mark, Precedence, Marking, Type, Label, Text string
		To, Cc, Names, Fields, Defects                                              []string
		Labels, History                                                             int
		Files                                                                       [][]string
	}
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if p.Subject != d.Subject+" (MISSION SECRET)" || p.From != "Duty Officer <duty@gbr.example>" || !slices.Equal(p.To, d.Action) || !slices.Equal(p.Cc, d.Info) || p.Names[0] != s.To[0].Name ||
		p.ID != "<"+s.MessageID+">" || p.References != "<a@b.example> <0@gbr.example>" || p.Mark != s.Marks.Header || p.Precedence != "flash" || p.Labels != 1 || p.History != 1 || len(p.Defects) != 0 {
		t.Errorf("%+v", p)
	}
	if slices.Contains(p.Fields, "bcc") {
		t.Errorf("fields %q", p.Fields)
	}
	text := s.Marks.FirstLine + "\n\n" + strings.TrimRight(d.Body, "\n") + "\n\n(MS) A paragraph.\n\n" + s.Marks.LastLine + "\n"
	if strings.ReplaceAll(p.Text, "\r\n", "\n") != text {
		t.Errorf("text %q\nwant %q", p.Text, text)
	}
	r, _ := message.ReadLabel(bytes.NewReader(raw))
	want := s.Label.Marshal()
	if r.Binding != nil {
		want = r.Binding.Marshal()
		if b, err := r.Binding.Bound(message.MessageReference(s.MessageID)); err != nil || !bytes.Equal(b.Labels[0].Marshal(), s.Label.Marshal()) {
			t.Errorf("%+v, %v", b, err)
		}
	}
	if p.Label != base64.StdEncoding.EncodeToString(want) || p.Marking != s.Marking || p.Type != r.Type {
		t.Errorf("the label is another one: %q, %q", p.Marking, p.Type)
	}
	have := map[string]string{}
	for _, f := range p.Files {
		have[f[0]] = f[2]
	}
	for _, a := range d.Attachments {
		if have[a.File] != base64.StdEncoding.EncodeToString(files[a.SHA256]) {
			t.Errorf("%q is missing or another one", a.File)
		}
	}
	if len(p.Files) != len(d.Attachments)+1 {
		t.Errorf("%d files", len(p.Files))
	}
}

// TestIntegrationReports: the reports of a real server say what became of the message for whom.
func TestIntegrationReports(t *testing.T) {
	e := mailtest.StartExim(t, mailtest.EximConfig{Domains: []string{"gbr.example", "aus.example"}})
	s := seal()
	d := mailDraft()
	d.Action, d.Info = []string{"ops@aus.example", "full@aus.example"}, nil
	raw := compose(t, d, s)
	submit(t, e.Addr(), raw, d.Action...)
	if n := len(e.Mails(t, "ops@aus.example")); n != 1 {
		t.Fatalf("%d messages", n)
	}
	found := map[string]message.Reported{}
	for _, m := range e.Mails(t, "duty@gbr.example") {
		r, err := message.ReadReport(bytes.NewReader(m))
		if err != nil {
			t.Fatalf("%v: %s", err, m)
		}
		if r.Kind != message.DeliveryReport || r.EnvelopeID != "01JABC" || r.MessageID != "<01JABC@gbr.example>" || r.Reporter != "localhost" || r.Text == "" {
			t.Errorf("%+v: %s", r, m)
		}
		for _, x := range r.Recipients {
			found[x.Original] = x
		}
		read, err := message.ReadMail(bytes.NewReader(m), nil, when)
		if err != nil || !read.IsReport || read.Text == "" || read.Damage != "" || !read.Sensitivity.IsUnlabelled() {
			t.Errorf("%+v, %v", read, err)
		}
	}
	if len(found) != 2 || found["ops@aus.example"].Action != "delivered" || !strings.HasPrefix(found["ops@aus.example"].Status, "2.") ||
		found["full@aus.example"].Action != "failed" || !strings.HasPrefix(found["full@aus.example"].Status, "5.") {
		t.Errorf("%+v", found)
	}
}
