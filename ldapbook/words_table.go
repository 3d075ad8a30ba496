package ldapbook

import "strings"

// foldTable: lower-case letters that have no decomposition, and what people type for them.
var foldTable = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h", 'ŧ': "t",
	'ŋ': "n", 'ĸ': "k", 'ə': "a", 'ƒ': "f", 'ſ': "s", 'ɓ': "b", 'ɗ': "d", 'ɖ': "d", 'ɛ': "e", 'ɔ': "o", 'ơ': "o", 'ư': "u",
	'ŉ': "n", 'ʼ': "", 'ʹ': "", 'ς': "σ",
}

// umlauts: the spellings that are used where a keyboard or a directory has no such letters.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe")

// latinInitial: letters that are written otherwise at the beginning of a word.
var latinInitial = map[rune]string{'є': "ye", 'ї': "yi", 'й': "y", 'ю': "yu", 'я': "ya"}

// latinTable: resolution No. 55 of the Cabinet of Ministers of Ukraine, 2010; the letters after щ are those of Russian,
// Belarusian, Serbian, Macedonian and Bulgarian, then Greek (ISO 843 type 2, without digraphs).
var latinTable = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "h", 'ґ': "g", 'д': "d", 'е': "e", 'є': "ie", 'ж': "zh", 'з': "z", 'и': "y",
	'і': "i", 'ї': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s",
	'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ь': "", 'ю': "iu", 'я': "ia",
	'ы': "y", 'э': "e", 'ё': "e", 'ъ': "", 'ў': "u", 'ђ': "dj", 'ј': "j", 'љ': "lj", 'њ': "nj", 'ћ': "c", 'џ': "dz",
	'ѓ': "g", 'ќ': "k", 'ѕ': "dz",
	'α': "a", 'β': "v", 'γ': "g", 'δ': "d", 'ε': "e", 'ζ': "z", 'η': "i", 'θ': "th", 'ι': "i", 'κ': "k", 'λ': "l",
	'μ': "m", 'ν': "n", 'ξ': "x", 'ο': "o", 'π': "p", 'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t", 'υ': "y", 'φ': "f",
	'χ': "ch", 'ψ': "ps", 'ω': "o",
}
