// Bench-book measures the address book with real servers: `make bench` calls it. It writes its table between markers into
// docs/benchmarks.md when CAVEAT_BENCH_WRITE=1.
//
//	bench-book [-sizes 10000,100000,1000000] [-rounds 1000] [-first-read] [-profile FILE]
//
// The servers' databases are made once and kept (ldaptest.FixtureFolder); for a million entries that takes ten minutes and 6 GB.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
)

func main() {
	sizes := flag.String("sizes", "10000,100000,1000000", "entries of the directories")
	rounds := flag.Int("rounds", 2000, "searches of each kind")
	child := flag.String("child", "", "internal: read the directory at this URL into -book")
	book := flag.String("book", "", "internal: see -child")
	profile := flag.String("profile", "", "write a processor profile of the first read there, and one of what is kept after it beside it (.heap)")
	only := flag.Bool("first-read", false, "measure nothing but the first read, and how much processor time it takes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *child != "" {
		err = readInto(ctx, *child, *book, *profile)
	} else {
		err = run(ctx, *sizes, *rounds, *profile, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-book:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, sizes string, rounds int, profile string, only bool) error {
	var all []*figures
	for _, text := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 2000 {
			return fmt.Errorf("-sizes: %q is no number from 2000 on", text)
		}
		if only {
			if err := measureFirstRead(ctx, n, profile); err != nil {
				return fmt.Errorf("%d entries: %w", n, err)
			}
			continue
		}
		f, err := measure(ctx, n, rounds, profile)
		if err != nil {
			return fmt.Errorf("%d entries: %w", n, err)
		}
		all = append(all, f)
	}
	if only {
		return nil
	}
	table := render(all)
	fmt.Print(table)
	if os.Getenv("CAVEAT_BENCH_WRITE") == "1" {
		return write("docs/benchmarks.md", table)
	}
	return nil
}
