package draft

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"caveat/backend/label"
)

// labelDocument is the JSON form of a selection.
type labelDocument struct {
	Policy         string     `json:"policy"`
	Classification string     `json:"classification"`
	Categories     categories `json:"categories,omitempty"`
	PrivacyMark    string     `json:"privacyMark,omitempty"`
	ReviewDate     *time.Time `json:"reviewDate,omitempty"`
}

// UnmarshalJSON reads either form: an object of chosen names, or a string that holds a STANAG 4774 label.
func (l *Label) UnmarshalJSON(data []byte) error {
	*l = Label{}
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &l.XML)
	}
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	var d labelDocument
	if err := Decode(data, &d); err != nil {
		return fmt.Errorf("label: %w", err)
	}
	l.Selection = &label.Selection{Policy: d.Policy, Classification: d.Classification, Categories: d.Categories, PrivacyMark: d.PrivacyMark}
	if d.ReviewDate != nil {
		at, err := utc(*d.ReviewDate)
		if err != nil {
			*l = Label{}
			return fmt.Errorf("label: reviewDate: %w", err)
		}
		l.Selection.Review = at
	}
	return nil
}

// MarshalJSON writes the form that it was read from; null for no label.
func (l Label) MarshalJSON() ([]byte, error) {
	switch {
	case l.XML != "":
		return json.Marshal(l.XML)
	case l.Selection == nil:
		return []byte("null"), nil
	}
	s := l.Selection
	d := labelDocument{Policy: s.Policy, Classification: s.Classification, Categories: s.Categories, PrivacyMark: s.PrivacyMark}
	if !s.Review.IsZero() {
		d.ReviewDate = &s.Review
	}
	return json.Marshal(d)
}

// categories is { tagSet: [value | {"type","name"} …] }, with the order of the tag sets kept.
type categories []label.SelectedTag

func (c *categories) UnmarshalJSON(data []byte) error {
	*c = nil
	dec := json.NewDecoder(bytes.NewReader(data))
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	if tok == nil {
		return nil
	}
	if tok != json.Delim('{') {
		return errors.New("categories: an object of tag sets")
	}
	values := 0
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		if len(*c) == MaxTagSets {
			return fmt.Errorf("categories: more than %d tag sets", MaxTagSets)
		}
		t := label.SelectedTag{TagSet: tok.(string)} // a key of an object is always a string
		for _, have := range *c {
			if label.Fold(have.TagSet) == label.Fold(t.TagSet) {
				return fmt.Errorf("categories: %q stands twice", t.TagSet)
			}
		}
		var raw []json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return fmt.Errorf("categories: %q: %w", t.TagSet, err)
		}
		if values += len(raw); values > MaxValues {
			return fmt.Errorf("categories: more than %d values", MaxValues)
		}
		for _, r := range raw {
			v, err := parseValue(r)
			if err != nil {
				return fmt.Errorf("categories: %q: %w", t.TagSet, err)
			}
			t.Values = append(t.Values, v)
		}
		*c = append(*c, t)
	}
	_, err = dec.Token()
	return err
}

func parseValue(data json.RawMessage) (label.SelectedValue, error) {
	var v label.SelectedValue
	if err := json.Unmarshal(data, &v.Name); err == nil && !bytes.Equal(data, []byte("null")) {
		return v, nil
	}
	var long struct {
		Type string `json:"type"`
		Name string `json:"name"`
	}
	if err := Decode(data, &long); err != nil {
		return v, err
	}
	typ, ok := label.ParseType(long.Type)
	if !ok {
		return v, fmt.Errorf("type %q: restrictive, permissive or informative", long.Type)
	}
	return label.SelectedValue{Name: long.Name, Type: typ}, nil
}

func (c categories) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, t := range c {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(t.TagSet)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		values := make([]any, len(t.Values))
		for j, v := range t.Values {
			values[j] = v.Name
			if v.Type != 0 {
				values[j] = map[string]string{"type": strings.ToLower(v.Type.String()), "name": v.Name}
			}
		}
		out, err := json.Marshal(values)
		if err != nil {
			return nil, err
		}
		b.Write(out)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
