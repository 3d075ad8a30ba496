package demo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"caveat/backend/label/strictxml"
)

const (
	archiveSpace = "urn:xmpp:mam:2"
	pagesSpace   = "http://jabber.org/protocol/rsm"
	formSpace    = "jabber:x:data"
	idSpace      = "urn:xmpp:sid:0"
)

// kept is one message of an archive.
type kept struct {
	stanza
	name string // of the message in the archive
	at   time.Time
}

// archive is what was said to and by one person, or in one room, oldest first. It does not outlive the run, but for what was there from
// the first start on.
type archive []kept

// mostKept is how many messages an archive holds.
const mostKept = 500

func (a *archive) add(x stanza, name string, at time.Time) {
	if *a = append(*a, kept{x, name, at}); len(*a) > mostKept {
		*a = (*a)[1:]
	}
}

// named gives a message the name that it has in the archive of an address.
//
// std: XEP-0359 §3
func (x stanza) named(name, by string) stanza {
	x.inner += `<stanza-id xmlns="` + idSpace + `" by="` + escaped(by) + `" id="` + escaped(name) + `"/>`
	return x
}

// archived keeps a message of somebody who has an account here, and gives it its name.
func (s *chatServer) archived(x stanza, account string) stanza {
	if !x.says() || x.typ == "groupchat" || isRoomAddress(x.from) || account != s.user {
		return x
	}
	name := newChatID()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said.add(x, name, time.Now().UTC().Truncate(time.Second))
	return x.named(name, account)
}

// archiveQuery is what somebody wants of an archive.
type archiveQuery struct {
	id, with      string
	from, until   time.Time
	after, before string
	isLast        bool // the page before one, or the last
	most          int
}

// readArchiveQuery reads it; ok is false for what this server does not know.
//
// std: XEP-0313 §4.1, XEP-0059 §2
func readArchiveQuery(e *strictxml.Element) (q archiveQuery, ok bool) {
	q.most = 100
	q.id, _ = e.Attr("queryid")
	for _, f := range fields(childOf(e, formSpace, "x")) {
		var err error
		switch value := f[1]; f[0] {
		case "FORM_TYPE":
		case "with":
			q.with = bareOf(value)
		case "start":
			q.from, err = time.Parse(time.RFC3339, value)
		case "end":
			q.until, err = time.Parse(time.RFC3339, value)
		default:
			return q, false
		}
		if err != nil {
			return q, false
		}
	}
	set := childOf(e, pagesSpace, "set")
	if m := childOf(set, pagesSpace, "max"); m != nil {
		if n, err := strconv.Atoi(strings.TrimSpace(m.Text)); err == nil && n >= 0 {
			q.most = min(n, 100)
		}
	}
	if a := childOf(set, pagesSpace, "after"); a != nil {
		q.after = a.Text
	}
	if b := childOf(set, pagesSpace, "before"); b != nil {
		q.before, q.isLast = b.Text, true
	}
	return q, true
}

// fields are the names and first values of a form.
func fields(form *strictxml.Element) (out [][2]string) {
	if form == nil {
		return nil
	}
	for _, f := range form.Children {
		name, _ := f.Attr("var")
		if v := childOf(f, formSpace, "value"); v != nil {
			out = append(out, [2]string{name, v.Text})
		}
	}
	return out
}

// page is a stretch of an archive; ok is false when a message that the query names is not there.
func (a archive) page(q archiveQuery) (out []kept, isComplete, ok bool) {
	list := slices.DeleteFunc(slices.Clone(a), func(k kept) bool {
		return q.with != "" && bareOf(k.from) != q.with && bareOf(k.to) != q.with || k.at.Before(q.from) || !q.until.IsZero() && k.at.After(q.until)
	})
	at := func(name string) int { return slices.IndexFunc(list, func(k kept) bool { return k.name == name }) }
	if q.after != "" {
		i := at(q.after)
		if i < 0 {
			return nil, false, false
		}
		list = list[i+1:]
	}
	if q.before != "" {
		i := at(q.before)
		if i < 0 {
			return nil, false, false
		}
		list = list[:i]
	}
	switch n := len(list); {
	case n <= q.most:
		return list, true, true
	case q.isLast:
		return list[n-q.most:], false, true
	default:
		return list[:q.most], false, true
	}
}

// answerArchive gives a page of an archive to whoever asked.
//
// std: XEP-0313 §4.2, §4.3
func (s *chatServer) answerArchive(x stanza, a archive) {
	q, ok := readArchiveQuery(x.child(archiveSpace, "query"))
	if !ok || x.typ != "set" {
		s.send(x.refusal("cancel", "feature-not-implemented", ""))
		return
	}
	list, isComplete, ok := a.page(q)
	if !ok {
		s.send(x.refusal("cancel", "item-not-found", ""))
		return
	}
	for _, k := range list {
		inside := strings.Replace(k.octets(), "<message", `<message xmlns="`+chatSpace+`"`, 1)
		one := stanza{kind: "message", from: x.to, to: x.from, inner: fmt.Sprintf(
			`<result xmlns="%s" queryid="%s" id="%s"><forwarded xmlns="urn:xmpp:forward:0"><delay xmlns="urn:xmpp:delay" stamp="%s"/>%s</forwarded></result>`,
			archiveSpace, escaped(q.id), k.name, k.at.Format(time.RFC3339), inside)}
		if y, err := parseStanza(one.octets()); err == nil { // so that links can judge what is within
			s.send(y)
		} else {
			s.f.log.Error("an archive's message", "error", err)
		}
	}
	var w strictxml.Writer
	w.Raw(fmt.Sprintf(`<fin xmlns="%s" complete="%t"><set xmlns="%s">`, archiveSpace, isComplete, pagesSpace))
	if len(list) > 0 {
		w.Leaf("first", list[0].name)
		w.Leaf("last", list[len(list)-1].name)
	}
	w.Raw(fmt.Sprintf("<count>%d</count></set></fin>", len(list)))
	s.send(x.result(w.String()))
}
