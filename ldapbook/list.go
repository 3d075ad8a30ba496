package ldapbook

import "encoding/binary"

// packList writes a list of texts into one column: each as its length (uvarint) and its bytes, which stay exactly as
// they are. An empty list is nil.
func packList(list []string) []byte {
	n := 0
	for _, s := range list {
		n += len(s) + binary.MaxVarintLen32
	}
	if n == 0 {
		return nil
	}
	b := make([]byte, 0, n)
	for _, s := range list {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

// unpackList reads what packList wrote; what cannot be read ends the list.
func unpackList(b []byte) []string {
	var list []string
	for len(b) > 0 {
		l, n := binary.Uvarint(b)
		if n <= 0 || l > uint64(len(b)-n) {
			return list
		}
		list = append(list, string(b[n:n+int(l)]))
		b = b[n+int(l):]
	}
	return list
}
