//go:build linux

package app_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/installation"
)

// TestSettingsSurviveBeingKilled kills the program at random moments of saving the settings. They are the former ones or the new ones,
// whole, and new ones are in the log.
func TestSettingsSurviveBeingKilled(t *testing.T) { killedWhileSaving(t, 20) }

// TestSoakSettingsSurviveBeingKilled is the same with more, in `make soak`.
func TestSoakSettingsSurviveBeingKilled(t *testing.T) {
	if os.Getenv("CAVEAT_SOAK") == "" {
		t.Log("long: run by `make soak`")
		return
	}
	killedWhileSaving(t, 100)
}

func killedWhileSaving(t *testing.T, kills int) {
	t.Parallel()
	e := phasedWorld(t)
	sets := [][]string{{"phase 1"}, {"phase 2"}}
	save := func(set string) (args []string) {
		return []string{"installation", "rules", "use", set, "--data", e.data}
	}
	before := e.changesLogged(t)
	begun := time.Now()
	if r := caveat(t, "", save("phase 1")...); r.status != 0 {
		t.Fatal(r.stderr)
	}
	takes := time.Since(begun)
	active, saved, switched := 0, 0, 1
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d; a save takes %v", seed, takes.Round(time.Millisecond))
	for i := range kills {
		next := 1 - active
		cmd := command(t, context.Background(), save(sets[next][0])...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(takes) * 5 / 4)))
		cmd.Process.Kill()
		cmd.Wait()
		in, err := installation.Load(filepath.Join(e.data, installation.FileName))
		if err != nil {
			t.Fatalf("kill %d: the settings are broken: %v", i, err)
		}
		switch got := in.File.Check.ActiveRuleSets; {
		case slices.Equal(got, sets[next]):
			active, saved, switched = next, saved+1, switched+1
		case !slices.Equal(got, sets[active]):
			t.Fatalf("kill %d: the active sets are %q, which nobody saved", i, got)
		}
		if len(in.File.Rules) != 2 || len(in.File.Directories) != len(nations) {
			t.Fatalf("kill %d: %d rules, %d directories", i, len(in.File.Rules), len(in.File.Directories))
		}
	}
	if r := caveat(t, "", save(sets[1-active][0])...); r.status != 0 {
		t.Errorf("afterwards: %d: %s", r.status, r.stderr)
	}
	logged := e.changesLogged(t) - before
	t.Logf("%d of %d kills came after the settings were saved; %d lines tell of changes", saved, kills, logged)
	if logged < switched+1 {
		t.Errorf("%d lines in the log for %d changes", logged, switched+1)
	}
	if saved == kills || saved == 0 && kills >= 100 {
		t.Error("every kill came at the same side of the save: nothing was tested")
	}
}

// changesLogged counts the lines that tell of changes to the settings, in a log that is consistent.
func (e *embedded) changesLogged(t *testing.T) int {
	t.Helper()
	export := caveat(t, "", "audit", "export", "--data", e.data).stdout
	if v := caveat(t, "", "audit", "verify", write(t, "log.jsonl", export)); v.status != 0 {
		t.Errorf("the log: %s", v.stderr)
	}
	return strings.Count(export, `"type":"rules"`) + strings.Count(export, `"type":"settings"`)
}
