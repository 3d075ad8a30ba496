package ldapbook_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// childVariable holds, in the environment of a child process of the test program, what it is to sync.
const childVariable = "CAVEAT_TEST_SYNC_CHILD"

type childTask struct {
	Path   string
	Source ldapbook.Source
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childVariable); text != "" {
		if err := syncAsChild(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func syncAsChild(text string) error {
	var task childTask
	if err := json.Unmarshal([]byte(text), &task); err != nil {
		return err
	}
	ctx := context.Background()
	b, err := ldapbook.Open(ctx, task.Path)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := b.Sync(ctx, task.Source, nil); err != nil {
		return err
	}
	return b.Close()
}

// syncAndKill runs a sync in a child process and kills it after a while; killed is false when it had ended before.
func syncAndKill(t *testing.T, task childTask, after time.Duration) (took time.Duration, killed bool) {
	t.Helper()
	text, err := json.Marshal(task)
	must(t, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the child does not start: %v, %v", err, cmd.Wait())
	}
	began := time.Now()
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	err = cmd.Wait()
	if timer.Stop() && err != nil {
		t.Fatal(err)
	}
	return time.Since(began), err != nil
}

// killSize is more than one batch of entries.
const killSize = 5000

// killMoments is how many moments are tried.
func killMoments() int {
	if os.Getenv("CAVEAT_SOAK") != "" {
		return 200
	}
	return 20
}

// killable is a directory that a test changes while it kills.
type killable interface {
	Add(...ldaptest.Entry) error
	Replace(dn, attr string, values ...string) error
	Delete(dn string) error
}

func killAgain(t *testing.T, s killable, url string, moments int) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	path := filepath.Join(t.TempDir(), "book.db")
	src := ldapbook.Source{Name: "Norland", Nation: "NOR", URLs: []string{url},
		Security: ldapbook.TransportPlain, BaseDN: suffix}
	strategies := []ldapbook.Strategy{ldapbook.StrategySyncrepl, ldapbook.StrategyFull, ldapbook.StrategyChanges}
	usual := map[string]time.Duration{} // how long it takes when nothing happens, as far as is known
	late := 0
	for i := range moments {
		task := childTask{Path: path, Source: withStrategy(src, strategies[i%len(strategies)])}
		kind := string(task.Source.Refresh.Strategy) + " again"
		if i%2 == 0 {
			kind = string(task.Source.Refresh.Strategy) + " first"
		}
		after := time.Hour // to its end: the first of a kind shows how long it takes
		for try := 0; ; try++ {
			if try > maxLate {
				t.Fatalf("%d: %s ended before it was killed, %d times", i, kind, try)
			}
			if i%2 == 0 {
				must(t, ldapbook.Remove(path))
			}
			shuffle(t, s, r)
			if usual[kind] > 0 {
				after = time.Duration(r.Int64N(int64(usual[kind])))
			}
			took, dead := syncAndKill(t, task, after)
			if dead {
				break
			}
			if after < time.Hour {
				late++
			}
			usual[kind] = took // it came too late: another moment, of a time that is known better
		}
		afterKill(t, task, fmt.Sprintf("%d: %s after %v", i, kind, after))
	}
	t.Logf("all %d were killed before their end; %d moments came too late and were chosen anew", moments, late)
}

// maxLate is how often a moment may be chosen anew that came after the end.
const maxLate = 50

func afterKill(t *testing.T, task childTask, what string) {
	t.Helper()
	b, err := ldapbook.Open(t.Context(), task.Path)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer b.Close()
	consistent(t, task.Path)
	task.Source.Refresh.FullEvery = time.Nanosecond // changes alone don't find what is gone
	r, err := b.Sync(t.Context(), task.Source, nil)
	if err != nil || r.Incomplete {
		t.Fatalf("%s: %+v, %v", what, r, err)
	}
	equal(t, b, task.Source, crowdAddresses(killSize))
	consistent(t, task.Path)
	if t.Failed() {
		t.Fatalf("%s: %+v", what, r)
	}
}

// shuffle changes, deletes and adds some hundreds of entries each.
func shuffle(t *testing.T, s killable, r *rand.Rand) {
	t.Helper()
	all := crowd(killSize)
	for range 800 {
		e := all[r.IntN(len(all))]
		switch r.IntN(3) {
		case 0:
			_ = s.Delete(e.DN) // it may be gone already
		case 1:
			_ = s.Add(e) // it may be there
		default:
			_ = s.Replace(e.DN, "sn", fmt.Sprint("Sur", r.IntN(1000)))
		}
	}
}
