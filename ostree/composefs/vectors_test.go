package composefs

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// parseDump reads the text form of an image, composefs-dump(5): a line
// "path size mode nlink uid gid rdev mtime payload content digest [xattr=value]*"
// for each file. The vectors have neither content nor digests.
func parseDump(t *testing.T, text string) *node {
	t.Helper()
	nodes := map[string]*node{}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		require.GreaterOrEqual(t, len(f), 11, line)
		num := func(s string, base int) uint64 {
			n, err := strconv.ParseUint(s, base, 64)
			require.NoError(t, err)
			return n
		}
		sec, nsec, _ := strings.Cut(f[7], ".")
		n := &node{
			name: path.Base(f[0]), size: num(f[1], 10), mode: uint32(num(f[2], 8)), links: uint32(num(f[3], 10)), uid: uint32(num(f[4], 10)),
			gid: uint32(num(f[5], 10)), rdev: uint32(num(f[6], 10)), mtime: timestamp{int64(num(sec, 10)), uint32(num(nsec, 10))},
		}
		if f[8] != "-" {
			n.target = f[8]
		}
		for _, x := range f[11:] {
			name, value, _ := strings.Cut(x, "=")
			n.attrs = append(n.attrs, attr{name, value})
		}
		nodes[f[0]] = n
		if f[0] != "/" {
			up := nodes[path.Dir(f[0])]
			up.children = append(up.children, n)
		}
	}
	return nodes["/"]
}

// TestVectors compares with the checksums of images that mkcomposefs makes, which
// are published with it (tests/assets).
func TestVectors(t *testing.T) {
	for _, tc := range []struct{ name, dump, sha256 string }{
		{"bigfile", "/ 4096 40755 2 0 0 0 0.0 - - -\n/bigfile 9000000000000000 100777 1 0 0 0 0.0 - - -\n", "475838479da68b086445eca1f12dd30fc4513f3f88c66b40b58fd70f7495ea27"},
		{"no-newline", "/ 4096 40555 222 0 0 10 0.0 - - - trusted.foo1=bar-1 user.foo2=bar-2\n/a 0 100644 1 0 0 0 0.0 - - -\n/b 0 100644 1 0 0 0 0.0 - - -", "99f02c3c63d0c4c14be6f63e87250adafc0e173a12354f50d9ba7cd320deeca7"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := image(parseDump(t, tc.dump))
			require.NoError(t, err)
			require.Equal(t, tc.sha256, got)
		})
	}
}

func image(root *node) (string, error) {
	h := sha256.New()
	if err := root.finish(root); err != nil {
		return "", err
	}
	root.hideObjects()
	err := encode(h, root)
	return hex.EncodeToString(h.Sum(nil)), err
}
