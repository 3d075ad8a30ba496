package draft

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFileName is the longest name of a file, in bytes: what file systems take.
const maxFileName = 200

// FileName makes a name safe to show, to put into a header and to save under: without a path, control characters, and
// characters that are not seen or turn the direction of writing (which make "gpj.exe" look like "exe.jpg"); without what some
// system refuses in a name. Its ending stays. The same name comes out of a name that it made; an empty one is "file".
func FileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
			return ' '
		case r == utf8.RuneError || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Cs, r):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .")
	name = shorten(name)
	switch stem, _, _ := strings.Cut(strings.ToUpper(name), "."); {
	case name == "":
		return "file"
	case isDevice(strings.TrimSpace(stem)):
		return "_" + name
	}
	return name
}

// shorten cuts a name that is too long before its ending.
func shorten(name string) string {
	if len(name) <= maxFileName {
		return name
	}
	ending := ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 20 {
		ending = name[i:]
	}
	cut := maxFileName - len(ending) - 1 // room for what isDevice adds
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return strings.TrimRight(name[:cut], " .") + ending
}

// isDevice: names that Windows takes for a device, whatever their ending.
func isDevice(stem string) bool {
	switch stem {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) && stem[3] >= '0' && stem[3] <= '9'
}

// SidecarSuffix ends the name of a file that holds a binding data object for the file of the same name without it.
//
// std: STANAG 4778 binding data objects
const SidecarSuffix = ".bdo"

// Sidecar finds the attachment that is the sidecar of another one, by its name; -1: there is none.
func (d Draft) Sidecar(of int) int {
	for i, a := range d.Attachments {
		if i != of && strings.EqualFold(a.File, d.Attachments[of].File+SidecarSuffix) {
			return i
		}
	}
	return -1
}

// FieldError says which key of a draft document must be changed, as it stands there: "sic", "primaryPrecedence".
type FieldError struct {
	Field string
	Err   error // says the rest
}

// Error implements error.
func (e *FieldError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *FieldError) Unwrap() error { return e.Err }
