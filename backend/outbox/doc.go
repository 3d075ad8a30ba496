// Package outbox is the only way out of the program. Clear turns a checked draft into a Cleared value and a durable queue
// row in one transaction with its audit entry; Run sends what is queued.
//
// A message is never lost and is sent once (RULES 25): before the end of the message is sent, the state body-sent is
// committed. If the program dies between that and the server's reply nobody can know whether the message was taken: on the
// next start it is "perhaps delivered", and the user decides.
//
// Copies for the user's mailbox are rows of the same queue and take the same way (RULES 21): Request.Copy and ClearCopy.
//
// Order of calls: New; in the holder of the data directory's lock Recover once, then Run; anywhere Clear, ClearCopy, List, Show, Drop.
// A Box is safe for concurrent use. Only the holder may call Recover and Run.
package outbox
