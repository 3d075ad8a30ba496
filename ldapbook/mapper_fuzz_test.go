package ldapbook_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"caveat/ldapbook"
)

// FuzzMapper: no attributes and values make the mapper panic; what it makes of them can be shown, has a UUID of the usual form
// and a known kind, whichever mapping it has.
func FuzzMapper(f *testing.F) {
	f.Add("cn=a,o=b", []byte("objectClass\x00person\x01mail\x00a@b\x01cn\x00A\nB"))
	f.Add("ou=a,o=b", []byte("objectClass\x00group\x01member;range=0-1\x00cn=a\x01objectGUID\x000123456789abcdef"))
	f.Add("", []byte("objectClass\x00user\x01userAccountControl\x002\x01accountExpires\x00-9223372036854775808"))
	f.Add("ou=\x1b[2J,o=b", []byte("objectClass\x00organizationalUnit\x01userCertificate;binary\x00\x30\x82"))
	f.Add("cn=a", []byte("objectClass\x00person\x01emConState\x003\x01endTime\x0099991231235959.999999999Z\x01proxyAddresses\x00SMTP:\u202ex"))
	f.Add("cn=a", []byte("objectClass\x00group\x01m\xdf\xdfer;range=0-1\x00cn=a")) // folding its case made the name longer than it is
	var mappers []func(string, [][2]string) (ldapbook.Entry, bool)
	for _, name := range ldapbook.Presets() {
		m := preset(f, name)
		m.Expires = append(m.Expires, "endTime", "shadowExpire")
		m.Conditions = []ldapbook.Condition{{Attribute: "cn", Value: "*", Class: "person", Kind: "role"}, {Attribute: "sn", Value: "x"}}
		mappers = append(mappers, ldapbook.NewEntryMapper(m))
	}
	f.Fuzz(func(t *testing.T, dn string, data []byte) {
		var attributes [][2]string
		for part := range bytes.SplitSeq(data, []byte{1}) {
			name, value, _ := bytes.Cut(part, []byte{0})
			attributes = append(attributes, [2]string{string(name), string(value)})
		}
		for i, do := range mappers {
			e, ok := do(dn, attributes)
			if !ok {
				if e.DN != "" || e.Kind != "" {
					t.Errorf("not kept, but %+v", e)
				}
				continue
			}
			checkMapped(t, e)
			// The same entry, alone, gives the same: nothing of others is in it.
			again, _ := ldapbook.MapEntry(withoutConditions(t, i), dn, attributes)
			if again.Kind != "" && again.UUID != e.UUID {
				t.Errorf("%s and %s", again.UUID, e.UUID)
			}
		}
	})
}

func withoutConditions(t testing.TB, i int) ldapbook.Mapping {
	return preset(t, ldapbook.Presets()[i])
}

func checkMapped(t *testing.T, e ldapbook.Entry) {
	t.Helper()
	kinds := []ldapbook.Kind{ldapbook.KindPerson, ldapbook.KindRole, ldapbook.KindList, ldapbook.KindRoom, ldapbook.KindOrganisation}
	if !slices.Contains(kinds, e.Kind) {
		t.Errorf("kind %q", e.Kind)
	}
	if len(e.UUID) != 36 || strings.Trim(e.UUID, "0123456789abcdef-") != "" {
		t.Errorf("UUID %q", e.UUID)
	}
	texts := slices.Concat([]string{e.Name, e.Surname, e.GivenName, e.Rank, e.Title, e.Unit, e.Organisation, e.Capabilities.EmCon},
		e.Mail, e.JID, e.Phone)
	for _, s := range texts {
		bad := strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) })
		if bad >= 0 || !utf8.ValidString(s) || strings.TrimSpace(s) != s {
			t.Errorf("cannot be shown: %q", s)
		}
	}
	if !e.ExpiresAt.IsZero() {
		if _, err := e.ExpiresAt.MarshalJSON(); err != nil {
			t.Error(err)
		}
	}
	if e.Capabilities.MaxSize < 0 || e.ReadAt.IsZero() {
		t.Errorf("%+v", e)
	}
}
