package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"caveat/backend/api"
	"caveat/backend/installation"
	"caveat/backend/store"
)

// clockDoubt is how far clocks may be apart before the doctor says so: Kerberos refuses at five minutes.
const clockDoubt = time.Minute

// certificateWarning is how long before a certificate's end the doctor warns.
const certificateWarning = 30 * 24 * time.Hour

func (d *doctor) lookAtSettings() {
	if _, err := os.Stat(d.dir); err != nil {
		return // said already
	}
	in, err := installation.Find(d.dir)
	switch {
	case errors.Is(err, installation.ErrNone):
		d.add("settings", "", foundBlocks, "Make one: caveat installation new; or import an installation file: caveat installation import FILE; or try: caveat demo", "there is no installation file in %s", d.dir)
		return
	case err != nil:
		d.add("settings", "", foundBlocks, "Mend the line that it names, or import the file anew: caveat installation import FILE", "%s", said(err))
		return
	}
	d.in = in
	managed := "not centrally managed"
	if in.Managed {
		managed = "centrally managed"
	}
	d.add("settings", "", foundOK, "", "%s makes sense, %s", in.Path, managed)
	for _, w := range in.Warnings {
		d.add("settings", "", foundWarning, "", "%s", w)
	}
	if left, _ := filepath.Glob(filepath.Join(d.dir, store.NewFilePrefix+"*")); len(left) > 0 {
		d.add("settings", "", foundWarning, "They may be removed while no program runs.", "%d files were left half written by a crash, such as %s", len(left), filepath.Base(left[0]))
	}
}

func (d *doctor) lookAtSecrets() {
	if d.in == nil {
		return
	}
	secrets, err := installation.OpenSecrets(d.dir, "") // where they are: nothing is moved
	if err != nil {
		d.add("secrets", "", foundBroken, "Unlock the keychain, or look at secrets.place, secrets.age and secrets.key of the data directory.", "%s", said(err))
		return
	}
	names := d.in.Secrets()
	missing := 0
	for _, name := range names {
		if _, err := secrets.Secret(name); err != nil {
			missing++
			do := "Unlock the keychain, or look at secrets.place, secrets.age and secrets.key of the data directory: what is stored there cannot be read."
			if errors.Is(err, installation.ErrNotStored) {
				do = "Store it: caveat installation secret " + name
			}
			d.add("secrets", name, foundBroken, do, "%s", said(err))
		}
	}
	if missing == 0 {
		d.add("secrets", "", foundOK, "", "all %d that the settings name are stored and can be read", len(names))
	}
}

func (d *doctor) lookAtPolicies() {
	if d.in == nil {
		return
	}
	for i, p := range d.in.Site.Policies() {
		end, state, do := p.NotAfter(), foundOK, ""
		text := fmt.Sprintf("version %d, without an end", p.Version())
		if !end.IsZero() {
			text = fmt.Sprintf("version %d, until %s", p.Version(), end.Format("2 Jan 2006"))
		}
		switch {
		case end.IsZero():
		case d.now.After(end) && i == 0:
			state, do, text = foundBlocks, "Put a newer version in force: nothing is cleared under this one.", text+": it has ended"
		case d.now.After(end):
			state, do, text = foundBroken, "Put a newer version beside it: nothing is cleared under this one.", text+": it has ended"
		case end.Sub(d.now) < installation.PolicyWarning:
			state, do, text = foundWarning, "Ask for a newer version: from then on nothing is cleared under this one.", text+": it ends soon"
		}
		d.add("policies", p.Name(), state, do, "%s", text)
	}
}

func (d *doctor) lookAtClock() {
	synchronised, err := clockSynchronised()
	switch {
	case err != nil:
		d.add("clock", "", foundWarning, "", "whether it is kept right cannot be told: %s", said(err))
	case !synchronised:
		d.add("clock", "", foundWarning, "Run a time service, such as systemd-timesyncd or chrony: ages of what was read, and ends of policies, are judged by this clock.",
			"it is %s here; nothing keeps the clock right", d.now.UTC().Format(timeForm))
	default:
		d.add("clock", "", foundOK, "", "it is %s here; the clock is kept right", d.now.UTC().Format(timeForm))
	}
}

// lookAtDirectories asks each directory, all at once.
func (d *doctor) lookAtDirectories(ctx context.Context) {
	if d.in == nil {
		return
	}
	secrets, err := installation.OpenSecrets(d.dir, "")
	if err != nil {
		return // said already
	}
	service := api.New(api.Config{Installation: d.in, Secrets: secrets, User: loginName()})
	defer service.Close()
	tests := make([]api.TestDocument, len(d.in.Directories))
	errs := make([]error, len(tests))
	var wg sync.WaitGroup
	for i, x := range d.in.Directories {
		if !x.Paused { // said by lookAtSender
			wg.Go(func() { tests[i], errs[i] = service.TestDirectory(ctx, x.Name) })
		}
	}
	wg.Wait()
	for i, t := range tests {
		if d.in.Directories[i].Paused {
			continue
		}
		if errs[i] != nil {
			d.add("directories", d.in.Directories[i].Name, foundBroken, "", "%s", said(errs[i]))
			continue
		}
		d.judgeDirectory(t, t.Nation == d.in.File.System.Nation)
	}
}

// judgeDirectory says what a test of a directory means. Without the own nation's, nobody's originator is found.
func (d *doctor) judgeDirectory(t api.TestDocument, own bool) {
	if !t.OK {
		state := foundBroken
		if own {
			state = foundBlocks
		}
		do := "caveat directory test " + t.Directory
		if n := len(t.Checks); n > 0 {
			do = fmt.Sprintf("The step %s failed: see caveat directory test %s", t.Checks[n-1].Step, t.Directory)
		}
		d.add("directories", t.Directory, state, do, "%s", t.Error)
		return
	}
	text := fmt.Sprintf("%s over %s; of %d entries looked at %d have a clearance", t.URL, t.Transport, t.Entries, t.WithClearance)
	var warn, do []string
	for _, x := range t.Checks {
		if !x.OK {
			warn, do = append(warn, x.Step+": "+x.Text), append(do, "See caveat directory test "+t.Directory+".")
		}
	}
	if c := t.Certificate; c != nil {
		text += ", certificate until " + c.NotAfter.Format("2 Jan 2006")
		if c.NotAfter.Sub(d.now) < certificateWarning {
			warn, do = append(warn, "its certificate ends soon"), append(do, "Tell the nation: when it has ended the directory cannot be read.")
		}
	}
	if t.ClockAhead != nil {
		ahead := time.Duration(*t.ClockAhead * float64(time.Second))
		text += ", clock " + apart(ahead)
		if ahead.Abs() > clockDoubt {
			warn, do = append(warn, "its clock and ours are "+ahead.Abs().String()+" apart"), append(do, "Find out which one is wrong, and set it.")
		}
	}
	state := foundOK
	if len(warn) > 0 {
		state, text = foundWarning, strings.Join(warn, "; ")+" ("+text+")"
	}
	d.add("directories", t.Directory, state, strings.Join(do, " "), "%s", text)
}

func apart(ahead time.Duration) string {
	switch {
	case ahead == 0:
		return "as ours"
	case ahead > 0:
		return ahead.String() + " ahead"
	}
	return (-ahead).String() + " behind"
}
