package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/installation"
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
	Change string `json:"change" enum:"added,changed,removed"`
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
	if err := s.recordSettings(ctx, "installation exported as a bundle"); err != nil {
		return BundleDocument{}, err
	}
	return BundleDocument{Name: bundleName, Text: string(text), Secrets: append([]string{}, in.Secrets()...)}, nil
}

const bundleName = "caveat-installation.toml"

// PreviewImport says what an import would change; nothing is. Errors: installation.ErrInvalid, ErrManaged.
func (s *Service) PreviewImport(ctx context.Context, in ImportInput) (ImportDocument, error) {
	if s.in.Managed {
		return ImportDocument{}, s.managed()
	}
	_, revision, err := s.in.OnDisk()
	if err != nil {
		return ImportDocument{}, err
	}
	now, err := installation.Load(s.in.Path)
	if err != nil {
		return ImportDocument{}, err
	}
	next, err := now.With(in.replace)
	if err != nil {
		return ImportDocument{}, err
	}
	out := ImportDocument{
		Revision: revision, Name: next.File.System.Name, Nation: next.File.System.Nation, Changes: []ImportChange{}, Secrets: []string{},
		Warnings: notNil(slices.Concat(s.losses(ctx, next), next.Warnings, next.PolicyWarnings(s.now()))),
	}
	changes, err := installation.Compare(now, next)
	if err != nil {
		return ImportDocument{}, err
	}
	for _, c := range changes {
		out.Changes = append(out.Changes, ImportChange{c.Key, c.Name, c.Change, c.Before, c.After})
	}
	for _, name := range next.Secrets() {
		if _, err := s.secrets.Secret(name); err != nil {
			out.Secrets = append(out.Secrets, name)
		}
	}
	out.Effect, err = s.effectOf(ctx, now, next)
	return out, err
}

// Import puts a bundle in the place of the installation, as it was shown. Errors: those of PreviewImport, ErrRulesChanged where the file
// is another than the one that it was shown to replace, those of changeSettings.
func (s *Service) Import(ctx context.Context, in ImportInput) (ImportDocument, error) {
	shown, err := s.PreviewImport(ctx, in)
	if err != nil {
		return ImportDocument{}, err
	}
	if in.Revision != shown.Revision {
		return ImportDocument{}, fmt.Errorf("%w: the installation file is another than the one that the bundle was shown to replace", ErrRulesChanged)
	}
	var words []string
	for _, c := range shown.Changes {
		words = append(words, strings.TrimSpace(c.Kind+" "+c.Name)+" "+c.Change)
	}
	what := settingsChange{Kind: kindBundle, Change: verbLoaded, What: "installation imported from a bundle: " + strings.Join(words, ", ")}
	_, err = s.changeSettings(ctx, what, in.replace)
	return shown, err
}

// replace puts the bundle in the place of a file.
func (in ImportInput) replace(f *installation.File) error {
	next, err := installation.ParseFile([]byte(in.Text))
	if err != nil {
		return fmt.Errorf("%w: the bundle: %w", installation.ErrInvalid, err)
	}
	*f = next
	return nil
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
