package pull_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"example.com/rpmostree/ostree"
	"example.com/rpmostree/ostree/delta"
	"example.com/rpmostree/ostree/pull"
	"example.com/rpmostree/ostree/sign"
)

// buildServer is what a machine that builds and publishes an OS needs.
type buildServer struct {
	repo   *ostree.Repo
	signer sign.Signer
}

// vendorKey is the signing key, which is somewhere safe.
var vendorKey = ed25519.NewKeyFromSeed([]byte("thirty-two bytes kept in a vault"))

// The day of a server: commit builds from a directory and from an archive, sign them, make a static delta, drop what is
// old, publish a signed summary; and a mirror that follows it.
func Example_server() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	s := newBuildServer(ctx, filepath.Join(dir, "server"))
	defer s.repo.Close()

	must(os.MkdirAll(filepath.Join(dir, "build/usr"), 0o755))
	must(os.WriteFile(filepath.Join(dir, "build/usr/version"), []byte("1\n"), 0o644))
	s.commit(ctx, "1", func(tx *ostree.Tx, tree *ostree.MutableTree) error {
		return tx.ImportDir(ctx, tree, filepath.Join(dir, "build"), &ostree.ImportOptions{CanonicalPermissions: true})
	})
	for _, version := range []string{"2", "3"} {
		s.commit(ctx, version, func(tx *ostree.Tx, tree *ostree.MutableTree) error {
			archive, err := gzip.NewReader(bytes.NewReader(buildArchive(version)))
			if err != nil {
				return err
			}
			return tx.ImportTar(ctx, tree, archive, &ostree.ImportOptions{CanonicalPermissions: true, CreateParents: true})
		})
	}
	stats := s.publish(ctx)
	fmt.Println("objects of old commits that are gone:", stats.Pruned)

	server := httptest.NewServer(http.FileServer(http.Dir(s.repo.Path())))
	defer server.Close()
	mirror, err := ostree.Init(ctx, filepath.Join(dir, "mirror"), &ostree.InitOptions{Mode: ostree.ModeArchive})
	must(err)
	defer mirror.Close()
	must(mirror.AddRemote(ctx, vendor(server.URL), nil))
	remote, err := mirror.Remote("vendor")
	must(err)
	src, o, err := pull.OpenRemote(ctx, nil, remote)
	must(err)
	o.Verify, err = sign.ForRemote(ctx, mirror, remote, nil)
	must(err)
	o.Mirror, o.Refs = true, nil // all refs, and the signed summary as it is
	o.Depth = -1
	res, err := pull.Pull(ctx, mirror, src, o)
	must(err)
	for c, err := range mirror.History(ctx, res.Refs["os/stable"]) {
		if err != nil {
			fmt.Println("history ends")
			break
		}
		fmt.Println("mirrored:", c.Subject, c.Version())
	}
	// Output:
	// objects of old commits that are gone: 4
	// mirrored: build 3
	// mirrored: build 2
	// history ends
}

func newBuildServer(ctx context.Context, path string) *buildServer {
	repo, err := ostree.Init(ctx, path, &ostree.InitOptions{Mode: ostree.ModeArchive})
	must(err)
	signer, err := sign.NewSigner(sign.Ed25519, base64.StdEncoding.EncodeToString(vendorKey), nil)
	must(err)
	return &buildServer{repo, signer}
}

// commit adds a build to the branch os/stable, signed, with a static delta from the one before.
func (s *buildServer) commit(ctx context.Context, version string, build func(*ostree.Tx, *ostree.MutableTree) error) ostree.Checksum {
	tx, err := s.repo.Begin(ctx, nil)
	must(err)
	defer tx.Abort()
	tree := ostree.NewMutableTree()
	must(build(tx, tree))
	root, meta, err := tx.WriteTree(ctx, tree)
	must(err)
	c := &ostree.Commit{Subject: "build", Timestamp: time.Now(), RootTree: root, RootMeta: meta, Metadata: commitMetadata(version)}
	if parent, err := s.repo.ResolveRev(ctx, "os/stable"); err == nil {
		c.Parent = parent
	}
	sum, err := tx.WriteCommit(ctx, c)
	must(err)
	data, err := tx.LoadMetadata(ctx, ostree.ObjectName{Checksum: sum, Type: ostree.TypeCommit})
	must(err)
	signatures, err := sign.Add(ctx, nil, data, s.signer)
	must(err)
	must(tx.SetDetachedMetadata(ctx, sum, signatures))
	tx.SetRef("os/stable", sum)
	_, err = tx.Commit(ctx) // the commit, its signature and the ref appear together
	must(err)
	if !c.Parent.IsZero() {
		_, err = delta.Generate(ctx, s.repo, delta.Name{From: c.Parent, To: sum}, nil)
		must(err)
	}
	return sum
}

// publish keeps two commits of the branch and renews the summary that clients begin with.
func (s *buildServer) publish(ctx context.Context) *ostree.PruneStats {
	stats, err := s.repo.Prune(ctx, &ostree.PruneOptions{RefsOnly: true, Depth: new(1)})
	must(err)
	must(s.repo.UpdateSummary(ctx, nil))
	must(sign.Summary(ctx, s.repo, s.signer))
	return stats
}

// vendor is how clients and mirrors configure the remote: nothing counts that is not signed with the key.
func vendor(url string) ostree.Remote {
	return ostree.Remote{Name: "vendor", URL: url, Branches: []string{"os/stable"}, Options: map[string]string{
		"gpg-verify":               "false",
		"sign-verify":              "ed25519",
		"sign-verify-summary":      "ed25519",
		"verification-ed25519-key": base64.StdEncoding.EncodeToString(vendorKey[32:]),
	}}
}

// buildArchive is a build as .tar.gz.
func buildArchive(version string) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for name, content := range map[string]string{"usr/version": version + "\n", "etc/motd": "welcome\n"} {
		must(w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}))
		_, err := io.WriteString(w, content)
		must(err)
	}
	must(w.Close())
	must(z.Close())
	return out.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
