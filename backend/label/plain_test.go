//go:build !race

package label_test

import (
	"math/rand/v2"
	"testing"

	"caveat/backend/label"
	"caveat/backend/label/binding"
)

// These calculate for half a minute under the race detector, in one goroutine: there is nothing to see for it.

func TestHostileXML(t *testing.T) {
	for _, s := range subjects(t) {
		if err := s.parse([]byte(s.good)); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		for _, h := range hostile {
			t.Run(s.name+"/"+h.name, func(t *testing.T) {
				document := []byte(h.make(s))
				if string(document) == s.good {
					t.Fatal("the case changes nothing")
				}
				var err error
				allocated := allocates(func() { err = s.parse(document) })
				s.checkError(t, err)
				if limit := uint64(maxGrowth * s.limit); allocated > limit {
					t.Errorf("%d bytes allocated, %d times the limit", allocated, allocated/uint64(s.limit))
				}
			})
		}
	}
}

// However declarations are entangled: read, written, read again is the same, in a label and in a binding of it.
func TestRandomNamespaces(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(4774, 4778))}
	for range 3000 {
		document := m.document(map[string]string{})
		l, err := label.ParseLabel([]byte(document))
		if err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		roundTripLabel(t, l)
		scope := map[string]string{}
		outer := m.declarations(scope)
		inner := m.document(scope)
		object := `<B:BindingInformation xmlns:B="` + binding.Namespace + `"` + outer + m.attributes(scope) + `><B:MetadataBindingContainer><B:MetadataBinding><B:Metadata>` +
			inner + `</B:Metadata><B:Metadata>` + m.element(scope, 2, true) + `</B:Metadata><B:DataReference URI=""/><B:Data>` + m.element(scope, 2, false) +
			`</B:Data></B:MetadataBinding></B:MetadataBindingContainer>` + m.element(scope, 2, true) + `</B:BindingInformation>`
		roundTripObject(t, object)
		if t.Failed() {
			t.Fatal(document, object)
		}
	}
}
