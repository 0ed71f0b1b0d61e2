package ostree

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/internal/testenv"
	"example.com/rpmostree/ostree/gvariant"
)

// The tree, checksums and bytes in this file were made by `ostree` 2022.7 and derived again by an independent program.

type vectorFile struct {
	name     string // with a final slash for a directory
	mode     int64
	uid, gid int
	body     string // target of a link
	xattrs   map[string]string
	content  string // checksum of the file or dirtree
	meta     string // checksum of the dirmeta
}

var vectorFiles = []vectorFile{
	{"./", 0o755, 0, 0, "", nil, "32c28863714f0f2acee0c9f0800e6e4ebcd51ce49ec12ae68f7d481698a1f6f9", "446a0ef11b7cc167f3b603e585c7eeeeb675faa412d5ec73f62988eb0b6c5488"},
	{".dot", 0o644, 0, 0, "dot\n", nil, "3abdc97ac8a91127033024c00195303e28ec6a646f9f6cb02af7d3f4811a02c3", ""},
	{"empty", 0o644, 0, 0, "", nil, "cc700d46f407c6c5ab2d5dde474366a928b7398277e61162e7f8ec06f469f07e", ""},
	{"exe", 0o755, 0, 0, "#!/bin/sh\necho hi\n", nil, "89b350d278ff59ba4780bc377b8ebfee8ade6b55c99fab1ec84e133bc6ea52c5", ""},
	{"hello", 0o644, 0, 0, "hello world\n", nil, "81381808c56d4f3d643ec12f6a18fcf2993af8daba7c2a1b2cbfc315b39424c6", ""},
	{"link", 0, 0, 0, "hello", nil, "73baaba0102e9154b8522687d33eedb8ed1bc78eadb82428b2616144ec502934", ""},
	{"longlink", 0, 0, 0, "/usr/lib/systemd/system/multi-user.target", nil, "477660f4daa7e0b8e9df12ae424004421b2a184aa946a0286fa6e4869c8fc3a4", ""},
	{"suid", 0o4755, 1000, 100, "x", nil, "e102c1b23bf40fbeccfe5bf3a3102573e03a22c4e565ede662d9530d3d08e7b6", ""},
	{"xa", 0o644, 0, 0, "xattrs\n", map[string]string{"user.zeta": "1", "user.alpha": "two", "user.empty": ""}, "9214277e59b5e0dd109c397322b089b2f5ca111c3b0b8c21bbb8c3578a05e7a3", ""},
	{"é", 0o644, 0, 0, "nonascii\n", nil, "c8a578b347b38f7b7a390b866b80be4ab2299f13ded4d520516f906f6f3e92c6", ""},
	{"sub/", 0o755, 0, 0, "", map[string]string{"user.dirattr": "D"}, "f49c79c892a8b7ead8d27f0bf561be03bbccd30aa54050487285bd3608216a74", "cec0134b0547bf2dd9d4a4aae8cea82d48a135c4cef01eb841c0adef59c3aa49"},
	{"sub/a", 0o600, 0, 0, "A\n", nil, "dc2b665ccbdf782c75fe876e0e5b62f87ae9db78699f8d84bef03250983f0dc0", ""},
	{"sub/emptydir/", 0o1777, 0, 0, "", nil, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "bbe8d5c22ca8a645068a1aa51a59e117f139319d9a791e4d4c0d27dae64cc8c7"},
	{"zdir/", 0o750, 5, 7, "", nil, "4e0c5d2f7801d99635525d636796678aab66c99087396330f5dc42545ba401d0", "1108995dae9645f6abe4c77bc05f1faa783b2825e19534277964ec7fb315963a"},
	{"zdir/big", 0o644, 0, 0, strings.Repeat("q", 70000), nil, "dc714cf3b873cd26c571857dbfe9acca46321a95b5f1399c392d7f975c0bd6fa", ""},
}

func (v *vectorFile) isLink() bool { return strings.HasSuffix(v.name, "link") }

// vectorTar is the tree as a tar archive, which needs no privilege.
func vectorTar(t testing.TB) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, v := range vectorFiles {
		h := &tar.Header{Name: v.name, Mode: v.mode, Uid: v.uid, Gid: v.gid, Format: tar.FormatPAX, PAXRecords: map[string]string{}}
		for name, value := range v.xattrs {
			if value != "" { // which a pax record cannot say
				h.PAXRecords["SCHILY.xattr."+name] = value
			}
		}
		switch {
		case strings.HasSuffix(v.name, "/"):
			h.Typeflag = tar.TypeDir
		case v.isLink():
			h.Typeflag, h.Linkname, h.Mode = tar.TypeSymlink, v.body, 0o777
		default:
			h.Typeflag, h.Size = tar.TypeReg, int64(len(v.body))
		}
		require.NoError(t, w.WriteHeader(h))
		if h.Typeflag == tar.TypeReg {
			_, err := w.Write([]byte(v.body))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	return buf.Bytes()
}

// vectorDir is the tree as a directory, which needs root.
func vectorDir(t testing.TB) string {
	t.Helper()
	testenv.NeedRoot(t)
	dir := t.TempDir()
	testenv.NeedUserXattrs(t, dir)
	for _, v := range vectorFiles {
		p := dir + "/" + strings.TrimSuffix(v.name, "/")
		switch {
		case v.name == "./":
		case strings.HasSuffix(v.name, "/"):
			require.NoError(t, os.Mkdir(p, 0o755))
		case v.isLink():
			require.NoError(t, os.Symlink(v.body, p))
			continue
		default:
			require.NoError(t, os.WriteFile(p, []byte(v.body), 0o644))
		}
		for name, value := range v.xattrs {
			require.NoError(t, unix.Setxattr(p, name, []byte(value), 0))
		}
		require.NoError(t, os.Chown(p, v.uid, v.gid))
		require.NoError(t, unix.Chmod(p, uint32(v.mode)))
	}
	return dir
}

func vectorModes(t *testing.T, fn func(t *testing.T, r *Repo)) {
	for _, mode := range []Mode{ModeArchive, ModeBareUser, ModeBare, ModeBareSplitXattrs} {
		t.Run(mode.String(), func(t *testing.T) {
			if mode == ModeBare || mode == ModeBareSplitXattrs {
				testenv.NeedRoot(t)
			}
			fn(t, newRepo(t, mode, "ex-split-xattrs.write=true"))
		})
	}
}

// checkVectors compares every object of a tree, by name and by what is read back.
func checkVectors(t *testing.T, r *Repo, root Tree) {
	t.Helper()
	ctx := t.Context()
	m := begin(t, r).MutableTree(root.Tree, root.Meta)
	for _, v := range vectorFiles {
		name := strings.TrimSuffix(strings.TrimPrefix(v.name, "./"), "/")
		if name == "" {
			require.Equal(t, v.content, root.Tree.String())
			require.Equal(t, v.meta, root.Meta.String())
			continue
		}
		e, err := m.Lookup(ctx, name)
		require.NoError(t, err, name)
		if v.meta != "" {
			require.Equal(t, v.content, e.Dir.tree.String(), name)
			require.Equal(t, v.meta, e.Dir.meta.String(), name)
			continue
		}
		require.Equal(t, v.content, e.File.String(), name)
		f, err := r.LoadFile(ctx, e.File)
		require.NoError(t, err)
		require.Equal(t, uint32(v.uid), f.Header.UID)
		require.Equal(t, uint32(v.gid), f.Header.GID)
		if v.isLink() {
			require.Equal(t, v.body, f.Header.Target)
		} else {
			require.Equal(t, uint32(v.mode)|unix.S_IFREG, f.Header.Mode, name)
		}
		want := map[string]string{}
		for k, x := range v.xattrs {
			if x != "" {
				want[k] = x
			}
		}
		got := map[string]string{}
		for _, x := range f.Header.Xattrs {
			got[x.Name] = string(x.Value)
		}
		require.Equal(t, want, got)
		if !v.isLink() {
			require.Equal(t, v.body, readFile(t, f))
		}
	}
}

func TestVectorTree(t *testing.T) {
	for source, load := range map[string]func(t *testing.T, tx *Tx, m *MutableTree) error{
		"tar": func(t *testing.T, tx *Tx, m *MutableTree) error {
			return tx.ImportTar(t.Context(), m, bytes.NewReader(vectorTar(t)), nil)
		},
		"directory": func(t *testing.T, tx *Tx, m *MutableTree) error {
			return tx.ImportDir(t.Context(), m, vectorDir(t), nil)
		},
	} {
		t.Run(source, func(t *testing.T) {
			vectorModes(t, func(t *testing.T, r *Repo) {
				tx := begin(t, r)
				m := NewMutableTree()
				require.NoError(t, load(t, tx, m))
				root, meta, err := tx.WriteTree(t.Context(), m)
				require.NoError(t, err)
				finish(t, tx)
				checkVectors(t, r, Tree{root, meta})
			})
		})
	}
}

// TestVectorCommits makes the commits of the vectors from the tar.
func TestVectorCommits(t *testing.T) {
	stamp := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	zero := uint32(0)
	vectorModes(t, func(t *testing.T, r *Repo) {
		ctx := t.Context()
		commit := func(o *ImportOptions, c *Commit) string {
			t.Helper()
			tx := begin(t, r)
			m := NewMutableTree()
			require.NoError(t, tx.ImportTar(ctx, m, bytes.NewReader(vectorTar(t)), o))
			var err error
			c.RootTree, c.RootMeta, err = tx.WriteTree(ctx, m)
			require.NoError(t, err)
			sum, err := tx.WriteCommit(ctx, c)
			require.NoError(t, err)
			finish(t, tx)
			return sum.String()
		}
		bound := func(refs ...string) *gvariant.Dict {
			d := gvariant.NewDict()
			d.Set(KeyRefBinding, gvariant.NewStrings(refs))
			return d
		}
		first := gvariant.NewDict()
		first.Set("version", gvariant.NewString("1.0"))
		first.Set("answer", gvariant.NewUint32(42))
		first.Set(KeyRefBinding, gvariant.NewStrings([]string{"v/one"}))
		one := commit(nil, &Commit{Metadata: first, Subject: "First commit", Body: "Body text", Timestamp: stamp})
		require.Equal(t, "5d147262f49aebeb276e87d0b5005bbaa1c64630f9f939d6e18407f5761c1adb", one)
		nobind := &Commit{Metadata: gvariant.NewDict(), Timestamp: stamp}
		require.Equal(t, "0d34791e5602d4401d9d3e8175fbb04db7fe7d9069a96583975a902ec6407aa5", commit(nil, nobind))
		parent, err := ParseChecksum(one)
		require.NoError(t, err)
		second := &Commit{Metadata: bound("v/one"), Parent: parent, Subject: "Second commit", Timestamp: time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC)}
		require.Equal(t, "e7086024f1adaeae3c5278977ceaa87a5e051ead66d0084ba203cb8b4150b426",
			commit(&ImportOptions{OwnerUID: &zero, OwnerGID: &zero, NoXattrs: true}, second))
		require.Equal(t, "86e4286f5b9d42ce515705fe8dbcf49bad6a45f5ccbd444b28c0bc868a336844",
			commit(&ImportOptions{CanonicalPermissions: true, NoXattrs: true}, &Commit{Metadata: gvariant.NewDict(), Timestamp: stamp}))
		refs := &Commit{Metadata: bound("other/ref", "v/two-refs"), Timestamp: stamp}
		two := commit(nil, refs)
		require.Equal(t, "739cde15c103205c02b9b07923545aaacd5540d9c1dcb1290234c2c801a1c814", two)

		// Detached metadata and tombstones, byte for byte.
		sum, err := ParseChecksum(two)
		require.NoError(t, err)
		d := gvariant.NewDict()
		d.Set("dkey", gvariant.NewString("dval"))
		require.NoError(t, r.SetDetachedMetadata(ctx, sum, d))
		requireStored(t, r, ObjectName{sum, TypeCommitMeta}, "646b6579000000006476616c0000730510")
		configure(t, r, "core.tombstone-commits=true")
		require.NoError(t, r.Delete(ctx, ObjectName{parent, TypeCommit}))
		requireStored(t, r, ObjectName{parent, TypeTombstone}, "636f6d6d697400003564313437323632663439616562656232373665383764306235303035626261613163363436333066396639333964366531383430376635373631633161646200006179074d")
	})
}

// In mode bare-user-only the tree is made canonical in any case.
func TestVectorCanonicalMode(t *testing.T) {
	r := newRepo(t, ModeBareUserOnly)
	tx := begin(t, r)
	m := NewMutableTree()
	require.NoError(t, tx.ImportTar(t.Context(), m, bytes.NewReader(vectorTar(t)), nil))
	root, meta, err := tx.WriteTree(t.Context(), m)
	require.NoError(t, err)
	c, err := tx.WriteCommit(t.Context(), &Commit{Metadata: gvariant.NewDict(), Timestamp: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), RootTree: root, RootMeta: meta})
	require.NoError(t, err)
	require.Equal(t, "86e4286f5b9d42ce515705fe8dbcf49bad6a45f5ccbd444b28c0bc868a336844", c.String())
}

func requireStored(t *testing.T, r *Repo, n ObjectName, want string) {
	t.Helper()
	data, err := r.LoadMetadata(context.Background(), n)
	require.NoError(t, err)
	require.Equal(t, want, hex.EncodeToString(data))
}

// TestVectorCheckout restores owners, modes and attributes from each mode.
func TestVectorCheckout(t *testing.T) {
	testenv.NeedRoot(t)
	vectorModes(t, func(t *testing.T, r *Repo) {
		testenv.NeedUserXattrs(t, t.TempDir())
		tx := begin(t, r)
		m := NewMutableTree()
		require.NoError(t, tx.ImportTar(t.Context(), m, bytes.NewReader(vectorTar(t)), nil))
		root, meta, err := tx.WriteTree(t.Context(), m)
		require.NoError(t, err)
		finish(t, tx)
		dest := t.TempDir() + "/out"
		require.NoError(t, r.CheckoutTree(t.Context(), Tree{root, meta}, dest, nil))
		for _, v := range vectorFiles {
			p := dest + "/" + strings.TrimSuffix(v.name, "/")
			var st unix.Stat_t
			require.NoError(t, unix.Lstat(p, &st))
			require.Equal(t, [2]int{v.uid, v.gid}, [2]int{int(st.Uid), int(st.Gid)}, v.name)
			if v.isLink() {
				target, err := os.Readlink(p)
				require.NoError(t, err)
				require.Equal(t, v.body, target)
				continue
			}
			require.Equal(t, uint32(v.mode), st.Mode&0o7777, v.name)
			for name, want := range v.xattrs {
				buf := make([]byte, 16)
				n, err := unix.Lgetxattr(p, name, buf)
				if want == "" {
					require.ErrorIs(t, err, unix.ENODATA)
					continue
				}
				require.NoError(t, err, name)
				require.Equal(t, want, string(buf[:n]))
			}
			if st.Mode&unix.S_IFMT == unix.S_IFREG {
				data, err := os.ReadFile(p)
				require.NoError(t, err)
				require.Equal(t, v.body, string(data))
			}
		}
	})
}
