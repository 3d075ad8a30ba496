package message

import "time"

// Moment gives a time that came from outside, in UTC, when it can be told: its year is 1 to 9999. The zero time is none: any other
// could not be written as JSON or in a header, so that one message would take all others with it.
func Moment(at time.Time) time.Time {
	if at = at.UTC(); at.Year() < 1 || at.Year() > 9999 {
		return time.Time{}
	}
	return at
}
