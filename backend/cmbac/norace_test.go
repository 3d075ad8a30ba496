//go:build !race

package cmbac_test

// raceDetector: see race_test.go.
const raceDetector = false
