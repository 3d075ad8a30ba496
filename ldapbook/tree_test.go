package ldapbook_test

import (
	"fmt"
	"strings"
	"testing"

	"caveat/ldapbook"
)

// stands is an entry somewhere in the tree.
func stands(dn, name, unit string, kind ldapbook.Kind) ldapbook.Entry {
	e := ldapbook.Entry{DN: dn, Kind: kind, Name: name, Unit: unit, Organisation: "Norland Army"}
	if kind == ldapbook.KindPerson {
		e.Surname, e.GivenName = name, "Ola"
		e.Name = "Ola " + name
	}
	return e
}

func show(nodes []ldapbook.Node) string {
	var all []string
	for _, n := range nodes {
		all = append(all, fmt.Sprintf("%s %d/%d/%d", n.Name, n.Nodes, n.Entries, n.Total))
	}
	return strings.Join(all, "; ")
}

func nodes(t *testing.T, b *ldapbook.Book, parent int64) []ldapbook.Node {
	t.Helper()
	all, err := b.Nodes(t.Context(), "Norland", parent)
	must(t, err)
	return all
}

// woods is a small directory: two brigades, one with a name of its own, one with units that only entries name.
func woods() []ldapbook.Entry {
	return []ldapbook.Entry{
		stands("uid=a,ou=people,ou=1bde,dc=nor,dc=example", "Alpha", "people", ldapbook.KindPerson),
		stands("uid=b,ou=people,ou=1bde,dc=nor,dc=example", "Bravo", "PEOPLE", ldapbook.KindPerson),
		stands("ou=1bde,dc=nor,dc=example", "First Brigade", "", ldapbook.KindOrganisation),
		stands("uid=c,ou=2bde,dc=nor,dc=example", "Charlie", "10 Company", ldapbook.KindPerson),
		stands("uid=d, ou=2bde, dc=nor, dc=example", "Delta", "2 Company", ldapbook.KindPerson),
		stands("uid=e,ou=2bde,dc=nor,dc=example", "Echo", "", ldapbook.KindPerson),
		stands("ou=empty,dc=nor,dc=example", "Empty Unit", "", ldapbook.KindOrganisation),
	}
}

// A container whose one unit repeats the name of its entry is one place, also where its RDN is another; with a second unit in it the
// tree shows what is there.
func TestNodesOfAUnitThatRepeatsItsContainer(t *testing.T) {
	b := filled(t, "Norland", "NOR", append(woods(),
		stands("ou=j3,dc=nor,dc=example", "Joint Operations", "", ldapbook.KindOrganisation),
		stands("uid=p,ou=j3,dc=nor,dc=example", "Papa", "JOINT OPERATIONS", ldapbook.KindPerson),
		stands("uid=q,ou=j3,dc=nor,dc=example", "Quebec", "Joint Operations", ldapbook.KindPerson))...)
	all := nodes(t, b, nodes(t, b, 0)[0].ID)
	if got := show(all); got != "2bde 2/1/3; Empty Unit 0/0/0; First Brigade 1/0/2; Joint Operations 0/2/2" {
		t.Fatalf("below: %s", got)
	}
	found, err := b.InNode(t.Context(), all[3].ID, 0, 0)
	if err != nil || names(found) != "Ola Papa; Ola Quebec" {
		t.Errorf("%q, %v", names(found), err)
	}
	put(t, b, "Norland", "NOR", stands("uid=r,ou=j3,dc=nor,dc=example", "Romeo", "Night Shift", ldapbook.KindPerson))
	all = nodes(t, b, nodes(t, b, 0)[0].ID)
	if got := show(all[3:]); got != "Joint Operations 2/0/3" {
		t.Errorf("with a second unit: %s", got)
	}
}

func TestNodes(t *testing.T) {
	b := filled(t, "Norland", "NOR", woods()...)
	put(t, b, "Albion", "GBR", stands("uid=x,ou=1bde,dc=nor,dc=example", "Xray", "", ldapbook.KindPerson))
	top := nodes(t, b, 0)
	if got := show(top); got != "nor 3/0/5" { // dc=example holds nothing else
		t.Fatalf("top: %s", got)
	}
	below := nodes(t, b, top[0].ID)
	if got := show(below); got != "2bde 2/1/3; Empty Unit 0/0/0; First Brigade 1/0/2" {
		t.Fatalf("below: %s", got)
	}
	if below[0].DN != "ou=2bde,dc=nor,dc=example" {
		t.Errorf("DN: %q", below[0].DN)
	}
	units := nodes(t, b, below[0].ID)
	if got := show(units); got != "2 Company 0/1/1; 10 Company 0/1/1" || units[0].DN != "" {
		t.Errorf("units: %s %+v", got, units)
	}
	if got := show(nodes(t, b, below[2].ID)); got != "people 0/2/2" { // a unit with its container's name is the container
		t.Errorf("people: %s", got)
	}
	if nodes(t, b, 1<<40) != nil {
		t.Error("below a node that is not there")
	}
	for node, want := range map[int64]string{units[0].ID: "Ola Delta", below[0].ID: "Ola Echo", below[1].ID: ""} {
		found, err := b.InNode(t.Context(), node, 0, 0)
		if err != nil || names(found) != want {
			t.Errorf("in node %d: %q, %v, want %q", node, names(found), err, want)
		}
	}
	people := nodes(t, b, below[2].ID)[0]
	for _, test := range []struct {
		offset, limit int
		want          string
	}{{0, 0, "Ola Alpha; Ola Bravo"}, {0, 1, "Ola Alpha"}, {1, 5, "Ola Bravo"}, {2, 5, ""}, {-3, 1, "Ola Alpha"}} {
		found, err := b.InNode(t.Context(), people.ID, test.offset, test.limit)
		if err != nil || names(found) != test.want {
			t.Errorf("offset %d, limit %d: %q, %v", test.offset, test.limit, names(found), err)
		}
	}
}

func TestPathTo(t *testing.T) {
	b := filled(t, "Norland", "NOR", woods()...)
	for surname, want := range map[string]string{
		"alpha": "nor 3/0/5; First Brigade 1/0/2; people 0/2/2",
		"delta": "nor 3/0/5; 2bde 2/1/3; 2 Company 0/1/1",
		"echo":  "nor 3/0/5; 2bde 2/1/3",
	} {
		e := find(t, b, surname)[0]
		path, err := b.PathTo(t.Context(), ldapbook.Ref{Directory: "Norland", UUID: strings.ToUpper(e.UUID)})
		if err != nil || show(path) != want {
			t.Errorf("%s: %s, %v, want %s", surname, show(path), err, want)
		}
	}
	for _, r := range []ldapbook.Ref{{Directory: "Norland", UUID: "none"}, {Directory: "Elsewhere", UUID: "none"}, {}} {
		if path, err := b.PathTo(t.Context(), r); err != nil || len(path) != 0 {
			t.Errorf("%v: %v, %v", r, path, err)
		}
	}
}

// The tree follows what changes: moves, deletes, a unit that is named otherwise.
func TestTreeAfterChanges(t *testing.T) {
	b := filled(t, "Norland", "NOR", woods()...)
	alpha := find(t, b, "alpha")[0]
	before := nodes(t, b, nodes(t, b, 0)[0].ID)
	alpha.DN = "uid=a,ou=2bde,dc=nor,dc=example"
	put(t, b, "Norland", "NOR", alpha)
	empty := find2(t, b, ldapbook.Query{Text: "empty", Kind: ldapbook.KindOrganisation})
	must(t, b.Put(t.Context(), "Norland", nil, ldapbook.Asked{UUIDs: []string{find(t, b, "bravo")[0].UUID, empty[0].UUID}}))
	after := nodes(t, b, nodes(t, b, 0)[0].ID)
	if got := show(after); got != "2bde 3/1/4; First Brigade 0/0/0" {
		t.Errorf("after: %s", got)
	}
	if before[0].ID != after[0].ID {
		t.Error("a node's number changed")
	}
	if got := show(nodes(t, b, after[0].ID)); got != "2 Company 0/1/1; 10 Company 0/1/1; people 0/1/1" {
		t.Errorf("units: %s", got)
	}
	must(t, b.Forget(t.Context(), "Norland"))
	if all := nodes(t, b, 0); len(all) != 0 {
		t.Errorf("forgotten: %s", show(all))
	}
}

func find2(t *testing.T, b *ldapbook.Book, q ldapbook.Query) []ldapbook.Entry {
	t.Helper()
	found, err := b.Search(t.Context(), q)
	must(t, err)
	return found
}

func TestGroupsOf(t *testing.T) {
	member := "UID=a, ou=people, dc=nor"
	list := ldapbook.Entry{DN: "cn=List,dc=nor", Kind: ldapbook.KindList, Name: "List", Members: []string{member, "uid=b,ou=people,dc=nor"}}
	role := ldapbook.Entry{DN: "cn=Role,dc=nor", Kind: ldapbook.KindRole, Name: "Duty", Occupants: []string{"uid=a,ou=people,dc=nor"}}
	b := filled(t, "Norland", "NOR", list, role)
	put(t, b, "Albion", "GBR", ldapbook.Entry{DN: "cn=other,dc=gbr", Kind: ldapbook.KindList, Name: "Other", Members: []string{member}})
	groups := func(dn string) string {
		found, err := b.GroupsOf(t.Context(), "Norland", dn)
		must(t, err)
		return names(found)
	}
	if got := groups("uid=A,ou=People,dc=nor"); got != "Duty; List" {
		t.Errorf("of a: %q", got)
	}
	if got := groups("uid=b,ou=people,dc=nor"); got != "List" {
		t.Errorf("of b: %q", got)
	}
	list.Members = list.Members[1:]
	put(t, b, "Norland", "NOR", list)
	if got := groups(member); got != "Duty" {
		t.Errorf("after it left the list: %q", got)
	}
	must(t, b.Put(t.Context(), "Norland", nil, ldapbook.Asked{DNs: []string{role.DN}}))
	if got := groups(member); got != "" {
		t.Errorf("after the role is gone: %q", got)
	}
}

func TestOrganisations(t *testing.T) {
	b := filled(t, "Norland", "NOR", append(woods(),
		ldapbook.Entry{DN: "uid=z,dc=x", Kind: ldapbook.KindPerson, Name: "Z", Organisation: "Österland Navy"},
		ldapbook.Entry{DN: "uid=y,dc=x", Kind: ldapbook.KindPerson, Name: "Y", Organisation: "NORLAND ARMY"})...)
	for _, test := range []struct {
		text  string
		limit int
		want  string
	}{
		{"", 0, "2 Company; 10 Company; Norland Army; Österland Navy; people"},
		{"oster", 0, "Österland Navy"},
		{"norland a", 0, "Norland Army"}, // one of the spellings
		{"2", 0, "2 Company"},
		{"", 2, "2 Company; 10 Company"},
		{"none", 0, ""},
	} {
		all, err := b.Organisations(t.Context(), "Norland", test.text, test.limit)
		if got := strings.Join(all, "; "); err != nil || !strings.EqualFold(got, test.want) {
			t.Errorf("%q: %q, %v, want %q", test.text, got, err, test.want)
		}
	}
}
