// Command mutate asks whether the tests of a package would notice if a rule were another one: it changes one comparison, condition
// or constant at a time and runs the tests, which must fail.
//
//	go run ./build/mutate FOLDER [FILE…]     from the root of the tree; FILE: only changes of these files
//
// It exits with 1 when a change goes unnoticed ("survives") that allowed.tsv does not list with the reason why no test can notice.
//
// It is our own because the usual tool (gremlins 0.6) takes the conditions of a switch for not covered, and never changes them: most
// decisions here are such conditions. It neither changes a returned constant.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: go run ./build/mutate FOLDER [FILE…]") }
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	left, err := run(filepath.ToSlash(filepath.Clean(flag.Arg(0))), flag.Args()[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
	if left > 0 {
		os.Exit(1)
	}
}

// run gives how many changes went unnoticed without being allowed to.
func run(folder string, files []string) (left int, err error) {
	mutants, err := list(folder)
	if err != nil {
		return 0, err
	}
	allowed, err := readAllowed(filepath.Join("build", "mutate", "allowed.tsv"), folder)
	if err != nil {
		return 0, err
	}
	if len(files) > 0 {
		keep := func(path string) bool { return slices.Contains(files, filepath.Base(path)) }
		mutants = slices.DeleteFunc(mutants, func(m mutant) bool { return !keep(m.path) })
		for k := range allowed {
			if !keep(k.path) {
				delete(allowed, k)
			}
		}
	}
	if len(mutants) == 0 {
		return 0, fmt.Errorf("%s: nothing found that could be changed", folder)
	}
	start := time.Now()
	t, err := newTrial(folder)
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(t.dir)
	fmt.Printf("mutate: %s: %d changes, tests take %v without any\n", folder, len(mutants), t.alone.Round(100*time.Millisecond))
	count, survivors, err := t.all(mutants)
	if err != nil {
		return 0, err
	}
	for _, m := range survivors {
		if allowed.takes(m) {
			count[allowedOutcome]++
			continue
		}
		left++
		fmt.Println(m)
	}
	for k := range allowed {
		if !allowed[k].used {
			left++
			fmt.Printf("%s: %s: %s → %s: is allowed in allowed.tsv, but is noticed or not there any more: take it out\n", k.path, k.function, k.from, k.to)
		}
	}
	fmt.Printf("mutate: %s: %d noticed, %d of them by running too long; %d do not compile; %d allowed; %d to be looked at; %v\n", folder,
		count[noticed]+count[tooLong], count[tooLong], count[notGo], count[allowedOutcome], left, time.Since(start).Round(time.Second))
	return left, nil
}
