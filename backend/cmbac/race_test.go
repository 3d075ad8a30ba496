//go:build race

package cmbac_test

// raceDetector: the program runs about ten times slower.
const raceDetector = true
