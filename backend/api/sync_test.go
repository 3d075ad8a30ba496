package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"caveat/backend/api"
	"caveat/backend/plain"
	"caveat/backend/store"
	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// The own nation comes first, whatever the order in the file; look-up directories are not read.
func TestOwnNationIsReadFirst(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	if got := w.service.Places(); len(got) != 2 || got["GBR"] != 0 || got["UKR"] != 1 {
		t.Errorf("%v", got)
	}
	w.working()
	w.until("both are read", func() bool { return w.knows(ann) && w.knows(olha) && w.state("UKR").LastRead != nil })
	gbr, ukr := w.state("GBR"), w.state("UKR")
	if !gbr.LastAttempt.Before(*ukr.LastAttempt) || gbr.NextRun == nil || !gbr.Own || ukr.Own {
		t.Errorf("GBR %v, UKR %v", gbr.LastAttempt, ukr.LastAttempt)
	}
}

// A directory that hangs delays no other, neither by the schedule nor by a job.
func TestSlowDirectoryDelaysNobody(t *testing.T) {
	w := newAdminWorld(t, false, map[string]string{"UKR": "timeout = \"60s\"\n"})
	w.readAll()
	w.servers["UKR"].Hang(true)
	w.ahead.Store(int64(2 * time.Hour)) // everything is due
	w.working()
	w.until("UKR is being read", func() bool { return w.state("UKR").Running != nil })
	must(t, w.servers["GBR"].Add(person("uid=new,o=gbr", "New", "new@gbr.example", "SECRET")))
	w.ahead.Add(int64(2 * time.Hour))
	w.until("GBR is read again", func() bool { return w.knows("new@gbr.example") })
	hung := answered[api.JobDocument](w.world, http.StatusAccepted, "POST", "/api/book/sync?directory=UKR", nil)
	done := answered[api.JobDocument](w.world, http.StatusAccepted, "POST", "/api/book/sync?directory=GBR", nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if j, err := w.store.Wait(ctx, done.Job); err != nil || j.State != store.JobDone {
		t.Errorf("a job for GBR: %+v, %v", j, err)
	}
	if j, err := w.store.Job(t.Context(), hung.Job); err != nil || j.State != store.JobRunning {
		t.Errorf("the job for UKR: %+v, %v", j, err)
	}
	w.until("UKR is still being read", func() bool { return w.state("UKR").Running != nil }) // its last word is of before the clock was put forward
}

// How far a read is shows while it goes on, in this process and in another; either may stop it, and what it brought stays.
func TestProgressShowsAndCanBeStopped(t *testing.T) {
	for name, other := range map[string]bool{"in the holder's process": false, "in another process": true} {
		t.Run(name, func(t *testing.T) {
			w := newAdminWorld(t, false, map[string]string{"UKR": "timeout = \"60s\"\n"})
			many := make([]ldaptest.Entry, 6000) // more than the library writes at once
			for i := range many {
				many[i] = ldaptest.Entry{DN: fmt.Sprintf("uid=p%d,o=ukr", i), Attrs: []ldaptest.Attr{attr("objectClass", "person"), attr("cn", "P")}}
			}
			must(t, w.servers["UKR"].Add(many...))
			w.servers["UKR"].HangAfter(5500)
			service, before := w.service, int64(0)
			if other {
				guest, err := store.Open(t.Context(), w.dir, "guest")
				must(t, err)
				book, err := ldapbook.Open(t.Context(), filepath.Join(w.dir, "book.db"))
				must(t, err)
				service = w.newService(guest, book, false)
				t.Cleanup(func() { must(t, service.Close()); must(t, book.Close()); must(t, guest.Close()) })
			}
			before, err := w.store.NewestChange(t.Context())
			must(t, err)
			done := make(chan []api.SyncDocument, 1)
			go func() {
				d, err := w.service.Sync(context.WithoutCancel(t.Context()), "UKR", nil)
				if err != nil {
					t.Error(err)
				}
				done <- d
			}()
			var run api.RunDocument
			w.until("the read shows", func() bool {
				runs, err := service.Runs(t.Context())
				must(t, err)
				run = runs["UKR"]
				return run.Read > 0
			})
			if run.Full || run.Stopping || run.Updated.Before(run.Started) || run.Read > 5500 || run.PerSecond <= 0 {
				t.Errorf("%+v", run)
			}
			changes, _, _, err := w.store.Changes(t.Context(), before)
			must(t, err)
			if !slices.ContainsFunc(changes, func(c store.Change) bool { return c.Kind == "sync" && c.ID == "UKR" }) {
				t.Errorf("pages are not told: %v", changes)
			}
			stopped, err := service.StopSync(t.Context(), "UKR")
			if err != nil || !stopped.Stopping {
				t.Fatalf("%+v, %v", stopped, err)
			}
			d := <-done
			if len(d) != 1 || d[0].OK || !d[0].Stopped || d[0].Error != plain.Text(api.ErrStopped) {
				t.Errorf("%+v", d)
			}
			if runs, err := service.Runs(t.Context()); err != nil || len(runs) != 0 {
				t.Errorf("afterwards: %v, %v", runs, err)
			}
			if again, err := service.StopSync(t.Context(), "UKR"); err != nil || again.Stopping {
				t.Errorf("stopped again: %+v, %v", again, err)
			}
		})
	}
}

// What a process that was killed left behind does not look as if it went on.
func TestRunsOfADeadProcess(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	w.leaveRun("UKR", w.now().Add(-time.Minute))
	if runs, err := w.service.Runs(t.Context()); err != nil || len(runs) != 0 {
		t.Errorf("%v, %v", runs, err)
	}
	w.leaveRun("GBR", w.now())
	w.working()
	w.until("the new holder clears it", func() bool {
		var n int
		must(t, w.store.Reader().QueryRow(`SELECT count(*) FROM sync_run WHERE entries = 4711`).Scan(&n))
		return n == 0
	})
}

func TestSyncOverHTTP(t *testing.T) {
	w := newAdminWorld(t, false, map[string]string{"GBR": ""})
	w.refused(http.StatusNotFound, "user-not-found", "POST", "/api/book/sync?directory=FRA", nil)
	w.refused(http.StatusNotFound, "user-not-found", "POST", "/api/directories/FRA/stop", nil)
	w.refused(http.StatusNotFound, "user-not-found", "POST", "/api/directories/FRA/confirm", nil)
	w.refused(http.StatusConflict, "user-nothing-held", "POST", "/api/directories/UKR/confirm", nil)
	w.working()
	job := answered[api.JobDocument](w.world, http.StatusAccepted, "POST", "/api/book/sync?directory=UKR&full=true", nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	j, err := w.store.Wait(ctx, job.Job)
	must(t, err)
	var done []api.SyncDocument
	must(t, json.Unmarshal(j.Result, &done))
	if len(done) != 1 || !done[0].OK || done[0].Read != 2 {
		t.Errorf("%+v", done)
	}
	list := get[[]api.DirectoryDocument](w.world, "/api/directories")
	if len(list) != 2 || list[0].Name != "UKR" || list[0].State != "ok" || list[0].Entries != 2 || list[0].ByKind["person"] != 2 || list[0].NextRun == nil ||
		list[0].Every != 900 || list[0].MaxLoss != 0.5 || list[0].Security != "starttls" || list[0].Auth != "simple" || list[0].Live != "never" || list[0].Running != nil {
		t.Errorf("%+v", list)
	}
}

// RULES 22: a look-up directory is never read as a whole, and what was found there is forgotten after a time.
func TestRule22LookUp(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	w.replace("UKR", `mode = "mirror"`, "mode = \"look-up\"\nkeep = \"48h\"")
	w.refused(http.StatusConflict, "user-look-up", "POST", "/api/book/sync?directory=UKR", nil)
	entry := ldapbook.Entry{
		Directory: "UKR", UUID: "1", DN: "uid=ron,o=ukr", Kind: ldapbook.KindPerson, Nation: "UKR", Name: "Ron", Mail: []string{ron},
		Clearance: []string{"x"}, ReadAt: w.now(), Transport: ldapbook.TransportStartTLS,
	}
	must(t, w.book.Put(t.Context(), "UKR", []ldapbook.Entry{entry}, ldapbook.Asked{}))
	if d := w.state("UKR"); d.State != "ok" || d.Entries != 1 {
		t.Errorf("something was found there: %+v", d)
	}
	end := w.working()
	w.until("the own nation is read", func() bool { return w.knows(ann) })
	end()
	if !w.knows(ron) {
		t.Error("he is forgotten at once")
	}
	w.ahead.Store(int64(49 * time.Hour))
	w.working()
	w.until("he is forgotten", func() bool { return !w.knows(ron) })
	if gone, err := w.book.Withdrawn(t.Context(), []string{ron}); err != nil || len(gone) != 0 {
		t.Errorf("forgotten is not withdrawn (RULES 8): %v, %v", gone, err)
	}
	if d := w.state("UKR"); d.State != "never-read" || d.NextRun != nil || d.Keep != 48*3600 || d.Live != "enter" {
		t.Errorf("%+v", d)
	}
}
