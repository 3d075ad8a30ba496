package xmldsig_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"caveat/backend/spif/xmldsig"
)

// The document is written in canonical form, and its signature by hand: what the library makes of it is held to the standard, not to
// itself.
const (
	begin = `<SPIF xmlns="http://www.xmlspif.org/spif" schemaVersion="2.1" version="1"><securityPolicyId id="1.2.3" name="P"></securityPolicyId>`
	end   = `<securityClassifications><securityClassification hierarchy="1" lacv="1" name="OPEN"></securityClassification></securityClassifications></SPIF>`
)

const c14n = "http://www.w3.org/2001/10/xml-exc-c14n#"

// signedInfo in canonical form.
func signedInfo(method, digest string) string {
	return `<SignedInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><CanonicalizationMethod Algorithm="` + c14n + `"></CanonicalizationMethod>` +
		`<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#` + method + `"></SignatureMethod><Reference URI=""><Transforms>` +
		`<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></Transform><Transform Algorithm="` + c14n + `"></Transform></Transforms>` +
		`<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod><DigestValue>` + digest + `</DigestValue></Reference></SignedInfo>`
}

func hash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// sign gives the document with a signature of it.
func sign(t *testing.T, key crypto.Signer, with ...*x509.Certificate) string {
	t.Helper()
	method := "rsa-sha256"
	if _, ok := key.(*ecdsa.PrivateKey); ok {
		method = "ecdsa-sha256"
	}
	info := signedInfo(method, base64.StdEncoding.EncodeToString(hash(begin+end)))
	var value []byte
	var err error
	switch k := key.(type) {
	case *rsa.PrivateKey:
		value, err = rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, hash(info))
	case *ecdsa.PrivateKey:
		r, s, e := ecdsa.Sign(rand.Reader, k, hash(info))
		err = e
		value = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...) // as the standard has it
	}
	must(t, err)
	certs := ""
	for _, c := range with {
		certs += "<X509Certificate>" + base64.StdEncoding.EncodeToString(c.Raw) + "</X509Certificate>"
	}
	if certs != "" {
		certs = "<KeyInfo><X509Data>" + certs + "</X509Data></KeyInfo>"
	}
	return begin + `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">` + strings.Replace(info, ` xmlns="http://www.w3.org/2000/09/xmldsig#"`, "", 1) +
		"<SignatureValue>" + base64.StdEncoding.EncodeToString(value) + "</SignatureValue>" + certs + "</Signature>" + end
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// certify makes a certificate; by nil, nil: it certifies itself.
func certify(t *testing.T, key crypto.Signer, by *x509.Certificate, byKey crypto.Signer, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "Policy Authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true,
	}
	if change != nil {
		change(c)
	}
	if by == nil {
		by, byKey = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), byKey)
	must(t, err)
	out, err := x509.ParseCertificate(der)
	must(t, err)
	return out
}

func keys(t *testing.T) (crypto.Signer, crypto.Signer) {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return r, e
}

func authority(c *x509.Certificate) {
	c.IsCA, c.KeyUsage, c.Subject = true, x509.KeyUsageCertSign, pkix.Name{CommonName: "An Authority"}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	rsaKey, ecKey := keys(t)
	ca := certify(t, ecKey, nil, nil, authority)
	own := certify(t, rsaKey, nil, nil, nil)
	ended := certify(t, rsaKey, ca, ecKey, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = ca.NotBefore, ca.NotBefore.Add(time.Minute)
		c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 36}} // document signing
	})
	server := certify(t, rsaKey, ca, ecKey, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	user := certify(t, rsaKey, ca, ecKey, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	anything := certify(t, rsaKey, ca, ecKey, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} })
	nothing := certify(t, rsaKey, ca, ecKey, nil)
	programs := certify(t, rsaKey, ca, ecKey, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning} })
	other := certify(t, ecKey, nil, nil, nil)
	list := func(c ...*x509.Certificate) []*x509.Certificate { return c }
	for _, c := range []struct {
		name     string
		document string
		trusted  []*x509.Certificate
		signer   *x509.Certificate
		err      error
	}{
		{"RSA, the signer's own certificate", sign(t, rsaKey, own), list(own), own, nil},
		{"RSA, a certificate that is not in the document", sign(t, rsaKey), list(own), own, nil},
		{"RSA, one of several certificates", sign(t, rsaKey), list(other, own), own, nil},
		{"ECDSA, as the standard writes it", sign(t, ecKey, other), list(other), other, nil},
		{"an authority, whose certificate comes along", sign(t, rsaKey, ca, ended), list(ca), ended, nil}, // it was valid when it was issued
		{"a key of somebody else", sign(t, rsaKey), list(other), nil, xmldsig.ErrBroken},
		{"a certificate of somebody else", sign(t, ecKey, other), list(own), nil, xmldsig.ErrUntrusted},
		{"the right certificate beside another key's signature", sign(t, ecKey, own), list(own), nil, xmldsig.ErrBroken},
		{"a server's certificate of the authority", sign(t, rsaKey, server), list(ca), nil, xmldsig.ErrUntrusted},
		{"a user's of the authority, for S/MIME", sign(t, rsaKey, user), list(ca), nil, xmldsig.ErrUntrusted},
		{"the same, named as the signer", sign(t, rsaKey, user), list(ca, user), user, nil},
		{"one of the authority for anything", sign(t, rsaKey, anything), list(ca), nil, xmldsig.ErrUntrusted},
		{"one of the authority that says nothing of its use", sign(t, rsaKey, nothing), list(ca), nil, xmldsig.ErrUntrusted},
		{"one of the authority for programs", sign(t, rsaKey, programs), list(ca), programs, nil},
		{"nobody is trusted", sign(t, rsaKey, own), nil, nil, xmldsig.ErrUntrusted},
		{"no signature", begin + end, list(own), nil, xmldsig.ErrUnsigned},
	} {
		t.Run(c.name, func(t *testing.T) {
			signer, err := xmldsig.Verify([]byte(c.document), c.trusted)
			switch {
			case !errors.Is(err, c.err):
				t.Errorf("%v", err)
			case c.err == nil && !signer.Equal(c.signer):
				t.Errorf("signed by %v", signer.Subject)
			case c.err != nil && signer != nil:
				t.Errorf("a signer comes with the error %v", err)
			}
		})
	}
}

// Another library's writer, with white space and comments as a person would have them.
func TestVerifyOfADocumentWithCommentsAndBlanks(t *testing.T) {
	t.Parallel()
	rsaKey, _ := keys(t)
	own := certify(t, rsaKey, nil, nil, nil)
	doc := etree.NewDocument()
	must(t, doc.ReadFromString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a policy -->\n<s:SPIF xmlns:s='http://www.xmlspif.org/spif' xmlns:u='urn:unused'  version='1' >\n"+
		"  <!-- what it is called -->\n  <s:securityPolicyId id=\"1.2.3\"\tname=\"Pé &amp; ß\" xml:lang='en'/>\n</s:SPIF>\n"))
	for _, form := range []dsig.Canonicalizer{dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(""), dsig.MakeC14N11Canonicalizer(), dsig.MakeC14N10RecCanonicalizer()} {
		ctx, err := dsig.NewSigningContext(rsaKey, [][]byte{own.Raw})
		must(t, err)
		ctx.Canonicalizer = form
		root, err := ctx.SignEnveloped(doc.Root())
		must(t, err)
		out := doc.Copy()
		out.SetRoot(root)
		text, err := out.WriteToBytes()
		must(t, err)
		if _, err := xmldsig.Verify(text, []*x509.Certificate{own}); err != nil {
			t.Errorf("%s: %v", form.Algorithm(), err)
		}
		changed := strings.Replace(string(text), "1.2.3", "1.2.4", 1)
		if _, err := xmldsig.Verify([]byte(changed), []*x509.Certificate{own}); !errors.Is(err, xmldsig.ErrBroken) {
			t.Errorf("%s: changed: %v", form.Algorithm(), err)
		}
	}
}

// Every way in which a signature is made to stand for another document is refused.
func TestVerifyRefusesWrapping(t *testing.T) {
	t.Parallel()
	rsaKey, _ := keys(t)
	own := certify(t, rsaKey, nil, nil, nil)
	good := sign(t, rsaKey, own)
	from, to := strings.Index(good, "<Signature "), strings.Index(good, "</Signature>")+len("</Signature>")
	sig := good[from:to]
	evil := strings.Replace(begin, `name="P"`, `name="EVIL"`, 1)
	replaced := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not there", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, c := range map[string]struct {
		document string
		err      error
	}{
		"the signed document inside another one":   {evil + "<extensions>" + good + "</extensions>" + end, xmldsig.ErrForm},
		"the signed document inside the signature": {evil + strings.Replace(sig, "</Signature>", "<Object>"+begin+end+"</Object></Signature>", 1) + end, xmldsig.ErrBroken},
		"a second signature":                       {begin + sig + sig + end, xmldsig.ErrForm},
		"a signature deep inside":                  {begin + strings.Replace(end, "</securityClassification>", sig+"</securityClassification>", 1), xmldsig.ErrForm},
		"a reference to a part":                    {replaced(`URI=""`, `URI="#x"`), xmldsig.ErrForm},
		"no reference":                             {replaced(` URI=""`, ``), xmldsig.ErrForm},
		"a transform that leaves things out":       {replaced(`<Transform Algorithm="`+c14n+`">`, `<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">`), xmldsig.ErrForm},
		"one transform more":                       {replaced(`<Transform Algorithm="`+c14n+`"></Transform>`, `<Transform Algorithm="`+c14n+`"></Transform><Transform Algorithm="`+c14n+`"></Transform>`), xmldsig.ErrForm},
		"a digest of SHA-1":                        {replaced("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"), xmldsig.ErrForm},
		"a signature with SHA-1":                   {replaced("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"), xmldsig.ErrForm},
		"a keyed hash in place of a signature":     {replaced("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), xmldsig.ErrForm},
		"two SignedInfo":                           {strings.Replace(good, "<SignatureValue>", "<SignedInfo></SignedInfo><SignatureValue>", 1), xmldsig.ErrForm},
		"a changed name":                           {evil + good[len(begin):], xmldsig.ErrBroken},
		"an element more":                          {strings.Replace(good, "</SPIF>", "<privacyMarks></privacyMarks></SPIF>", 1), xmldsig.ErrBroken},
		"an attribute more":                        {replaced(`name="P"`, `name="P" x="y"`), xmldsig.ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			if signer, err := xmldsig.Verify([]byte(c.document), []*x509.Certificate{own}); !errors.Is(err, c.err) || signer != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestVerifyRefusesWeakKeys(t *testing.T) {
	t.Parallel()
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	own := certify(t, weak, nil, nil, nil)
	if _, err := xmldsig.Verify([]byte(sign(t, weak, own)), []*x509.Certificate{own}); !errors.Is(err, xmldsig.ErrUntrusted) {
		t.Error(err)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte(begin + end))
	f.Add([]byte(begin + `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">` + signedInfo("rsa-sha256", "AA==") + `<SignatureValue>AA==</SignatureValue></Signature>` + end))
	f.Fuzz(func(t *testing.T, document []byte) {
		if signer, err := xmldsig.Verify(document, nil); err == nil || signer != nil {
			t.Errorf("nobody is trusted, and %q was verified", document)
		}
	})
}
