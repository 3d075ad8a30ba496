package app

import (
	"fmt"
	"io"
	"strings"
	"time"

	"caveat/backend/cmbac"
	"caveat/backend/label/siolabel"
	"caveat/backend/message"
)

// mailDocument is the answer of mail show.
type mailDocument struct {
	From        []mailAddress `json:"from"`
	ReplyTo     []mailAddress `json:"replyTo"`
	To          []mailAddress `json:"to"`
	Cc          []mailAddress `json:"cc"`
	Subject     string        `json:"subject"`
	Date        *time.Time    `json:"date,omitempty"`
	MessageID   string        `json:"messageId"`
	InReplyTo   string        `json:"inReplyTo,omitempty"`
	References  []string      `json:"references"`
	ReceiptTo   []mailAddress `json:"receiptTo"`
	Military    *mailMilitary `json:"military,omitempty"`
	Priority    *int          `json:"priority,omitempty"`
	Label       mailLabel     `json:"label"`
	Text        string        `json:"text"`
	FromHTML    bool          `json:"fromHtml"` // the text is made of HTML
	Cut         bool          `json:"cut"`      // the text is not the whole of it
	Attachments []mailPart    `json:"attachments"`
	Damage      string        `json:"damage,omitempty"` // of the body, what could not be read
	Report      *mailReport   `json:"report,omitempty"`
	ReportError string        `json:"reportError,omitempty"`
}

type mailAddress struct {
	Name    string `json:"name"`
	Address string `json:"address"` // empty: none that can be sent to
}

type mailPart struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

type mailMilitary struct {
	PrimaryPrecedence   string        `json:"primaryPrecedence,omitempty"`
	CopyPrecedence      string        `json:"copyPrecedence,omitempty"`
	MessageType         string        `json:"messageType,omitempty"`
	MessageIdentifier   string        `json:"messageIdentifier,omitempty"`
	OriginatorReference string        `json:"originatorReference,omitempty"`
	SIC                 []string      `json:"sic"`
	Handling            []string      `json:"handling"`
	Instructions        []string      `json:"instructions"`
	Exempted            []mailAddress `json:"exempted"`
	Authorised          *time.Time    `json:"authorised,omitempty"`
	Twice               []string      `json:"twice"` // fields that stand more than once, and so are not read
}

// mailLabel: usable says that somebody may go by it; with a fault only the marking counts, as a warning.
type mailLabel struct {
	Marking        string         `json:"marking"`
	Foreground     string         `json:"foreground,omitempty"`
	Background     string         `json:"background,omitempty"`
	Bound          string         `json:"bound,omitempty"` // label, binding, ess, x411
	Type           string         `json:"type,omitempty"`
	Usable         bool           `json:"usable"`
	Fault          string         `json:"fault,omitempty"`
	Detail         string         `json:"detail,omitempty"`
	Policy         string         `json:"policy,omitempty"`
	Classification string         `json:"classification,omitempty"`
	Categories     []mailCategory `json:"categories"`
	Successor      bool           `json:"successor"`
	PolicyMarking  string         `json:"policyMarking,omitempty"`
	Problems       []cmbac.Reason `json:"problems"`
	Warnings       []cmbac.Reason `json:"warnings"`
	Received       []string       `json:"received"` // the labels' XML
	History        []mailChange   `json:"history"`
	HistoryUnread  int            `json:"historyUnread"`
}

type mailCategory struct {
	TagSet string   `json:"tagSet"`
	Type   string   `json:"type"`
	Values []string `json:"values"`
}

type mailChange struct {
	Action  string     `json:"action"`
	By      string     `json:"by"`
	At      *time.Time `json:"at,omitempty"`
	Comment string     `json:"comment,omitempty"`
	Old     string     `json:"old,omitempty"` // markings
	New     string     `json:"new,omitempty"`
}

func documentOf(m message.Mail, lang string) mailDocument {
	d := mailDocument{
		From: addressesOf(m.From), ReplyTo: addressesOf(m.ReplyTo), To: addressesOf(m.To), Cc: addressesOf(m.Cc), ReceiptTo: addressesOf(m.ReceiptTo),
		Subject: m.Subject, Date: timeOf(m.Date), MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: listOf(m.References),
		Priority: m.Priority, Text: m.Text, FromHTML: m.FromHTML, Cut: m.Cut, Damage: m.Damage, Attachments: []mailPart{}, Label: labelOf(m.Sensitivity, lang),
	}
	for _, f := range m.Files {
		d.Attachments = append(d.Attachments, mailPart(f))
	}
	if x := m.Military; !x.IsZero() {
		d.Military = &mailMilitary{
			PrimaryPrecedence: x.PrimaryPrecedence, CopyPrecedence: x.CopyPrecedence, MessageType: x.MessageType, MessageIdentifier: x.MessageIdentifier,
			OriginatorReference: x.OriginatorReference, SIC: listOf(x.SIC), Handling: listOf(x.Handling), Instructions: listOf(x.Instructions),
			Exempted: addressesOf(x.Exempted), Authorised: timeOf(x.Authorised), Twice: listOf(x.Twice),
		}
	}
	return d
}

func labelOf(s message.Sensitivity, lang string) mailLabel {
	l := mailLabel{
		Marking: s.Marking, Foreground: s.Foreground, Background: s.Background, Bound: s.How, Type: s.Type, Usable: s.Label != nil, Fault: string(s.Fault),
		Detail: s.Detail, Successor: s.IsSuccessor, PolicyMarking: s.PolicyMarking, Problems: reasonsOf(s.Problems, false, lang),
		Warnings: reasonsOf(s.Problems, true, lang), Categories: []mailCategory{}, Received: []string{}, History: []mailChange{}, HistoryUnread: s.HistoryUnread,
	}
	if s.Label != nil {
		l.Policy, l.Classification = s.Label.Policy.Name, s.Label.Classification
		for _, c := range s.Label.Categories {
			l.Categories = append(l.Categories, mailCategory{TagSet: c.TagName, Type: c.Type.String(), Values: listOf(c.Values)})
		}
	}
	for _, r := range s.Received {
		l.Received = append(l.Received, string(r.Marshal()))
	}
	for _, c := range s.History {
		l.History = append(l.History, mailChange{Action: string(c.Action), By: c.By, At: timeOf(c.At), Comment: c.Comment, Old: markingOf(c.Old), New: markingOf(c.New)})
	}
	return l
}

func markingOf(v *siolabel.Value) string {
	if v == nil {
		return ""
	}
	return message.OneLine(v.Marking)
}

func addressesOf(list []message.Address) []mailAddress {
	out := []mailAddress{}
	for _, a := range list {
		out = append(out, mailAddress(a))
	}
	return out
}

func listOf(list []string) []string { return append([]string{}, list...) }

// print writes the message for people: header, label and its verdict, text.
func (d mailDocument) print(w io.Writer) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%-12s %s\n", name+":", value)
		}
	}
	line("From", words(d.From))
	line("To", words(d.To))
	line("Cc", words(d.Cc))
	line("Subject", d.Subject)
	if d.Date != nil {
		line("Date", d.Date.Format(time.RFC3339))
	}
	line("Message-ID", d.MessageID)
	if x := d.Military; x != nil {
		line("Precedence", strings.Trim(x.PrimaryPrecedence+" / "+x.CopyPrecedence, " /"))
		line("Type", strings.TrimSpace(x.MessageType+" "+x.MessageIdentifier))
		line("SIC", strings.Join(x.SIC, "; "))
		line("Reference", x.OriginatorReference)
		line("Handling", strings.Join(x.Handling, "; "))
		line("Exempted", words(x.Exempted))
	}
	d.Label.print(w, line)
	for _, a := range d.Attachments {
		line("Attachment", fmt.Sprintf("%q, %s, %d bytes", a.Name, a.Type, a.Size))
	}
	if d.Report != nil {
		d.Report.print(line)
	}
	line("Report", d.ReportError)
	line("Damaged", d.Damage)
	fmt.Fprintf(w, "\n%s\n", strings.TrimRight(d.Text, "\n"))
	if d.Cut {
		fmt.Fprintln(w, "(The text is longer than what is shown.)")
	}
}

// verdicts says in words what the faults come to.
var verdicts = map[message.Fault]string{
	message.FaultNone: "valid", message.FaultNoLabel: "the message has no label", message.FaultMarkingOnly: "a marking without a label",
	message.FaultTwoLabels: "several labels", message.FaultContinuation: "pieces of the label are missing, or stand twice", message.FaultBase64: "the label is not base64",
	message.FaultType: "a label of a kind that is not known", message.FaultMalformed: "the label cannot be read", message.FaultNotBound: "the label is bound to something else",
	message.FaultContradiction: "its labels contradict each other", message.FaultPolicy: "its policy is not known here",
	message.FaultNumbers: "its numbers have no single meaning under the policy", message.FaultInvalid: "the policy does not allow it",
	message.FaultDisagrees: "marking and label disagree",
}

// boundWords say how a label came with the message.
var boundWords = map[string]string{
	message.HowLabel: "by the SIO-Label field, as XML; nothing ties the field to the content", message.HowBinding: "by a binding data object in the SIO-Label field, not signed",
	message.HowESS: "by the SIO-Label field, as numbers (RFC 2634)", message.HowX411: "by the SIO-Label field, as numbers (X.411)",
}

func (l mailLabel) print(w io.Writer, line func(name, value string)) {
	line("Marking", l.Marking)
	verdict := verdicts[message.Fault(l.Fault)]
	if l.Fault != "" && message.Fault(l.Fault) != message.FaultNoLabel {
		verdict += "; it counts as unlabelled"
	}
	line("Label", verdict)
	line("  reads", l.PolicyMarking)
	line("  bound", boundWords[l.Bound])
	line("  because", l.Detail)
	for _, r := range append(append([]cmbac.Reason{}, l.Problems...), l.Warnings...) {
		fmt.Fprintf(w, "  %s: %s\n", r.Rule, r.Text)
	}
	for _, c := range l.History {
		line("Changed", strings.TrimSpace(fmt.Sprintf("%s %s by %s: %q, then %q. %s", c.Action, atOf(c.At), c.By, c.Old, c.New, c.Comment)))
	}
}

func atOf(t *time.Time) string {
	if t == nil {
		return "at an unknown time"
	}
	return t.Format(time.RFC3339)
}

func words(list []mailAddress) string {
	var out []string
	for _, a := range list {
		switch {
		case a.Address == "":
			out = append(out, a.Name)
		case a.Name == "":
			out = append(out, a.Address)
		default:
			out = append(out, a.Name+" <"+a.Address+">")
		}
	}
	return strings.Join(out, ", ")
}
