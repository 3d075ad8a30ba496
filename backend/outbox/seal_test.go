package outbox_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/audit"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// sealWith makes a Seal of a function on the whole text.
func sealWith(change func(string) (string, error)) outbox.Seal {
	return func(_ context.Context, _ outbox.Sealing, composed io.Reader, to io.Writer) error {
		data, err := io.ReadAll(composed)
		if err != nil {
			return err
		}
		text, err := change(string(data))
		if err != nil {
			return err
		}
		_, err = io.WriteString(to, text)
		return err
	}
}

// What the step between composing and queuing makes is what is hashed, kept, sent and named in the audit log.
func TestSealReplacesTheBytes(t *testing.T) {
	o := newOffice(t)
	c := o.config(o.sender)
	var told outbox.Sealing
	var composed string
	replace := sealWith(func(s string) (string, error) {
		composed = s
		head, _, _ := strings.Cut(s, "\r\n\r\n")
		return head + "\r\nX-Sealed: yes\r\n\r\nsealed\r\n", nil
	})
	c.Seal = func(ctx context.Context, s outbox.Sealing, from io.Reader, to io.Writer) error {
		told = s
		return replace(ctx, s, from, to)
	}
	o.box = outbox.New(o.store, c)
	d := message("OPEN", ann, bob)
	r, err := o.checkAtSend(t.Context(), d)
	must(t, err)
	cleared, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl"})
	must(t, err)
	o.sendDue()
	raw := o.sender.sent[0].wire
	if !strings.HasSuffix(raw, "\r\nX-Sealed: yes\r\n\r\nsealed\r\n") || !strings.Contains(composed, "The bridge is open.") || strings.Contains(raw, "The bridge is open.") {
		t.Errorf("composed %q, sent %q", composed, raw)
	}
	sum := sha256.Sum256([]byte(raw))
	if cleared.SHA256() != hex.EncodeToString(sum[:]) || cleared.Size() != int64(len(raw)) {
		t.Errorf("%s, %d octets; sent were %x, %d", cleared.SHA256(), cleared.Size(), sum, len(raw))
	}
	if e := o.last(audit.TypeDecision); e.Data.Result != "cleared" || e.Data.Wire != cleared.SHA256() {
		t.Errorf("the decision names other bytes: %+v", e.Data)
	}
	if told.ID != cleared.ID() || told.Account != "atl" || told.Sender != op || strings.Join(told.Recipients, " ") != ann+" "+bob || told.Draft.Digest() != d.Digest() {
		t.Errorf("%+v", told)
	}
}

// A step that fails, or makes something that would go to others or without the label, queues nothing and leaves nothing behind.
func TestSealFails(t *testing.T) {
	broken := errors.New("no key")
	swap := func(old, with string) func(string) (string, error) {
		return func(s string) (string, error) {
			if !strings.Contains(s, old) {
				return "", errors.New("the test looks for " + old)
			}
			return strings.Replace(s, old, with, 1), nil
		}
	}
	for name, c := range map[string]struct {
		change func(string) (string, error)
		want   string
	}{
		"an error":            {func(string) (string, error) { return "", broken }, "no key"},
		"nothing":             {func(string) (string, error) { return "", nil }, "is no message"},
		"no header":           {func(string) (string, error) { return "sealed", nil }, "is no message"},
		"without the label":   {swap("SIO-Label:", "X-Label:"), "Sio-Label"},
		"with a second label": {swap("SIO-Label:", "SIO-Label: marking=x\r\nSIO-Label:"), "Sio-Label"},
		"to others":           {swap("To: ", "To: eve@bor.example, "), "To"},
		"to others in secret": {swap("MIME-Version:", "Bcc: eve@bor.example\r\nMIME-Version:"), "Bcc"},
		"from another":        {swap("From: ", "From: eve@bor.example, "), "From"},
		"another identifier":  {swap("Message-ID: <", "Message-ID: <x"), "Message-Id"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			config := o.config(o.sender)
			config.Seal = sealWith(c.change)
			o.box = outbox.New(o.store, config)
			r, err := o.checkAtSend(t.Context(), message("OPEN", ann))
			must(t, err)
			cleared, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl"})
			if !errors.Is(err, outbox.ErrSeal) || !strings.Contains(err.Error(), c.want) || !cleared.IsZero() {
				t.Errorf("%v", err)
			}
			if c.want == "no key" && !errors.Is(err, broken) {
				t.Errorf("%v does not wrap the step's own error", err)
			}
			o.sendDue()
			var rows int
			must(t, o.store.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM message`).Scan(&rows))
			for _, e := range o.log() {
				if e.Type == audit.TypeDecision {
					t.Errorf("a decision is logged: %+v", e.Data)
				}
			}
			files, err := os.ReadDir(filepath.Join(o.store.Dir(), "spool"))
			must(t, err)
			if rows != 0 || len(files) != 0 || o.sender.attempts() != 0 {
				t.Errorf("%d rows, %d files, %d attempts", rows, len(files), o.sender.attempts())
			}
		})
	}
}

// A copy of a draft is sent to nobody, and so is not sealed.
func TestCopyOfADraftIsNotSealed(t *testing.T) {
	o := newOffice(t)
	config := o.config(o.sender)
	config.Seal = sealWith(func(string) (string, error) { return "", errors.New("sealed") })
	o.box = outbox.New(o.store, config)
	r, err := o.checkLabel(t.Context(), message("OPEN", ann))
	must(t, err)
	kept, err := presend.CheckCopy(r, o.boxes[duty])
	must(t, err)
	if _, err := o.box.ClearCopy(t.Context(), outbox.CopyRequest{Copy: kept, Draft: "1"}); err != nil {
		t.Error(err)
	}
}
