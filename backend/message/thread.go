package message

import "slices"

// maxReferences is how many messages a References field names: the first and the newest of a long thread.
const maxReferences = 50

// thread adds what the message answers: the one, and behind those that it answered itself.
//
// std: RFC5322 §3.6.4
func (h *header) thread(inReplyTo string, references []string) {
	answered, err := bracketed("inReplyTo", inReplyTo)
	if err != nil {
		h.fail(err)
		return
	}
	var list []string
	for _, r := range references {
		id, err := bracketed("References", r)
		h.fail(err)
		if id != answered && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	if len(list) >= maxReferences {
		list = append(list[:1:1], list[len(list)-maxReferences+2:]...)
	}
	h.add("In-Reply-To", answered)
	h.add("References", append(list, answered)...)
}
