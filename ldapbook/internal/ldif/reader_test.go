package ldif_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"caveat/ldapbook/internal/ldif"
)

type value struct{ attr, text string }

type record struct {
	dn     string
	values []value
}

// readAll reads all records, and returns those before an error too.
func readAll(r io.Reader) (all []record, lines []int, err error) {
	reader := ldif.NewReader(r)
	for {
		var one record
		got, err := reader.Next(func(attr, text []byte) {
			one.values = append(one.values, value{string(attr), string(text)})
		})
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return all, lines, err
		}
		one.dn = got.DN
		all, lines = append(all, one), append(lines, got.Line)
	}
}

func TestRecords(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"nothing":            {"", ""},
		"only a version":     {"version: 1\n", ""},
		"one":                {"version: 1\ndn: cn=a,o=b\ncn: a\nsn: b\n", "cn=a,o=b cn=a sn=b;"},
		"no version":         {"dn: cn=a\ncn: a\n", "cn=a cn=a;"},
		"CRLF":               {"version: 1\r\n\r\ndn: cn=a\r\ncn: a\r\n\r\ndn: cn=b\r\ncn: b\r\n", "cn=a cn=a;cn=b cn=b;"},
		"empty lines":        {"\n\nversion: 1\n\n\ndn: cn=a\ncn: a\n\n\n\ndn: cn=b\ncn: b\n\n", "cn=a cn=a;cn=b cn=b;"},
		"folded":             {"dn: cn=a,\n o=b\ncn: A\n   B\n", "cn=a,o=b cn=A  B;"}, // one space is the fold's
		"folded CRLF":        {"dn: cn=a,\r\n o=b\r\ncn: a\r\n", "cn=a,o=b cn=a;"},
		"folded in a letter": {"dn: cn=a\ncn: \xc3\n \xa9\n", "cn=a cn=é;"},
		"folded base64":      {"dn: cn=a\ncn:: YW\n Jj\n", "cn=a cn=abc;"},
		"folded name":        {"dn: cn=a\nc\n n: b\n", "cn=a cn=b;"},
		"comments":           {"# x\n y: z\ndn: cn=a\n#dn: cn=c\n folded\ncn: a\n", "cn=a cn=a;"},
		"base64 dn":          {"dn:: Y249YQ==\ncn: a\n", "cn=a cn=a;"},
		"base64 bytes":       {"dn: cn=a\njpegPhoto:: AP8=\n", "cn=a jpegPhoto=\x00\xff;"},
		"spaces":             {"dn:   cn=a\ncn:a\nsn:   b \nx:: YQ==\n", "cn=a cn=a sn=b  x=a;"},
		"empty value":        {"dn: cn=a\ncn:\nsn::\n", "cn=a cn= sn=;"},
		"empty dn":           {"dn:\nobjectClass: top\n", " objectClass=top;"},
		"options":            {"dn: cn=a\ncn;lang-en: a\nmember;range=0-1: b\n", "cn=a cn;lang-en=a member;range=0-1=b;"},
		"added":              {"dn: cn=a\nchangetype: add\ncn: a\n", "cn=a cn=a;"},
		"case":               {"Version: 1\nDN: cn=a\nChangeType: ADD\ncn: a\n", "cn=a cn=a;"},
		"byte order mark":    {"\xef\xbb\xbfdn: cn=a\ncn: a\n", "cn=a cn=a;"},
		"no attributes":      {"dn: cn=a\n\ndn: cn=b\ncn: b\n", "cn=a;cn=b cn=b;"},
		"colons":             {"dn: cn=a\ncn: a:: b\n", "cn=a cn=a:: b;"},
	} {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{"whole": strings.NewReader(test.text),
				"byte by byte": iotest.OneByteReader(strings.NewReader(test.text))} {
				all, _, err := readAll(r)
				got := ""
				for _, one := range all {
					got += one.dn
					for _, v := range one.values {
						got += " " + v.attr + "=" + v.text
					}
					got += ";"
				}
				if err != nil || got != test.want {
					t.Errorf("%s: %q, %v", how, got, err)
				}
			}
		})
	}
}

func TestFaults(t *testing.T) {
	const good = "dn: cn=a\ncn: a\n\n"
	for name, test := range map[string]struct {
		text string
		kind error
		line int
	}{
		"no dn":                      {good + "cn: b\n", ldif.ErrSyntax, 4},
		"what ldapsearch adds":       {good + "# search result\nsearch: 2\nresult: 0 Success\n", ldif.ErrSyntax, 5},
		"two dn":                     {"dn: cn=a\ndn: cn=b\n", ldif.ErrSyntax, 2},
		"no colon":                   {"dn: cn=a\ncn a\n", ldif.ErrSyntax, 2},
		"no name":                    {"dn: cn=a\n: a\n", ldif.ErrSyntax, 2},
		"not a name":                 {"dn: cn=a\nc n: a\n", ldif.ErrSyntax, 2},
		"end of a change":            {"dn: cn=a\n-\n", ldif.ErrSyntax, 2},
		"base64":                     {"dn: cn=a\ncn:: YQ\n", ldif.ErrSyntax, 2},
		"base64 with rubbish":        {"dn: cn=a\ncn:: YQ==x\n", ldif.ErrSyntax, 2},
		"base64 with left-over bits": {"dn: cn=a\ncn:: YR==\n", ldif.ErrSyntax, 2},
		"base64 with CR":             {"dn: cn=a\ncn:: YW\rJj\n", ldif.ErrSyntax, 2},
		"NUL":                        {"dn: cn=a\ncn: a\x00b\n", ldif.ErrSyntax, 2},
		"CR":                         {"dn: cn=a\ncn: a\rb\n", ldif.ErrSyntax, 2},
		"no UTF-8":                   {"dn: cn=a\ncn: \xff\n", ldif.ErrSyntax, 2},
		"dn no UTF-8":                {"dn:: /w==\ncn: a\n", ldif.ErrSyntax, 1},
		"dn with NUL":                {"dn:: AA==\ncn: a\n", ldif.ErrSyntax, 1},
		"continuation of nothing":    {good + " x\n", ldif.ErrSyntax, 4},
		"cut off in a line":          {"dn: cn=a\ncn: a", ldif.ErrSyntax, 2},
		"cut off in a fold":          {"dn: cn=a\ncn: a\n ", ldif.ErrSyntax, 2},
		"cut off in a comment":       {good + "# and", ldif.ErrSyntax, 4},
		"from a URL":                 {"dn: cn=a\njpegPhoto:< file:///etc/passwd\n", ldif.ErrUnsupported, 2},
		"UTF-16":                     {"\xff\xfed\x00n\x00", ldif.ErrUnsupported, 1},
		"version 2":                  {"version: 2\ndn: cn=a\n", ldif.ErrUnsupported, 1},
		"deletion":                   {good + "dn: cn=b\nchangetype: delete\n", ldif.ErrUnsupported, 5},
		"modification":               {good + "dn: cn=b\nchangetype: modify\nadd: cn\ncn: x\n-\n", ldif.ErrUnsupported, 5},
		"renaming":                   {good + "dn: cn=b\nchangetype: modrdn\n", ldif.ErrUnsupported, 5},
		"moving":                     {good + "dn: cn=b\nchangetype: moddn\n", ldif.ErrUnsupported, 5},
		"control":                    {good + "dn: cn=b\ncontrol: 1.2.3 true\nchangetype: add\n", ldif.ErrUnsupported, 5},
		"unknown change":             {good + "dn: cn=b\nchangetype: forget\n", ldif.ErrSyntax, 5},
		"change in the middle":       {good + "dn: cn=b\ncn: b\nchangetype: add\n", ldif.ErrSyntax, 6},
		"after folds":                {"dn: cn=a,\n o=b\n# x\n y\ncn: \xff\n", ldif.ErrSyntax, 5},
	} {
		t.Run(name, func(t *testing.T) {
			all, _, err := readAll(strings.NewReader(test.text))
			var fault *ldif.Error
			if !errors.As(err, &fault) || !errors.Is(err, test.kind) || fault.Line != test.line {
				t.Fatalf("%v, %v; want line %d", all, err, test.line)
			}
			if strings.HasPrefix(test.text, good) && len(all) != 1 {
				t.Errorf("%d records before it", len(all))
			}
			if strings.Contains(err.Error(), "passwd") {
				t.Errorf("the text holds a value: %v", err)
			}
		})
	}
}

// TestBrokenReader: an error of the file is no end of the file.
func TestBrokenReader(t *testing.T) {
	broken := errors.New("broken")
	for _, text := range []string{"", "dn: cn=a\n", "dn: cn=a\ncn: a\n\n", "dn: cn=a\ncn: a"} {
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))
		if _, _, err := readAll(r); !errors.Is(err, broken) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestSampleOfTheStandard reads a directory that another program's conventions made, where it lies; elsewhere than in CI it need
// not be there.
func TestSampleOfTheStandard(t *testing.T) {
	f, err := os.Open("../../../../shared/standards/samples/directory.ldif")
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") != "true" {
		t.Log("the standards' samples are not beside the project: nothing was read")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, _, err := readAll(f)
	if err != nil || len(all) < 4 {
		t.Fatalf("%d, %v", len(all), err)
	}
	found := false
	for _, v := range all[2].values {
		found = found || v.attr == "confidentialityClearance" && strings.HasPrefix(v.text, "<sclr:ConfidentialityClearance ")
	}
	if !found || all[0].dn != "dc=atlantia,dc=example" {
		t.Errorf("%+v", all[:3])
	}
}

// write writes records in one of several styles: folded at width, with CRLF, with comments, everything in base64.
func write(all []record, width int, crlf, comments, base bool) []byte {
	var b bytes.Buffer
	end := "\n"
	if crlf {
		end = "\r\n"
	}
	line := func(attr, text string) {
		safe := !base && utf8.ValidString(text) && !strings.ContainsAny(text, "\x00\r\n") && !strings.HasPrefix(text, " ") &&
			!strings.HasPrefix(text, ":") && !strings.HasPrefix(text, "<")
		s := attr + ": " + text
		if !safe {
			s = attr + ":: " + base64.StdEncoding.EncodeToString([]byte(text))
		}
		for len(s) > width {
			b.WriteString(s[:width] + end + " ")
			s = s[width:]
		}
		b.WriteString(s + end)
		if comments {
			b.WriteString("# dn: cn=no" + end + " folded" + end)
		}
	}
	line("version", "1")
	if base {
		b.Reset()
	}
	for _, one := range all {
		b.WriteString(end)
		line("dn", one.dn)
		for _, v := range one.values {
			line(v.attr, v.text)
		}
	}
	return b.Bytes()
}

// FuzzLDIF: what is written is read back equal, in whatever style; and the same bytes, taken for a file, bring no panic, and
// nothing that isn't in them.
func FuzzLDIF(f *testing.F) {
	f.Add([]byte("cn=a\x01cn\x00A\x01mail\x00a@b\x02cn=b\x01jpegPhoto\x00\xff\xfe\r\n"), uint8(5))
	f.Add([]byte("version: 1\ndn: cn=a\ncn:: YQ==\nx:< y\n"), uint8(0))
	f.Add([]byte("dn: cn=a\n cn\n\n\n# c\n d\ndn:: Y249Yg==\nchangetype: add\n"), uint8(77))
	f.Fuzz(func(t *testing.T, data []byte, style uint8) {
		raw(t, data)
		var all []record
		for i, part := range bytes.Split(data, []byte{2}) {
			fields := bytes.Split(part, []byte{1})
			one := record{dn: strings.ReplaceAll(strings.ToValidUTF8(string(fields[0]), "?"), "\x00", "?")}
			for j, field := range fields[1:] {
				one.values = append(one.values, value{fmt.Sprintf("a%d-%d;x", i, j), string(field)})
			}
			all = append(all, one)
		}
		text := write(all, 1+int(style>>3), style&1 != 0, style&2 != 0, style&4 != 0)
		got, _, err := readAll(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		same := slices.EqualFunc(got, all, func(a, b record) bool { return a.dn == b.dn && slices.Equal(a.values, b.values) })
		if !same {
			t.Fatalf("%q became %q by %q", all, got, text)
		}
	})
}

func raw(t *testing.T, data []byte) {
	all, lines, err := readAll(bytes.NewReader(data))
	size := 0
	for i, one := range all {
		size += len(one.dn)
		for _, v := range one.values {
			size += len(v.attr) + len(v.text)
		}
		if lines[i] < 1 || lines[i] > 1+bytes.Count(data, []byte("\n")) {
			t.Errorf("line %d", lines[i])
		}
	}
	var fault *ldif.Error
	if size > len(data) || err != nil && !errors.As(err, &fault) {
		t.Errorf("%d bytes of %d, %v", size, len(data), err)
	}
}
