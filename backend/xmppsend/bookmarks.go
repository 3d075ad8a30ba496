package xmppsend

import (
	"context"
	"fmt"
	"strings"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
)

// Bookmark is a room that the user keeps.
type Bookmark struct {
	Room, Name, Nick, Password string
	IsAutomatic                bool // to be joined at the beginning; nothing here does it by itself
}

// maxBookmarks is how many are read and written.
const maxBookmarks = 1000

const (
	privateSpace  = "jabber:iq:private"
	bookmarkSpace = "storage:bookmarks"
)

// Bookmarks reads what the server keeps for the account: at its own node of personal events where the server keeps that to the account
// alone, else in its private storage.
//
// std: XEP-0402 §3, XEP-0048 §3, XEP-0049 §3
func (s *Sender) Bookmarks(ctx context.Context, account string) ([]Bookmark, error) {
	if st, is, err := s.hasBookmarkNode(ctx, account); err != nil || is {
		if err != nil {
			return nil, err
		}
		kept, err := s.bookmarkItems(ctx, st)
		return listOf(kept), err
	}
	_, storage, err := s.storage(ctx, account)
	if err != nil {
		return nil, err
	}
	var out []Bookmark
	for _, c := range storage.Children {
		j, err := jid.Parse(attrOf(c, "jid"))
		if c.Space != bookmarkSpace || c.Name != "conference" || err != nil || len(out) == maxBookmarks {
			continue
		}
		b := Bookmark{Room: j.Bare().String(), Name: clean(attrOf(c, "name")), IsAutomatic: isTrue(attrOf(c, "autojoin"))}
		if e := child(c, bookmarkSpace, "nick"); e != nil {
			b.Nick = e.Text
		}
		if e := child(c, bookmarkSpace, "password"); e != nil {
			b.Password = e.Text
		}
		out = append(out, b)
	}
	return out, nil
}

// SetBookmarks replaces the rooms that the server keeps; what else is kept beside them stays.
//
// std: XEP-0402 §3, XEP-0048 §3, XEP-0049 §3
func (s *Sender) SetBookmarks(ctx context.Context, account string, list []Bookmark) error {
	if len(list) > maxBookmarks {
		return fmt.Errorf("%w: %d bookmarks", ErrTooMuch, len(list))
	}
	for _, b := range list {
		if _, err := bareOf(b.Room); err != nil || strings.ContainsAny(b.Nick+b.Name+b.Password, "\x00\r\n") {
			return fmt.Errorf("%w: bookmark of %.80q", ErrAddress, b.Room)
		}
	}
	if st, is, err := s.hasBookmarkNode(ctx, account); err != nil || is {
		if err != nil {
			return err
		}
		return s.setBookmarkItems(ctx, st, list)
	}
	answer, storage, err := s.storage(ctx, account)
	if err != nil {
		return err
	}
	var w strictxml.Writer
	w.Raw(`<query xmlns="` + privateSpace + `"><storage xmlns="` + bookmarkSpace + `">`)
	for _, c := range storage.Children {
		if c.Space != bookmarkSpace || c.Name != "conference" {
			w.Raw(c.Standalone(answer.doc))
		}
	}
	for _, b := range list {
		to, err := bareOf(b.Room)
		if err != nil {
			return err
		}
		w.Raw("<conference")
		w.Attr("jid", to.String())
		w.Optional("name", b.Name)
		if b.IsAutomatic {
			w.Attr("autojoin", "true")
		}
		w.Raw(">")
		if b.Nick != "" {
			w.Leaf("nick", b.Nick)
		}
		if b.Password != "" {
			w.Leaf("password", b.Password)
		}
		w.Raw("</conference>")
	}
	w.Raw("</storage></query>")
	_, st, err := s.online(account)
	if err != nil {
		return err
	}
	_, err = st.ask(ctx, "set", "", w.String())
	return err
}

func (s *Sender) storage(ctx context.Context, account string) (stanza, *strictxml.Element, error) {
	_, st, err := s.online(account)
	if err != nil {
		return stanza{}, nil, err
	}
	x, err := st.ask(ctx, "get", "", `<query xmlns="`+privateSpace+`"><storage xmlns="`+bookmarkSpace+`"/></query>`)
	if err != nil {
		return stanza{}, nil, err
	}
	storage := child(child(x.Element, privateSpace, "query"), bookmarkSpace, "storage")
	if storage == nil {
		return stanza{}, nil, fmt.Errorf("%w: the server gives no bookmarks", ErrProtocol)
	}
	return x, storage, nil
}
