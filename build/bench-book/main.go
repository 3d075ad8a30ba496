// Bench-book measures the address book with real servers: `make bench` calls it. It writes its table between markers into
// docs/benchmarks.md when CAVEAT_BENCH_WRITE=1.
//
//	bench-book [-sizes 10000,100000,1000000] [-rounds 1000]
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
	profile := flag.String("profile", "", "write a processor profile of the full read there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *child != "" {
		err = readInto(ctx, *child, *book, *profile)
	} else {
		err = run(ctx, *sizes, *rounds, *profile)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-book:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, sizes string, rounds int, profile string) error {
	var all []*figures
	for _, text := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 2000 {
			return fmt.Errorf("-sizes: %q is no number from 2000 on", text)
		}
		f, err := measure(ctx, n, rounds, profile)
		if err != nil {
			return fmt.Errorf("%d entries: %w", n, err)
		}
		all = append(all, f)
	}
	table := render(all)
	fmt.Print(table)
	if os.Getenv("CAVEAT_BENCH_WRITE") == "1" {
		return write("docs/benchmarks.md", table)
	}
	return nil
}
