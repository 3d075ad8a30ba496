package demo

import (
	"errors"
	"fmt"
	"strings"

	"caveat/ldapbook"
	"caveat/ldapbook/ldaptest"
)

// ErrUnknown: there is no such nation, address or name in the demonstration.
var ErrUnknown = errors.New("demo: unknown")

func (f *Federation) nation(code string) (*services, error) {
	if n, ok := f.nations[strings.ToUpper(code)]; ok {
		return n, nil
	}
	return nil, fmt.Errorf("%w: nation %q", ErrUnknown, code)
}

// StopDirectory makes a nation's directory unreachable: the port closes, and every connection to it ends.
func (f *Federation) StopDirectory(nation string) error {
	n, err := f.nation(nation)
	if err == nil {
		n.ldap.stop()
	}
	return err
}

// StartDirectory opens it again at the same address.
func (f *Federation) StartDirectory(nation string) error {
	n, err := f.nation(nation)
	if err != nil {
		return err
	}
	return n.ldap.start(0)
}

// StopMail ends a nation's mail server. While another nation's is down, GBR's answers 451 to messages for it
// and gives them to nobody.
func (f *Federation) StopMail(nation string) error {
	n, err := f.nation(nation)
	if err == nil {
		n.smtp.stop(false)
	}
	return err
}

// StartMail starts it again at the same address.
func (f *Federation) StartMail(nation string) error {
	n, err := f.nation(nation)
	if err != nil {
		return err
	}
	return n.smtp.start(0)
}

// Directory is a nation's directory server, for its own faults (Hang, RefuseBind, SizeLimit…). Change entries by the methods
// of Federation: what is changed here the mail servers do not learn of.
func (f *Federation) Directory(nation string) (*ldaptest.Server, error) {
	n, err := f.nation(nation)
	if err != nil {
		return nil, err
	}
	return n.directory, nil
}

// ReplaceClearance publishes other clearances for an entry, which is named by its mail address, a room by its JID, or by its
// DN; without texts, none. The change does not outlive the run. ErrUnknown.
func (f *Federation) ReplaceClearance(nation, who string, texts ...string) error {
	return f.change(nation, who, func(n *services, i int32) error {
		if err := n.directory.Replace(n.nodes[i].dn, "confidentialityClearance", texts...); err != nil {
			return err
		}
		n.nodes[i].clearance = f.catalogue.add(texts...)
		return nil
	})
}

// Remove takes an entry out of its nation's directory, named as for ReplaceClearance. Lists and roles go on naming it. The
// change does not outlive the run. ErrUnknown.
func (f *Federation) Remove(nation, who string) error {
	return f.change(nation, who, func(n *services, i int32) error {
		if err := n.directory.Delete(n.nodes[i].dn); err != nil {
			return err
		}
		n.nodes[i].gone = true
		delete(n.byAddress, n.nodes[i].address)
		return nil
	})
}

// DN is the name of an entry in its directory. ErrUnknown.
func (f *Federation) DN(nation, who string) (dn string, err error) {
	err = f.change(nation, who, func(n *services, i int32) error {
		dn = n.nodes[i].dn
		return nil
	})
	return dn, err
}

func (f *Federation) change(nation, who string, do func(*services, int32) error) error {
	n, err := f.nation(nation)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := n.find(who)
	if !ok {
		i, ok = n.byDN(who)
	}
	if !ok {
		return fmt.Errorf("%w: %s has no %q", ErrUnknown, n.c.code, who)
	}
	return do(n, i)
}

// byDN looks at every entry: it is for tests.
func (w *world) byDN(dn string) (int32, bool) {
	folded := ldapbook.FoldDN(dn)
	for i, n := range w.nodes {
		if !n.gone && ldapbook.FoldDN(n.dn) == folded {
			return int32(i), true
		}
	}
	return 0, false
}
