package plain_test

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"caveat/backend/plain"
)

func TestText(t *testing.T) {
	invalid := errors.New("draft: invalid")
	odd := oddError{errors.New("store: disk full")}
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"nil", nil, ""},
		{"a sentinel alone", invalid, "invalid"},
		{"behind a file's name", fmt.Errorf("x.json: %w: channel %q", invalid, "fax"), `x.json: invalid: channel "fax"`},
		{"two packages in a chain", fmt.Errorf("outbox: spool: %w", fmt.Errorf("store: %w", invalid)), "spool: invalid"},
		{"two names at once", errors.New("api: presend: no"), "no"},
		{"two errors in one", fmt.Errorf("%w: %w", invalid, errors.New("label: no policy")), "invalid: no policy"},
		{"joined", errors.Join(errors.New("api: one"), errors.New("store: two")), "one\ntwo"},
		{"the same cause twice", fmt.Errorf("%w, and %w", invalid, invalid), "invalid, and invalid"},
		{"a word of the text", errors.New("the draft: it has no label"), "the draft: it has no label"},
		{"what somebody wrote", fmt.Errorf("%w: subject %q", invalid, "store: empty; draft: attached"), `invalid: subject "store: empty; draft: attached"`},
		{"a foreign error", fmt.Errorf("ldapbook: %w", errors.New("dial tcp: store: no such host")), "dial tcp: store: no such host"},
		{"a foreign error with a like name", fmt.Errorf("smtpsend: %w", errors.New("labels: bad")), "labels: bad"},
		{"a cause that is not said", odd, "no room"},
		{"a cause without words", fmt.Errorf("api: x%w", errors.New("")), "x"},
		{"a name and nothing else", errors.New("api: "), ""},
		{"no blank", errors.New("api:x"), "api:x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := plain.Text(tt.err); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestWritten(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "no": "no", "ldapbook: no": "no", "ldapbook: no: ldapbook: TLS: bad": "no: TLS: bad", "ldapbook: message: no": "no",
		"ldapbook: dial: store: no such host": "dial: store: no such host", "the draft: ldapbook: no": "the draft: ldapbook: no",
	} {
		if got := plain.Written(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

type oddError struct{ cause error }

func (oddError) Error() string   { return "no room" }
func (e oddError) Unwrap() error { return e.cause }

// A new package's name must not come before people's eyes because nobody thought of it here.
func TestNamesAreThePackagesThatThereAre(t *testing.T) {
	var want []string
	for _, folder := range []string{"app", "backend", "ldapbook"} {
		err := filepath.WalkDir(filepath.Join("..", "..", folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly)
			if err == nil {
				want = append(want, f.Name.Name, filepath.Base(filepath.Dir(path)))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(plain.Names(), want) {
		t.Errorf("the list is %v\nthe packages are %v", plain.Names(), want)
	}
}
