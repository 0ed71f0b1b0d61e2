package rpmpkg_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// unpacked is what a file of a payload comes down to.
type unpacked struct{ Kind, Content, Link string }

// readAll reads a whole payload.
func readAll(p *rpmpkg.Package) (map[string]unpacked, error) {
	all := map[string]unpacked{}
	for f, err := range p.Payload(context.Background()) {
		if err != nil {
			return nil, err
		}
		if _, dup := all[f.Path]; dup {
			return nil, fmt.Errorf("%s comes twice", f.Path)
		}
		u := unpacked{Kind: fmt.Sprintf("%o", f.Mode&0o170000), Link: f.LinkTo}
		if f.Reader != nil {
			h := sha256.New()
			n, err := io.Copy(h, f.Reader)
			if err != nil {
				return nil, err
			}
			if uint64(n) != f.Size {
				return nil, fmt.Errorf("%s: %d bytes instead of %d", f.Path, n, f.Size)
			}
			u.Content = hex.EncodeToString(h.Sum(nil))
		}
		if f.HardlinkTo != "" {
			first, ok := all[f.HardlinkTo]
			if !ok {
				return nil, fmt.Errorf("%s: hard link to %s, which did not come yet", f.Path, f.HardlinkTo)
			}
			u.Content = first.Content
		}
		all[f.Path] = u
	}
	return all, nil
}

// readTree reads a directory in the same form.
func readTree(t *testing.T, root string) map[string]unpacked {
	t.Helper()
	all := map[string]unpacked{}
	require.NoError(t, filepath.Walk(root, func(path string, fi os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		u := unpacked{Kind: fmt.Sprintf("%o", fi.Sys().(*syscall.Stat_t).Mode&0o170000)}
		switch {
		case fi.Mode().IsRegular():
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(data)
			u.Content = hex.EncodeToString(sum[:])
		case fi.Mode()&os.ModeSymlink != 0:
			if u.Link, err = os.Readlink(path); err != nil {
				return err
			}
		}
		all["/"+strings.TrimPrefix(strings.TrimPrefix(path, root), "/")] = u
		return nil
	}))
	return all
}

// payloadAsRpm2cpio unpacks every package with rpm's and cpio's own tools.
func payloadAsRpm2cpio(t *testing.T, files []string) {
	testenv.NeedTool(t, "rpm2cpio", "cpio")
	testenv.NeedRoot(t) // device files
	for _, path := range files {
		name := filepath.Base(path)
		if name == "v6.rpm" || name == "empty.rpm" {
			continue // cpio knows no stripped entries; and see the test below
		}
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			testenv.Run(t, root, "sh", "-c", "rpm2cpio '"+path+"' | cpio -id --quiet --no-absolute-filenames")
			want := readTree(t, root)
			got, err := readAll(open(t, path))
			require.NoError(t, err)
			for p := range got {
				if !strings.HasPrefix(p, "/") { // in a source package
					got["/"+p] = got[p]
					delete(got, p)
				}
			}
			for p, u := range want {
				if _, ok := got[p]; !ok && u.Kind == "40000" {
					delete(want, p) // a parent that cpio made
				}
			}
			assert.Empty(t, cmp.Diff(want, got))
		})
	}
}

// TestPayloadAsInstalled has rpm install the package, which works for version 6 too.
func TestPayloadAsInstalled(t *testing.T) {
	testenv.NeedTool(t, "rpm")
	testenv.NeedRoot(t)
	for _, v6 := range []bool{false, true} {
		p := sample()
		p.V6 = v6
		// rpm 4.18 waits for a reader of a pipe that it installs, and devices need
		// a directory that is there before.
		p.Files = slices.DeleteFunc(p.Files, func(f rpmtest.File) bool { return f.Path == "/run/pipe" || f.Path == "/dev/odd" })
		path, root := writeFile(t, "sample.rpm", build(t, p)), t.TempDir()
		testenv.Run(t, "", "rpm", "-i", "--nodeps", "--noscripts", "--notriggers", "--nosignature", "--ignorearch", "--root", root, "--dbpath", "/db", path)
		want := readTree(t, root)
		got, err := readAll(open(t, path))
		require.NoError(t, err)
		for p := range want {
			if _, ok := got[p]; !ok {
				delete(want, p) // parents, and the database
			}
		}
		assert.Empty(t, cmp.Diff(want, got), "version 6: %v", v6)
	}
}

func TestPayloadOfNoFiles(t *testing.T) {
	all, err := readAll(open(t, writeFile(t, "empty.rpm", build(t, &rpmtest.Package{Name: "empty"}))))
	require.NoError(t, err)
	assert.Empty(t, all)
}

// TestPayloadMetadata checks that a file comes with what the header has for it.
func TestPayloadMetadata(t *testing.T) {
	p := open(t, writeFile(t, "sample.rpm", build(t, sample())))
	files, err := p.Files()
	require.NoError(t, err)
	seen := 0
	for f, err := range p.Payload(t.Context()) {
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(files[f.Index], f.FileInfo))
		assert.Equal(t, f.IsRegular(), (f.Reader != nil) != (f.HardlinkTo != ""), f.Path)
		assert.False(t, f.IsGhost())
		seen++
	}
	assert.Equal(t, len(files)-1, seen, "all but the ghost")
}

func TestPayloadHardlinks(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		s := sample()
		s.V6 = v6
		p := open(t, writeFile(t, "sample.rpm", build(t, s)))
		links := map[string]string{}
		for f, err := range p.Payload(t.Context()) {
			require.NoError(t, err)
			if f.HardlinkTo != "" {
				links[f.Path] = f.HardlinkTo
			}
		}
		assert.Equal(t, map[string]string{
			"/usr/bin/alias": "/usr/bin/every2", "/usr/bin/every": "/usr/bin/every2", // the last one has the content
			"/usr/lib/sample/empty2": "/usr/lib/sample/empty1", // where there is none, the first one comes first
		}, links)
	}
}

// TestPayloadSkipsWhatIsNotRead stops reading files, and the iteration, early.
func TestPayloadSkipsWhatIsNotRead(t *testing.T) {
	path := writeFile(t, "sample.rpm", build(t, sample()))
	for _, all := range []bool{false, true} {
		p, err := rpmpkg.Open(path, &rpmpkg.Options{VerifyAll: all})
		require.NoError(t, err)
		defer p.Close()
		var last *rpmpkg.PayloadFile
		for f, err := range p.Payload(t.Context()) {
			require.NoError(t, err)
			if last != nil && last.Reader != nil {
				n, err := last.Reader.Read(make([]byte, 1))
				assert.Zero(t, n, "a reader ends with its step")
				assert.Error(t, err)
			}
			last = f
		}
		for range p.Payload(t.Context()) {
			break
		}
		_, err = readAll(p)
		assert.NoError(t, err, "can be read again")
	}
}

// TestPayloadByReads reads in small steps, without io.WriterTo.
func TestPayloadByReads(t *testing.T) {
	data := build(t, sample())
	want, err := readAll(open(t, writeFile(t, "sample.rpm", data)))
	require.NoError(t, err)
	for _, all := range []bool{false, true} {
		p, err := rpmpkg.Read(bytes.NewReader(data), &rpmpkg.Options{VerifyAll: all})
		require.NoError(t, err)
		for f, err := range p.Payload(t.Context()) {
			require.NoError(t, err)
			if f.Reader == nil {
				continue
			}
			h := sha256.New()
			_, err := io.CopyBuffer(h, iotest.OneByteReader(f.Reader), make([]byte, 100))
			require.NoError(t, err)
			assert.Equal(t, want[f.Path].Content, hex.EncodeToString(h.Sum(nil)), f.Path)
			n, err := io.Copy(io.Discard, f.Reader)
			assert.NoError(t, err)
			assert.Zero(t, n, "is at its end")
		}
	}
}

func TestPayloadInParallel(t *testing.T) {
	p := open(t, writeFile(t, "sample.rpm", build(t, sample())))
	want, err := readAll(p)
	require.NoError(t, err)
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			got, err := readAll(p)
			if err == nil && !cmp.Equal(want, got) {
				err = errors.New(cmp.Diff(want, got))
			}
			return err
		})
	}
	assert.NoError(t, g.Wait())
}

func TestPayloadCancelled(t *testing.T) {
	p := open(t, writeFile(t, "sample.rpm", build(t, sample())))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for f, err := range p.Payload(ctx) {
		assert.Nil(t, f)
		assert.ErrorIs(t, err, context.Canceled)
	}
}

func TestReadFromStream(t *testing.T) {
	data := build(t, sample())
	p, err := rpmpkg.Read(io.MultiReader(bytes.NewReader(data)), nil)
	require.NoError(t, err)
	assert.EqualValues(t, -1, p.Size())
	want, err := readAll(open(t, writeFile(t, "sample.rpm", data)))
	require.NoError(t, err)
	got, err := readAll(p)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(want, got))
	_, err = readAll(p)
	assert.ErrorContains(t, err, "read already")

	p, err = rpmpkg.Read(bytes.NewReader(data), nil)
	require.NoError(t, err)
	assert.EqualValues(t, len(data), p.Size())
	for range 2 {
		_, err = readAll(p)
		require.NoError(t, err)
	}
}

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	hello := &rpmtest.Package{Name: "hello", Files: []rpmtest.File{{Path: "/usr/bin/hello", Mode: 0o755, Body: "#!/bin/sh\necho hello\n"}}}
	if err := rpmtest.WriteRepo(context.Background(), dir, hello); err != nil {
		fmt.Println(err)
		return
	}

	p, err := rpmpkg.Open(filepath.Join(dir, hello.FileName()), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	info, err := p.Info()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(info.NEVRA)
	for f, err := range p.Payload(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %s:%s %o %d bytes\n", f.Path, f.User, f.Group, f.Mode, f.Size)
	}
	// Output:
	// hello-1.0-1.noarch
	// /usr/bin/hello root:root 100755 21 bytes
}
