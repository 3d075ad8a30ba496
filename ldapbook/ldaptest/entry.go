package ldaptest

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"caveat/ldapbook"
)

// Attr is one attribute with all its values.
type Attr struct {
	Name   string
	Values []string
}

// Entry is one entry as both servers take it.
type Entry struct {
	DN    string
	Attrs []Attr
	UUID  string // entryUUID; empty: derived from the normalised DN
}

// Values returns the values of an attribute, whose name is compared without case.
func (e Entry) Values(name string) []string {
	for _, a := range e.Attrs {
		if strings.EqualFold(a.Name, name) {
			return a.Values
		}
	}
	return nil
}

// uuidOf returns the entry's UUID, or one that only depends on its name (RFC 9562 section 5.5).
func uuidOf(e Entry) string {
	if e.UUID != "" {
		return strings.ToLower(e.UUID)
	}
	sum := sha1.Sum([]byte("ldaptest\x00" + ldapbook.FoldDN(e.DN)))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// parentOf cuts the first RDN off a folded DN; "" at the top.
func parentOf(folded string) string {
	for i := 0; i < len(folded); i++ {
		switch folded[i] {
		case '\\':
			i++
		case ',':
			return folded[i+1:]
		}
	}
	return ""
}

// container makes the entry that a DN needs above it: an organization, domain or organizationalUnit by its naming
// attribute.
func container(dn string) (Entry, error) {
	parsed, err := ldap.ParseDN(dn)
	if err != nil || len(parsed.RDNs) == 0 || len(parsed.RDNs[0].Attributes) != 1 {
		return Entry{}, fmt.Errorf("ldaptest: %q cannot be a container", dn)
	}
	name := parsed.RDNs[0].Attributes[0]
	classes := map[string][]string{
		"o": {"organization"}, "ou": {"organizationalUnit"}, "dc": {"dcObject", "organization"}, "c": {"country"},
	}[strings.ToLower(name.Type)]
	if classes == nil {
		return Entry{}, fmt.Errorf("ldaptest: %q cannot be a container", dn)
	}
	e := Entry{DN: dn, Attrs: []Attr{{"objectClass", classes}, {name.Type, []string{name.Value}}}}
	if strings.EqualFold(name.Type, "dc") {
		e.Attrs = append(e.Attrs, Attr{"o", []string{name.Value}})
	}
	return e, nil
}
