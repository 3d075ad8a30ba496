package api_test

import (
	"net/http"
	"testing"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
)

// Over HTTP no stored secret is named: it would be sent to a server of the asker's choice, and go with the section. The key that signs the
// log's checkpoints is nobody's, in the file neither.
func TestStoredSecretsAreNotNamedOverHTTP(t *testing.T) {
	w := newAdminWorld(t, false, nil)
	const key = "PRIVATE+KEY+caveat-audit/0123+abcdef+none"
	must(t, w.secrets.SetSecret(audit.SigningKey, key))
	must(t, w.secrets.SetSecret("spare", "a password that no section uses yet"))
	in, _ := w.added()
	in.Password = ""
	for _, name := range []string{audit.SigningKey, "spare", "GBR", "nobody's"} {
		in.Secret = name
		w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/directories/propose", in)
		w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/directories", in)
	}
	in.Secret, in.BindDN, in.Auth = "", "", "external"
	for _, uri := range []string{"secret:spare", " SECRET:spare", "pkcs11:token=t;object=k?module-path=/nowhere/evil.so", "PKCS11:object=k?module-path=/nowhere/evil.so"} {
		in.ClientKeyURI = uri
		in.Password = "1234"
		w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/directories/propose", in)
		w.refused(http.StatusUnprocessableEntity, "user-installation", "POST", "/api/directories", in)
	}
	if v, err := w.secrets.Secret(audit.SigningKey); err != nil || v != key {
		t.Errorf("the signing key: %q, %v", v, err)
	}
	if !installation.IsReserved(audit.SigningKey) {
		t.Errorf("%s is not reserved", audit.SigningKey)
	}
	// A command may name a secret that is stored, but not this one.
	named := api.DirectoryInput{Name: "AUS", Nation: "AUS", URLs: in.URLs, Security: "starttls", CAPEM: in.CAPEM, BindDN: "cn=reader,o=aus", BaseDN: "o=aus", Secret: audit.SigningKey}
	if _, err := w.service.AddDirectory(t.Context(), named); err == nil {
		t.Error("a directory has the signing key for a password")
	}
	named.Secret = "spare"
	_, err := w.service.AddDirectory(t.Context(), named)
	must(t, err)
}
