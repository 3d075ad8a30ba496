package binding_test

import (
	"reflect"
	"testing"

	"caveat/backend/label"
	"caveat/backend/label/binding"
)

// With an error comes the zero value; without one, writing and reading again gives the same, a received object keeps its
// bytes, and each of its labels stands alone.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		fullObject, object(bind(meta(originator("SECRET")), "")), object(bind(meta(originator("A")+alternative("B", "C")), "a", "b")), "", "<a/>",
		`<BindingInformation xmlns="urn:nato:stanag:4778:bindinginformation:1:0"><MetadataBindingContainer><MetadataBinding><Metadata><x xmlns=""/></Metadata><Data>x</Data></MetadataBinding></MetadataBindingContainer></BindingInformation>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		o, err := binding.Parse(document)
		if err != nil {
			if !reflect.DeepEqual(o, binding.Object{}) {
				t.Fatalf("an object came with %v", err)
			}
			return
		}
		if len(document) > binding.MaxSize || string(o.Marshal()) != string(document) {
			t.Fatal("the object's bytes were not kept")
		}
		for _, c := range o.Containers {
			for _, b := range c.Bindings {
				for _, l := range b.Labels() {
					if again, err := label.ParseLabel(l.XML); err != nil || !reflect.DeepEqual(again, l) {
						t.Fatalf("a label does not stand alone: %v", err)
					}
				}
			}
		}
		if b, err := o.Bound(""); err != nil && !reflect.DeepEqual(b, binding.Bound{}) {
			t.Fatalf("something came with %v", err)
		}
		roundTrip(t, o)
	})
}
