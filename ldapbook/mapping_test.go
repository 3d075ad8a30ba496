package ldapbook_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
)

func preset(t testing.TB, name string) ldapbook.Mapping {
	t.Helper()
	m, ok := ldapbook.Preset(name)
	if !ok {
		t.Fatalf("no preset %q", name)
	}
	return m
}

// values makes pairs of attribute and value.
func values(pairs ...string) [][2]string {
	var all [][2]string
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, [2]string{pairs[i], pairs[i+1]})
	}
	return all
}

func mapped(t testing.TB, m ldapbook.Mapping, pairs ...string) ldapbook.Entry {
	t.Helper()
	e, ok := ldapbook.MapEntry(m, "cn=x,ou=G6,o=norland", values(pairs...))
	if !ok {
		t.Fatalf("not kept: %q", pairs)
	}
	return e
}

// certificate makes a certificate that ends when it is told.
func certificate(t testing.TB, until time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "x"},
		NotBefore: until.Add(-48 * time.Hour), NotAfter: until, EmailAddresses: []string{"x@nor.example"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	return string(der)
}

func TestKindsByClassAndCondition(t *testing.T) {
	custom := ldapbook.Mapping{
		Classes: map[string]ldapbook.Kind{"milEntry": "person", "chat": "room", "unit": "organisation"},
		Conditions: []ldapbook.Condition{
			{Attribute: "hidden", Value: "*"},
			{Attribute: "entryType", Value: "role", Class: "milEntry", Kind: "role"},
			{Attribute: "entryType", Value: "list", Kind: "list"},
		},
		Ignore: []string{"device"},
	}
	for _, test := range []struct {
		name    string
		mapping ldapbook.Mapping
		values  [][2]string
		want    ldapbook.Kind // "": not kept
	}{
		{"person", ldapbook.Mapping{}, values("objectClass", "top", "objectClass", "INETORGPERSON"), "person"},
		{"a room that is also a person", ldapbook.Mapping{}, values("objectClass", "person", "objectClass", "room"), "room"},
		{"the default keeps no organisations", ldapbook.Mapping{}, values("objectClass", "organizationalUnit"), ""},
		{"organisation", preset(t, "inetorgperson"), values("objectClass", "organizationalUnit"), "organisation"},
		{"ACP 133 role", preset(t, "acp133"), values("objectClass", "aCPOrganizationalRole"), "role"},
		{"ACP 133 list", preset(t, "acp133"), values("objectClass", "addressList"), "list"},
		{"ACP 133 unit", preset(t, "acp133"), values("objectClass", "aCPOrganizationalUnit"), "organisation"},
		{"AD user", preset(t, "active-directory"), values("objectClass", "person", "objectClass", "user"), "person"},
		{"AD computer is a user", preset(t, "active-directory"), values("objectClass", "user", "objectClass", "computer"), ""},
		{"AD group", preset(t, "active-directory"), values("objectClass", "group"), "list"},
		{"class of a custom mapping", custom, values("objectClass", "milEntry"), "person"},
		{"condition on class", custom, values("objectClass", "milEntry", "entryType", "ROLE"), "role"},
		{"condition before the class is told", custom, values("entryType", "role", "objectClass", "milEntry"), "role"},
		{"condition wants another class", custom, values("objectClass", "chat", "entryType", "role"), "room"},
		{"condition without class", custom, values("objectClass", "anything", "entryType", "list"), "list"},
		{"condition that removes", custom, values("objectClass", "milEntry", "entryType", "role", "hidden", "x"), ""},
		{"ignored comes before conditions", custom, values("objectClass", "device", "entryType", "list"), ""},
		{"option of a condition's attribute", custom, values("objectClass", "x", "entryType;lang-en", "list"), "list"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, ok := ldapbook.MapEntry(test.mapping, "cn=x,o=norland", test.values)
			if ok != (test.want != "") || e.Kind != test.want {
				t.Errorf("%q, %v, want %q", e.Kind, ok, test.want)
			}
		})
	}
	// Nothing is carried over from one entry to the next.
	do := ldapbook.NewEntryMapper(custom)
	do("cn=a,o=x", values("objectClass", "milEntry", "entryType", "role"))
	if e, _ := do("cn=b,o=x", values("objectClass", "milEntry")); e.Kind != "person" {
		t.Errorf("%q", e.Kind)
	}
}

func TestOrganisationName(t *testing.T) {
	m := preset(t, "inetorgperson")
	for _, test := range []struct {
		dn     string
		values [][2]string
		name   string
		unit   string
	}{
		{"ou=G6,ou=Brigade,o=n", values("objectClass", "organizationalUnit", "ou", "G6", "o", "Army"), "G6", "Brigade"},
		{"o=n", values("objectClass", "organization", "o", "Norland"), "Norland", ""},
		{"dc=n", values("objectClass", "organization", "o", "Norland", "cn", "other"), "Norland", ""},
	} {
		e, ok := ldapbook.MapEntry(m, test.dn, test.values)
		if !ok || e.Name != test.name || e.Unit != test.unit {
			t.Errorf("%s: %q in %q, %v", test.dn, e.Name, e.Unit, ok)
		}
	}
}

func TestDisabledAndExpiry(t *testing.T) {
	m := preset(t, "active-directory")
	m.Expires = append(m.Expires, "endTime", "shadowExpire")
	m.Inactive = []string{"nsAccountLock"}
	for _, test := range []struct {
		attr, value string
		off         bool
		until       string
	}{
		{"userAccountControl", "512", false, ""},
		{"userAccountControl", "514", true, ""},
		{"userAccountControl", "66050", true, ""},
		{"userAccountControl", "-2147483646", true, ""}, // a signed number with the highest bit set
		{"userAccountControl", "what", true, ""},        // unreadable: not in use
		{"active", "TRUE", false, ""},
		{"active", "FALSE", true, ""},
		{"active", "perhaps", true, ""},
		{"nsAccountLock", "true", true, ""},
		{"nsAccountLock", "false", false, ""},
		{"accountExpires", "0", false, ""},                   // never
		{"accountExpires", "9223372036854775807", false, ""}, // never
		{"accountExpires", "133485408000000000", false, "2024-01-01T00:00:00Z"},
		{"accountExpires", "-1", false, ""},
		{"accountExpires", "9223372036854775806", false, ""}, // after the year 9999
		{"accountExpires", "99999999999999999999", false, ""},
		{"endTime", "20270131120000Z", false, "2027-01-31T12:00:00Z"},
		{"endTime", "202701311200Z", false, "2027-01-31T12:00:00Z"},
		{"endTime", "2027013112Z", false, "2027-01-31T12:00:00Z"},
		{"endTime", "20270131120000.5+0100", false, "2027-01-31T11:00:00.5Z"},
		{"endTime", "20270131120000,25Z", false, "2027-01-31T12:00:00.25Z"},
		{"endTime", "20270131120000", false, ""}, // a file time of 1601 and 26 days: see below
		{"endTime", "20271331120000Z", false, ""},
		{"shadowExpire", "0", false, "1970-01-01T00:00:00.000001Z"}, // not zero, which is none
		{"shadowExpire", "19723", false, "2024-01-01T00:00:00Z"},
		{"shadowExpire", "-1", false, ""},
	} {
		t.Run(test.attr+" "+test.value, func(t *testing.T) {
			e := mapped(t, m, "objectClass", "user", test.attr, test.value)
			got := ""
			if !e.ExpiresAt.IsZero() {
				got = e.ExpiresAt.Format(time.RFC3339Nano)
			}
			if test.value == "20270131120000" {
				// Without a zone it is no generalizedTime, but a number like any other.
				test.until = "1601-01-24T11:03:33.112Z"
			}
			if e.Disabled != test.off || got != test.until {
				t.Errorf("disabled %v, until %s", e.Disabled, got)
			}
		})
	}
	e := mapped(t, m, "objectClass", "user", "endTime", "20300101000000Z", "accountExpires", "133485408000000000")
	if e.ExpiresAt.Year() != 2024 {
		t.Errorf("not the earliest: %v", e.ExpiresAt)
	}
}

func TestCertificateUntil(t *testing.T) {
	later, sooner := time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 5, 1, 0, 0, 0, 0, time.UTC)
	good, old := certificate(t, later), certificate(t, sooner)
	for name, test := range map[string]struct {
		values [][2]string
		want   time.Time
	}{
		"none":                  {values("userCertificate;binary", "rubbish"), time.Time{}},
		"the latest of several": {values("userCertificate;binary", old, "userCertificate;binary", good, "userCertificate;binary", old), later},
		"without option":        {values("userCertificate", good), later},
		"cut off":               {values("userCertificate;binary", good[:len(good)-9], "userCertificate;binary", old), sooner},
		"too large":             {values("userCertificate;binary", good+strings.Repeat("x", 20_000)), time.Time{}},
		"not more than eight":   {append(slices.Repeat(values("userCertificate;binary", "x"), 8), [2]string{"userCertificate;binary", good}), time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			e := mapped(t, ldapbook.Mapping{}, append([]string{"objectClass", "person"}, flat(test.values)...)...)
			if !e.CertificateUntil.Equal(test.want) {
				t.Errorf("%v, want %v", e.CertificateUntil, test.want)
			}
		})
	}
}

func flat(values [][2]string) []string {
	var all []string
	for _, v := range values {
		all = append(all, v[0], v[1])
	}
	return all
}

func TestCapabilities(t *testing.T) {
	m := preset(t, "acp133")
	m.Labels = []string{"understandsLabels"}
	m.MMHS = append(m.MMHS, "understandsMMHS")
	m.MaxSize = append(m.MaxSize, "delivContLength")
	for _, test := range []struct {
		attr, value string
		want        ldapbook.Capabilities
	}{
		{"maxMessageSize", "1048576", ldapbook.Capabilities{MaxSize: 1 << 20}},
		{"maxMessageSize", "-5", ldapbook.Capabilities{}},
		{"delivContLength", "1024", ldapbook.Capabilities{MaxSize: 1 << 20}}, // Exchange counts in KiB
		{"aCPNoAttachments", "TRUE", ldapbook.Capabilities{NoAttachments: true}},
		{"aCPNoAttachments", "FALSE", ldapbook.Capabilities{}},
		{"aCPNoAttachments", "eh", ldapbook.Capabilities{NoAttachments: true}}, // what cannot be read forbids
		{"emConState", "Electronic-Silence", ldapbook.Capabilities{EmCon: "electronic-silence"}},
		{"emConState", "1", ldapbook.Capabilities{EmCon: "receive-only"}},
		{"emConState", "9", ldapbook.Capabilities{}},
		{"msgProtocolInfoCapability", "acp-123", ldapbook.Capabilities{MMHS: ldapbook.AnswerYes}},
		{"msgProtocolInfoCapability", "0", ldapbook.Capabilities{MMHS: ldapbook.AnswerNo}},
		{"msgProtocolInfoCapability", "telex", ldapbook.Capabilities{}},
		{"understandsMMHS", "FALSE", ldapbook.Capabilities{MMHS: ldapbook.AnswerNo}},
		{"understandsLabels", "TRUE", ldapbook.Capabilities{Labels: ldapbook.AnswerYes}},
	} {
		t.Run(test.attr+" "+test.value, func(t *testing.T) {
			if e := mapped(t, m, "objectClass", "person", test.attr, test.value); e.Capabilities != test.want {
				t.Errorf("%+v", e.Capabilities)
			}
		})
	}
	both := mapped(t, m, "objectClass", "person", "msgProtocolInfoCapability", "acp-127", "msgProtocolInfoCapability", "acp-123")
	if both.Capabilities.MMHS != ldapbook.AnswerYes {
		t.Errorf("%+v", both.Capabilities)
	}
}

func TestActiveDirectoryEntry(t *testing.T) {
	guid := "\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
	e := mapped(t, preset(t, "active-directory"), "objectClass", "top", "objectClass", "user", "objectGUID", guid,
		"displayName", "Anna Hansen", "sn", "Hansen", "givenName", "Anna", "department", "G6", "company", "Norwegian Army",
		"mail", "anna@nor.example", "proxyAddresses", "smtp:a.hansen@nor.example", "proxyAddresses", "X500:/o=n/cn=anna",
		"proxyAddresses", "SMTP:Anna@nor.example", "proxyAddresses", "sip:anna@nor.example")
	want := []string{"Anna@nor.example", "a.hansen@nor.example"}
	if e.UUID != "00112233-4455-6677-8899-aabbccddeeff" || e.Name != "Anna Hansen" || e.Unit != "G6" ||
		e.Organisation != "Norwegian Army" || !slices.Equal(e.Mail, want) {
		t.Errorf("%+v", e)
	}
	custom := preset(t, "active-directory")
	custom.JID = []string{"msRTCSIP-PrimaryUserAddress"}
	e = mapped(t, custom, "objectClass", "user", "msRTCSIP-PrimaryUserAddress", "sip:anna@chat.nor.example")
	if e.Address() != "anna@chat.nor.example" {
		t.Errorf("%+v", e)
	}
}

func TestUUIDForms(t *testing.T) {
	m := ldapbook.Mapping{UUID: []string{"entryUUID", "nsUniqueId", "GUID"}}
	for _, pair := range [][2]string{
		{"entryUUID", "00112233-4455-6677-8899-AABBCCDDEEFF"},
		{"nsUniqueId", "00112233-44556677-8899aabb-ccddeeff"},
		{"GUID", "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"},
	} {
		if e := mapped(t, m, "objectClass", "person", pair[0], pair[1]); e.UUID != "00112233-4455-6677-8899-aabbccddeeff" {
			t.Errorf("%s: %s", pair[0], e.UUID)
		}
	}
	first := mapped(t, m, "objectClass", "person", "entryUUID", "no UUID")
	if second := mapped(t, m, "objectClass", "person"); len(first.UUID) != 36 || first.UUID != second.UUID {
		t.Errorf("derived: %q, %q", first.UUID, second.UUID)
	}
}

func TestOptionsOfAttributes(t *testing.T) {
	m := ldapbook.Mapping{Name: []string{"cn;lang-en", "cn"}}
	e := mapped(t, m, "objectClass", "person", "cn;lang-ru", "Анна", "cn;lang-en", "Anna")
	if e.Name != "Anna" {
		t.Errorf("%q", e.Name)
	}
	if e = mapped(t, m, "objectClass", "person", "cn;lang-ru", "Анна"); e.Name != "Анна" {
		t.Errorf("%q", e.Name)
	}
}

func TestMappingIsChecked(t *testing.T) {
	person := map[string]ldapbook.Kind{"person": "person"}
	for name, test := range map[string]struct {
		mapping ldapbook.Mapping
		field   string // that the error names; "": none
	}{
		"nothing":                   {ldapbook.Mapping{}, ""},
		"number as name":            {ldapbook.Mapping{Mail: []string{"0.9.2342.19200300.100.1.3"}}, ""},
		"option":                    {ldapbook.Mapping{Certificates: []string{"userCertificate;binary"}}, ""},
		"filter syntax":             {ldapbook.Mapping{Mail: []string{"mail=*)(uid"}}, "mail"},
		"space":                     {ldapbook.Mapping{Name: []string{"common name"}}, "name"},
		"empty name":                {ldapbook.Mapping{Unit: []string{""}}, "unit"},
		"wildcard":                  {ldapbook.Mapping{Clearance: []string{"*"}}, "clearance"},
		"underscore":                {ldapbook.Mapping{JID: []string{"my_jid"}}, "jid"},
		"half a number":             {ldapbook.Mapping{JID: []string{"1.2."}}, "jid"},
		"empty option":              {ldapbook.Mapping{JID: []string{"jid;"}}, "jid"},
		"twice":                     {ldapbook.Mapping{Phone: []string{"mobile", "Mobile"}}, "phone"},
		"no address":                {ldapbook.Mapping{Mail: []string{}, JID: []string{}}, "mail"},
		"no classes":                {ldapbook.Mapping{Classes: map[string]ldapbook.Kind{}}, "classes"},
		"empty class":               {ldapbook.Mapping{Classes: map[string]ldapbook.Kind{"": "person"}}, "classes"},
		"unknown kind":              {ldapbook.Mapping{Classes: map[string]ldapbook.Kind{"person": "people"}}, "classes"},
		"empty kind of a class":     {ldapbook.Mapping{Classes: map[string]ldapbook.Kind{"person": ""}}, "classes"},
		"ignored class":             {ldapbook.Mapping{Ignore: []string{"(x)"}}, "ignore"},
		"condition":                 {ldapbook.Mapping{Classes: person, Conditions: []ldapbook.Condition{{Attribute: "a", Value: "b", Kind: "list"}}}, ""},
		"condition that removes":    {ldapbook.Mapping{Conditions: []ldapbook.Condition{{Attribute: "a", Value: "b"}}}, ""},
		"condition on no attribute": {ldapbook.Mapping{Conditions: []ldapbook.Condition{{Value: "b", Kind: "list"}}}, "conditions"},
		"condition without value":   {ldapbook.Mapping{Conditions: []ldapbook.Condition{{Attribute: "a", Kind: "list"}}}, "conditions"},
		"condition on classes":      {ldapbook.Mapping{Conditions: []ldapbook.Condition{{Attribute: "objectclass", Value: "b", Kind: "list"}}}, "conditions"},
		"condition of no kind":      {ldapbook.Mapping{Conditions: []ldapbook.Condition{{Attribute: "a", Value: "b", Kind: "x"}}}, "conditions"},
		"condition's class":         {ldapbook.Mapping{Conditions: []ldapbook.Condition{{Attribute: "a", Value: "b", Kind: "list", Class: "(x"}}}, "conditions"},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.mapping.Validate()
			if (err != nil) != (test.field != "") || err != nil && !errors.Is(err, ldapbook.ErrSource) {
				t.Fatal(err)
			}
			if err != nil && !strings.Contains(fmt.Sprint(err), ": "+test.field) {
				t.Errorf("%v does not name %s", err, test.field)
			}
			src := ldapbook.Source{Name: "N", URLs: []string{"ldap://127.0.0.1:1"}, Security: ldapbook.TransportPlain, Mapping: test.mapping}
			if _, err := ldapbook.Dial(t.Context(), src); errors.Is(err, ldapbook.ErrSource) != (test.field != "") {
				t.Errorf("a source takes it: %v", err)
			}
		})
	}
}

func TestPresets(t *testing.T) {
	for _, name := range ldapbook.Presets() {
		m := preset(t, name)
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, field := range ldapbook.MappingFields() {
			if list, ok := m.Field(field); !ok || list == nil {
				t.Errorf("%s: %s is filled in from the default", name, field)
			}
		}
		for _, a := range ldapbook.MappedAttributes(m) {
			if strings.Contains(strings.ToLower(a), "photo") {
				t.Errorf("%s: a bulk read asks for %s", name, a)
			}
		}
	}
	if !reflect.DeepEqual(preset(t, "default"), ldapbook.DefaultMapping()) {
		t.Error("the default preset is not the default")
	}
	if _, ok := ldapbook.Preset("other"); ok {
		t.Error("a preset that is none")
	}
	var m ldapbook.Mapping
	if m.SetField("given_name", []string{"gn"}); m.GivenName[0] != "gn" || m.SetField("other", nil) {
		t.Errorf("%+v", m)
	}
	changed := preset(t, "acp133")
	changed.Mail[0], changed.Classes["x"] = "other", "person"
	if again := preset(t, "acp133"); again.Mail[0] != "mail" || again.Classes["x"] != "" {
		t.Error("presets share memory")
	}
}

func TestAddressesAreTextOnOneLine(t *testing.T) {
	e := mapped(t, ldapbook.Mapping{}, "objectClass", "person", "mail", "a@x\r\nBcc: b@x", "mail", " c@x ", "mail", "C@X",
		"mail", "\u202ed@x", "mail", "\xff@x", "telephoneNumber", "+47\x1b 1")
	if !slices.Equal(e.Mail, []string{"c@x"}) || !slices.Equal(e.Phone, []string{"+47 1"}) {
		t.Errorf("%q %q", e.Mail, e.Phone)
	}
}
