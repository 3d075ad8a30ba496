package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/installation"
	"caveat/backend/label"
)

// DefaultLabelInput is the label that what comes from a domain, or is said in a room, is taken to have when it has none (RULES 20).
type DefaultLabelInput struct {
	Domain         string              `json:"domain,omitempty" maxLength:"255" doc:"of the sender's address, or of a room service"`
	Room           string              `json:"room,omitempty" maxLength:"3071" doc:"address of one room; either this or domain"`
	Policy         string              `json:"policy,omitempty" doc:"name; left out: the governing one"`
	Classification string              `json:"classification,omitempty"`
	Categories     map[string][]string `json:"categories,omitempty" doc:"values by tag set"`
	XML            string              `json:"xml,omitempty" maxLength:"65536" doc:"the label itself, in place of the names"`
}

// DefaultLabelDocument is one of them, with how it is marked.
type DefaultLabelDocument struct {
	Settings DefaultLabelInput `json:"settings"`
	Marking  string            `json:"marking"`
}

func (in DefaultLabelInput) file() installation.DefaultLabelFile {
	return installation.DefaultLabelFile{Domain: in.Domain, Room: in.Room, Policy: in.Policy, Classification: in.Classification, Categories: in.Categories, XML: in.XML}
}

// of is what a default label is for, as domains and rooms are compared.
func (in DefaultLabelInput) of() string { return strings.ToLower(in.Domain + in.Room) }

// ListDefaultLabels lists them in the order of the file; lang is that of the markings, "" English.
func (s *Service) ListDefaultLabels(_ context.Context, lang string) ([]DefaultLabelDocument, error) {
	out := []DefaultLabelDocument{}
	for i, f := range s.in.File.DefaultLabels {
		out = append(out, DefaultLabelDocument{
			Settings: DefaultLabelInput{Domain: f.Domain, Room: f.Room, Policy: f.Policy, Classification: f.Classification, Categories: f.Categories, XML: f.XML},
			Marking:  s.marked(s.in.DefaultLabels[i].Label, lang),
		})
	}
	return out, nil
}

func (s *Service) marked(l label.Label, lang string) string {
	p, err := s.in.Site.Find(l.Policy)
	if err != nil {
		return ""
	}
	return p.Mark(p.Label(l), lang, "")
}

// SetDefaultLabel gives a domain or room its label, in the place of the one that it has. Errors: installation.ErrManaged, ErrInvalid.
func (s *Service) SetDefaultLabel(ctx context.Context, in DefaultLabelInput, lang string) (DefaultLabelDocument, error) {
	c := settingsChange{Kind: kindDefaultLabel, Name: in.of(), Change: verbAdded, What: "default label of " + in.of() + " added"}
	if slices.ContainsFunc(s.in.File.DefaultLabels, func(f installation.DefaultLabelFile) bool { return strings.ToLower(f.Domain+f.Room) == in.of() }) {
		c.Change, c.What = verbChanged, "default label of "+in.of()+" changed"
	}
	next, err := s.changeSettings(ctx, c, func(f *installation.File) error {
		i := slices.IndexFunc(f.DefaultLabels, func(x installation.DefaultLabelFile) bool { return strings.ToLower(x.Domain+x.Room) == in.of() })
		if i >= 0 {
			f.DefaultLabels[i] = in.file()
		} else {
			f.DefaultLabels = append(f.DefaultLabels, in.file())
		}
		return nil
	})
	if err != nil {
		return DefaultLabelDocument{}, err
	}
	out := DefaultLabelDocument{Settings: in}
	for i, f := range next.File.DefaultLabels {
		if strings.ToLower(f.Domain+f.Room) == in.of() {
			out.Marking = s.marked(next.DefaultLabels[i].Label, lang)
		}
	}
	return out, nil
}

// RemoveDefaultLabel takes it away: what comes from there without a label has none then. Errors: installation.ErrManaged, ErrNotFound.
func (s *Service) RemoveDefaultLabel(ctx context.Context, of string) (DefaultLabelDocument, error) {
	var gone DefaultLabelDocument
	of = strings.ToLower(of)
	_, err := s.changeSettings(ctx, settingsChange{Kind: kindDefaultLabel, Name: of, Change: verbRemoved, What: "default label of " + of + " removed"}, func(f *installation.File) error {
		i := slices.IndexFunc(f.DefaultLabels, func(x installation.DefaultLabelFile) bool { return strings.ToLower(x.Domain+x.Room) == of })
		if i < 0 {
			return fmt.Errorf("%w: no default label of %q in %s", ErrNotFound, of, s.in.Path)
		}
		x := f.DefaultLabels[i]
		gone.Settings = DefaultLabelInput{Domain: x.Domain, Room: x.Room, Policy: x.Policy, Classification: x.Classification, Categories: x.Categories, XML: x.XML}
		f.DefaultLabels = slices.Delete(f.DefaultLabels, i, i+1)
		return nil
	})
	return gone, err
}
