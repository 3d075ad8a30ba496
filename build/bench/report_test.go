package bench

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
)

const (
	figuresFile = "../../docs/benchmarks.md"
	beginMark   = "<!-- engine:begin -->"
	endMark     = "<!-- engine:end -->"
)

// report prints the figures, and with CAVEAT_BENCH_WRITE=1 writes them into the documentation.
func report(all []figure) {
	text := versions() + "\n\n" + bars(all) + "\n\n" + table(all)
	fmt.Println(text)
	if os.Getenv("CAVEAT_BENCH_WRITE") == "" {
		return
	}
	document, err := os.ReadFile(figuresFile)
	check(err)
	changed, err := replace(string(document), text)
	check(err)
	check(os.WriteFile(figuresFile, []byte(changed), 0o644))
}

// replace puts text between the markers.
func replace(document, text string) (string, error) {
	head, rest, begun := strings.Cut(document, beginMark)
	_, tail, ended := strings.Cut(rest, endMark)
	if !begun || !ended {
		return "", fmt.Errorf("%s has no place for the figures: %s … %s", figuresFile, beginMark, endMark)
	}
	return head + beginMark + "\n" + text + "\n" + endMark + tail, nil
}

// versions names the compiler and the peers, as go.mod pins them, and how busy the machine was.
func versions() string {
	pins, err := os.ReadFile("go.mod")
	check(err)
	var peers []string
	for _, m := range regexp.MustCompile(`(?m)^\t\S+/(cedar-go|opa) (v\S+)$`).FindAllStringSubmatch(string(pins), -1) {
		peers = append(peers, m[1]+" "+m[2])
	}
	busy := ""
	if load, err := os.ReadFile("/proc/loadavg"); err == nil { // Linux alone has it
		busy = fmt.Sprintf("; at the end, %s processes wanted to run", strings.Fields(string(load))[0])
	}
	return fmt.Sprintf("%s, %s, %s/%s, %d cores%s.\n", runtime.Version(), strings.Join(peers, ", "), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), busy) +
		fmt.Sprintf("\"Each\" is processor time of one processor, collecting garbage included: the median of %d rounds, in each of which all take their turn.\n", rounds) +
		"The last column holds the fastest rounds against each other: other work on the machine disturbed these least."
}

func table(all []figure) string {
	var out strings.Builder
	out.WriteString("| measured | by | each | fastest – slowest | a second | allocations | × cedar-go's rate |\n|---|---|---:|---:|---:|---:|---:|\n")
	before := ""
	for _, f := range all {
		what, ratio, sample := f.what, "", ""
		if what == before {
			what = ""
		}
		if cedar, ok := find(all, f.what, "cedar-go"); ok {
			ratio = significant(cedar.from / f.from)
		}
		if f.scaled {
			sample = fmt.Sprintf(" (%d × %d of them)", people/distinctClearances, distinctClearances)
		}
		fmt.Fprintf(&out, "| %s | %s%s | %s | %s – %s | %s | %d | %s |\n",
			what, f.by, sample, duration(f.ns), duration(f.from), duration(f.to), rate(f.ns), f.allocs, ratio)
		before = f.what
	}
	return strings.TrimSpace(out.String())
}

// bars holds the figures against what was asked of them. It is told, never enforced: machines differ.
func bars(all []figure) string {
	rows := []string{"| asked | wanted | measured | |", "|---|---:|---:|---|"}
	add := func(what, wanted, measured string, met bool) {
		verdict := "met"
		if !met {
			verdict = "not met"
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", what, wanted, measured, verdict))
	}
	atMost := func(what string, ns float64) {
		slowest, known := figure{}, false
		for _, f := range all {
			if strings.HasPrefix(f.what, what) && f.by == "Caveat" && (!known || f.ns > slowest.ns) {
				slowest, known = f, true
			}
		}
		if known {
			add(slowest.what, "≤ "+duration(ns), duration(slowest.ns), slowest.ns <= ns)
		}
	}
	one, _ := find(all, oneDecision, "Caveat")
	cedar, _ := find(all, oneDecision, "cedar-go")
	atMost(oneDecision, 20)
	add("its allocations", "0", fmt.Sprint(one.allocs), one.allocs == 0)
	add("its rate beside cedar-go's", "≥ 60 ×", significant(cedar.from/one.from)+" ×", cedar.from/one.from >= 60)
	atMost(allReasons, 1e3)
	atMost(onceEach, 5e6)
	atMost(readNATO, 5e6)
	atMost(choicesDemo, 1e6)
	atMost(choicesNATO, 1e6)
	return strings.Join(rows, "\n")
}

func find(all []figure, what, by string) (figure, bool) {
	for _, f := range all {
		if f.what == what && f.by == by {
			return f, true
		}
	}
	return figure{}, false
}

// duration says nanoseconds in the unit that fits, with three significant digits.
func duration(ns float64) string {
	for _, u := range []struct {
		unit string
		size float64
	}{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}} {
		if ns >= u.size*0.9995 {
			return significant(ns/u.size) + " " + u.unit
		}
	}
	return significant(ns) + " ns"
}

func rate(ns float64) string {
	switch r := 1e9 / ns; {
	case r >= 1e6:
		return significant(r/1e6) + " million"
	case r >= 1e3:
		return significant(r/1e3) + " thousand"
	default:
		return significant(r)
	}
}

// significant writes three significant digits, never an exponent.
func significant(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}
