package spiftest

// Constructs that Random and Sampler leave out (false): the standard leaves open how they are read, and the engine reads them
// otherwise than Reference. Set to true, a constant shows the difference.
const (
	// severalInputs: several tagCategories with userInput in one tag set. To Reference, text may be meant for any of them; the engine
	// takes the first whose form it has.
	severalInputs = false
	// textBySet: equivalences of whole tag sets that take free text. To Reference free text has no equally named value.
	textBySet = false
	// entriesDiffer: entries of one value with equivalences of their own. To Reference all of them apply.
	entriesDiffer = false
)
