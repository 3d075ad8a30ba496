package wire

// Object identifiers of the controls and extended operations that are used.
const (
	OIDPagedResults = "1.2.840.113556.1.4.319" // RFC 2696
	OIDStartTLS     = "1.3.6.1.4.1.1466.20037" // RFC 4511 section 4.14
	OIDWhoAmI       = "1.3.6.1.4.1.4203.1.11.3"
)

// Scopes of a search, RFC 4511 section 4.5.1.2.
const (
	ScopeBase    = 0
	ScopeOne     = 1
	ScopeSubtree = 2
)

// Search is a search request. Aliases are never dereferenced.
type Search struct {
	Base      string
	Scope     int
	SizeLimit int      // entries; 0: the server's
	TimeLimit int      // seconds; 0: the server's
	Filter    []byte   // BER
	Attrs     []string // empty: all user attributes
	PageSize  int      // 0: not paged
	Cookie    []byte   // of the page before; nil: the first page
	Controls  [][]byte // further ones, encoded (see Control)
}

func (s Search) marshal(id int64) []byte {
	attrs := make([][]byte, len(s.Attrs))
	for i, a := range s.Attrs {
		attrs[i] = Text(TagOctetString, a)
	}
	op := TLV(OpSearchRequest,
		Text(TagOctetString, s.Base),
		Int(TagEnumerated, int64(s.Scope)),
		Int(TagEnumerated, 0),
		Int(TagInteger, int64(s.SizeLimit)),
		Int(TagInteger, int64(s.TimeLimit)),
		Bool(false),
		s.Filter,
		TLV(TagSequence, attrs...))
	if s.PageSize == 0 {
		return marshal(id, op, s.Controls...)
	}
	paging := TLV(TagSequence, Int(TagInteger, int64(s.PageSize)), TLV(TagOctetString, s.Cookie))
	// Critical: a server that cannot page says so, instead of sending everything and then its size limit.
	return marshal(id, op, append([][]byte{Control(OIDPagedResults, true, paging)}, s.Controls...)...)
}

// Control returns one element of a message's controls.
func Control(oid string, critical bool, value []byte) []byte {
	if critical {
		return TLV(TagSequence, Text(TagOctetString, oid), Bool(true), TLV(TagOctetString, value))
	}
	return TLV(TagSequence, Text(TagOctetString, oid), TLV(TagOctetString, value))
}

// marshal wraps an operation into an LDAPMessage.
func marshal(id int64, op []byte, controls ...[]byte) []byte {
	if len(controls) == 0 {
		return TLV(TagSequence, Int(TagInteger, id), op)
	}
	return TLV(TagSequence, Int(TagInteger, id), op, TLV(TagControls, controls...))
}

func marshalBind(id int64, dn, password string) []byte {
	return marshal(id, TLV(OpBindRequest, Int(TagInteger, 3), Text(TagOctetString, dn), Text(0x80, password)))
}

// marshalBindSASL makes one step of a SASL bind; data that is nil is left out, which isn't the same as empty data.
func marshalBindSASL(id int64, mechanism string, data []byte) []byte {
	parts := [][]byte{Text(TagOctetString, mechanism)}
	if data != nil {
		parts = append(parts, TLV(TagOctetString, data))
	}
	return marshal(id, TLV(OpBindRequest, Int(TagInteger, 3), Text(TagOctetString, ""), TLV(0xa3, parts...)))
}

func marshalExtended(id int64, oid string) []byte {
	return marshal(id, TLV(OpExtendedRequest, Text(0x80, oid)))
}
