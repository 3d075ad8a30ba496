package spif

// elementType is what the schema says about an element.
type elementType struct {
	name     string
	attrs    []attribute
	children []child   // in their order
	text     valueType // of its text, when hasText
	hasText  bool
	closed   bool // no attributes of other namespaces
	shows    bool // it says only how something is shown: an attribute too many changes no decision
	// open: its content is not of this schema, and is not looked at here.
	open bool
}

type attribute struct {
	name     string
	typ      valueType
	required bool
	lenient  bool // no decision depends on it: what is wrong with it is a warning
	moot     bool // lenient where the element is discarded
}

type child struct {
	of      *elementType
	min     int
	once    bool
	lenient bool // that it is missing is a warning
}

func optional(name string, typ valueType) attribute { return attribute{name: name, typ: typ} }
func required(name string, typ valueType) attribute {
	return attribute{name: name, typ: typ, required: true}
}

// lenient makes an attribute one that no decision depends on.
func lenient(a attribute) attribute { a.lenient = true; return a }

// moot makes an attribute one that is not looked at where the element says action="discard".
func moot(a attribute) attribute { a.moot = true; return a }

func any0(e *elementType) child   { return child{of: e} }
func one0(e *elementType) child   { return child{of: e, once: true} }
func one1(e *elementType) child   { return child{of: e, min: 1, once: true} }
func any1(e *elementType) child   { return child{of: e, min: 1} }
func wanted(e *elementType) child { return child{of: e, min: 1, lenient: true} }

// The element types of SPIF 2.1, from the leaves to the root. Schema 1.0 and 2.0 are subsets. Where the schema limits less
// than a label can carry (the name of a value), the limit is the one of names.
//
// std: Open XML SPIF 2.1
var (
	codeElement        = &elementType{name: "code", text: markingCodes, hasText: true, closed: true, shows: true}
	markingDataElement = &elementType{name: "markingData", shows: true,
		attrs: []attribute{lenient(optional("phrase", shortText))}, children: []child{wanted(codeElement)}}
	qualifierElement = &elementType{name: "qualifier", shows: true,
		attrs: []attribute{lenient(required("markingQualifier", shortText)), required("qualifierCode", qualifierCodes)}}
	markingQualifierElement = &elementType{name: "markingQualifier", shows: true,
		attrs: []attribute{lenient(optional("markingCode", markingCodes))}, children: []child{wanted(qualifierElement)}}

	groupAttributes = []attribute{
		required("tagSetRef", nameText), required("tagType", tagTypes), optional("enumType", enumTypes),
		optional("lacv", someText), optional("all", truth),
	}
	categoryGroupElement    = &elementType{name: "categoryGroup", attrs: groupAttributes}
	excludedCategoryElement = &elementType{name: "excludedCategory", attrs: groupAttributes}
	requiredCategoryElement = &elementType{name: "requiredCategory",
		attrs: []attribute{required("operation", operations)}, children: []child{any1(categoryGroupElement)}}
	excludedClassElement = &elementType{name: "excludedClass", text: nameText, hasText: true, closed: true}

	equivalentClassElement = &elementType{name: "equivalentClassification",
		attrs:    []attribute{required("policyRef", nameText), required("lacv", number), required("applied", directions)},
		children: []child{any0(requiredCategoryElement)}}
	equivalentValueElement = &elementType{name: "equivalentSecCategoryTag",
		attrs: []attribute{
			required("policyRef", nameText), moot(required("tagSetId", oidText)), moot(required("tagType", tagTypes)),
			moot(optional("enumType", enumTypes)), moot(required("lacv", someText)), required("applied", directions), optional("action", actions),
		}}
	equivalentTagSetElement = &elementType{name: "equivalentSecurityCategoryTagSet",
		attrs:    []attribute{required("policyRef", nameText), optional("name", nameText), optional("id", oidText)},
		children: []child{any0(requiredCategoryElement)}}
	equivalentPolicyElement = &elementType{name: "equivalentPolicy",
		attrs: []attribute{
			required("name", nameText), required("id", oidText), lenient(optional("userRefURI", anyText)), lenient(optional("docRefURI", anyText)),
		},
		children: []child{any0(requiredCategoryElement)}}
	equivalentPoliciesElement = &elementType{name: "equivalentPolicies", closed: true, children: []child{wanted(equivalentPolicyElement)}}

	classElement = &elementType{name: "securityClassification",
		attrs: []attribute{
			required("name", nameText), lenient(optional("color", colour)), required("lacv", number), required("hierarchy", number),
			optional("obsolete", truth),
		},
		children: []child{any0(equivalentClassElement), any0(markingDataElement), any0(markingQualifierElement), any0(requiredCategoryElement)}}
	classesElement = &elementType{name: "securityClassifications",
		attrs:    []attribute{lenient(optional("name", anyText))},
		children: []child{any1(classElement), any0(markingDataElement), any0(markingQualifierElement)}}

	valueElement = &elementType{name: "tagCategory",
		attrs: []attribute{
			required("name", nameText), required("lacv", someText), optional("userInput", userInputs), optional("requiredClass", nameText),
			optional("obsolete", truth), lenient(optional("dateFormat", anyText)), optional("notBefore", instant), optional("notAfter", instant),
		},
		children: []child{
			any0(equivalentValueElement), any0(markingDataElement), any0(markingQualifierElement), any0(excludedClassElement),
			any0(requiredCategoryElement), any0(excludedCategoryElement),
		}}
	tagElement = &elementType{name: "securityCategoryTag",
		attrs: []attribute{
			lenient(optional("name", anyText)), required("tagType", tagTypes), optional("enumType", enumTypes), optional("tag7Encoding", tag7Encodings),
			optional("singleSelection", truth), optional("maxSelection", selection), optional("minSelection", selection),
		},
		children: []child{any0(valueElement), any0(markingQualifierElement)}}
	tagSetElement = &elementType{name: "securityCategoryTagSet",
		attrs:    []attribute{required("name", nameText), required("id", oidText)},
		children: []child{wanted(tagElement), any0(equivalentTagSetElement)}}
	tagSetsElement = &elementType{name: "securityCategoryTagSets", closed: true, children: []child{wanted(tagSetElement)}}

	privacyMarkElement = &elementType{name: "privacyMark", shows: true,
		// The schema lets the name be absent; a mark without one cannot be chosen.
		attrs:    []attribute{lenient(required("name", nameText)), lenient(optional("obsolete", truth))},
		children: []child{any0(markingDataElement), any0(markingQualifierElement)}}
	privacyMarksElement = &elementType{name: "privacyMarks", closed: true, shows: true,
		attrs:    []attribute{lenient(optional("maxSelection", selection)), lenient(optional("minSelection", selection))},
		children: []child{wanted(privacyMarkElement), any0(markingDataElement), any0(markingQualifierElement)}}

	policyNameAttributes = []attribute{required("name", nameText), required("id", oidText)}
	policyNameChildren   = []child{any0(markingDataElement), any0(markingQualifierElement)}
	defaultPolicyElement = &elementType{name: "defaultSecurityPolicyId", attrs: policyNameAttributes, children: policyNameChildren}
	policyIDElement      = &elementType{name: "securityPolicyId", attrs: policyNameAttributes, children: policyNameChildren}
	updateInfoElement    = &elementType{name: "updateInfo", closed: true, shows: true, open: true}
	extensionsElement    = &elementType{name: "extensions", closed: true, shows: true, open: true}

	spifElement = &elementType{name: "SPIF",
		attrs: []attribute{
			required("schemaVersion", anyText), // looked at before anything else
			optional("version", number), lenient(required("creationDate", genTime)), lenient(required("originatorDN", anyText)),
			lenient(required("keyIdentifier", anyText)), lenient(required("privilegeId", oidText)), lenient(required("rbacId", oidText)),
			lenient(optional("userRefURI", anyText)), lenient(optional("docRefURI", anyText)),
			optional("notBefore", instant), optional("notAfter", instant),
		},
		children: []child{
			one0(defaultPolicyElement), one1(policyIDElement), one0(updateInfoElement), one1(classesElement), one0(tagSetsElement),
			one0(privacyMarksElement), one0(equivalentPoliciesElement), any0(markingDataElement), any0(markingQualifierElement), one0(extensionsElement),
		}}
)
