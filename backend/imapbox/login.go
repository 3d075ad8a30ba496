package imapbox

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"caveat/backend/saslclient"
)

// login proves who we are. in says that the server took that for granted: then it must be by the certificate, or an account
// that does not log in.
//
// std: RFC9051 §6.2.2, RFC4959 §3
func (s *speaker) login(a Account, in bool) error {
	c := a.credentials()
	switch {
	case in && c.NeedsLogin() && a.Auth != saslclient.External:
		return fmt.Errorf("%w: the server let us in before it knew who we are", ErrAuth)
	case in:
		return nil
	case !c.NeedsLogin():
		return fmt.Errorf("%w: the account has nothing to log in with", ErrAuth)
	}
	if err := s.know(); err != nil {
		return err
	}
	mechanism, err := saslclient.Choose(c, s.mechanisms(), s.tls)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	name, first, err := mechanism.Start()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	line := "AUTHENTICATE " + name
	if first != nil && s.can("SASL-IR") {
		line, first = line+" "+initial(first), nil
	}
	s.caps = nil
	result, err := s.command(line, (&dialogue{mechanism: mechanism, first: first}).more)
	switch {
	case errors.Is(err, saslclient.ErrServer), errors.Is(err, saslclient.ErrRefused):
		return fmt.Errorf("%w: %w", ErrAuth, err)
	case err != nil:
		return err
	case result.status != "OK":
		return fmt.Errorf("%w: %s: %w", ErrAuth, name, result.refusal())
	}
	if err := mechanism.Verify(); err != nil {
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	s.mechanism = name
	s.learn(result.code, result.args)
	return nil
}

func (s *speaker) mechanisms() []string {
	var out []string
	for _, c := range s.caps {
		if name, ok := strings.CutPrefix(c, "AUTH="); ok {
			out = append(out, name)
		}
	}
	return out
}

// initial writes an initial response; an empty one is "=".
func initial(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
}

// dialogue answers challenges. first is the initial response when the command could not carry it.
type dialogue struct {
	mechanism saslclient.Mechanism
	first     []byte
	rounds    int
}

func (d *dialogue) more(challenge string) (string, error) {
	const rounds = 8
	if d.rounds++; d.rounds > rounds {
		return "", fmt.Errorf("%w: AUTHENTICATE does not end", ErrProtocol)
	}
	if first := d.first; first != nil {
		d.first = nil
		return base64.StdEncoding.EncodeToString(first), nil // empty is an empty line here
	}
	decoded, err := base64.StdEncoding.DecodeString(challenge)
	if err != nil {
		return "", fmt.Errorf("%w: AUTHENTICATE: challenge: %w", ErrProtocol, err)
	}
	response, err := d.mechanism.Next(decoded)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(response), nil
}
