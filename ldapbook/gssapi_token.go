package ldapbook

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"caveat/ldapbook/internal/wire"
)

// tagToken frames the tokens that set a context up (RFC 2743 section 3.1); krb5OID is the mechanism in them, DER.
const tagToken byte = 0x60

var krb5OID = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}

// Token identifiers, RFC 4121 section 4.1.
var (
	tokenAPReq = []byte{1, 0}
	tokenAPRep = []byte{2, 0}
	tokenError = []byte{3, 0}
)

// Flags of a Wrap token, RFC 4121 section 4.2.2.
const (
	wrapSealed         = 2
	wrapAcceptorSubkey = 4
)

// layerNone is the security layer that is asked for: none.
const layerNone = 1

// securityContext is the initiator's side of a Kerberos GSS-API context.
type securityContext struct {
	authenticator types.Authenticator
	key, subkey   types.EncryptionKey
}

// newSecurityContext makes the context and its first token, with mutual authentication.
//
// std: RFC4121 §4.1
func newSecurityContext(who *credentials.Credentials, ticket messages.Ticket, key types.EncryptionKey,
	binding [16]byte) (*securityContext, []byte, error) {
	auth, err := types.NewAuthenticator(who.Domain(), who.CName())
	if err != nil {
		return nil, nil, err
	}
	sequence, err := rand.Int(rand.Reader, big.NewInt(1<<30))
	if err != nil {
		return nil, nil, err
	}
	auth.SeqNumber = sequence.Int64()
	checksum := make([]byte, 24)
	binary.LittleEndian.PutUint32(checksum, uint32(copy(checksum[4:], binding[:])))
	binary.LittleEndian.PutUint32(checksum[20:], gssapi.ContextFlagMutual|gssapi.ContextFlagInteg)
	auth.Cksum = types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: checksum}
	request, err := messages.NewAPReq(ticket, key, auth)
	if err != nil {
		return nil, nil, err
	}
	types.SetFlag(&request.APOptions, flags.APOptionMutualRequired)
	b, err := request.Marshal()
	if err != nil {
		return nil, nil, err
	}
	return &securityContext{authenticator: auth, key: key}, wire.TLV(tagToken, krb5OID, tokenAPReq, b), nil
}

// accepted reads the server's answer to the first token, and checks that it comes from who knows the service's key.
func (s *securityContext) accepted(token []byte) error {
	tag, content, _, err := wire.Next(token)
	if err != nil {
		return err
	}
	content, ok := bytes.CutPrefix(content, krb5OID)
	if tag != tagToken || !ok || len(content) < 2 {
		return fmt.Errorf("%w: no Kerberos token", wire.ErrMalformed)
	}
	kind, content := content[:2], content[2:]
	err = protect(func() error {
		switch {
		case bytes.Equal(kind, tokenAPRep):
			return s.reply(content)
		case bytes.Equal(kind, tokenError):
			var refused messages.KRBError
			if err := refused.Unmarshal(content); err != nil {
				return err
			}
			return fmt.Errorf("the server refused the ticket: %w", refused)
		default:
			return fmt.Errorf("unknown token %x", kind)
		}
	})
	if err != nil {
		return fmt.Errorf("%w: %w", wire.ErrMalformed, err)
	}
	return nil
}

func (s *securityContext) reply(b []byte) error {
	var reply messages.APRep
	if err := reply.Unmarshal(b); err != nil {
		return err
	}
	plain, err := crypto.DecryptEncPart(reply.EncPart, s.key, keyusage.AP_REP_ENCPART)
	if err != nil {
		return err
	}
	var part messages.EncAPRepPart
	if err := part.Unmarshal(plain); err != nil {
		return err
	}
	if part.Cusec != s.authenticator.Cusec || part.CTime.Unix() != s.authenticator.CTime.Unix() {
		return fmt.Errorf("the server's answer belongs to another request")
	}
	s.subkey = part.Subkey
	return nil
}

// noLayer reads the server's offer of security layers, and makes the answer: none, and no authorization identity.
//
// std: RFC4752 §3.1
func (s *securityContext) noLayer(offer []byte) (choice []byte, err error) {
	err = protect(func() error {
		payload, err := s.unwrap(offer)
		if err != nil {
			return err
		}
		if len(payload) != 4 || payload[0]&layerNone == 0 {
			return fmt.Errorf("the server insists on a security layer of its own (%x), which is not supported", payload)
		}
		choice, err = s.wrap([]byte{layerNone, 0, 0, 0})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", wire.ErrMalformed, err)
	}
	return choice, nil
}

// unwrap checks a Wrap token and returns what is in it. Active Directory sends the checksum first, turned right by its
// length, MIT's library last and not turned; both are what the field RRC says.
//
// std: RFC4121 §4.2
func (s *securityContext) unwrap(token []byte) ([]byte, error) {
	if len(token) < gssapi.HdrLen || token[2]&wrapSealed != 0 {
		return nil, fmt.Errorf("no Wrap token without confidentiality")
	}
	body := token[gssapi.HdrLen:]
	if n := len(body); n > 0 {
		turned := int(binary.BigEndian.Uint16(token[6:8])) % n
		body = append(bytes.Clone(body[turned:]), body[:turned]...)
	}
	var w gssapi.WrapToken
	if err := w.Unmarshal(append(bytes.Clone(token[:gssapi.HdrLen]), body...), true); err != nil {
		return nil, err
	}
	key := s.key
	if w.Flags&wrapAcceptorSubkey != 0 {
		key = s.subkey
	}
	if ok, err := w.Verify(key, keyusage.GSSAPI_ACCEPTOR_SEAL); !ok || err != nil {
		return nil, fmt.Errorf("checksum of the Wrap token: %w", err)
	}
	return w.Payload, nil
}

func (s *securityContext) wrap(payload []byte) ([]byte, error) {
	w := gssapi.WrapToken{Payload: payload, SndSeqNum: uint64(s.authenticator.SeqNumber)}
	key := s.key
	if s.subkey.KeyType != 0 {
		key, w.Flags = s.subkey, wrapAcceptorSubkey
	}
	kind, err := crypto.GetEtype(key.KeyType)
	if err != nil {
		return nil, err
	}
	w.EC = uint16(kind.GetHMACBitLength() / 8)
	if err := w.SetCheckSum(key, keyusage.GSSAPI_INITIATOR_SEAL); err != nil {
		return nil, err
	}
	return w.Marshal()
}
