package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/draft"
	"caveat/backend/federation"
	"caveat/backend/installation"
	"caveat/backend/plain"
	"caveat/ldapbook"
)

// ErrExists: there is a directory of that name.
var ErrExists = errors.New("api: directory exists")

// ChangeInstallation is the kind of change that says that the installation file was changed by a command or over HTTP; whoever
// works by it reads it anew.
const ChangeInstallation = "installation"

// ProposeDirectory asks a server how it should be set up. Nothing is stored.
func (s *Service) ProposeDirectory(ctx context.Context, in DirectoryInput) (ProposalDocument, error) {
	if s.in.Managed {
		return ProposalDocument{}, s.managed()
	}
	if in.lacksTrust() {
		return s.showChain(ctx, in)
	}
	in.BaseDN, in.Schema, in.Mapping = cmp.Or(in.BaseDN, unknownBase), "", nil // what it is asked for
	d, secrets, err := s.preview(in)
	if err != nil {
		return ProposalDocument{}, err
	}
	if d.BaseDN == unknownBase {
		d.BaseDN = ""
	}
	out, err := s.propose(ctx, d, secrets, func(p ProposalDocument) (string, error) {
		in := in
		in.BaseDN = p.BaseDN
		in.Adopt(p)
		b, err := in.section(s.in)
		if err != nil {
			return "", err
		}
		return b.file.Section()
	})
	if err != nil || !out.OK || out.BaseDN == "" {
		return out, err
	}
	return out, s.tried(ctx, in, &out)
}

func (s *Service) propose(ctx context.Context, d installation.Directory, secrets installation.Secrets, section func(ProposalDocument) (string, error)) (ProposalDocument, error) {
	if d.LDIF != "" {
		return ProposalDocument{}, fmt.Errorf("%w: directory %q: an LDIF file cannot be asked: give base_dn and schema", installation.ErrInvalid, d.Name)
	}
	out := emptyProposal()
	p, look, err := s.fed.Propose(ctx, d, secrets)
	out.URL, out.Certificate, out.Chain = look.URL, certificateOutput(look.Certificate), chainOutput(look.Chain)
	if err != nil {
		out.Error, out.Step = plain.Text(err), stepName(err)
		out.Checks = checkServer(d, look, err, TestDocument{URL: look.URL, Transport: string(look.Transport), Certificate: out.Certificate}, s.now())
		return out, nil
	}
	out.OK, out.Vendor, out.NamingContexts, out.BaseDN = true, p.Vendor, notNil(p.NamingContexts), p.BaseDN
	out.Schema, out.Strategy, out.PageSize, out.Problems = cmp.Or(p.Preset, schemaCustom), cmp.Or(string(p.Strategy), strategyAuto), p.PageSize, notNil(p.Problems)
	if out.Schema == schemaCustom {
		if out.Mapping, err = federation.MappingFile(p.Mapping); err != nil {
			return ProposalDocument{}, err
		}
	}
	for _, e := range p.Evidence {
		if strings.EqualFold(e.Field, "clearance") {
			e.Example = "" // what somebody holds is not for everybody (RULES 19)
		}
		out.Evidence = append(out.Evidence, EvidenceRow{Field: e.Field, Attribute: e.Attribute, Have: e.Have, Of: e.Of, Example: e.Example})
	}
	out.TOML, err = section(out)
	return out, err
}

// ProposeAgain is ProposeDirectory for a directory that the installation has, with its own secrets.
func (s *Service) ProposeAgain(ctx context.Context, name string) (ProposalDocument, error) {
	d, ok := s.fed.Directory(name)
	if !ok {
		return ProposalDocument{}, s.noDirectory(name)
	}
	return s.propose(ctx, d, s.secrets, func(p ProposalDocument) (string, error) {
		i := slices.IndexFunc(s.in.File.Directories, func(f installation.DirectoryFile) bool { return f.Name == name })
		f := s.in.File.Directories[i]
		f.BaseDN, f.Schema, f.Mapping = p.BaseDN, p.Schema, nil
		if p.Schema == schemaCustom {
			f.Mapping = &p.Mapping
		}
		return f.Section()
	})
}

// DirectorySection is how a directory would stand in the installation file. Errors as AddDirectory; nothing is stored.
func (s *Service) DirectorySection(in DirectoryInput) (string, error) {
	b, err := in.section(s.in)
	if err != nil {
		return "", err
	}
	if _, err := s.in.With(b.add); err != nil {
		return "", err
	}
	return b.file.Section()
}

// fromPage refuses what over HTTP nobody may give: the name of a stored secret, which would be sent to a server that he names, and the
// path of a library, which this program would run. At the command line whoever gives them can read and run them anyway.
func (in DirectoryInput) fromPage() error {
	key := strings.ToLower(strings.TrimSpace(in.ClientKeyURI))
	switch {
	case in.Secret != "" || strings.HasPrefix(key, installation.KeyInSecrets):
		return fmt.Errorf("%w: directory %q: a secret that is stored already is not given to another section here: give the password, or the key, itself", installation.ErrInvalid, in.Name)
	case strings.HasPrefix(key, installation.KeyOnToken):
		return fmt.Errorf("%w: directory %q: a key on a token (pkcs11:) names a library that this program loads: only the installation file may name it, or `caveat directory add`", installation.ErrInvalid, in.Name)
	}
	return nil
}

func (s *Service) isStored(name string) bool {
	_, err := s.secrets.Secret(name)
	return err == nil
}

const schemaCustom = "custom"

// unknownBase stands in for a base that the server is to be asked for.
const unknownBase = "o=unknown"

// Adopt takes over what a proposal says and the input left open.
func (in *DirectoryInput) Adopt(p ProposalDocument) {
	in.BaseDN = cmp.Or(in.BaseDN, p.BaseDN)
	if in.PageSize == 0 && p.PageSize != ldapbook.DefaultPageSize {
		in.PageSize = p.PageSize
	}
	if in.Schema == "" && in.Mapping == nil {
		if in.Schema = p.Schema; p.Schema == schemaCustom {
			in.Mapping = &p.Mapping
		}
	}
}

// preview builds a directory that is not part of the installation, and the secrets that it needs beside the stored ones.
func (s *Service) preview(in DirectoryInput) (installation.Directory, installation.Secrets, error) {
	b, err := in.section(s.in)
	if err != nil {
		return installation.Directory{}, nil, err
	}
	b.file.MailDomains, b.file.ChatDomains = nil, nil // a look at it decides for nobody
	next, err := s.in.With(func(file *installation.File) error {
		file.Identities = nil // they may lie in the directory that is looked at anew
		file.Directories = slices.DeleteFunc(file.Directories, func(d installation.DirectoryFile) bool { return d.Name == in.Name })
		return b.add(file)
	})
	if err != nil {
		return installation.Directory{}, nil, err
	}
	return next.Directories[len(next.Directories)-1], overlay{b.secrets, s.secrets}, nil
}

// overlay are secrets that are not stored, before those that are.
type overlay struct {
	more map[string]string
	installation.Secrets
}

// Secret implements installation.Secrets.
func (o overlay) Secret(name string) (string, error) {
	if v, ok := o.more[name]; ok {
		return v, nil
	}
	return o.Secrets.Secret(name)
}

// AddDirectory writes a directory into the installation file. Its secrets go to the store of secrets; what fails leaves neither.
func (s *Service) AddDirectory(ctx context.Context, in DirectoryInput) (AddedDocument, error) {
	if s.in.Managed {
		return AddedDocument{}, s.managed()
	}
	b, err := in.section(s.in)
	if err != nil {
		return AddedDocument{}, err
	}
	f, secrets := b.file, b.secrets
	if _, err := s.in.With(b.add); err != nil { // before anything is written
		return AddedDocument{}, err
	}
	out := AddedDocument{Directory: f.Name, Path: s.in.Path, Secrets: []string{}, Warnings: []string{}}
	var next *installation.Installation
	if err = s.storeSecrets(secrets); err == nil {
		change := settingsChange{Kind: kindDirectory, Name: f.Name, Change: verbAdded, What: fmt.Sprintf("directory %s of %s added: %s", f.Name, f.Nation, f.Described())}
		if next, err = s.changeSettings(ctx, change, b.add); err != nil {
			err = errors.Join(err, s.dropSecrets(secrets))
		}
	}
	if err != nil {
		return AddedDocument{}, err
	}
	for name := range secrets {
		out.Secrets = append(out.Secrets, name)
	}
	slices.Sort(out.Secrets)
	out.Warnings = append(out.Warnings, lacks(next, f.Name)...)
	return out, nil
}

func (s *Service) managed() error {
	return fmt.Errorf("%w: %s overrides everything on this machine: its administrator changes it there", installation.ErrManaged, s.in.Path)
}

func (s *Service) storeSecrets(secrets map[string]string) error {
	var err error
	for name, value := range secrets {
		err = errors.Join(err, s.secrets.SetSecret(name, value))
	}
	if err != nil {
		return errors.Join(err, s.dropSecrets(secrets))
	}
	return nil
}

func (s *Service) dropSecrets(secrets map[string]string) error {
	var err error
	for name := range secrets {
		err = errors.Join(err, s.secrets.SetSecret(name, ""))
	}
	return err
}

// lacks says what a new directory needs to be of use.
func lacks(in *installation.Installation, name string) []string {
	var out []string
	i := slices.IndexFunc(in.Directories, func(d installation.Directory) bool { return d.Name == name })
	d := in.Directories[i]
	if len(d.MailDomains)+len(d.ChatDomains) == 0 {
		out = append(out, "It decides for no domain: its people are shown, and nothing can be sent to them by what it says (mail_domains, chat_domains).")
	}
	for _, x := range []struct {
		channel string
		domains []string
	}{{"mail", d.MailDomains}, {"chat", d.ChatDomains}} {
		for _, domain := range x.domains {
			if !slices.ContainsFunc(in.Routes, func(r installation.Route) bool {
				return r.Channel == x.channel && draft.FoldAddress(r.Domain) == draft.FoldAddress(domain)
			}) {
				out = append(out, fmt.Sprintf("No [[route]] leads to %s by %s: nothing can be sent there.", domain, x.channel))
			}
		}
	}
	if d.IsUnprotected() && d.Ceiling == nil {
		out = append(out, "It is read unprotected and has no plain_ceiling: nothing that it says counts.")
	}
	return out
}

// RemoveDirectory takes a directory of a revision, "": whatever it is, out of the installation file, and what the book has of it, its
// withdrawals among it, out of the book. Its secrets go too, unless something else uses them. Of one that was taken out of the file by
// hand there is no revision: what the book has of it goes. Errors: ErrNotFound, ErrSettingsChanged, those of changeSettings.
func (s *Service) RemoveDirectory(ctx context.Context, name, revision string) (RemovedDocument, error) {
	if s.in.Managed {
		return RemovedDocument{}, s.managed()
	}
	d, ok := s.fed.Directory(name)
	if !ok {
		return RemovedDocument{}, s.noDirectory(name)
	}
	change := func(file *installation.File) error {
		f, err := s.section(file, name)
		if err != nil {
			return s.isInBook(ctx, name)
		}
		if err := ofDirectory(revision, *f); err != nil {
			return err
		}
		file.Directories = slices.DeleteFunc(file.Directories, func(d installation.DirectoryFile) bool { return d.Name == name })
		return nil
	}
	next, err := s.changeSettings(ctx, settingsChange{Kind: kindDirectory, Name: name, Change: verbRemoved, What: fmt.Sprintf("directory %s of %s removed", name, d.Nation)}, change)
	if err != nil {
		return RemovedDocument{}, err
	}
	out := RemovedDocument{Directory: name, Path: s.in.Path, Secrets: []string{}}
	for _, secret := range []string{d.Secret, d.KeySecret()} {
		if secret == "" || slices.Contains(next.Secrets(), secret) || installation.IsReserved(secret) {
			continue
		}
		if err := s.secrets.SetSecret(secret, ""); err != nil {
			return out, err
		}
		out.Secrets = append(out.Secrets, secret)
	}
	if _, err := s.StopSync(ctx, name); err != nil {
		return out, err
	}
	// A holder that still reads it forgets it when it reads the installation anew: see forgetStrangers.
	if err := s.book.Forget(ctx, name); err != nil {
		return out, err
	}
	if err := s.forgetReads(ctx, name); err != nil {
		return out, err
	}
	s.tellInstallation(ctx, name)
	return out, nil
}

// isInBook is nil where the book has something of a directory, else ErrNotFound.
func (s *Service) isInBook(ctx context.Context, name string) error {
	status, err := s.statuses(ctx)
	if err != nil {
		return err
	}
	if _, ok := status[name]; !ok {
		return s.noDirectory(name)
	}
	return nil
}

// forgetStrangers takes out of the book what no directory of the installation stands for any more.
func (s *Service) forgetStrangers(ctx context.Context) error {
	status, err := s.book.Status(ctx)
	if err != nil {
		return err
	}
	for _, st := range status {
		if _, ok := s.fed.Directory(st.Directory); ok {
			continue
		}
		if err := s.book.Forget(ctx, st.Directory); err != nil {
			return err
		}
	}
	return nil
}

// secretName makes a name for a secret of a new directory that nothing uses, nor anybody else who adds one at the same moment: who
// fails drops his own secret, never the one of whom was faster.
func secretName(kind, directory string) string {
	return kind + "-" + strings.ToLower(directory) + "-" + strings.ToLower(rand.Text()[:8])
}
