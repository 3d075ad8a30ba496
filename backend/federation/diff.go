package federation

import (
	"fmt"
	"slices"
	"time"

	"caveat/ldapbook"
)

// Change is one thing about an entry that is another now. Of a clearance the values are left out: who may not see what somebody
// holds learns only that it changed (RULES 19).
type Change struct {
	Field    string
	Old, New []string
}

// FieldClearance is the field of a change whose values are left out.
const FieldClearance = "clearance"

// Diff lists what changed from one reading of an entry to the next. When it was read is no change.
func Diff(old, new ldapbook.Entry) []Change {
	var out []Change
	add := func(field string, was, is []string) {
		if !slices.Equal(was, is) {
			out = append(out, Change{field, was, is})
		}
	}
	one := func(field, was, is string) { add(field, some(was), some(is)) }
	one("name", old.Name, new.Name)
	one("rank", old.Rank, new.Rank)
	one("title", old.Title, new.Title)
	one("unit", old.Unit, new.Unit)
	one("organisation", old.Organisation, new.Organisation)
	add("mail", old.Mail, new.Mail)
	add("jid", old.JID, new.JID)
	add("phone", old.Phone, new.Phone)
	if ldapbook.FoldDN(old.DN) != ldapbook.FoldDN(new.DN) {
		one("dn", old.DN, new.DN)
	}
	one("kind", string(old.Kind), string(new.Kind))
	add("members", slices.Concat(old.Members, old.Occupants), slices.Concat(new.Members, new.Occupants))
	one("disabled", yes(old.Disabled), yes(new.Disabled))
	one("expiresAt", date(old.ExpiresAt), date(new.ExpiresAt))
	one("capabilities", capabilities(old.Capabilities), capabilities(new.Capabilities))
	one("certificate", date(old.CertificateUntil), date(new.CertificateUntil))
	if !slices.Equal(old.Clearance, new.Clearance) {
		out = append(out, Change{Field: FieldClearance})
	}
	return out
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func capabilities(c ldapbook.Capabilities) string {
	if c == (ldapbook.Capabilities{}) {
		return ""
	}
	return fmt.Sprintf("at most %d bytes, no attachments %t, emission control %q, labels %q, military headers %q", c.MaxSize, c.NoAttachments, c.EmCon, c.Labels, c.MMHS)
}
