package spif

var lintRules []*LintRule

func lintRule(id string, severity Severity, text string) *LintRule {
	r := &LintRule{ID: id, Severity: severity, Text: text}
	lintRules = append(lintRules, r)
	return r
}

// The document.
var (
	xmlSyntax         = lintRule("xml-syntax", SeverityError, "not well-formed XML in UTF-8, or with a DOCTYPE, a processing instruction or a comment inside text")
	tooLarge          = lintRule("too-large", SeverityError, "longer, deeper or with more elements, tags or values than is read")
	notSPIF           = lintRule("not-a-spif", SeverityError, "the root is no SPIF element of the SPIF namespace")
	namespaceMisspelt = lintRule("namespace-misspelt", SeverityError, "the root is a SPIF element of a namespace that looks like the SPIF namespace")
	schemaVersion     = lintRule("schema-version", SeverityError, "a schema version other than 1.0, 2.0 and 2.1")
)

// Structure.
var (
	elementUnknown   = lintRule("element-unknown", SeverityError, "an element that the schema does not have here: it may be a rule, and must not be passed over")
	elementMissing   = lintRule("element-missing", SeverityError, "a child without which the policy or a rule says nothing is missing")
	elementAbsent    = lintRule("element-absent", SeverityWarning, "a child that the schema demands is missing, and nothing depends on it")
	elementRepeated  = lintRule("element-repeated", SeverityError, "a child that may stand once stands twice")
	elementOrder     = lintRule("element-order", SeverityWarning, "children in another order than the schema's")
	attributeMissing = lintRule("attribute-missing", SeverityError, "an attribute that names or numbers something is missing")
	attributeAbsent  = lintRule("attribute-absent", SeverityWarning, "an attribute that the schema demands is missing, and no decision depends on it")
	attributeValue   = lintRule("attribute-value", SeverityError, "an attribute or text whose value is not of its type")
	attributeForm    = lintRule("attribute-form", SeverityWarning, "the same where no decision depends on it; the value is passed over")
	attributeUnknown = lintRule("attribute-unknown", SeverityError, "an attribute that the schema does not have, on an element that decides: it may be a misspelt rule")
	attributeExtra   = lintRule("attribute-extra", SeverityWarning, "the same on an element that only says how something is shown, or of another namespace where none is allowed")
	attributeIdle    = lintRule("attribute-idle", SeverityWarning, "an attribute that has no meaning beside the others")
	textUnexpected   = lintRule("text-unexpected", SeverityError, "text where only elements are allowed")
	contentIgnored   = lintRule("content-ignored", SeverityWarning, "content of updateInfo, text in extensions, or an extension whose parts are not understood")
	whiteSpace       = lintRule("white-space", SeverityWarning, "white space around a value that must not have it, or doubled in a name; it is taken off")
	enumTypeMissing  = lintRule("enum-type-missing", SeverityError, "tagType enumerated without the enumType that says how it decides")
	groupChoice      = lintRule("group-choice", SeverityError, "a group with both lacv and all, or with neither")
	timeZoneMissing  = lintRule("time-zone-missing", SeverityWarning, "a date without time zone; it is read as UTC")
)

// Names, numbers and references.
var (
	classRepeated            = lintRule("class-repeated", SeverityError, "two classifications of one name, upper and lower case being the same")
	classLACVRepeated        = lintRule("class-lacv-repeated", SeverityError, "two classifications of one lacv")
	classHierarchyRepeated   = lintRule("class-hierarchy-repeated", SeverityError, "two classifications of one hierarchy")
	classLACVOrder           = lintRule("class-lacv-order", SeverityWarning, "the lacv of classifications do not rise with their hierarchy")
	colourRepeated           = lintRule("colour-repeated", SeverityWarning, "two classifications of one colour")
	tagSetRepeated           = lintRule("tag-set-repeated", SeverityError, "two tag sets of one name or one id")
	privacyMarkRepeated      = lintRule("privacy-mark-repeated", SeverityWarning, "two privacy marks of one name")
	policyIdentity           = lintRule("policy-identity", SeverityError, "one policy name with two ids, or one id with two names")
	equivalentPolicyRepeated = lintRule("equivalent-policy-repeated", SeverityError, "an equivalent policy stands twice")
	equivalentPolicyOwn      = lintRule("equivalent-policy-own", SeverityWarning, "the policy is its own equivalent policy, or repeats its default policy")
	policyRefDangling        = lintRule("policy-ref-dangling", SeverityError, "a policyRef that names no equivalent policy")
	policyRefOwn             = lintRule("policy-ref-own", SeverityError, "a policyRef that names the policy itself")
	classRefDangling         = lintRule("class-ref-dangling", SeverityError, "requiredClass or excludedClass names no classification")
	tagSetRefDangling        = lintRule("tag-set-ref-dangling", SeverityError, "a tagSetRef that names no tag set")
	groupEmpty               = lintRule("group-empty", SeverityError, "a group or exclusion that no value answers to")
	groupAmbiguous           = lintRule("group-ambiguous", SeverityWarning, "a group or exclusion whose lacv several names have; each of them counts")
	referenceSpelling        = lintRule("reference-spelling", SeverityWarning, "a reference that spells its name otherwise, in case or white space")
	valueLACVs               = lintRule("value-lacvs", SeverityWarning, "entries of one value with different lacv")
	tag7EncodingMixed        = lintRule("tag7-encoding-mixed", SeverityWarning, "tags of type 7 of one tag set with different encodings")
)

// Rules of labels.
var (
	policyNeverValid      = lintRule("policy-never-valid", SeverityError, "the policy ends before it begins")
	valueNeverValid       = lintRule("value-never-valid", SeverityWarning, "a value ends before it begins")
	valueNoClass          = lintRule("value-no-class", SeverityWarning, "a value that excludes the classification it demands, or every one")
	valueExcludesItself   = lintRule("value-excludes-itself", SeverityWarning, "a value that excludes nothing but itself")
	requiresExcluded      = lintRule("requires-excluded", SeverityWarning, "a value requires what it excludes")
	requirementImpossible = lintRule("requirement-unreachable", SeverityWarning, "a requirement that no label can meet")
	neverUsable           = lintRule("never-usable", SeverityWarning, "a classification or value that no new label can have, for reasons that only show together")
	selectionImpossible   = lintRule("selection-impossible", SeverityError, "more values are demanded than allowed or there: no label is valid")
	selectionConflict     = lintRule("selection-conflict", SeverityWarning, "singleSelection and a larger maxSelection; one value counts")
	privacySelection      = lintRule("privacy-selection", SeverityWarning, "more privacy marks are demanded than allowed or there")
	dateFormat            = lintRule("date-format", SeverityWarning, "a dateFormat by which no date could be typed")
)

// Equivalences and markings.
var (
	equivalentClassSeveral = lintRule("equivalent-class-several", SeverityWarning, "several classifications answer to one in one direction: it is not translated")
	equivalentValueSeveral = lintRule("equivalent-value-several", SeverityWarning, "several values answer to one on reception: it is not translated")
	equivalentSetUnnamed   = lintRule("equivalent-set-unnamed", SeverityWarning, "an equivalent tag set without name and id: nothing is translated by it")
	equivalentChoice       = lintRule("equivalent-choice", SeverityWarning, "a requirement of an equivalence that leaves a choice: labels are not translated")
	discardWithMapping     = lintRule("discard-with-mapping", SeverityWarning, "a value is both discarded and mapped for one policy and direction; the mapping counts")
	markingSeveral         = lintRule("marking-several", SeverityWarning, "several phrases for one place and language; the first is shown")
	markingLanguage        = lintRule("marking-language", SeverityNote, "no phrase in a language that its neighbours have")
)

// Worth knowing.
var (
	unsigned              = lintRule("unsigned", SeverityNote, "the policy carries no signature")
	policyNotInForce      = lintRule("policy-not-in-force", SeverityNote, "the policy has ended or not begun")
	valueNotInForce       = lintRule("value-not-in-force", SeverityNote, "a value has ended or not begun")
	allObsolete           = lintRule("all-obsolete", SeverityNote, "all classifications, or all values of a tag, are obsolete")
	requirementObsolete   = lintRule("requirement-obsolete", SeverityNote, "a requirement that only obsolete values meet")
	requirementNotInForce = lintRule("requirement-not-in-force", SeverityNote, "a requirement that only values meet that have ended or not begun")
	contextNotRequired    = lintRule("context-not-required", SeverityNote, "a tag set Context that labels need not have")
	lacvShared            = lintRule("lacv-shared", SeverityNote, "several names of one tag set and type with one lacv: ASN.1 labels cannot tell them apart")
	valueRepeated         = lintRule("value-repeated", SeverityNote, "several entries of one value; one that fits the label is enough")
	nameShared            = lintRule("name-shared", SeverityNote, "one name in several tags of a tag set")
	tag7EncodingAbsent    = lintRule("tag7-encoding-absent", SeverityNote, "a tag of type 7 without tag7Encoding: it has no ASN.1 form")
	userInputDecides      = lintRule("user-input-decides", SeverityNote, "text can be typed into a tag that decides access; such a value is never valid")
	defaultPolicyUnmapped = lintRule("default-policy-unmapped", SeverityNote, "the default policy is another one, and no classification answers to it")
	findingsLeftOut       = lintRule("findings-left-out", SeverityNote, "there are more findings than are told, or rules than are looked at")
)
