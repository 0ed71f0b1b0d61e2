"""Prints as JSON what libostree says about a repository: read.py REPO EMPTY-DIRECTORY"""

import hashlib
import json
import os
import sys

import gi

gi.require_version("OSTree", "1.0")
from gi.repository import Gio, GLib, OSTree  # noqa: E402

TYPES = ["", "file", "dirtree", "dirmeta", "commit", "tombstone-commit", "commitmeta", "payload-link", "file-xattrs", "file-xattrs-link"]


def text(variant):
    return variant.print_(False) if variant is not None else ""


def sha256(stream):
    digest = hashlib.sha256()
    while True:
        data = stream.read_bytes(1 << 16, None).get_data()
        if not data:
            return digest.hexdigest()
        digest.update(data)


def name(key):
    checksum, objtype = key.unpack()
    return checksum + "." + TYPES[objtype]


def objects(repo):
    """All objects with what they take on disk, and which of them are damaged."""
    sizes, bad = {}, []
    flags = OSTree.RepoListObjectsFlags.ALL | OSTree.RepoListObjectsFlags.NO_PARENTS
    for key in repo.list_objects(flags, None)[1]:
        checksum, objtype = key.unpack()
        sizes[name(key)] = repo.query_object_storage_size(objtype, checksum, None)[1]
        if 1 <= objtype <= 4:
            try:
                repo.fsck_object(objtype, checksum, None)
            except GLib.Error as err:
                bad.append(name(key) + ": " + err.message)
    return sizes, sorted(bad)


def load_file(repo, checksum):
    """A file object as its content stream has it, and as the library shows it apart."""
    _, payload, info, xattrs = repo.load_file(checksum, None)
    _, stream, length = repo.load_object_stream(OSTree.ObjectType.FILE, checksum, None)
    return {
        "mode": info.get_attribute_uint32("unix::mode"),
        "uid": info.get_attribute_uint32("unix::uid"),
        "gid": info.get_attribute_uint32("unix::gid"),
        "size": info.get_size() if payload else 0,
        "target": info.get_symlink_target() or "",
        "xattrs": text(xattrs),
        "payload": sha256(payload) if payload else "",
        "stream": sha256(stream),  # the checksum once more, if header and payload are those of the object
    }


def walk(directory, path, entries):
    flags = Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS
    for info in directory.enumerate_children("*", flags, None):
        child = directory.get_child(info.get_name())
        child.ensure_resolved()
        below = path + "/" + info.get_name()
        kind = info.get_file_type()
        entries.append(" ".join([
            below, "%o" % info.get_attribute_uint32("unix::mode"),
            str(info.get_attribute_uint32("unix::uid")), str(info.get_attribute_uint32("unix::gid")),
            child.get_checksum(), text(child.get_xattrs(None)[1])]))
        if kind == Gio.FileType.DIRECTORY:
            walk(child, below, entries)


def commit(repo, checksum):
    _, variant, state = repo.load_commit(checksum)
    metadata, _, _, subject, body = [variant.get_child_value(i) for i in range(5)]
    _, detached = repo.read_commit_detached_metadata(checksum, None)
    _, sizes = OSTree.commit_get_object_sizes(variant) if metadata.lookup_value("ostree.sizes", None) else (True, [])
    root = repo.read_commit(checksum, None)[1]
    tree = []
    walk(root, "", tree)
    return {
        "state": int(state),
        "metadata": text(metadata),
        "detached": text(detached),
        "parent": OSTree.commit_get_parent(variant) or "",
        "subject": subject.get_string(),
        "body": body.get_string(),
        "time": OSTree.commit_get_timestamp(variant),
        "content": OSTree.commit_get_content_checksum(variant),
        "sizes": ["%s.%s %d %d" % (s.checksum, TYPES[int(s.objtype)], s.archived, s.unpacked) for s in sizes],
        "reachable": sorted(name(k) for k in repo.traverse_commit(checksum, 0, None)[1]),
        "history": sorted(name(k) for k in repo.traverse_commit(checksum, -1, None)[1] if k.unpack()[1] == 4),
        "tree": sorted(tree),
    }


def difference(repo, older, newer):
    modified, removed, added = [], [], []
    roots = [repo.read_commit(c, None)[1] for c in (older, newer)]
    OSTree.diff_dirs(OSTree.DiffFlags.NONE, roots[0], roots[1], modified, removed, added, None)
    return [len(modified), len(removed), len(added)]


def checkouts(repo, checksum, directory):
    """Checks a commit out in every way that the mode has; the names of those that work."""
    done = []
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    for mode in ("NONE", "USER"):
        for overwrite in ("NONE", "UNION_FILES", "ADD_FILES"):
            options = OSTree.RepoCheckoutAtOptions()
            options.mode = getattr(OSTree.RepoCheckoutMode, mode)
            options.overwrite_mode = getattr(OSTree.RepoCheckoutOverwriteMode, overwrite)
            repo.checkout_at(options, fd, "%s-%s-%s" % (checksum, mode, overwrite), checksum, None)
            done.append(mode + " " + overwrite)
    os.close(fd)
    return done


def prune(repo, flags):
    _, total, pruned, size = repo.prune(OSTree.RepoPruneFlags.NO_PRUNE | flags, -1, None)
    return [total, pruned, size]


def main(path, directory):
    repo = OSTree.Repo.new(Gio.File.new_for_path(path))
    repo.open(None)
    sizes, bad = objects(repo)
    commits = sorted(o[:64] for o in sizes if o.endswith(".commit"))
    refs = repo.list_refs_ext(None, OSTree.RepoListRefsExtFlags.NONE, None)[1]
    out = {
        "mode": repo.get_config().get_string("core", "mode"),
        "collection": repo.get_collection_id() or "",
        "refs": dict(refs),
        "resolved": {r: repo.resolve_rev(r, False)[1] for r in refs},
        "prefixes": {c[:8]: sorted(name(k) for k in repo.list_commit_objects_starting_with(c[:8], None)[1]) for c in commits},
        "objects": sizes,
        "bad": bad,
        "files": {o[:64]: load_file(repo, o[:64]) for o in sizes if o.endswith(".file")},
        "commits": {c: commit(repo, c) for c in commits},
        "checkouts": {c: checkouts(repo, c, directory) for c in commits},
        "prune": prune(repo, OSTree.RepoPruneFlags.NONE),
        "prune-refs": prune(repo, OSTree.RepoPruneFlags.REFS_ONLY),
        "deltas": sorted(repo.list_static_delta_names(None)[1]),
        "indexes": sorted(repo.list_static_delta_indexes(None)[1]),
    }
    json.dump(out, sys.stdout, indent=1, sort_keys=True)


main(*sys.argv[1:])
