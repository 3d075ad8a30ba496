package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrNote: a signed checkpoint, a proof or a key cannot be believed: its form or its signature is wrong, or nobody says whose key it is.
var ErrNote = errors.New("audit: not a checkpoint to be believed")

// Checkpoint is the state of the log at a moment, as a signed note says it.
type Checkpoint struct {
	Origin string    // names the log
	Size   int64     // lines
	Root   tlog.Hash // of the tree over them
	Head   string    // hash of the last of them
	Time   time.Time // when it was made
	Key    string    // name and hash of the key that signed it
	Note   string    // the whole signed note
}

// The extension lines of our notes begin with these words.
const headWord, timeWord = "head ", "time "

// text is what is signed.
//
// std: C2SP tlog-checkpoint
func (c Checkpoint) text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n" +
		headWord + c.Head + "\n" + timeWord + c.Time.UTC().Format(time.RFC3339) + "\n"
}

// sign makes the signed note of a checkpoint.
func (c Checkpoint) sign(key note.Signer) (Checkpoint, error) {
	signed, err := note.Sign(&note.Note{Text: c.text()}, key)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrNote, err)
	}
	c.Note, c.Key = string(signed), keyID(key.Name(), key.KeyHash())
	return c, nil
}

// MaxNote is the longest note that is read, in bytes; ours have about 300.
const MaxNote = 16 << 10

// openNote reads a signed note and verifies it by one of the keys.
func openNote(text []byte, keys Keys) (Checkpoint, error) {
	if len(text) > MaxNote {
		return Checkpoint{}, fmt.Errorf("%w: it is longer than %d bytes", ErrNote, MaxNote)
	}
	n, err := note.Open(text, keys.list())
	var unknown *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unknown):
		return Checkpoint{}, fmt.Errorf("%w: it is signed by %s, which is none of the keys that are known here", ErrNote, signers(unknown.Note))
	case err != nil:
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrNote, err)
	}
	c, err := parseText(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	c.Note, c.Key = string(text), keyID(n.Sigs[0].Name, n.Sigs[0].Hash)
	return c, nil
}

func signers(n *note.Note) string {
	var names []string
	for _, s := range n.UnverifiedSigs {
		names = append(names, keyID(s.Name, s.Hash))
	}
	return strings.Join(names, ", ")
}

// parseText takes what was signed apart; it must be written exactly as text writes it.
func parseText(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 6 || lines[5] != "" {
		return Checkpoint{}, fmt.Errorf("%w: it has another form than ours", ErrNote)
	}
	if strings.ContainsFunc(lines[0], isHidden) || len(lines[0]) > maxName {
		return Checkpoint{}, fmt.Errorf("%w: it names its log %q", ErrNote, clip(lines[0]))
	}
	c.Origin, c.Head = lines[0], strings.TrimPrefix(lines[3], headWord)
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 1 {
		return Checkpoint{}, fmt.Errorf("%w: %q is no number of lines", ErrNote, lines[1])
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrNote, err)
	}
	if c.Time, err = time.Parse(time.RFC3339, strings.TrimPrefix(lines[4], timeWord)); err != nil || c.text() != text {
		return Checkpoint{}, fmt.Errorf("%w: it has another form than ours", ErrNote)
	}
	return c, nil
}

// Keys are public keys by which checkpoints are verified. The zero Keys verifies nothing.
type Keys struct{ all []publicHalf }

// publicHalf is one of them, and how it is written.
type publicHalf struct {
	note.Verifier
	text string
}

func (k publicHalf) id() string { return keyID(k.Name(), k.KeyHash()) }

func (k Keys) list() note.Verifiers {
	all := make([]note.Verifier, len(k.all))
	for i, key := range k.all {
		all[i] = key
	}
	return note.VerifierList(all...)
}

// IsZero reports that there is none.
func (k Keys) IsZero() bool { return len(k.all) == 0 }

// find gives a key by its name and hash.
func (k Keys) find(id string) (publicHalf, bool) {
	i := slices.IndexFunc(k.all, func(key publicHalf) bool { return key.id() == id })
	if i < 0 {
		return publicHalf{}, false
	}
	return k.all[i], true
}

// with adds a key, as it is written in the log; ErrNote.
func (k Keys) with(text string) (Keys, error) {
	v, err := note.NewVerifier(text)
	if err != nil {
		return Keys{}, fmt.Errorf("%w: %q is no key: %w", ErrNote, text, err)
	}
	if strings.ContainsFunc(v.Name(), isHidden) || len(v.Name()) > maxName {
		return Keys{}, fmt.Errorf("%w: a key's name is %q", ErrNote, clip(v.Name()))
	}
	key := publicHalf{v, text}
	if _, ok := k.find(key.id()); ok {
		return k, nil
	}
	return Keys{append(slices.Clip(k.all), key)}, nil
}

// ParseKeys reads public keys, one in each line, as `caveat audit key` shows them; empty lines and those that begin with # are left out.
// ErrNote: a line is no key, or there is none.
func ParseKeys(data []byte) (out Keys, err error) {
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if out, err = out.with(line); err != nil {
			return Keys{}, err
		}
	}
	if out.IsZero() {
		return Keys{}, fmt.Errorf("%w: there is no key", ErrNote)
	}
	return out, nil
}

// keyID is how a key is named to people.
func keyID(name string, hash uint32) string {
	if strings.ContainsFunc(name, isHidden) {
		name = strconv.QuoteToASCII(clip(name))
	}
	return fmt.Sprintf("%s+%08x", name, hash)
}

// keyOf names a key that is written as package note writes it.
func keyOf(text string) string {
	v, err := note.NewVerifier(text)
	if err != nil {
		return ""
	}
	return keyID(v.Name(), v.KeyHash())
}

// maxName is the longest name of a key or a log, in bytes; ours have 29.
const maxName = 200

// isHidden: the character is none that stands in a name and shows.
func isHidden(r rune) bool { return r <= ' ' || r > '~' }

// publicKey gives the public key that belongs to a signing key, in its written form.
func publicKey(secret string) (string, error) {
	parts := strings.SplitN(secret, "+", 5) // PRIVATE+KEY+name+hash+key
	if len(parts) != 5 {
		return "", fmt.Errorf("%w: what is stored as the key that signs is none", ErrNote)
	}
	key, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(key) != 1+ed25519.SeedSize {
		return "", fmt.Errorf("%w: what is stored as the key that signs is none", ErrNote)
	}
	return note.NewEd25519VerifierKey(parts[2], ed25519.NewKeyFromSeed(key[1:]).Public().(ed25519.PublicKey))
}

// originOf names a log by the hash of its first line.
func originOf(header string) (string, error) {
	if b, err := hex.DecodeString(header); err != nil || len(b) != tlog.HashSize {
		return "", fmt.Errorf("%w: line 1: its hash is none", ErrTampered)
	}
	return "caveat-audit/" + header[:16], nil
}
