package draft

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// noRepeatedKeys refuses an object that holds one key twice, in any case of letters: encoding/json would take the last, and
// {"classification": "SECRET", "Classification": "UNCLASSIFIED"} must not mean what its reader did not see.
func noRepeatedKeys(document []byte) error {
	dec := json.NewDecoder(bytes.NewReader(document))
	return walkValue(dec, 0)
}

// maxDepth bounds the nesting of a draft document: a draft itself needs six levels, and without a bound a long row of
// brackets would overflow the stack, which ends the program.
const maxDepth = 32

func walkValue(dec *json.Decoder, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('{'):
		return walkObject(dec, depth)
	case json.Delim('['):
		for dec.More() {
			if err := walkValue(dec, depth+1); err != nil {
				return err
			}
		}
		_, err = dec.Token()
	}
	return err
}

func walkObject(dec *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		key := tok.(string) // a key of an object is always a string
		if k := foldKey(key); seen[k] {
			return fmt.Errorf("key %q stands twice", key)
		} else {
			seen[k] = true
		}
		if err := walkValue(dec, depth+1); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// foldKey folds as encoding/json does when it looks for the field of a key: "ſubject" (U+017F) is "subject" to it.
func foldKey(key string) string {
	return strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				return next
			}
			r = next
		}
	}, key)
}
