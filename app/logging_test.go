package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode"
)

// TestLogNamesNobody: above debug a line holds no address, no name in a directory and nothing that somebody wrote.
func TestLogNamesNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value any
		stays string
	}{
		"an address":                {"550 5.1.1 <sian.llewellyn@gbr.example>: unknown user", "550 5.1.1"},
		"an address of a room":      {"ops@rooms.gbr.example/Siân", "(address)"},
		"an international one":      {errors.New("олена@укр.example cannot be reached"), "cannot be reached"},
		"a distinguished name":      {fmt.Errorf("bind as cn=Sian Llewellyn,ou=J2 Watch,dc=gbr,dc=example: refused"), "refused"},
		"one with escapes":          {`uid=llewellyn\,sian+sn=Llewellyn,dc=gbr: it is gone`, "it is gone"},
		"what somebody wrote":       {errors.New(`subject "Bridge \"Sian\" reconnaissance": too long`), "too long"},
		"in curly quotation marks":  {"the room “Sian’s ops” is full", "is full"},
		"in single quotation marks": {errors.New("user 'Sian Llewellyn' is locked"), "is locked"},
		"an escaped address":        {errors.New("GET /people/sian.llewellyn%40gbr.example: 404"), "404"},
		"a home directory":          {errors.New("open /home/sian.llewellyn/.local/share/caveat/caveat.db: no space"), "/.local/share/caveat/caveat.db: no space"},
		"in a group":                {slog.GroupValue(slog.String("to", "sian.llewellyn@gbr.example")), "(address)"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, format := range []string{"text", formatJSON} {
				var out bytes.Buffer
				logFlags{Format: format}.logger(&out, slog.LevelInfo).Warn("it failed", "error", c.value)
				for _, personal := range []string{"ian", "lewellyn", "олена", "Bridge", "Watch", "gbr"} {
					if strings.Contains(out.String(), personal) {
						t.Errorf("%s: %s", format, out.String())
						break
					}
				}
				if !strings.Contains(out.String(), c.stays) {
					t.Errorf("%s lacks %q: %s", format, c.stays, out.String())
				}
			}
		})
	}
	var out bytes.Buffer
	logFlags{Format: formatJSON, Level: "debug"}.logger(&out, slog.LevelWarn).Debug("it failed", "error", errors.New("sian.llewellyn@gbr.example"), "directory", "GBR")
	var line struct{ Level, Msg, Error, Directory string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Error != "sian.llewellyn@gbr.example" || line.Directory != "GBR" || line.Level != "DEBUG" {
		t.Errorf("at debug: %v: %s", err, out.String())
	}
}

// TestLogShowsWhatIsThere: no form of the log holds a control or a character that turns or hides others, wherever it came in, at any level;
// JSON gives it back when it is read.
func TestLogShowsWhatIsThere(t *testing.T) {
	t.Parallel()
	const evil = "a\u202eb\u2066c\u200bd\u00ade\x1b[2Jf\u0085g\x7fh\U000e0041i\nj\u061ck\ufeffl"
	for _, format := range []string{"text", formatJSON} {
		for _, level := range []string{"debug", "info"} {
			var out bytes.Buffer
			l := logFlags{Format: format, Level: level}.logger(&out, slog.LevelInfo)
			l.With("with"+evil, evil).WithGroup("g"+evil).Warn("it failed "+evil, "error", errors.New(evil), "key"+evil, evil, slog.Group("in", "x", evil))
			line, ended := strings.CutSuffix(out.String(), "\n")
			for _, r := range line {
				if unicode.In(r, unicode.Cc, unicode.Cf) {
					t.Errorf("%s at %s: %U in %q", format, level, r, line)
				}
			}
			var read map[string]any
			if !ended || format == formatJSON && (json.Unmarshal([]byte(line), &read) != nil || read["msg"] != "it failed "+evil) {
				t.Errorf("%s at %s: %q", format, level, out.String())
			}
		}
	}
}
