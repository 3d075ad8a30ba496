package bench

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/label"
	"caveat/backend/spif"
)

const (
	rounds             = 9
	aRound             = 50 * time.Millisecond
	distinctClearances = 5_000
	people             = 1_000_000
)

// TestMain measures after the tests, which must have passed, when benchmarks are asked for.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && flag.Lookup("test.bench").Value.String() != "" {
		report(measureAll())
	}
	os.Exit(code)
}

// figure is what was measured of one engine.
type figure struct {
	what, by string
	ns       float64 // of one, the median of the rounds
	from, to float64 // the fastest and the slowest round
	allocs   int64
	scaled   bool // from a part of the work
}

// contender is an engine with what it is to do.
type contender struct {
	by  string
	run loop
}

// measure lets the contenders work in turn, so that whatever else the machine does hits all of them.
func measure(what string, contenders []contender) []figure {
	fmt.Fprintf(os.Stderr, "bench: %s\n", what)
	ns, times := make([][]float64, len(contenders)), make([]int, len(contenders))
	out := make([]figure, len(contenders))
	for i, c := range contenders {
		times[i] = enough(c.run)
	}
	for range rounds {
		for i, c := range contenders {
			took, allocs := cost(c.run, times[i])
			ns[i], out[i].allocs = append(ns[i], float64(took.Nanoseconds())/float64(times[i])), allocs/int64(times[i])
		}
	}
	for i, c := range contenders {
		slices.Sort(ns[i])
		out[i].what, out[i].by, out[i].ns, out[i].from, out[i].to = what, c.by, ns[i][rounds/2], ns[i][0], ns[i][rounds-1]
	}
	return out
}

// enough finds how many times make a round.
func enough(run loop) int {
	for n := 1; ; {
		took, _ := cost(run, n)
		if took >= aRound/2 {
			return n
		}
		n = int(min(float64(n)*100, 1+float64(n)*1.2*float64(aRound)/float64(took+1)))
	}
}

// cost is the time that this process had a processor, collecting its garbage included, and how many times it allocated. On a machine
// with other work to do, time on the clock would say little.
func cost(run loop, n int) (time.Duration, int64) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processorTime()
	run(n)
	took := processorTime() - start
	runtime.ReadMemStats(&after)
	return took, int64(after.Mallocs - before.Mallocs)
}

func processorTime() time.Duration {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What is measured, as the table says it.
const (
	oneDecision  = "one decision"
	allReasons   = "a decision that three rules deny, with all reasons"
	onceEach     = "a million people, decided once for each of their 5,000 clearances"
	eachPerson   = "a million people, each decided by itself"
	readPolicy   = "the policy of the demonstration, from its text"
	readNATO     = "the policy of NATO, edition 91"
	choicesDemo  = "what may be chosen next, the demonstration's policy"
	choicesNATO  = "what may be chosen next, NATO's policy"
	noChoiceMade = ", before anything is chosen"
)

func measureAll() []figure {
	runtime.GOMAXPROCS(1) // an idle processor would be used to collect garbage early, and that time counted
	all := engines()
	out := measure(oneDecision, each(all, func(e engine) loop { return e.decide(four()) }))
	out = append(out, measure(allReasons, each(all, func(e engine) loop { return e.explain(denied()) }))...)
	out = append(out, measureCrowd(all)...)
	out = append(out, measure(readPolicy, each(all, engine.compile))...)
	out = append(out, measureChoices(choicesDemo, newCaveat().policy,
		"SECRET; Context=MROD; Only=GBR",
		"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=MROD; Special Category Designators=ATOMAL; Only=GBR; Releasable To=GBR")...)
	if nato := natoPolicy(nil); nato != nil {
		out = append(out, measure(readNATO, []contender{{"Caveat", parsing(nato)}})...)
		out = append(out, measureChoices(choicesNATO, parse(nato),
			"SECRET; Special Category Designators=ATOMAL; Releasable To=IRL,AUT",
			"UNCLASSIFIED,RESTRICTED,CONFIDENTIAL,SECRET; Context=NATO,KFOR; Special Category Designators=ATOMAL; Only=BEL,DEU; Releasable To=IRL,AUT")...)
	}
	return out
}

func each(all []engine, prepare func(engine) loop) []contender {
	var out []contender
	for _, e := range all {
		if run := prepare(e); run != nil {
			out = append(out, contender{e.name(), run})
		}
	}
	return out
}

// measureCrowd: a million people who share 5,000 clearances. Deciding each by itself is measured in full of Caveat; of the others it
// is 200 times what they need for 5,000.
func measureCrowd(all []engine) []figure {
	info, clearances := crowd()
	r := rand.New(rand.NewPCG(1, 2))
	holds := make([]uint32, people)
	for i := range holds {
		holds[i] = uint32(r.IntN(distinctClearances))
	}
	decisions := make([]cmbac.Decision, distinctClearances)
	spread, byThemselves := make([]cmbac.Decision, people), make([]cmbac.Decision, people)
	deciding := make([]func([]cmbac.Decision), len(all))
	for i, e := range all {
		deciding[i] = e.distinct(info, clearances)
	}
	var shared, alone []contender
	for i, e := range all {
		shared = append(shared, contender{e.name(), func(n int) {
			for range n {
				deciding[i](decisions)
				spread = cmbac.Spread(decisions, holds, spread)
			}
		}})
		alone = append(alone, contender{e.name(), func(n int) {
			for range n {
				deciding[i](decisions)
			}
		}})
	}
	alone[0].run = everybody(newCaveat(), info, clearances, holds, byThemselves)
	out := measure(onceEach, shared)
	single := measure(eachPerson, alone)
	for i := range single[1:] {
		single[i+1] = single[i+1].times(people / distinctClearances)
	}
	return append(out, single...)
}

func everybody(e caveat, info label.Information, clearances []label.Clearance, holds []uint32, into []cmbac.Decision) loop {
	l := e.label(info)
	distinct := make([]spif.Clearance, len(clearances))
	for i, c := range clearances {
		distinct[i] = e.clearance(c)
	}
	all := make([]spif.Clearance, len(holds))
	for i, h := range holds {
		all[i] = distinct[h]
	}
	return func(n int) {
		for range n {
			cmbac.Many(e.policy, l, all, cmbac.Membership, into)
		}
	}
}

func (f figure) times(k float64) figure {
	f.ns, f.from, f.to, f.allocs, f.scaled = f.ns*k, f.from*k, f.to*k, f.allocs*int64(k), true
	return f
}

// measureChoices: nobody else answers this question.
func measureChoices(what string, p *spif.Policy, chosen, held string) []figure {
	part := p.Label(label.Label{Information: makeLabel(chosen)})
	c, problems := p.Clearance(makeClearance(held))
	if len(problems) > 0 || !part.NamesKnown() {
		panic(fmt.Sprint("the policy lacks a name: ", problems, part.UnknownNames()))
	}
	how := spif.Validation{At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), New: true}
	run := func(part spif.Label) []contender {
		return []contender{{"Caveat", func(n int) {
			for range n {
				sinkAny = cmbac.Choices(p, part, how, []spif.Clearance{c}, cmbac.Membership)
			}
		}}}
	}
	return append(measure(what, run(part)), measure(what+noChoiceMade, run(p.Label(label.Label{})))...)
}
