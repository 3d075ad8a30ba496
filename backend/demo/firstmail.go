package demo

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"caveat/backend/demo/mailstore"
	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
)

// first is a message that is in the user's inbox from the beginning.
type first struct {
	from    string
	subject string
	text    string
	before  time.Duration // the first start
	read    bool

	class string // classification; empty: the message has no label
	tags  map[string][]string

	precedence, sic, reference string
	file                       *firstFile
	twice                      string // classification of a second label
	html                       bool   // the text is HTML
}

// firstFile is an attachment with a label of its own, which a sidecar binds to it.
type firstFile struct {
	name, text, class string
}

func releasable(nations ...string) map[string][]string {
	return map[string][]string{tagContext: {mission}, tagReleasable: nations}
}

var onMission = map[string][]string{tagContext: {mission}}

// firstMails shows what an inbox can meet: every kind of label, and none. The order is of time, oldest first.
func firstMails() []first {
	return []first{
		{from: GBRRestricted, before: 50 * time.Hour, read: true, subject: "Shower block closed on Tuesday", text: firstPlain},
		{from: UKRRestricted, before: 29 * time.Hour, read: true, class: "RESTRICTED", tags: onMission, subject: "Паливо на тиждень / Fuel for the week", text: firstFuel},
		{from: DEURestricted, before: 27 * time.Hour, read: true, subject: "Bahnverladung Donnerstag", text: firstRail},
		{from: DEUCleared, before: 22 * time.Hour, class: "RESTRICTED", tags: onMission, subject: "Weather outlook", html: true, text: firstWeather},
		{from: UKRNoATOMAL, before: 9 * time.Hour, class: "SECRET", tags: onMission, twice: "RESTRICTED", subject: "Road report, second edition", text: firstRoad},
		{from: GBRCleared, before: 5 * time.Hour, class: "TOP SECRET", tags: onMission, subject: "For the commander", text: "Not for this inbox.\n"},
		{from: AUSCleared, before: 3 * time.Hour, class: "SECRET", tags: releasable("GBR", "AUS"), subject: "Convoy plan and load list", text: firstConvoy, file: &firstFile{
			"load-list.csv", "vehicle,load,tonnes\r\n1,water,4\r\n2,fuel,9\r\n3,medical stores,2\r\n", "CONFIDENTIAL"}},
		{from: GBRCleared, before: 90 * time.Minute, class: "CONFIDENTIAL", tags: map[string][]string{tagContext: {mission}, tagOnly: {"GBR"}},
			subject: "Watch bill for the weekend", text: firstWatch},
		{from: UKRCleared, before: 12 * time.Minute, class: "SECRET", tags: onMission, precedence: "flash", sic: "OPS", reference: "J3/0412",
			subject: "Northern bridge closed to all traffic", text: firstFlash},
	}
}

// firstMail makes the messages, as if they had come by the servers.
func (f *Federation) firstMail(now time.Time) ([]mailstore.Message, error) {
	var out []mailstore.Message
	for i, x := range firstMails() {
		at := now.Add(-x.before).UTC().Truncate(time.Second)
		data, err := f.compose(x, i, at)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.subject, err)
		}
		l := letter{server: Own, peer: nationOf(x.from)}
		if l.peer == Own {
			l.peer = ""
		}
		head := fmt.Sprintf("Return-Path: <%s>\r\nDelivered-To: %s\r\n", x.from, UserAddress)
		m := mailstore.Message{Data: append(append([]byte(head), l.received(at)...), data...), Received: at}
		if x.read {
			m.Flags = []imap.Flag{imap.FlagSeen}
		}
		out = append(out, m)
	}
	return out, nil
}

// compose writes one. Only a message with a label can be composed: what has none loses it afterwards.
func (f *Federation) compose(x first, number int, at time.Time) ([]byte, error) {
	class, tags := x.class, x.tags
	if class == "" {
		class, tags = "UNCLASSIFIED", onMission
	}
	l, sel, err := f.labelFor(x.from, class, tags, at)
	if err != nil {
		return nil, err
	}
	d := draft.Draft{
		Channel: draft.Mail, From: x.from, Action: []string{UserAddress}, Subject: x.subject, Body: x.text, Label: draft.Label{Selection: &sel},
		PrimaryPrecedence: x.precedence, OriginatorReference: x.reference,
	}
	if x.sic != "" {
		d.SIC = []string{x.sic}
	}
	p := f.policy.Label(l)
	s := message.Seal{ID: "FIRST" + strconv.Itoa(number+1), Date: at, From: f.named(x.from), To: []message.Address{f.named(UserAddress)}, Label: l, Marking: f.policy.Mark(p, "en", "")}
	s.Foreground, s.Background = f.policy.Colours(p)
	if x.class != "" && !x.html {
		s.Marks = f.policy.Placed(p, "en")
	}
	if x.file != nil {
		own, fileSel, err := f.labelFor(x.from, x.file.class, tags, at)
		if err != nil {
			return nil, err
		}
		d.Attachments = []draft.Attachment{attached(x.file, &draft.Label{Selection: &fileSel})}
		s.Sidecars = map[int]label.Label{0: own}
	}
	var out bytes.Buffer
	if err := message.Write(&out, d, s, func(draft.Attachment) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(x.file.text)), nil
	}); err != nil {
		return nil, err
	}
	return f.spoil(out.Bytes(), x, d, s)
}
