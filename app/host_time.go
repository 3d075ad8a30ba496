package app

import (
	"net/http"
	"time"
)

// What a request may take. The server's own bounds are for strangers; whoever is known gets more, request by request. Operations have
// bounds of their own below these: 20 MB and 5 s for all but attached files, which may be long.
const (
	headerTime = 10 * time.Second
	answerTime = 30 * time.Second // within which each piece of an answer must be taken
	bodyTime   = 15 * time.Minute
	idleTime   = 2 * time.Minute
	hurryTime  = time.Second // within which whoever is refused must have sent the rest
	maxHeader  = 64 << 10    // bytes
)

// answerPiece is how much of an answer must be taken within answerTime, in bytes: a satellite link is faster.
const answerPiece = 64 << 10

// hurry ends the connection after the answer, and waits for little of what is still to come of the request.
func hurry(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(hurryTime)) // of a recorder in tests there is none
}

// unhurried serves a request of somebody who is known: its body may take long, as may the work on it (long polls) and the whole answer,
// as long as it is taken piece by piece.
func unhurried(next http.Handler, w http.ResponseWriter, r *http.Request) {
	w.Header().Del("Connection")
	out := &patientWriter{ResponseWriter: w, control: http.NewResponseController(w)}
	out.control.SetReadDeadline(time.Now().Add(bodyTime))
	next.ServeHTTP(out, r)
	out.control.SetReadDeadline(time.Now().Add(headerTime)) // for what is left of a body that nobody wanted
	out.renew()
}

// patientWriter gives each piece of an answer the same time. It belongs to one request.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w *patientWriter) renew() { w.control.SetWriteDeadline(time.Now().Add(answerTime)) }

// WriteHeader implements http.ResponseWriter.
func (w *patientWriter) WriteHeader(status int) {
	w.renew()
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *patientWriter) Write(data []byte) (written int, err error) {
	for {
		w.renew()
		n, err := w.ResponseWriter.Write(data[:min(len(data), answerPiece)])
		written, data = written+n, data[n:]
		if err != nil || len(data) == 0 {
			return written, err
		}
	}
}

// Unwrap is for http.ResponseController.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
