// Package bench measures Caveat's decisions beside those of other engines, in one run, by the same rules, on the same data:
// cedar-go, OPA, and the loop over strings that a programmer writes by hand. First all four must give the same answers.
//
// The rules are those of ADatP-4774.1 §3.11.4 for the policy of the demonstration; mrod.cedar, mrod.rego and byhand_test.go say
// them in the way that was the fastest of several tried in that language. What an engine needs prepared (numbered, compiled, typed,
// put in its own sets) is prepared before the clock runs.
//
//	go test -bench . .       prints the figures; with CAVEAT_BENCH_WRITE=1 it writes them into docs/benchmarks.md
//	go test .                asks only whether all agree
package bench
