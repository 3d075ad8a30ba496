package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/audit"
	"caveat/backend/installation"
	"caveat/backend/store"
)

// BundleDocument is the installation as one file (RULES 27).
type BundleDocument struct {
	Name    string   `json:"name" doc:"a name for the file"`
	Text    string   `json:"text" doc:"TOML: policies and certificates are in it, secrets are not"`
	Secrets []string `json:"secrets" nullable:"false" doc:"names of the secrets that whoever imports it must store"`
}

// ImportInput is a bundle that is to take the place of the installation.
type ImportInput struct {
	Text     string `json:"text" maxLength:"15000000" doc:"TOML: an installation file or bundle"`
	Revision string `json:"revision,omitempty" maxLength:"64" doc:"of the file that it was shown to replace: ImportDocument.revision; needed to import"`
}

// ImportDocument says what an import would change.
type ImportDocument struct {
	Revision string         `json:"revision" doc:"names the file that would be replaced"`
	Name     string         `json:"name" doc:"of the installation in the bundle"`
	Nation   string         `json:"nation"`
	Changes  []ImportChange `json:"changes" nullable:"false" doc:"sections that are others afterwards; none: it is what is in use"`
	Secrets  []string       `json:"secrets" nullable:"false" doc:"names of secrets that it needs and that are not stored here"`
	Warnings []string       `json:"warnings" nullable:"false" doc:"what it says of itself, and what the asker would lose"`
	Effect   RuleEffect     `json:"effect" doc:"of its rules on the last 30 days"`
}

// ImportChange is one section that is another afterwards.
type ImportChange struct {
	Kind   string `json:"kind" doc:"key of the section in the file: directory, rule"`
	Name   string `json:"name,omitempty"`
	Change string `json:"change" enum:"added,changed,removed,reordered" doc:"reordered: the sections of this key stand in another order"`
	Before string `json:"before,omitempty" doc:"TOML"`
	After  string `json:"after,omitempty" doc:"TOML"`
}

// ExportBundle gives the installation as one file, and writes down that it did: it says how the nation protects itself.
func (s *Service) ExportBundle(ctx context.Context) (BundleDocument, error) {
	in, err := installation.Load(s.in.Path)
	if err != nil {
		return BundleDocument{}, err
	}
	text, err := in.Bundle()
	if err != nil {
		return BundleDocument{}, err
	}
	if err := s.recordExport(ctx, exported{What: "the installation as a bundle", By: s.caller(ctx).User}); err != nil {
		return BundleDocument{}, err
	}
	return BundleDocument{Name: bundleName, Text: string(text), Secrets: append([]string{}, in.Secrets()...)}, nil
}

const bundleName = "caveat-installation.toml"

// PreviewImport says what an import would change; nothing is. Errors: installation.ErrInvalid, ErrManaged.
func (s *Service) PreviewImport(ctx context.Context, in ImportInput) (ImportDocument, error) {
	x, err := s.importing(in)
	if err != nil {
		return ImportDocument{}, err
	}
	return s.shown(ctx, x)
}

// imported is a bundle beside what it would take the place of.
type imported struct {
	revision  string
	now, next *installation.Installation
	moves     []installation.SecretMove
}

func (s *Service) importing(in ImportInput) (x imported, err error) {
	if s.in.Managed {
		return x, s.managed()
	}
	if _, x.revision, err = s.in.OnDisk(); err != nil {
		return x, err
	}
	if x.now, err = installation.Load(s.in.Path); err != nil {
		return x, err
	}
	if x.next, err = x.now.With(in.replace(s.in.Path)); err != nil {
		return x, err
	}
	x.moves, err = x.now.SecretMoves(x.next, s.isStored)
	return x, err
}

func (s *Service) shown(ctx context.Context, x imported) (ImportDocument, error) {
	out := ImportDocument{
		Revision: x.revision, Name: x.next.File.System.Name, Nation: x.next.File.System.Nation, Changes: []ImportChange{}, Secrets: []string{},
		Warnings: notNil(slices.Concat(s.losses(ctx, x.next), x.next.Warnings, x.next.PolicyWarnings(s.now()))),
	}
	if len(x.moves) > 0 {
		out.Warnings = append([]string{"It cannot be imported here: " + movesInWords(x.moves)}, out.Warnings...)
	}
	changes, err := installation.Compare(x.now, x.next)
	if err != nil {
		return ImportDocument{}, err
	}
	for _, c := range changes {
		out.Changes = append(out.Changes, ImportChange{c.Key, c.Name, c.Change, c.Before, c.After})
	}
	for _, name := range x.next.Secrets() {
		if !s.isStored(name) {
			out.Secrets = append(out.Secrets, name)
		}
	}
	out.Effect, err = s.effectOf(ctx, x.now, x.next)
	return out, err
}

// movesInWords says what a bundle would do with stored secrets, and what to do instead.
func movesInWords(moves []installation.SecretMove) string {
	var words []string
	for _, m := range moves {
		words = append(words, m.String())
	}
	return strings.Join(words, "; ") + ": give the section a secret of another name and type it anew, or use `caveat installation import FILE` on the machine"
}

// Import puts a bundle in the place of the installation, as it was shown. Errors: those of PreviewImport, ErrRulesChanged where the file
// is another than the one that it was shown to replace, ErrPasswordAnew where it would have a stored secret sent to where it was not given
// for, those of changeSettings.
func (s *Service) Import(ctx context.Context, in ImportInput) (ImportDocument, error) {
	x, err := s.importing(in)
	if err != nil {
		return ImportDocument{}, err
	}
	other := fmt.Errorf("%w: the installation file is another than the one that the bundle was shown to replace", ErrRulesChanged)
	if in.Revision != x.revision {
		return ImportDocument{}, other
	}
	if len(x.moves) > 0 {
		return ImportDocument{}, fmt.Errorf("%w: %s", ErrPasswordAnew, movesInWords(x.moves))
	}
	shown, err := s.shown(ctx, x)
	if err != nil {
		return ImportDocument{}, err
	}
	var words []string
	for _, c := range shown.Changes {
		words = append(words, strings.TrimSpace(c.Kind+" "+c.Name)+" "+c.Change)
	}
	what := settingsChange{Kind: kindBundle, Change: verbLoaded, What: "installation imported from a bundle: " + strings.Join(words, ", ")}
	_, err = s.changeSettings(ctx, what, func(f *installation.File) error {
		if !f.IsSame(x.now.File) { // since it was looked at
			return other
		}
		return in.replace(s.in.Path)(f)
	})
	return shown, err
}

// TakeInstallation puts a bundle, as installation.Installation.Bundle writes it, in the place of the installation file at path, which need
// not be there, nor make sense: what the command line does before there is a Service. As in changeSettings the log has it first, with what
// is another afterwards, while the file is locked; running programs take it up. Whether the bundle makes sense its maker has asked.
func TakeInstallation(ctx context.Context, st *store.Store, path, by, from string, bundle []byte) error {
	after, err := installation.ParseFile(bundle)
	if err != nil {
		return err
	}
	l, in := fileLog{path, by}, &installation.Installation{Path: path}
	c := settingsChange{Kind: kindBundle, Change: verbLoaded, What: "installation imported from " + from}
	err = in.Locked(func() error {
		before, digest, unread := in.OnDisk()
		err := st.Write(ctx, func(tx *sql.Tx) error {
			if unread == nil {
				if err := l.found(ctx, tx, before, digest); err != nil {
					return err
				}
			}
			return l.append(ctx, tx, audit.TypeSettings, l.entry(c, before, after, nil), after)
		})
		if err != nil {
			return err
		}
		failed := installation.WriteFile(path, bundle)
		if failed == nil {
			return nil
		}
		return errors.Join(failed, st.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
			if _, err := audit.Append(ctx, tx, audit.TypeSettings, l.entry(c, before, after, failed)); err != nil || unread != nil {
				return err
			}
			return l.found(ctx, tx, before, digest)
		}))
	})
	if err != nil {
		return err
	}
	tellInstallation(ctx, st, "installation")
	return nil
}

// RecordSecret writes down that a secret is stored, or that all were moved to another place: before it is done. Name is that of the
// secret; "" for all.
func RecordSecret(ctx context.Context, st *store.Store, by, name, what string) error {
	return st.Write(ctx, func(tx *sql.Tx) error {
		_, err := audit.Append(ctx, tx, audit.TypeSettings, settingsEntry{What: what, By: by, Kind: kindSecret, Name: name, Change: verbChanged})
		return err
	})
}

// replace puts the bundle in the place of the file at path. Whoever may import is believed in what it says, not in which files and
// libraries of this machine it has this program open: the bundle may name those alone that the file names already.
func (in ImportInput) replace(path string) func(*installation.File) error {
	return func(f *installation.File) error {
		next, err := installation.ParseFile([]byte(in.Text))
		if err != nil {
			return fmt.Errorf("%w: the bundle: %w", installation.ErrInvalid, err)
		}
		if err := next.Outside(*f, path); err != nil {
			return fmt.Errorf("the bundle: %w", err)
		}
		*f = next
		return nil
	}
}

// losses says what the asker would not be any more.
func (s *Service) losses(ctx context.Context, next *installation.Installation) (out []string) {
	who := s.caller(ctx)
	if !slices.ContainsFunc(next.File.Identities, func(id installation.IdentityFile) bool { return id.IsFor(who.User) }) {
		out = append(out, fmt.Sprintf("No identity in it is bound to you (%s): afterwards you can send nothing.", who.User))
	}
	if !slices.Contains(next.File.RolesOf(who.User), installation.RoleAdministrator) {
		out = append(out, fmt.Sprintf("It does not make you (%s) an administrator: afterwards you can change nothing here.", who.User))
	}
	return out
}
