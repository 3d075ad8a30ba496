package label_test

import (
	"fmt"
	"strings"
)

// hostile is one way to make two readers see two documents, or one reader run out of memory.
var hostile = []struct {
	name string
	make func(s subject) string
}{
	// Declarations, entities, comments, processing instructions.
	{"DOCTYPE", func(s subject) string { return s.front("<!DOCTYPE x>") }},
	{"DOCTYPE behind the root", func(s subject) string { return s.good + "<!DOCTYPE x>" }},
	{"entity declared and used", func(s subject) string {
		return strings.Replace(s.front(`<!DOCTYPE x [<!ENTITY e "T">]>`), s.text[:2], s.text[:2]+"&e;", 1)
	}},
	{"external entity", func(s subject) string { return s.front(`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`) }},
	{"external subset", func(s subject) string { return s.front(`<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">`) }},
	{"a billion laughs", func(s subject) string {
		return s.front(`<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`)
	}},
	{"default attribute", func(s subject) string { return s.front(`<!DOCTYPE x [<!ATTLIST x Type CDATA "INFORMATIVE">]>`) }},
	{"entity that nobody declared", func(s subject) string { return s.at("E", "&e;") }},
	{"entity of HTML", func(s subject) string { return s.at("E", "&eacute;") }},
	{"comment in a text", func(s subject) string { a, b := s.half(); return s.at(a+b, a+"<!-- -->"+b) }},
	{"comment behind a text", func(s subject) string { a, b := s.half(); return s.at(a+b, a+b+"<!-- -->") }},
	{"comment that is not closed", func(s subject) string { return s.inside("<!-- ") }},
	{"comment with two hyphens", func(s subject) string { return s.inside("<!-- -- -->") }},
	{"processing instruction in a text", func(s subject) string { a, b := s.half(); return s.at(a+b, a+"<?x y?>"+b) }},
	{"processing instruction between elements", func(s subject) string { return s.inside("<?x y?>") }},
	{"processing instruction in front", func(s subject) string { return s.front("<?xml-stylesheet href='x'?>") }},
	{"processing instruction behind", func(s subject) string { return s.good + "<?x y?>" }},
	{"second XML declaration", func(s subject) string { return s.good + `<?xml version="1.0"?>` }},

	// Structure.
	{"nothing", func(subject) string { return "" }},
	{"blanks only", func(subject) string { return " \n\t" }},
	{"junk before", func(s subject) string { return "x" + s.good }},
	{"junk after", func(s subject) string { return s.good + "x" }},
	{"NUL after", func(s subject) string { return s.good + "\x00" }},
	{"no-break space after", func(s subject) string { return s.good + "\u00a0" }},
	{"character reference after", func(s subject) string { return s.good + "&#32;" }},
	{"CDATA after", func(s subject) string { return s.good + "<![CDATA[ ]]>" }},
	{"second root", func(s subject) string { return s.good + s.bare() }},
	{"second root, empty", func(s subject) string { return s.good + "<x/>" }},
	{"element repeated", subject.repeated},
	{"unknown element of the own namespace", func(s subject) string { return s.last("<" + s.prefix + ":unknown/>") }},
	{"unknown element of the own namespace, first", func(s subject) string { return s.inside("<" + s.prefix + ":unknown/>") }},
	{"element of no namespace", func(s subject) string { return s.last("<unknown/>") }},
	{"text between elements", func(s subject) string { return s.inside("x") }},
	{"no-break space between elements", func(s subject) string { return s.inside("\u00a0") }},
	{"element in a text", func(s subject) string { a, b := s.half(); return s.at(a+b, a+"<"+s.prefix+":b/>"+b) }},
	{"cut off", func(s subject) string { return s.good[:len(s.good)*2/3] }},
	{"end tag missing", func(s subject) string { return strings.TrimSpace(s.good)[:strings.LastIndex(s.good, "</")] }},
	{"end tags crossed", func(s subject) string { return s.last("<a><b></a></b>") }},
	{"end tag of another prefix", func(s subject) string { return s.last(`<a:x xmlns:a="u:x" xmlns:b="u:x"></b:x>`) }},
	{"end of a CDATA section in a text", func(s subject) string { return s.at("E", "]]>") }},
	{"bare ampersand", func(s subject) string { return s.at("E", "&") }},
	{"control character", func(s subject) string { return s.at("E", "\x07") }},
	{"control character by number", func(s subject) string { return s.at("E", "&#7;") }},
	{"noncharacter", func(s subject) string { return s.at("E", "\ufffe") }},

	// Attributes.
	{"attribute twice", func(s subject) string { return s.root(`a="1" a="2"`) }},
	{"attribute twice, by two prefixes", func(s subject) string { return s.root(`xmlns:a="u:x" xmlns:b="u:x" a:k="1" b:k="2"`) }},
	{"declaration twice", func(s subject) string { return s.root(`xmlns:a="u:x" xmlns:a="u:y"`) }},
	{"attribute without quotes", func(s subject) string { return s.root(`a=1`) }},
	{"attribute without value", func(s subject) string { return s.root(`a`) }},
	{"no blank between attributes", func(s subject) string { return s.root(`xmlns:a="u:x"xmlns:b="u:y"`) }},
	{"less-than in an attribute", func(s subject) string { return s.root(`xmlns:a="<"`) }},
	{"line end beside a reference to one", func(s subject) string { return s.root("xmlns:a='u:x' a:k='1\n2&#10;3'") }},
	{"attribute of the own namespace", func(s subject) string { return s.root(s.prefix + `:k="v"`) }},

	// Encodings.
	{"UTF-16, big-endian, with mark", func(s subject) string { return utf16of(s.good, true, true) }},
	{"UTF-16, little-endian, with mark", func(s subject) string { return utf16of(s.good, false, true) }},
	{"UTF-16 without mark", func(s subject) string { return utf16of(s.good, true, false) }},
	{"UTF-16, declared", func(s subject) string {
		return utf16of(s.declared(`<?xml version="1.0" encoding="UTF-16"?>`), true, true)
	}},
	{"UTF-32", func(s subject) string {
		return "\x00\x00\xfe\xff" + strings.Join(strings.Split("<a/>", ""), "\x00\x00\x00")
	}},
	{"Latin-1", func(s subject) string { return s.at("E", "\xc9") }},
	{"Latin-1, declared", func(s subject) string {
		return strings.Replace(s.declared(`<?xml version="1.0" encoding="ISO-8859-1"?>`), s.text, s.text[:1]+"\xc9"+s.text[1:], 1)
	}},
	{"Latin-1 declared, ASCII within", func(s subject) string { return s.declared(`<?xml version="1.0" encoding="ISO-8859-1"?>`) }},
	{"UTF-16 declared, UTF-8 within", func(s subject) string { return s.declared(`<?xml version="1.0" encoding="UTF-16"?>`) }},
	{"UTF-16 declared with blanks", func(s subject) string { return s.declared(`<?xml version="1.0" encoding = "UTF-16" ?>`) }},
	{"UTF-7 declared", func(s subject) string { return s.declared(`<?xml version="1.0" encoding='UTF-7'?>`) }},
	{"encoding declared twice", func(s subject) string { return s.declared(`<?xml version="1.0" encoding="UTF-8" encoding="UTF-16"?>`) }},
	{"declaration without version", func(s subject) string { return s.declared(`<?xml encoding="UTF-8"?>`) }},
	{"XML 1.1", func(s subject) string { return s.declared(`<?xml version="1.1"?>`) }},
	{"XML 1.1 with blanks", func(s subject) string { return s.declared(`<?xml version = "1.1" ?>`) }},
	{"XML 2.0", func(s subject) string { return s.declared(`<?xml version="2.0" encoding="UTF-8"?>`) }},
	{"overlong UTF-8", func(s subject) string { return s.at("E", "\xc1\x85") }},
	{"surrogates in UTF-8", func(s subject) string { return s.at("E", "\xed\xa0\x80\xed\xb0\x80") }},
	{"two byte order marks", func(s subject) string { return "\ufeff\ufeff" + s.good }},
	{"byte order mark in front of the root only", func(s subject) string { return s.front("\ufeff") + "\ufeff" }},

	// Namespaces.
	{"root of another namespace", func(s subject) string { return strings.ReplaceAll(s.good, `"`+s.space+`"`, `"`+s.space+`x"`) }},
	{"root of no namespace", func(s subject) string { return strings.ReplaceAll(s.bare(), s.prefix+":", "") }},
	{"prefix bound to another namespace in the middle", func(s subject) string {
		i := strings.Index(s.good, s.once) + len(s.once) - 1
		prefix := s.once[1:strings.Index(s.once, ":")]
		return s.good[:i] + ` xmlns:` + prefix + `="urn:other"` + s.good[i:]
	}},
	{"default namespace undeclared in the middle", func(s subject) string {
		i := strings.Index(s.good, s.once)
		end := "</" + s.once[1:]
		name := s.once[strings.Index(s.once, ":")+1 : len(s.once)-1]
		out := s.good[:i] + "<" + name + ` xmlns="">` + s.good[i+len(s.once):]
		return strings.Replace(out, end, "</"+name+">", 1)
	}},
	{"prefix that nobody declared", func(s subject) string { return s.last("<q:x/>") }},
	{"prefix that stands for a namespace of its name", func(s subject) string { return strings.ReplaceAll(s.good, `xmlns:`+s.prefix+`=`, `xmlns:q=`) }},
	{"prefix of an attribute that nobody declared", func(s subject) string { return s.root(`q:k="v"`) }},
	{"prefix declared beside its use", func(s subject) string { return s.last(`<a xmlns:q="u:q"/><q:x/>`) }},
	{"prefix undeclared", func(s subject) string { return s.root(`xmlns:q=""`) }},
	{"prefix xmlns declared", func(s subject) string { return s.root(`xmlns:xmlns="u:x"`) }},
	{"prefix xml moved", func(s subject) string { return s.root(`xmlns:xml="u:x"`) }},
	{"another prefix for the namespace of xml", func(s subject) string { return s.root(`xmlns:q="http://www.w3.org/XML/1998/namespace"`) }},
	{"default namespace of xmlns", func(s subject) string { return s.root(`xmlns="http://www.w3.org/2000/xmlns/"`) }},
	{"name with two colons", func(s subject) string { return s.last(`<a:b:c xmlns:a="u:x"/>`) }},
	{"name that ends with a colon", func(s subject) string { return s.last(`<a:/>`) }},
	{"attribute with two colons", func(s subject) string { return s.root(`xmlns:a="u:x" a:b:c=""`) }},

	// Size.
	{"10,000 levels", func(s subject) string { return s.last(strings.Repeat("<a>", 10_000)) }},
	{"10,000 levels, closed", func(s subject) string { return s.last(strings.Repeat("<a>", 10_000) + strings.Repeat("</a>", 10_000)) }},
	{"as many attributes as fit", func(s subject) string {
		var b strings.Builder
		for i := 0; b.Len() < s.limit-len(s.good)-16; i++ {
			fmt.Fprintf(&b, ` a%d=""`, i)
		}
		return s.root(b.String())
	}},
	{"a million attributes", func(s subject) string {
		var b strings.Builder
		for i := range 1_000_000 {
			fmt.Fprintf(&b, ` a%x=""`, i)
		}
		return s.root(b.String())
	}},
	{"as many declarations as fit", func(s subject) string {
		var b strings.Builder
		for i := 0; b.Len() < s.limit-len(s.good)-32; i++ {
			fmt.Fprintf(&b, ` xmlns:a%d="u"`, i)
		}
		return s.root(b.String())
	}},
	{"as many elements as fit", func(s subject) string {
		return s.last(`<q:x xmlns:q="u:x">` + strings.Repeat("<a/>", (s.limit-len(s.good)-40)/4) + "</q:x>")
	}},
	{"as many texts as fit", func(s subject) string {
		return s.last("<q>" + strings.Repeat("x<a/>", (s.limit-len(s.good)-40)/5) + "</q>")
	}},
	{"as much text as fits, where none may stand", func(s subject) string { return s.inside(strings.Repeat("x", s.limit-len(s.good))) }},
	{"as many references as fit, where none may stand", func(s subject) string { return s.inside(strings.Repeat("&#65;", (s.limit-len(s.good))/5)) }},
	{"an attribute as long as fits", func(s subject) string { return s.root(`q:k="` + strings.Repeat("x", s.limit-len(s.good)-10) + `"`) }},
	{"a name as long as fits", func(s subject) string { return s.last("<" + strings.Repeat("x", s.limit-len(s.good)-10) + "/>") }},
	{"an end tag as long as fits", func(s subject) string { return s.last("<a></" + strings.Repeat("x", s.limit-len(s.good)-10) + ">") }},
	{"a value as long as fits, where one of a list must stand", func(s subject) string {
		long := `="` + strings.Repeat("x", s.limit-len(s.good)-10) + `"`
		return strings.Replace(strings.Replace(s.good, `="RESTRICTIVE"`, long, 1), `tagType="tagType7"`, `tagType`+long, 1)
	}},
	{"a comment as long as fits", func(s subject) string {
		return s.front("<!DOCTYPE x><!--" + strings.Repeat("x", s.limit-len(s.good)-30) + "-->")
	}},
	{"one byte too many", func(s subject) string { return s.good + strings.Repeat(" ", s.limit-len(s.good)+1) }},
	{"8 MB and one byte", func(s subject) string { return s.good + strings.Repeat(" ", 8<<20-len(s.good)+1) }},
}
