package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/backend/draft"
	"caveat/backend/mailtest"
	"caveat/backend/outbox"
	"caveat/backend/smtpsend"
)

// evil puts other bytes of the same length in a spooled message's place.
func (o *office) evil(path string) []byte {
	o.t.Helper()
	data, err := os.ReadFile(path)
	must(o.t, err)
	return bytes.ReplaceAll(data, []byte("open"), []byte("shut"))
}

// A link in the spool is not followed, wherever it leads.
func TestRule24LinkInTheSpoolIsHeld(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("OPEN", ann))
	path := filepath.Join(o.dir, "spool", o.spooled()[0])
	must(t, os.Rename(path, path+"x"))
	must(t, os.Symlink(path+"x", path))
	o.sendDue()
	o.state(id, outbox.Held, outbox.Held)
	if wire, err := o.box.Wire(t.Context(), id); !errors.Is(err, outbox.ErrTampered) {
		t.Errorf("shown: %q, %v", wire, err)
	}
	if o.sender.attempts() != 0 {
		t.Error("it was tried")
	}
}

// Bytes that are exchanged between the check of their hash and the end of the message are never ended: over a real connection, at
// each moment.
func TestRule24SwappedBytesAreNotSent(t *testing.T) {
	replace := func(o *office, path string) { // another file of that name
		must(o.t, os.WriteFile(path+"x", o.evil(path), 0o600))
		must(o.t, os.Rename(path+"x", path))
	}
	overwrite := func(o *office, path string) { must(o.t, os.WriteFile(path, o.evil(path), 0o600)) }
	link := func(o *office, path string) {
		must(o.t, os.WriteFile(path+"x", o.evil(path), 0o600))
		must(o.t, os.Symlink(path+"x", path+"y"))
		must(o.t, os.Rename(path+"y", path))
	}
	longer := func(o *office, path string) {
		must(o.t, os.WriteFile(path, append(o.evil(path), "PS\r\n"...), 0o600))
	}
	cut := func(o *office, path string) { must(o.t, os.Truncate(path, 100)) }
	for name, c := range map[string]struct {
		swap   func(*office, string)
		atRcpt bool // else before the first reading
	}{
		"another file, before it is measured": {replace, false}, "overwritten, before it is measured": {overwrite, false}, "a link, before it is measured": {link, false},
		"longer, before it is measured": {longer, false}, "cut off, before it is measured": {cut, false},
		"overwritten at RCPT": {overwrite, true}, "longer at RCPT": {longer, true}, "cut off at RCPT": {cut, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			var path string
			var delivered []string
			server := mailtest.StartServer(t, mailtest.Config{
				Rcpt: func(string, string) error {
					if c.atRcpt {
						c.swap(o, path)
					}
					return nil
				},
				Data: func(_ string, _ []string, body []byte) error { delivered = append(delivered, string(body)); return nil },
			})
			real := smtpsend.New(func(context.Context, string) (smtpsend.Account, error) {
				if !c.atRcpt {
					c.swap(o, path)
				}
				return smtpsend.Account{Name: "atl", Address: server.Addr(), Security: smtpsend.Plain, Timeout: time.Minute}, nil
			})
			config := o.config(nil)
			config.Senders = map[draft.Channel]outbox.Sender{draft.Mail: real}
			o.box = outbox.New(o.store, config)
			d := message("OPEN", ann)
			d.Body = strings.Repeat("The bridge is open.\n", 20_000) // more than is read ahead
			id := o.queue(d)
			path = filepath.Join(o.dir, "spool", o.spooled()[0])
			o.sendDue()
			o.state(id, outbox.Held, outbox.Held)
			if m := o.show(id); m.Note == "" {
				t.Errorf("%+v", m)
			}
			must(t, server.Close())
			if len(delivered) != 0 {
				t.Errorf("%d delivered", len(delivered))
			}
		})
	}
}

// Who reads what was cleared reads exactly that, or an error before the end.
func TestOpenIsHeldToItsHash(t *testing.T) {
	o := newOffice(t)
	c, err := o.clear(message("OPEN", ann), nil)
	must(t, err)
	path := filepath.Join(o.dir, "spool", c.SHA256())
	genuine, err := os.ReadFile(path)
	must(t, err)
	for name, tt := range map[string]struct {
		put  []byte
		good bool
	}{
		"as it was": {genuine, true},
		"as long":   {o.evil(path), false},
		"longer":    {append(bytes.Clone(genuine), 'x'), false},
		"cut off":   {genuine[:len(genuine)-1], false},
		"empty":     {nil, false},
		"much more": {bytes.Repeat(genuine, 99), false},
	} {
		must(t, os.WriteFile(path, tt.put, 0o600))
		r, err := c.Open()
		must(t, err)
		got, err := io.ReadAll(r)
		must(t, r.Close())
		if (err == nil) != tt.good || err != nil && !errors.Is(err, outbox.ErrTampered) || int64(len(got)) > c.Size() {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), c.Size(), err)
		}
	}
}
