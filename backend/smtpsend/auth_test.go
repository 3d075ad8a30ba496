package smtpsend_test

import (
	"errors"
	"strings"
	"testing"

	"caveat/backend/mailtest"
	"caveat/backend/saslclient"
	"caveat/backend/smtpsend"
	"caveat/ldapbook/ldaptest"
)

// TestLogin: each way to log in against a server that has it, right and wrong; and none that is weaker than what was asked for.
func TestLogin(t *testing.T) {
	ca, password := ldaptest.NewCA("Test CA"), mailtest.Secret()
	scram := mailtest.Config{Passwords: map[string]string{"duty": password}}
	plainAuth := mailtest.Config{Auth: func(user, given string) bool { return user == "duty" && given == password }}
	both := mailtest.Config{Passwords: scram.Passwords, Auth: func(string, string) bool { t.Error("the password was shown"); return true }}
	bearer := mailtest.Config{Bearer: func(user, token string) bool { return user == "duty" && token == password }}
	long := password + strings.Repeat("x", 11_000) // more than fits into the AUTH command
	for name, c := range map[string]struct {
		server   mailtest.Config
		auth     saslclient.Method
		password string
		want     error
	}{
		"SCRAM before PLAIN":         {both, "", password, nil},
		"SCRAM alone":                {scram, saslclient.ScramMethod, password, nil},
		"SCRAM, wrong password":      {scram, saslclient.ScramMethod, mailtest.Secret(), smtpsend.ErrAuth},
		"SCRAM, not offered":         {plainAuth, saslclient.ScramMethod, password, smtpsend.ErrAuth},
		"PLAIN":                      {plainAuth, "", password, nil},
		"PLAIN, wrong password":      {plainAuth, "", mailtest.Secret(), smtpsend.ErrAuth},
		"a token":                    {bearer, saslclient.OAuthBearer, password, nil},
		"a wrong token":              {bearer, saslclient.OAuthBearer, mailtest.Secret(), smtpsend.ErrAuth},
		"a wrong token, and long":    {bearer, saslclient.OAuthBearer, long, smtpsend.ErrAuth},
		"a token is no password":     {plainAuth, saslclient.OAuthBearer, password, smtpsend.ErrAuth},
		"no login to who demands it": {plainAuth, saslclient.None, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			box := &inbox{}
			c.server.TLS, c.server.RequireAuth, c.server.Data = serverTLS(ca), true, box.data
			a := account(mailtest.StartServer(t, c.server).Addr(), ca)
			a.Auth, a.User, a.Password = c.auth, "duty", c.password
			want, delivered := "accepted", 1
			if c.auth == saslclient.None {
				a.User, want, delivered = "", "refused", 0
			}
			r := submit(t, a, to("ops@gbr.example"), text)
			if c.want != nil {
				if !errors.Is(r.err, c.want) || r.bodySent != 0 || len(box.all()) != 0 {
					t.Fatalf("%v, %+v", r.err, r.receipts)
				}
				if strings.Contains(r.err.Error(), c.password) {
					t.Error("the password is in the error")
				}
				return
			}
			if r.err != nil || r.states() != want || len(box.all()) != delivered {
				t.Fatalf("%v, %+v", r.err, r.receipts)
			}
		})
	}
}

// TestServerWithoutProof: a server that says yes before it has proven that it knows the password is not believed.
func TestServerWithoutProof(t *testing.T) {
	ca := ldaptest.NewCA("Test CA")
	begin := mailtest.Step{Expect: "STARTTLS", Say: "220 go\r\n", Then: mailtest.BeginTLS}
	for name, say := range map[string]string{"yes at once": "235 welcome\r\n", "a proof of its own making": "334 dj1BQUFB\r\n"} {
		s := mailtest.StartScript(t, ca.ServerTLS(), steps(ehlo("STARTTLS"), begin, ehlo("AUTH SCRAM-SHA-256 PLAIN")[1],
			mailtest.Step{Expect: "AUTH SCRAM-SHA-256 ", Say: say}, mailtest.Step{Expect: "*", Say: "501 cancelled\r\n"})...)
		a := account(s.Addr(), ca)
		a.User, a.Password = "duty", mailtest.Secret()
		r := submit(t, a, to("ops@gbr.example"), text)
		if !errors.Is(r.err, smtpsend.ErrAuth) || !errors.Is(r.err, saslclient.ErrServer) || r.bodySent != 0 {
			t.Errorf("%s: %v", name, r.err)
		}
	}
}
