package demo

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"caveat/backend/draft"
	"caveat/backend/message"
)

// firstChat is a message that is there from the first start on.
type firstChat struct {
	from    string // mail address
	text    string
	before  time.Duration // the first start
	class   string        // empty: it has no label
	tags    map[string][]string
	correct int    // number of the message that it corrects, from 1 on
	invite  string // room into which it asks, which the text is about
}

// firstChats are what the user finds in her archive: each kind of message that can come from a person, faulty ones among them.
func firstChats() []firstChat {
	return []firstChat{
		{from: GBRRestricted, before: 26 * time.Hour, text: "Is the coffee machine on level two working again?"},
		{from: DEURestricted, before: 20 * time.Hour, text: "Guten Morgen! Die Rampe ist ab 0600 frei. / The ramp is free from 0600 on."},
		{from: UKRNoATOMAL, before: 8 * time.Hour, class: "SECRET", text: "The ford stays closed until Friday."}, // without the context that a label must have
		{from: GBRCleared, before: 6 * time.Hour, class: "TOP SECRET", tags: onMission, text: "Not for this program."},
		{from: AUSCleared, before: 4 * time.Hour, class: "SECRET", tags: releasable("GBR", "AUS"), text: "Convoy leaves the rail head at 0500 on Saturday."},
		{from: AUSCleared, before: 4*time.Hour - 2*time.Minute, class: "SECRET", tags: releasable("GBR", "AUS"), text: "Convoy leaves the rail head at 0500 on Friday.", correct: 5},
		{from: GBRCleared, before: 2 * time.Hour, text: "Planning for next week", invite: RoomJID("GBR", RoomPlanning)},
		{from: UKRCleared, before: 25 * time.Minute, class: "SECRET", tags: onMission, text: "Southern crossing is open to all traffic. Ask me here if you need the load limits."},
	}
}

// firstInRoom is what was said in a room before anybody came. What has no label, or one that the user may not read, is in GBR's own room
// alone: no link would have carried it.
func firstInRoom(nation, local, from string) []firstChat {
	switch {
	case local == RoomOperations && nation == Own:
		return []firstChat{
			{from: from, before: 2 * time.Hour, class: "RESTRICTED", tags: onMission, text: "Radio check at 06:00Z: all stations answer."},
			{from: from, before: 100 * time.Minute, class: "TOP SECRET", tags: onMission, text: "Not for this program."},
			{from: from, before: 80 * time.Minute, text: "Somebody left the lights on in the annex."},
			{from: from, before: time.Hour, class: "RESTRICTED", tags: onMission, text: "Road report at ten, in this room."},
			{from: from, before: 58 * time.Minute, class: "RESTRICTED", tags: onMission, text: "Road report at noon, in this room.", correct: 4},
		}
	case local == RoomOperations:
		return []firstChat{
			{from: from, before: 2 * time.Hour, class: "RESTRICTED", tags: onMission, text: "Radio check at 06:00Z: all stations answer."},
			{from: from, before: time.Hour, class: "RESTRICTED", tags: onMission, text: "Road report at noon, in this room."},
		}
	case local == RoomCoffee:
		return []firstChat{{from: from, before: 3 * time.Hour, class: "UNCLASSIFIED", tags: onMission, text: "Fresh coffee at ten."}}
	case local == RoomPlanning || local == RoomLiaison || local == RoomStations:
		return []firstChat{{from: from, before: 3 * time.Hour, class: "RESTRICTED", tags: onMission, text: "This room is open for the exercise."}}
	}
	return nil
}

// firstTime is when the demonstration was first started on this data directory: what is there from then on must be the same after a
// restart.
func (f *Federation) firstTime() (time.Time, error) {
	path := filepath.Join(folder(f.dir), "chat.json")
	var file struct {
		First time.Time `json:"first"`
	}
	if err := readJSON(path, &file); err != nil {
		return time.Time{}, err
	}
	if file.First.IsZero() {
		file.First = time.Now().UTC().Truncate(time.Second)
		return file.First, writeJSON(path, file)
	}
	return file.First, nil
}

// firstArchive is the archive of the user from the first start on.
func (s *chatServer) firstArchive() error {
	if s.code != Own {
		return nil
	}
	for i, c := range firstChats() {
		x, err := s.f.firstChat(c, s.user, "FIRST-", i+1)
		if err != nil {
			return err
		}
		x.from, x.to = chatAddress(c.from)+"/desk", s.user
		s.said.add(x, x.id, s.f.first.Add(-c.before))
	}
	return nil
}

// firstSaid fills a room.
func (s *chatServer) firstSaid(r *chatRoom) {
	if len(r.there) == 0 {
		return
	}
	local, _ := partsOf(r.address)
	nick, _, _ := strings.Cut(r.there[0], "@")
	for i, c := range firstInRoom(s.code, local, r.there[0]) {
		x, err := s.f.firstChat(c, r.address, "FIRST-"+s.code+"-"+local+"-", i+1)
		if err != nil {
			s.f.log.Error("history not made", "room", r.address, "error", err)
			return
		}
		x.from, x.to = r.address+"/"+nick, r.address
		r.history.add(x, x.id, s.f.first.Add(-c.before))
	}
}

// firstChat makes one message. Only one with a label can be composed: what has none loses it afterwards.
func (f *Federation) firstChat(c firstChat, to, id string, number int) (stanza, error) {
	if c.invite != "" {
		return parseStanza(fmt.Sprintf(`<message id="%s%d"><x xmlns="jabber:x:conference" jid="%s" password="%s" reason="%s"/></message>`,
			id, number, c.invite, PlanningPassword, escaped(c.text)))
	}
	class, tags := c.class, c.tags
	if class == "" {
		class, tags = "UNCLASSIFIED", onMission
	}
	x, err := f.chatStanza(c.from, to, id+strconv.Itoa(number), class, tags, c.text, f.first.Add(-c.before))
	if err != nil {
		return x, err
	}
	octets := x.octets()
	if c.correct > 0 {
		octets = strings.Replace(octets, "</message>", fmt.Sprintf(`<replace xmlns="urn:xmpp:message-correct:0" id="%s%d"/></message>`, id, c.correct), 1)
	}
	if c.class == "" {
		begin, end := strings.Index(octets, "<securitylabel"), strings.Index(octets, "</securitylabel>")
		if begin < 0 || end < begin {
			return x, errUnexpected
		}
		octets = octets[:begin] + octets[end+len("</securitylabel>"):]
	}
	return parseStanza(octets)
}

// chatStanza composes a message as the program of its sender would.
func (f *Federation) chatStanza(from, to, id, class string, tags map[string][]string, text string, at time.Time) (stanza, error) {
	l, sel, err := f.labelFor(from, class, tags, at)
	if err != nil {
		return stanza{}, err
	}
	p := f.policy.Label(l)
	seal := message.Seal{ID: id, Label: l, Marking: f.policy.Mark(p, "en", "")}
	seal.Foreground, seal.Background = f.policy.Colours(p)
	d := draft.Draft{Channel: draft.Chat, From: chatAddress(from), Action: []string{to}, Body: text, Label: draft.Label{Selection: &sel}}
	wire, err := message.ComposeStanza(d, seal, message.Stanza{Room: isRoomAddress(to)})
	if err != nil {
		return stanza{}, err
	}
	return parseStanza(string(wire))
}

// aside has somebody in an operations room greet, once in a run, who enters: to that one alone. The mutex is held.
func (s *chatServer) aside(r *chatRoom, nick, to string) {
	local, _ := partsOf(r.address)
	if key := r.address + " " + bareOf(to); local == RoomOperations && !s.asked[key] {
		s.asked[key] = true
		host, _, _ := strings.Cut(r.there[0], "@")
		x, err := s.f.chatStanza(r.there[0], to, newChatID(), "RESTRICTED", onMission, "Welcome, "+nick+". Only you read this.", time.Now().UTC().Truncate(time.Second))
		if err == nil {
			x, err = parseStanza(strings.Replace(x.octets(), "</message>", `<x xmlns="`+roomSpace+`#user"/></message>`, 1))
		}
		if err != nil {
			s.f.log.Error("no welcome", "room", r.address, "error", err)
			return
		}
		x.typ, x.from, x.to = "chat", r.address+"/"+host, to
		s.send(x)
	}
}
