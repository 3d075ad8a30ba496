package ldapbook_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

const (
	jpeg = "\xff\xd8\xff\xe0 not much of a photo"
	png  = "\x89PNG\r\n\x1a\n nor this"
)

func TestDetail(t *testing.T) {
	until := time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC)
	var groups []string
	for i := range 20 {
		groups = append(groups, fmt.Sprintf("cn=g%02d,ou=lists,%s", i, suffix))
	}
	anna := cleared("anna", "Anna", "Hansen", "jpegPhoto", "no photo", "jpegPhoto", jpeg, "thumbnailPhoto", png,
		"userCertificate;binary", certificate(t, until), "userCertificate;binary", "rubbish")
	anna.Attrs = append(anna.Attrs, ldaptest.Attr{Name: "memberOf", Values: groups})
	bo := cleared("bo", "Bo", "Berg", "jpegPhoto", "\xff\xd8\xff"+strings.Repeat("x", ldapbook.MaxPhoto), "thumbnailPhoto", png)
	w := startEmbedded(t, startOptions{entries: []ldaptest.Entry{anna, bo, listOf("ops", 30)}})
	w.server.Ranges(7, ldaptest.RangeSound)
	c := dial(t, w.ldap)

	d, err := c.Detail(t.Context(), anna.DN)
	if err != nil {
		t.Fatal(err)
	}
	if d.Entry.Name != "Anna Hansen" || !d.Entry.CertificateUntil.Equal(until) || string(d.Photo) != jpeg || d.PhotoType != "image/jpeg" {
		t.Errorf("%+v", d)
	}
	if !slices.Equal(d.MemberOf, groups) || d.MemberOfIncomplete || d.UnreadableCertificates != 1 || len(d.Certificates) != 1 {
		t.Fatalf("%+v", d)
	}
	cert := d.Certificates[0]
	if cert.Subject != "CN=x" || cert.Issuer != "CN=x" || cert.Serial != "7" || !cert.NotAfter.Equal(until) || len(cert.SHA256) != 64 ||
		!cert.NotBefore.Before(until) || !cert.ForEmail || !cert.CanSign || cert.CanEncrypt || !slices.Equal(cert.Email, []string{"x@nor.example"}) {
		t.Errorf("%+v", cert)
	}
	if d, err = c.Detail(t.Context(), bo.DN); err != nil || string(d.Photo) != png || d.PhotoType != "image/png" {
		t.Errorf("a photo too large, and one that is not: %q, %v", d.PhotoType, err)
	}
	if d, err = c.Detail(t.Context(), "CN=Ops,ou=lists,"+suffix); err != nil || len(d.Entry.Members) != 30 || d.Entry.MembersIncomplete || d.Photo != nil {
		t.Errorf("%d members, %v", len(d.Entry.Members), err)
	}
	w.server.Ranges(7, ldaptest.RangeStops)
	if d, err = c.Detail(t.Context(), anna.DN); err != nil || !d.MemberOfIncomplete {
		t.Errorf("%+v, %v", d.MemberOf, err)
	}
	for _, dn := range []string{"uid=nobody,ou=people," + suffix, "ou=people," + suffix} {
		if d, err := c.Detail(t.Context(), dn); !errors.Is(err, ldapbook.ErrNoEntry) || d.Entry.DN != "" {
			t.Errorf("%s: %v", dn, err)
		}
	}
}
