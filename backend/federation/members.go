package federation

import (
	"context"
	"fmt"

	"caveat/backend/presend"
	"caveat/ldapbook"
)

// MemberState says what became of one member while a group was opened.
type MemberState string

// The states of members.
const (
	MemberShown     MemberState = "shown"
	MemberAgain     MemberState = "again"      // it stands elsewhere in the answer: a cycle, or a member of several groups
	MemberUnknown   MemberState = "unknown"    // the book does not have it
	MemberNotOpened MemberState = "not-opened" // a group that is too deep
	MemberPartial   MemberState = "partial"    // a group whose server gave only a part of its members
)

// Member is one row of an opened group.
type Member struct {
	Depth int // 1: directly in the group
	DN    string
	Via   ldapbook.Ref // the group that names it
	State MemberState
	Entry ldapbook.Entry // zero: unknown
}

// Opened is a group opened to the last level, as far as the book has it.
type Opened struct {
	Rows    []Member // after each group its members
	People  int      // distinct persons
	Unknown int
	Cut     []string // where and why it ends early, in words; none: it is complete but for Unknown
}

// MaxOpened is how many rows a group is opened to.
const MaxOpened = 20_000

// branch is a member with its own members.
type branch struct {
	Member
	ref  presend.Ref
	open []*branch
}

// OpenGroup opens a list or role, level by level, each entry once, to that depth. It asks the book alone.
func (f *Federation) OpenGroup(ctx context.Context, group ldapbook.Entry, depth int) (Opened, error) {
	root := &branch{Member: Member{Entry: group, State: MemberShown}, ref: ref(group.Directory, group.DN)}
	o := &opening{f: f, seen: map[presend.Ref]bool{root.ref: true}}
	o.partial(root)
	level := o.parts(root)
	for len(level) > 0 {
		if err := o.fill(ctx, level); err != nil {
			return Opened{}, err
		}
		var next []*branch
		for _, b := range level {
			if b.State == MemberShown && b.Depth >= depth && len(parts(b.Entry)) > 0 {
				b.State = MemberNotOpened
				o.cut("%s is %d levels deep; its members are not shown.", displayName(b.Entry), b.Depth)
			}
			if b.State == MemberShown {
				o.partial(b)
				next = append(next, o.parts(b)...)
			}
		}
		level = next
	}
	o.list(root)
	return o.out, nil
}

// opening is one OpenGroup under way.
type opening struct {
	f     *Federation
	seen  map[presend.Ref]bool
	count int
	out   Opened
}

const maxCuts = 20

func (o *opening) cut(format string, args ...any) {
	if len(o.out.Cut) < maxCuts {
		o.out.Cut = append(o.out.Cut, fmt.Sprintf(format, args...))
	}
}

// partial marks a group of which the server gave only a part.
func (o *opening) partial(b *branch) {
	if b.Entry.MembersIncomplete {
		b.State = MemberPartial
		o.cut("The server gave only a part of the members of %s.", displayName(b.Entry))
	}
}

func parts(e ldapbook.Entry) []string {
	if e.Kind == ldapbook.KindRole {
		return e.Occupants
	}
	return e.Members
}

// parts makes branches for the members of one.
func (o *opening) parts(b *branch) []*branch {
	d, _ := o.f.Directory(b.Entry.Directory)
	for i, dn := range parts(b.Entry) {
		if o.count++; o.count > MaxOpened {
			o.cut("More than %d members: %d of %s and whatever is behind them are not shown.", MaxOpened, len(parts(b.Entry))-i, displayName(b.Entry))
			break
		}
		x := &branch{Member: Member{Depth: b.Depth + 1, DN: dn, Via: refOf(b.Entry)}, ref: ref(o.f.holder(d, dn), dn)}
		b.open = append(b.open, x)
	}
	return b.open
}

// fill finds the entries of branches, one question per directory.
func (o *opening) fill(ctx context.Context, level []*branch) error {
	names := map[string][]string{}
	for _, b := range level {
		names[b.ref.Directory] = append(names[b.ref.Directory], b.DN)
	}
	found := map[string]map[string]ldapbook.Entry{}
	for directory, dns := range names {
		var err error
		if found[directory], err = o.f.book.ByDN(ctx, directory, dns); err != nil {
			return err
		}
	}
	for _, b := range level {
		e, ok := found[b.ref.Directory][b.ref.DN]
		b.Entry = e
		switch {
		case !ok:
			b.State = MemberUnknown
			if !o.seen[b.ref] {
				o.out.Unknown++
			}
		case o.seen[b.ref]:
			b.State = MemberAgain
		default:
			b.State = MemberShown
			if e.Kind == ldapbook.KindPerson {
				o.out.People++
			}
		}
		o.seen[b.ref] = true
	}
	return nil
}

// list writes the branches below one in the order of a tree.
func (o *opening) list(b *branch) {
	for _, x := range b.open {
		o.out.Rows = append(o.out.Rows, x.Member)
		o.list(x)
	}
}
