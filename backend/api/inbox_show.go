package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"caveat/backend/inbox"
	"caveat/backend/label/siolabel"
	"caveat/backend/message"
)

// InboxMessage gives one message to be read. Of one that is withheld, or not here, it gives what the list does.
func (s *Service) InboxMessage(ctx context.Context, id, lang string) (InboxMessage, error) {
	m, body, err := s.inbox.Open(ctx, id)
	out := InboxMessage{
		InboxRow: s.inboxRow(m, lang), To: []InboxAddress{}, Cc: []InboxAddress{}, ReplyTo: []InboxSender{}, References: []string{}, ReceiptTo: []InboxAddress{},
		History: []InboxChange{}, Files: []InboxFile{}, Claims: claimsOf(m.Head), Reports: []InboxRecipient{},
	}
	switch {
	case errors.Is(err, inbox.ErrWithheld):
		out.Claims = []InboxClaim{}
		return out, nil
	case errors.Is(err, inbox.ErrNotHere):
		return out, nil
	case err != nil:
		return InboxMessage{}, err
	}
	mail, err := s.mailReader().Read(bytes.NewReader(body))
	if err != nil {
		return InboxMessage{}, err
	}
	s.fillIn(&out, m, mail, lang)
	if mail.IsReport {
		err = s.fillInReports(ctx, &out, m, inbox.SendersOf(mail.From), body)
	}
	return out, err
}

func (s *Service) mailReader() message.Reader {
	return message.Reader{Site: s.in.Site, At: s.now(), MaxSize: inbox.DefaultMaxSize}
}

func (s *Service) fillIn(out *InboxMessage, m inbox.Message, mail message.Mail, lang string) {
	out.To, out.Cc, out.ReplyTo, out.ReceiptTo = inboxAddresses(mail.To), inboxAddresses(mail.Cc), s.inboxSenders(mail.ReplyTo), inboxAddresses(mail.ReceiptTo)
	out.Text, out.Cut, out.WasHTML, out.Remote, out.Damage = mail.Text, mail.Cut, mail.FromHTML, mail.Remote, mail.Damage
	out.Differs = mail.Differs
	out.MessageID, out.References = mail.MessageID, append(out.References, mail.References...)
	out.MarkedFirst, out.MarkedLast = marked(mail.Text, out.Label.Markings.FirstLine, out.Label.Markings.LastLine)
	if x := mail.Military; !x.IsZero() {
		out.Military = &InboxMilitary{
			PrimaryPrecedence: x.PrimaryPrecedence, CopyPrecedence: x.CopyPrecedence, MessageType: x.MessageType, MessageIdentifier: x.MessageIdentifier,
			OriginatorReference: x.OriginatorReference, SIC: append([]string{}, x.SIC...), Handling: append([]string{}, x.Handling...),
			Instructions: append([]string{}, x.Instructions...), Exempted: inboxAddresses(x.Exempted), Authorised: timeOrNil(x.Authorised), Twice: append([]string{}, x.Twice...),
		}
	}
	for _, c := range mail.Sensitivity.History {
		out.History = append(out.History, InboxChange{Action: string(c.Action), By: c.By, At: timeOrNil(c.At), Comment: c.Comment, Old: markingIn(c.Old), New: markingIn(c.New)})
	}
	for n, f := range mail.Files {
		x := InboxFile{N: n, Name: f.Name, Type: f.Type, Size: f.Size}
		x.Label, x.Problem = s.fileLabel(m.Head, n, lang)
		out.Files = append(out.Files, x)
	}
}

func markingIn(v *siolabel.Value) string {
	if v == nil {
		return ""
	}
	return message.OneLine(v.Marking)
}

func inboxAddresses(list []message.Address) []InboxAddress {
	out := []InboxAddress{}
	for _, a := range list {
		out = append(out, InboxAddress(a))
	}
	return out
}

// inboxSenders are addresses with the nation that decides for each.
func (s *Service) inboxSenders(list []message.Address) []InboxSender {
	out := []InboxSender{}
	for _, a := range list {
		out = append(out, InboxSender{InboxAddress: InboxAddress(a), Nation: s.nationOf(a.Address)})
	}
	return out
}

// marked reports that a text begins, and that it ends, with what the policy wants there.
func marked(text, first, last string) (atFirst, atLast bool) {
	text = strings.TrimSpace(text)
	begin, _, _ := strings.Cut(text, "\n")
	end := text[strings.LastIndexByte(text, '\n')+1:]
	return first != "" && strings.TrimSpace(begin) == first, last != "" && strings.TrimSpace(end) == last
}

// fillInReports tells what a report says of each recipient.
func (s *Service) fillInReports(ctx context.Context, out *InboxMessage, m inbox.Message, from string, body []byte) error {
	report, err := message.ReadReport(bytes.NewReader(body))
	if err != nil {
		return nil // it only calls itself one
	}
	var had []string
	if m.Report != nil && m.Report.Message != "" {
		sent, err := s.box.Show(ctx, m.Report.Message)
		if err != nil {
			return err
		}
		had = sentDocument(sent).Recipients
	}
	for _, x := range report.Recipients {
		address, known := inbox.Recipient(x, had)
		if !known {
			if address = x.Original; address == "" {
				address = x.Final
			}
		}
		at := x.LastTry
		if at.IsZero() || at.After(m.Received) {
			at = m.Received
		}
		out.Reports = append(out.Reports, InboxRecipient{Address: address, Known: known, Report: SentClaim{
			Kind: inbox.KindOf(report.Kind, x.Action), At: at, Status: x.Status, Text: x.Diagnostic, Reporter: report.Reporter, From: from, Automatic: x.Automatic,
		}})
	}
	return nil
}

// InboxContent is a file that came with a message.
type InboxContent struct {
	io.Reader
	Name string
}

// InboxFile gives a file of a message. inbox.ErrWithheld, inbox.ErrNotHere; ErrNotFound: it has no such file.
func (s *Service) InboxFile(ctx context.Context, id string, n int) (InboxContent, error) {
	_, body, err := s.inbox.Open(ctx, id)
	if err != nil {
		return InboxContent{}, err
	}
	var content bytes.Buffer
	var failed error
	r := s.mailReader()
	r.EachFile = func(i int, from io.Reader) {
		if i == n {
			_, failed = io.Copy(&content, from)
		}
	}
	mail, err := r.Read(bytes.NewReader(body))
	switch {
	case err != nil:
		return InboxContent{}, err
	case n < 0 || n >= len(mail.Files):
		return InboxContent{}, fmt.Errorf("%w: the message has no file %d", ErrNotFound, n)
	case failed != nil: // half a file is never given for a whole one
		return InboxContent{}, fmt.Errorf("%w: the file cannot be decoded: %s", inbox.ErrNotHere, message.OneLine(failed.Error()))
	}
	name := mail.Files[n].Name
	if name == "" {
		name = fmt.Sprintf("file-%d", n+1)
	}
	return InboxContent{Reader: &content, Name: name}, nil
}
