"""Writes two commits into a new repository with libostree: write.py REPO MODE TREE ARCHIVE COLLECTION"""

import os
import sys

import gi

gi.require_version("OSTree", "1.0")
from gi.repository import Gio, GLib, OSTree  # noqa: E402

FLAGS = OSTree.RepoCommitModifierFlags


def omit(repo, path, info, data=None):
    skip = path == "/usr/share/omitted"
    return OSTree.RepoCommitFilterResult.SKIP if skip else OSTree.RepoCommitFilterResult.ALLOW


def first(repo, tree, canonical):
    """A directory with all but one of its entries."""
    mtree = OSTree.MutableTree.new()
    flags = FLAGS.CANONICAL_PERMISSIONS if canonical else FLAGS.NONE
    fd = os.open(tree, os.O_RDONLY | os.O_DIRECTORY)
    repo.write_dfd_to_mtree(fd, ".", mtree, OSTree.RepoCommitModifier.new(flags, omit, None), None)
    os.close(fd)
    root = repo.write_mtree(mtree, None)[1]
    metadata = GLib.Variant("a{sv}", {"version": GLib.Variant("s", "1"), "ostree.ref-binding": GLib.Variant("as", ["os/stable"])})
    return repo.write_commit_with_time(None, "first", "of\ntwo", metadata, root, 1700000000, None)[1]


def second(repo, parent, archive, canonical):
    """The first with a directory more, a file less, and an archive below /opt/tar."""
    mtree = OSTree.MutableTree.new_from_commit(repo, parent)
    owner = (0, 0) if canonical else (3, 4)
    xattrs = GLib.Variant("a(ayay)", [] if canonical else [(b"user.note\0", b"value")])
    info = Gio.FileInfo()
    for key, value in (("unix::uid", owner[0]), ("unix::gid", owner[1]), ("unix::mode", 0o40755)):
        info.set_attribute_uint32(key, value)
    dirmeta = OSTree.create_directory_metadata(info, xattrs)
    meta = bytes(repo.write_metadata(OSTree.ObjectType.DIR_META, None, dirmeta, None)[1]).hex()
    opt = mtree.ensure_dir("opt")[1]
    opt.set_metadata_checksum(meta)
    file = repo.write_regfile_inline(None, owner[0], owner[1], 0o100644, xattrs, list(b"hello\n"), None)
    opt.replace_file("hello", file)
    opt.replace_file("link", repo.write_symlink(None, owner[0], owner[1], GLib.Variant("a(ayay)", []), "hello", None))
    lib = mtree.walk(["usr", "lib", "private"], 0)[1]  # the directory of the last name
    lib.remove("private", False)
    lib.remove("private", True)
    tar = opt.ensure_dir("tar")[1]
    tar.set_metadata_checksum(meta)
    flags = FLAGS.CANONICAL_PERMISSIONS if canonical else FLAGS.NONE
    repo.write_archive_to_mtree(Gio.File.new_for_path(archive), tar, OSTree.RepoCommitModifier.new(flags, None, None), True, None)
    root = repo.write_mtree(mtree, None)[1]
    metadata = GLib.Variant("a{sv}", {"version": GLib.Variant("s", "2")})
    return repo.write_commit_with_time(parent, "second", None, metadata, root, 1700000001, None)[1]


def main(path, mode, tree, archive, collection):
    repo = OSTree.Repo.new(Gio.File.new_for_path(path))
    repo.set_collection_id(collection or None)
    repo.create(OSTree.Repo.mode_from_string(mode)[1], None)
    repo.set_disable_fsync(True)
    canonical = mode == "bare-user-only"
    repo.prepare_transaction(None)
    one = first(repo, tree, canonical)
    repo.transaction_set_ref(None, "os/stable", one)
    repo.commit_transaction(None)
    repo.prepare_transaction(None)
    two = second(repo, one, archive, canonical)
    repo.transaction_set_ref(None, "os/stable", two)
    repo.transaction_set_ref("origin", "os/stable", one)
    repo.transaction_set_collection_ref(OSTree.CollectionRef.new("org.other.Os", "main"), one)
    repo.commit_transaction(None)
    repo.set_alias_ref_immediate(None, "current", "os/stable", None)
    repo.write_commit_detached_metadata(two, GLib.Variant("a{sv}", {"note": GLib.Variant("s", "later")}), None)
    options = {"gpg-verify": GLib.Variant("b", False), "branches": GLib.Variant("as", ["a", "b"])}
    repo.remote_add("origin", "http://example.com/repo", GLib.Variant("a{sv}", options), None)
    for older in (None, one):
        params = GLib.Variant("a{sv}", {"inline-parts": GLib.Variant("b", older is None), "min-fallback-size": GLib.Variant("u", 0)})
        repo.static_delta_generate(OSTree.StaticDeltaGenerateOpt.MAJOR, older, two, None, params, None)
    repo.static_delta_reindex(OSTree.StaticDeltaIndexFlags(0), two, None)
    repo.mark_commit_partial(one, True)
    print(one, two)


main(*sys.argv[1:])
