package caveat

# One label against one clearance. A label has an attribute for each tag set that it uses, a clearance has all of them; an
# expression with an attribute that is not there is undefined, so that it refuses nothing.
permit if {
	input.label.known
	input.label.policy == input.clearance.policy
	input.clearance.classes[input.label.class]
	not refused
}

refused if count(input.label.designators - input.clearance.designators) > 0

refused if count(input.label.context & input.clearance.context) == 0

refused if count(input.label.only & input.clearance.only) == 0

refused if count(input.label.releasable & input.clearance.releasable) == 0

# The same with every rule that denies.
denied contains "label-invalid" if not input.label.known

denied contains "policy" if input.label.policy != input.clearance.policy

denied contains "classification" if not input.clearance.classes[input.label.class]

denied contains "restrictive/Special Category Designators" if {
	count(input.label.designators - input.clearance.designators) > 0
}

denied contains "permissive/Context" if count(input.label.context & input.clearance.context) == 0

denied contains "permissive/Only" if count(input.label.only & input.clearance.only) == 0

denied contains "permissive/Releasable To" if count(input.label.releasable & input.clearance.releasable) == 0

# One label against many clearances in one query: the positions of those that permit.
permitted contains i if {
	input.label.known
	some i, c in input.clearances
	input.label.policy == c.policy
	c.classes[input.label.class]
	not refuses(input.label, c)
}

refuses(l, c) if count(l.designators - c.designators) > 0

refuses(l, c) if count(l.context & c.context) == 0

refuses(l, c) if count(l.only & c.only) == 0

refuses(l, c) if count(l.releasable & c.releasable) == 0
