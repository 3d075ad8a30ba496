package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

const directory = "Norland"

func source(url string) ldapbook.Source {
	return ldapbook.Source{Name: directory, Nation: "NOR", URLs: []string{url}, Security: ldapbook.TransportPlain,
		BaseDN: "o=norland", PageSize: 1000, Timeout: time.Minute}
}

// reading is what a process that reads the directory into a new book reports.
type reading struct {
	Seconds  float64
	Entries  int
	PeakRSS  int64 // bytes
	RSS      int64 // bytes, after the read
	OfFile   int64 // of them, parts of the book's and the program's file that are mapped
	Strategy string
	// Seconds until the last entry had come, and processor seconds of the process then and at the end.
	Coming                     float64
	ComingProcessor, Processor float64
}

// readInto is the child: a process of its own, so that its memory is that of the read alone.
func readInto(ctx context.Context, url, path, profile string) error {
	book, err := ldapbook.Open(ctx, path)
	if err != nil {
		return err
	}
	if profile != "" {
		out, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	var r reading
	start := time.Now()
	result, err := book.Sync(ctx, source(url), func(p ldapbook.SyncProgress) {
		r.Coming, r.ComingProcessor = time.Since(start).Seconds(), processorTime()
	})
	if err != nil {
		return err
	}
	r.Seconds, r.Processor, r.Entries, r.Strategy = time.Since(start).Seconds(), processorTime(), result.Read, string(result.Strategy)
	if profile != "" {
		if err := keptProfile(profile + ".heap"); err != nil {
			return err
		}
	}
	debug.FreeOSMemory() // as the runtime does by itself some minutes later
	if r.PeakRSS, err = memory("VmHWM"); err != nil {
		return err
	}
	if r.RSS, err = memory("VmRSS"); err != nil {
		return err
	}
	if r.OfFile, err = memory("RssFile"); err != nil {
		return err
	}
	if err := book.Close(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// processorTime is what this process has used of the processors, in seconds; 0 where /proc does not tell.
func processorTime() float64 {
	const perSecond, user, system = 100, 11, 12 // ticks; where the numbers stand behind the program's name
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) <= system {
		return 0
	}
	var ticks [2]float64
	_, _ = fmt.Sscan(fields[user]+" "+fields[system], &ticks[0], &ticks[1])
	return (ticks[0] + ticks[1]) / perSecond
}

// keptProfile writes a profile of the memory that is in use.
func keptProfile(path string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	runtime.GC()
	return pprof.WriteHeapProfile(out)
}

// memory is that of this process: VmRSS now, VmHWM at most.
func memory(what string) (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, what+": %d kB", &kib); n == 1 {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("no %s in /proc/self/status", what)
}

// fullRead reads the directory in a child.
func fullRead(ctx context.Context, url, path, profile string) (reading, error) {
	self, err := os.Executable()
	if err != nil {
		return reading{}, err
	}
	cmd := exec.CommandContext(ctx, self, "-child", url, "-book", path, "-profile", profile)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return reading{}, fmt.Errorf("the child: %w", err)
	}
	var r reading
	return r, json.Unmarshal(out, &r)
}

// floor is the time that ldapsearch needs to read the same, page by page, and to throw it away.
func floor(ctx context.Context, url string) (time.Duration, error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	cmd := exec.CommandContext(ctx, "ldapsearch", "-x", "-LLL", "-H", url, "-b", "o=norland", "-E", "pr=1000/noprompt",
		"(objectClass=*)", "*", "entryUUID")
	cmd.Stdout, cmd.Stderr = null, os.Stderr
	start := time.Now()
	err = cmd.Run()
	return time.Since(start), err
}

// prepare makes, or finds, the fixture of a size.
func prepare(seed uint64, size int) (ldaptest.Fixture, error) {
	folder, err := ldaptest.FixtureFolder()
	if err != nil {
		return ldaptest.Fixture{}, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return ldaptest.Fixture{}, err
	}
	return ldaptest.Population{Seed: seed, Size: size, Suffix: "o=norland", Domain: "nor.example"}.Prepare(folder)
}

// bookSize is the size of a book after its log was written back.
func bookSize(path string) (total int64, err error) {
	files, err := filepath.Glob(path + "*")
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			return 0, err
		}
		total += info.Size()
	}
	return total, err
}
