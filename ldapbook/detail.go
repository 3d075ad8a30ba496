package ldapbook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"caveat/ldapbook/internal/wire"
)

// ErrNoEntry: the directory has no such entry, or it is of no kind that a book keeps.
var ErrNoEntry = errors.New("ldapbook: directory has no such entry")

// MaxPhoto is the largest photo that is handed on, in bytes.
const MaxPhoto = 1 << 20

// maxDetailCertificates bounds what one entry costs; more are counted as unreadable.
const maxDetailCertificates = 32

// Detail is one entry as the directory has it now, with what a book doesn't keep.
type Detail struct {
	Entry Entry
	// Photo is a JPEG or PNG of at most MaxPhoto bytes, by its first bytes; what follows was not looked at. nil: none.
	Photo                  []byte
	PhotoType              string        // "image/jpeg", "image/png"; empty where there is no photo
	Certificates           []Certificate // as published; not verified
	UnreadableCertificates int
	MemberOf               []string // DNs of groups, where the server tells them
	MemberOfIncomplete     bool     // there are more
}

// Certificate is what a published certificate says. Nothing of it has been verified.
type Certificate struct {
	Subject, Issuer     string // RFC 2253, as it may be shown
	Serial              string // hexadecimal
	SHA256              string // of the certificate, hexadecimal
	NotBefore, NotAfter time.Time
	Email               []string
	// ForEmail: it may be used for mail (extended key usage emailProtection or any, or none said). CanSign, CanEncrypt: for
	// signatures, for keys; also where it doesn't say what it is for.
	ForEmail, CanSign, CanEncrypt bool
}

// Detail reads one entry by its name. Errors as Search, and ErrNoEntry.
func (c *Conn) Detail(ctx context.Context, dn string) (Detail, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	request, err := c.search(dn, wire.ScopeBase, "(objectClass=*)")
	if err != nil {
		return Detail{}, err
	}
	request.Attrs = append(request.Attrs, "jpegPhoto", "thumbnailPhoto", "memberOf")
	c.mapper.forget()
	r := detailReading{mapper: c.mapper}
	done, err := c.client.Search(ctx, c.src.Timeout, request, r.entry)
	switch {
	case err != nil:
		return Detail{}, c.explain(err)
	case done.Code == codeNoSuchObject || done.Code == 0 && !r.found:
		return Detail{}, explain(ErrNoEntry, fmt.Errorf("%.200q", dn), c.src, c.url)
	case done.Code != 0:
		return Detail{}, c.explain(&done.Result)
	}
	entries := []Entry{r.detail.Entry}
	if err := c.completeMembers(ctx, entries); err != nil {
		return Detail{}, err
	}
	r.detail.Entry = entries[0]
	if err := c.completeMemberOf(ctx, &r); err != nil {
		return Detail{}, err
	}
	return r.detail, nil
}

func (c *Conn) completeMemberOf(ctx context.Context, r *detailReading) error {
	if r.left == nil || r.left.next < 0 {
		r.detail.MemberOfIncomplete = r.left != nil
		return nil
	}
	more, whole, err := c.readRest(ctx, r.detail.Entry.DN, *r.left)
	if err != nil {
		return err
	}
	r.detail.MemberOf = append(r.detail.MemberOf, more...)
	r.detail.MemberOfIncomplete = !whole
	return nil
}

// detailReading is one entry under way.
type detailReading struct {
	mapper *mapper
	detail Detail
	found  bool
	photos [2][]byte // jpegPhoto, thumbnailPhoto: the first of each that is one
	left   *rest     // of memberOf
}

func (r *detailReading) entry(m wire.Message) error {
	r.mapper.begin()
	dn, err := m.Entry(r.visit)
	if err != nil {
		return err
	}
	if r.detail.Entry, r.found = r.mapper.end(string(dn)); !r.found {
		return nil
	}
	for _, photo := range r.photos {
		if photo != nil {
			r.detail.Photo, r.detail.PhotoType = photo, photoType(photo)
			break
		}
	}
	r.mapper.each(fieldCertificates, func(_, der string) bool {
		r.certificate([]byte(der))
		return true
	})
	return nil
}

func (r *detailReading) visit(attr, value []byte) {
	r.mapper.visit(attr, value)
	switch normalDescription(string(attr)) {
	case "jpegphoto":
		r.photo(0, value)
	case "thumbnailphoto":
		r.photo(1, value)
	case "memberof":
		r.detail.MemberOf = append(r.detail.MemberOf, string(value))
		if r.left == nil {
			r.left = rangeLeft(string(attr))
		}
	}
}

func (r *detailReading) photo(i int, value []byte) {
	if r.photos[i] == nil && len(value) <= MaxPhoto && photoType(value) != "" {
		r.photos[i] = bytes.Clone(value)
	}
}

func photoType(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	default:
		return ""
	}
}

// std: RFC5280 §4.1, §4.2.1.3, §4.2.1.12
func (r *detailReading) certificate(der []byte) {
	d := &r.detail
	if len(der) > maxCertificateBytes || len(d.Certificates) == maxDetailCertificates {
		d.UnreadableCertificates++
		return
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		d.UnreadableCertificates++
		return
	}
	sum := sha256.Sum256(der)
	c := Certificate{
		Subject: shortText(cert.Subject.String()), Issuer: shortText(cert.Issuer.String()),
		Serial: cert.SerialNumber.Text(16), SHA256: hex.EncodeToString(sum[:]),
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(),
		ForEmail:   forEmail(cert),
		CanSign:    cert.KeyUsage == 0 || cert.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0,
		CanEncrypt: cert.KeyUsage == 0 || cert.KeyUsage&(x509.KeyUsageKeyEncipherment|x509.KeyUsageKeyAgreement) != 0,
	}
	for _, address := range cert.EmailAddresses {
		if address = shortText(address); address != "" && len(c.Email) < maxDetailCertificates {
			c.Email = append(c.Email, address)
		}
	}
	d.Certificates = append(d.Certificates, c)
}

func forEmail(cert *x509.Certificate) bool {
	for _, u := range cert.ExtKeyUsage {
		if u == x509.ExtKeyUsageEmailProtection || u == x509.ExtKeyUsageAny {
			return true
		}
	}
	return len(cert.ExtKeyUsage)+len(cert.UnknownExtKeyUsage) == 0
}

// maxShort is the longest text, in bytes, that a certificate or a sample may put before a reader.
const maxShort = 200

func shortText(s string) string {
	if len(s) > 4*maxShort {
		s = s[:4*maxShort]
	}
	s = showable(s)
	if len(s) <= maxShort {
		return s
	}
	cut := maxShort
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimSpace(s[:cut]) + "…"
}
