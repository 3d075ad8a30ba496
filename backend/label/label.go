package label

import (
	"errors"
	"strings"
	"time"

	"caveat/backend/label/strictxml"
)

// Namespaces of the two documents.
//
// std: ADatP-4774/A1 App 1, App 2
const (
	Namespace          = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
	ClearanceNamespace = "urn:nato:stanag:4774:confidentialityclearance:1:0"
)

// MaxSize is the longest label or clearance that is read, in bytes.
const MaxSize = 64 << 10

// Sentinel errors; the parser wraps them with line, column and element path (strictxml.Error).
var (
	// ErrSyntax: not a label or clearance as ADatP-4774 writes them.
	ErrSyntax = errors.New("label: malformed")
	// ErrTooLarge: longer than MaxSize, or nested too deep.
	ErrTooLarge = errors.New("label: too large")
)

// Type says how the values of a category count in the decision. The zero Type is no type.
type Type uint8

// The three types of a category.
//
// std: ADatP-4774/A1 App 1
const (
	Restrictive Type = iota + 1 // a clearance must hold every value
	Permissive                  // a clearance must hold at least one value
	Informative                 // never counts
)

// String gives the form that labels carry: RESTRICTIVE, PERMISSIVE, INFORMATIVE.
func (t Type) String() string {
	switch t {
	case Restrictive:
		return "RESTRICTIVE"
	case Permissive:
		return "PERMISSIVE"
	case Informative:
		return "INFORMATIVE"
	}
	return "UNKNOWN"
}

// ParseType reads the form that labels carry, in any case; ok is false for anything else.
func ParseType(s string) (t Type, ok bool) {
	switch strings.ToUpper(s) {
	case "RESTRICTIVE":
		return Restrictive, true
	case "PERMISSIVE":
		return Permissive, true
	case "INFORMATIVE":
		return Informative, true
	}
	return 0, false
}

// PolicyID names a security policy. URI is empty or "urn:oid:" and the policy's object identifier; where it is there it
// decides, and Name is only how people call it.
type PolicyID struct{ Name, URI string }

// OID is the object identifier in URI, or "" without one.
func (p PolicyID) OID() string { return strings.TrimPrefix(p.URI, "urn:oid:") }

// Category is the values of one tag set and type. TagName is the name of the *tag set*; URI is empty or "urn:oid:" and
// the tag set's object identifier. Values keep the order and spelling of the document.
type Category struct {
	TagName    string
	Type       Type
	URI        string
	Values     []string
	Attributes []Attribute // of foreign namespaces
}

// Information is the part of a label that says how sensitive the content is.
type Information struct {
	Policy         PolicyID
	Classification string
	PrivacyMark    string // never counts in a decision
	Categories     []Category

	// What other namespaces add. It never counts in a decision.
	PolicyAttributes, ClassificationAttributes []Attribute
	Extensions                                 []Extension
}

// OriginatorIDTypes are the forms of an originator's name that a label may carry.
//
// std: ADatP-4774/A1 App 1
var OriginatorIDTypes = []string{
	"rfc822Name", "dNSName", "directoryName", "uniformResourceIdentifier", "iPAddress", "x400Address", "userPrincipalName", "jID",
}

// Successor is the label that replaces this one at a set time. It has no kind, identifier or review date of its own.
type Successor struct {
	At    time.Time
	Label Information

	OriginatorID         string
	OriginatorIDType     string // one of OriginatorIDTypes; empty without OriginatorID
	OriginatorAttributes []Attribute
	Created              time.Time  // mandatory by the schema; zero when a received successor lacks it
	Succession           *Successor // what replaces the successor
	LabelExtensions      []Extension
	Extensions           []Extension // of the handling, beside the successor
}

// Kind is which of the label elements a label was read from.
type Kind string

// The label elements. Legacy is the bare ConfidentialityLabel of older systems.
const (
	Originator  Kind = "originatorConfidentialityLabel"
	Alternative Kind = "alternativeConfidentialityLabel"
	Metadata    Kind = "metadataConfidentialityLabel"
	Legacy      Kind = "ConfidentialityLabel"
)

// Label is one STANAG 4774 confidentiality label. The zero Label is no label: it names no policy and every check refuses it.
type Label struct {
	Information
	Kind                 Kind
	ID                   string // the Id attribute, an XML name; empty when absent
	OriginatorID         string
	OriginatorIDType     string // one of OriginatorIDTypes; empty without OriginatorID
	OriginatorAttributes []Attribute
	Created              time.Time // mandatory in a label we make (RULES 3); zero when a received label lacks it
	Review               time.Time // zero when absent; a past one does not make the label invalid
	Succession           *Successor
	Attributes           []Attribute // of the label element, of foreign namespaces
	LabelExtensions      []Extension // beside the information; those inside it are Information.Extensions

	// XML is the label as it was received, byte for byte; nil for a label made here. Marshal returns it unchanged.
	XML []byte
}

// Clearance is one STANAG 4774 confidentiality clearance: one policy, every classification held, the values held.
// The zero Clearance permits nothing.
type Clearance struct {
	Policy          PolicyID
	Classifications []string
	Categories      []Category

	// What other namespaces add. It never counts in a decision.
	Attributes, PolicyAttributes []Attribute
	ClassificationAttributes     [][]Attribute // nil, or one for each of Classifications
	ListExtensions, Extensions   []Extension   // of the classification list; of the whole
}

// Fold is how names and values compare: white space collapsed, case folded.
//
// std: ADatP-4774.1/A1 §3.11
func Fold(s string) string {
	// Go makes a plain i of the Turkish capital İ, which XPath's lower-case does not: they are two letters.
	return strings.ToLower(strings.ReplaceAll(strictxml.Collapse(s), "İ", "i̇"))
}
