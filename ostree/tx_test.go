package ostree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree/gvariant"
)

// forModes runs a test in each mode that can be written.
func forModes(t *testing.T, fn func(t *testing.T, r *Repo)) {
	for _, mode := range writableModes {
		t.Run(mode.String(), func(t *testing.T) { fn(t, newRepo(t, mode)) })
	}
}

func readFile(t testing.TB, f *File) string {
	t.Helper()
	defer f.Close()
	if f.Reader == nil {
		return ""
	}
	data, err := io.ReadAll(f.Reader)
	require.NoError(t, err)
	return string(data)
}

func TestWriteFileRoundTrip(t *testing.T) {
	ctx := context.Background()
	large := strings.Repeat("0123456789", scratchSize/4) // 2.5 times the buffer
	exact := strings.Repeat("x", scratchSize)
	forModes(t, func(t *testing.T, r *Repo) {
		for _, tc := range []struct {
			name   string
			change func(*FileHeader)
			body   string
			only   Mode // 0xff for all
		}{
			{"small", func(*FileHeader) {}, "small\n", 0xff},
			{"empty", func(*FileHeader) {}, "", 0xff},
			{"executable", func(h *FileHeader) { h.Mode = 0o100755 }, "#!/bin/sh\n", 0xff},
			{"large", func(*FileHeader) {}, large, 0xff},
			{"exactly the buffer", func(*FileHeader) {}, exact, 0xff},
			{"link", func(h *FileHeader) { h.Mode, h.Target = 0o120777, "../target" }, "", 0xff},
			{"attributes", func(h *FileHeader) {
				h.Xattrs = Xattrs{{"user.b", []byte("2")}, {"user.a", []byte{0, 1}}, {"user.empty", nil}}
			}, "a\n", ModeBareUser},
			{"no permissions", func(h *FileHeader) { h.Mode = 0o100000 }, "no\n", ModeBareUser},
			{"set-id, foreign owner", func(h *FileHeader) { h.UID, h.GID, h.Mode = 1000, 100, 0o106755 }, "s\n", ModeBareUser},
			{"link with attributes", func(h *FileHeader) { h.UID, h.Mode, h.Target = 5, 0o120777, "x" }, "", ModeBareUser},
		} {
			if tc.only != 0xff && r.Mode() != ModeBareUser && r.Mode() != ModeArchive {
				continue
			}
			for _, input := range []string{"seekable", "stream", "unknown size"} {
				t.Run(tc.name+"/"+input, func(t *testing.T) {
					h := ownHeader(r.Mode())
					tc.change(h)
					size, reader := int64(len(tc.body)), io.Reader(strings.NewReader(tc.body))
					switch {
					case h.IsSymlink():
						reader = nil
					case input == "stream":
						reader = io.MultiReader(reader)
					case input == "unknown size":
						reader, size = io.MultiReader(reader), -1
					}
					tx := begin(t, r)
					c, err := tx.WriteFile(ctx, h, size, reader)
					require.NoError(t, err)
					clean := *h
					clean.Xattrs, err = h.Xattrs.normalize()
					require.NoError(t, err)
					var payload io.Reader
					if !h.IsSymlink() {
						payload = strings.NewReader(tc.body)
					}
					want, _, err := ContentChecksum(&clean, payload)
					require.NoError(t, err)
					require.Equal(t, want, c)
					check := func(f *File, err error) {
						require.NoError(t, err)
						require.EqualValues(t, len(tc.body), f.Size)
						require.True(t, readFile(t, f) == tc.body, "content differs")
						if d := cmp.Diff(clean, f.Header); d != "" {
							t.Errorf("header (-want +got):\n%s", d)
						}
					}
					check(tx.LoadFile(ctx, c))
					_, err = r.LoadFile(ctx, c)
					if input == "seekable" {
						require.ErrorIs(t, err, fs.ErrNotExist, "not visible before Commit")
					}
					stats, err := tx.Commit(ctx)
					require.NoError(t, err)
					if input == "seekable" {
						require.Equal(t, TxStats{ContentTotal: 1, ContentWritten: 1, ContentBytesWritten: int64(len(tc.body))}, stats)
					} else {
						require.Zero(t, stats.ContentWritten, "it is there already")
					}
					check(r.LoadFile(ctx, c))
				})
			}
		}
		requireCleanTmp(t, r)
	})
}

// requireCleanTmp checks that no staging directory or lock is left.
func requireCleanTmp(t testing.TB, r *Repo) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(r.Path(), "tmp"))
	require.NoError(t, err)
	for _, e := range entries {
		if e.Name() != "cache" {
			t.Errorf("tmp/%s is left behind", e.Name())
		}
	}
}

func TestWriteFileErrors(t *testing.T) {
	ctx := context.Background()
	forModes(t, func(t *testing.T, r *Repo) {
		tx := begin(t, r)
		h := ownHeader(r.Mode())
		_, err := tx.WriteFile(ctx, h, 5, strings.NewReader("four"))
		require.ErrorContains(t, err, "content has 4 bytes, 5 expected")
		_, err = tx.WriteFile(ctx, h, 3, io.MultiReader(strings.NewReader(strings.Repeat("x", 2*scratchSize))))
		require.ErrorContains(t, err, "3 expected")
		_, err = tx.WriteFile(ctx, h, -1, io.MultiReader(strings.NewReader("abc"), errorReader{}))
		require.ErrorIs(t, err, errRead)
		_, err = tx.WriteFile(ctx, h, -1, io.MultiReader(strings.NewReader(strings.Repeat("x", scratchSize+1)), errorReader{}))
		require.ErrorIs(t, err, errRead)
		_, err = tx.WriteFile(ctx, h, -1, io.MultiReader(strings.NewReader("cut "), errReader{io.ErrUnexpectedEOF}))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "a stream that was cut off is not a short file")
		_, err = tx.WriteFile(ctx, &FileHeader{Mode: 0o60644}, 0, nil)
		require.ErrorContains(t, err, "neither that of a regular file nor of a symbolic link")
		_, err = tx.WriteFile(ctx, &FileHeader{Mode: 0o100644, Xattrs: Xattrs{{"user.a", []byte("1")}, {"user.a", []byte("2")}}}, 0, nil)
		require.ErrorContains(t, err, "duplicate")

		want := Checksum{1}
		for _, size := range []int{10, scratchSize + 10} {
			for _, seek := range []bool{true, false} {
				var in io.Reader = strings.NewReader(strings.Repeat("x", size))
				if !seek {
					in = io.MultiReader(in)
				}
				err = tx.WriteFileExpect(ctx, want, h, int64(size), in)
				var ce *CorruptError
				require.ErrorAs(t, err, &ce)
				require.Equal(t, ObjectName{want, TypeFile}, ce.Object)
			}
		}
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		_, err = tx.WriteFile(cancelled, h, 1, strings.NewReader("x"))
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, tx.Abort())
		require.NoError(t, tx.Abort(), "a second Abort")
		_, err = tx.WriteFile(ctx, h, 1, strings.NewReader("x"))
		require.ErrorIs(t, err, errTxDone)
		_, err = tx.Commit(ctx)
		require.ErrorIs(t, err, errTxDone)
		for n, err := range r.Objects(ctx) {
			require.NoError(t, err)
			t.Errorf("%s is left behind", n)
		}
		requireCleanTmp(t, r)
	})
}

var errRead = errors.New("read error")

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, errRead }

func TestBareUserOnlyRefusesModes(t *testing.T) {
	tx := begin(t, newRepo(t, ModeBareUserOnly))
	_, err := tx.WriteFile(context.Background(), &FileHeader{Mode: 0o104755}, 0, nil)
	require.ErrorContains(t, err, "is not within 0775")
}

func TestBareNeedsRoot(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may store any owner")
	}
	tx := begin(t, newRepo(t, ModeBare))
	for _, h := range []*FileHeader{{UID: 0, Mode: 0o100644}, {UID: 0, Mode: 0o120777, Target: "x"}} {
		_, err := tx.WriteFile(context.Background(), h, 0, nil)
		require.ErrorIs(t, err, fs.ErrPermission)
		require.ErrorContains(t, err, "needs root to store files owned by 0:0; use mode bare-user")
	}
}

func TestMetadata(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive)
	tx := begin(t, r)
	data := (&DirMeta{Mode: 0o40755}).Encode()
	c, err := tx.WriteMetadata(ctx, TypeDirMeta, data)
	require.NoError(t, err)
	require.Equal(t, rootMeta, c.String())
	require.NoError(t, tx.WriteMetadataExpect(ctx, ObjectName{c, TypeDirMeta}, data))
	err = tx.WriteMetadataExpect(ctx, ObjectName{Checksum{1}, TypeDirMeta}, data)
	var ce *CorruptError
	require.ErrorAs(t, err, &ce)
	for typ, bad := range map[ObjectType][]byte{
		TypeDirMeta: (&DirMeta{Mode: 0o100644}).Encode(),
		TypeDirTree: dirtree([]string{".."}, nil),
		TypeCommit:  []byte("no commit"),
	} {
		_, err := tx.WriteMetadata(ctx, typ, bad)
		require.ErrorAs(t, err, &ce)
		require.Equal(t, typ, ce.Object.Type)
	}
	_, err = tx.WriteMetadata(ctx, TypeTombstone, data)
	require.ErrorContains(t, err, "not named by their bytes")
	_, err = tx.LoadDirMeta(ctx, c)
	require.NoError(t, err)
	_, err = r.LoadDirMeta(ctx, c)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// archived returns a .filez with the given payload.
func archived(t testing.TB, h *FileHeader, claim uint64, payload string) []byte {
	t.Helper()
	var buf bytes.Buffer
	buf.Write(h.appendArchiveHeader(nil, claim))
	if h.IsSymlink() {
		return buf.Bytes()
	}
	z, err := getDeflater(6, &buf)
	require.NoError(t, err)
	_, err = io.WriteString(z, payload)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return buf.Bytes()
}

func TestWriteArchived(t *testing.T) {
	ctx := context.Background()
	body := strings.Repeat("payload ", 400_000)
	forModes(t, func(t *testing.T, r *Repo) {
		h := ownHeader(r.Mode())
		link := &FileHeader{UID: h.UID, GID: h.GID, Mode: 0o120777, Target: "t"}
		good := archived(t, h, uint64(len(body)), body)
		c, _, err := ContentChecksum(h, strings.NewReader(body))
		require.NoError(t, err)
		l, _, err := ContentChecksum(link, nil)
		require.NoError(t, err)
		tx := begin(t, r)
		var ce *CorruptError
		for name, bad := range map[string]struct {
			want Checksum
			data []byte
			text string
		}{
			"wrong checksum":      {Checksum{1}, good, "content has checksum"},
			"truncated":           {c, good[:len(good)-3], "unexpected EOF"},
			"trailing":            {c, append(bytes.Clone(good), 0), "data after the payload"},
			"claims more":         {c, archived(t, h, uint64(len(body))+1, body), "shorter than the header says"},
			"claims less":         {c, archived(t, h, uint64(len(body))-1, body), "longer than the header says"},
			"claims 16 EiB":       {c, archived(t, h, 1<<64-1, body), "out of range"},
			"no deflate":          {c, append(h.appendArchiveHeader(nil, 4), "\xff\xff\xff\xff"...), "payload"},
			"link with a payload": {l, append(archived(t, link, 0, ""), 0), "data after the payload"},
			"empty":               {c, nil, "unexpected EOF"},
		} {
			err := tx.WriteArchived(ctx, bad.want, bytes.NewReader(bad.data))
			require.ErrorAs(t, err, &ce, name)
			require.ErrorContains(t, err, bad.text, name)
			require.Equal(t, ObjectName{bad.want, TypeFile}, ce.Object, name)
			ok, err := tx.Has(ctx, ObjectName{bad.want, TypeFile})
			require.NoError(t, err)
			require.False(t, ok, name)
		}
		require.NoError(t, tx.WriteArchived(ctx, c, iotestOneByte{bytes.NewReader(good)}))
		require.NoError(t, tx.WriteArchived(ctx, c, errorReader{}), "nothing is read when the object is there")
		require.NoError(t, tx.WriteArchived(ctx, l, bytes.NewReader(archived(t, link, 0, ""))))
		_, err = tx.Commit(ctx)
		require.NoError(t, err)
		f, err := r.LoadFile(ctx, c)
		require.NoError(t, err)
		require.True(t, readFile(t, f) == body)
		f, err = r.LoadFile(ctx, l)
		require.NoError(t, err)
		require.Equal(t, "t", f.Header.Target)
		stored, size, err := r.OpenArchived(ctx, c)
		if r.Mode() != ModeArchive {
			require.ErrorIs(t, err, errors.ErrUnsupported)
			return
		}
		require.NoError(t, err)
		defer stored.Close()
		data, err := io.ReadAll(stored)
		require.NoError(t, err)
		require.EqualValues(t, len(data), size)
		require.True(t, bytes.Equal(good, data), "compressed bytes are kept")
	})
}

// A payload is written piece by piece as it is unpacked; the first piece may be all of it, or just not.
func TestWriteArchivedOfAnySize(t *testing.T) {
	body := make([]byte, 3*outputSize)
	rand.NewChaCha8([32]byte{1}).Read(body)
	forModes(t, func(t *testing.T, r *Repo) {
		h := ownHeader(r.Mode())
		tx := begin(t, r)
		for _, size := range []int{
			0, 1, maxTiny, maxTiny + 1, outputSize - windowSize, outputSize - slack, outputSize - slack + 1, outputSize - 1, outputSize,
			outputSize + 1, 2*outputSize - windowSize - slack, 2 * outputSize, len(body),
		} {
			for _, text := range []string{string(body[:size]), strings.Repeat("a", size)} {
				c, _, err := ContentChecksum(h, strings.NewReader(text))
				require.NoError(t, err)
				require.NoError(t, tx.WriteArchived(t.Context(), c, bytes.NewReader(archived(t, h, uint64(size), text))), size)
				f, err := tx.LoadFile(t.Context(), c)
				require.NoError(t, err)
				require.True(t, readFile(t, f) == text, size)
				f, err = tx.LoadFile(t.Context(), c)
				require.NoError(t, err)
				got, _, err := ContentChecksum(&f.Header, f.Reader)
				require.NoError(t, err)
				require.NoError(t, f.Close())
				require.Equal(t, c, got, size)
			}
		}
		require.NoError(t, tx.Abort())
	})
}

// iotestOneByte returns few bytes at a time.
type iotestOneByte struct{ r io.Reader }

func (o iotestOneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(len(p), 7)]) }

func TestConcurrentWrites(t *testing.T) {
	ctx := context.Background()
	forModes(t, func(t *testing.T, r *Repo) {
		tx := begin(t, r)
		var wg sync.WaitGroup
		errs := make(chan error, 8)
		for range 8 {
			wg.Go(func() {
				for i := range 100 {
					body := fmt.Sprintf("file %d", i%50)
					if _, err := tx.WriteFile(ctx, ownHeader(r.Mode()), int64(len(body)), strings.NewReader(body)); err != nil {
						errs <- err
						return
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
		stats, err := tx.Commit(ctx)
		require.NoError(t, err)
		require.Equal(t, 800, stats.ContentTotal)
		require.Equal(t, 50, stats.ContentWritten)
		count := 0
		for _, err := range r.Objects(ctx) {
			require.NoError(t, err)
			count++
		}
		require.Equal(t, 50, count)
	})
}

func TestResumeStaging(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive)
	r.bootID = "boot-one"
	write := func(tx *Tx, body string) Checksum {
		c, err := tx.WriteFile(ctx, ownHeader(r.Mode()), int64(len(body)), strings.NewReader(body))
		require.NoError(t, err)
		return c
	}
	has := func(tx *Tx, c Checksum) bool {
		ok, err := tx.Has(ctx, ObjectName{c, TypeFile})
		require.NoError(t, err)
		return ok
	}
	interrupt := func(body string) Checksum {
		tx, err := r.Begin(ctx, &TxOptions{KeepStaged: true})
		require.NoError(t, err)
		c := write(tx, body)
		require.NoError(t, tx.Abort())
		return c
	}
	kept := interrupt("kept")
	tx := begin(t, r)
	require.True(t, has(tx, kept))
	other := begin(t, r) // the directory is in use: it gets another
	require.False(t, has(other, kept))
	require.NoError(t, other.Abort())
	stats, err := tx.Commit(ctx)
	require.NoError(t, err)
	require.Zero(t, stats.ContentWritten)
	_, err = r.LoadFile(ctx, kept)
	require.NoError(t, err)

	resumed := interrupt("resumed without syncing")
	tx, err = r.Begin(ctx, &TxOptions{NoSync: true})
	require.NoError(t, err)
	require.True(t, has(tx, resumed))
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	_, err = r.LoadFile(ctx, resumed)
	require.NoError(t, err)
	_, err = tx.LoadFile(ctx, resumed)
	require.NoError(t, err, "through the transaction that has ended")

	lost := interrupt("lost")
	r, err = Open(ctx, r.Path(), &OpenOptions{BootID: "boot-two"})
	require.NoError(t, err)
	defer r.Close()
	tx = begin(t, r)
	require.False(t, has(tx, lost), "data of another boot may not be on disk")
	require.NoError(t, tx.Abort())
	requireCleanTmp(t, r)
}

func TestTmpExpiry(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive, "core.tmp-expiry-secs=3600")
	tmp := filepath.Join(r.Path(), "tmp")
	for _, name := range []string{"old-file", "new-file", "staging-other-abc-lock"} {
		require.NoError(t, os.WriteFile(filepath.Join(tmp, name), nil, 0o644))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(tmp, "old-dir/sub"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(tmp, "cache/summaries"), 0o755))
	for _, name := range []string{"old-file", "old-dir", "cache", "staging-other-abc-lock"} {
		require.NoError(t, unix.Utimes(filepath.Join(tmp, name), []unix.Timeval{{Sec: 1}, {Sec: 1}}))
	}
	_, err := begin(t, r).Commit(ctx)
	require.NoError(t, err)
	entries, err := os.ReadDir(tmp)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	require.Equal(t, []string{"cache", "new-file"}, names)
}

func TestSyncSettings(t *testing.T) {
	ctx := context.Background()
	for _, setting := range []string{"core.fsync=false", "core.per-object-fsync=true"} {
		t.Run(setting, func(t *testing.T) {
			r := newRepo(t, ModeArchive, setting)
			tx := begin(t, r)
			c, err := tx.WriteFile(ctx, ownHeader(r.Mode()), 1, strings.NewReader("x"))
			require.NoError(t, err)
			_, err = r.LoadFile(ctx, c)
			require.NoError(t, err, "objects go to objects/ at once")
			tx.SetRef("a", c)
			_, err = tx.Commit(ctx)
			require.NoError(t, err)
			requireCleanTmp(t, r)
		})
	}
}

func TestMinFreeSpace(t *testing.T) {
	ctx := context.Background()
	for setting, text := range map[string]string{
		"core.min-free-space-size=4000000TB": "core.min-free-space-size",
		"core.min-free-space-percent=99":     "core.min-free-space-percent 99%",
	} {
		r := newRepo(t, ModeArchive, setting)
		tx := begin(t, r)
		h := ownHeader(r.Mode())
		_, err := tx.WriteFile(ctx, h, 1, strings.NewReader("x"))
		require.ErrorIs(t, err, unix.ENOSPC)
		require.ErrorContains(t, err, text)
		_, err = tx.WriteFile(ctx, h, -1, io.MultiReader(strings.NewReader(strings.Repeat("x", 3*scratchSize))))
		require.ErrorIs(t, err, unix.ENOSPC)
		_, err = tx.WriteMetadata(ctx, TypeDirMeta, (&DirMeta{Mode: 0o40755}).Encode())
		require.NoError(t, err, "metadata is exempt")
	}
}

func TestInvalidRefFailsCommit(t *testing.T) {
	r := newRepo(t, ModeArchive)
	tx := begin(t, r)
	tx.SetRef("../x", Checksum{1})
	tx.SetRef("zero", Checksum{})
	tx.SetRef("fine", Checksum{1})
	_, err := tx.Commit(context.Background())
	require.ErrorContains(t, err, `invalid ref name "../x"`)
	require.ErrorContains(t, r.SetRef(context.Background(), "fine", Checksum{}), "no checksum")
	refs, err := r.Refs(context.Background(), nil)
	require.NoError(t, err)
	require.Empty(t, refs)
	requireCleanTmp(t, r)
}

func TestTxDetachedMetadataReplaces(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t, ModeArchive)
	c := mustCommit(t, r, "x", map[string]string{"f": "1"})
	for _, value := range []string{"one", "two"} {
		d := gvariant.NewDict()
		d.Set("k", gvariant.NewString(value))
		tx := begin(t, r)
		require.NoError(t, tx.SetDetachedMetadata(ctx, c, d))
		_, err := tx.Commit(ctx)
		require.NoError(t, err)
		got, err := r.DetachedMetadata(ctx, c)
		require.NoError(t, err)
		s, _ := got.String("k")
		require.Equal(t, value, s)
	}
}

func TestStoredFilesAreProtected(t *testing.T) {
	testenv.NeedRoot(t)
	ctx := context.Background()
	r := newRepo(t, ModeBareUser)
	tx := begin(t, r)
	c, err := tx.WriteFile(ctx, &FileHeader{UID: 7, Mode: 0o107777}, 1, strings.NewReader("x"))
	require.NoError(t, err)
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	var st unix.Stat_t
	require.NoError(t, unix.Lstat(filepath.Join(r.Path(), "objects", ObjectName{c, TypeFile}.LoosePath(r.Mode())), &st))
	require.EqualValues(t, 0o100775, st.Mode, "no set-id bits, not world-writable")
	require.Zero(t, st.Uid)
	require.Zero(t, st.Mtim.Sec)
}

func TestAutoUpdateSummary(t *testing.T) {
	ctx := context.Background()
	for _, collection := range []string{"", "org.example.Coll"} {
		r := newRepo(t, ModeArchive, "core.auto-update-summary=true")
		if collection != "" {
			configure(t, r, "core.collection-id="+collection)
		}
		mustCommit(t, r, "a", map[string]string{"f": "1"})
		b := mustCommit(t, r, "b", map[string]string{"f": "2"})
		data, err := os.ReadFile(filepath.Join(r.Path(), "summary"))
		require.NoError(t, err)
		s, err := ParseSummary(data)
		require.NoError(t, err)
		found := false
		for _, ref := range s.Refs {
			found = found || ref.Name == "b" && ref.Checksum == b
		}
		require.True(t, found, "ref b in the summary")
		_, err = begin(t, r).Commit(ctx)
		require.NoError(t, err)
	}
}
