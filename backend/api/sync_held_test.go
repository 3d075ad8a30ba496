package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/store"
)

// A loss that is too large to be believed is held, told, and happens only when somebody confirms it, which is in the log.
func TestHeldLossIsConfirmed(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	for i := range 40 {
		must(t, w.servers["UKR"].Add(person(fmt.Sprintf("uid=p%d,o=ukr", i), "P", fmt.Sprintf("p%d@ukr.example", i), "SECRET")))
	}
	w.readAll()
	for i := range 40 {
		must(t, w.servers["UKR"].Delete(fmt.Sprintf("uid=p%d,o=ukr", i)))
	}
	w.working()
	wait := func(path string) (done []api.SyncDocument) {
		t.Helper()
		job := answered[api.JobDocument](w.world, http.StatusAccepted, "POST", path, nil)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		j, err := w.store.Wait(ctx, job.Job)
		if err != nil || j.State != store.JobDone {
			t.Fatalf("%+v, %v", j, err)
		}
		must(t, json.Unmarshal(j.Result, &done))
		return done
	}
	if d := wait("/api/book/sync?directory=UKR&full=true"); d[0].OK || d[0].Held != 40 || d[0].Removed != 0 {
		t.Errorf("%+v", d)
	}
	if d := w.state("UKR"); d.State != "held" || d.Held != 40 || d.Entries != 42 || !w.knows("p7@ukr.example") {
		t.Errorf("%+v", d)
	}
	if d := wait("/api/directories/UKR/confirm"); !d[0].OK || d[0].Held != 0 || d[0].Removed != 40 {
		t.Errorf("%+v", d)
	}
	if d := w.state("UKR"); d.State != "ok" || d.Held != 0 || d.Entries != 2 || w.knows("p7@ukr.example") {
		t.Errorf("%+v", d)
	}
	var log strings.Builder
	must(t, audit.Export(t.Context(), w.store, &log))
	if !strings.Contains(log.String(), "directory UKR: the loss of 40 entries is confirmed") {
		t.Error("nobody can tell afterwards who confirmed it")
	}
	w.refused(http.StatusConflict, "user-nothing-held", "POST", "/api/directories/UKR/confirm", nil)
}
