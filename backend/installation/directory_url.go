package installation

import (
	"errors"
	"fmt"
	"net/url"
)

// checkURL refuses a URL of a directory that is more than a server's address. Whoever pastes one whole may have a password in it (user
// info, an extension such as X-BINDPW), and the file, its bundle and the log are shown to many: what is wrong is said without repeating
// any of it.
//
// std: RFC4516 §2
func checkURL(raw, security string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil: // which repeats the URL
		return errors.New("it is no URL: ldaps://HOST:PORT or ldap://HOST:PORT")
	case u.User != nil:
		return errors.New("it holds a user or a password, which is shown to everybody here: leave out what stands before the @; bind_dn and secret say who asks")
	case u.Host == "" || u.Hostname() == "" || u.Scheme != "ldap" && u.Scheme != "ldaps" || (u.Scheme == "ldaps") != (security == "ldaps"):
		return fmt.Errorf("it does not go with security %q: ldaps://HOST:PORT for ldaps, ldap://HOST:PORT for the others", security)
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("it goes on after HOST:PORT: leave that out; what it is about belongs into base_dn")
	}
	return nil
}
