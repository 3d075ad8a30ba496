package installation

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"time"
)

// Watch tells whether the policies that an Installation was loaded with are still those that its file names. It is safe for concurrent
// use; as long as the file is not written it costs a look at its time.
type Watch struct {
	in      *Installation
	mu      sync.Mutex
	looked  fileStamp
	problem string
}

// fileStamp is what changes when a file is written.
type fileStamp struct {
	written time.Time
	size    int64
	info    os.FileInfo
}

// NewWatch watches over an installation that was loaded.
func NewWatch(in *Installation) *Watch { return &Watch{in: in} }

// Outdated says that other policies are in force than those that were loaded, or that nobody can tell which; "": they are the same.
func (w *Watch) Outdated() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	info, err := os.Stat(w.in.Path)
	if err != nil {
		return fmt.Sprintf("It cannot be seen which policies are in force: %v: nothing is sent until it can.", err)
	}
	if w.looked.info != nil && os.SameFile(info, w.looked.info) && info.ModTime().Equal(w.looked.written) && info.Size() == w.looked.size {
		return w.problem
	}
	f, _, err := w.in.OnDisk()
	switch {
	case err != nil:
		w.problem = fmt.Sprintf("It cannot be seen which policies are in force: %v: nothing is sent until the file makes sense, and the program is started anew.", err)
	case !reflect.DeepEqual(f.Policies, w.in.File.Policies):
		w.problem = fmt.Sprintf("%s names other policies than those that this program works by: nothing is sent until it has taken them up; where that takes longer than a moment they cannot be used: `caveat doctor` says why, and start the program anew.", filepath.Base(w.in.Path))
	default:
		w.problem = ""
	}
	w.looked = fileStamp{info.ModTime(), info.Size(), info}
	return w.problem
}
