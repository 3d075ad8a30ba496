package installation_test

import (
	"errors"
	"strings"
	"testing"

	"caveat/backend/installation"
)

func TestMarkingKeys(t *testing.T) {
	for name, c := range map[string]struct {
		file installation.MarkingFile
		want string // of the error; "": none
	}{
		"nothing":            {installation.MarkingFile{}, ""},
		"all there is":       {installation.MarkingFile{FirstLine: "always", LastLine: "without-labels", Subject: "policy", Header: "always", HeaderName: "X-Classification", History: "never"}, ""},
		"history, spelled":   {installation.MarkingFile{History: "cleared"}, ""},
		"a slip in a line":   {installation.MarkingFile{FirstLine: "allways"}, "first_line"},
		"in the last line":   {installation.MarkingFile{LastLine: "never"}, "last_line"},
		"in the subject":     {installation.MarkingFile{Subject: "yes"}, "subject"},
		"in the header":      {installation.MarkingFile{Header: "X-Marking"}, "header"},
		"another's field":    {installation.MarkingFile{Header: "always", HeaderName: "Bcc"}, "header_name"},
		"a line break":       {installation.MarkingFile{Header: "always", HeaderName: "X-A\r\nBcc"}, "header_name"},
		"a name for nothing": {installation.MarkingFile{HeaderName: "X-Classification"}, "no effect"},
		"for the policy's":   {installation.MarkingFile{Header: "policy", HeaderName: "X-Classification"}, "no effect"},
		"history":            {installation.MarkingFile{History: "always"}, "history"},
	} {
		t.Run(name, func(t *testing.T) {
			f := valid(t)
			f.Marking = c.file
			in, err := load(t, f)
			if c.want == "" {
				must(t, err)
				if in.File.Marking != c.file {
					t.Errorf("%+v", in.File.Marking)
				}
				return
			}
			if !errors.Is(err, installation.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want %q", err, c.want)
			}
		})
	}
}

func TestLanguage(t *testing.T) {
	for lang, want := range map[string]struct {
		isTag, isWarned bool
	}{
		"": {true, false}, "en": {true, false}, "fr": {true, false}, "fr-CA": {true, false}, "FR": {true, false}, "de": {true, true}, "mis-Latn-x1": {true, true},
		"f": {}, "french": {}, "fr_CA": {}, "fr-": {}, "-fr": {}, "fr-\u00e9\u00e9": {}, "fr CA": {}, "12": {}, "fr-a": {}, "fr-123456789": {}, "aa-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd": {},
	} {
		f := valid(t)
		f.Policies[0].SPIF = strings.Replace(f.Policies[0].SPIF, `color="green">`, `color="green"><spif:markingData phrase="OUVERT" xml:lang="fr"><spif:code>pageTopBottom</spif:code></spif:markingData>`, 1)
		f.System.Language = lang
		in, err := load(t, f)
		if want.isTag != (err == nil) || err != nil && !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("%q: %v", lang, err)
		}
		if err == nil && (len(in.Warnings) > 0) != want.isWarned {
			t.Errorf("%q: %v", lang, in.Warnings)
		}
	}
}
