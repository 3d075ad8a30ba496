// Package spif reads a security policy in the Open XML SPIF form (schema 2.1) and answers what it says about a label:
// is it valid, how is it marked, which label of another policy says the same, what may still be chosen.
//
// A Policy is immutable and indexed: every category value has a number, so that the values of a label or clearance are a
// bit set (Set) and package cmbac decides with a few machine words. Values are told apart by (tag set, type, name), case
// folded, never by their lacv: published policies give one lacv to two names of the same tag.
//
// A file is held to one table of the schema (schema_table.go), then read; Parse refuses what leaves the meaning of a label open,
// Lint tells everything. What a file says besides the rules is kept as data (policy_contents.go, policy_rules.go).
//
// Order of calls: Parse gives a Policy; NewSite joins policies; Policy.Label numbers a label and says what is wrong with
// it; Policy.Clearance numbers a clearance; Policy.Mark gives the marking.
//
// All types are safe for concurrent use. The package does no I/O but reading the io.Reader it is handed.
//
// std: Open XML SPIF 2.1; ADatP-4774.1/A1
package spif
