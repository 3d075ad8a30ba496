package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"caveat/backend/draft"
	"caveat/backend/label"
	"caveat/backend/message"
)

var errUnexpected = errors.New("internal error: the composed message is not as expected")

// labelFor makes a label as its originator would.
func (f *Federation) labelFor(from, class string, tags map[string][]string, at time.Time) (label.Label, label.Selection, error) {
	sel := label.Selection{Policy: f.policy.Name(), Classification: class}
	for _, set := range slices.Sorted(maps.Keys(tags)) {
		t := label.SelectedTag{TagSet: set}
		for _, v := range tags[set] {
			t.Values = append(t.Values, label.SelectedValue{Name: v})
		}
		sel.Categories = append(sel.Categories, t)
	}
	info, err := f.site.Build(sel)
	return label.Label{
		Information: info, Kind: label.Originator, OriginatorID: from, OriginatorIDType: "rfc822Name", Created: at, Review: at.AddDate(10, 0, 0),
	}, sel, err
}

// named is an address with the name of whoever has it.
func (f *Federation) named(address string) message.Address {
	out := message.Address{Address: address}
	for _, s := range Specials() {
		if s.Address == address {
			out.Name = s.Name
		}
	}
	return out
}

func attached(x *firstFile, l *draft.Label) draft.Attachment {
	sum := sha256.Sum256([]byte(x.text))
	return draft.Attachment{File: x.name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(x.text)), Label: l}
}

// spoil makes of a message that is right one that no program with labels would have sent.
func (f *Federation) spoil(data []byte, x first, d draft.Draft, s message.Seal) ([]byte, error) {
	head, body := split(data)
	from, to, ok := field(head, "SIO-Label")
	if !ok {
		return nil, errUnexpected
	}
	switch {
	case x.class == "":
		head = slices.Concat(head[:from], head[to:])
	case x.twice != "":
		l, _, err := f.labelFor(x.from, x.twice, x.tags, s.Date)
		if err != nil {
			return nil, err
		}
		s.Label, s.Marking = l, f.policy.Mark(f.policy.Label(l), "en", "")
		other, err := message.Compose(d, s)
		if err != nil {
			return nil, err
		}
		otherHead, _ := split(other)
		begin, end, ok := field(otherHead, "SIO-Label")
		if !ok {
			return nil, errUnexpected
		}
		head = slices.Concat(head[:to], otherHead[begin:end], head[to:])
	case x.html:
		plain := []byte("Content-Type: text/plain;")
		if !bytes.Contains(head, plain) {
			return nil, errUnexpected
		}
		head = bytes.Replace(head, plain, []byte("Content-Type: text/html;"), 1)
	}
	return slices.Concat(head, []byte("\r\n"), body), nil
}

// split gives the header, each line of it with its end, and what follows the empty line.
func split(data []byte) (head, body []byte) {
	head, body, _ = bytes.Cut(data, []byte("\r\n\r\n"))
	return append(slices.Clone(head), '\r', '\n'), body
}

// field finds a header field with the lines that continue it.
func field(head []byte, name string) (from, to int, ok bool) {
	at := 0
	for line := range bytes.Lines(head) {
		isMore := line[0] == ' ' || line[0] == '\t'
		switch {
		case ok && !isMore:
			return from, to, true
		case !ok && strings.HasPrefix(strings.ToLower(string(line)), strings.ToLower(name)+":"):
			from, ok = at, true
		}
		at += len(line)
		if ok {
			to = at
		}
	}
	return from, to, ok
}
