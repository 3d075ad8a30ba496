package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/installation"
)

// Sentinel errors of accounts.
var (
	// ErrAccountExists: there is an account of that name.
	ErrAccountExists = errors.New("api: account exists")
	// ErrAccountUsed: identities use the account, and it was not said that they shall go on without it.
	ErrAccountUsed = errors.New("api: account is used")
)

// ChangedAccount is the answer to an account that was added, changed or removed.
type ChangedAccount struct {
	Account  string   `json:"account"`
	Path     string   `json:"path" doc:"the installation file"`
	Warnings []string `json:"warnings" nullable:"false" doc:"what it still needs to be of use"`
	Revision string   `json:"revision,omitempty" doc:"names its section as it is now; left out: it was removed"`
}

// add appends the account and its CA to a file.
func (b builtAccount) add(f *installation.File) error {
	if _, i := accountFile(*f, b.file.Name); i >= 0 {
		return fmt.Errorf("%w: %q: change that one, or choose another name", ErrAccountExists, b.file.Name)
	}
	f.Accounts = append(f.Accounts, b.file)
	return b.addCA(f)
}

// put puts the account in the place of the one of its name that it was made for. Errors: ErrNotFound, ErrSettingsChanged.
func (s *Service) put(b builtAccount, revision string, f *installation.File) error {
	now, i := accountFile(*f, b.file.Name)
	if i < 0 {
		return s.noAccount(b.file.Name)
	}
	if err := heldTo(revision, onlyAccount(now), sectionChanged(kindAccount, now.Name)); err != nil {
		return err
	}
	f.Accounts[i] = b.file
	return b.addCA(f)
}

// addCA adds the CA that comes with the account. One of that name that is another is not replaced: something else trusts it.
func (b builtAccount) addCA(f *installation.File) error {
	if b.ca == nil {
		return nil
	}
	if i := slices.IndexFunc(f.CAs, func(c installation.CAFile) bool { return c.Name == b.ca.Name }); i >= 0 {
		if strings.TrimSpace(f.CAs[i].PEM) == strings.TrimSpace(b.ca.PEM) {
			return nil
		}
		return fmt.Errorf("%w: account %q: there is another CA %q: give the new one another name", installation.ErrInvalid, b.file.Name, b.ca.Name)
	}
	f.CAs = append(f.CAs, *b.ca)
	return nil
}

// AddAccount writes an account into the installation file. Its secrets go to the store of secrets; what fails leaves neither. Errors:
// installation.ErrManaged, ErrInvalid, ErrAccountExists.
func (s *Service) AddAccount(ctx context.Context, in AccountInput) (ChangedAccount, error) {
	if s.in.Managed {
		return ChangedAccount{}, s.managed()
	}
	b, err := in.section(nil)
	if err != nil {
		return ChangedAccount{}, err
	}
	what := fmt.Sprintf("account %s (%s) added: %s", in.Name, in.Kind, in.Address)
	return s.writeAccount(ctx, b, settingsChange{Kind: kindAccount, Name: in.Name, Change: verbAdded, What: what}, b.add)
}

// ChangeAccount puts an account in the place of the one of its name. A secret that nothing uses any more is removed. Errors: those of
// AddAccount, ErrNotFound, ErrSettingsChanged, ErrPasswordAnew.
func (s *Service) ChangeAccount(ctx context.Context, name string, in AccountInput) (ChangedAccount, error) {
	before, i := accountFile(s.fileNow(), name) // what the form does not show stays as it is there
	switch {
	case s.in.Managed:
		return ChangedAccount{}, s.managed()
	case i < 0:
		return ChangedAccount{}, s.noAccount(name)
	case in.Name != name:
		return ChangedAccount{}, in.invalid("the name of an account stays: messages wait for %q: add a new one, and remove this", name)
	case in.Kind != before.Kind:
		return ChangedAccount{}, in.invalid("it is of kind %s: add a new account of kind %s", before.Kind, in.Kind)
	}
	if err := heldTo(in.Revision, onlyAccount(before), sectionChanged(kindAccount, name)); err != nil {
		return ChangedAccount{}, err
	}
	b, err := in.section(&before)
	if err != nil {
		return ChangedAccount{}, err
	}
	what := fmt.Sprintf("account %s (%s) changed: %s", in.Name, in.Kind, in.Address)
	if len(b.secrets) > 0 {
		what += ", with a new secret"
	}
	return s.writeAccount(ctx, b, settingsChange{Kind: kindAccount, Name: in.Name, Change: verbChanged, What: what}, func(f *installation.File) error {
		return s.put(b, in.Revision, f)
	})
}

// writeAccount stores the secrets, makes the change, and removes the secrets that it leaves without use.
func (s *Service) writeAccount(ctx context.Context, b builtAccount, c settingsChange, change func(*installation.File) error) (ChangedAccount, error) {
	before, err := installation.Load(s.in.Path)
	if err != nil {
		return ChangedAccount{}, err
	}
	if _, err := before.With(change); err != nil { // before anything is written
		return ChangedAccount{}, err
	}
	if err := s.storeSecrets(b.secrets); err != nil {
		return ChangedAccount{}, err
	}
	out := ChangedAccount{Account: c.Name, Path: s.in.Path}
	next, err := s.changeSettings(ctx, c, func(f *installation.File) error {
		if err := change(f); err != nil {
			return err
		}
		a, i := accountFile(*f, c.Name)
		if i < 0 {
			return nil
		}
		var err error
		out.Revision, err = revisionOf(onlyAccount(a)) // of this change: another may follow at once
		return err
	})
	if err != nil {
		return ChangedAccount{}, errors.Join(err, s.dropSecrets(b.secrets))
	}
	out.Warnings = accountLacks(next, c.Name)
	return out, s.dropUnused(before, next)
}

// dropUnused removes secrets that this installation names, or the one that was changed, and the next one does not.
func (s *Service) dropUnused(before, next *installation.Installation) error {
	var err error
	kept := next.Secrets()
	for _, name := range slices.Concat(s.in.Secrets(), before.Secrets()) {
		if !slices.Contains(kept, name) && !installation.IsReserved(name) {
			err = errors.Join(err, s.secrets.SetSecret(name, ""))
		}
	}
	return err
}

// accountLacks says what an account needs to be of use.
func accountLacks(in *installation.Installation, name string) []string {
	out := []string{}
	a, ok := in.Account(name)
	if !ok {
		return out
	}
	if len(usesOf(in.File, name)) == 0 {
		out = append(out, "No identity uses it yet: nothing is sent or read by it.")
	}
	if a.Kind == installation.KindIMAP && a.Ceiling == nil {
		out = append(out, "It has no clearance: nothing is copied into it, and what is labelled is not shown from it.")
	}
	return out
}

// RemoveAccount takes an account of a revision, "": whatever it is, out of the installation file, and its secrets that nothing else uses.
// Of each use by an identity, unbind says whether that shall go on without it; else it is ErrAccountUsed, which names who uses it.
// Messages that wait for it stay in the queue. Errors: ErrNotFound, ErrSettingsChanged, those of changeSettings.
func (s *Service) RemoveAccount(ctx context.Context, name, revision string, unbind func(AccountUse) bool) (ChangedAccount, error) {
	if s.in.Managed {
		return ChangedAccount{}, s.managed()
	}
	change := func(f *installation.File) error {
		now, i := accountFile(*f, name)
		if i < 0 {
			return s.noAccount(name)
		}
		if err := ofAccount(revision, now); err != nil {
			return err
		}
		uses := usesOf(*f, name)
		if slices.ContainsFunc(uses, func(u AccountUse) bool { return !unbind(u) }) {
			var who []string
			for _, u := range uses {
				who = append(who, fmt.Sprintf("%s (%s)", u.Address, u.As))
			}
			return fmt.Errorf("%w: %q: by the identities %s: take it from them, or have that done with it", ErrAccountUsed, name, strings.Join(who, ", "))
		}
		for i := range f.Identities {
			id := &f.Identities[i]
			for _, of := range []*string{&id.Account, &id.Mailbox, &id.Chat} {
				if *of == name {
					*of = ""
				}
			}
		}
		f.Accounts = slices.DeleteFunc(f.Accounts, func(a installation.AccountFile) bool { return a.Name == name })
		return nil
	}
	return s.writeAccount(ctx, builtAccount{}, settingsChange{Kind: kindAccount, Name: name, Change: verbRemoved, What: "account " + name + " removed"}, change)
}
