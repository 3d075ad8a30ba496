package installation

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// DefaultExpiry is how long the queue tries to hand a message in.
const DefaultExpiry = 5 * 24 * time.Hour

// leastExpiry: below it, the first server that is away for a moment would end a message.
const leastExpiry = time.Minute

// Expiry is after what time a message that was not accepted is given up.
func (in *Installation) Expiry() time.Duration {
	if d := in.File.Send.Expiry.Duration; d > 0 {
		return d
	}
	return DefaultExpiry
}

// precedences are those of MMHS.
//
// std: RFC6477 §3.7
var precedences = []string{"deferred", "routine", "priority", "immediate", "flash", "override"}

// Overdue is when the user is told, by precedence, that a message has not left. nil: as delivered; empty: never.
func (in *Installation) Overdue() map[string]time.Duration {
	if in.File.Send.Overdue == nil {
		return nil
	}
	out := map[string]time.Duration{}
	for p, d := range in.File.Send.Overdue {
		out[p] = d.Duration
	}
	return out
}

// Account finds an account by its name; false: there is none.
func (in *Installation) Account(name string) (Account, bool) {
	i := slices.IndexFunc(in.Accounts, func(a Account) bool { return a.Name == name })
	if i < 0 {
		return Account{}, false
	}
	return in.Accounts[i], true
}

// HasInbox reports that the account's inbox is to be read.
func (f AccountFile) HasInbox() bool { return f.Kind == KindIMAP && (f.Inbox == nil || *f.Inbox) }

func (b *builder) send() {
	if d := b.in.File.Send.Expiry.Duration; d < 0 || d > 0 && d < leastExpiry {
		b.fail("send", "expiry %v: at least %v", d, leastExpiry)
	}
	for _, p := range slices.Sorted(maps.Keys(b.in.File.Send.Overdue)) {
		if !slices.Contains(precedences, p) {
			b.fail("send", "overdue: %q is none of the precedences %s", p, strings.Join(precedences, ", "))
		}
		if b.in.File.Send.Overdue[p].Duration <= 0 {
			b.fail("send", "overdue: %s = %v: a time above 0, or left out", p, b.in.File.Send.Overdue[p].Duration)
		}
	}
}

// kind holds an account to the keys of its kind.
func (b *builder) kind(section string, f AccountFile) {
	var foreign []any
	switch f.Kind {
	case KindSMTP:
		foreign = []any{f.AccountMailbox, f.AccountChat}
	case KindIMAP:
		foreign = []any{f.AccountOptions, f.AccountChat}
	case KindXMPP:
		foreign = []any{f.AccountOptions, f.AccountMailbox}
	default:
		b.fail(section, "kind %q: smtp, imap or xmpp", f.Kind)
		return
	}
	for _, part := range foreign {
		if key := firstKey(part); key != "" {
			b.fail(section, "%s has no effect with kind = %q", key, f.Kind)
		}
	}
}

// firstKey names the first key of a part of the file that is set; empty: none is.
func firstKey(part any) string {
	v := reflect.ValueOf(part)
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("toml"), ",")
			return key
		}
	}
	return ""
}

// mailbox holds the keys of a mailbox to sense. A mailbox without a clearance gets no copies (RULES 21): who asks for some has
// forgotten it.
func (b *builder) mailbox(section string, f AccountFile) {
	if f.Kind != KindIMAP {
		return
	}
	switch {
	case !f.HasInbox() && !f.Sent && !f.Drafts:
		b.fail(section, "inbox, sent and drafts are all false: nothing would use it")
	case (f.Sent || f.Drafts) && f.Clearance == nil:
		b.fail(section, "sent and drafts need clearance: nothing is copied into a mailbox that has none")
	case f.SentFolder != "" && !f.Sent:
		b.fail(section, "sent_folder has no effect without sent = true")
	case f.DraftsFolder != "" && !f.Drafts:
		b.fail(section, "drafts_folder has no effect without drafts = true")
	case !isFolder(f.SentFolder):
		b.fail(section, "sent_folder %q: 1 to 255 octets, no control characters, wildcards or empty levels, and not INBOX", f.SentFolder)
	case !isFolder(f.DraftsFolder):
		b.fail(section, "drafts_folder %q: 1 to 255 octets, no control characters, wildcards or empty levels, and not INBOX", f.DraftsFolder)
	case f.SentFolder != "" && f.SentFolder == f.DraftsFolder:
		b.fail(section, "sent_folder and drafts_folder are the same: a draft would look as if it had been sent")
	}
}

// isFolder allows what imapbox takes for a folder's name, and the empty one: by special use.
func isFolder(name string) bool {
	return len(name) <= 255 && !strings.ContainsAny(name, "%*") && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) &&
		!strings.HasPrefix(name, "/") && !strings.HasSuffix(name, "/") && !strings.Contains(name, "//") && !strings.EqualFold(name, "INBOX")
}
