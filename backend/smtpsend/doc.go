// Package smtpsend submits cleared messages to a mail server (RFC 6409): the own nation's submission server, one account
// at a time.
//
// It is a client of its own because the ones that exist wait for each reply before the next command, which over a
// satellite link makes fifty recipients take as many round trips, put the priority where RFC 6710 does not, and end the
// message themselves, so that nobody can record that the end is about to be sent. Here MAIL, RCPT and DATA go out in one
// go where the server allows it (RFC 2920), and between the last line of the message and its final dot the caller is asked.
//
// Order of calls: New with a way to look accounts up; Send for each message; Close at the end. A connection on which all went
// well is kept for some seconds and serves further messages of its account. A Sender is safe for concurrent use.
//
// Where the server takes chunks (BDAT) the body goes in chunks, else by DATA; either way nothing that could end the message is
// handed over before the caller has agreed. What the account wants and the server does not offer is either left out and said in
// the receipt (delivery reports), or nothing is sent (TLS on every hop).
//
// It takes nothing but an outbox.Cleared. Passwords leave only inside TLS (package saslclient), each account trusts its own CA
// only, and the server's words are bounded and cleaned before anybody sees them.
package smtpsend
