package federation

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"

	"caveat/backend/installation"
	"caveat/ldapbook"
)

// Source gives a directory in the form that package ldapbook reads, with its password, keys and revocation lists as they are now.
// Errors name the directory; what is wrong with one harms no other.
func (f *Federation) Source(d installation.Directory) (ldapbook.Source, error) {
	return SourceOf(d, f.secrets)
}

// SourceOf is Source with the secrets that are given: also of a directory that is not set up yet.
func SourceOf(d installation.Directory, secrets installation.Secrets) (ldapbook.Source, error) {
	s := ldapbook.Source{
		Name: d.Name, Nation: d.Nation, URLs: d.URLs, Security: ldapbook.Transport(d.Transport()), RootCAs: d.Roots,
		ServerName: d.ServerName, BindDN: d.BindDN, BaseDN: d.BaseDN, PageSize: d.PageSize, Timeout: d.Timeout.Duration,
		Referrals: d.Referrals, Rate: d.Rate,
		Refresh: ldapbook.Refresh{Strategy: strategy(d.Sync), FullEvery: d.FullEvery.Duration, MaxLoss: d.MaxLoss, LDIF: d.LDIF},
	}
	if d.LDIF != "" {
		s.Security = "" // there is no connection
	}
	var err error
	if s.Mapping, err = mappingOf(d); err == nil {
		if s.Trust, err = trustOf(d); err == nil {
			err = identify(&s, d, secrets)
		}
	}
	if err != nil {
		return ldapbook.Source{}, fmt.Errorf("directory %q: %w", d.Name, err)
	}
	return s, nil
}

// strategy is how ldapbook calls what the file names.
func strategy(name string) ldapbook.Strategy {
	if name == "auto" {
		return ldapbook.StrategyAuto
	}
	return ldapbook.Strategy(name)
}

func trustOf(d installation.Directory) (ldapbook.Trust, error) {
	var t ldapbook.Trust
	for _, text := range d.Pins {
		pin, err := ldapbook.ParsePin(text)
		if err != nil {
			return ldapbook.Trust{}, err
		}
		t.Pins = append(t.Pins, pin)
	}
	lists, err := d.RevocationLists()
	if err != nil {
		return ldapbook.Trust{}, err
	}
	for _, data := range lists {
		l, err := ldapbook.ParseCRLs(data)
		if err != nil {
			return ldapbook.Trust{}, err
		}
		t.CRLs = append(t.CRLs, l...)
	}
	return t, nil
}

// identify fills in how we prove who we are.
func identify(s *ldapbook.Source, d installation.Directory, secrets installation.Secrets) error {
	var secret string
	var err error
	if d.Secret != "" {
		if secret, err = secrets.Secret(d.Secret); err != nil {
			return err
		}
	}
	if d.LDIF == "" {
		s.Auth.Method = ldapbook.AuthMethod(d.AuthMethod())
	}
	if s.Auth.Method == ldapbook.AuthSimple {
		s.Password = secret
	}
	if k := d.Kerberos; k != nil {
		s.Auth.Kerberos = &ldapbook.Kerberos{ConfigFile: k.Config, Keytab: k.Keytab, Principal: k.Principal, CCache: k.CCache, Service: k.Service}
	}
	s.Auth.Certificate, err = clientCertificate(d, secret, secrets)
	return err
}

// clientCertificate joins certificate and key; nil: none is shown.
func clientCertificate(d installation.Directory, pin string, secrets installation.Secrets) (*tls.Certificate, error) {
	var key []byte
	var err error
	switch {
	case d.ClientKey == "":
		return nil, nil
	case d.IsOnToken():
		return ldapbook.OpenPKCS11(d.ClientKey, pin)
	case d.KeySecret() != "":
		text, err := secrets.Secret(d.KeySecret())
		if err != nil {
			return nil, err
		}
		key = []byte(text)
	default:
		if key, err = os.ReadFile(d.ClientKey); err != nil {
			return nil, fmt.Errorf("%w: client_key: %w", ldapbook.ErrSource, err)
		}
	}
	c, err := tls.X509KeyPair(d.ClientPEM, key)
	if err != nil {
		return nil, fmt.Errorf("%w: client_certificate and client_key: %w", ldapbook.ErrSource, err)
	}
	return &c, nil
}

// mappingOf is the mapping of the schema with what the file says otherwise. Of a custom one only the file counts: what it leaves out
// is not looked for, but for the entry's identity and the classes that are passed over.
func mappingOf(d installation.Directory) (ldapbook.Mapping, error) {
	var m ldapbook.Mapping
	custom := d.Schema == "custom"
	if !custom {
		var ok bool
		if m, ok = ldapbook.Preset(d.SchemaName()); !ok {
			return ldapbook.Mapping{}, fmt.Errorf("%w: schema %q is not known", ldapbook.ErrSource, d.SchemaName())
		}
	}
	f := d.Mapping
	if f == nil {
		f = &installation.MappingFile{}
	}
	if len(f.Classes) > 0 || custom {
		m.Classes = map[string]ldapbook.Kind{}
		for class, kind := range f.Classes {
			m.Classes[class] = ldapbook.Kind(kind)
		}
	}
	if len(f.Conditions) > 0 || custom {
		m.Conditions = conditions(f.Conditions)
	}
	for key, list := range f.All() {
		switch {
		case key == "ignore" && list != nil:
			m.Ignore = list
		case key == "ignore":
		case list != nil:
			if !m.SetField(key, list) {
				return ldapbook.Mapping{}, fmt.Errorf("%w: %s", errField, key)
			}
		case custom && key != "uuid":
			m.SetField(key, []string{})
		}
	}
	return m, m.Validate()
}

// MappingFile writes a mapping as the installation file does.
func MappingFile(m ldapbook.Mapping) (installation.MappingFile, error) {
	var f installation.MappingFile
	if len(m.Classes) > 0 {
		f.Classes = map[string]string{}
		for class, kind := range m.Classes {
			f.Classes[class] = string(kind)
		}
	}
	for _, c := range m.Conditions {
		f.Conditions = append(f.Conditions, installation.ConditionFile{Attribute: c.Attribute, Value: c.Value, Class: c.Class, Kind: string(c.Kind)})
	}
	f.Ignore = m.Ignore
	for _, key := range ldapbook.MappingFields() {
		if list, _ := m.Field(key); !f.Set(key, list) && len(list) > 0 {
			return installation.MappingFile{}, fmt.Errorf("%w: %s", errField, key)
		}
	}
	return f, nil
}

// errField: the file has something of a mapping that the library has not.
var errField = errors.New("federation: the mapping holds what this program cannot map")

// conditions takes the conditions of the file over into the library's form.
func conditions(all []installation.ConditionFile) []ldapbook.Condition {
	out := make([]ldapbook.Condition, len(all))
	for i, c := range all {
		out[i] = ldapbook.Condition{Attribute: c.Attribute, Value: c.Value, Class: c.Class, Kind: ldapbook.Kind(c.Kind)}
	}
	return out
}
