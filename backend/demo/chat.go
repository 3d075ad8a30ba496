package demo

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base32"
	"fmt"
	"strings"

	"caveat/backend/installation"
	"caveat/ldapbook/ldaptest"
)

// ChatAccount is the name of a user's chat account in the installation file.
const ChatAccount = "chat"

const chatSecret = "chat-" + Account

// chatUsers are who can log in: one of each nation.
var chatUsers = map[string]string{"GBR": UserAddress, "UKR": UKRCleared, "AUS": AUSCleared, "DEU": DEUCleared}

// UserJID is the chat address of the demonstration's user.
func UserJID() string { return chatAddress(UserAddress) }

// chatAddress is the chat address of whoever has a mail address.
func chatAddress(mail string) string { return strings.Replace(mail, "@", "@chat.", 1) }

// mailAddress is the other way round.
func mailAddress(jid string) string { return strings.Replace(bareOf(jid), "@chat.", "@", 1) }

func chatHost(code string) string { return cultures[code].chatDomain() }

// chatPassword is the password of a nation's chat user. It follows from that of GBR's, so that whoever starts the program for another
// nation's user on the same machine finds it.
func chatPassword(own, nation string) string {
	if nation == Own {
		return own
	}
	mac := hmac.New(sha256.New, []byte(own))
	mac.Write([]byte(nation))
	return base32.StdEncoding.EncodeToString(mac.Sum(nil))[:26]
}

// openChat makes the chat servers of all nations.
func (f *Federation) openChat(ca *ldaptest.CA, secrets installation.Secrets) error {
	own, err := secret(secrets, chatSecret)
	if err != nil {
		return err
	}
	if f.first, err = f.firstTime(); err != nil {
		return err
	}
	f.chats = map[string]*chatServer{}
	for _, code := range Codes {
		host := chatHost(code)
		cert, err := ca.Certificate(host, host)
		if err != nil {
			return err
		}
		f.chats[code] = f.newChatServer(code, chatPassword(own, code), &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
		if err := f.chats[code].firstArchive(); err != nil {
			return fmt.Errorf("demo: the first chat: %w", err)
		}
	}
	f.watching.Go(f.watchChat)
	return nil
}

// ChatServer is host:port of GBR's chat server: STARTTLS, by the demonstration's CA.
func (f *Federation) ChatServer() string { return address(f.chats[Own].clients.portNow()) }

// StopChat makes a nation's chat server unreachable: its ports close, and every connection ends; what is for it comes back as an error.
func (f *Federation) StopChat(nation string) error {
	n, err := f.nation(nation)
	if err == nil {
		f.chats[n.c.code].stop()
	}
	return err
}

// StartChat opens it again at the same addresses.
func (f *Federation) StartChat(nation string) error {
	n, err := f.nation(nation)
	if err != nil {
		return err
	}
	return f.chats[n.c.code].start(0)
}

// chatNation finds the nation of a domain, and whether it is that of its rooms; "" when it is none of the demonstration's.
func chatNation(domain string) (code string, rooms bool) {
	for _, code := range Codes {
		switch {
		case strings.EqualFold(domain, cultures[code].chatDomain()):
			return code, false
		case strings.EqualFold(domain, cultures[code].roomsDomain()):
			return code, true
		}
	}
	return "", false
}

// roomServices are those of the other nations; that of the own one is found by asking its server.
func roomServices(own string) (out []string) {
	for _, code := range Codes {
		if _, isLinked := chatLinks[link{own, code}]; isLinked && code != own {
			out = append(out, cultures[code].roomsDomain())
		}
	}
	return out
}
