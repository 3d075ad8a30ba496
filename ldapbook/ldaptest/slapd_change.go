package ldaptest

import (
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// as runs do on a connection that is bound as the manager.
func (s *Slapd) as(do func(c *ldap.Conn) error) error {
	c, err := ldap.DialURL(s.URL)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Bind(s.BindDN, s.Password); err != nil {
		return err
	}
	return do(c)
}

// Add stores entries; what is above them must be there. The server chooses the UUIDs.
func (s *Slapd) Add(entries ...Entry) error {
	return s.as(func(c *ldap.Conn) error {
		for _, e := range entries {
			request := ldap.NewAddRequest(e.DN, nil)
			for _, a := range e.Attrs {
				request.Attribute(a.Name, a.Values)
			}
			if err := c.Add(request); err != nil {
				return err
			}
		}
		return nil
	})
}

// Replace sets the values of one attribute; without values, the attribute goes.
func (s *Slapd) Replace(dn, attr string, values ...string) error {
	return s.as(func(c *ldap.Conn) error {
		request := ldap.NewModifyRequest(dn, nil)
		request.Replace(attr, values)
		return c.Modify(request)
	})
}

// Rename gives an entry another DN below the same parent; it keeps its UUID.
func (s *Slapd) Rename(dn, newDN string) error {
	rdn, parent, ok := strings.Cut(newDN, ",")
	if !ok || !strings.HasSuffix(dn, parent) {
		return fmt.Errorf("ldaptest: %q and %q have different parents", dn, newDN)
	}
	return s.as(func(c *ldap.Conn) error { return c.ModifyDN(ldap.NewModifyDNRequest(dn, rdn, true, "")) })
}

// Delete removes an entry without subordinates.
func (s *Slapd) Delete(dn string) error {
	return s.as(func(c *ldap.Conn) error { return c.Del(ldap.NewDelRequest(dn, nil)) })
}
