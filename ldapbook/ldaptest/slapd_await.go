package ldaptest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// await waits until the server has answered a search in its database. That a connection opens says little: the server listens
// before it has read its configuration and opened the database, and may still end, or drop who came that early.
func (s *Slapd) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := s.answers(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("it ended: %s", s.log.String())
		case <-ctx.Done():
			_ = s.cmd.Process.Kill()
			return fmt.Errorf("it does not answer within a minute: %w", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// answers asks for the entry at the top, as the manager. A refusal is an answer too, some tests' servers want TLS first; but not that
// of a server which does not know the manager: it is another one, which took the port.
func (s *Slapd) answers(ctx context.Context) error {
	deadline, _ := ctx.Deadline()
	c, err := ldap.DialURL(s.URL, ldap.DialWithDialer(&net.Dialer{Deadline: deadline}))
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetTimeout(time.Until(deadline))
	err = c.Bind(s.BindDN, s.Password)
	if ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials) || fromServer(err) != nil {
		return err
	}
	_, err = c.Search(ldap.NewSearchRequest(s.config.Suffix, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, true, "(objectClass=*)", nil, nil))
	return fromServer(err)
}

// fromServer is nil for a result of the server's own, good or bad; what the library itself met on the way stays an error.
func fromServer(err error) error {
	var result *ldap.Error
	if errors.As(err, &result) && result.ResultCode < ldap.ErrorNetwork {
		return nil
	}
	return err
}
