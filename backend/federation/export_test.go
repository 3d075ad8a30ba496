package federation

import (
	"time"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// SetMaxSingle changes how many entries are looked at one by one, and gives what it was.
func SetMaxSingle(n int) int {
	was := maxSingle
	maxSingle = n
	return was
}

// Words says why a directory could not be asked.
func Words(d installation.Directory, err error) string { return words(d, err, nil, time.Second) }

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

// KeepFor changes how long a connection is kept that nobody uses.
func (f *Federation) KeepFor(d time.Duration) { f.keepFor = d }

// Kept counts the connections that are kept.
func (f *Federation) Kept() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.conns)
}

// Opening counts the connections that are being opened ahead.
func (f *Federation) Opening() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.opens)
}

// Key is how an address is looked up.
func Key(address string) string { return key(address) }
