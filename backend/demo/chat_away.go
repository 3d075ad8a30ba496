package demo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// away are the nations whose chat servers a test has down: codes in the file demo/chat-away; without it, or with nothing in it, none.
func (f *Federation) away() []string {
	data, err := os.ReadFile(filepath.Join(folder(f.dir), "chat-away"))
	if err != nil {
		return nil
	}
	return strings.Fields(strings.ToUpper(string(data)))
}

// lookAway stops the servers that the file names, and starts those again that it named before: what StopChat stopped stays so.
func (f *Federation) lookAway() {
	away := f.away()
	for code, s := range f.chats {
		isAway := slices.Contains(away, code)
		switch {
		case isAway && !s.isAway:
			s.stop()
		case !isAway && s.isAway:
			if err := s.start(0); err != nil {
				f.log.Error("the chat server does not start again", "nation", code, "error", err) // it is tried again
				continue
			}
		}
		s.isAway = isAway
	}
}
