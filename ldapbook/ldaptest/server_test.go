package ldaptest_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"caveat/ldapbook/ldaptest"
)

const suffix = "o=norland"

func entry(uid string, pairs ...string) ldaptest.Entry {
	e := ldaptest.Entry{DN: "uid=" + uid + ",ou=people," + suffix, Attrs: []ldaptest.Attr{
		{Name: "objectClass", Values: []string{"inetOrgPerson"}}, {Name: "uid", Values: []string{uid}},
		{Name: "cn", Values: []string{"N " + uid}}, {Name: "sn", Values: []string{uid}}}}
	for i := 0; i < len(pairs); i += 2 {
		e.Attrs = append(e.Attrs, ldaptest.Attr{Name: pairs[i], Values: strings.Split(pairs[i+1], "|")})
	}
	return e
}

func entries() []ldaptest.Entry {
	return []ldaptest.Entry{
		entry("anna", "mail", "anna@nor.example|a@nor.example", "title", "Major"),
		entry("bo", "mail", "bo@nor.example", "manager", "UID=Anna, ou=people, o=norland"),
		entry("carl"),
	}
}

// client connects with a library that is not ours.
func client(t *testing.T, url string) *ldap.Conn {
	t.Helper()
	c, err := ldap.DialURL(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func serve(t *testing.T, config ldaptest.Config) (*ldaptest.Server, string) {
	t.Helper()
	s := ldaptest.New(config)
	if err := s.Add(entries()...); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(ln)
	t.Cleanup(s.Close)
	return s, "ldap://" + ln.Addr().String()
}

func search(c *ldap.Conn, base string, scope int, filter string, attrs ...string) (*ldap.SearchResult, error) {
	return c.Search(ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, 0, 0, false, filter, attrs, nil))
}

func uids(r *ldap.SearchResult) string {
	var all []string
	for _, e := range r.Entries {
		all = append(all, e.GetAttributeValue("uid"))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// filters hold on the embedded server and on slapd alike.
var filters = []struct{ filter, want string }{
	{"(uid=anna)", "anna"},
	{"(UID=ANNA)", "anna"},
	{"(mail=a@nor.example)", "anna"},
	{"(&(objectClass=inetOrgPerson)(sn=b*))", "bo"},
	{"(cn=*n*a)", "anna"},
	{"(cn=n *r*l)", "carl"},
	{"(mail=*)", "anna bo"},
	{"(&(uid=*)(!(mail=*)))", "carl"},                // presence is never undefined
	{"(&(uid=*)(!(title=Major)))", "bo carl"},        // who has no title, hasn't that one
	{"(&(uid=*)(!(noSuchAttribute=x)))", ""},         // undefined, and so is its negation
	{"(&(uid=*)(!(displayName=x)))", "anna bo carl"}, // known, though nobody has it
	{"(|(uid=anna)(uid=carl)(uid=nobody))", "anna carl"},
	{"(manager=uid=anna,ou=people,o=norland)", "bo"},
	{"(&(uid=*)(uid>=bo))", "bo carl"},
	{"(&(uid=*)(uid<=bo))", "anna bo"},
	{"(&)", ""},
}

func TestFilters(t *testing.T) {
	_, url := serve(t, ldaptest.Config{Suffix: suffix})
	c := client(t, url)
	for _, test := range filters {
		want := test.want
		if test.filter == "(&)" {
			want = "  anna bo carl" // absolute true, RFC 4526: also the suffix and ou=people
		}
		r, err := search(c, suffix, ldap.ScopeWholeSubtree, test.filter)
		if err != nil || uids(r) != want {
			t.Errorf("%s: %v, %v, want %q", test.filter, r, err, want)
		}
	}
}

func TestScopesAndSelection(t *testing.T) {
	_, url := serve(t, ldaptest.Config{Suffix: suffix})
	c := client(t, url)
	for _, test := range []struct {
		base  string
		scope int
		want  int
	}{{suffix, 0, 1}, {suffix, 1, 1}, {suffix, 2, 5}, {"ou=people, O=Norland", 1, 3}, {"uid=bo,ou=people," + suffix, 2, 1}} {
		r, err := search(c, test.base, test.scope, "(objectClass=*)")
		if err != nil || len(r.Entries) != test.want {
			t.Errorf("%s %d: %v, %v", test.base, test.scope, r, err)
		}
	}
	if _, err := search(c, "ou=nowhere,"+suffix, 2, "(uid=*)"); !ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
		t.Error(err)
	}
	r, err := search(c, suffix, 2, "(uid=bo)")
	if err != nil || r.Entries[0].GetAttributeValue("entryUUID") != "" {
		t.Errorf("operational attributes come unasked: %v, %v", r, err)
	}
	first, err := search(c, suffix, 2, "(uid=bo)", "MAIL", "entryuuid")
	if err != nil || len(first.Entries[0].Attributes) != 2 || len(first.Entries[0].GetAttributeValue("entryUUID")) != 36 {
		t.Errorf("%v, %v", first, err)
	}
	r, err = search(c, suffix, 2, "(entryUUID="+first.Entries[0].GetAttributeValue("entryUUID")+")", "*", "+")
	if err != nil || uids(r) != "bo" || r.Entries[0].GetAttributeValue("modifyTimestamp") == "" {
		t.Errorf("%v, %v", r, err)
	}
	root, err := search(c, "", 0, "(objectClass=*)")
	if err != nil || root.Entries[0].GetAttributeValue("namingContexts") != suffix {
		t.Errorf("%v, %v", root, err)
	}
}

func TestPagesAndLimit(t *testing.T) {
	s, url := serve(t, ldaptest.Config{Suffix: suffix})
	for i := range 30 {
		if err := s.Add(entry(fmt.Sprintf("x%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	c := client(t, url)
	all := ldap.NewSearchRequest(suffix, 2, 0, 0, 0, false, "(uid=*)", nil, nil)
	r, err := c.SearchWithPaging(all, 7)
	if err != nil || len(r.Entries) != 33 {
		t.Errorf("%d, %v", len(r.Entries), err)
	}
	s.SizeLimit(10)
	r, err = search(c, suffix, 2, "(uid=*)")
	if !ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) || len(r.Entries) != 10 {
		t.Errorf("%v, %v", r, err)
	}
}

func TestBind(t *testing.T) {
	password := rand.Text()
	s, url := serve(t, ldaptest.Config{Suffix: suffix, BindDN: "cn=reader," + suffix, Password: password, RequireBind: true})
	c := client(t, url)
	if _, err := search(c, suffix, 2, "(uid=*)"); !ldap.IsErrorWithCode(err, ldap.LDAPResultInsufficientAccessRights) {
		t.Error(err)
	}
	if err := c.Bind("cn=reader,"+suffix, password+"x"); !ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials) {
		t.Error(err)
	}
	if err := c.Bind("CN=Reader, "+suffix, password); err != nil {
		t.Error(err)
	}
	who, err := c.WhoAmI(nil)
	if err != nil || who.AuthzID != "dn:cn=reader,"+suffix {
		t.Error(who, err)
	}
	if r, err := search(c, suffix, 2, "(uid=*)"); err != nil || len(r.Entries) != 3 {
		t.Error(err)
	}
	s.RefuseBind(true)
	if err := c.Bind("cn=reader,"+suffix, password); !ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials) {
		t.Error(err)
	}
}

func TestChanges(t *testing.T) {
	s, url := serve(t, ldaptest.Config{Suffix: suffix})
	c := client(t, url)
	dn := "uid=bo,ou=people," + suffix
	if err := s.Add(entry("bo")); !errors.Is(err, ldaptest.ErrExists) {
		t.Error(err)
	}
	if err := errors.Join(s.Replace(dn, "MAIL", "new@nor.example"), s.Rename(dn, "uid=bob,ou=people,"+suffix)); err != nil {
		t.Error(err)
	}
	if err := s.Delete(dn); !errors.Is(err, ldaptest.ErrNotFound) {
		t.Error(err)
	}
	if r, err := search(c, suffix, 2, "(mail=new@nor.example)"); err != nil || len(r.Entries) != 1 {
		t.Error(r, err)
	}
	if r, err := search(c, suffix, 2, "(mail=bo@nor.example)"); err != nil || len(r.Entries) != 0 {
		t.Error(r, err)
	}
}

func TestIntegrationSlapdFilters(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, Entries: entries()})
	c := client(t, s.URL)
	for _, test := range filters {
		if strings.Contains(test.filter, ">=") || strings.Contains(test.filter, "<=") || test.filter == "(&)" {
			continue // uid has no ordering rule in slapd's schema; (&) finds the containers too
		}
		r, err := search(c, suffix, ldap.ScopeWholeSubtree, test.filter)
		if err != nil || uids(r) != test.want {
			t.Errorf("%s: %v, %v, want %q", test.filter, r, err, test.want)
		}
	}
}

func TestCAIsLoadedAgain(t *testing.T) {
	ca := ldaptest.NewCA("one")
	cert, key, err := ca.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ldaptest.LoadCA(cert, key)
	if err != nil || string(again.PEM()) != string(ca.PEM()) || !again.Pool().Equal(ca.Pool()) {
		t.Error(err)
	}
	_, other, err := ldaptest.NewCA("two").Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ldaptest.LoadCA(cert, other); !errors.Is(err, ldaptest.ErrCA) {
		t.Error(err)
	}
	leaf, leafKey, err := ca.Issue("server")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ldaptest.LoadCA(leaf, leafKey); !errors.Is(err, ldaptest.ErrCA) {
		t.Error(err)
	}
}
