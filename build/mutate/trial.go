package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// outcome is what became of a change.
type outcome int

const (
	survived outcome = iota
	noticed
	tooLong // the tests did not end: somebody would notice
	notGo   // it does not compile
	allowedOutcome
)

// trial runs the tests of one package with changes, each in a file that takes the place of the right one.
type trial struct {
	folder string
	dir    string        // for changed files
	alone  time.Duration // what the tests take without a change, building included
}

func newTrial(folder string) (trial, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return trial{}, err
	}
	t := trial{folder: folder, dir: dir, alone: 5 * time.Minute}
	var output []byte
	for range 2 { // the second one with everything built
		start := time.Now()
		if output, err = t.test(""); err != nil {
			os.RemoveAll(dir)
			return trial{}, fmt.Errorf("%s: its tests fail without a change: %w\n%s", folder, err, output)
		}
		t.alone = time.Since(start)
	}
	return t, nil
}

// test runs the tests. They get ten times as long as without a change, and a minute for a busy machine.
func (t trial) test(overlay string) ([]byte, error) {
	ctx, stop := context.WithTimeout(context.Background(), 10*t.alone+time.Minute)
	defer stop()
	args := []string{"test", "-count=1", "-failfast", "-vet=off", "-timeout", (5*t.alone + 10*time.Second).String()}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	c := exec.CommandContext(ctx, "go", append(args, "./"+t.folder)...)
	c.WaitDelay = 5 * time.Second
	c.Env = append(os.Environ(), "CAVEAT_REFERENCE_SEED=1") // tests that draw at random draw the same each time
	var output bytes.Buffer
	c.Stdout, c.Stderr = &output, &output
	err := c.Run()
	if ctx.Err() != nil {
		return output.Bytes(), ctx.Err()
	}
	return output.Bytes(), err
}

// all tries all changes, some at once, and gives those that went unnoticed in their order.
func (t trial) all(mutants []mutant) (map[outcome]int, []mutant, error) {
	outcomes, failed := make([]outcome, len(mutants)), make([]error, len(mutants))
	next := make(chan int)
	var workers sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				outcomes[i], failed[i] = t.one(mutants[i], w)
			}
		})
	}
	for i := range mutants {
		if i > 0 && i%50 == 0 {
			fmt.Fprintf(os.Stderr, "mutate: %d of %d\n", i, len(mutants))
		}
		next <- i
	}
	close(next)
	workers.Wait()
	count := map[outcome]int{}
	var survivors []mutant
	for i, o := range outcomes {
		if o == survived {
			survivors = append(survivors, mutants[i])
		}
		count[o]++
	}
	return count, survivors, errors.Join(failed...)
}

func (t trial) one(m mutant, worker int) (outcome, error) {
	root, err := filepath.Abs(".")
	if err != nil {
		return 0, err
	}
	file, overlay := filepath.Join(t.dir, fmt.Sprintf("%d.go", worker)), filepath.Join(t.dir, fmt.Sprintf("%d.json", worker))
	replaced, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(root, m.path): file}})
	if err != nil {
		return 0, err
	}
	if err := errors.Join(os.WriteFile(file, m.changed(), 0o600), os.WriteFile(overlay, replaced, 0o600)); err != nil {
		return 0, err
	}
	output, err := t.test(overlay)
	switch {
	case err == nil:
		return survived, nil
	case bytes.Contains(output, []byte("[build failed]")):
		return notGo, nil
	case errors.Is(err, context.DeadlineExceeded), bytes.Contains(output, []byte("panic: test timed out")):
		return tooLong, nil
	case bytes.Contains(output, []byte("FAIL")):
		return noticed, nil
	}
	return 0, fmt.Errorf("%s: the tests did not run: %w\n%s", m, err, output)
}
