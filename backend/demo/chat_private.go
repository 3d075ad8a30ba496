package demo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"caveat/backend/label/strictxml"
)

const (
	privateSpace  = "jabber:iq:private"
	bookmarkSpace = "storage:bookmarks"
)

// bookmarksFile is where a nation's chat user keeps rooms.
func (s *chatServer) bookmarksFile() string {
	return filepath.Join(folder(s.f.dir), "chat", s.code+"-bookmarks.xml")
}

// private keeps the user's bookmarks, octet for octet, also after a restart. It keeps nothing else.
//
// std: XEP-0048 §3, XEP-0049 §3
func (s *chatServer) private(x stanza) {
	storage := childOf(x.child(privateSpace, "query"), bookmarkSpace, "storage")
	switch {
	case storage == nil:
		s.send(x.refusal("cancel", "service-unavailable", "Only bookmarks are kept."))
	case x.typ == "set":
		if err := s.keepBookmarks(storage, x.whole); err != nil {
			s.f.log.Error("bookmarks", "error", err)
			s.send(x.refusal("wait", "internal-server-error", ""))
			return
		}
		s.send(x.result(""))
	default:
		kept, err := os.ReadFile(s.bookmarksFile())
		if errors.Is(err, fs.ErrNotExist) {
			kept, err = []byte(s.firstBookmarks()), nil
		}
		if err != nil {
			s.f.log.Error("bookmarks", "error", err)
			s.send(x.refusal("wait", "internal-server-error", ""))
			return
		}
		s.send(x.result(`<query xmlns="` + privateSpace + `">` + string(kept) + `</query>`))
	}
}

func (s *chatServer) keepBookmarks(storage *strictxml.Element, whole []byte) error {
	if err := os.MkdirAll(filepath.Dir(s.bookmarksFile()), 0o700); err != nil {
		return err
	}
	return writeFile(s.bookmarksFile(), []byte(storage.Standalone(whole)))
}

// firstBookmarks is the operations room of the user's own nation.
func (s *chatServer) firstBookmarks() string {
	local, _, _ := strings.Cut(s.user, "@")
	var w strictxml.Writer
	w.Raw(`<storage xmlns="` + bookmarkSpace + `"><conference`)
	w.Attr("jid", RoomJID(s.code, RoomOperations))
	w.Attr("name", "Operations Room")
	w.Raw(">")
	w.Leaf("nick", local)
	w.Raw("</conference></storage>")
	return w.String()
}
