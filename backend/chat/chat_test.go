package chat_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"caveat/backend/chat"
	"caveat/backend/label"
	"caveat/backend/message"
)

// What the user's own clearance does not permit is never written, and the audit log says so once; what cannot be judged is not shown either.
func TestRule20WithheldIsNeverWritten(t *testing.T) {
	d := newDesk(t, nil)
	stop := d.run()
	d.says(olha, raw("chat", "m1", "RESTRICTED", "Permitted", ""))
	d.says(olha, raw("chat", "m2", "SECRET", "TopicalBody", "<subject>TopicalSubject</subject>"))
	two := strings.TrimSuffix(string(raw("chat", "m3", "UNCLASSIFIED", "TopicalTwo", "")), "</message>")
	other := string(raw("chat", "m3", "SECRET", "", ""))
	other = other[strings.Index(other, "<securitylabel"):]
	d.says(olha, []byte(two+other))
	foreign := strings.ReplaceAll(string(raw("chat", "m4", "SECRET", "TopicalForeign", "")), "urn:oid:1.3.6.1.4.1.32473.4774.1", "urn:oid:1.3.6.1.4.1.32473.99")
	d.says(olha, []byte(strings.ReplaceAll(foreign, "NATO", "OTHER")))
	d.said(olha, "Permitted|-|-|-")
	for _, m := range d.messages(olha)[1:] {
		if len(m.Verdict.Reasons) == 0 || m.Verdict.Reasons[0].Held != nil {
			t.Errorf("%+v", m.Verdict)
		}
	}
	if n := d.withheldLines(); n != 3 {
		t.Errorf("%d lines in the audit log", n)
	}
	stop()
	d.holdsNowhere("Topical")
	if c := d.find(olha); c.Unread != 4 || c.Last == nil || c.Last.Body != "" || c.Last.Verdict.MayRead {
		t.Errorf("%+v", c)
	}
}

// A clearance that is lowered takes what is not permitted any more off the disk, once in the log; one that is raised has it read from the archive.
func TestRule20ClearanceChanges(t *testing.T) {
	d := newDesk(t, nil)
	d.run()
	d.online()
	m := d.incoming(olha, raw("chat", "m1", "RESTRICTED", "Once permitted", ""))
	d.server.handler.Message(m)
	d.said(olha, "Once permitted")
	d.holds("UNCLASSIFIED")
	d.said(olha, "-") // at once, whatever is kept
	must(t, d.box.Recheck(t.Context()))
	must(t, d.box.Recheck(t.Context()))
	if n := d.withheldLines(); n != 1 {
		t.Errorf("%d lines in the audit log", n)
	}
	var body string
	must(t, d.store.Reader().QueryRow(`SELECT body FROM chat_message`).Scan(&body))
	if body != "" {
		t.Errorf("kept: %q", body)
	}
	d.server.change(func() { d.server.archive[""] = []chat.Incoming{late(m, "a1", start)} })
	d.holds("RESTRICTED")
	if m := d.messages(olha)[0]; m.Body != "" || m.Problem == "" {
		t.Errorf("before it is read again: %+v", m)
	}
	must(t, d.box.Recheck(t.Context()))
	d.said(olha, "Once permitted")
	d.until("it is whole", func() bool { return d.messages(olha)[0].Problem == "" })
}

// Labels as they come: shown, assumed, faulty, missing; an unlabelled message where messages have labels is flagged.
func TestLabelsAsTheyCome(t *testing.T) {
	d := newDesk(t, func(c *chat.Config) {
		c.Default = func(a string) (chat.Default, bool) {
			return chat.Default{Of: "assumed.example", Label: labelOf("RESTRICTED")}, strings.HasSuffix(a, "@assumed.example")
		}
	})
	d.run()
	d.says(olha, raw("chat", "m1", "", "First", ""))
	d.said(olha, "First")
	if m := d.messages(olha)[0]; m.Flagged != "" || !m.Head.Sensitivity.IsUnlabelled() {
		t.Errorf("where nothing has a label: %+v", m)
	}
	d.says(olha, raw("chat", "m2", "RESTRICTED", "Second", ""))
	d.says(olha, raw("chat", "m3", "", "Third", ""))
	d.says(olha, raw("chat", "m4", "NONSENSE", "Fourth", ""))
	d.says(olha, []byte(`<message xmlns="jabber:client" type="chat" id="m5"><body>Fifth</body><securitylabel xmlns="urn:xmpp:sec-label:0"><label>SECRET</label></securitylabel></message>`))
	d.until("all", func() bool { return len(d.messages(olha)) == 5 })
	list := d.messages(olha)
	for i, want := range []struct {
		flagged, label bool
		fault          message.Fault
	}{{true, false, message.FaultNoLabel}, {false, true, ""}, {true, false, message.FaultNoLabel}, {false, false, message.FaultInvalid}, {false, false, message.FaultType}} {
		m := list[i]
		_, has := m.Head.Label()
		if (m.Flagged != "") != want.flagged || has != want.label || m.Head.Sensitivity.Fault != want.fault {
			t.Errorf("%d: %+v", i, m)
		}
	}
	if m := list[4]; m.Verdict.MayRead || m.Body != "" { // it may say SECRET, and nobody here knows
		t.Errorf("a label in words: %+v", m)
	}
	d.says("x@assumed.example", raw("chat", "m1", "", "Assumed", ""))
	d.says("x@assumed.example", raw("chat", "m2", "NONSENSE", "Not assumed", ""))
	d.until("assumed", func() bool { return len(d.messages("x@assumed.example")) == 2 })
	list = d.messages("x@assumed.example")
	if list[0].Head.Assumed == nil || list[0].Flagged == "" || list[1].Head.Assumed != nil {
		t.Errorf("%+v", list)
	}
}

// A correction takes the place of the sender's own message with the same label; with another label, or of another sender, it does not.
func TestCorrectionCannotChangeTheLabel(t *testing.T) {
	replace := `<replace xmlns="urn:xmpp:message-correct:0" id="m1"/>`
	for name, tt := range map[string]struct {
		nick, class, want string
		flagged           bool
	}{
		"same label":       {"Olha", "RESTRICTED", "new", false},
		"lower label":      {"Olha", "UNCLASSIFIED", "old|new", true},
		"without a label":  {"Olha", "", "old|new", true},
		"higher, withheld": {"Olha", "SECRET", "old|-", true},
		"another's":        {"Eve", "RESTRICTED", "old|new", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, nil)
			d.run()
			d.enter(watch)
			d.server.change(func() {
				d.server.inside[watch] = append(d.server.inside[watch], chat.Occupant{Nick: "Olha", Address: olha}, chat.Occupant{Nick: "Eve", Address: "eve@ukr.example"})
			})
			d.server.handler.Message(d.inRoom("Olha", raw("groupchat", "m1", "RESTRICTED", "old", "")))
			d.said(watch, "old")
			d.server.handler.Message(d.inRoom(tt.nick, raw("groupchat", "m2", tt.class, "new", replace)))
			d.said(watch, tt.want)
			list := d.messages(watch)
			if last := list[len(list)-1]; (last.Flagged != "") != tt.flagged || last.Corrected != (tt.want == "new") {
				t.Errorf("%+v", last)
			}
			// The room's history tells both again.
			for i, m := range []chat.Incoming{d.inRoom("Olha", raw("groupchat", "m1", "RESTRICTED", "old", "")), d.inRoom(tt.nick, raw("groupchat", "m2", tt.class, "new", replace))} {
				m.Delay = &message.Delay{From: watch, At: start.Add(time.Duration(i) * time.Second)}
				d.server.handler.Message(m)
			}
			d.server.handler.Message(d.inRoom("Olha", raw("groupchat", "m3", "UNCLASSIFIED", "end", "")))
			d.said(watch, tt.want+"|end")
		})
	}
}

// History, archive and reflection tell a message again; it is kept once. A sender that uses an id anew loses nothing.
func TestToldTwiceKeptOnce(t *testing.T) {
	d := newDesk(t, nil)
	d.run()
	d.enter(watch)
	say := func(m chat.Incoming) { d.server.handler.Message(m) }
	say(d.inRoom("Olha", raw("groupchat", "m1", "RESTRICTED", "one", `<stanza-id xmlns="urn:xmpp:sid:0" by="`+watch+`" id="a1"/>`)))
	say(d.inRoom("Olha", raw("groupchat", "m1", "RESTRICTED", "two", "")))
	again := d.inRoom("Olha", raw("groupchat", "m1", "RESTRICTED", "two", ""))
	again.Delay = &message.Delay{From: watch, At: start}
	say(again)
	say(late(d.inRoom("Olha", raw("groupchat", "m1", "RESTRICTED", "one", "")), "a1", start))
	unnamed := d.inRoom("Olha", raw("groupchat", "", "RESTRICTED", "unnamed", ""))
	say(unnamed)
	unnamed.Delay = &message.Delay{From: watch, At: start}
	say(unnamed)
	say(d.inRoom("Olha", raw("groupchat", "m9", "UNCLASSIFIED", "end", "")))
	d.said(watch, "one|two|unnamed|end")
	if d.find(watch).Unread != 4 {
		t.Errorf("%+v", d.find(watch))
	}
}

// What the sender says of the time counts for nothing; what the room, the server or the archive says does, and is never in the future.
func TestWhenItWasSaid(t *testing.T) {
	d := newDesk(t, nil)
	d.run()
	delay := func(from string, at time.Time) string {
		return fmt.Sprintf(`<delay xmlns="urn:xmpp:delay" from="%s" stamp="%s"/>`, from, at.Format(time.RFC3339))
	}
	before := start.Add(-time.Hour)
	for i, tt := range []struct {
		from string
		at   time.Time
		want time.Time
	}{{olha, before, start}, {"ukr.example", before, start}, {"gbr.example", before, before}, {"gbr.example", start.Add(time.Hour), start}} {
		who := fmt.Sprintf("p%d@ukr.example", i)
		d.says(who, raw("chat", "m1", "RESTRICTED", "x", delay(tt.from, tt.at)))
		d.until(who, func() bool { return len(d.messages(who)) == 1 })
		if m := d.messages(who)[0]; !m.At.Equal(tt.want) {
			t.Errorf("%+v: %s", tt, m.At)
		}
	}
}

// A room: entered, its subject with its label, who is there, private words, put out, left.
func TestRoom(t *testing.T) {
	d := newDesk(t, nil)
	d.run()
	room := d.enter(watch)
	say := d.server.handler
	say.Message(d.incoming("stranger@rooms.ukr.example", raw("groupchat", "m1", "", "of a room that we are not in", "")))
	subject := func(class, text string) chat.RoomEvent {
		m := d.inRoom("Olha", raw("groupchat", "s", class, "", "<subject>"+text+"</subject>"))
		return chat.RoomEvent{Account: "own", Room: watch, Kind: chat.Subject, Message: &m}
	}
	say.Room(subject("RESTRICTED", "The watch"))
	say.Room(subject("RESTRICTED", "The watch"))
	d.until("subject", func() bool { return len(d.messages(watch)) > 0 })
	p, err := d.box.Messages(t.Context(), room, "", 10)
	must(t, err)
	if p.Subject == nil || p.Subject.Body != "The watch" {
		t.Errorf("%+v", p.Subject)
	}
	say.Room(subject("SECRET", "TopicalSubject"))
	private := d.inRoom("Olha", raw("chat", "m2", "RESTRICTED", "Between us", `<x xmlns="http://jabber.org/protocol/muc#user"/>`))
	d.server.change(func() {
		d.server.inside[watch] = append(d.server.inside[watch], chat.Occupant{Nick: "Olha", Address: olha + "/desk"})
	})
	say.Message(private)
	d.until("private", func() bool { return len(d.messages(watch)) == 3 })
	p, err = d.box.Messages(t.Context(), room, "", 10)
	must(t, err)
	if p.Subject == nil || p.Subject.Body != "" || p.Subject.Verdict.MayRead {
		t.Errorf("a subject above the user: %+v", p.Subject)
	}
	if m := p.Messages[2]; !m.Private || m.Address != olha {
		t.Errorf("%+v", m)
	}
	say.Room(chat.RoomEvent{Account: "own", Room: watch, Kind: chat.Gone, Codes: []int{307}, Reason: "Enough."})
	d.until("put out", func() bool { return d.find(watch).Problem != "" })
	if c := d.find(watch); c.Wanted || c.Problem != "You were put out of the room. Enough." {
		t.Errorf("%+v", c)
	}
	must(t, d.box.Leave(t.Context(), room))
	if c := d.find(watch); c.Joined || len(d.server.left) != 1 {
		t.Errorf("%+v", c)
	}
	must(t, d.box.Close(t.Context(), room))
	if d.find(watch) != nil {
		t.Error("it is still there")
	}
	d.holdsNowhere("TopicalSubject")
}

// A room that refuses is told with its own word for it, and leaves nothing behind.
func TestJoinRefused(t *testing.T) {
	d := newDesk(t, nil)
	d.run()
	d.server.refuses = &chat.Refusal{Condition: "registration-required"}
	_, err := d.box.Join(t.Context(), "", watch, "", "")
	if r, ok := errors.AsType[*chat.Refusal](err); !ok || r.Condition != "registration-required" || d.find(watch) != nil {
		t.Errorf("%v, %+v", err, d.find(watch))
	}
	for _, bad := range []string{"", "watch", "watch@rooms.ukr.example/nick", "a@b@c", "<x>@y"} {
		if _, err := d.box.Join(t.Context(), "", bad, "", ""); !errors.Is(err, chat.ErrAddress) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := d.box.Open(t.Context(), "none", olha); !errors.Is(err, chat.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if _, err := d.box.Open(t.Context(), "", me); !errors.Is(err, chat.ErrAddress) {
		t.Errorf("with oneself: %v", err)
	}
}

// After a restart the rooms are entered again, with the password of the bookmark; what was said meanwhile comes from the archives, once, to the end.
func TestCatchUp(t *testing.T) {
	d := newDesk(t, nil)
	stop := d.run()
	room := d.enter(watch)
	must(t, d.box.Bookmark(t.Context(), room, true))
	stop()
	d.server.change(func() {
		d.server.marks[0].Password = "word"
		d.server.inside = map[string][]chat.Occupant{}
		d.server.tooMuch = 3
		for n := range 9 {
			at := start.Add(time.Duration(n+1) * time.Minute)
			d.server.archive[""] = append(d.server.archive[""], late(d.incoming(olha, raw("chat", id(n), "RESTRICTED", fmt.Sprint(n), "")), fmt.Sprintf("a%d", n), at))
		}
		d.server.archive[watch] = []chat.Incoming{late(d.inRoom("Olha", raw("groupchat", "r1", "RESTRICTED", "in the room", "")), "r1", start.Add(time.Minute))}
	})
	d.pass(time.Hour)
	d.box = chat.New(d.store, d.config)
	d.run()
	d.online()
	d.said(olha, "0|1|2|3|4|5|6|7|8")
	d.said(watch, "in the room")
	if got := d.server.joined[len(d.server.joined)-1]; got != watch+"/Duty:word" {
		t.Errorf("joined %q", got)
	}
	var caught int64
	d.until("it is remembered how far it was read", func() bool {
		must(t, d.store.Reader().QueryRow(`SELECT caught FROM chat_account`).Scan(&caught))
		return caught == start.Add(time.Hour).UnixMilli()
	})
	if d.server.asked[0] != start.Add(time.Hour-14*24*time.Hour) {
		t.Errorf("%v", d.server.asked)
	}
	d.until("bookmark", func() bool { return d.find(watch).Bookmarked })
}

// Invitations are shown in the conversation with whoever sends them, a person or the room, and enter nothing.
func TestInvitation(t *testing.T) {
	d := newDesk(t, nil)
	d.run()
	m := d.incoming(watch, raw("normal", "i1", "", "", `<x xmlns="http://jabber.org/protocol/muc#user"><invite from="`+olha+`"><reason>Come</reason></invite><password>secret-word</password></x>`))
	m.From, m.Invitation.Room = watch, watch
	d.server.handler.Message(m)
	d.until("invitation", func() bool { return len(d.messages(watch)) == 1 })
	if x := d.messages(watch)[0]; x.Kind != chat.KindInvitation || x.Room != watch || !strings.HasPrefix(x.Body, "Come\n") {
		t.Errorf("%+v", x)
	}
	direct := d.incoming(olha, []byte(`<message xmlns="jabber:client" from="`+olha+`/desk" id="i2"><x xmlns="jabber:x:conference" jid="`+watch+`" password="secret-word" reason="Come"/></message>`))
	d.server.handler.Message(direct)
	d.until("direct invitation", func() bool { return len(d.messages(olha)) == 1 })
	if x := d.messages(olha)[0]; x.Kind != chat.KindInvitation || x.Room != watch || x.Body != "Come" || x.Address != olha {
		t.Errorf("%+v", x)
	}
	if len(d.server.joined) != 0 || d.find(watch).Kind != chat.Person || d.find(watch).Wanted {
		t.Error("a room was entered")
	}
	d.holdsNowhere("secret-word")
}

// Those in a room are judged for its label, each once, until the book says something else; who cannot be identified is unknown.
func TestOccupantsAreJudgedOnce(t *testing.T) {
	d := newDesk(t, nil)
	d.run()
	room := d.enter(watch)
	d.server.handler.Message(d.inRoom("Olha", raw("groupchat", "m1", "RESTRICTED", "x", "")))
	d.said(watch, "x")
	come := func(list ...chat.Occupant) {
		d.server.change(func() { d.server.inside[watch] = append(d.server.inside[watch], list...) })
	}
	come(chat.Occupant{Nick: "Olha", Address: olha})
	if c := d.find(watch); c.Occupants != 2 || c.NotCleared != 0 || c.Judged == nil || c.Judged.Classification != "RESTRICTED" {
		t.Errorf("%+v", c)
	}
	come(chat.Occupant{Nick: "Low", Address: "low@ukr.example"})
	if c := d.find(watch); c.NotCleared != 1 {
		t.Errorf("%+v", c)
	}
	come(chat.Occupant{Nick: "Nobody"})
	l := labelOf("RESTRICTED")
	list, complete, err := d.box.Occupants(t.Context(), room, &l)
	must(t, err)
	if complete || len(list) != 4 || list[3].Verdict.Outcome != "unknown" || list[2].Verdict.Outcome != "not-cleared" || list[2].Verdict.Reasons[0].Held != nil {
		t.Errorf("%v %+v", complete, list)
	}
	if len(d.decided) != 3 {
		t.Errorf("judged %v", d.decided)
	}
	if list, _, _ = d.box.Occupants(t.Context(), room, (*label.Label)(nil)); list[1].Verdict.Outcome != "unknown" {
		t.Errorf("without a label: %+v", list)
	}
	d.pass(2 * time.Minute)
	d.find(watch)
	if len(d.decided) != 6 {
		t.Errorf("after a while judged %v", d.decided)
	}
}

// Bounded: the oldest messages let go of the newest, and of conversations with people to whom nothing was said the last one of the next;
// pages join up.
func TestBounds(t *testing.T) {
	d := newDesk(t, func(c *chat.Config) { c.MaxMessages, c.MaxConversations = 5, 3 })
	d.run()
	for n := range 8 {
		d.says(olha, raw("chat", id(n), "RESTRICTED", fmt.Sprint(n), ""))
	}
	d.until("eighth", func() bool { return strings.HasSuffix(d.texts(olha), "7") })
	if got := d.texts(olha); got != "3|4|5|6|7" {
		t.Error(got)
	}
	c := d.find(olha)
	var all []string
	for before := ""; ; {
		p, err := d.box.Messages(t.Context(), c.ID, before, 2)
		must(t, err)
		for i := len(p.Messages) - 1; i >= 0; i-- {
			all = append(all, p.Messages[i].Body)
		}
		if before = p.Next; before == "" {
			break
		}
	}
	if strings.Join(all, "") != "76543" {
		t.Error(all)
	}
	if _, err := d.box.Messages(t.Context(), c.ID, "1.x", 2); !errors.Is(err, chat.ErrUnknown) {
		t.Error(err)
	}
	d.pass(time.Minute)
	for n := range 4 {
		d.says(fmt.Sprintf("p%d@ukr.example", n), raw("chat", "m", "RESTRICTED", "x", ""))
		d.until("person", func() bool { return d.find(fmt.Sprintf("p%d@ukr.example", n)) != nil })
		d.pass(time.Minute)
	}
	if list, err := d.box.Conversations(t.Context()); err != nil || len(list) != 3 || d.find(olha) == nil || list[0].Address != "p3@ukr.example" {
		t.Errorf("%v %+v", err, list)
	}
	must(t, d.box.Read(t.Context(), d.find("p3@ukr.example").ID))
	if d.find("p3@ukr.example").Unread != 0 {
		t.Error("unread")
	}
}

// Services are asked beside one another; one that refuses is told with why.
func TestServices(t *testing.T) {
	d := newDesk(t, func(c *chat.Config) { c.Accounts[0].Services = []string{"rooms.ukr.example", "Rooms.GBR.example"} })
	d.server.services = []chat.Item{{Address: "rooms.gbr.example", Name: "Rooms"}}
	d.server.rooms["rooms.gbr.example"] = []chat.Item{{Address: "a@rooms.gbr.example", Name: "A"}}
	list, err := d.box.Services(t.Context())
	must(t, err)
	if len(list) != 2 || len(list[0].Rooms) != 1 || list[0].Problem != "" || list[1].Address != "rooms.ukr.example" || list[1].Problem == "" {
		t.Errorf("%+v", list)
	}
}
