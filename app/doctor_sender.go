package app

import (
	"context"
	"database/sql"
	"os"
	"slices"

	"caveat/backend/api"
	"caveat/backend/audit"
	"caveat/backend/installation"
)

// lookAtSender finds out whether the settings let this user send at all: somebody must be bound to him, and the directory that knows him
// must be read.
func (d *doctor) lookAtSender() {
	if d.in == nil {
		return
	}
	user := loginName()
	if !slices.ContainsFunc(d.in.File.Identities, func(id installation.IdentityFile) bool { return id.IsFor(user) }) {
		d.add("sender", "", foundBlocks, "Bind one: caveat identity add", "no identity is bound to %s, the user of this system: he can send nothing", user)
	} else {
		d.add("sender", "", foundOK, "", "an identity is bound to %s", user)
	}
	own := d.in.File.System.Nation
	isRead := slices.ContainsFunc(d.in.Directories, func(x installation.Directory) bool { return x.Nation == own && !x.Paused })
	for _, x := range d.in.Directories {
		switch {
		case !x.Paused:
		case x.Nation == own && !isRead:
			d.add("directories", x.Name, foundBlocks, "Resume it on the page Directories: without the own nation's directory nobody's originator is found.", "it is paused, and no other is the own nation's")
		default:
			d.add("directories", x.Name, foundWarning, "Resume it on the page Directories.", "it is paused: its people are decided as they were last read, and after a while not any more")
		}
	}
}

// lookAtDrop finds out whether checkpoints of the log can still be laid down.
func (d *doctor) lookAtDrop() {
	if d.in == nil || d.in.File.Audit.Drop == "" {
		return
	}
	f := d.in.File.Audit
	state, then := foundWarning, ""
	if f.Required.Duration > 0 {
		state, then = foundBlocks, "; nothing is sent when none has left for "+f.Required.String()
	}
	info, err := os.Stat(f.Drop)
	switch {
	case err != nil:
		d.add("log", "drop", state, "Mount it, or make the folder anew.", "%s%s", said(err), then)
	case !info.IsDir():
		d.add("log", "drop", state, "Name a folder: drop in [audit] of the installation file.", "%s is no folder%s", f.Drop, then)
	}
}

// lookAtCheckpoints tells what the log knows of its checkpoints: whether they have left, and whether that stops the sending.
func (d *doctor) lookAtCheckpoints(ctx context.Context, db *sql.DB) {
	var known bool
	if err := db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE name = 'audit_way'`).Scan(&known); err != nil || !known || d.in == nil {
		return // an older schema
	}
	config := api.AuditConfig(d.in)
	config.Now = now
	const do = "Mend the way that it names, or take it out of [audit] of the installation file; checkpoints leave again while the program runs."
	switch h := audit.HealthOf(ctx, db, config); {
	case h.Problem != "":
		d.add("log", "checkpoints", foundBlocks, do, "%s", h.Problem)
	case h.Warning != "":
		d.add("log", "checkpoints", foundWarning, do, "%s", h.Warning)
	}
}
