package ldapbook_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"

	"caveat/ldapbook"
	"caveat/ldapbook/internal/wire"
)

var sessionKey = types.EncryptionKey{KeyType: etypeID.AES256_CTS_HMAC_SHA1_96, KeyValue: bytes.Repeat([]byte{7}, 32)}

// offer is a server's offer of security layers in a Wrap token, turned right by rrc bytes.
func offer(t testing.TB, flags byte, rrc int, payload ...byte) []byte {
	t.Helper()
	w := gssapi.WrapToken{Flags: flags, EC: 12, SndSeqNum: 9, Payload: payload}
	must(t, w.SetCheckSum(sessionKey, keyusage.GSSAPI_ACCEPTOR_SEAL))
	token, err := w.Marshal()
	must(t, err)
	body := token[gssapi.HdrLen:]
	split := len(body) - rrc%len(body)
	turned := append(bytes.Clone(body[split:]), body[:split]...)
	token = append(token[:gssapi.HdrLen:gssapi.HdrLen], turned...)
	token[7] = byte(rrc)
	return token
}

// The checksum stands behind the payload (MIT), before it (Active Directory), or anywhere, as the count of the turn says.
//
// std: RFC4121 §4.2; RFC4752 §3.1
func TestSecurityLayers(t *testing.T) {
	flip := func(token []byte) []byte {
		token[len(token)-1] ^= 1
		return token
	}
	for name, test := range map[string]struct {
		token []byte
		want  string // in the error; empty: taken
	}{
		"checksum last":               {offer(t, 1, 0, 1, 0, 0, 0), ""},
		"checksum first":              {offer(t, 1, 12, 1, 0, 0, 0), ""},
		"turned by a little":          {offer(t, 1, 3, 1, 0, 0, 0), ""},
		"turned by more than once":    {offer(t, 1, 28, 1, 0, 0, 0), ""},
		"all layers are offered":      {offer(t, 1, 0, 7, 0, 0xff, 0xff), ""},
		"no layer isn't offered":      {offer(t, 1, 0, 6, 0, 0xff, 0xff), "insists on a security layer"},
		"no offer":                    {offer(t, 1, 0, 1, 0, 0), "insists on a security layer"},
		"from the initiator":          {offer(t, 0, 0, 1, 0, 0, 0), "acceptor"},
		"sealed":                      {offer(t, 3, 0, 1, 0, 0, 0), "without confidentiality"},
		"with a subkey that was none": {offer(t, 5, 0, 1, 0, 0, 0), ""},
		"changed on the way":          {flip(offer(t, 1, 0, 1, 0, 0, 0)), "checksum"},
		"turned, but not said so":     {append(offer(t, 1, 12, 1, 0, 0, 0)[:7], append([]byte{0}, offer(t, 1, 12, 1, 0, 0, 0)[8:]...)...), "checksum"},
		"short":                       {offer(t, 1, 0, 1, 0, 0, 0)[:15], "without confidentiality"},
		"empty":                       {nil, "without confidentiality"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, err := ldapbook.AnswerLayers(sessionKey, test.token)
			if name == "with a subkey that was none" {
				if err == nil {
					t.Error("taken")
				}
				return
			}
			if test.want != "" {
				if answer != nil || !errors.Is(err, wire.ErrMalformed) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%x, %v", answer, err)
				}
				return
			}
			must(t, err)
			var w gssapi.WrapToken
			must(t, w.Unmarshal(answer, false))
			if ok, err := w.Verify(sessionKey, keyusage.GSSAPI_INITIATOR_SEAL); !ok || !bytes.Equal(w.Payload, []byte{1, 0, 0, 0}) {
				t.Errorf("%x, %v", w.Payload, err)
			}
		})
	}
}

// FuzzKerberosTokens: no token of a server makes the program panic, and none that it made without the key is taken.
func FuzzKerberosTokens(f *testing.F) {
	f.Add(offer(f, 1, 0, 6, 0, 0, 0))
	f.Add([]byte("\x60\x0d\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x02\x00"))
	f.Add([]byte("\x60\x10\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03\x00\x7e\x01\x30"))
	f.Add([]byte("\x60\x12\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x02\x00\x6f\x03\x30\x01\x00"))
	f.Fuzz(func(t *testing.T, token []byte) {
		if answer, err := ldapbook.AnswerLayers(sessionKey, token); err == nil {
			t.Errorf("answered %x", answer)
		}
		if ldapbook.Accept(sessionKey, token) == nil {
			t.Error("accepted")
		}
	})
}

// FuzzReferralURL: whatever URL a server gives, what is followed leads to a server of the list, by the source's own security,
// with the filter that was asked.
func FuzzReferralURL(f *testing.F) {
	src := ldapbook.Source{Security: ldapbook.TransportLDAPS, BaseDN: suffix, Referrals: []string{"b.example:636", "[::1]:1636"}}
	for _, raw := range []string{"ldaps://b.example/o=b", "ldaps://B.example:636/o=b??one", "ldaps://[::1]:1636/o=b", "ldap://b.example/o=b",
		"ldaps://evil.example@b.example/o=b", "ldaps://b.example:636@evil.example/o=b", "ldaps://b.example#@evil.example/o=b",
		"ldaps://b.example\\@evil.example/o=b", "ldaps:///o=b", "ldaps://b.example/o=b???(cn=*)", "//b.example/o=b"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		address, base, filter, err := ldapbook.Referred(src, raw)
		if err != nil {
			return
		}
		if address != "b.example:636" && address != "[::1]:1636" || base == "" || !bytes.Equal(filter, []byte{0x87, 0}) ||
			!strings.HasPrefix(strings.ToLower(raw), "ldaps://") {
			t.Errorf("%q leads to %q, base %q", raw, address, base)
		}
	})
}
