package installation

// AccountAuth is how we prove to a mail server who we are. The keys of the certificate are a directory's.
type AccountAuth struct {
	Auth                 string `toml:"auth,omitempty"`               // auto, scram, plain, external, oauthbearer, none
	ClientCertificate    string `toml:"client_certificate,omitempty"` // file, relative to the installation file
	ClientCertificatePEM string `toml:"client_certificate_pem,omitempty,multiline"`
	ClientKey            string `toml:"client_key,omitempty"` // file, "secret:NAME", or "pkcs11:…": never the key itself
}

// AccountOptions are what is wanted of the server for each message.
type AccountOptions struct {
	RequireTLS bool     `toml:"require_tls,omitempty"` // on every hop
	DeliverBy  Duration `toml:"deliver_by,omitempty"`  // after what time a delay is to be reported
	Notify     []string `toml:"notify,omitempty"`      // failure, delay, success
	Chunking   string   `toml:"chunking,omitempty"`    // auto, never
	Partial    string   `toml:"partial,omitempty"`     // rest, nobody
	MaxSize    int64    `toml:"max_size,omitempty"`    // octets
}
