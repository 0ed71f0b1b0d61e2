package ostree

// Tree is a directory with everything below it: the two objects that describe
// its root.
type Tree struct {
	Tree Checksum // dirtree
	Meta Checksum // dirmeta
}

// Root returns the tree of the commit.
func (c *Commit) Root() Tree { return Tree{c.RootTree, c.RootMeta} }

// UnionMode says what happens where two trees, or a tree and a directory on
// disk, have the same path.
type UnionMode uint8

// The union modes. Directories on both sides are merged in all but UnionNone,
// and the one that was there first keeps its metadata.
const (
	UnionNone      UnionMode = iota // error
	UnionFiles                      // the new file replaces the old one
	UnionAdd                        // the old file stays
	UnionIdentical                  // error unless both are the same
)
