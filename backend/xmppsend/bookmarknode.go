package xmppsend

import (
	"context"
	"errors"
	"slices"
	"strings"

	"mellium.im/xmpp/jid"

	"caveat/backend/label/strictxml"
	"caveat/backend/message"
)

const (
	pubsubSpace  = "http://jabber.org/protocol/pubsub"
	optionsSpace = pubsubSpace + "#publish-options"
	bookmarkNode = "urn:xmpp:bookmarks:1"
)

// nodeItem is a bookmark as the node has it.
type nodeItem struct {
	Bookmark
	extensions string // of other programs: kept as it is
}

// hasBookmarkNode reports that bookmarks are kept at a node of the account. Where a server does not hold a node to the access that we ask
// for, everybody on the roster would be told which rooms the user keeps, and their passwords: then nothing is put there.
//
// std: XEP-0402 §6, XEP-0163 §4.1
func (s *Sender) hasBookmarkNode(ctx context.Context, account string) (*stream, bool, error) {
	_, st, err := s.online(account)
	if err != nil {
		return nil, false, err
	}
	known, err := s.features(ctx, st, st.address().Bare().String())
	if errors.Is(err, ErrRefused) {
		return st, false, nil
	}
	return st, slices.Contains(known, optionsSpace), err
}

// bookmarkItems reads the node; one that is not there yet is empty.
//
// std: XEP-0402 §3.1
func (s *Sender) bookmarkItems(ctx context.Context, st *stream) (map[string]nodeItem, error) {
	x, err := st.ask(ctx, "get", "", `<pubsub xmlns="`+pubsubSpace+`"><items node="`+bookmarkNode+`"/></pubsub>`)
	var refusal *message.StanzaError
	if errors.As(err, &refusal) && refusal.Condition == "item-not-found" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	kept := map[string]nodeItem{}
	items := child(child(x.Element, pubsubSpace, "pubsub"), pubsubSpace, "items")
	if items == nil || attrOf(items, "node") != bookmarkNode {
		return nil, nil
	}
	for _, i := range items.Children {
		j, err := jid.Parse(attrOf(i, "id"))
		e := child(i, bookmarkNode, "conference")
		if i.Name != "item" || e == nil || err != nil || j.Localpart() == "" || len(kept) == maxBookmarks {
			continue
		}
		n := nodeItem{Bookmark: Bookmark{Room: j.Bare().String(), Name: clean(attrOf(e, "name")), IsAutomatic: isTrue(attrOf(e, "autojoin"))}}
		for _, c := range e.Children {
			switch {
			case c.Space != bookmarkNode:
			case c.Name == "nick":
				n.Nick = c.Text
			case c.Name == "password":
				n.Password = c.Text
			case c.Name == "extensions":
				n.extensions = c.Standalone(x.doc)
			}
		}
		kept[n.Room] = n
	}
	return kept, nil
}

func listOf(kept map[string]nodeItem) (list []Bookmark) {
	for _, n := range kept {
		list = append(list, n.Bookmark)
	}
	slices.SortFunc(list, func(a, b Bookmark) int { return strings.Compare(a.Room, b.Room) })
	return list
}

// setBookmarkItems puts what is new, and takes away what is not wanted any more. What it has done before an error stays.
//
// std: XEP-0402 §3.3, §3.4
func (s *Sender) setBookmarkItems(ctx context.Context, st *stream, list []Bookmark) error {
	kept, err := s.bookmarkItems(ctx, st)
	if err != nil {
		return err
	}
	for _, b := range list {
		to, err := bareOf(b.Room)
		if err != nil {
			return err
		}
		b.Room = to.String()
		old, is := kept[b.Room]
		delete(kept, b.Room)
		if is && old.Bookmark == b {
			continue
		}
		if _, err := st.ask(ctx, "set", "", publication(nodeItem{b, old.extensions})); err != nil {
			return err
		}
	}
	for room := range kept {
		var w strictxml.Writer
		w.Raw(`<pubsub xmlns="` + pubsubSpace + `"><retract node="` + bookmarkNode + `" notify="true"><item`)
		w.Attr("id", room)
		w.Raw("/></retract></pubsub>")
		if _, err := st.ask(ctx, "set", "", w.String()); err != nil {
			return err
		}
	}
	return nil
}

// publication puts one bookmark to the node, on the terms that it is kept, and for the account alone.
//
// std: XEP-0402 §3.3, XEP-0223 §3
func publication(n nodeItem) string {
	var w strictxml.Writer
	w.Raw(`<pubsub xmlns="` + pubsubSpace + `"><publish node="` + bookmarkNode + `"><item`)
	w.Attr("id", n.Room)
	w.Raw(`><conference xmlns="` + bookmarkNode + `"`)
	w.Optional("name", n.Name)
	if n.IsAutomatic {
		w.Attr("autojoin", "true")
	}
	w.Raw(">")
	if n.Nick != "" {
		w.Leaf("nick", n.Nick)
	}
	if n.Password != "" {
		w.Leaf("password", n.Password)
	}
	w.Raw(n.extensions + `</conference></item></publish><publish-options><x xmlns="jabber:x:data" type="submit">`)
	for _, f := range [][2]string{
		{"FORM_TYPE", optionsSpace}, {"pubsub#persist_items", "true"}, {"pubsub#max_items", "max"},
		{"pubsub#send_last_published_item", "never"}, {"pubsub#access_model", "whitelist"},
	} {
		w.Raw("<field")
		w.Attr("var", f[0])
		w.Raw(">")
		w.Leaf("value", f[1])
		w.Raw("</field>")
	}
	w.Raw("</x></publish-options></pubsub>")
	return w.String()
}
