package demo

import (
	"bytes"
	_ "embed"
	"fmt"

	"caveat/backend/spif"
)

// PolicyXML is the demonstration's mission policy, a SPIF. It is fictitious and says so.
//
//go:embed policy.spif.xml
var PolicyXML []byte

// Policy is the parsed mission policy.
func Policy() (*spif.Policy, error) {
	p, err := spif.Parse(bytes.NewReader(PolicyXML))
	if err != nil {
		return nil, fmt.Errorf("demo: the built-in policy: %w", err)
	}
	return p, nil
}
