// Package ess holds the security label of Enhanced Security Services (RFC 2634 §3; the same as X.411's) and the Clearance
// attribute (RFC 5755 §4.4.6) as values, and reads and writes their ASN.1 forms.
//
// Both carry numbers where STANAG 4774 carries names: object identifiers of policies and tag sets, and for classes and
// values the "label and certificate value" (lacv) that the policy gives them. What they stand for is package spif's
// question; published policies give one number to several names, so it has no answer for some of them.
//
// A label that is not understood to its last category is no label: an unknown kind of category is an error. In a clearance
// it is kept and grants nothing.
//
// Values are plain data: safe for concurrent use as long as nobody writes to them.
package ess

import "errors"

// Object identifiers of the attributes that carry the two.
const (
	SecurityLabelOID = "1.2.840.113549.1.9.16.2.2" // CMS signed attribute
	ClearanceOID     = "2.5.4.55"
	OldClearanceOID  = "2.5.1.5.55" // of X.501:1993 and RFC 3281: read, never written
)

// Object identifiers of category syntaxes.
const (
	acp145 = "2.16.840.1.101.2.1.8.3." // and the number of the Kind
	// StandardSecurityLabel is MISSI's syntax of the categories of a label, SSLPrivileges its counterpart in a clearance.
	StandardSecurityLabel = "2.16.840.1.101.2.1.8.1"
	SSLPrivileges         = "2.16.840.1.101.2.1.8.2"
)

// Limits of what is read and written.
const (
	MaxSize       = 16 << 10 // octets of a label or clearance
	MaxDepth      = 16       // levels of nesting
	MaxCategories = 64       // ub-security-categories
	MaxValues     = 4096     // values in all categories together
	MaxClass      = 256      // ub-integer-options
	MaxLACV       = 1<<31 - 1
)

// Sentinel errors. Those of parsing say at which octet, from 0.
var (
	// ErrSyntax: not a label or clearance as the standards write them.
	ErrSyntax = errors.New("ess: malformed")
	// ErrTooLarge: beyond one of the limits.
	ErrTooLarge = errors.New("ess: too large")
	// ErrCategory: a category of a kind that is not known, in a label.
	ErrCategory = errors.New("ess: unknown kind of security category")
	// ErrValue: a value that cannot be written.
	ErrValue = errors.New("ess: cannot be written")
)

// Label is one ESS security label. The zero Label is none, and cannot be written.
//
// std: RFC2634 §3.2
type Label struct {
	Policy         string // dotted object identifier; empty when absent: the policy is known from elsewhere
	Classification *int   // lacv, 0 to MaxClass; nil when absent
	PrivacyMark    string // never counts in a decision
	Categories     []Category
}

// Clearance is one Clearance attribute. The zero Clearance permits nothing, and cannot be written.
//
// std: RFC5755 §4.4.6
type Clearance struct {
	Policy     string // dotted object identifier
	ClassList  []int  // lacvs held, rising; a clearance without the list holds 1 (unclassified)
	Categories []Category
}

// Category is one security category. Categories stand in the order of their encodings, which means nothing.
type Category struct {
	Type  string // object identifier of the syntax
	Tags  []Tag  // one in the syntaxes of ACP 145, any number in MISSI's
	Value []byte // DER of a category of a clearance whose Type is not known here; it grants nothing
}

// Tag is values of one tag set.
type Tag struct {
	Set    string // object identifier of the tag set
	Kind   Kind
	Values []int // lacvs, rising
	// Listed says that the values of an Informative tag are written as a set of numbers, not as bits.
	Listed bool
}

// Kind says how the values of a tag count, and how they are encoded.
type Kind uint8

// The kinds of ACP 145, by its numbers.
const (
	Restrictive           Kind = iota // bits
	EnumeratedPermissive              // numbers
	Permissive                        // bits
	Informative                       // bits or numbers
	EnumeratedRestrictive             // numbers
	Enumerated                        // numbers, restrictive or permissive as the policy says; MISSI only
)

// isListed reports whether the tag's values are encoded as numbers.
func (t Tag) isListed() bool {
	switch t.Kind {
	case EnumeratedPermissive, EnumeratedRestrictive, Enumerated:
		return true
	}
	return t.Listed
}
