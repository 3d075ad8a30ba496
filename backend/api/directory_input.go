package api

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"caveat/backend/installation"
)

// built is a DirectoryInput as the installation holds it.
type built struct {
	file    installation.DirectoryFile
	ca      *installation.CAFile // that it brings; nil: none
	secrets map[string]string    // to be stored, by name
}

// add appends the directory and its CA to a file.
func (b built) add(file *installation.File) error {
	if slices.ContainsFunc(file.Directories, func(o installation.DirectoryFile) bool { return o.Name == b.file.Name }) {
		return fmt.Errorf("%w: %q: remove it first, or choose another name", ErrExists, b.file.Name)
	}
	file.Directories = append(file.Directories, b.file)
	if b.ca == nil {
		return nil
	}
	for _, have := range file.CAs {
		if have.Name == b.ca.Name && strings.TrimSpace(have.PEM) == strings.TrimSpace(b.ca.PEM) {
			return nil
		}
	}
	file.CAs = append(file.CAs, *b.ca)
	return nil
}

// section writes the input as the installation file does. Errors: installation.ErrInvalid.
func (in DirectoryInput) section(at *installation.Installation) (built, error) {
	if err := in.nation(at); err != nil {
		return built{}, err
	}
	b := built{secrets: map[string]string{}, file: installation.DirectoryFile{
		Name: in.Name, Nation: in.Nation, URLs: in.URLs, Security: in.Security, CA: in.CA, ServerName: in.ServerName, BaseDN: in.BaseDN,
		BindDN: in.BindDN, Secret: in.Secret, MailDomains: in.MailDomains, ChatDomains: in.ChatDomains, PageSize: in.PageSize, Live: in.Live,
		DirectoryTrust:  installation.DirectoryTrust{Pins: in.Pins, CRLs: in.CRLFiles, CRLsPEM: in.CRLs, Referrals: in.Referrals},
		DirectoryAuth:   installation.DirectoryAuth{Auth: in.Auth, ClientCertificatePEM: in.ClientCertificate, ClientCertificate: in.ClientCertFile, ClientKey: in.ClientKeyURI},
		DirectorySchema: installation.DirectorySchema{Schema: in.Schema, Mapping: in.Mapping},
		DirectorySync:   installation.DirectorySync{LDIF: in.LDIF, Sync: in.Sync, MaxLoss: in.MaxLoss, Rate: in.Rate},
	}}
	f := &b.file
	f.Mode = cmp.Or(in.Mode, installation.ModeLookUp)
	if in.LDIF != "" {
		f.Mode = cmp.Or(in.Mode, installation.ModeMirror)
		if !filepath.IsAbs(in.LDIF) {
			f.LDIF = filepath.Join(filepath.Dir(at.Path), in.LDIF)
		}
	}
	if k := in.Kerberos; k != nil {
		f.Kerberos = &installation.KerberosFile{Config: k.Config, Keytab: k.Keytab, Principal: k.Principal, CCache: k.CCache, Service: k.Service}
	}
	if c := in.PlainCeiling; c != nil {
		ceiling := c.written()
		f.PlainCeiling = &ceiling
	}
	if in.CAPEM != "" {
		f.CA = cmp.Or(in.CA, in.Name)
		b.ca = &installation.CAFile{Name: f.CA, PEM: in.CAPEM}
	}
	if err := in.times(f); err != nil {
		return built{}, err
	}
	return b, in.hide(&b)
}

// nation refuses what is no nation's code: a slip would make a nation of its own, whose people nobody looks for. Codes that the
// installation uses go on being used, such as NATO's.
func (in DirectoryInput) nation(at *installation.Installation) error {
	isOther := func(r rune) bool { return r < 'A' || r > 'Z' }
	if len(in.Nation) == 3 && !strings.ContainsFunc(in.Nation, isOther) {
		return nil
	}
	used := []string{at.File.System.Nation}
	for _, d := range at.File.Directories {
		used = append(used, d.Nation)
	}
	for _, r := range at.File.Routes {
		used = append(used, r.Nation)
	}
	if slices.Contains(used, in.Nation) && in.Nation != "" {
		return nil
	}
	slices.Sort(used)
	used = slices.DeleteFunc(slices.Compact(used), func(code string) bool { return code == "" })
	return fmt.Errorf("%w: directory %q: nation %q: three capital letters, as ISO 3166 and STANAG 1059 have them (FRA), or a code that this installation uses: %s",
		installation.ErrInvalid, in.Name, in.Nation, strings.Join(used, ", "))
}

// times reads what is written as "15m".
func (in DirectoryInput) times(f *installation.DirectoryFile) error {
	for _, x := range []struct {
		key, text string
		to        *time.Duration
	}{
		{"timeout", in.Timeout, &f.Timeout.Duration}, {"every", in.Every, &f.Every.Duration},
		{"fullEvery", in.FullEvery, &f.FullEvery.Duration}, {"keep", in.Keep, &f.Keep.Duration},
	} {
		if x.text == "" {
			continue
		}
		d, err := time.ParseDuration(x.text)
		if err != nil {
			return fmt.Errorf("%w: directory %q: %s %q: a length of time such as 90s, 15m, 24h", installation.ErrInvalid, in.Name, x.key, x.text)
		}
		*x.to = d
	}
	return nil
}

// hide puts a name in the place of each secret.
func (in DirectoryInput) hide(b *built) error {
	if in.Password != "" && in.Secret != "" || in.ClientKey != "" && in.ClientKeyURI != "" {
		return fmt.Errorf("%w: directory %q: of password and secret, and of the client's key and its place, only one can be given", installation.ErrInvalid, in.Name)
	}
	if in.Password != "" {
		b.file.Secret = secretName("directory", in.Name)
		b.secrets[b.file.Secret] = in.Password
	}
	if in.ClientKey != "" {
		name := secretName("key", in.Name)
		b.file.ClientKey = installation.KeyInSecrets + name
		b.secrets[name] = in.ClientKey
	}
	return nil
}
