package composefs

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/ostreetest"
)

// TestTreeBomb has each directory contain the one below twice: 2^40 of them in 40
// objects.
func TestTreeBomb(t *testing.T) {
	ctx := t.Context()
	repo := ostreetest.NewRepo(t, ostree.ModeArchive)
	tx, err := repo.Begin(ctx, nil)
	require.NoError(t, err)
	defer tx.Abort()
	meta, err := tx.WriteMetadata(ctx, ostree.TypeDirMeta, (&ostree.DirMeta{Mode: 0o40755}).Encode())
	require.NoError(t, err)
	next := &ostree.DirTree{}
	var top ostree.Checksum
	for range 40 {
		top, err = tx.WriteMetadata(ctx, ostree.TypeDirTree, next.Encode())
		require.NoError(t, err)
		next = &ostree.DirTree{Dirs: []ostree.DirEntry{{Name: "a", Tree: top, Meta: meta}, {Name: "b", Tree: top, Meta: meta}}}
	}
	_, err = tx.Commit(ctx)
	require.NoError(t, err)
	b := &builder{ctx: ctx, from: repo, o: &Options{}, left: 1000, files: map[ostree.Checksum]*file{}}
	_, err = b.dir("", top, meta, 0)
	require.ErrorContains(t, err, "too deep or too many files")
}

func TestFinishRefuses(t *testing.T) {
	for _, tc := range []struct {
		name string
		bad  []*node
		want string
	}{
		{"long target", []*node{{name: "l", mode: unix.S_IFLNK | 0o777, target: strings.Repeat("t", 4096)}}, "l: target has 4096 bytes"},
		{"long name", []*node{{name: strings.Repeat("n", 256), mode: unix.S_IFREG}}, "name too long"},
		{"same name", []*node{{name: "a", mode: unix.S_IFREG}, {name: "a", mode: unix.S_IFDIR}}, "a: two files of this name"},
		{"long value", []*node{{name: "v", mode: unix.S_IFREG, attrs: []attr{{"user.v", strings.Repeat("v", 65536)}}}}, "v: extended attribute"},
	} {
		root := &node{mode: unix.S_IFDIR | 0o755, children: []*node{{name: "d", mode: unix.S_IFDIR, children: tc.bad}}}
		err := root.finish(root)
		require.ErrorContains(t, err, "d: ", tc.name)
		require.ErrorContains(t, err, tc.want, tc.name)
	}
}

// TestXXH32 has the vectors of the specification and of its test programs.
func TestXXH32(t *testing.T) {
	for _, tc := range []struct {
		data string
		seed uint32
		want uint32
	}{
		{"", 0, 0x02CC5D05}, {"", 0x9E3779B1, 0x36B78AE7}, {"a", 0, 0x550D7456}, {"abc", 0, 0x32D153FF},
		{"Nobody inspects the spammish repetition", 0, 0xE2293B2F},
	} {
		require.Equal(t, tc.want, xxh32(tc.data, tc.seed), tc.data)
	}
}
