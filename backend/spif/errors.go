package spif

import "errors"

// Sentinel errors of Parse and NewSite. Parse wraps them with line, column and element path (strictxml.Error).
var (
	// ErrTooLarge: longer than MaxSize, nested too deep, or with too many elements, tags or values.
	ErrTooLarge = errors.New("spif: policy file too large")
	// ErrSyntax: not well-formed XML, or with a DOCTYPE or processing instruction.
	ErrSyntax = errors.New("spif: malformed policy file")
	// ErrNotSPIF: XML, but its root is not a SPIF element of the SPIF namespace; real files have it misspelt.
	ErrNotSPIF = errors.New("spif: not a SPIF")
	// ErrVersion: a schema version other than 1.0, 2.0, 2.1.
	ErrVersion = errors.New("spif: unknown schema version")
	// ErrInvalid: a SPIF that breaks its schema or contradicts itself in a way that leaves a label's meaning open; Lint tells
	// what else is wrong with it.
	ErrInvalid = errors.New("spif: invalid policy")
	// ErrConflict: policies that cannot stand in one Site.
	ErrConflict = errors.New("spif: conflicting policies")
	// ErrUnknownPolicy: a label or clearance names a policy that the Site does not hold, or names it wrongly.
	ErrUnknownPolicy = errors.New("spif: unknown policy")
	// ErrSelection: chosen values that no label can be made of.
	ErrSelection = errors.New("spif: bad selection")
)
