package ldapbook_test

import (
	"slices"
	"testing"

	"caveat/ldapbook"
)

func TestRule06LinkedByDNBothWays(t *testing.T) {
	entry := func(directory, dn string, names ...string) ldapbook.Entry {
		return ldapbook.Entry{Directory: directory, DN: dn, SamePerson: names}
	}
	for name, c := range map[string]struct {
		a, b ldapbook.Entry
		want bool
	}{
		"each names the other":     {entry("A", "uid=a,o=x", "uid=z,o=x", "UID=B , O=X"), entry("A", "uid=b,o=x", "uid=a,o=x"), true},
		"only the one":             {entry("A", "uid=a,o=x", "uid=b,o=x"), entry("A", "uid=b,o=x"), false},
		"only the other":           {entry("A", "uid=a,o=x"), entry("A", "uid=b,o=x", "uid=a,o=x"), false},
		"another directory":        {entry("A", "uid=a,o=x", "uid=b,o=x"), entry("B", "uid=b,o=x", "uid=a,o=x"), false},
		"itself":                   {entry("A", "uid=a,o=x", "uid=a,o=x"), entry("A", "UID=a,o=x", "uid=a,o=x"), false},
		"by way of a third":        {entry("A", "uid=a,o=x", "uid=c,o=x"), entry("A", "uid=b,o=x", "uid=c,o=x"), false},
		"a name that begins alike": {entry("A", "uid=a,o=x", "uid=b,o=xy"), entry("A", "uid=b,o=x", "uid=a,o=x"), false},
	} {
		if got := ldapbook.SamePerson(c.a, c.b); got != c.want || ldapbook.SamePerson(c.b, c.a) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The names are read, kept, changed and taken away with the entry, also by a read of changes, and when nothing else is another.
func TestSamePersonIsKept(t *testing.T) {
	w := startEmbedded(t, startOptions{entries: crowd(3)})
	src, b := withStrategy(w.ldap, ldapbook.StrategySyncrepl), openBook(t)
	mustSync(t, b, src)
	for _, want := range [][]string{{dn("p0001")}, {dn("p0001"), "uid=x,o=elsewhere"}, nil} {
		must(t, w.dir.Replace(dn("p0000"), "seeAlso", want...))
		if r := mustSync(t, b, src); r.Changed != 1 || r.Added+r.Removed != 0 {
			t.Errorf("%+v", r)
		}
		if e := byAddress(t, b, "p0000@nor.example")[0]; !slices.Equal(e.SamePerson, want) || e.Surname == "" || len(e.Clearance) == 0 {
			t.Errorf("%+v, want %q", e, want)
		}
		if e := byAddress(t, b, "p0001@nor.example")[0]; e.SamePerson != nil {
			t.Errorf("%q", e.SamePerson)
		}
	}
	must(t, w.dir.Replace(dn("p0000"), "seeAlso", dn("p0001")))
	src.Mapping.SamePerson = []string{} // not looked for
	mustSync(t, b, src)
	if e := byAddress(t, b, "p0000@nor.example")[0]; e.SamePerson != nil {
		t.Errorf("%q", e.SamePerson)
	}
}
