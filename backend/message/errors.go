package message

import (
	"errors"

	"caveat/backend/label/siolabel"
)

// Sentinel errors of composing.
var (
	// ErrInvalid: a value that must not or cannot stand in a message; the error names the field.
	ErrInvalid = errors.New("message: invalid")
	// ErrUnsupported: the draft asks for something that cannot be put into a message yet; the error names the field.
	ErrUnsupported = errors.New("message: not supported yet")
	// ErrContent: the bytes of an attachment are not those that the draft names.
	ErrContent = errors.New("message: the content of an attachment is not what the draft names")
)

// Sentinel errors of reading.
var (
	// ErrNoLabel: the message has no SIO-Label, or one that holds a marking only. Compose returns it for a draft without label.
	ErrNoLabel = errors.New("message: no label")
	// ErrTwoLabels: more than one SIO-Label, so that two readers could take different ones.
	ErrTwoLabels = errors.New("message: more than one SIO-Label")
	// ErrSyntax: the header, or the SIO-Label in it, is not written as the standards say.
	ErrSyntax = errors.New("message: malformed header")
	// ErrContinuation: the numbered pieces of a parameter have a gap, or stand twice.
	ErrContinuation = siolabel.ErrContinuation
	// ErrBase64: the label parameter is not base64.
	ErrBase64 = siolabel.ErrBase64
	// ErrLabel: the label is not a STANAG 4774 label; the error also wraps the cause of package label.
	ErrLabel = siolabel.ErrLabel
	// ErrType: a label of a kind that cannot be read from this message alone, such as ":ess" or a STANAG 4778 binding.
	ErrType = siolabel.ErrType
)
