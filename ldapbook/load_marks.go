package ldapbook

// builtMarks remembers the lists that say what an entry is, rather than which words it has, and the words of what many entries
// share by number.
type builtMarks struct {
	classes              map[int64]textLists
	nodes, organisations map[markedText]textLists
	mail, chat           *builtList
}

// markedText is the text of a node or organisation, for entries of one space.
type markedText struct {
	id    int64
	space string
}

func (m *builtMarks) begin() {
	*m = builtMarks{classes: map[int64]textLists{}, nodes: map[markedText]textLists{}, organisations: map[markedText]textLists{}}
}

// add notes the lists of an entry. See markTerms.
func (m *builtMarks) add(b *listBuilder, r *loadedRow, space string) {
	b.met.add(m.class(b, r))
	node := m.node(b, r, space)
	if r.texts.has(bodyUnitOther) {
		node = textLists{lists: node.lists[:1]} // its unit is another
	}
	b.met.add(node)
	if r.organisation != "" {
		b.met.add(m.organisation(b, r, space))
	}
	if len(r.texts.mail) > 0 {
		b.met.lists = append(b.met.lists, b.termList(&m.mail, channelTerm(ChannelMail)))
	}
	if len(r.texts.jid) > 0 {
		b.met.lists = append(b.met.lists, b.termList(&m.chat, channelTerm(ChannelChat)))
	}
}

func (b *listBuilder) termList(known **builtList, term string) *builtList {
	if *known == nil {
		*known = b.list([]byte(term))
	}
	return *known
}

func (m *builtMarks) class(b *listBuilder, r *loadedRow) textLists {
	found, known := m.classes[r.classID]
	if !known {
		terms := []string{kindTerm(r.kind()), numberedTerm(termClass, r.classID), numberedTerm(termDirectory, b.dir)}
		if r.kind().addressee() {
			terms = append(terms, string(termAddressees))
		}
		for _, term := range terms {
			found.lists = append(found.lists, b.list([]byte(term)))
		}
		m.classes[r.classID] = found
	}
	return found
}

// node finds the list of a node, and after it those of its unit's words.
func (m *builtMarks) node(b *listBuilder, r *loadedRow, space string) textLists {
	key := markedText{r.nodeID, space}
	found, known := m.nodes[key]
	if !known {
		found.lists = []*builtList{b.list([]byte(numberedTerm(termNode, r.nodeID)))}
		found.add(b.text(r.node.unit, space, false))
		m.nodes[key] = found
	}
	return found
}

func (m *builtMarks) organisation(b *listBuilder, r *loadedRow, space string) textLists {
	key := markedText{r.texts.organisation, space}
	found, known := m.organisations[key]
	if !known {
		found.lists = []*builtList{b.list([]byte(namedTerm(r.organisation)))}
		found.add(b.text(r.organisation, space, false))
		m.organisations[key] = found
	}
	return found
}
