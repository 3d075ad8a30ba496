package message

import (
	"fmt"
	"strings"

	"caveat/backend/spif"
)

// inlineMarks puts the first and last line of text around a text, each with an empty line between, as mail programs that know no
// labels show them. They go around whatever the text begins and ends with, a line that looks like a marking too: the outermost lines
// are never the drafter's.
//
// std: RFC7444 §1.1, Open XML SPIF 2.1
func inlineMarks(text string, m spif.Placed) (string, error) {
	if m.FirstLine == "" && m.LastLine == "" {
		return text, nil
	}
	for _, line := range []string{m.FirstLine, m.LastLine} {
		if err := checkText("marking of the text", line); err != nil {
			return "", err
		}
	}
	var parts []string
	for _, p := range []string{m.FirstLine, strings.TrimRight(text, "\r\n"), m.LastLine} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "\n\n") + "\n", nil
}

// MarkedSubject puts the marking for the subject behind it, in brackets unless it begins with some. A subject that ends with it
// stays as it is, so that an answer does not collect them.
//
// std: RFC7444 §1.1, Open XML SPIF 2.1
func MarkedSubject(subject, mark string) string {
	mark = strings.TrimSpace(mark)
	if mark == "" {
		return subject
	}
	if !strings.ContainsAny(mark[:1], "([{<") {
		mark = "(" + mark + ")"
	}
	if strings.HasSuffix(strings.TrimSpace(subject), mark) {
		return subject
	}
	return strings.TrimSpace(strings.TrimSpace(subject) + " " + mark)
}

// markingField adds the header field that the policy wants for its marking.
//
// std: Open XML SPIF 2.1
func (h *header) markingField(m spif.Placed) {
	if m.Header == "" {
		return
	}
	if !spif.IsHeaderName(m.HeaderName) {
		h.fail(fmt.Errorf("%w: the policy's header field for markings %.80q: X- and letters, digits and hyphens", ErrInvalid, m.HeaderName))
		return
	}
	if err := checkText(m.HeaderName, m.Header); err != nil {
		h.fail(err)
		return
	}
	h.add(m.HeaderName, unstructured(m.Header)...)
}
