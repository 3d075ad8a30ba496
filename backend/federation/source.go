package federation

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"reflect"

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
	if err := conditions(f, &m, custom); err != nil {
		return ldapbook.Mapping{}, err
	}
	if err := eachList(f, &m, func(name string, from, to *[]string) {
		switch {
		case *from != nil:
			*to = *from
		case custom && name != "UUID" && name != "Ignore":
			*to = []string{}
		}
	}); err != nil {
		return ldapbook.Mapping{}, err
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
	if from := reflect.ValueOf(m).FieldByName("Conditions"); from.IsValid() {
		for i := range from.Len() {
			x := from.Index(i)
			f.Conditions = append(f.Conditions, installation.ConditionFile{
				Attribute: x.FieldByName("Attribute").String(), Value: x.FieldByName("Value").String(),
				Class: x.FieldByName("Class").String(), Kind: x.FieldByName("Kind").String(),
			})
		}
	}
	err := eachList(&f, &m, func(_ string, to, from *[]string) { *to = *from })
	return f, err
}

// errField: the file has something of a mapping that the library has not.
var errField = errors.New("federation: the mapping holds what this program cannot map")

// conditions takes the conditions of the file over into the library's form.
func conditions(f *installation.MappingFile, m *ldapbook.Mapping, custom bool) error {
	to := reflect.ValueOf(m).Elem().FieldByName("Conditions")
	switch {
	case !to.IsValid() && len(f.Conditions) > 0:
		return fmt.Errorf("%w: conditions", errField)
	case !to.IsValid() || len(f.Conditions) == 0 && !custom:
		return nil
	}
	all := reflect.MakeSlice(to.Type(), len(f.Conditions), len(f.Conditions))
	for i, c := range f.Conditions {
		x := all.Index(i)
		x.FieldByName("Attribute").SetString(c.Attribute)
		x.FieldByName("Value").SetString(c.Value)
		x.FieldByName("Class").SetString(c.Class)
		x.FieldByName("Kind").SetString(c.Kind)
	}
	to.Set(all)
	return nil
}

// eachList goes through the lists that both forms of a mapping have: they have the same names.
func eachList(f *installation.MappingFile, m *ldapbook.Mapping, do func(name string, file, book *[]string)) error {
	file, book := reflect.ValueOf(f).Elem(), reflect.ValueOf(m).Elem()
	for i := range file.NumField() {
		name := file.Type().Field(i).Name
		inFile, ok := file.Field(i).Addr().Interface().(*[]string)
		if !ok {
			continue
		}
		if field := book.FieldByName(name); field.IsValid() {
			do(name, inFile, field.Addr().Interface().(*[]string))
		} else if len(*inFile) > 0 {
			return fmt.Errorf("%w: %s", errField, name)
		}
	}
	return nil
}
