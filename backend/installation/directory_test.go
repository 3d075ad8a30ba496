package installation_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"caveat/backend/installation"
)

// issuer is a CA of a test, with its key, so that it can issue lists.
type issuer struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func newIssuer(t testing.TB) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "issuer"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCRLSign | x509.KeyUsageCertSign, SubjectKeyId: []byte{1},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return issuer{cert, key}
}

// list is a revocation list, DER, that is to be renewed by next.
func (i issuer) list(t testing.TB, next time.Time) []byte {
	t.Helper()
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: next.Add(-time.Hour), NextUpdate: next}, i.cert, i.key)
	must(t, err)
	return der
}

func listPEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
}

// directory changes the directory in the place of a valid installation.
func directory(t testing.TB, place int, change func(*installation.DirectoryFile)) installation.File {
	t.Helper()
	f := valid(t)
	change(&f.Directories[place])
	return f
}

const aPin = "sha256:00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

// Each key, right. ATL is a mirror over StartTLS, BOR look-up over plain.
func TestDirectoryKeys(t *testing.T) {
	crl := listPEM(newIssuer(t).list(t, time.Now().Add(time.Hour)))
	kerberos := func(k installation.KerberosFile) func(*installation.DirectoryFile) {
		return func(d *installation.DirectoryFile) {
			d.BindDN, d.Secret, d.Auth, d.Kerberos = "", "", "gssapi", &k
		}
	}
	for name, c := range map[string]struct {
		place  int
		change func(*installation.DirectoryFile)
		check  func(installation.Directory) bool
	}{
		"delivered, mirror": {0, func(*installation.DirectoryFile) {}, func(d installation.Directory) bool {
			return d.AuthMethod() == "simple" && d.Transport() == "starttls" && d.Interval() == 15*time.Minute && d.Kept() == 0 && d.Asked("ATL") == "typing" &&
				d.Asked("BOR") == "never" && d.SchemaName() == "default" && !d.IsUnprotected()
		}},
		"delivered, look-up": {1, func(*installation.DirectoryFile) {}, func(d installation.Directory) bool {
			return d.AuthMethod() == "anonymous" && d.Interval() == 0 && d.Kept() == 30*24*time.Hour && d.Asked("ATL") == "enter" && d.IsUnprotected()
		}},
		"anonymous, said":   {1, func(d *installation.DirectoryFile) { d.Auth = "anonymous" }, func(d installation.Directory) bool { return d.AuthMethod() == "anonymous" }},
		"live":              {0, func(d *installation.DirectoryFile) { d.Live = "enter" }, func(d installation.Directory) bool { return d.Asked("ATL") == "enter" }},
		"every, full_every": {0, func(d *installation.DirectoryFile) { d.Every.Duration, d.FullEvery.Duration = time.Hour, 24*time.Hour }, func(d installation.Directory) bool { return d.Interval() == time.Hour }},
		"keep":              {1, func(d *installation.DirectoryFile) { d.Keep.Duration = 48 * time.Hour }, func(d installation.Directory) bool { return d.Kept() == 48*time.Hour }},
		"sync, max_loss, rate": {0, func(d *installation.DirectoryFile) { d.Sync, d.MaxLoss, d.Rate = "syncrepl", 1, 500 },
			func(d installation.Directory) bool { return d.Sync == "syncrepl" && d.MaxLoss == 1 && d.Rate == 500 }},
		"pins and referrals": {0, func(d *installation.DirectoryFile) {
			d.Pins, d.Referrals = []string{aPin}, []string{"ldap2.atl.example:389", "[2001:db8::1]:636"}
		},
			func(d installation.Directory) bool { return len(d.Pins) == 1 }},
		"a list in the file": {0, func(d *installation.DirectoryFile) { d.CRLsPEM = []string{crl} },
			func(d installation.Directory) bool { l, err := d.RevocationLists(); return len(l) == 1 && err == nil }},
		"a certificate, its key in a file": {0, func(d *installation.DirectoryFile) { d.ClientCertificatePEM, d.ClientKey = caPEM(), "client.key" },
			func(d installation.Directory) bool {
				return filepath.IsAbs(d.ClientKey) && string(d.ClientPEM) == caPEM()
			}},
		"external, its key in the secrets": {0, func(d *installation.DirectoryFile) {
			d.BindDN, d.Secret, d.Auth, d.ClientCertificatePEM, d.ClientKey = "", "", "external", caPEM(), "secret:key-atl"
		}, func(d installation.Directory) bool {
			return d.KeySecret() == "key-atl" && d.KeyPath() == "" && d.ClientKey == "secret:key-atl"
		}},
		"external, for somebody": {0, func(d *installation.DirectoryFile) {
			d.Secret, d.Auth, d.ClientCertificatePEM, d.ClientKey = "", "external", caPEM(), "/etc/caveat/client.key"
		}, func(d installation.Directory) bool { return d.KeyPath() == "/etc/caveat/client.key" }},
		"external, on a token": {0, func(d *installation.DirectoryFile) {
			d.BindDN, d.Auth, d.ClientKey = "", "external", "pkcs11:token=caveat;object=key"
		},
			func(d installation.Directory) bool {
				return d.IsOnToken() && d.Secret == "ldap-atl" && d.KeyPath() == ""
			}},
		"kerberos by keytab": {0, kerberos(installation.KerberosFile{Config: "krb5.conf", Keytab: "/etc/caveat.keytab", Principal: "caveat@ATL.EXAMPLE"}),
			func(d installation.Directory) bool {
				return d.AuthMethod() == "gssapi" && filepath.IsAbs(d.Kerberos.Config) && d.Kerberos.Keytab == "/etc/caveat.keytab"
			}},
		"kerberos by tickets": {0, kerberos(installation.KerberosFile{Config: "/etc/krb5.conf", CCache: "tickets", Service: "ldap/dc1.atl.example"}),
			func(d installation.Directory) bool { return filepath.IsAbs(d.Kerberos.CCache) }},
		"a schema": {0, func(d *installation.DirectoryFile) { d.Schema = "active-directory" }, func(d installation.Directory) bool { return d.SchemaName() == "active-directory" }},
		"a schema with one field of its own": {0, func(d *installation.DirectoryFile) {
			d.Schema, d.Mapping = "acp133", &installation.MappingFile{Clearance: []string{"2.16.840.1.101.2.1.5.66", "natClearance;x-nato"}}
		}, func(d installation.Directory) bool { return len(d.Mapping.Clearance) == 2 }},
		"custom": {0, func(d *installation.DirectoryFile) {
			d.Schema = "custom"
			d.Mapping = &installation.MappingFile{Name: []string{"cn"}, Classes: map[string]string{"sailor": "person", "ship": "organisation"},
				Conditions: []installation.ConditionFile{{Attribute: "employeeType", Value: "functional", Class: "sailor", Kind: "role"}, {Attribute: "hidden", Value: "*"}}}
		}, func(d installation.Directory) bool { return d.Mapping.Classes["ship"] == "organisation" }},
		"ldif": {1, func(d *installation.DirectoryFile) { *d = ldif(*d); d.LDIF = "/srv/diode/bor.ldif" },
			func(d installation.Directory) bool {
				return d.Transport() == "ldif" && d.IsUnprotected() && d.Ceiling != nil && d.Asked("BOR") == "never" && d.Sources()[0] == "/srv/diode/bor.ldif"
			}},
		"ldif beside the file": {1, func(d *installation.DirectoryFile) { *d = ldif(*d) },
			func(d installation.Directory) bool {
				return filepath.IsAbs(d.LDIF) && filepath.Base(d.LDIF) == "bor.ldif"
			}},
	} {
		t.Run(name, func(t *testing.T) {
			in := mustLoad(t, directory(t, c.place, c.change))
			if d := in.Directories[c.place]; !c.check(d) {
				t.Errorf("%+v", d)
			}
			if len(in.Warnings) != 0 {
				t.Errorf("warnings %v", in.Warnings)
			}
		})
	}
}

// ldif turns a directory into one that is read from a file.
func ldif(d installation.DirectoryFile) installation.DirectoryFile {
	d.URLs, d.Security, d.Mode, d.LDIF = nil, "", "mirror", "bor.ldif"
	return d
}

// Each key, wrong: the error names the directory and the key.
func TestDirectoryKeysWrong(t *testing.T) {
	type d = *installation.DirectoryFile
	for name, c := range map[string]struct {
		place  int
		change func(d)
		want   string
	}{
		"name with a colon":              {1, func(d d) { d.Name = "a:b" }, "name"},
		"neither urls nor ldif":          {1, func(d d) { d.URLs = nil }, "urls is missing"},
		"urls and ldif":                  {1, func(d d) { d.LDIF = "x.ldif" }, "either a server or a file"},
		"live unknown":                   {0, func(d d) { d.Live = "always" }, "live"},
		"auth unknown":                   {0, func(d d) { d.Auth = "digest-md5" }, "auth"},
		"simple without a name":          {0, func(d d) { d.BindDN, d.Auth = "", "simple" }, "bind_dn"},
		"simple without a password":      {0, func(d d) { d.Secret = "" }, "secret"},
		"anonymous with a name":          {0, func(d d) { d.Auth = "anonymous" }, "bind_dn"},
		"a password for nobody":          {0, func(d d) { d.BindDN = "" }, "secret"},
		"external without a certificate": {0, func(d d) { d.BindDN, d.Secret, d.Auth = "", "", "external" }, "client_certificate"},
		"external with a password":       {0, func(d d) { d.Auth, d.ClientCertificatePEM, d.ClientKey = "external", caPEM(), "k" }, "secret"},
		"external over plain":            {1, func(d d) { d.Auth, d.ClientCertificatePEM, d.ClientKey = "external", caPEM(), "k" }, "TLS"},
		"a certificate without key":      {0, func(d d) { d.ClientCertificatePEM = caPEM() }, "go together"},
		"a key without certificate":      {0, func(d d) { d.ClientKey = "client.key" }, "go together"},
		"two certificates":               {0, func(d d) { d.ClientCertificatePEM, d.ClientCertificate, d.ClientKey = caPEM(), "c.pem", "k" }, "only one"},
		"the key itself":                 {0, func(d d) { d.ClientCertificatePEM, d.ClientKey = caPEM(), "-----BEGIN PRIVATE KEY-----" }, "must not stand in this file"},
		"a certificate that is none":     {0, func(d d) { d.ClientCertificatePEM, d.ClientKey = "no PEM", "k" }, "client_certificate"},
		"a certificate with its key":     {0, func(d d) { d.ClientCertificatePEM, d.ClientKey = caPEM()+"-----BEGIN PRIVATE KEY-----", "k" }, "private key"},
		"a certificate that is missing":  {0, func(d d) { d.ClientCertificate, d.ClientKey = "missing.pem", "k" }, "client_certificate"},
		"a secret without a name":        {0, func(d d) { d.ClientCertificatePEM, d.ClientKey = caPEM(), "secret:" }, "secret:NAME"},
		"a token without a PIN":          {0, func(d d) { d.BindDN, d.Secret, d.Auth, d.ClientKey = "", "", "external", "pkcs11:token=x" }, "PIN"},
		"a token and a certificate": {0, func(d d) {
			d.BindDN, d.Auth, d.ClientKey, d.ClientCertificatePEM = "", "external", "pkcs11:token=x", caPEM()
		}, "token"},
		"a token and a password":       {0, func(d d) { d.ClientKey = "pkcs11:token=x" }, "PIN of the token"},
		"gssapi without kerberos":      {0, func(d d) { d.BindDN, d.Secret, d.Auth = "", "", "gssapi" }, "kerberos"},
		"kerberos without gssapi":      {0, func(d d) { d.Kerberos = &installation.KerberosFile{Config: "k"} }, "gssapi"},
		"kerberos without a principal": {0, gssapi(installation.KerberosFile{Config: "c", Keytab: "k"}), "principal"},
		"keytab and tickets":           {0, gssapi(installation.KerberosFile{Config: "c", Keytab: "k", CCache: "t", Principal: "a@B"}), "either keytab"},
		"neither keytab nor tickets":   {0, gssapi(installation.KerberosFile{Config: "c"}), "either keytab"},
		"tickets of somebody":          {0, gssapi(installation.KerberosFile{Config: "c", CCache: "t", Principal: "a@B"}), "principal goes with keytab"},
		"gssapi over plain":            {1, gssapi(installation.KerberosFile{Config: "c", CCache: "t"}), "TLS"},
		"pin too short":                {0, func(d d) { d.Pins = []string{"sha256:00"} }, "pins"},
		"pin of another sum":           {0, func(d d) { d.Pins = []string{"md5:" + aPin[7:]} }, "pins"},
		"pins over plain":              {1, func(d d) { d.Pins = []string{aPin} }, "TLS"},
		"lists over plain":             {1, func(d d) { d.CRLs = []string{"/x.crl"} }, "TLS"},
		"a list that is missing":       {0, func(d d) { d.CRLs = []string{"missing.crl"} }, "crls"},
		"a list that is none":          {0, func(d d) { d.CRLsPEM = []string{"no list"} }, "crls_pem"},
		"a list that is cut off":       {0, func(d d) { d.CRLsPEM = []string{"-----BEGIN X509 CRL-----\nAA"} }, "crls_pem"},
		"a certificate for a list":     {0, func(d d) { d.CRLsPEM = []string{caPEM()} }, "crls_pem"},
		"referral without a port":      {0, func(d d) { d.Referrals = []string{"ldap2.atl.example"} }, "referrals"},
		"rate negative":                {0, func(d d) { d.Rate = -1 }, "rate"},
		"schema unknown":               {0, func(d d) { d.Schema = "ad" }, "schema"},
		"custom without mapping":       {0, func(d d) { d.Schema = "custom" }, "mapping"},
		"custom without name": {0, func(d d) {
			d.Schema, d.Mapping = "custom", &installation.MappingFile{Classes: map[string]string{"a": "person"}}
		}, "name"},
		"custom without classes":   {0, func(d d) { d.Schema, d.Mapping = "custom", &installation.MappingFile{Name: []string{"cn"}} }, "classes"},
		"kind unknown":             {0, func(d d) { d.Mapping = &installation.MappingFile{Classes: map[string]string{"a": "ship"}} }, "ship"},
		"class with a bracket":     {0, func(d d) { d.Mapping = &installation.MappingFile{Classes: map[string]string{"a)(b": "person"}} }, "mapping: classes"},
		"attribute with a bracket": {0, func(d d) { d.Mapping = &installation.MappingFile{Mail: []string{"mail)(uid=*"}} }, "mapping: mail"},
		"attribute empty":          {0, func(d d) { d.Mapping = &installation.MappingFile{Clearance: []string{""}} }, "mapping: clearance"},
		"condition without a value": {0, func(d d) {
			d.Mapping = &installation.MappingFile{Conditions: []installation.ConditionFile{{Attribute: "a"}}}
		}, "conditions"},
		"condition of unknown kind": {0, func(d d) {
			d.Mapping = &installation.MappingFile{Conditions: []installation.ConditionFile{{Attribute: "a", Value: "x", Kind: "y"}}}
		}, "conditions"},
		"sync unknown":           {0, func(d d) { d.Sync = "persistent" }, "sync"},
		"every too short":        {0, func(d d) { d.Every.Duration = time.Second }, "every"},
		"every negative":         {0, func(d d) { d.Every.Duration = -time.Hour }, "every"},
		"full_every shorter":     {0, func(d d) { d.Every.Duration, d.FullEvery.Duration = time.Hour, time.Minute }, "full_every"},
		"max_loss above all":     {0, func(d d) { d.MaxLoss = 1.5 }, "max_loss"},
		"max_loss negative":      {0, func(d d) { d.MaxLoss = -0.1 }, "max_loss"},
		"keep of a mirror":       {0, func(d d) { d.Keep.Duration = 24 * time.Hour }, "keep"},
		"keep too short":         {1, func(d d) { d.Keep.Duration = time.Minute }, "keep"},
		"every of look-up":       {1, func(d d) { d.Every.Duration = time.Hour }, "every"},
		"sync of look-up":        {1, func(d d) { d.Sync = "full" }, "sync"},
		"a ceiling where TLS is": {0, func(d d) { c := installation.Clearance{Policy: "TESTLAND", UpTo: "OPEN"}; d.PlainCeiling = &c }, "plain_ceiling"},
		"ldif with a security":   {1, func(d d) { *d = ldif(*d); d.Security = "plain" }, "security"},
		"ldif that is asked":     {1, func(d d) { *d = ldif(*d); d.Live = "enter" }, "live"},
		"ldif by syncrepl":       {1, func(d d) { *d = ldif(*d); d.Sync = "syncrepl" }, "sync"},
		"ldif that is looked up": {1, func(d d) { *d = ldif(*d); d.Mode = "look-up" }, "look-up"},
		"ldif with a password":   {1, func(d d) { *d = ldif(*d); d.Secret = "x" }, "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := load(t, directory(t, c.place, c.change))
			if !errors.Is(err, installation.ErrInvalid) || in != nil || !strings.Contains(err.Error(), `directory "`) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want the directory and %q", err, c.want)
			}
		})
	}
}

func gssapi(k installation.KerberosFile) func(*installation.DirectoryFile) {
	return func(d *installation.DirectoryFile) {
		d.BindDN, d.Secret, d.Auth, d.Kerberos = "", "", "gssapi", &k
	}
}

// A list beside the file is part of it. One that is named absolutely is read when it is needed: its loss harms its directory alone.
func TestRevocationLists(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	i := newIssuer(t)
	soon, late := i.list(t, time.Now().Add(time.Hour)), i.list(t, time.Now().Add(2*time.Hour))
	write(t, dir, "beside.crl", string(soon))
	renewed := write(t, other, "renewed.crl", listPEM(soon))
	f := directory(t, 0, func(d *installation.DirectoryFile) { d.CRLs = []string{"beside.crl", renewed} })
	text, err := installation.Marshal(f)
	must(t, err)
	in, err := installation.Load(write(t, dir, installation.FileName, string(text)))
	must(t, err)
	if l, err := in.Directories[0].RevocationLists(); err != nil || len(l) != 2 || string(l[1]) != listPEM(soon) {
		t.Errorf("%d lists, %v", len(l), err)
	}
	write(t, other, "renewed.crl", listPEM(late))
	if l, err := in.Directories[0].RevocationLists(); err != nil || string(l[1]) != listPEM(late) {
		t.Errorf("after it was renewed: %v", err)
	}
	must(t, os.Remove(renewed))
	if l, err := in.Directories[0].RevocationLists(); !errors.Is(err, installation.ErrInvalid) || l != nil || !strings.Contains(err.Error(), renewed) {
		t.Errorf("without it: %d, %v", len(l), err)
	}
	if _, err := installation.Load(in.Path); err != nil {
		t.Errorf("the installation without it: %v", err)
	}
	// An old one is told about; it is the handshake that refuses.
	write(t, dir, "beside.crl", string(i.list(t, time.Now().Add(-time.Minute))))
	if in, err := installation.Load(in.Path); err != nil || len(in.Warnings) != 1 || !strings.Contains(in.Warnings[0], `directory "ATL"`) {
		t.Errorf("an old list: %v", err)
	}
}

// A bundle holds the certificate and the lists beside the file; what is secret or renewed stays where it is, named absolutely.
func TestBundleOfDirectories(t *testing.T) {
	dir := t.TempDir()
	crl := newIssuer(t).list(t, time.Now().Add(time.Hour))
	write(t, dir, "client.pem", caPEM())
	write(t, dir, "beside.crl", string(crl))
	write(t, dir, "client.key", "SECRET KEY")
	f := directory(t, 0, func(d *installation.DirectoryFile) {
		d.ClientCertificate, d.ClientKey, d.CRLs = "client.pem", "client.key", []string{"beside.crl", "/srv/renewed.crl"}
	})
	f.Directories[1] = ldif(f.Directories[1])
	text, err := installation.Marshal(f)
	must(t, err)
	in, err := installation.Load(write(t, dir, installation.FileName, string(text)))
	must(t, err)
	bundle, err := in.Bundle()
	must(t, err)
	must(t, os.Remove(filepath.Join(dir, "client.pem")))
	must(t, os.Remove(filepath.Join(dir, "beside.crl")))
	again, err := installation.Load(write(t, t.TempDir(), "bundle.toml", string(bundle)))
	must(t, err)
	d := again.File.Directories[0]
	if d.ClientCertificate != "" || string(again.Directories[0].ClientPEM) != caPEM() || d.ClientKey != filepath.Join(dir, "client.key") {
		t.Errorf("certificate %q, key %q", d.ClientCertificate, d.ClientKey)
	}
	if !slices.Equal(d.CRLs, []string{"/srv/renewed.crl"}) || !slices.Equal(d.CRLsPEM, []string{listPEM(crl)}) {
		t.Errorf("lists %q, %q", d.CRLs, d.CRLsPEM)
	}
	if again.File.Directories[1].LDIF != filepath.Join(dir, "bor.ldif") {
		t.Errorf("ldif %q", again.File.Directories[1].LDIF)
	}
	if strings.Contains(string(bundle), "SECRET KEY") {
		t.Error("the bundle holds the key")
	}
}
