// Package binding reads and writes binding data objects (STANAG 4778, schema version 1.4): XML that says which metadata,
// above all which confidentiality labels, belong to which data. The object may lie beside the data (detached), inside it
// (embedded, reference ""), or hold it (encapsulating).
//
// A binding here is a statement, not a proof: signatures are kept and not checked.
//
// Order of calls: Parse gives an Object, Object.Bound the labels of one piece of data, label.Applicable the one of them to
// go by. Values are plain data: safe for concurrent use as long as nobody writes to them.
package binding

import (
	"errors"

	"caveat/backend/label"
)

// Namespace of binding data objects.
//
// std: STANAG 4778 binding data objects
const Namespace = "urn:nato:stanag:4778:bindinginformation:1:0"

// Namespaces that the schema refers to.
const (
	xmimeNamespace = "http://www.w3.org/2005/05/xmlmime"
	dsNamespace    = "http://www.w3.org/2000/09/xmldsig#"
)

// Limits of what is read.
const (
	MaxSize   = 1 << 20 // bytes, encapsulated data included
	MaxLabels = 256     // labels in one object
)

// Sentinel errors; all but ErrContradiction come with line, column and element path (strictxml.Error).
var (
	// ErrSyntax: not a binding data object as STANAG 4778 writes them, or one with a label that cannot be read.
	ErrSyntax = errors.New("binding: malformed")
	// ErrTooLarge: more than MaxSize bytes or MaxLabels labels, or nested too deep.
	ErrTooLarge = errors.New("binding: too large")
	// ErrDraft: of a draft from before the standard; such an error wraps ErrSyntax, too.
	ErrDraft = errors.New("binding: namespace of an early draft of STANAG 4778")
	// ErrContradiction: two bindings give one piece of data labels that cannot both be true.
	ErrContradiction = errors.New("binding: contradicting labels")
)

// Object is one binding data object. The zero Object binds nothing.
type Object struct {
	Containers []Container
	Signatures []label.Extension // ds:Signature elements, as received; they hold for XML only
	Attributes []label.Attribute // of foreign namespaces
	Extensions []label.Extension

	// XML is the object as it was received, byte for byte; nil for one made here. Marshal returns it unchanged.
	XML []byte
}

// Container is a group of bindings.
type Container struct {
	ID         string
	Bindings   []Binding
	Attributes []label.Attribute
	Extensions []label.Extension
}

// Binding says that all its metadata belong to all its data. Both have at least one entry.
type Binding struct {
	ID         string
	Metadata   []Metadata
	Data       []Data
	Attributes []label.Attribute
}

// Metadata is one piece of metadata: exactly one of Label, Other and Reference is set.
type Metadata struct {
	Label     *label.Label     // its XML stands alone: it may be put elsewhere
	Other     *label.Extension // metadata that is no label
	Reference *Reference       // metadata that lies elsewhere, and may be a label
	Content                    // of Label and Other; a Reference has its own
}

// Data is one piece of data: Reference is set, or XML holds it.
type Data struct {
	Reference *Reference
	XML       string // encapsulated data: text as it is escaped in XML, with at most one element, which stands alone
	Content
}

// Reference points at metadata or data.
type Reference struct {
	URI        string           // empty: the object that contains the binding data object
	Transforms *label.Extension // ds:Transforms: the reference is to a part; nil: to the whole
	Content
}

// Content says what a piece of metadata or data is.
type Content struct {
	ContentType string // a media type
	Encoding    string
	Attributes  []label.Attribute // of foreign namespaces
}
