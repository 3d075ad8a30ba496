package demo

import (
	"time"

	"caveat/backend/label/strictxml"
)

const catalogueSpace = "urn:xmpp:sec-label:catalog:2"

// offered are the labels of the catalogues, each on the mission.
var offered = []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"}

// catalogueFor is what this server lets its person choose for messages to an address: what she may read, what the link carries and what a
// room or person of this nation is cleared for. For the planning room nothing else may be chosen, and only what is below SECRET.
//
// std: XEP-0258 §5
func (s *chatServer) catalogueFor(to string) (string, error) {
	local, domain := partsOf(to)
	nation, isRoom := chatNation(domain)
	isRestricted := isRoom && local == RoomPlanning
	var w strictxml.Writer
	w.Raw(`<catalog xmlns="` + catalogueSpace + `"`)
	w.Attr("to", to)
	w.Attr("name", "Mission")
	w.Attr("desc", "What "+s.code+"'s chat server offers")
	if isRestricted {
		w.Attr("restrict", "true")
	}
	w.Raw(">")
	for _, class := range offered {
		if isRestricted && class != "RESTRICTED" && class != "CONFIDENTIAL" {
			continue
		}
		x, err := s.f.chatStanza(mailAddress(s.user), to, "CATALOGUE", class, onMission, "-", time.Now().UTC().Truncate(24*time.Hour))
		if err != nil {
			return "", err
		}
		x.from = s.user
		if s.originator(x) != "" || !s.mayGo(x, nation, to, isRoom) {
			continue
		}
		w.Raw("<item")
		w.Attr("selector", "Mission|"+class)
		if isRoom && class == roomClass(nation, local) {
			w.Attr("default", "true")
		}
		w.Raw(">" + x.label() + "</item>")
	}
	w.Raw("</catalog>")
	return w.String(), nil
}

// mayGo reports that this server would not refuse a message.
func (s *chatServer) mayGo(x stanza, nation, to string, isRoom bool) bool {
	switch {
	case nation == "":
		return false
	case nation != s.code:
		return s.links[nation] != nil && s.leaving(x, nation) == ""
	}
	address := to
	if !isRoom {
		address = mailAddress(to)
	}
	n, ok := s.clearanceOf(address, isRoom)
	return ok && s.against(x, "", nil, n) == ""
}

// catalogue answers who asks for one: people of this nation.
func (s *chatServer) catalogue(x stanza) {
	to, _ := x.child(catalogueSpace, "catalog").Attr("to")
	if bareOf(x.from) != s.user || to == "" {
		s.send(x.refusal("cancel", "service-unavailable", ""))
		return
	}
	list, err := s.catalogueFor(bareOf(to))
	if err != nil {
		s.f.log.Error("catalogue", "to", to, "error", err)
		s.send(x.refusal("wait", "internal-server-error", ""))
		return
	}
	s.send(x.result(list))
}
