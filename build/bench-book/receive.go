package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"caveat/backend/api"
	"caveat/backend/draft"
	"caveat/backend/installation"
	"caveat/backend/label"
	"caveat/backend/store"
	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// receiving is how long the program takes to answer who may receive a label: everything but HTTP.
type receiving struct {
	cold    times // the first after a start at which nothing was read ahead
	first   times // the first after a start
	later   times
	units   times // of one nation, by unit
	changed times // the first after something was written into the book
}

const receiveRounds = 9

// receive asks the program itself, with the policy that the population's clearances are under.
func (f *figures) receive(ctx context.Context, p ldaptest.Population, path string) error {
	dir, err := os.MkdirTemp("", "bench-book")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	dn, err := asker(ctx, path)
	if err != nil {
		return err
	}
	in, err := install(dir, dn, p)
	if err != nil {
		return err
	}
	kept, err := store.Open(ctx, dir, "bench")
	if err != nil {
		return err
	}
	defer kept.Close()
	open := func(ask func(book *ldapbook.Book, s *api.Service) error) error {
		book, err := ldapbook.Open(ctx, path)
		if err != nil {
			return err
		}
		s := api.New(api.Config{Installation: in, Secrets: installation.NewAgeFile(dir), Store: kept, Book: book, User: "bench"})
		return errors.Join(ask(book, s), s.Close(), book.Close())
	}
	for range receiveRounds {
		err := errors.Join(
			open(func(_ *ldapbook.Book, s *api.Service) error { return whoMay(ctx, s, "", &f.receiving.cold) }),
			open(func(book *ldapbook.Book, s *api.Service) error { return f.receiving.started(ctx, book, s) }),
		)
		if err != nil {
			return fmt.Errorf("who may receive: %w", err)
		}
	}
	return nil
}

// started asks a program that was just started, and again.
func (r *receiving) started(ctx context.Context, book *ldapbook.Book, s *api.Service) error {
	err := errors.Join(
		s.ReadAhead(ctx),
		whoMay(ctx, s, "", &r.first), whoMay(ctx, s, "", &r.later), whoMay(ctx, s, "NOR", &r.units),
	)
	if err != nil {
		return err
	}
	before, err := touch(ctx, book)
	if err != nil {
		return err
	}
	return errors.Join(
		whoMay(ctx, s, "", &r.changed),
		book.Put(ctx, directory, before, ldapbook.Asked{}), // or the next sync would find one change more
	)
}

// whoMay asks who may receive the label, everywhere or in one nation by unit.
func whoMay(ctx context.Context, s *api.Service, nation string, into *times) error {
	start := time.Now()
	d, err := s.Receive(ctx, api.ReceiveRequest{Label: asked, Nation: nation})
	if err != nil {
		return err
	}
	*into = append(*into, time.Since(start))
	if p := d.People; p.May == 0 || p.NotCleared == 0 || p.May+p.NotCleared != p.People || nation != "" && len(d.Units) == 0 {
		return fmt.Errorf("no answer worth timing: %+v", p)
	}
	return nil
}

// touch writes somebody into the book as if read again and changed. It gives the entry as it was.
func touch(ctx context.Context, book *ldapbook.Book) (before []ldapbook.Entry, err error) {
	before, err = book.Search(ctx, ldapbook.Query{Kind: ldapbook.KindPerson, Limit: 1})
	if err != nil || len(before) == 0 {
		return nil, errors.Join(err, errors.New("nobody is in the book"))
	}
	changed := slices.Clone(before)
	changed[0].Title, changed[0].ReadAt = "Clerk of "+time.Now().String(), time.Now()
	return before, book.Put(ctx, directory, changed, ldapbook.Asked{})
}

// asked is the label: a level, a category that half of the population holds, and a value that everybody does.
var asked = draft.Label{Selection: &label.Selection{Policy: "MROD", Classification: "CONFIDENTIAL", Categories: []label.SelectedTag{
	{TagSet: "Releasable To", Values: []label.SelectedValue{{Name: "NOR"}}}, {TagSet: "Special", Values: []label.SelectedValue{{Name: "ATOMAL"}}}}}}

// asker is the DN of somebody who may receive the label.
func asker(ctx context.Context, path string) (string, error) {
	book, err := ldapbook.Open(ctx, path)
	if err != nil {
		return "", err
	}
	defer book.Close()
	some, err := book.Search(ctx, ldapbook.Query{Kind: ldapbook.KindPerson, Limit: ldapbook.MaxLimit})
	for _, e := range some {
		if len(e.Clearance) == 1 && strings.Contains(e.Clearance[0], ">SECRET<") && strings.Contains(e.Clearance[0], "ATOMAL") {
			return e.DN, nil
		}
	}
	return "", errors.Join(err, errors.New("nobody may receive the label"))
}

// install writes the installation of somebody who holds everything, and the policy that the population's clearances are under.
func install(dir, dn string, p ldaptest.Population) (*installation.Installation, error) {
	if err := os.WriteFile(filepath.Join(dir, "policy.xml"), []byte(policyOf(p)), 0o600); err != nil {
		return nil, err
	}
	const all = `{ policy = "MROD", up_to = "SECRET", categories = { "Releasable To" = ["NOR"], Special = ["ATOMAL"] } }`
	text := fmt.Sprintf(`format = 1
[system]
name = "bench"
nation = "NOR"
clearance = %[1]s
[[policy]]
file = "policy.xml"
accept_unsigned = "figures"
[[directory]]
name = %[2]q
nation = "NOR"
urls = ["ldap://127.0.0.1:389"]
security = "plain"
plain_ceiling = %[1]s
base_dn = %[3]q
mail_domains = [%[4]q]
chat_domains = ["xmpp.%[5]s", "rooms.%[5]s"]
mode = "mirror"
[[route]]
domain = %[4]q
channel = "mail"
nation = "NOR"
own = true
[[identity]]
user = "bench"
directory = %[2]q
dn = %[6]q
mail = "bench@%[5]s"
`, all, directory, p.Suffix, p.Domain, p.Domain, dn)
	file := filepath.Join(dir, installation.FileName)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return installation.Load(file)
}

// policyOf is a policy (SPIF) in which the clearances of the population mean something.
func policyOf(p ldaptest.Population) string {
	var b strings.Builder
	b.WriteString(`<spif:SPIF xmlns:spif="http://www.xmlspif.org/spif" schemaVersion="2.1" version="1" creationDate="20260101000000Z"
  originatorDN="CN=Figures" keyIdentifier="00" privilegeId="1.3.26.0.4774.5.24.1" rbacId="1.3.26.0.4774.5.24.1">
  <spif:securityPolicyId name="MROD" id="1.3.6.1.4.1.32473.4774.9"/>
  <spif:securityClassifications>`)
	for i, name := range []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET"} {
		fmt.Fprintf(&b, `<spif:securityClassification name=%q lacv="%d" hierarchy="%d"/>`, name, i+1, 10*(i+1))
	}
	b.WriteString(`</spif:securityClassifications><spif:securityCategoryTagSets>
  <spif:securityCategoryTagSet name="Releasable To" id="1.3.6.1.4.1.32473.4774.9.1">
  <spif:securityCategoryTag name="Releasable To" tagType="permissive"><spif:tagCategory name="NOR" lacv="1"/>`)
	for i := range ldaptest.ClearanceTexts {
		fmt.Fprintf(&b, `<spif:tagCategory name="Mission %d" lacv="%d"/>`, i, i+2)
	}
	b.WriteString(`</spif:securityCategoryTag></spif:securityCategoryTagSet>
  <spif:securityCategoryTagSet name="Special" id="1.3.6.1.4.1.32473.4774.9.2">
  <spif:securityCategoryTag name="Special" tagType="restrictive"><spif:tagCategory name="ATOMAL" lacv="1"/></spif:securityCategoryTag>
  </spif:securityCategoryTagSet></spif:securityCategoryTagSets></spif:SPIF>`)
	return b.String()
}
