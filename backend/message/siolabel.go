package message

import (
	"fmt"

	"caveat/backend/label/siolabel"
)

// sioLabel writes the label field: marking and colours for people, the STANAG 4774 XML for programs.
//
// std: RFC7444 §4
func sioLabel(s Seal) ([]byte, error) {
	if err := checkLabel(s.Label); err != nil {
		return nil, err
	}
	if err := checkText("marking", s.Marking); err != nil {
		return nil, err
	}
	words, err := siolabel.Parameters(s.Label, s.Marking, s.Foreground, s.Background)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return field("SIO-Label", words...)
}
