package message_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"caveat/backend/draft"
	"caveat/backend/message"
)

// TestAddressesBeyondASCII: the header is in UTF-8 only where a local part needs it; a domain goes by its A-label.
func TestAddressesBeyondASCII(t *testing.T) {
	tests := []struct {
		name, from, to, wantFrom, wantTo string
	}{
		{"domain", "duty@m\u00fcller.example", "ops@M\u00dcLLER.example", "duty@xn--mller-kva.example", "ops@xn--mller-kva.example"},
		{"local part", "duty@gbr.example", "j\u00fcrgen@aus.example", "duty@gbr.example", "j\u00fcrgen@aus.example"},
		{"both, of both", "\u5c71\u7530@xn--mller-kva.example", "j\u00fcrgen@m\u00fcller.example", "\u5c71\u7530@xn--mller-kva.example", "j\u00fcrgen@xn--mller-kva.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, s := mailDraft(), seal()
			d.From, d.Action, s.From = tt.from, []string{tt.to}, message.Address{Name: "J\u00fcrgen \u201cDuty\u201d", Address: tt.from}
			s.History, s.Label.OriginatorID, s.ReceiptTo = []message.Change{changed(when)}, tt.from, s.From
			s.History[0].By = tt.from
			raw, err := message.Compose(d, s)
			if err != nil {
				t.Fatal(err)
			}
			head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
			for line := range strings.SplitSeq(string(head), "\r\n") {
				isPlain := !strings.ContainsFunc(line, func(r rune) bool { return r >= 0x80 })
				if !isPlain && !strings.HasPrefix(line, "To: "+tt.wantTo) && !strings.Contains(line, "<"+tt.wantFrom+">") {
					t.Errorf("beyond ASCII without need: %q", line)
				}
			}
			mixed, whole := mixedOf(t, d, s)
			if err := honest(mixed, whole, s); err != nil {
				t.Error(err)
			}
			m := parsed(t, raw)
			if id := m.Header.Get("Message-Id"); id != "<01JABC@"+draft.Domain(tt.from)+">" {
				t.Errorf("Message-ID %q", id)
			}
			read, err := message.ReadMail(bytes.NewReader(raw), nil, when)
			if err != nil || len(read.From) != 1 || read.From[0] != (message.Address{Name: s.From.Name, Address: tt.wantFrom}) || len(read.To) != 1 || read.To[0].Address != tt.wantTo || len(read.Sensitivity.History) != 1 || read.Sensitivity.History[0].By != tt.from {
				t.Errorf("%+v, %v", read, err)
			}
		})
	}
}

// mixedOf writes a message with a file, as honest wants it.
func mixedOf(t *testing.T, d draft.Draft, s message.Seal) ([]byte, draft.Draft) {
	t.Helper()
	whole, all, files := everything()
	d.Parts, d.Attachments, s.Portions, s.Sidecars = whole.Parts, whole.Attachments, all.Portions, all.Sidecars
	var out bytes.Buffer
	if err := message.Write(&out, d, s, files.open); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), d
}

// TestAddressesThatAreRefused: nothing is written to an address that could be taken for another, and the error says why.
func TestAddressesThatAreRefused(t *testing.T) {
	for address, why := range map[string]string{
		"p\u0430ul@aus.example": "several scripts", "paul@p\u0430ypal.example": "several scripts", "a\u202eb@aus.example": "U+202E", "a\u200bb@aus.example": "U+200B", "u\u0308@aus.example": "NFC",
		"\uff41@aus.example": "wide letter", "a@b\u3002example": "domain", "\u0441\u043e\u0440\u0435@aus.example": "looks like a Latin", "a@xn--a.example": "label", "\u00fc\u00a0@aus.example": "wide letter",
		strings.Repeat("\u00fc", 33) + "@aus.example": "too long", "\u00fc,b@aus.example": "local part", "\u00fc@b@aus.example": "domain", `"\u00fc"@aus.example`: "quoted", "\u00fc\xff@aus.example": "UTF-8",
	} {
		d, s := mailDraft(), seal()
		d.Action = []string{address}
		raw, err := message.Compose(d, s)
		if raw != nil || !errors.Is(err, message.ErrInvalid) && !errors.Is(err, message.ErrUnsupported) || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestReportsBeyondASCII: an address of type utf-8 is decoded, and nothing that moves a cursor comes of it.
func TestReportsBeyondASCII(t *testing.T) {
	for written, want := range map[string]string{
		`utf-8;j\x{FC}rgen\x{2B}x@gbr.example`: "j\u00fcrgen+x@gbr.example", "utf-8; j\u00fcrgen@gbr.example": "j\u00fcrgen@gbr.example", `UTF-8 ;<\x{5C71}@gbr.example>`: "\u5c71@gbr.example",
		`rfc822;a\x{FC}@gbr.example`: `a\x{FC}@gbr.example`, `utf-8;a\x{D800}\x{110000}\x{}@b`: `a\x{D800}\x{110000}\x{}@b`, `utf-8;a\x{202E}\x{D}\x{A}b@c`: "a b@c",
	} {
		body := strings.ReplaceAll(status, "delivery-status", "global-delivery-status") + "Reporting-MTA: dns; x\n\nOriginal-Recipient: " + written + "\nFinal-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1\n"
		r, err := message.ReadReport(strings.NewReader(report("delivery-status", forPeople, body)))
		if err != nil || len(r.Recipients) != 1 || r.Recipients[0].Original != want {
			t.Errorf("%q: %+v, %v", written, r.Recipients, err)
		}
	}
}
