package wire

// Object identifiers of Active Directory's controls, [MS-ADTS] section 3.1.1.3.4.1.
const (
	OIDDirSync     = "1.2.840.113556.1.4.841"
	OIDShowDeleted = "1.2.840.113556.1.4.417"
)

// DirSyncObjectSecurity lets a reader without the right to replicate use the control: it sees what it may read.
const DirSyncObjectSecurity = 1

// DirSyncRequest returns the critical control; cookie nil: everything. maxBytes is about how much the server sends at once.
//
// std: MS-ADTS §3.1.1.3.4.1.3
func DirSyncRequest(flags, maxBytes int64, cookie []byte) []byte {
	return Control(OIDDirSync, true, TLV(TagSequence, Int(TagInteger, flags), Int(TagInteger, maxBytes),
		TLV(TagOctetString, cookie)))
}

// ShowDeleted returns the control that lets a search find what was deleted. Not critical: with DirSync, a server shows it
// unasked.
//
// std: MS-ADTS §3.1.1.3.4.1.14
func ShowDeleted() []byte {
	return TLV(TagSequence, Text(TagOctetString, OIDShowDeleted))
}

// DirSync is the server's control at the end of an answer.
type DirSync struct {
	Found  bool
	More   bool // ask again at once, with the cookie
	Cookie []byte
}

// DecodeDirSync reads the control among the controls of a search's last message.
//
// std: MS-ADTS §3.1.1.3.4.1.3
func DecodeDirSync(controls []byte) (DirSync, error) {
	value, err := FindControl(controls, OIDDirSync)
	if err != nil || value == nil {
		return DirSync{}, err
	}
	seq, err := only(value, TagSequence)
	if err != nil {
		return DirSync{}, err
	}
	more, rest, err := expect(seq, TagInteger)
	if err != nil {
		return DirSync{}, err
	}
	n, err := parseInt(more)
	if err != nil {
		return DirSync{}, err
	}
	if _, rest, err = expect(rest, TagInteger); err != nil { // the size, which the cookie itself has too
		return DirSync{}, err
	}
	cookie, err := only(rest, TagOctetString)
	if err != nil {
		return DirSync{}, err
	}
	kept, err := cloneCookie(cookie)
	if err != nil {
		return DirSync{}, err
	}
	return DirSync{Found: true, More: n != 0, Cookie: kept}, nil
}
