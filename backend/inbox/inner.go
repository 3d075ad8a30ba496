package inbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"caveat/backend/label"
	"caveat/backend/message"
)

// Inner is a label of what goes with a message: of a file, of a message inside, or in a sidecar.
type Inner struct {
	File    int     `json:"file"`              // index of the file; -1: none, or not known of which
	XML     string  `json:"xml,omitempty"`     // the label
	Problem Problem `json:"problem,omitempty"` // why it cannot be read; then XML is empty
}

// Problem says why something that should be a label cannot be read: a code, so that nothing of the message stands in it.
type Problem string

// The problems.
const (
	ProblemUnreadable Problem = "unreadable" // a label, or a message that may bear some
	ProblemLookalike  Problem = "lookalike"  // something that looks like a label, where none is read
)

// Text says it in words.
func (p Problem) Text() string {
	switch p {
	case "":
		return ""
	case ProblemLookalike:
		return "Something in it looks like a label and stands where none is read."
	}
	return "A label in what goes with it cannot be read, or there may be one where it cannot be gone through to its end."
}

// IsReadable reports that it is a label, and not only something that should be one.
func (i Inner) IsReadable() bool { return i.Problem == "" }

// innerLabels reads a message with the labels of all that goes with it.
func (b *Box) innerLabels(body []byte) (message.Mail, []Inner, error) {
	var inner []Inner
	var failed error
	var files message.LabelReader // one for all: who puts in many labels puts them into many files
	r := b.reader()
	r.EachFile = func(n int, content io.Reader) {
		found, err := files.Read(content)
		if err != nil {
			failed = errors.Join(failed, err)
			return
		}
		for _, x := range found {
			inner = addInner(inner, b.understood(n, x))
		}
	}
	mail, err := r.Read(bytes.NewReader(body))
	if err != nil {
		return message.Mail{}, nil, err
	}
	whole, err := message.ReadFileLabels(bytes.NewReader(body))
	if err = errors.Join(failed, err); err != nil {
		return message.Mail{}, nil, err
	}
	for _, x := range whole {
		if x.Depth == 0 && x.Sidecar == "" && !errors.Is(x.Err, message.ErrLookalike) {
			continue // the message's own
		}
		if errors.Is(x.Err, message.ErrLookalike) && mail.IsReport {
			continue // the header of the message that it is about, as a text
		}
		inner = addInner(inner, b.understood(fileOf(x, mail.Files), x))
	}
	return mail, inner, nil
}

// addInner adds the labels that are not there already.
func addInner(list, more []Inner) []Inner {
	for _, x := range more {
		if !has(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// fileOf finds the file that a sidecar is about.
func fileOf(x message.FileLabel, files []message.File) int {
	if x.Sidecar == "" || x.Depth > 0 {
		return -1
	}
	for n, f := range files {
		if message.SidecarReference(f.Name) == x.Reference {
			return n
		}
	}
	return -1
}

// has reports that a label is there already: of the same file, or where it is not known of which, of any.
func has(list []Inner, x Inner) bool {
	for _, have := range list {
		if have.XML == x.XML && have.Problem == x.Problem && (have.File == x.File || x.File < 0) {
			return true
		}
	}
	return false
}

// understood gives the labels of something, or what is wrong with it.
func (b *Box) understood(file int, x message.FileLabel) []Inner {
	list, err := []label.Label{x.Label}, x.Err
	if errors.Is(err, message.ErrType) && b.config.Understand != nil {
		list, err = b.config.Understand(x)
	}
	if errors.Is(err, message.ErrLookalike) {
		return []Inner{{File: file, Problem: ProblemLookalike}}
	}
	if err != nil {
		return []Inner{{File: file, Problem: ProblemUnreadable}}
	}
	var out []Inner
	for _, l := range list {
		out = append(out, Inner{File: file, XML: string(l.Marshal())})
	}
	return out
}

func marshalInner(list []Inner) string {
	if len(list) == 0 {
		return ""
	}
	data, err := json.Marshal(list)
	if err != nil {
		panic("inbox: internal error: " + err.Error()) // texts and numbers always marshal
	}
	return string(data)
}

func parseInner(text string) ([]Inner, error) {
	if text == "" {
		return nil, nil
	}
	var out []Inner
	err := json.Unmarshal([]byte(text), &out)
	for i, x := range out {
		if x.Problem != "" && x.Problem != ProblemLookalike {
			out[i].Problem = ProblemUnreadable // it was a sentence once
		}
	}
	return out, err
}

func (b *Box) reader() message.Reader {
	return message.Reader{Site: b.config.Site, At: b.config.Now(), MaxSize: b.config.MaxSize}
}
