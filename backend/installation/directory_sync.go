package installation

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

const (
	schemaDefault = "default"
	schemaCustom  = "custom"
)

var (
	schemas    = []string{schemaDefault, "inetorgperson", "acp133", "active-directory", schemaCustom}
	strategies = []string{"auto", "syncrepl", "dirsync", "changes", "full"}
	kinds      = []string{"person", "role", "list", "room", "organisation"}
)

// sync holds what says how a directory is kept up to date to sense. What has no effect in a mode is refused there: nobody may
// believe that it has one.
func (b *builder) sync(section string, f DirectoryFile) {
	if f.Sync != "" && !slices.Contains(strategies, f.Sync) {
		b.fail(section, "sync %q: %s", f.Sync, strings.Join(strategies, ", "))
	}
	if !(f.MaxLoss >= 0 && f.MaxLoss <= 1) { // so that a NaN is refused too
		b.fail(section, "max_loss = %v: a share of the entries, from 0 to 1", f.MaxLoss)
	}
	switch {
	case f.Mode == ModeLookUp && (f.Every.Duration != 0 || f.FullEvery.Duration != 0 || f.Sync != "" || f.MaxLoss != 0 || f.Rate != 0):
		b.fail(section, "every, full_every, sync, max_loss and rate go with mode = \"mirror\": a look-up directory is never read as a whole")
	case f.Mode == ModeMirror && f.Keep.Duration != 0:
		b.fail(section, "keep goes with mode = \"look-up\": of a mirror everything is kept as long as the directory has it")
	case f.Every.Duration != 0 && f.Every.Duration < MinEvery:
		b.fail(section, "every = %q: at least %s", f.Every, MinEvery)
	case f.FullEvery.Duration != 0 && f.FullEvery.Duration < f.Every.Or(DefaultEvery):
		b.fail(section, "full_every = %q: not shorter than every, %s", f.FullEvery, f.Every.Or(DefaultEvery))
	case f.Keep.Duration != 0 && f.Keep.Duration < MinKeep:
		b.fail(section, "keep = %q: at least %s", f.Keep, MinKeep)
	}
}

// schema holds the mapping to sense, as far as that can be done without the directory.
func (b *builder) schema(section string, f DirectoryFile) {
	if f.Schema != "" && !slices.Contains(schemas, f.Schema) {
		b.fail(section, "schema %q: %s", f.Schema, strings.Join(schemas, ", "))
	}
	if f.Mapping == nil {
		if f.Schema == schemaCustom {
			b.fail(section, "schema = \"custom\" needs a mapping, with name, and classes or conditions, at least: `caveat directory propose` looks for one")
		}
		return
	}
	if f.Schema == schemaCustom && (len(f.Mapping.Classes)+len(f.Mapping.Conditions) == 0 || len(f.Mapping.Name) == 0) {
		b.fail(section, "mapping: of schema = \"custom\", name, and classes or conditions, must be given")
	}
	for _, class := range slices.Sorted(maps.Keys(f.Mapping.Classes)) {
		if kind := f.Mapping.Classes[class]; !slices.Contains(kinds, kind) {
			b.fail(section, "mapping: classes: %q is of kind %q: %s", class, kind, strings.Join(kinds, ", "))
		}
		b.descriptor(section, "classes", class)
	}
	for _, c := range f.Mapping.Conditions {
		b.descriptor(section, "conditions", c.Attribute)
		switch {
		case c.Value == "":
			b.fail(section, "mapping: conditions: %q needs a value; \"*\" is any", c.Attribute)
		case c.Kind != "" && !slices.Contains(kinds, c.Kind):
			b.fail(section, "mapping: conditions: kind %q: %s, or none", c.Kind, strings.Join(kinds, ", "))
		case c.Class != "":
			b.descriptor(section, "conditions", c.Class)
		}
	}
	for key, names := range f.Mapping.All() {
		for _, name := range names {
			b.descriptor(section, key, name)
		}
	}
}

// descriptor refuses what cannot be the name of an attribute or class.
func (b *builder) descriptor(section, key, name string) {
	if !isDescriptor.MatchString(name) {
		b.fail(section, "mapping: %s: %q is no name of an attribute or class", key, name)
	}
}

// isDescriptor is an attribute description (RFC 4512 section 2.5): a short name or an object identifier, with options.
var isDescriptor = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*|[0-9]+(\.[0-9]+)+)(;[A-Za-z0-9-]+)*$`)
