package demo

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"

	"mellium.im/sasl"
	"mellium.im/xmpp"
)

// scramRounds is how often the password is hashed (RFC 7677: 4096 at least).
const scramRounds = 4096

// login lets the nation's chat user in, by SCRAM-SHA-256 or by PLAIN, which there is within TLS only. It is good for one connection.
//
// std: RFC6120 §6, RFC7677 §3
func (s *chatServer) login(user string) xmpp.StreamFeature {
	isUser := func(n *sasl.Negotiator) bool {
		name, given, _ := n.Credentials()
		return string(name) == user && subtle.ConstantTimeCompare(given, []byte(s.password)) == 1
	}
	return xmpp.SASLServer(isUser, s.scram(user), sasl.Plain)
}

// scram is mellium's SCRAM, which its own feature gives no salted passwords.
func (s *chatServer) scram(user string) sasl.Mechanism {
	salted := func(name, _ []byte, _ string) (salt, password []byte, rounds int64, err error) {
		if string(name) != user {
			return nil, nil, 0, sasl.ErrAuthn
		}
		salt = []byte(rand.Text())
		return salt, sasl.SCRAMSaltPassword(sha256.New, []byte(s.password), salt, scramRounds), scramRounds, nil
	}
	inner := sasl.NewServer(sasl.ScramSha256, func(*sasl.Negotiator) bool { return true }, sasl.SaltedCredentials(salted))
	return sasl.Mechanism{Name: sasl.ScramSha256.Name, Next: func(_ *sasl.Negotiator, challenge []byte, _ any) (bool, []byte, any, error) {
		if inner.State()&sasl.Errored != 0 {
			return false, nil, nil, sasl.ErrAuthn
		}
		more, answer, err := inner.Step(challenge)
		if err != nil {
			err = sasl.ErrAuthn // whatever it is: the client hears no more than that
		}
		return more, answer, nil, err
	}}
}
