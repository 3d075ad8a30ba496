package app

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// logFlags are of every command.
type logFlags struct {
	Format string `name:"log-format" enum:"text,json" default:"text" help:"Form of the log on standard error: text or json."`
	Level  string `name:"log-level" enum:",debug,info,warn,error" default:"" help:"Least that is logged: debug, info, warn or error; left out, info of serve and warn of the others. At debug the log may name people." placeholder:"LEVEL"`
}

const formatJSON = "json"

// logger makes the log of a program. Above debug it names no person: addresses, distinguished names and what somebody wrote are taken
// out, because logs are copied to places where the data may not be.
func (f logFlags) logger(to io.Writer, level slog.Level) *slog.Logger {
	if f.Level != "" {
		if err := level.UnmarshalText([]byte(f.Level)); err != nil {
			panic("app: internal error: " + err.Error()) // kong knows the words
		}
	}
	o := &slog.HandlerOptions{Level: level}
	if level > slog.LevelDebug {
		o.ReplaceAttr = impersonal
	}
	to = unseen{to}
	if f.Format == formatJSON {
		return slog.New(slog.NewJSONHandler(to, o))
	}
	return slog.New(slog.NewTextHandler(to, o))
}

// plainKeys are the attributes whose values are ours, or the administrator's, and name nobody.
var plainKeys = map[string]bool{
	slog.TimeKey: true, slog.LevelKey: true, "directory": true, "nation": true, "version": true, "stack": true, "state": true, "operation": true,
}

// impersonal takes out of a log line what names a person.
func impersonal(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && plainKeys[a.Key] {
		return a
	}
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(withoutPeople(v.String()))
	case slog.KindAny:
		a.Value = slog.StringValue(withoutPeople(v.String()))
	}
	return a
}

// What may name somebody: an address of mail or chat, a distinguished name, and what stands in quotation marks, such as the name
// that a directory gave, or a subject.
var (
	anAddress = regexp.MustCompile(`(?i)[^\s"'<>(),;:=]+(?:@|%40)[^\s"'<>(),;]+`)
	aDN       = regexp.MustCompile(`(?i)\b(?:cn|uid|sn|gn|givenName|ou|o|c|dc|l|mail|displayName)=(?:\\.|[^":;\\])*`) // to the end of the words: a name may hold spaces
	aQuote    = regexp.MustCompile(`"(?:\\.|[^"\\])*"|“[^”]*”|‘[^’]*’|«[^»]*»|\B'[^']*'\B`)
	aHome     = regexp.MustCompile(`(?i)(/home/|/Users/|\\Users\\)[^/\\:"]+`)
)

// withoutPeople takes out of a text what may name a person, and leaves what says what went wrong.
func withoutPeople(s string) string {
	s = aQuote.ReplaceAllString(s, `"…"`)
	s = aHome.ReplaceAllString(s, "${1}(name)")
	s = aDN.ReplaceAllString(s, "(name)")
	return anAddress.ReplaceAllString(s, "(address)")
}

// use makes the log that of the whole process; level is what is logged where nobody says otherwise.
func (f logFlags) use(to io.Writer, level slog.Level) { slog.SetDefault(f.logger(to, level)) }

// unseen writes lines without what is not seen, or turns what is: controls and format characters (Unicode Cc, Cf), such as U+202E. They
// are escaped as JSON, and quoted text in the other form, escape them; a handler writes one line at a time.
type unseen struct{ to io.Writer }

// Write implements io.Writer.
func (w unseen) Write(line []byte) (int, error) {
	text, ended := bytes.CutSuffix(line, []byte("\n"))
	if bytes.ContainsFunc(text, isUnseen) {
		var out []byte
		for _, r := range string(text) {
			switch {
			case !isUnseen(r):
				out = utf8.AppendRune(out, r)
			case r > 0xFFFF:
				high, low := utf16.EncodeRune(r)
				out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
			default:
				out = fmt.Appendf(out, `\u%04x`, r)
			}
		}
		if text = out; ended {
			text = append(text, '\n')
		}
		if _, err := w.to.Write(text); err != nil {
			return 0, err
		}
		return len(line), nil
	}
	return w.to.Write(line)
}

func isUnseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }
