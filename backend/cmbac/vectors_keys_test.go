package cmbac_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// keysOf collects the JSON names of a type's fields, and of what is in them.
func keysOf(t reflect.Type, into map[string]bool) map[string]bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keysOf(t.Elem(), into)
	case reflect.Struct:
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if name != "" {
				into[name] = true
			}
			keysOf(t.Field(i).Type, into)
		}
	}
	return into
}

// checkKeys refuses what encoding/json takes silently: a key that stands twice in one object, and one that is a known key in
// other case.
func checkKeys(data []byte, known map[string]bool) error {
	folded := map[string]string{}
	for name := range known {
		folded[strings.ToLower(name)] = name
	}
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		if err := checkValue(d, folded, false); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// freeKeys are names of flags and tag sets, not of fields.
var freeKeys = map[string]bool{"notes": true, "categories": true, "identifiers": true}

func checkValue(d *json.Decoder, folded map[string]string, free bool) error {
	token, err := d.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return fmt.Errorf("%w: %w", errVectors, err)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		inside := false
		if delim == '{' {
			key, err := d.Token()
			if err != nil {
				return fmt.Errorf("%w: %w", errVectors, err)
			}
			name, _ := key.(string)
			if exact := folded[strings.ToLower(name)]; seen[name] || !free && exact != "" && exact != name {
				return fmt.Errorf("%w: the key %q stands twice, or is %q", errVectors, name, exact)
			}
			seen[name], inside = true, freeKeys[name]
		}
		if err := checkValue(d, folded, inside); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
