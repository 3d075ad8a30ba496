package outbox

// BeforeCopies has something done in SendDue after all messages and before all copies.
func (b *Box) BeforeCopies(f func()) { b.beforeCopies = f }
