// Package spiftest is what tests hold the policy engine against: a second reading of a SPIF, and random policies, labels
// and clearances to compare the two on.
//
// Reference is the second reading. It walks the elements of the document with plain loops and compares strings; it has no
// numbers, no bit sets, and builds nothing beforehand. It was written from the schema's documentation and ADatP-4774.1,
// not from packages spif and cmbac, and imports neither: a misreading in one is not a misreading in the other.
//
// Random and RandomPair write policies, Sampler makes labels and clearances for one, Shrink takes away from a case on which
// two evaluators differ whatever is not needed for the difference. AllLabels lists every label of a small policy, for
// questions that are easily answered by trying.
//
// Only tests import this package. Everything is pure; a Reference is safe for concurrent use, a Sampler is not.
//
// std: Open XML SPIF 2.1; ADatP-4774.1/A1 §3.11.2, §3.11.4
package spiftest
