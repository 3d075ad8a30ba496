package outbox_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// keepFile keeps a file that must be kept.
func (o *office) keepFile(name, content string) draft.Attachment {
	o.t.Helper()
	k, err := o.box.Keep(o.t.Context(), strings.NewReader(content), 1<<20, nil)
	must(o.t, err)
	return draft.Attachment{File: name, SHA256: k.SHA256, Size: k.Size}
}

// with is a message under OPEN with files.
func with(files ...draft.Attachment) draft.Draft {
	d := message("OPEN", ann)
	d.Attachments = files
	return d
}

func (o *office) collect(used ...string) {
	o.t.Helper()
	must(o.t, o.box.Collect(o.t.Context(), func(context.Context, *sql.Tx) ([]string, error) { return used, nil }))
}

func TestKeep(t *testing.T) {
	o := newOffice(t)
	a := o.keepFile("plan.txt", "the plan")
	if again := o.keepFile("other.txt", "the plan"); again.SHA256 != a.SHA256 || a.Size != 8 || len(o.spooled()) != 1 {
		t.Errorf("%+v, %+v, %v", a, again, o.spooled())
	}
	if _, err := o.box.Keep(t.Context(), strings.NewReader("12345"), 4, nil); !errors.Is(err, outbox.ErrTooLarge) {
		t.Errorf("%v", err)
	}
	broken := io.MultiReader(strings.NewReader("half"), errReader{})
	if _, err := o.box.Keep(t.Context(), broken, 100, nil); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
	o.exec(`CREATE TRIGGER fail BEFORE INSERT ON attachment BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	if _, err := o.box.Keep(t.Context(), strings.NewReader("no row"), 100, nil); err == nil {
		t.Error("kept without a row")
	}
	o.exec(`DROP TRIGGER fail`)
	for _, name := range o.spooled() {
		if strings.HasPrefix(name, ".new-") {
			t.Errorf("half a file is left: %s", name)
		}
	}
	f, err := o.box.Content(t.Context(), a.SHA256)
	must(t, err)
	defer f.Close()
	if data, _ := io.ReadAll(f); string(data) != "the plan" {
		t.Errorf("%q", data)
	}
	for _, sum := range []string{"", "../caveat.db", strings.Repeat("0", 64)} {
		if _, err := o.box.Content(t.Context(), sum); !errors.Is(err, outbox.ErrNotKept) {
			t.Errorf("%q: %v", sum, err)
		}
	}
}

var errBroken = errors.New("the line broke")

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errBroken }

// What a crash leaves between file and row is removed; what is referred to, and what was handed in just now, is not.
func TestCollect(t *testing.T) {
	o := newOffice(t)
	used, sent, lost := o.keepFile("a", "used"), o.keepFile("b", "sent"), o.keepFile("c", "lost")
	must(t, os.WriteFile(filepath.Join(o.dir, "spool", ".new-1"), []byte("half"), 0o600))
	_, err := o.clear(with(sent), nil)
	must(t, err)
	o.collect(used.SHA256)
	if _, err := o.box.Kept(t.Context(), lost.SHA256); err != nil {
		t.Errorf("collected at once: %v", err)
	}
	o.sleep(2 * time.Hour)
	fresh := o.keepFile("d", "fresh")
	must(t, os.Chtimes(filepath.Join(o.dir, "spool", ".new-1"), o.Now().Add(-2*time.Hour), o.Now().Add(-2*time.Hour)))
	must(t, o.box.Recover(t.Context()))
	o.collect(used.SHA256)
	for sum, want := range map[string]bool{used.SHA256: true, sent.SHA256: true, fresh.SHA256: true, lost.SHA256: false} {
		_, err := o.box.Kept(t.Context(), sum)
		_, statErr := os.Stat(filepath.Join(o.dir, "spool", sum))
		if (err == nil) != want || (statErr == nil) != want {
			t.Errorf("%s: %v, %v, want %v", sum, err, statErr, want)
		}
	}
	if _, err := os.Stat(filepath.Join(o.dir, "spool", ".new-1")); err == nil {
		t.Error("half a file is left")
	}
}

// A file that cannot be removed keeps no other one, and is told of.
func TestRule16CollectGoesOnAfterAFileThatStays(t *testing.T) {
	o := newOffice(t)
	stuck, lost := o.keepFile("a", "stuck"), o.keepFile("b", "lost")
	path := filepath.Join(o.dir, "spool", stuck.SHA256)
	must(t, os.Remove(path))
	must(t, os.MkdirAll(filepath.Join(path, "full"), 0o700))
	o.sleep(2 * time.Hour)
	if err := o.box.Collect(t.Context(), func(context.Context, *sql.Tx) ([]string, error) { return nil, nil }); err == nil {
		t.Error("nobody is told")
	}
	if _, err := os.Stat(filepath.Join(o.dir, "spool", lost.SHA256)); err == nil {
		t.Error("the other one stays too")
	}
	for _, a := range []draft.Attachment{stuck, lost} {
		if _, err := o.box.Kept(t.Context(), a.SHA256); !errors.Is(err, outbox.ErrNotKept) {
			t.Errorf("%s: %v", a.File, err)
		}
	}
}

// Where what is referred to cannot be read, nothing is forgotten.
func TestCollectForgetsNothingUnread(t *testing.T) {
	o := newOffice(t)
	lost := o.keepFile("b", "lost")
	o.sleep(2 * time.Hour)
	if err := o.box.Collect(t.Context(), func(context.Context, *sql.Tx) ([]string, error) { return nil, errBroken }); !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
	must(t, o.box.Verify(t.Context(), lost.SHA256, lost.Size))
}

// Each label that a file ever bore stays: what a second sidecar says does not replace the first, nor the other way round.
func TestRule01EveryLabelOfAFileStays(t *testing.T) {
	o := newOffice(t)
	a := o.keepFile("plan.txt", "the plan")
	r, s := outbox.Borne{Label: "<r/>"}, outbox.Borne{Label: "<s/>"}
	for _, b := range []outbox.Borne{r, s, r} {
		must(t, o.box.Bind(t.Context(), a.SHA256, []outbox.Borne{b}))
	}
	inside := func(l string) func(io.ReadSeeker) ([]outbox.Borne, error) {
		return func(io.ReadSeeker) ([]outbox.Borne, error) { return []outbox.Borne{{Label: l, Inside: true}}, nil }
	}
	for _, l := range []string{"<old/>", "<now/>"} {
		_, err := o.box.Keep(t.Context(), strings.NewReader("the plan"), 100, inside(l))
		must(t, err)
	}
	k, err := o.box.Kept(t.Context(), a.SHA256)
	if err != nil || !slices.Equal(k.Borne, []outbox.Borne{{Label: "<now/>", Inside: true}, r, s}) {
		t.Errorf("%+v, %v", k.Borne, err)
	}
	if err := o.box.Bind(t.Context(), strings.Repeat("0", 64), []outbox.Borne{r}); err == nil {
		t.Error("a label of a file that is not kept")
	}
	o.sleep(2 * time.Hour)
	o.collect()
	if _, err := o.box.Kept(t.Context(), a.SHA256); !errors.Is(err, outbox.ErrNotKept) {
		t.Errorf("%v", err)
	}
}

// A message whose wire form somebody attaches has one file in the spool: neither may take it from the other.
func TestCollectLeavesWhatAMessageIsMadeOf(t *testing.T) {
	o := newOffice(t)
	id := o.queue(message("OPEN", ann))
	wire, err := o.box.Wire(t.Context(), id)
	must(t, err)
	a := o.keepFile("sent.eml", string(wire))
	o.sleep(2 * time.Hour)
	o.collect()
	if _, err := o.box.Wire(t.Context(), id); err != nil {
		t.Errorf("%s: %v", a.SHA256, err)
	}
	if _, err := o.box.Kept(t.Context(), a.SHA256); !errors.Is(err, outbox.ErrNotKept) {
		t.Errorf("%v", err)
	}
}

// An attachment that is swapped, cut, or taken away between the check and Send does not go out.
func TestRule24ClearRefusesASwappedAttachment(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"other bytes of the same length": func(p string) error { return os.WriteFile(p, []byte("the PLAN"), 0o600) },
		"a byte less":                    func(p string) error { return os.WriteFile(p, []byte("the pla"), 0o600) },
		"taken away":                     os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			a := o.keepFile("plan.txt", "the plan")
			must(t, o.box.Verify(t.Context(), a.SHA256, a.Size))
			r, err := o.checkAtSend(t.Context(), with(a))
			must(t, err)
			must(t, change(filepath.Join(o.dir, "spool", a.SHA256)))
			c, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl"})
			if !errors.Is(err, outbox.ErrContent) && !errors.Is(err, outbox.ErrNotKept) || !c.IsZero() {
				t.Errorf("%+v, %v", c, err)
			}
			if list, _ := o.box.List(t.Context(), 10); len(list) > 0 || len(o.log()) > 0 {
				t.Errorf("queued %v, logged %v", list, o.log())
			}
			if err := o.box.Verify(t.Context(), a.SHA256, a.Size); err == nil {
				t.Error("the check still takes it for good")
			}
		})
	}
}

// A report of a draft with one attachment does not clear the draft with another.
func TestRule24ClearRefusesAReportForOtherAttachments(t *testing.T) {
	o := newOffice(t)
	a, b := o.keepFile("plan.txt", "the plan"), o.keepFile("plan.txt", "another plan")
	d := with(a)
	r, err := o.checkAtSend(t.Context(), d)
	must(t, err)
	d.Attachments[0] = b // the slice that the check was given
	if c, err := o.box.Clear(t.Context(), outbox.Request{Result: r, Account: "atl"}); !errors.Is(err, outbox.ErrNotCleared) || !c.IsZero() {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAttachmentsGoWithTheMessage(t *testing.T) {
	o := newOffice(t)
	id := o.queue(with(o.keepFile("plan.txt", "the plan")))
	wire, err := o.box.Wire(t.Context(), id)
	must(t, err)
	if !bytes.Contains(wire, []byte("dGhlIHBsYW4=")) || !bytes.Contains(wire, []byte(`filename="plan.txt"`)) {
		t.Errorf("%s", wire)
	}
	o.sendDue()
	o.state(id, outbox.Accepted, outbox.Accepted)
}

// A threshold is exceeded with a reason only, and never where it blocks (RULES 14).
func TestRule14ThresholdNeedsAReason(t *testing.T) {
	for name, c := range map[string]struct {
		action presend.Action
		reason string
		want   bool
	}{
		"warn with a reason":    {presend.Warn, "Exercise.", true},
		"warn without one":      {presend.Warn, "", false},
		"warn without words":    {presend.Warn, " - ", false},
		"block with a reason":   {presend.Block, "Exercise.", false},
		"an action of no sense": {"ignore", "Exercise.", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.rules.Thresholds = []presend.ThresholdRule{{Name: "Two at most", Classification: "OPEN", Limit: 1, Action: c.action}}
			cleared, err := o.clear(message("OPEN", ann, bob), map[string]string{"threshold:Two at most": c.reason})
			if (err == nil) != c.want || cleared.IsZero() == c.want {
				t.Fatalf("%+v, %v", cleared, err)
			}
			if !c.want {
				o.nothing(name)
				return
			}
			if m := o.show(cleared.ID()); !m.Overridden {
				t.Error("the queue does not show the override")
			}
			e, err := o.box.Evidence(t.Context(), cleared.ID())
			if err != nil || len(e.Overrides) != 1 || e.Overrides[0].Kind != "threshold" || e.Overrides[0].Subject != "Two at most" || e.Overrides[0].Reason != "Exercise." {
				t.Errorf("%+v, %v", e.Overrides, err)
			}
		})
	}
}

// The reasons for a less restrictive label are in the audit log with the decision (RULES 1).
func TestRule01RelabellingIsOnRecord(t *testing.T) {
	o := newOffice(t)
	d := message("OPEN", ann)
	secret := message("SECRET", ann).Label
	d.Relabelled = []draft.Relabelling{{From: secret, To: d.Label, Reason: "The annex was taken out."}}
	o.queue(d)
	var line string
	must(t, o.store.Reader().QueryRow(`SELECT CAST(line AS TEXT) FROM audit WHERE CAST(line AS TEXT) LIKE '%"relabelled"%'`).Scan(&line))
	if !strings.Contains(line, "The annex was taken out.") || !strings.Contains(line, audit.TypeDecision) {
		t.Errorf("%s", line)
	}
}
