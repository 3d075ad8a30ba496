package installation_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"caveat/backend/installation"
)

// The lines that the page of chat shows to whoever has no account, to the octet: added to a file that ends with its identity they are
// accepted, and make that identity's account.
func TestChatAccountShownByThePage(t *testing.T) {
	shown, err := os.ReadFile("../../frontend/src/features/chat/account.toml")
	must(t, err)
	f := valid(t)
	f.System.Nation, f.Directories[0].Nation, f.Routes[0].Nation, f.CAs[0].Name = "GBR", "GBR", "GBR", "name of a [[ca]]"
	f.Directories[0].CA, f.Accounts[0].CA = f.CAs[0].Name, f.CAs[0].Name
	f.Identities = nil
	before, err := installation.Marshal(f)
	must(t, err)
	identity := "\n[[identity]]\nuser = \"*\"\ndirectory = \"ATL\"\ndn = \"uid=op,dc=atl\"\nmail = \"op@atl.example\"\naccount = \"atl\"\n"
	in, err := installation.Load(write(t, t.TempDir(), installation.FileName, string(before)+identity+string(shown)))
	must(t, err)
	a, ok := in.Account("chat")
	id := in.File.Identities[0]
	if !ok || a.Kind != installation.KindXMPP || a.JID != "name@chat.example" || id.Chat != "chat" || id.JID != a.JID {
		t.Errorf("%+v, of %+v", a, id)
	}
	if in.ChatControls("chat.example").Receipts || len(in.Routes) != len(f.Routes)+1 {
		t.Errorf("routes %+v", in.Routes)
	}
}

// No section has a secret of the program's own: it would be sent to a server, and removed with the section.
func TestReservedSecretsAreRefused(t *testing.T) {
	for _, name := range []string{"audit-signing-key", "Audit-Signing-Key", "audit-anything"} {
		for where, change := range map[string]func(*installation.File){
			"directory": func(f *installation.File) { f.Directories[0].Secret = name },
			"account":   func(f *installation.File) { f.Accounts[0].Secret = name },
			"account's key": func(f *installation.File) {
				f.Accounts[0].ClientCertificatePEM, f.Accounts[0].ClientKey = caPEM(), "secret:"+name
			},
		} {
			f := valid(t)
			change(&f)
			if _, err := load(t, f); !errors.Is(err, installation.ErrInvalid) || !strings.Contains(err.Error(), "the program's own") {
				t.Errorf("%s, %s: %v", where, name, err)
			}
		}
	}
}
