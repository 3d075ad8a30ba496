package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// measureFirstRead measures the first read alone, for those who work on it: it prints how long its two parts take (the rows as
// they come, and what finds them), and what they take of the processors, which other work on the machine disturbs less.
func measureFirstRead(ctx context.Context, size int, profile string) error {
	fix, err := prepare(seed, size)
	if err != nil {
		return err
	}
	server, err := fix.Start()
	if err != nil {
		return err
	}
	defer server.Stop()
	dir, err := os.MkdirTemp("", "bench-book")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f := &figures{size: size}
	if err := f.readAll(ctx, server, filepath.Join(dir, "book.db"), profile); err != nil {
		return err
	}
	r := f.read
	floor := (f.floors[0] + f.floors[1]).Seconds() / 2
	fmt.Printf("%s entries: ldapsearch %s, %s; first read %.2f s = %.2f times; the rows %.2f s, then %.2f s\n", thousands(size),
		short(f.floors[0]), short(f.floors[1]), r.Seconds, r.Seconds/floor, r.Coming, r.Seconds-r.Coming)
	fmt.Printf("  of the processors %.2f s: the rows %.2f s, then %.2f s; memory %s at most, %s after (%s of files); book %s, %.2f of the LDIF\n",
		r.Processor, r.ComingProcessor, r.Processor-r.ComingProcessor, megabytes(r.PeakRSS), megabytes(r.RSS), megabytes(r.OfFile), megabytes(f.book),
		float64(f.book)/float64(f.ldif))
	return nil
}
