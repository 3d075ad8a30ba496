package installation_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"caveat/backend/installation"
)

// roundTrip writes a File and reads it back.
func roundTrip(t testing.TB, f installation.File) installation.File {
	t.Helper()
	text, err := installation.Marshal(f)
	must(t, err)
	got, err := installation.ParseFile(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return got
}

// fill gives every field below v a value that is not zero.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 7, 1, 12, 30, 15, 250_000_000, time.UTC)))
		return
	case installation.Duration:
		v.Set(reflect.ValueOf(installation.Duration{Duration: 90 * time.Minute}))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("a \"quoted\" 'text'\r\nof two lines \\ with é, a tab\tand \"\"\" in it\n")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	}
}

func TestMarshalParse(t *testing.T) {
	var full installation.File
	fill(reflect.ValueOf(&full).Elem())
	full.Format = 1
	empty := installation.File{Format: 1}
	halfEmpty := valid(t) // zero times and durations beside others
	halfEmpty.Rules = append(halfEmpty.Rules, installation.RuleFile{Name: "always", Action: "warn"})
	noneProtected := valid(t) // an empty list is not the delivered one
	noneProtected.Check.ProtectedTagSets, noneProtected.Check.ActiveRuleSets = []string{}, []string{}
	for name, f := range map[string]installation.File{"everything": full, "nothing": empty, "something": valid(t), "zero times": halfEmpty, "empty lists": noneProtected} {
		if got := roundTrip(t, f); !reflect.DeepEqual(got, f) {
			t.Errorf("%s: read back it is another: %+v, want %+v", name, got.Check, f.Check)
		}
	}
}

func TestRule27Bundle(t *testing.T) {
	dir := t.TempDir()
	f := valid(t)
	f.Policies[0].File, f.Policies[0].SPIF = "policies/testland.xml", ""
	f.CAs[0].File, f.CAs[0].PEM = "ca.pem", ""
	write(t, dir, "policies/testland.xml", policyXML(t))
	write(t, dir, "ca.pem", strings.ReplaceAll(caPEM(), "\n", "\r\n"))
	text, err := installation.Marshal(f)
	must(t, err)
	in, err := installation.Load(write(t, dir, "installation.toml", string(text)))
	must(t, err)
	bundle, err := in.Bundle()
	must(t, err)
	if f := in.File; f.Policies[0].File == "" || f.CAs[0].File == "" {
		t.Error("making a bundle changed the installation")
	}
	got, err := installation.Load(write(t, t.TempDir(), "bundle.toml", string(bundle)))
	must(t, err)
	want := f
	want.Policies[0].File, want.Policies[0].SPIF, want.Policies[0].SHA256 = "", policyXML(t), in.Site.Policies()[0].SHA256()
	want.CAs[0].File, want.CAs[0].PEM = "", strings.ReplaceAll(caPEM(), "\n", "\r\n")
	if !reflect.DeepEqual(got.File, want) {
		t.Errorf("the bundle is another file: %+v, want %+v", got.File.System, want.System)
	}
	if got.Site.Policies()[0].SHA256() != in.Site.Policies()[0].SHA256() || !got.Directories[0].Roots.Equal(in.Directories[0].Roots) ||
		!reflect.DeepEqual(got.SystemHigh, in.SystemHigh) || !reflect.DeepEqual(got.Routes, in.Routes) {
		t.Error("the bundle means something else")
	}
	again, err := got.Bundle()
	if must(t, err); string(again) != string(bundle) {
		t.Error("the bundle of a bundle is another one")
	}
	// What was changed since it was read is not put under the old hash.
	write(t, dir, "policies/testland.xml", strings.Replace(policyXML(t), "<spif:privacyMark", " <spif:privacyMark", 1))
	bundle, err = in.Bundle()
	must(t, err)
	if _, err := installation.Load(write(t, t.TempDir(), "bundle.toml", string(bundle))); !errors.Is(err, installation.ErrInvalid) {
		t.Errorf("a bundle of another policy than was loaded: %v", err)
	}
	for _, name := range []string{"ca.pem", "policies/testland.xml"} {
		must(t, os.Remove(filepath.Join(dir, name)))
		if _, err := in.Bundle(); !errors.Is(err, installation.ErrInvalid) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
