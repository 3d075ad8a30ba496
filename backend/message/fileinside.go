package message

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"

	"caveat/backend/draft"
	"caveat/backend/label/binding"
)

// inside collects the labels of the messages in a message.
type inside struct {
	file   *fileReader
	around int
	found  []FileLabel
}

func (in *inside) walk(e *message.Entity, depth int) error {
	if in.file.budget--; in.file.budget < 0 || depth > maxDepth {
		return errTooMany
	}
	if err := isClear(e.Header); err != nil {
		return err
	}
	mr := e.MultipartReader()
	if mr == nil {
		return in.leaf(e, depth)
	}
	for {
		p, err := mr.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !message.IsUnknownCharset(err):
			return err
		}
		if err := in.walk(p, depth+1); err != nil {
			return err
		}
	}
}

// isClear refuses a header of which two programs may think differently what the body is: one takes a text for what is a message with
// labelled ones inside to the other.
func isClear(h message.Header) error {
	for _, name := range []string{"Content-Type", "Content-Transfer-Encoding"} {
		if h.FieldsByKey(name).Len() > 1 {
			return fmt.Errorf("%s stands there twice", name)
		}
	}
	value := strings.ToLower(h.Get("Content-Type"))
	kind, parameters, err := h.ContentType()
	bare, _, _ := strings.Cut(value, ";")
	// A bracket begins a comment where the type stands; behind it, it is one in a file's name that nobody quoted.
	isComposed := strings.Contains(value, "multipart") || strings.Contains(value, "message/") || strings.Contains(bare, "(")
	if isComposed && (err != nil || strings.TrimSpace(bare) != kind) {
		return errors.New("a Content-Type that cannot be read")
	}
	if strings.HasPrefix(kind, "multipart/") && parameters["boundary"] == "" {
		return errors.New("a multipart without a boundary")
	}
	return nil
}

// leaf reads what may be a message, also one that is called something else; and a sidecar.
func (in *inside) leaf(e *message.Entity, depth int) error {
	name, _ := (&mail.AttachmentHeader{Header: e.Header}).Filename()
	if of, isSidecar := cutSuffixFold(name, draft.SidecarSuffix); isSidecar {
		return in.sidecar(e.Body, of)
	}
	l, err := in.file.read(e.Body, in.around+1, depth+1)
	in.found = append(in.found, l...)
	return err // it could not be decoded
}

// sidecar reads a binding data object beside the part of a name.
func (in *inside) sidecar(r io.Reader, of string) error {
	data, err := io.ReadAll(io.LimitReader(r, binding.MaxSize+1))
	if err != nil {
		return err
	}
	l := FileLabel{Sidecar: of + draft.SidecarSuffix, Reference: SidecarReference(of), Raw: "(a sidecar)", Depth: in.around}
	o, err := binding.Parse(data)
	if err != nil {
		l.Err = fmt.Errorf("%w: %w", ErrSyntax, err)
	} else {
		l.Err = fmt.Errorf("%w: a binding data object", ErrType)
		l.Binding = &o
		in.file.marks.account(data)
	}
	in.found = append(in.found, l)
	return nil
}

func cutSuffixFold(s, suffix string) (string, bool) {
	n := len(s) - len(suffix)
	if n < 0 || !strings.EqualFold(s[n:], suffix) {
		return s, false
	}
	return s[:n], true
}

// isSidecar reports that a document is a binding data object that only says something of other files.
func isSidecar(document []byte) bool {
	if !bytes.Contains(document, []byte(binding.Namespace)) {
		return false
	}
	o, err := binding.Parse(document)
	if err != nil {
		return false
	}
	for _, c := range o.Containers {
		for _, b := range c.Bindings {
			for _, d := range b.Data {
				if d.Reference == nil || d.Reference.URI == "" {
					return false
				}
			}
		}
	}
	return true
}
