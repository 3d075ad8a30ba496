package audit

import (
	"encoding/json"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree is the tree that grows by one leaf at a time.
type Tree struct{ t tree }

// Add adds a record and gives the hashes that it completed.
func (t *Tree) Add(record []byte) []tlog.Hash { return t.t.add(tlog.RecordHash(record)) }

// Root is the hash of the whole tree.
func (t *Tree) Root() tlog.Hash { return t.t.root() }

// FullAt lists the positions of the complete subtrees.
func FullAt(size int64) []int64 { return fullAt(size) }

// Both takes the bytes before a line's hash apart, as written and as JSON.
func Both(body []byte) (fast, slow any, isFast bool, err error) {
	f, ok := asWritten(body)
	var s head
	err = json.Unmarshal(append(append([]byte(nil), body...), '}'), &s)
	return f, s, ok, err
}
