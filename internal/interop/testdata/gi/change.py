"""Calls one function of libostree that changes a repository: change.py REPO FUNCTION [ARGUMENT]"""

import sys

import gi

gi.require_version("OSTree", "1.0")
from gi.repository import Gio, GLib, OSTree  # noqa: E402


def main(path, function, argument=None):
    repo = OSTree.Repo.new(Gio.File.new_for_path(path))
    repo.open(None)
    if function == "summary":
        repo.regenerate_summary(GLib.Variant("a{sv}", {"org.example.key": GLib.Variant("s", "value")}), None)
    elif function == "apply":
        repo.static_delta_execute_offline(Gio.File.new_for_path(argument), False, None)
    elif function == "import":
        source = OSTree.Repo.new(Gio.File.new_for_path(argument))
        source.open(None)
        repo.prepare_transaction(None)
        for key in source.list_objects(OSTree.RepoListObjectsFlags.ALL, None)[1]:
            checksum, objtype = key.unpack()
            repo.import_object_from_with_trust(source, objtype, checksum, False, None)
        for ref, checksum in source.list_refs_ext(None, OSTree.RepoListRefsExtFlags.NONE, None)[1].items():
            repo.transaction_set_refspec(ref, checksum)
        repo.commit_transaction(None)
    elif function == "prune":
        repo.set_alias_ref_immediate(None, "current", None, None)
        repo.set_ref_immediate(None, "os/stable", None, None)
        repo.prune(OSTree.RepoPruneFlags.REFS_ONLY, -1, None)


main(*sys.argv[1:])
