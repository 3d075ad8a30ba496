// Package xmldsig verifies the enveloped XML signature of a security policy (W3C XML Signature Syntax and Processing 1.1): that the
// document is, word for word, what the holder of a trusted key signed.
//
// It is strict where the standard is generous, because what the standard allows has been used to make a verifier see another
// document than the program that reads it: one signature, at the root or in its extensions; one reference, to the whole document;
// the enveloped-signature transform and one canonical form, nothing else; SHA-2 alone; and what was verified is compared, element by
// element, with what spif.Parse reads of the same bytes.
package xmldsig
