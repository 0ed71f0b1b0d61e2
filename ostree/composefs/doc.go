// Package composefs writes the composefs image of a commit: a read-only file
// system with the whole tree, whose files refer to the objects of a repository.
// [WriteImage] writes it, [DigestOf] gives only the digest, which commits carry
// under [KeyDigest] and which identifies the tree to the kernel.
//
// # The image
//
// An image is an EROFS file system (Documentation/filesystems/erofs.rst in the
// kernel) with the structure that the composefs tools give it, byte by byte:
//
//   - a composefs header, the EROFS superblock, and after it all inodes in
//     breadth-first order, children by name; small directories, symbolic links and
//     chunk indexes behind their inode; then attributes that occur more than once,
//     then large directories in blocks of 4096 bytes;
//   - a file with content has no data but chunks that are holes, and the overlayfs
//     attributes trusted.overlay.redirect, with the loose path of its object, and
//     trusted.overlay.metacopy, with the fs-verity digest the object must have;
//   - attributes of the commit in trusted.overlay.* are escaped, so that overlayfs
//     shows and does not obey them;
//   - the root is opaque and has a whiteout for every name 00 to ff, which hides
//     the directories of the repository, if overlayfs merges it with one;
//   - all times are 0, and the root has the directories boot, etc, sysroot, usr
//     and var: as mount points.
//
// To use one, mount the image as EROFS, and over that overlayfs with the objects
// directory of a bare repository as a data-only lower layer:
//
//	mount -t overlay -o ro,metacopy=on,redirect_dir=on,lowerdir=IMAGE_MOUNT::REPO/objects overlay TARGET
//
// and with verity=require where the objects have fs-verity enabled.
//
// A symbolic link whose target has more than about 4060 bytes is stored in a block
// of its own; the composefs tools refuse it, so there is no digest to agree with.
//
// [DigestOf] and [WriteImage] read every file once, to hash it, unless NoVerity is
// set, and hold the names and attributes of the whole tree in memory, not content.
// The image is written from front to back; the caller syncs and names it. Errors
// are those of package ostree.
//
// The package reads no images and mounts nothing.
package composefs
