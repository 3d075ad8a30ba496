package mailstore

import (
	"bufio"
	"bytes"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

// headerOf reads a message's header; what cannot be read of it is left out.
func headerOf(data []byte) textproto.Header {
	h, _ := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(data)))
	return h
}

func (s *session) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, _ *imap.SearchOptions) (*imap.SearchData, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	var out imap.SearchData
	var seqs imap.SeqSet
	var uids imap.UIDSet
	for i, m := range s.folder.index.Messages {
		seq := s.tracker.EncodeSeqNum(uint32(i) + 1)
		x := &candidate{session: s, entry: m, seq: seq}
		if seq == 0 || !x.matches(criteria) {
			if x.err != nil {
				return nil, x.err
			}
			continue
		}
		n := seq
		seqs.AddNum(seq)
		uids.AddNum(m.UID)
		if kind == imapserver.NumKindUID {
			n = uint32(m.UID)
		}
		out.Min, out.Max, out.Count = firstOf(out.Min, n), n, out.Count+1
	}
	out.All = seqs
	if kind == imapserver.NumKindUID {
		out.All = uids
	}
	return &out, nil
}

func firstOf(a, b uint32) uint32 {
	if a != 0 {
		return a
	}
	return b
}

// candidate is a message that is looked at; its bytes are read when they are needed.
type candidate struct {
	session *session
	entry   entry
	seq     uint32
	data    []byte
	err     error
}

func (x *candidate) content() []byte {
	if x.data == nil && x.err == nil {
		x.data, x.err = x.session.folder.read(x.entry)
	}
	return x.data
}

func (x *candidate) matches(c *imap.SearchCriteria) bool {
	for _, set := range c.SeqNum {
		if numbers, ok := x.session.static(set).(imap.SeqSet); !ok || !numbers.Contains(x.seq) {
			return false
		}
	}
	for _, set := range c.UID {
		if uids, ok := x.session.static(set).(imap.UIDSet); !ok || !uids.Contains(x.entry.UID) {
			return false
		}
	}
	for _, f := range c.Flag {
		if !has(x.entry.Flags, f) {
			return false
		}
	}
	for _, f := range c.NotFlag {
		if has(x.entry.Flags, f) {
			return false
		}
	}
	if c.Larger != 0 && x.entry.Size <= c.Larger || c.Smaller != 0 && x.entry.Size >= c.Smaller || !between(x.entry.Received, c.Since, c.Before) {
		return false
	}
	for i := range c.Not {
		if x.matches(&c.Not[i]) {
			return false
		}
	}
	for i := range c.Or {
		if !x.matches(&c.Or[i][0]) && !x.matches(&c.Or[i][1]) {
			return false
		}
	}
	return x.reads(c)
}

// reads looks at what only the message itself says.
func (x *candidate) reads(c *imap.SearchCriteria) bool {
	if len(c.Header)+len(c.Text)+len(c.Body) == 0 && c.SentSince.IsZero() && c.SentBefore.IsZero() {
		return true
	}
	data := x.content()
	h := gomessage.Header{Header: headerOf(data)}
	for _, want := range c.Header {
		found := false
		for fields := h.FieldsByKey(want.Key); fields.Next(); {
			text, err := fields.Text()
			if err != nil {
				text = fields.Value()
			}
			found = found || holds([]byte(text), want.Value)
		}
		if !found {
			return false
		}
	}
	if !c.SentSince.IsZero() || !c.SentBefore.IsZero() {
		at, err := time.Parse(time.RFC1123Z, h.Get("Date"))
		if err != nil || !between(at, c.SentSince, c.SentBefore) {
			return false
		}
	}
	_, body, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	for _, t := range c.Text {
		if !holds(data, t) {
			return false
		}
	}
	for _, t := range c.Body {
		if !holds(body, t) {
			return false
		}
	}
	return x.err == nil
}

func holds(data []byte, text string) bool {
	return bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(text)))
}

// between compares days, as IMAP does; a zero time is no limit.
func between(at, since, before time.Time) bool {
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	return (since.IsZero() || !day.Before(since)) && (before.IsZero() || day.Before(before))
}
