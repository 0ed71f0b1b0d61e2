package pull_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/rpmostree/internal/fetch"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
	"github.com/stretchr/testify/require"
)

// only answers requests for one path.
func only(path string, answer http.HandlerFunc) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/"+path {
			return false
		}
		answer(w, r)
		return true
	}
}

func send(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.Write(data)
	}
}

// breakOff sends data of a longer file and drops the connection.
func breakOff(data []byte, total int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(total))
		w.Write(data)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// filez makes an archive object: sizeInHeader is what the header claims.
func filez(t *testing.T, content []byte, sizeInHeader uint64) []byte {
	t.Helper()
	// (tuuuusa(ayay)): size, uid, gid, mode, rdev, "" and no attributes, with
	// one framing offset for the string.
	h := binary.BigEndian.AppendUint64(nil, sizeInHeader)
	for _, v := range []uint32{0, 0, 0o100644, 0} {
		h = binary.BigEndian.AppendUint32(h, v)
	}
	h = append(h, 0)
	h = append(h, byte(len(h)))
	var b bytes.Buffer
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(h))))
	b.Write([]byte{0, 0, 0, 0})
	b.Write(h)
	z, err := flate.NewWriter(&b, 9)
	require.NoError(t, err)
	_, err = z.Write(content)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// zeros is an endless body of compressible content.
func bomb(t *testing.T, n int) []byte {
	t.Helper()
	return filez(t, make([]byte, n), 10)
}

func TestHostileContent(t *testing.T) {
	src, sums := history(t)
	victim := fileObject(t, src, sums[2], "usr/lib/a/deep")
	good, err := os.ReadFile(filepath.Join(src.Path(), victim))
	require.NoError(t, err)
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
		is     error
	}{
		{"other object", send(filez(t, []byte("evil content"), 12)), "content has checksum", nil},
		{"garbage", send([]byte("<html>please log in</html>")), "", nil},
		{"empty", send(nil), "", nil},
		{"truncated file", send(good[:len(good)-3]), "", nil},
		{"truncated header", send(good[:10]), "", nil},
		{"trailing bytes", send(append(bytes.Clone(good), 0)), "", nil},
		{"truncated transfer", breakOff(good[:20], len(good)), "at byte 20", io.ErrUnexpectedEOF},
		{"4 GiB header", send(append([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, good...)), "", nil},
		{"huge size", send(filez(t, []byte("x"), 1<<62)), "", nil},
		{"negative size", send(filez(t, []byte("x"), 1<<63)), "", nil},
		{"longer than it says", send(bomb(t, 64<<20)), "", nil},
		{"shorter than it says", send(filez(t, []byte("x"), 10)), "", nil},
		{"missing", http.NotFound, "404 Not Found", fs.ErrNotExist},
		{"server error", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }, "500 Internal Server Error", nil},
		{"redirect loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "stopped after 10 redirects", nil},
		{"redirect away from http", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, "unsupported protocol scheme", nil},
		{"stalled", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(good)))
			w.Write(good[:12])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "stalled", fetch.ErrStalled},
	} {
		for _, mode := range []ostree.Mode{ostree.ModeBareUser, ostree.ModeArchive} {
			t.Run(tc.name+" "+mode.String(), func(t *testing.T) {
				s := serve(t, src)
				s.setHook(only(victim, tc.answer))
				dst := newRepo(t, mode)
				_, err := pull.Pull(t.Context(), dst, s.sourceThat(tc.want), mainRef)
				require.ErrorContains(t, err, s.URL+"/"+victim, "the URL")
				require.ErrorContains(t, err, checksumOf(victim), "the object")
				require.ErrorContains(t, err, tc.want)
				if tc.is != nil {
					require.ErrorIs(t, err, tc.is)
				}
				requireUnchanged(t, dst)
				// The rest is kept: only the victim is fetched again.
				s.setHook(nil)
				_, err = pull.Pull(t.Context(), dst, s.source(), mainRef)
				require.NoError(t, err)
				requireComplete(t, dst, "origin:main", sums[2])
			})
		}
	}
}

func checksumOf(object string) string {
	name := strings.TrimPrefix(object, "objects/")
	return strings.Replace(name[:strings.IndexByte(name, '.')], "/", "", 1)
}

// requireUnchanged: no ref, no object is visible after a failed first pull.
func requireUnchanged(t *testing.T, dst *ostree.Repo) {
	t.Helper()
	refs, err := dst.Refs(t.Context(), &ostree.RefsOptions{Remotes: true, Mirrors: true})
	require.NoError(t, err)
	require.Empty(t, refs)
	require.Empty(t, objectFiles(t, dst))
}

func TestHostileMetadata(t *testing.T) {
	src, sums := history(t)
	c, err := src.LoadCommit(t.Context(), sums[2])
	require.NoError(t, err)
	path := func(sum ostree.Checksum, typ ostree.ObjectType) string {
		return "objects/" + ostree.ObjectName{Checksum: sum, Type: typ}.LoosePath(ostree.ModeArchive)
	}
	endless := func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	}
	old, err := src.LoadMetadata(t.Context(), ostree.ObjectName{Checksum: sums[0], Type: ostree.TypeCommit})
	require.NoError(t, err)
	for _, tc := range []struct {
		name, path string
		answer     http.HandlerFunc
		want       string
	}{
		{"older commit under the new name", path(sums[2], ostree.TypeCommit), send(old), "content has checksum " + sums[0].String()},
		{"root dirtree", path(c.RootTree, ostree.TypeDirTree), send([]byte("nonsense")), "content has checksum"},
		{"dirmeta", path(c.RootMeta, ostree.TypeDirMeta), send(make([]byte, 12)), "content has checksum"},
		{"missing dirtree", path(c.RootTree, ostree.TypeDirTree), http.NotFound, "404 Not Found"},
		{"announced 1 TB", path(c.RootTree, ostree.TypeDirTree), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(1<<40))
			w.Write([]byte("x"))
		}, "exceeded maximum size of 134217728 bytes"},
		{"commit of 1 TB", path(sums[2], ostree.TypeCommit), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(1<<40))
			w.Write([]byte("x"))
		}, "exceeded maximum size of 16777216 bytes"},
		{"endless ref", "refs/heads/main", endless, "exceeded maximum size of 1024 bytes"},
		{"ref is no checksum", "refs/heads/main", send([]byte("../../x\n")), "resolve ref main"},
		{"upper-case checksum", "refs/heads/main", send([]byte(strings.Repeat("A", 64) + "\n")), "resolve ref main"},
		{"config", "config", send([]byte("[core\nmode")), "remote config"},
		{"summary not in normal form", "summary", send([]byte("nonsense")), "summary"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, src)
			s.setHook(only(tc.path, tc.answer))
			dst := newRepo(t, ostree.ModeBareUser)
			_, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
			require.ErrorContains(t, err, tc.want)
			requireUnchanged(t, dst)
		})
	}
}

// TestBrokenDetached: broken signatures are no signatures. Who needs none gets
// the commit without them, who does gets an error that names the object.
func TestBrokenDetached(t *testing.T) {
	src, sums := history(t)
	n := ostree.ObjectName{Checksum: sums[2], Type: ostree.TypeCommitMeta}
	s := serve(t, src)
	s.setHook(only("objects/"+n.LoosePath(ostree.ModeArchive), func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("nonsense"))
	}))
	dst := newRepo(t, ostree.ModeBareUser)
	_, err := pull.Pull(t.Context(), dst, s.source(), &pull.Options{Refs: []string{"main"}, Verify: refuseUnsigned{}})
	require.ErrorContains(t, err, n.String())
	requireUnchanged(t, dst)
	_, err = pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	d, err := dst.DetachedMetadata(t.Context(), sums[2])
	require.NoError(t, err)
	require.Nil(t, d)
}

// refuseUnsigned demands some detached metadata of commits.
type refuseUnsigned struct{}

func (refuseUnsigned) VerifyCommit(_ context.Context, _ []byte, d *gvariant.Dict) error {
	if d == nil {
		return errors.New("unsigned")
	}
	return nil
}

func (refuseUnsigned) VerifySummary(context.Context, []byte, []byte) error { return nil }

// TestEndlessMetadata: a body without an announced size stops at the limit
// without being kept.
func TestEndlessMetadata(t *testing.T) {
	src, sums := history(t)
	require.NoError(t, src.UpdateSummary(t.Context(), nil)) // it limits commits to their size
	s := serve(t, src)
	var sent atomic.Int64
	s.setHook(only("objects/"+ostree.ObjectName{Checksum: sums[2], Type: ostree.TypeCommit}.LoosePath(ostree.ModeArchive),
		func(w http.ResponseWriter, r *http.Request) {
			for sent.Load() < 1<<30 {
				n, err := w.Write(make([]byte, 1<<16))
				if sent.Add(int64(n)); err != nil {
					return
				}
			}
		}))
	_, err := pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), s.source(), mainRef)
	require.ErrorIs(t, err, fetch.ErrTooLarge)
	require.Less(t, sent.Load(), int64(64<<20))
}

func TestBombUsesLittleMemory(t *testing.T) {
	src, sums := history(t)
	victim := fileObject(t, src, sums[2], "usr/lib/a/deep")
	data := bomb(t, 256<<20)
	s := serve(t, src)
	s.setHook(only(victim, send(data)))
	dst := newRepo(t, ostree.ModeBareUser)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
	runtime.ReadMemStats(&after)
	require.Error(t, err)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
}

// TestServerRecovers: failures that go away do not fail a pull.
func TestServerRecovers(t *testing.T) {
	src, sums := history(t)
	victim := fileObject(t, src, sums[2], "usr/lib/a/deep")
	for name, first := range map[string]http.HandlerFunc{
		"500":         func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) },
		"dropped":     func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"broken body": breakOff([]byte("abc"), 100),
		"stalled":     func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, src)
			s.setHook(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/"+victim || s.count(victim) > 1 {
					return false
				}
				first(w, r)
				return true
			})
			dst := newRepo(t, ostree.ModeBareUser)
			source := s.source()
			if name == "stalled" {
				source = s.impatient(1)
			}
			_, err := pull.Pull(t.Context(), dst, source, mainRef)
			require.NoError(t, err)
			requireComplete(t, dst, "origin:main", sums[2])
			require.LessOrEqual(t, s.count(victim), 3, "one may be in vain: to resume")
		})
	}
}

// TestMirrors: what one mirror does not have, or has corrupted, another gives.
func TestMirrors(t *testing.T) {
	src, sums := history(t)
	victim := fileObject(t, src, sums[2], "usr/lib/a/deep")
	bad, good := serve(t, src), serve(t, src)
	source := pull.NewHTTP(nil, &pull.HTTPOptions{URLs: []string{bad.URL, good.URL}, Retries: -1})
	for name, answer := range map[string]http.HandlerFunc{"missing": http.NotFound, "corrupt": send(filez(t, []byte("evil"), 4))} {
		t.Run(name, func(t *testing.T) {
			bad.setHook(only(victim, answer))
			good.setHook(nil)
			dst := newRepo(t, ostree.ModeBareUser)
			_, err := pull.Pull(t.Context(), dst, source, mainRef)
			require.NoError(t, err)
			requireComplete(t, dst, "origin:main", sums[2])
			require.Equal(t, 1, good.count(victim))
		})
	}
	bad.setHook(only(victim, http.NotFound))
	good.setHook(only(victim, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }))
	_, err := pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), source, mainRef)
	require.ErrorContains(t, err, bad.URL)
	require.ErrorContains(t, err, good.URL)
	require.NotErrorIs(t, err, fs.ErrNotExist, "one mirror only failed")
}

// TestCancel: a pull ends soon after its context and can be continued.
func TestCancel(t *testing.T) {
	src, sums := history(t)
	s := serve(t, src)
	ctx, cancel := context.WithCancel(t.Context())
	s.setHook(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, ".filez") && s.count(".filez") == 3 {
			cancel()
			<-r.Context().Done()
			return true
		}
		return false
	})
	dst := newRepo(t, ostree.ModeBareUser)
	start := time.Now()
	_, err := pull.Pull(ctx, dst, s.source(), mainRef)
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, time.Since(start), 10*time.Second)
	requireUnchanged(t, dst)
	s.setHook(nil)
	_, err = pull.Pull(t.Context(), dst, s.source(), mainRef)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", sums[2])
}

// plainSource is the least that a Source can be.
type plainSource struct {
	dir string
	bad string
}

func (p plainSource) Get(_ context.Context, path string) (io.ReadCloser, int64, error) {
	if path == p.bad {
		return io.NopCloser(io.LimitReader(zeros{}, 1<<40)), -1, nil
	}
	f, err := os.Open(filepath.Join(p.dir, path))
	return f, -1, err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestPlainSource(t *testing.T) {
	src, sums := history(t)
	dst := newRepo(t, ostree.ModeBareUser)
	_, err := pull.Pull(t.Context(), dst, plainSource{dir: src.Path()}, mainRef)
	require.NoError(t, err)
	requireComplete(t, dst, "origin:main", sums[2])
	_, err = pull.Pull(t.Context(), newRepo(t, ostree.ModeBareUser), plainSource{src.Path(), "refs/heads/main"}, mainRef)
	require.True(t, errors.Is(err, fetch.ErrTooLarge), "%v", err)
}

func TestLocalSourceStaysInside(t *testing.T) {
	src, _ := history(t)
	_, _, err := pull.Local(src).Get(t.Context(), "../../etc/passwd")
	require.Error(t, err)
	body, size, err := pull.Local(src).Get(t.Context(), "refs/heads/main")
	require.NoError(t, err)
	require.Equal(t, int64(65), size)
	require.NoError(t, body.Close())
}
