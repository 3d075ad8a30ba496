package api

import (
	"fmt"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/inbox"
	"caveat/backend/label"
	"caveat/backend/message"
	"caveat/backend/outbox"
	"caveat/backend/presend"
)

// inboxRow is a message in the list. The inbox has taken out what is withheld; nothing of that is added here.
func (s *Service) inboxRow(m inbox.Message, lang string) InboxRow {
	out := InboxRow{
		ID: m.ID, Received: m.Received, Seen: m.Seen, Answered: m.Answered, Subject: m.Subject, Size: m.Size, Attachments: m.Files, Precedence: m.Precedence,
		Pending: m.Pending, Problem: m.Problem, Withheld: !m.Verdict.MayRead, WithheldWhy: append([]presend.Reason{}, m.Verdict.Reasons...), Label: s.inboxLabel(m.Head, lang),
		Date: timeOrNil(m.Head.Mail.Date),
	}
	switch from := m.Head.From; {
	case m.Head.Mail.SeveralFrom:
		out.From = InboxSender{InboxAddress: InboxAddress{Name: inbox.SendersOf(from)}}
		out.Label.Faults = append(out.Label.Faults, InboxFault{Code: "several-senders", Text: severalSenders})
	case len(from) > 0:
		out.From = s.inboxSenders(from[:1])[0]
	}
	if r := m.Report; r != nil {
		out.Report = &InboxReport{Kind: "delivery", Message: r.Message, Subject: r.Subject, Warning: r.Warning}
		if r.Kind == message.DispositionReport {
			out.Report.Kind = "read"
		}
	}
	return out
}

const severalSenders = "It names its sender more than once, so that two readers could take different ones: it has no default label, and no nation."

// inboxLabel is what the label of a message is worth.
func (s *Service) inboxLabel(h inbox.Head, lang string) InboxLabel {
	var out InboxLabel
	switch {
	case h.Unparsable:
		out = InboxLabel{State: "faulty", Said: h.Mail.Sensitivity.Marking, Faults: []InboxFault{{Code: "unreadable-header", Text: "Its header is not read, or cannot be."}}}
	case h.Assumed != nil:
		out = s.receivedLabel(h.Mail.Sensitivity, &h.Assumed.Label, fmt.Sprintf("It came without a label; this is the one that the administrator set for mail from %s.", h.Assumed.Domain), lang)
	default:
		out = s.receivedLabel(h.Mail.Sensitivity, nil, "", lang)
	}
	for _, x := range h.Inner {
		if !x.IsReadable() {
			out.Faults = append(out.Faults, InboxFault{Code: "file", Text: x.Problem.Text()})
		}
	}
	return out
}

// receivedLabel is what a label is worth that came, or that is assumed because of why.
func (s *Service) receivedLabel(se message.Sensitivity, assumed *label.Label, why, lang string) InboxLabel {
	out := InboxLabel{State: "labelled", Said: se.Marking, Faults: []InboxFault{}}
	switch {
	case assumed != nil:
		out.State, out.Why = "assumed", why
		s.called(&out, *assumed, lang)
	case se.Label != nil:
		s.called(&out, label.Label{Information: *se.Label}, lang)
	case se.IsUnlabelled():
		out.State = "unlabelled"
	default:
		out.State = "faulty"
		out.MarkingDocument = MarkingDocument{Marking: se.Marking} // without the sender's colours: they would make it look like one of ours, or hide it
		out.Faults = append(out.Faults, InboxFault{Code: string(se.Fault), Text: sentence(faultWords[se.Fault], se.Detail)})
	}
	return out
}

// called says what the policy calls a label.
func (s *Service) called(out *InboxLabel, l label.Label, lang string) {
	p, err := s.in.Site.Find(l.Policy)
	if err != nil {
		return
	}
	n := p.Label(l)
	out.Policy, out.Classification = p.Name(), l.Classification
	out.MarkingDocument, out.Markings = mark(p, l.Information, lang), p.Placed(n, "")
}

// faultWords say what is wrong with a label.
var faultWords = map[message.Fault]string{
	message.FaultMarkingOnly: "It has a marking and no label", message.FaultTwoLabels: "It has several labels, so that two readers could take different ones",
	message.FaultContinuation: "Pieces of its label are missing, or stand twice", message.FaultBase64: "Its label is not base64",
	message.FaultType: "Its label is of a kind that is not known", message.FaultMalformed: "Its label cannot be read",
	message.FaultNotBound: "Its label is bound to something else", message.FaultContradiction: "Its labels contradict each other",
	message.FaultPolicy: "The policy of its label is not known here", message.FaultNumbers: "The numbers of its label have no single meaning under the policy",
	message.FaultInvalid: "The policy does not allow its label", message.FaultDisagrees: "Its marking says something else than its label",
}

// sentence joins what is wrong and its detail.
func sentence(what, detail string) string { return fault(what, detail) + " It counts as unlabelled." }

func fault(what, detail string) string {
	if detail == "" {
		return what + "."
	}
	return what + " (" + strings.TrimRight(detail, ".") + ")."
}

// claimsOf say how the label of a message was found.
func claimsOf(h inbox.Head) []InboxClaim {
	se := h.Mail.Sensitivity
	out := []InboxClaim{}
	how := map[string]string{
		message.HowLabel:   "The message's SIO-Label field holds it. Nothing ties the field to the content.",
		message.HowBinding: "A binding data object in the SIO-Label field binds it to the message. It is not signed.",
		message.HowESS:     "The SIO-Label field holds it as numbers (RFC 2634).",
		message.HowX411:    "The SIO-Label field holds it as numbers (X.411).",
	}
	if text := how[se.How]; text != "" {
		out = append(out, InboxClaim{From: se.How, Text: text})
	}
	if se.IsSuccessor {
		out = append(out, InboxClaim{From: "label", Text: "It is the successor of the label that the message was sent with, whose date has come."})
	}
	if se.Marking != "" {
		out = append(out, InboxClaim{From: "marking", Text: "The message itself says: " + se.Marking})
	}
	if h.Assumed != nil {
		out = append(out, InboxClaim{From: "default", Text: "The administrator set it for mail from " + h.Assumed.Domain + "."})
	}
	if n := len(h.Inner); n > 0 {
		out = append(out, InboxClaim{From: "file", Text: fmt.Sprintf("What goes with it bears %d of its own; your clearance permits each that can be read.", n)})
	}
	return out
}

// fileLabel is the label of a file with a message.
func (s *Service) fileLabel(h inbox.Head, n int, lang string) (out InboxLabel, problem string) {
	out = InboxLabel{State: "unlabelled", Faults: []InboxFault{}}
	var borne []outbox.Borne
	for _, x := range h.Inner {
		if x.File == n {
			borne = append(borne, outbox.Borne{Label: x.XML, Problem: x.Problem.Text(), Inside: true})
		}
	}
	if len(borne) == 0 {
		return out, ""
	}
	own, problem := s.covering(borne)
	if problem == "" {
		l, err := label.ParseLabel([]byte(own.XML))
		if err == nil {
			out.State = "labelled"
			s.called(&out, l, lang)
			return out, ""
		}
		problem = "Its label cannot be read."
	}
	out.State = "faulty"
	out.Faults = append(out.Faults, InboxFault{Code: "file", Text: problem})
	return out, problem
}

// labelOfReceived is the label that an answer inherits: the one that covers the message and all that goes with it; none with why. Of a
// message with a fault it is the one that covers each label that can be read: the answer begins without a label, and may not get a lower
// one than that; where none of them covers the others it is one that cannot be read, so that the answer is not sent (RULES 1).
func (s *Service) labelOfReceived(h inbox.Head) (own draft.Label, why string) {
	se := h.Mail.Sensitivity
	var borne []outbox.Borne
	switch {
	case h.Assumed != nil:
		borne = append(borne, borneBy(h.Assumed.Label.Information))
	case se.IsUnlabelled():
		return draft.Label{}, "The message bears no label: the draft begins without one."
	case se.Label != nil:
		borne = append(borne, borneBy(*se.Label))
	default:
		for _, l := range se.Received {
			borne = append(borne, outbox.Borne{Label: string(l.Marshal()), Inside: true})
		}
	}
	for _, x := range h.Inner {
		if x.IsReadable() {
			borne = append(borne, outbox.Borne{Label: x.XML, Inside: true})
		}
	}
	own, problem := s.covering(borne)
	switch {
	case h.IsFaulty() && problem != "":
		return own, sentence(faultWords[se.Fault], se.Detail) + " None of its labels covers the others: an answer to it cannot be sent. Write a new message instead."
	case h.IsFaulty() && !own.IsZero():
		return own, sentence(faultWords[se.Fault], se.Detail) + " The draft begins without a label, and may not get a less restrictive one than those."
	case h.IsFaulty():
		return own, sentence(faultWords[se.Fault], se.Detail) + " The draft begins without a label."
	case problem != "":
		return draft.Label{XML: borne[0].Label}, problem
	}
	return own, ""
}

func borneBy(l label.Information) outbox.Borne {
	main := label.Label{Kind: label.Originator, Information: l}
	return outbox.Borne{Label: string(main.Marshal()), Inside: true}
}
