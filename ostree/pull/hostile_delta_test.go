package pull_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/rpmostree/internal/xzenc"
	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/gvariant"
	"example.com/rpmostree/ostree/pull"
)

// endlessly sends the same byte until nobody listens any more.
func endlessly(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(bytes.Repeat([]byte{'x'}, 1<<16)); err != nil {
			return
		}
	}
}

// announced says that a file has more than it can have.
func announced(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", strconv.Itoa(1<<50))
	w.Write([]byte("x"))
}

// deltaServer has deltas from scratch and from the second commit to the third, with indexes, and the summary says so.
func deltaServer(t *testing.T) (src *ostree.Repo, sums []ostree.Checksum, s *server) {
	t.Helper()
	src, sums = history(t)
	for _, n := range []delta.Name{{To: sums[2]}, {To: sums[1]}, {From: sums[1], To: sums[2]}} {
		_, err := delta.Generate(t.Context(), src, n, nil)
		require.NoError(t, err)
	}
	require.NoError(t, delta.Reindex(t.Context(), src))
	require.NoError(t, src.UpdateSummary(t.Context(), nil))
	return src, sums, serve(t, src)
}

// xzBomb is a part that unpacks to more than it may.
func xzBomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteByte('x')
	require.NoError(t, new(xzenc.Encoder).Encode(&b, make([]byte, 64<<20)))
	return b.Bytes()
}

// TestHostileDeltas: whatever a server says about deltas, the pull fails and names the delta and the address, or does
// without. In no case is there anything that was not verified.
func TestHostileDeltas(t *testing.T) {
	src, sums, s := deltaServer(t)
	to := delta.Name{To: sums[2]}
	read := func(path string) []byte {
		data, err := os.ReadFile(filepath.Join(src.Path(), path))
		require.NoError(t, err)
		return data
	}
	index, super, part := delta.IndexPath(sums[2]), to.Dir()+"/superblock", to.Dir()+"/0"
	flipped := func(path string, at int) []byte {
		data := read(path)
		data[(at+len(data))%len(data)] ^= 1
		return data
	}
	lies := func(n delta.Name, digest ostree.Checksum) []byte {
		list := gvariant.NewDict()
		list.Set(n.String(), gvariant.NewBytes(digest[:]))
		d := gvariant.NewDict()
		d.Set("ostree.static-deltas", list.Value())
		return d.Value().Bytes()
	}
	for _, c := range []struct {
		name, path string
		answer     http.HandlerFunc
		want       string // "" for a pull that does without the delta
	}{
		{"index gone", index, http.NotFound, ""},
		{"index fails", index, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "500 Internal Server Error"},
		{"index is garbage", index, send([]byte("<html>Please log in</html>")), "delta index: "},
		{"index cut", index, send(read(index)[:20]), "delta index: "},
		{"index is endless", index, endlessly, "exceeded maximum size of 16777216 bytes"},
		{"index is announced to be huge", index, announced, "exceeded maximum size of 16777216 bytes"},
		{"index of another commit", index, send(read(delta.IndexPath(sums[1]))), ""},
		{"index with the digest of another", index, send(lies(to, sums[0])), ""},
		{"index with what leads up from the directory", index, send(bytes.ReplaceAll(lies(to, sums[0]), []byte(to.String()), []byte(strings.Repeat("../", len(to.String())/3)+"x"))), "delta index: "},
		{"superblock gone", super, http.NotFound, ""},
		{"superblock with one bit less", super, send(flipped(super, -1)), ""},
		{"superblock of another delta", super, send(read(delta.Name{To: sums[1]}.Dir() + "/superblock")), ""},
		{"superblock is endless", super, endlessly, "exceeded maximum size of 134217728 bytes"},
		{"superblock is announced to be huge", super, announced, "exceeded maximum size of 134217728 bytes"},
		{"superblock breaks off", super, breakOff(read(super)[:10], len(read(super))), "at byte 10"},
		{"redirect to a file", super, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, "unsupported protocol scheme"},
		{"part gone", part, http.NotFound, ""},
		{"part is empty", part, send(nil), to.String()},
		{"part is garbage", part, send([]byte("garbage")), to.String()},
		{"part with one bit more", part, send(flipped(part, len(read(part))/2)), to.String()},
		{"part cut", part, send(read(part)[:len(read(part))-1]), to.String()},
		{"part with one byte more", part, send(append(read(part), 0)), to.String()},
		{"part is endless", part, endlessly, to.String()},
		{"part is announced to be huge", part, announced, "exceeded maximum size"},
		{"part breaks off", part, breakOff(read(part)[:10], len(read(part))), "at byte 10"},
		{"part is a bomb", part, send(xzBomb(t)), to.String()},
		{"part of another delta", part, send(read(delta.Name{To: sums[1]}.Dir() + "/0")), to.String()},
		{"part stalls", part, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("x"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "stalled"},
		{"part loops", part, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "stopped after 10 redirects"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.setHook(only(c.path, c.answer))
			dst := newRepo(t, ostree.ModeBareUser)
			res, err := pull.Pull(t.Context(), dst, s.sourceThat(c.want), mainRef)
			if c.want == "" {
				require.NoError(t, err)
				require.Zero(t, res.Deltas)
				requireComplete(t, dst, "origin:main", sums[2])
				return
			}
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, s.URL+"/"+c.path, "the address")
			if c.path != index {
				require.ErrorContains(t, err, "delta "+to.String())
			}
			requireUnchanged(t, dst)
			s.setHook(nil)
			res, err = pull.Pull(t.Context(), dst, s.source(), mainRef)
			require.NoError(t, err)
			require.Equal(t, 1, res.Deltas)
			requireComplete(t, dst, "origin:main", sums[2])
		})
	}
}

// TestHostileSummary: it comes before any object, and nothing of it is believed before it has been read as a whole.
func TestHostileSummary(t *testing.T) {
	src, sums, s := deltaServer(t)
	good, err := os.ReadFile(filepath.Join(src.Path(), "summary"))
	require.NoError(t, err)
	encode := func(change func(*ostree.SummaryRef)) []byte {
		parsed, err := ostree.ParseSummary(good)
		require.NoError(t, err)
		r := &parsed.Refs[0]
		change(r)
		ref := gvariant.NewTuple(gvariant.NewString(r.Name), gvariant.NewTuple(gvariant.NewUint64(r.CommitSize),
			gvariant.NewBytes(r.Checksum[:]), gvariant.NewDict().Value()))
		refs, err := gvariant.NewArray("(s(taya{sv}))", ref)
		require.NoError(t, err)
		return gvariant.NewTuple(refs, parsed.Metadata.Value()).Bytes()
	}
	size := func(n uint64) []byte { return encode(func(r *ostree.SummaryRef) { r.CommitSize = n }) }
	commit := "objects/" + ostree.ObjectName{Checksum: sums[2], Type: ostree.TypeCommit}.LoosePath(ostree.ModeArchive)
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
		at     string // the address, if not that of the summary
	}{
		{"garbage", send([]byte("<html></html>")), "summary", ""},
		{"cut", send(good[:len(good)-7]), "summary", ""},
		{"one byte more", send(append(bytes.Clone(good), 0)), "summary", ""},
		{"endless", endlessly, "exceeded maximum size of 134217728 bytes", ""},
		{"announced to be huge", announced, "exceeded maximum size of 134217728 bytes", ""},
		{"breaks off", breakOff(good[:50], len(good)), "at byte 50", ""},
		{"commit smaller than it is", send(size(10)), "exceeded maximum size of 10 bytes", commit},
		{"commit larger than can be", send(size(1 << 63)), "", ""},
		{"fails", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, "502 Bad Gateway", ""},
		{"loops", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusMovedPermanently)
		}, "stopped after 10 redirects", ""},
		{"no such commit", send(encode(func(r *ostree.SummaryRef) { r.Checksum = ostree.Checksum{1} })), "404 Not Found",
			"objects/01/" + strings.Repeat("0", 62) + ".commit"},
		{"an older commit", send(encode(func(r *ostree.SummaryRef) { r.Checksum = sums[0] })), "", ""},
		{"another ref", send(encode(func(r *ostree.SummaryRef) { r.Name = "other" })), "no such ref in the repository's summary", "-"},
		{"a ref that leads up", send(bytes.ReplaceAll(good, []byte("main"), []byte("../x"))), "summary", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.setHook(only("summary", c.answer))
			dst := newRepo(t, ostree.ModeBareUser)
			_, err := pull.Pull(t.Context(), dst, s.source(), mainRef)
			if c.want == "" { // it may say so
				require.NoError(t, err)
				requireIntact(t, dst)
				return
			}
			require.ErrorContains(t, err, c.want)
			switch c.at {
			case "":
				require.ErrorContains(t, err, s.URL+"/summary")
			case "-":
			default:
				require.ErrorContains(t, err, s.URL+"/"+c.at)
			}
			requireUnchanged(t, dst)
		})
	}
}

// watchMemory samples the memory in use until stop is called.
func watchMemory() (peak *uint64, stop func()) {
	peak = new(uint64)
	quit, done := make(chan struct{}), make(chan struct{})
	runtime.GC()
	go func() {
		defer close(done)
		var m runtime.MemStats
		for {
			select {
			case <-quit:
				return
			default:
			}
			runtime.ReadMemStats(&m)
			*peak = max(*peak, m.HeapInuse)
			runtime.Gosched()
		}
	}()
	return peak, func() { close(quit); <-done }
}
