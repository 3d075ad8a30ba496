package spiftest

// Constructs that Random and Sampler leave out (false), because the engine is known to read them otherwise than Reference.
// Who mends the engine, or decides that Reference is wrong, sets the constant to true and deletes it with its condition.
const (
	// mixedKinds: tags of one tag set that are of one type in a label and of another tagType, as restrictive and enumerated
	// restrictive. Reference tells them apart in categoryGroup, excludedCategory and equivalences.
	mixedKinds = true
	// datedAndObsolete: entries of one value of which one is obsolete and another out of its time. To Reference, a new label
	// needs one entry that allows it in everything.
	datedAndObsolete = true
	// ownExcluded: an excludedCategory whose words cover the value it stands in, as "all" of its own tag. To Reference a value
	// does not exclude itself.
	ownExcluded = true
	// severalInputs: several tagCategories with userInput in one tag set. To Reference, text may have the form of any of them.
	severalInputs = false
	// repeatedText: free text that a label gives twice. To Reference it is a value given twice.
	repeatedText = true
	// ambiguousBySet: a value whose number several names share, in a tag set that is equivalent as a whole. To Reference, an
	// equivalence that names this number ends the translation on reception as it does before sending.
	ambiguousBySet = true
	// textEquivalents: equivalences from and to a tagCategory with userInput. Reference never writes its title as a value.
	textEquivalents = true
	// textBySet: equivalences of whole tag sets that take free text. To Reference free text has no equally named value.
	textBySet = false
	// entriesDiffer: entries of one value with equivalences of their own. To Reference all of them apply.
	entriesDiffer = false
	// inTwoTags: in pairs, one value name in two tags of one tag set and type. To Reference both are one value.
	inTwoTags = true
	// classTwice: two equivalences of one classification with the same one. To Reference, one class answers on reception.
	classTwice = true
)
