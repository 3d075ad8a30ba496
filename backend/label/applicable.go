package label

import (
	"errors"
	"fmt"
	"time"
)

// ErrContradiction: labels of one object that contradict each other, so that two readers could go by different ones.
var ErrContradiction = errors.New("label: contradicting labels")

// Applied says which label a reader has to go by.
type Applied struct {
	Information      // what is in force
	Index       int  // of the label in the list given
	IsSuccessor bool // Information is of a successor of that label, whose date has come
}

// InForce gives what a label says at a time: its own information, or that of its successor once the date for it has
// passed. That is the review date where the label has one, else the succession date; on the date itself it has passed. A
// review date that has passed changes nothing in a label without successor. The label itself is never changed.
//
// std: ADatP-4774.1/A1 §4.2, §4.3
func (l Label) InForce(at time.Time) (info Information, isSuccessor bool) {
	info = l.Information
	review := l.Review
	for s := l.Succession; s != nil; s = s.Succession {
		due := s.At
		if !review.IsZero() {
			due = review
		}
		if at.Before(due) {
			break
		}
		// A successor has no review date of its own: the next one comes at its succession date.
		info, isSuccessor, review = s.Label, true, time.Time{}
	}
	return info, isSuccessor
}

// Changes lists the times after a given one at which what the label says changes, soonest first: InForce says something else from each
// on. A label without successor never changes.
//
// std: ADatP-4774.1/A1 §4.2, §4.3
func (l Label) Changes(after time.Time) []time.Time {
	var out []time.Time
	reached, review := after, l.Review
	for s := l.Succession; s != nil; s = s.Succession {
		due := s.At
		if !review.IsZero() {
			due = review
		}
		if due.After(reached) { // else it comes with the one before
			out = append(out, due)
			reached = due
		}
		review = time.Time{}
	}
	return out
}

// Applicable gives the label of one object that a reader under the governing policy has to go by: the originator's where
// what it says now is under that policy, else the first alternative of which that is true. ok is false where there is
// neither: the caller may translate what the originator's label says (Label.InForce), and nothing of Applied is set.
//
// A label of the metadata says nothing about the object; a bare ConfidentialityLabel is the originator's. Two labels of the
// originator, or one whose policy has the governing policy's identifier and another name, are ErrContradiction.
//
// An alternative label is somebody's assertion: the caller answers for its binding being trusted.
//
// std: ADatP-4774.1/A1 §4.2, §4.3
func Applicable(labels []Label, governing PolicyID, at time.Time) (a Applied, ok bool, err error) {
	originator, best := -1, -1
	for i, l := range labels {
		switch {
		case l.Kind == Metadata:
			continue
		case l.Kind == Alternative:
		case originator >= 0:
			return Applied{}, false, fmt.Errorf("%w: labels %d and %d are both the originator's", ErrContradiction, originator+1, i+1)
		default:
			originator = i
		}
		info, _ := l.InForce(at)
		same, err := info.Policy.Same(governing)
		if err != nil {
			return Applied{}, false, fmt.Errorf("label %d: %w", i+1, err)
		}
		if same && (best < 0 || i == originator) {
			best = i
		}
	}
	if best < 0 {
		return Applied{}, false, nil
	}
	a.Index = best
	a.Information, a.IsSuccessor = labels[best].InForce(at)
	return a, true, nil
}

// Same reports whether two identifiers name one policy. Where both have a URI that decides, and names that disagree beside
// equal URIs are ErrContradiction; else the names decide, case folded.
func (p PolicyID) Same(q PolicyID) (bool, error) {
	named := Fold(p.Name) == Fold(q.Name)
	if p.URI == "" || q.URI == "" {
		return named, nil
	}
	if p.URI != q.URI {
		return false, nil
	}
	if !named {
		return false, fmt.Errorf("%w: policy %s is called %q and %q", ErrContradiction, p.OID(), p.Name, q.Name)
	}
	return true, nil
}
