// Package servercert looks at the certificates that mail and chat servers show: whether the server's key is one that the administrator
// pinned, and what was shown where it was not believed, so that a person can see it.
package servercert
