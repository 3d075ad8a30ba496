package message

import (
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"
)

// Military is what the header fields of a military message say. A value that is none is given as it came; a field that stands twice
// is not read, and named in Twice.
//
// std: RFC6477 §3
type Military struct {
	PrimaryPrecedence, CopyPrecedence string // a name such as "priority", or a number from 6 up
	MessageType, MessageIdentifier    string // "exercise" and what it is called
	OriginatorReference               string
	SIC, Handling, Instructions       []string
	Exempted                          []Address
	Authorised                        time.Time // zero: not said
	OtherTo, OtherCc                  []string  // recipients that are reached in another way
	ACP127Identifier, PLAD, Codress   string
	Twice                             []string // fields that stand more than once
}

// IsZero reports that the message has no military field.
func (m Military) IsZero() bool {
	return m.PrimaryPrecedence+m.CopyPrecedence+m.MessageType+m.MessageIdentifier+m.OriginatorReference+m.ACP127Identifier+m.PLAD+m.Codress == "" &&
		len(m.SIC)+len(m.Handling)+len(m.Instructions)+len(m.Exempted)+len(m.OtherTo)+len(m.OtherCc)+len(m.Twice) == 0 && m.Authorised.IsZero()
}

// readMilitary reads the fields of a header.
func readMilitary(h mail.Header) Military {
	var m Military
	one := func(name string) string {
		values := h.Values(name)
		if len(values) > 1 {
			m.Twice = append(m.Twice, name)
		}
		if len(values) != 1 {
			return ""
		}
		return clipped(OneLine(values[0]), maxShown)
	}
	list := func(name string) []string { return semicolons(one(name)) }
	m.PrimaryPrecedence = precedenceName(one("MMHS-Primary-Precedence"))
	m.CopyPrecedence = precedenceName(one("MMHS-Copy-Precedence"))
	m.MessageType, m.MessageIdentifier = typeName(one("MMHS-Message-Type"))
	m.OriginatorReference = one("MMHS-Originator-Reference")
	m.SIC, m.Handling, m.Instructions = list("MMHS-Subject-Indicator-Codes"), list("MMHS-Handling-Instructions"), list("MMHS-Message-Instructions")
	if one("MMHS-Exempted-Address") != "" {
		m.Exempted = shownAddresses(h, "MMHS-Exempted-Address")
	}
	if at, err := netmail.ParseDate(one("MMHS-Extended-Authorisation-Info")); err == nil {
		m.Authorised = Moment(at)
	}
	m.OtherTo, m.OtherCc = list("MMHS-Other-Recipients-Indicator-To"), list("MMHS-Other-Recipients-Indicator-CC")
	m.ACP127Identifier, m.PLAD, m.Codress = one("MMHS-Acp127-Message-Identifier"), one("MMHS-Originator-PLAD"), one("MMHS-Codress-Message-Indicator")
	return m
}

// semicolons gives the values of a list.
func semicolons(s string) []string {
	var out []string
	for v := range strings.SplitSeq(s, ";") {
		if v = strings.TrimSpace(v); v != "" && len(out) < MaxListed {
			out = append(out, v)
		}
	}
	return out
}

// precedenceName gives the name of a precedence that has one.
//
// std: RFC6477 §3.8, §3.9
func precedenceName(v string) string { return nameOf(withoutComment(v), precedences, maxPrecedence) }

func nameOf(v string, names []string, most int) string {
	if n, ok := numberOf(v, names, most); ok {
		if n < len(names) {
			return names[n]
		}
		return strconv.Itoa(n)
	}
	return v
}

// withoutComment leaves out a comment at the end.
func withoutComment(v string) string {
	before, _, _ := strings.Cut(v, "(")
	return strings.TrimSpace(before)
}

// typeName reads a message type and its identifier.
//
// std: RFC6477 §3.10
func typeName(v string) (kind, id string) {
	kind, rest, more := strings.Cut(v, ";")
	kind = nameOf(withoutComment(kind), messageTypes, maxMessageType)
	if !more {
		return kind, ""
	}
	key, id, ok := strings.Cut(rest, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(key), "identifier") {
		return kind, ""
	}
	return kind, strings.Trim(strings.TrimSpace(id), `"`)
}
