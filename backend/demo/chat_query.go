package demo

import (
	"slices"

	"caveat/backend/label/strictxml"
)

// query answers a question to the server or to the account of somebody here: what it can do and has, and whether it is there. A question
// to a session goes to that one.
//
// std: XEP-0030 §3, XEP-0199 §4
func (s *chatServer) query(x stanza, local string) {
	if local != "" && resourceOf(x.to) != "" {
		if !s.deliver(x) {
			s.send(x.refusal("cancel", "service-unavailable", ""))
		}
		return
	}
	isOwn := local != "" && bareOf(x.from) == bareOf(x.to)
	switch {
	case local != "" && !isOwn:
		s.send(x.refusal("cancel", "service-unavailable", ""))
	case x.child(pingSpace, "ping") != nil:
		s.send(x.result(""))
	case x.child(infoSpace, "query") != nil && isOwn:
		s.send(x.result(abilities("account", "registered", "", archiveSpace)))
	case x.child(infoSpace, "query") != nil:
		s.send(x.result(abilities("server", "im", "", catalogueSpace)))
	case isOwn && x.child(archiveSpace, "query") != nil:
		s.mu.Lock()
		past := slices.Clone(s.said)
		s.mu.Unlock()
		s.answerArchive(x, past)
	case isOwn && x.child(privateSpace, "query") != nil:
		s.private(x)
	case local == "" && x.child(catalogueSpace, "catalog") != nil:
		s.catalogue(x)
	case x.child(itemsSpace, "query") != nil:
		s.send(x.result(items(cultures[s.code].roomsDomain())))
	default:
		s.send(x.refusal("cancel", "service-unavailable", ""))
	}
}

// abilities is what something can do, beside what everything here can.
func abilities(category, kind, name string, more ...string) string {
	var w strictxml.Writer
	w.Raw(`<query xmlns="` + infoSpace + `"><identity`)
	w.Attr("category", category)
	w.Attr("type", kind)
	w.Optional("name", name)
	w.Raw("/>")
	for _, f := range append([]string{infoSpace, itemsSpace, pingSpace, labelFeature}, more...) {
		w.Raw(`<feature var="` + f + `"/>`)
	}
	w.Raw("</query>")
	return w.String()
}

func items(jids ...string) string {
	var w strictxml.Writer
	w.Raw(`<query xmlns="` + itemsSpace + `">`)
	for _, jid := range jids {
		w.Raw("<item")
		w.Attr("jid", jid)
		w.Raw("/>")
	}
	w.Raw("</query>")
	return w.String()
}

// mostListed is how many rooms a service lists.
const mostListed = 100

func (s *chatServer) listed() (out []string) {
	s.f.mu.RLock()
	defer s.f.mu.RUnlock()
	for _, n := range s.f.nations[s.code].nodes {
		if n.kind == room && !n.gone && len(out) < mostListed {
			out = append(out, n.address)
		}
	}
	slices.Sort(out)
	return out
}
