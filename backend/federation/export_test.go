package federation

import (
	"time"

	"caveat/ldapbook"
)

// CountClasses counts classes of one directory as Audience does, without a book.
func (s *Screen) CountClasses(directory string, classes []ldapbook.Class, readAt time.Time) Counts {
	d, _ := s.f.Directory(directory)
	s.learn(classes)
	t := &tally{s: s, d: d, readAt: readAt, classes: map[int64]judgedClass{}, byKey: map[string]int64{}, out: Audience{Domains: map[string]int{}}}
	for _, c := range classes {
		t.class(c)
	}
	return t.out.Counts
}
