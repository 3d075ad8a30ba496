package message

import (
	"fmt"
	"net/mail"
	"time"

	"caveat/backend/label"
	"caveat/backend/label/siolabel"
)

// Change is one change of a message's label.
//
// std: RFC7444 §5
type Change struct {
	Action  siolabel.Action
	By      string    // who changed it: an address or a host's name
	At      time.Time // written in UTC; read, the zero time is one that cannot be read
	Comment string
	// Old and New are what the label was before and after; nil: none. Where one that came in cannot be read, its marking is left.
	Old, New *siolabel.Value
}

// Labelled is one side of a Change: a label with its marking, which may be empty, and its colours.
func Labelled(l label.Label, marking, foreground, background string) *siolabel.Value {
	return &siolabel.Value{Label: &l, Marking: marking, Foreground: foreground, Background: background}
}

// history adds the trace, behind the label that it leads to.
//
// std: RFC7444 §5
func (h *header) history(list []Change) {
	for _, c := range list {
		if c.At.IsZero() || c.At.Year() < 1900 || c.At.Year() > 9999 {
			h.fail(fmt.Errorf("%w: SIO-Label-History: no date", ErrInvalid))
			return
		}
		for _, v := range []*siolabel.Value{c.Old, c.New} {
			if v == nil || v.Label == nil {
				continue
			}
			if err := checkLabel(*v.Label); err != nil {
				h.fail(fmt.Errorf("SIO-Label-History: %w", err))
				return
			}
		}
		change := siolabel.Change{Action: c.Action, By: c.By, At: c.At.UTC().Format(mailDate), Comment: c.Comment, Old: c.Old, New: c.New}
		words, err := change.Parameters()
		if err != nil {
			h.fail(fmt.Errorf("%w: SIO-Label-History: %w", ErrInvalid, err))
			return
		}
		h.add("SIO-Label-History", words...)
	}
}

// maxHistory is how many changes are read.
const maxHistory = 50

// readHistory reads the fields of a message. One that cannot be read is counted; it says nothing about the label itself.
//
// std: RFC7444 §5
func readHistory(values []string) (list []Change, unread int) {
	for i, v := range values {
		c, err := siolabel.ParseHistory(v)
		if err != nil || i >= maxHistory {
			unread++
			continue
		}
		at, err := mail.ParseDate(c.At)
		if err != nil {
			at = time.Time{}
		}
		list = append(list, Change{Action: c.Action, By: OneLine(c.By), At: Moment(at), Comment: OneLine(c.Comment), Old: c.Old, New: c.New})
	}
	return list, unread
}
