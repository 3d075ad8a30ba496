package api

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"caveat/backend/audit"
	"caveat/backend/draft"
	"caveat/backend/presend"
)

// logged is what the lines of the audit log hold, of whatever type, as far as it is looked for or told in words. Lines of earlier
// versions lack some of it.
type logged struct {
	Message    string              `json:"message"`
	MessageID  string              `json:"messageId"`
	Result     string              `json:"result"`
	Channel    string              `json:"channel"`
	Wire       string              `json:"wire"`
	Account    string              `json:"account"`
	Sender     string              `json:"sender"`
	Marking    string              `json:"marking"`
	Policy     presend.PolicyUsed  `json:"policy"`
	Problems   []string            `json:"problems"`
	Originator loggedParty         `json:"originator"`
	Recipients []loggedParty       `json:"recipients"`
	Envelope   []loggedParty       `json:"envelope"`
	Thresholds []loggedThreshold   `json:"thresholds"`
	Relabelled []draft.Relabelling `json:"relabelled"`
	Replaces   string              `json:"replaces"`
	SplitFrom  string              `json:"splitFrom"`
	Copy       *loggedCopy         `json:"copy"`
	State      string              `json:"state"`
	Note       string              `json:"note"`
	Withheld   bool                `json:"withheld"`
	Receipts   []loggedReceipt     `json:"receipts"`
	At         json.RawMessage     `json:"at"` // of a receipt a time, of a refusal a word
	What       string              `json:"what"`
	Kind       string              `json:"kind"`
	Name       string              `json:"name"`
	Change     string              `json:"change"`
	File       string              `json:"file"`
	Before     json.RawMessage     `json:"before"` // sets of rules, or text
	After      json.RawMessage     `json:"after"`
	Failed     string              `json:"failed"`
	Active     []string            `json:"active"`
	Mailbox    string              `json:"mailbox"`
	With       string              `json:"conversation"`
	From       []string            `json:"from"`
	Reason     string              `json:"reason"`
	Rule       string              `json:"rule"`
	Draft      string              `json:"draft"`
	Whose      string              `json:"whose"`
	Operation  string              `json:"operation"`
	// Whoever did it stands under one of these.
	Actor     string `json:"actor"`
	By        string `json:"by"`
	User      string `json:"user"`
	NoticedBy string `json:"noticedBy"`
}

type loggedParty struct {
	Address   string          `json:"address"`
	List      string          `json:"by"` // of one in the envelope: the list of the draft whose member it is
	Directory string          `json:"directory"`
	DN        string          `json:"dn"`
	UUID      string          `json:"uuid"`
	ReadAt    *time.Time      `json:"readAt"`
	Transport string          `json:"transport"`
	Nation    string          `json:"nation"`
	Kind      string          `json:"kind"`
	Outcome   presend.Outcome `json:"outcome"`
	Action    presend.Action  `json:"action"`
	Rules     []string        `json:"rules"`
	Link      *loggedParty    `json:"link"`
	Override  *struct {
		Reason string `json:"reason"`
	} `json:"override"`
}

type loggedThreshold struct {
	Name       string `json:"name"`
	Reason     string `json:"reason"`
	Limit      int    `json:"limit"`
	Recipients int    `json:"recipients"`
	Marking    string `json:"marking"`
}

type loggedCopy struct {
	Folder string `json:"folder"`
	Of     string `json:"of"`
}

type loggedReceipt struct {
	Recipient string `json:"recipient"`
	State     string `json:"state"`
	Code      int    `json:"code"`
	Status    string `json:"status"`
	Text      string `json:"text"`
}

// readLogged takes a line's data apart. One whose members are of another form than ours is empty: its line is shown as it stands.
func readLogged(r audit.Recorded) logged {
	var x logged
	if json.Unmarshal(r.Data, &x) != nil {
		return logged{}
	}
	return x
}

func (x logged) actor() string {
	for _, a := range []string{x.Actor, x.By, x.User, x.NoticedBy} {
		if a != "" {
			return a
		}
	}
	return ""
}

// isSend: the line lets a message leave; it is no copy of one.
func (x logged) isSend() bool { return x.Result == "cleared" && x.Message != "" && x.Copy == nil }

// messageID is the Message-ID of what was sent. Lines of earlier versions do not name it: it was made of id and sender.
func (x logged) messageID() string {
	if x.MessageID != "" || !x.isSend() || x.Channel != string(draft.Mail) {
		return x.MessageID
	}
	return "<" + x.Message + "@" + draft.Domain(x.Sender) + ">"
}

// isOverridden: somebody gave a reason, and it was sent all the same.
func (x logged) isOverridden() bool {
	return x.Originator.Override != nil || len(x.Thresholds) > 0 || slices.ContainsFunc(x.Recipients, func(p loggedParty) bool { return p.Override != nil })
}

// targets lists to whom a message went: the envelope's addresses, or the draft's.
func (x logged) targets() []loggedParty {
	if len(x.Envelope) > 0 {
		return x.Envelope
	}
	return x.Recipients
}

// people are the addresses and names of whoever a line is about.
func (x logged) people() []string {
	out := []string{x.Sender, x.Originator.DN, x.With}
	out = append(out, x.From...)
	for _, p := range append(slices.Clone(x.Recipients), x.Envelope...) {
		out = append(out, p.Address, p.DN)
	}
	for _, r := range x.Receipts {
		out = append(out, r.Recipient)
	}
	return out
}

// isAbout reports that a line is about a message, by its id here or its Message-ID: as what it says, or as one that it names.
func (x logged) isAbout(id string) bool {
	bare := strings.Trim(id, "<>")
	if strings.EqualFold(strings.Trim(x.messageID(), "<>"), bare) {
		return true
	}
	ids := []string{x.Message, x.Replaces, x.SplitFrom}
	if x.Copy != nil {
		ids = append(ids, x.Copy.Of)
	}
	local, _, _ := strings.Cut(bare, "@") // what is made here has the message's id before the "@"
	return slices.ContainsFunc(ids, func(have string) bool {
		return have != "" && (strings.EqualFold(strings.Trim(have, "<>"), bare) || strings.EqualFold(have, local))
	})
}

// sets reads before or after of a switch of rules.
func sets(data json.RawMessage) []string {
	var out []string
	if json.Unmarshal(data, &out) != nil {
		return nil
	}
	return out
}

// textOf reads before or after of a change of the installation; "" where it is no text.
func textOf(data json.RawMessage) string {
	var out string
	if len(data) == 0 || json.Unmarshal(data, &out) != nil {
		return ""
	}
	return out
}

// time reads At; nil where it is no time.
func (x logged) time() *time.Time {
	var at time.Time
	if len(x.At) == 0 || json.Unmarshal(x.At, &at) != nil {
		return nil
	}
	return &at
}
