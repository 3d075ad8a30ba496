package api

import (
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"
)

// mostMarks bounds a document by its commas, colons and opening brackets: some megabytes of them make hundreds of megabytes of values, and
// as many faults. A draft with as many recipients, paragraphs and labels as there may be, sent with a reason for each recipient and what was
// seen of it, has half of them.
const mostMarks = 500_000

// boundedJSON is huma's JSON, for documents with at most mostMarks.
var boundedJSON = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: func(data []byte, into any) error {
	if marks(data) > mostMarks {
		return fmt.Errorf("the document has too many values: a request has at most %d keys and values", mostMarks)
	}
	return json.Unmarshal(data, into)
}}

// marks counts what separates the values of a JSON document, outside of its texts.
func marks(data []byte) (n int) {
	inText := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			inText = !inText
		case c == '\\' && inText:
			i++ // what is escaped ends no text
		case !inText && (c == ',' || c == ':' || c == '[' || c == '{'):
			n++
		}
	}
	return n
}
