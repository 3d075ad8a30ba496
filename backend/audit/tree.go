package audit

import (
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is a Merkle tree that grows by one leaf at a time. It holds the roots of its complete subtrees only, the largest first: one for
// each bit that is set in size.
//
// std: RFC6962 §2.1
type tree struct {
	size int64
	full []tlog.Hash
}

// add adds a leaf and gives the hashes of the subtrees that are complete now, the leaf's own first: in this order, one after the other,
// they have the positions of tlog.StoredHashIndex.
func (t *tree) add(leaf tlog.Hash) []tlog.Hash {
	done := []tlog.Hash{leaf}
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.full) - 1
		leaf = tlog.NodeHash(t.full[last], leaf)
		t.full = t.full[:last]
		done = append(done, leaf)
	}
	t.full = append(t.full, leaf)
	t.size++
	return done
}

// root is the hash of the whole tree; of an empty one the zero Hash, which no checkpoint bears.
func (t *tree) root() (h tlog.Hash) {
	for i := len(t.full) - 1; i >= 0; i-- {
		if i == len(t.full)-1 {
			h = t.full[i]
		} else {
			h = tlog.NodeHash(t.full[i], h)
		}
	}
	return h
}

// fullAt lists the positions of the complete subtrees of a tree of a size, the largest first.
func fullAt(size int64) (at []int64) {
	for level := bits.Len64(uint64(size)) - 1; level >= 0; level-- {
		if n := size >> level; n&1 == 1 {
			at = append(at, tlog.StoredHashIndex(level, n-1))
		}
	}
	return at
}
