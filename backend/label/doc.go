// Package label holds the confidentiality label and the confidentiality clearance of STANAG 4774 (ADatP-4774 Edition A
// Version 1) as values, and reads and writes their XML forms.
//
// A label says how sensitive a piece of information is; a clearance says what somebody may get. Whether they are valid
// under a security policy is package spif's question, whether one permits the other is package cmbac's. This package
// knows the syntax only, and is strict with it: an unknown element, a value given twice, a comment in the middle of a
// text or a wrong namespace is an error, never something to skip, because a label that is half understood is not a label.
//
// Order of calls: ParseLabel or ParseClearance gives a value; Marshal gives its XML; of several labels of one object,
// Applicable says which to go by. A received label is kept byte for byte (Label.XML) and is forwarded in that form; what
// other namespaces add to it is kept in the values, too, and stands in what is written anew.
//
// Other forms lie beside: package binding ties labels to data (STANAG 4778), ess reads the ASN.1 forms, siolabel the header
// field of a mail.
//
// Values are plain data: safe for concurrent use as long as nobody writes to them.
package label
