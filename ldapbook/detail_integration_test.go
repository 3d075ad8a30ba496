//go:build integration

package ldapbook_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// TestIntegrationDetail: photo and certificate of a real server, which sends the one in binary transfer without being told.
func TestIntegrationDetail(t *testing.T) {
	until := time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC)
	s := ldaptest.StartSlapd(t, ldaptest.SlapdConfig{Suffix: suffix, Schema: ldaptest.ActiveDirectorySchema, Entries: []ldaptest.Entry{
		cleared("anna", "Anna", "Hansen", "jpegPhoto", jpeg, "userCertificate;binary", certificate(t, until), "memberOf", "cn=ops,"+suffix)}})
	src := ldapbook.Source{Name: "Norland", URLs: []string{s.TLSURL}, Security: ldapbook.TransportLDAPS, RootCAs: s.CA.Pool(), BaseDN: suffix}
	c := dial(t, src)
	d, err := c.Detail(t.Context(), "uid=anna,ou=people,"+suffix)
	if err != nil || string(d.Photo) != jpeg || len(d.Certificates) != 1 || !d.Certificates[0].NotAfter.Equal(until) ||
		!d.Entry.CertificateUntil.Equal(until) || !slices.Equal(d.MemberOf, []string{"cn=ops," + suffix}) {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := c.Detail(t.Context(), "uid=nobody,ou=people,"+suffix); !errors.Is(err, ldapbook.ErrNoEntry) {
		t.Error(err)
	}
}
