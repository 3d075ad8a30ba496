package installation

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"time"
)

var isPin = regexp.MustCompile(`^sha256:[0-9A-Fa-f]{64}$`)

// trust reads what is wanted of the server's certificate. A list beside the installation file is part of it; one that is named by
// an absolute path is renewed there by something else, and read when it is needed: then its fault is that directory's alone.
func (b *builder) trust(section string, d *Directory) {
	b.pins(section, d.Security, d.Pins)
	if d.Security == "plain" && len(d.CRLs)+len(d.CRLsPEM) > 0 {
		b.fail(section, "crls need TLS: with security = \"plain\" no certificate is shown")
	}
	for _, text := range d.CRLsPEM {
		b.list(section, "crls_pem", d, []byte(text))
	}
	for _, name := range d.CRLs {
		if filepath.IsAbs(name) {
			d.renewed = append(d.renewed, name)
			continue
		}
		data, err := readFile(b.path(name))
		if err != nil {
			b.fail(section, "crls: %w", err)
			continue
		}
		b.list(section, "crls: "+name, d, data)
	}
}

// pins holds the keys that a server may have to their form.
func (b *builder) pins(section, security string, pins []string) {
	for _, pin := range pins {
		if !isPin.MatchString(pin) {
			b.fail(section, "pins: %q: sha256: and 64 hexadecimal digits, as `caveat directory test` and `caveat account test` show them", pin)
		}
	}
	if security == "plain" && len(pins) > 0 {
		b.fail(section, "pins need TLS: with security = \"plain\" no certificate is shown")
	}
}

func (b *builder) list(section, where string, d *Directory, data []byte) {
	lists, err := revocationLists(data)
	if err != nil {
		b.fail(section, "%s: %w", where, err)
		return
	}
	for _, l := range lists {
		if time.Now().After(l.NextUpdate) {
			b.in.Warnings = append(b.in.Warnings, fmt.Sprintf(
				"%s: the revocation list of %s was to be renewed by %s: the directory cannot be asked until that is done",
				section, l.Issuer, l.NextUpdate.UTC().Format("2 Jan 2006, 15:04Z")))
		}
	}
	d.lists = append(d.lists, data)
}

// revocationLists reads one or more lists in PEM, or one in DER.
func revocationLists(data []byte) ([]*x509.RevocationList, error) {
	var out []*x509.RevocationList
	begun := bytes.Count(data, []byte("-----BEGIN "))
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		l, err := x509.ParseRevocationList(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("a PEM block %q is no revocation list: %w", block.Type, err)
		}
		out = append(out, l)
	}
	switch {
	case len(out) != begun: // one that was cut off must not vanish unseen
		return nil, errors.New("holds a PEM block that cannot be read")
	case begun > 0:
		return out, nil
	}
	l, err := x509.ParseRevocationList(data)
	if err != nil {
		return nil, fmt.Errorf("holds no revocation list in PEM or DER form: %w", err)
	}
	return []*x509.RevocationList{l}, nil
}

// RevocationListsPEM gives each list of a file, PEM or DER, as it stands in a bundle.
func RevocationListsPEM(data []byte) ([]string, error) {
	lists, err := revocationLists(data)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, l := range lists {
		out = append(out, string(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: l.Raw})))
	}
	return out, nil
}

// RevocationLists gives the directory's revocation lists as they are now, each PEM or DER. One that is renewed elsewhere and cannot
// be read is an error: without it nothing says that a certificate still holds.
func (d Directory) RevocationLists() ([][]byte, error) {
	out := append([][]byte(nil), d.lists...)
	for _, path := range d.renewed {
		data, err := readFile(path)
		if err != nil {
			return nil, fmt.Errorf("%w: directory %q: crls: %w", ErrInvalid, d.Name, err)
		}
		out = append(out, data)
	}
	return out, nil
}

// files reads the client's certificate, and makes the names of what stays outside absolute.
func (b *builder) files(section string, d *Directory) {
	d.ClientPEM = []byte(d.ClientCertificatePEM)
	if d.ClientCertificate != "" {
		var err error
		if d.ClientPEM, err = readFile(b.path(d.ClientCertificate)); err != nil {
			b.fail(section, "client_certificate: %w", err)
		}
	}
	if d.hasCertificate() {
		if err := isCertificate(d.ClientPEM); err != nil {
			b.fail(section, "client_certificate: %w", err)
		}
	}
	d.DirectoryFile = d.outside(b.path)
}

// holdsNoKey refuses a private key among certificates: they go into the installation file, its bundle and the log.
func holdsNoKey(data []byte) error {
	if bytes.Contains(bytes.ToUpper(data), []byte("PRIVATE KEY")) {
		return errors.New("it holds a private key too: keep that in a file of its own, this one goes into the bundle")
	}
	return nil
}

func isCertificate(data []byte) error {
	if err := holdsNoKey(data); err != nil {
		return err
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "CERTIFICATE" {
		return errors.New("it holds no certificate in PEM form")
	}
	_, err := x509.ParseCertificate(block.Bytes)
	return err
}

// outside names everything absolutely that is never in a bundle: keys and tickets because they are secret, the LDIF file because it
// is delivered anew again and again, krb5.conf because it is the machine's.
func (f DirectoryFile) outside(path func(string) string) DirectoryFile {
	absolute := func(name *string) {
		if *name != "" {
			*name = path(*name)
		}
	}
	absolute(&f.LDIF)
	if f.KeyPath() != "" {
		absolute(&f.ClientKey)
	}
	if f.Kerberos != nil {
		k := *f.Kerberos
		absolute(&k.Config)
		absolute(&k.Keytab)
		absolute(&k.CCache)
		f.Kerberos = &k
	}
	return f
}

// inside takes into the section what a bundle holds of it: the client's certificate, and the lists that lie beside the file.
func (f DirectoryFile) inside(path func(string) string) (DirectoryFile, error) {
	if f.ClientCertificate != "" {
		data, err := readFile(path(f.ClientCertificate))
		if err != nil {
			return f, err
		}
		f.ClientCertificatePEM, f.ClientCertificate = string(data), ""
	}
	names, texts := f.CRLs, append([]string(nil), f.CRLsPEM...)
	f.CRLs = nil
	for _, name := range names {
		if filepath.IsAbs(name) {
			f.CRLs = append(f.CRLs, name)
			continue
		}
		data, err := readFile(path(name))
		if err != nil {
			return f, err
		}
		lists, err := RevocationListsPEM(data)
		if err != nil {
			return f, fmt.Errorf("%s: %w", name, err)
		}
		texts = append(texts, lists...)
	}
	f.CRLsPEM = texts
	return f.outside(path), nil
}
