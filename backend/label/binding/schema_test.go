package binding_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What the official schema imports and does not bring: as much of it as our documents use.
const (
	xmldsig = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/09/xmldsig#">` +
		`<xs:element name="Signature"/><xs:element name="Transforms"/></xs:schema>`
	xmlmime = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2005/05/xmlmime">` +
		`<xs:attribute name="contentType" type="xs:string"/></xs:schema>`
)

// What we write is a binding data object by the official schema, not only by our own parser.
func TestMarshalIsSchemaValid(t *testing.T) {
	schema := standards(t, "schema", "nl-mb.xsd")
	if schema == nil {
		return
	}
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Logf("not checked against the schema: %v", err)
		return
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"nl-mb.xsd": schema, "xmldsig-core-schema.xsd": []byte(xmldsig), "xmlmime.xsd": []byte(xmlmime)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The schema wants an element in Data; base64 alone is tolerated on the way in.
	document := change(t, fullObject, ">QUJD<", "><x:y/><")
	o := mustParse(t, document)
	o.XML = nil
	cmd := exec.Command("xmllint", "--nonet", "--noout", "--schema", filepath.Join(dir, "nl-mb.xsd"), "-")
	cmd.Stdin = bytes.NewReader(o.Marshal())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s\n%s", err, out, o.Marshal())
	}
}
