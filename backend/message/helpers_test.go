package message_test

import (
	"bytes"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/siolabel"
	"caveat/backend/message"
)

var when = time.Date(2026, 3, 1, 10, 0, 5, 0, time.FixedZone("CET", 3600))

// secret is a label as Caveat makes them.
func secret() label.Label {
	return label.Label{
		Kind: label.Originator,
		Information: label.Information{
			Policy: label.PolicyID{Name: "MISSION", URI: "urn:oid:1.3.6.1.4.1.32473.1.1"}, Classification: "SECRET",
			Categories: []label.Category{{TagName: "Releasable To", Type: label.Permissive, Values: []string{"GBR", "AUS"}}},
		},
		OriginatorID: "duty@gbr.example", OriginatorIDType: "rfc822Name",
		Created: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Review: time.Date(2036, 3, 1, 0, 0, 0, 0, time.UTC),
	}
}

func mailDraft() draft.Draft {
	return draft.Draft{
		Channel: draft.Mail, From: "duty@gbr.example", Action: []string{"ops@aus.example"}, Info: []string{"watch@gbr.example"},
		Subject: "Fuel state", Body: "All is well.\n",
		Label: draft.Label{Selection: &label.Selection{Policy: "MISSION", Classification: "SECRET"}},
	}
}

func seal() message.Seal {
	return message.Seal{
		ID: "01JABC", Date: when, From: message.Address{Name: "Duty Officer", Address: "duty@gbr.example"}, Label: secret(),
		Marking: "MISSION SECRET Releasable to GBR, AUS", Foreground: "white", Background: "red",
	}
}

func compose(t *testing.T, d draft.Draft, s message.Seal) []byte {
	t.Helper()
	out, err := message.Compose(d, s)
	if err != nil {
		t.Fatal(err)
	}
	checkLines(t, out)
	return out
}

// checkLines: ASCII, CRLF only, no line over 998, and the header folded at 78.
func checkLines(t *testing.T, out []byte) {
	t.Helper()
	if !bytes.HasSuffix(out, []byte("\r\n")) {
		t.Error("no CRLF at the end")
	}
	head, _, ok := bytes.Cut(out, []byte("\r\n\r\n"))
	if !ok {
		t.Fatal("no empty line after the header")
	}
	for i, line := range strings.Split(string(out), "\r\n") {
		if strings.ContainsAny(line, "\r\n\x00") || strings.ContainsFunc(line, func(r rune) bool { return r >= 0x80 }) {
			t.Errorf("line %d: %q", i+1, line)
		}
		if limit := 998; len(line) > limit {
			t.Errorf("line %d has %d characters", i+1, len(line))
		}
	}
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if len(line) > 78 && strings.Contains(strings.TrimLeft(line, " "), " ") {
			t.Errorf("not folded: %q", line)
		}
	}
}

// parsed reads a message with the standard library, as another program would.
func parsed(t *testing.T, raw []byte) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func bodyOf(t *testing.T, m *mail.Message) string {
	t.Helper()
	b, err := io.ReadAll(m.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// sample reads a file of the standards' material, which lies beside the repository. In CI a missing one is a failure.
func sample(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "standards", "samples", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Logf("not checked: %v", err)
		return nil
	}
	return b
}

// boundField is a SIO-Label that binds labels to what contains it.
func boundField(t *testing.T, marking string, labels ...label.Label) []byte {
	t.Helper()
	o := binding.Object{Containers: []binding.Container{{Bindings: []binding.Binding{{Data: []binding.Data{{Reference: &binding.Reference{}}}}}}}}
	for _, l := range labels {
		o.Containers[0].Bindings[0].Metadata = append(o.Containers[0].Bindings[0].Metadata, binding.Metadata{Label: &l})
	}
	words, err := siolabel.Value{Marking: marking, Binding: &o}.Parameters()
	if err != nil {
		t.Fatal(err)
	}
	return []byte("SIO-Label: " + strings.Join(words, "\r\n ") + "\r\n")
}
