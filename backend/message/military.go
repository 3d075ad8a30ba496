package message

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"caveat/backend/draft"
)

// precedences in the order of their numbers, 0 to 5.
//
// std: RFC6477 §4
var precedences = []string{"deferred", "routine", "priority", "immediate", "flash", "override"}

// messageTypes in the order of their numbers, 0 to 3.
//
// std: RFC6477 §4
var messageTypes = []string{"exercise", "operation", "project", "drill"}

// Highest numbers: 0 to 15 are NATO's precedences, 16 to 31 national ones; message types end with 255.
//
// std: RFC6477 §3.8, §3.10
const (
	maxPrecedence  = 31
	maxMessageType = 255
)

// Lengths of a military string and of a subject indicator code.
//
// std: RFC6477 §4
const (
	maxMilitary    = 69
	minSIC, maxSIC = 3, 8
)

// military adds the fields of a military message that the draft sets, the time of release with them, and the priority. A military
// message must name a precedence for its action addresses, and one for its information addresses.
//
// std: RFC6477 §3, §3.8, §3.9
func (h *header) military(d draft.Draft, released time.Time) {
	before := len(h.list)
	primary, info := precedencesOf(d)
	if len(d.Exempted) > 0 {
		list, err := exempted(d)
		h.addresses("MMHS-Exempted-Address", list, inField("exempted", err))
	}
	h.value("MMHS-Subject-Indicator-Codes", "sic", d.SIC, checkSIC)
	h.value("MMHS-Handling-Instructions", "handling", d.Handling, checkMilitary)
	h.value("MMHS-Originator-Reference", "originatorReference", one(d.OriginatorReference), checkMilitary)
	h.value("MMHS-Primary-Precedence", "primaryPrecedence", one(primary), checkPrecedence)
	h.value("MMHS-Copy-Precedence", "copyPrecedence", one(info), checkPrecedence)
	if d.MessageType != "" {
		words, err := messageType(d.MessageType)
		h.fail(inField("messageType", err))
		h.add("MMHS-Message-Type", words...)
	}
	if len(h.list) > before {
		// std: RFC6477 §3.2
		h.add("MMHS-Extended-Authorisation-Info", released.UTC().Format(mailDate))
	}
	if p, ok := priorityOf(primary); ok {
		h.add("MT-Priority", strconv.Itoa(p))
	}
}

// routine is the precedence of a military message whose drafter names none.
const routine = "routine"

// precedencesOf gives the precedences that the message of a draft names for its action and for its information addresses; "": none.
// Where the draft has military fields, those whom it addresses have a precedence: routine, unless it says another one.
//
// std: RFC6477 §3.8, §3.9
func precedencesOf(d draft.Draft) (primary, info string) {
	primary, info = d.PrimaryPrecedence, d.CopyPrecedence
	if !IsMilitary(d) {
		return primary, info
	}
	action, copied := d.Addressed()
	if primary == "" && len(action) > 0 {
		primary = routine
	}
	if info == "" && len(copied) > 0 {
		info = routine
	}
	return primary, info
}

// inField says of an error which key of the draft it is about.
func inField(key string, err error) error {
	if err == nil {
		return nil
	}
	return &draft.FieldError{Field: key, Err: err}
}

// CheckDraft looks, without composing anything, at those values of a draft that have a form of their own: precedences, subject
// indicator codes, message type, originator's reference, handling instructions, exempted addresses, the message that is answered,
// the names of attachments. Its errors are a *draft.FieldError that wraps ErrInvalid.
func CheckDraft(d draft.Draft) error {
	h := &header{}
	h.military(d, time.Time{})
	if d.InReplyTo != "" {
		_, err := bracketed("inReplyTo", d.InReplyTo)
		h.fail(inField("inReplyTo", err))
	}
	h.fail(checkSubject(d.Subject))
	names := make(map[string]bool, len(d.Attachments))
	for _, a := range d.Attachments {
		h.fail(inField("attachments", checkFile(a)))
		name := foldCase(a.File)
		isTwice := names[name]
		names[name] = true
		if isTwice { // whoever gets it could not tell whose sidecar is whose
			h.fail(inField("attachments", fmt.Errorf("%w: attachments: two files are called %q: give one another name", ErrInvalid, a.File)))
		}
	}
	return h.err
}

// foldCase gives one spelling to names that strings.EqualFold takes for the same.
func foldCase(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for x := unicode.SimpleFold(r); x != r; x = unicode.SimpleFold(x) {
			least = min(least, x)
		}
		return least
	}, name)
}

// IsMilitary reports that a draft makes a military message: it has a field that only these have.
func IsMilitary(d draft.Draft) bool {
	return d.PrimaryPrecedence+d.CopyPrecedence+d.MessageType+d.OriginatorReference != "" || len(d.SIC)+len(d.Handling)+len(d.Exempted) > 0
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// value adds a field of one or more checked values, separated by semicolons.
func (h *header) value(name, key string, values []string, check func(key, value string) error) {
	if len(values) == 0 {
		return
	}
	var words []string
	for i, v := range values {
		v = strings.TrimSpace(v)
		if err := check(key, v); err != nil {
			h.fail(inField(key, err))
			return
		}
		if i < len(values)-1 {
			v += ";"
		}
		words = append(words, v)
	}
	h.add(name, words...)
}

// exempted gives the addresses that are not to get the message; one that is also a recipient contradicts itself.
//
// std: RFC6477 §3.1
func exempted(d draft.Draft) ([]Address, error) {
	recipient, seen := map[string]bool{}, map[string]bool{}
	for _, a := range d.Recipients() {
		recipient[draft.FoldAddress(a)] = true
	}
	var list []Address
	for _, a := range d.Exempted {
		k := draft.FoldAddress(a)
		if recipient[k] {
			return nil, fmt.Errorf("%w: exempted: %q is also a recipient: take it out of the one or the other", ErrInvalid, a)
		}
		if seen[k] {
			continue
		}
		seen[k] = true
		list = append(list, Address{Address: strings.TrimSpace(a)})
	}
	return list, nil
}

func checkMilitary(key, v string) error { return checkPrintable(key, v, 1, maxMilitary) }

// checkSIC is stricter than the field's syntax, which takes any printable string: codes are capital letters and digits, and a registry
// that does not know one sends the message nowhere.
//
// std: RFC6477 §3.3
func checkSIC(key, v string) error {
	isOther := func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }
	if len(v) < minSIC || len(v) > maxSIC || strings.ContainsFunc(v, isOther) {
		return fmt.Errorf("%w: %s %.80q: %d to %d characters, capital letters A to Z and digits", ErrInvalid, key, v, minSIC, maxSIC)
	}
	return nil
}

// maxSubject is the longest subject, in characters: far more than anybody reads in a list.
const maxSubject = 1000

func checkSubject(subject string) error {
	if n := utf8.RuneCountInString(subject); n > maxSubject {
		return inField("subject", fmt.Errorf("%w: subject: it has %d characters, and may have at most %d", ErrInvalid, n, maxSubject))
	}
	return inField("subject", checkText("subject", subject))
}

// checkPrintable accepts the characters of PrintableString.
func checkPrintable(key, v string, least, most int) error {
	if len(v) < least || len(v) > most {
		return fmt.Errorf("%w: %s %.80q: %d to %d characters", ErrInvalid, key, v, least, most)
	}
	for i := 0; i < len(v); i++ {
		if !isLetterDigit(v[i]) && strings.IndexByte(" '()+,-./:=?", v[i]) < 0 {
			return fmt.Errorf("%w: %s %q holds %q: only letters, digits, blank and '()+,-./:=? may stand there", ErrInvalid, key, v, v[i])
		}
	}
	return nil
}

func checkPrecedence(key, v string) error {
	if _, ok := numberOf(v, precedences, maxPrecedence); !ok {
		return fmt.Errorf("%w: %s %q: %s, or a number from 0 to %d", ErrInvalid, key, v, strings.Join(precedences, ", "), maxPrecedence)
	}
	return nil
}

// numberOf reads a name of the list, in any case, or a number without leading zeros.
func numberOf(v string, names []string, most int) (int, bool) {
	if i := slices.Index(names, strings.ToLower(v)); i >= 0 {
		return i, true
	}
	n, err := strconv.Atoi(v)
	return n, err == nil && n >= 0 && n <= most && strconv.Itoa(n) == v
}

// messageType reads a type and, after a semicolon, identifier="…", and writes them as words.
//
// std: RFC6477 §3.10, §4
func messageType(v string) ([]string, error) {
	kind, rest, more := strings.Cut(v, ";")
	kind = strings.TrimSpace(kind)
	if _, ok := numberOf(kind, messageTypes, maxMessageType); !ok {
		return nil, fmt.Errorf("%w: messageType %q: %s, or a number from 0 to %d", ErrInvalid, kind, strings.Join(messageTypes, ", "), maxMessageType)
	}
	if !more {
		return []string{kind}, nil
	}
	key, id, ok := strings.Cut(rest, "=")
	id = strings.TrimSpace(id)
	if !ok || !strings.EqualFold(strings.TrimSpace(key), "identifier") || len(id) < 2 || id[0] != '"' || id[len(id)-1] != '"' {
		return nil, fmt.Errorf(`%w: messageType %q: only identifier="…" may follow`, ErrInvalid, v)
	}
	id = id[1 : len(id)-1]
	if err := checkMilitary("messageType identifier", id); err != nil {
		return nil, err
	}
	return []string{kind + ";", `identifier="` + id + `"`}, nil
}
