package installation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

// IsSame reports that two files say the same, the order of their sections included: the order of policies decides which governs.
// Comments and spaces say nothing.
func (f File) IsSame(other File) bool {
	a, err := Marshal(f)
	if err != nil {
		return false
	}
	b, err := Marshal(other)
	return err == nil && bytes.Equal(a, b)
}

// Recorded is the file as a log and a database keep it, TOML: a SHA-256 stands in the place of each document that is in it whole. Two
// files that do not say the same are not recorded alike. Secrets are in no file.
func (f File) Recorded() (string, error) {
	text, err := Marshal(f.withoutDocuments())
	return string(text), err
}

// Difference writes the sections that one of two files has and the other has not, each as often as it has it more often: of the first,
// and of the second. Sections of a key that only stand in another order are all written, in both.
func Difference(before, after File) (was, is string) {
	old, now := sectionsOf(before.withoutDocuments()), sectionsOf(after.withoutDocuments())
	var a, b [][]byte
	for _, key := range sectionKeys() {
		if isReordered(old[key], now[key]) {
			a, b = append(a, old[key]...), append(b, now[key]...)
			continue
		}
		a, b = append(a, lacking(old[key], now[key])...), append(b, lacking(now[key], old[key])...)
	}
	return strings.TrimSpace(string(joined(a))), strings.TrimSpace(string(joined(b)))
}

// lacking lists what is in a list and not in another, or more often.
func lacking(list, other [][]byte) (out [][]byte) {
	left := slices.Clone(other)
	for _, x := range list {
		if i := indexOf(left, x); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			out = append(out, x)
		}
	}
	return out
}

// isReordered reports that what two lists have in common stands in another order.
func isReordered(old, now [][]byte) bool {
	a, b := common(old, now), common(now, old)
	return !slices.EqualFunc(a, b, bytes.Equal)
}

// common lists what is in another list too, in the order of the first, as often as in both.
func common(list, other [][]byte) (out [][]byte) {
	left := slices.Clone(other)
	for _, x := range list {
		if i := indexOf(left, x); i >= 0 {
			left, out = slices.Delete(left, i, i+1), append(out, x)
		}
	}
	return out
}

// withoutDocuments is the file with no document in it whole, as a log has it: their SHA-256 names them there.
func (f File) withoutDocuments() File {
	f.Policies, f.CAs, f.Directories, f.Accounts = slices.Clone(f.Policies), slices.Clone(f.CAs), slices.Clone(f.Directories), slices.Clone(f.Accounts)
	for i, p := range f.Policies {
		if p.SPIF != "" { // the key of its SHA-256 may say something else
			f.Policies[i].SPIF = named(p.SPIF)
		}
	}
	for i := range f.CAs {
		f.CAs[i].PEM = named(f.CAs[i].PEM)
	}
	for i := range f.Directories {
		d := &f.Directories[i]
		d.ClientCertificatePEM, d.CRLsPEM = named(d.ClientCertificatePEM), slices.Clone(d.CRLsPEM)
		for j := range d.CRLsPEM {
			d.CRLsPEM[j] = named(d.CRLsPEM[j])
		}
	}
	for i := range f.Accounts {
		f.Accounts[i].ClientCertificatePEM = named(f.Accounts[i].ClientCertificatePEM)
	}
	return f
}

var isNamed = regexp.MustCompile(`^SHA-256 [0-9a-f]{64}$`)

// named is what stands for a document; "" for none. What stands for one already stays.
func named(document string) string {
	if document == "" || isNamed.MatchString(document) {
		return document
	}
	sum := sha256.Sum256([]byte(document))
	return "SHA-256 " + hex.EncodeToString(sum[:])
}
