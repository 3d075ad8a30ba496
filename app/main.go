// Package app puts the parts together: the commands, the HTTP host, the wiring. It holds no rule of the field.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"caveat/backend/plain"
	"caveat/backend/store"
)

// Exit statuses of every command.
const (
	exitDone   = 0 // done, or permitted
	exitError  = 1 // something in the input or the environment is wrong
	exitUsage  = 2 // the command was written wrongly
	exitDenied = 3 // denied or blocked
)

// commands is the whole command line; names are a contract with scripts.
type commands struct {
	Data    string `help:"Data directory; left out, your own (demo has one of its own)." env:"CAVEAT_DATA" placeholder:"DIR"`
	Secrets string `help:"Where passwords are kept: keychain (the system's) or file; another place than before moves them. The installation file's word counts more. Left out: where they are; the first go into the keychain, where there is one." env:"CAVEAT_SECRETS" placeholder:"PLACE"`
	JSON    bool   `help:"One JSON document on standard output."`
	logFlags

	Window       windowCommand       `cmd:"" default:"1" hidden:"" help:"The desktop window."`
	Demo         demoCommand         `cmd:"" help:"A federation of four nations on this machine, with a mailbox and a chat account for its user, and the app on it."`
	Serve        serveCommand        `cmd:"" help:"The app in the browser, on your own settings."`
	Policy       policyCommand       `cmd:"" help:"Security policies: what one says of a label, which are loaded, which is in force."`
	Directory    directoryCommand    `cmd:"" help:"The nations' directories."`
	Book         bookCommand         `cmd:"" help:"The address book over all directories."`
	Account      accountCommand      `cmd:"" help:"Accounts for mail and chat: add, test, change, remove."`
	Identity     identityCommand     `cmd:"" help:"Who may send as whom on this machine, and with which roles."`
	Check        checkCommand        `cmd:"" help:"Who may get a draft, who may not, and why."`
	Send         sendCommand         `cmd:"" help:"Check a draft with fresh data and send it."`
	Outbox       outboxCommand       `cmd:"" help:"What was sent, is waiting, or needs your decision."`
	Mail         mailCommand         `cmd:"" help:"Messages in files."`
	Inbox        inboxCommand        `cmd:"" help:"Messages that came in."`
	Audit        auditCommand        `cmd:"" help:"The log of decisions, overrides and sends."`
	Installation installationCommand `cmd:"" help:"The installation file: a new one, import, export, secrets."`
	Doctor       doctorCommand       `cmd:"" help:"Look at settings, secrets, directories, clocks, disk and data, and say what to do. Nothing is changed."`
	Backup       backupCommand       `cmd:"" help:"Copy the data directory into one file, while the program runs; without secrets."`
	Restore      restoreCommand      `cmd:"" help:"Bring a backup back into an empty data directory."`
	Openapi      openapiCommand      `cmd:"" help:"The OpenAPI document of the HTTP interface."`
	Version      versionCommand      `cmd:"" help:"Version of this program."`
}

// console is where a command reads and writes, and what every command needs of its surroundings.
type console struct {
	in       io.Reader
	out, err io.Writer
	json     bool
	data     string
	secrets  string // where they are kept; "": where they are
	read     bool   // standard input has been read
	log      logFlags
	free     func(dir string) (int64, error) // how many bytes the disk of a folder still takes
}

// exitStatus is returned by a command that ends with a status of its own after it has printed its answer.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Main runs the command line of the process and exits.
func Main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() { time.AfterFunc(endTime, endAllTheSame) })
	status := Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// endTime is how long the program may take to end once it is told to. Whatever it does can be broken off (RULES 25), so that this is
// only for what does not heed that it is.
const endTime = 5 * time.Second

func endAllTheSame() {
	fmt.Fprintf(os.Stderr, "caveat: it had not ended after %s, and is ended: what was being sent is sorted out at the next start\n", endTime)
	os.Exit(exitError)
}

// Run runs one command and returns its exit status. Answers go to stdout, diagnostics to stderr.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	var c commands
	// kong leaves by calling Exit; the panic brings us back here with the status.
	defer func() {
		if r := recover(); r != nil {
			s, ok := r.(kongExit)
			if !ok {
				panic(r)
			}
			status = int(s)
		}
	}()
	parser, err := kong.New(&c, kong.Name("caveat"), kong.Description("Address book and pre-send check for federated mission networks."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { panic(kongExit(code)) }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		panic("app: internal error: " + err.Error())
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "caveat: %s (see caveat --help)\n", oneLine(err.Error()))
		return exitUsage
	}
	con := &console{in: stdin, out: stdout, err: stderr, json: c.JSON, data: c.Data, secrets: c.Secrets, log: c.logFlags, free: diskFree}
	con.log.use(stderr, slog.LevelWarn)
	parsed.BindTo(ctx, (*context.Context)(nil))
	return con.status(parsed.Run(con))
}

type kongExit int

// status turns the error of a command into one line and an exit status.
func (c *console) status(err error) int {
	var status exitStatus
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &usage):
		fmt.Fprintf(c.err, "caveat: %s\n", oneLine(plain.Text(err)))
		return exitUsage
	}
	line := plain.Text(err)
	if advice := store.Advice(err); advice != "" {
		line += ": " + advice
	}
	fmt.Fprintf(c.err, "caveat: %s\n", oneLine(line))
	return exitError
}

// usageError is a command that was written wrongly in a way that kong does not see.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// oneLine makes a diagnostic one line, at most maxLine characters long.
func oneLine(s string) string {
	r := []rune(harmless(strings.Join(strings.Fields(s), " ")))
	if len(r) > maxLine {
		return string(r[:maxLine]) + "…"
	}
	return string(r)
}

// maxLine is how long a diagnostic may be: an error may quote what somebody else wrote.
const maxLine = 1000
