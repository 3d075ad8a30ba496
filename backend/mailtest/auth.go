package mailtest

import (
	"crypto/tls"
	"errors"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/xdg-go/scram"
)

const (
	scramName     = "SCRAM-SHA-256"
	scramPlusName = "SCRAM-SHA-256-PLUS"
)

func (s *session) AuthMechanisms() (out []string) {
	if s.config.Passwords != nil {
		if state, ok := s.conn.TLSConnectionState(); ok && state.Version >= tls.VersionTLS13 {
			out = append(out, scramPlusName)
		}
		out = append(out, scramName)
	}
	if s.config.Bearer != nil {
		out = append(out, sasl.OAuthBearer)
	}
	if s.config.Auth != nil {
		out = append(out, sasl.Plain)
	}
	return out
}

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch {
	case strings.HasPrefix(mechanism, scramName) && s.config.Passwords != nil:
		return s.scram(mechanism == scramPlusName)
	case mechanism == sasl.OAuthBearer && s.config.Bearer != nil:
		return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if !s.config.Bearer(o.Username, o.Token) {
				return &sasl.OAuthBearerError{Status: "invalid_token"}
			}
			s.login(o.Username)
			return nil
		}), nil
	case mechanism == sasl.Plain && s.config.Auth != nil:
		return sasl.NewPlainServer(func(_, user, password string) error {
			if !s.config.Auth(user, password) {
				return smtp.ErrAuthFailed
			}
			s.login(user)
			return nil
		}), nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

func (s *session) login(user string) {
	s.loggedIn = true
	if s.config.Login != nil {
		s.hooks = s.config.Login(user)
	}
}

func (s *session) scram(bound bool) (sasl.Server, error) {
	server, err := scram.SHA256.NewServer(s.stored)
	if err != nil {
		return nil, err
	}
	x := &scramServer{session: s, talk: server.NewConversation()}
	if bound {
		state, _ := s.conn.TLSConnectionState()
		b, err := scram.NewTLSExporterBinding(&state)
		if err != nil {
			return nil, err
		}
		x.talk = server.NewConversationWithChannelBindingRequired(b)
	}
	return x, nil
}

func (s *session) stored(user string) (scram.StoredCredentials, error) {
	password, ok := s.config.Passwords[user]
	if !ok {
		return scram.StoredCredentials{}, errors.New("no such user")
	}
	c, err := scram.SHA256.NewClient(user, password, "")
	if err != nil {
		return scram.StoredCredentials{}, err
	}
	return c.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "salt of the test", Iters: 4096})
}

// scramServer is the server's half of SCRAM. The client answers the server's proof with nothing.
type scramServer struct {
	session *session
	talk    *scram.ServerConversation
	proven  bool
}

func (x *scramServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if x.proven {
		x.session.login(x.talk.Username())
		return nil, true, nil
	}
	said, err := x.talk.Step(string(response))
	if err != nil {
		return nil, false, smtp.ErrAuthFailed
	}
	x.proven = x.talk.Valid()
	return []byte(said), false, nil
}
