package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/installation"
)

// DirectorySettings are what can be changed of a directory that is set up. Where its server is and how we log in there is not among
// them: that is another directory, to be tried anew before it counts.
type DirectorySettings struct {
	MailDomains []string `json:"mailDomains" maxItems:"1000" doc:"for which it decides (RULES 6)"`
	ChatDomains []string `json:"chatDomains" maxItems:"1000" doc:"for which it decides"`
	Mode        string   `json:"mode" enum:"mirror,look-up"`
	Live        string   `json:"live" enum:",typing,enter,never" doc:"when a search asks it; empty: as delivered"`
	Lists       string   `json:"lists" enum:",address,members" doc:"what is written to of its lists; empty: the list's address"`

	Every     string  `json:"every" doc:"of mirror, such as 15m; empty: as delivered"`
	FullEvery string  `json:"fullEvery" doc:"of mirror, such as 24h; empty: as delivered"`
	Keep      string  `json:"keep" doc:"of look-up, such as 720h; empty: as delivered"`
	MaxLoss   float64 `json:"maxLoss" minimum:"0" maximum:"1" doc:"of mirror; 0: the delivered 0.5"`
	Rate      int     `json:"rate" minimum:"0" doc:"of mirror: most entries per second; 0: no limit"`

	Pins         []string      `json:"pins" maxItems:"16" doc:"sha256:HEX of the server's public key; empty: every certificate of its CA counts"`
	PlainCeiling *CeilingInput `json:"plainCeiling,omitempty" doc:"up to where counts what is read unprotected; left out: nothing counts"`

	Revision string `json:"revision" minLength:"1" maxLength:"64" doc:"names the directory's section as it is: a change says for which it was made"`
}

// ChangedDocument is the answer to a change of the installation.
type ChangedDocument struct {
	Name     string   `json:"name"`
	Path     string   `json:"path" doc:"of the installation file"`
	Warnings []string `json:"warnings" nullable:"false" doc:"what it lacks to be of use"`
	Revision string   `json:"revision,omitempty" doc:"of a directory: names its section as it is now"`
}

// SettingsOf gives what can be changed of a directory, as the installation file has it now.
func (s *Service) SettingsOf(name string) (DirectorySettings, error) {
	now := s.fileNow()
	f, err := s.section(&now, name)
	if err != nil {
		return DirectorySettings{}, err
	}
	revision, err := revisionOf(onlyDirectory(*f))
	if err != nil {
		return DirectorySettings{}, err
	}
	out := DirectorySettings{
		MailDomains: notNil(f.MailDomains), ChatDomains: notNil(f.ChatDomains), Mode: f.Mode, Live: f.Live, Lists: f.Lists,
		Every: written(f.Every), FullEvery: written(f.FullEvery), Keep: written(f.Keep), MaxLoss: f.MaxLoss, Rate: f.Rate, Pins: notNil(f.Pins),
		Revision: revision,
	}
	if f.PlainCeiling != nil {
		c := namesOf(*f.PlainCeiling)
		out.PlainCeiling = &c
	}
	return out, nil
}

// written is a length of time as it is edited: empty where the delivered one holds, and without parts that are zero.
func written(d installation.Duration) string {
	if d.IsZero() {
		return ""
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// section finds a directory's section in a file.
func (s *Service) section(f *installation.File, name string) (*installation.DirectoryFile, error) {
	i := slices.IndexFunc(f.Directories, func(d installation.DirectoryFile) bool { return d.Name == name })
	if i < 0 {
		return nil, s.noDirectory(name)
	}
	return &f.Directories[i], nil
}

// apply writes the settings into a section.
func (x DirectorySettings) apply(f *installation.DirectoryFile) error {
	f.MailDomains, f.ChatDomains, f.Mode, f.Live, f.Lists = x.MailDomains, x.ChatDomains, x.Mode, x.Live, x.Lists
	f.MaxLoss, f.Rate, f.Pins, f.PlainCeiling = x.MaxLoss, x.Rate, x.Pins, nil
	if c := x.PlainCeiling; c != nil {
		ceiling := c.written()
		f.PlainCeiling = &ceiling
	}
	f.Every, f.FullEvery, f.Keep = installation.Duration{}, installation.Duration{}, installation.Duration{}
	in := DirectoryInput{Name: f.Name, Every: x.Every, FullEvery: x.FullEvery, Keep: x.Keep}
	return in.times(f)
}

// ChangeDirectory changes what a directory decides for, how it is kept up to date, and what of it counts. Running programs take it up
// at once; what was read stays.
// Errors: ErrSettingsChanged, ErrPasswordAnew where pins would let its password go to another server, those of changeSettings.
func (s *Service) ChangeDirectory(ctx context.Context, name string, x DirectorySettings) (ChangedDocument, error) {
	change := func(f *installation.DirectoryFile) error {
		if err := heldTo(x.Revision, onlyDirectory(*f), sectionChanged(kindDirectory, name)); err != nil {
			return err
		}
		if f.Secret != "" && installation.IsUnpinned(x.Pins, f.Pins) {
			return fmt.Errorf("%w: directory %q: with keys taken out of pins, or others in, its password could go to another server than it was given for: remove the directory and add it anew, with its password, or change pins in the file", ErrPasswordAnew, name)
		}
		return x.apply(f)
	}
	return s.directoryChanged(ctx, name, verbChanged, "is set up otherwise", change)
}

// PauseDirectory has a directory of a revision, "": whatever it is, neither read nor asked until ResumeDirectory. What was read goes on
// deciding, as old as it is: beyond the sending age a cleared becomes stale (RULES 13). Errors: ErrSettingsChanged, those of changeSettings.
func (s *Service) PauseDirectory(ctx context.Context, name, revision string) (ChangedDocument, error) {
	out, err := s.pause(ctx, name, revision, true)
	if err != nil {
		return ChangedDocument{}, err
	}
	_, err = s.StopSync(ctx, name)
	return out, err
}

// ResumeDirectory ends what PauseDirectory began. Errors as there.
func (s *Service) ResumeDirectory(ctx context.Context, name, revision string) (ChangedDocument, error) {
	return s.pause(ctx, name, revision, false)
}

func (s *Service) pause(ctx context.Context, name, revision string, paused bool) (ChangedDocument, error) {
	change := func(f *installation.DirectoryFile) error {
		if err := ofDirectory(revision, *f); err != nil {
			return err
		}
		f.Paused = paused
		return nil
	}
	if paused {
		return s.directoryChanged(ctx, name, verbPaused, "is neither read nor asked from now on", change)
	}
	return s.directoryChanged(ctx, name, verbResumed, "is read and asked again", change)
}

// directoryChanged makes a change of one directory, and says what the directory lacks then.
func (s *Service) directoryChanged(ctx context.Context, name string, verb settingsVerb, what string, change func(*installation.DirectoryFile) error) (ChangedDocument, error) {
	d, ok := s.fed.Directory(name)
	if !ok {
		return ChangedDocument{}, s.noDirectory(name)
	}
	about := settingsChange{Kind: kindDirectory, Name: name, Change: verb, What: fmt.Sprintf("directory %s of %s %s", name, d.Nation, what)}
	out := ChangedDocument{Name: name, Path: s.in.Path}
	next, err := s.changeSettings(ctx, about, func(file *installation.File) error {
		f, err := s.section(file, name)
		if err != nil {
			return err
		}
		if err := change(f); err != nil {
			return err
		}
		out.Revision, err = revisionOf(onlyDirectory(*f)) // of this change: another may follow at once
		return err
	})
	if err != nil {
		return ChangedDocument{}, err
	}
	out.Warnings = notNil(lacks(next, name))
	return out, nil
}
