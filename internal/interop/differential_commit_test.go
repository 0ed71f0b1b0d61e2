package interop

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// commit is a commit with random sources and options.
func (p *plan) commit() *step {
	repo := p.repo()
	st := &step{argv: []string{"commit", "--repo=" + repo, p.timestamp()}, trees: map[string]randomTree{}, files: map[string][]byte{}}
	w := wildness{invalid: chance(p.r, 25), tame: chance(p.r, 3)}
	if !strings.Contains(p.config(repo), "archive") { // else zlib's sizes would be in the commit
		p.option(&st.argv, 12, "--generate-sizes")
	}
	var tree randomTree
	switch p.r.IntN(10) {
	case 0, 1, 2, 3, 4: // a directory by its path
		tree = p.tree(w)
		name := p.name("t")
		st.trees[name] = tree
		p.modifiers(st, tree)
		st.argv = append(st.argv, pick(p.r, [][]string{{name}, {"--tree=dir=" + name}, {"--tree=dir=./" + name + "/"}})...)
	case 5: // layers
		if len(p.commits(repo)) > 0 {
			p.option(&st.argv, 2, pick(p.r, []string{"--base=", "--tree=ref="})+p.rev(repo))
		}
		for range 1 + p.r.IntN(2) {
			name := p.name("t")
			st.trees[name] = p.tree(w)
			st.argv = append(st.argv, "--tree=dir="+name)
		}
		p.option(&st.argv, 3, "--canonical-permissions")
		p.option(&st.argv, 30, "--tree="+pick(p.r, []string{"", "x", "dir", "dir=", "dir=/nope", "tar=/nope", "ref=nope", "foo=bar"}))
	case 6, 7: // tar
		w.invalid = false // libarchive has its own words for names that are no UTF-8
		tree = p.tree(w)
		name := p.name("t") + ".tar"
		parents := p.option(&st.argv, 2, "--tar-autocreate-parents")
		data, err := tree.tarball(p.r, parents)
		if err != nil {
			panic(err)
		}
		st.files[name] = data
		p.option(&st.argv, 8, "--tar-pathname-filter="+pick(p.r, []string{"^usr/,etc/", "a,b", "^,sub/", "(.)b,\\1c", "nocomma", "[,x"}))
		p.modifiers(st, tree)
		st.argv = append(st.argv, "--tree=tar="+name)
	case 8: // what was checked out
		if list := slices.DeleteFunc(p.checkouts(), p.linkedToObjects); len(list) > 0 {
			p.option(&st.argv, 2, pick(p.r, []string{"--link-checkout-speedup", "-I", "--devino-canonical"}))
			p.modifiers(st, nil)
			st.argv = append(st.argv, pick(p.r, list))
			break
		}
		return nil
	case 9:
		if len(p.commits(repo)) == 0 {
			return nil
		}
		st.argv = append(st.argv, "--tree=ref="+p.rev(repo))
	}
	p.description(st, repo)
	return st
}

// modifiers adds what changes the files on their way.
func (p *plan) modifiers(st *step, tree randomTree) {
	if !p.option(&st.argv, 6, "--canonical-permissions") {
		p.option(&st.argv, 8, "--owner-uid="+pick(p.r, []string{"0", "1000", "-1", "4000000000"}))
		p.option(&st.argv, 8, "--owner-gid="+pick(p.r, []string{"0", "1000"}))
	}
	p.option(&st.argv, 8, "--no-xattrs")
	p.option(&st.argv, 10, "--mode-ro-executables")
	p.option(&st.argv, 12, "--consume")
	if len(tree) > 1 && chance(p.r, 8) {
		list := ""
		for range 1 + p.r.IntN(3) {
			e := pick(p.r, tree[1:])
			if e.mode&unix.S_IFMT == unix.S_IFDIR || !utf8.ValidString(e.path) {
				continue // the real command adds nothing to directories
			}
			if strings.Contains(list, " /"+e.path+"\n") {
				continue // then one of them counts, and which?
			}
			list += fmt.Sprintf("%s%d /%s\n", pick(p.r, []string{"", "="}), pick(p.r, []int{0o4755, 0o755, 0o111, 0o2000}), e.path)
		}
		if chance(p.r, 8) {
			list += pick(p.r, []string{"755 /nope\n", "\n", "=0755 /a"})
		}
		name := p.name("override")
		st.files[name] = []byte(list)
		st.argv = append(st.argv, "--statoverride="+name)
	}
	if len(tree) > 1 && chance(p.r, 8) && !tree.special() { // that would be an error even if it is skipped
		list := ""
		for range 1 + p.r.IntN(3) {
			e := pick(p.r, tree[1:])
			if !utf8.ValidString(e.path) {
				continue
			}
			if e.mode&unix.S_IFMT != unix.S_IFDIR || len(st.files) == 0 { // of an archive, the real command would keep what is in it
				list += "/" + e.path + "\n"
			}
		}
		if chance(p.r, 8) {
			list += pick(p.r, []string{"/nope\n", "\n", "a"})
		}
		name := p.name("skip")
		st.files[name] = []byte(list)
		st.argv = append(st.argv, "--skip-list="+name)
	}
}

// description adds what the commit says about itself.
func (p *plan) description(st *step, repo string) {
	argv := &st.argv
	if chance(p.r, 8) {
		*argv = append(*argv, "--orphan")
	}
	if !chance(p.r, 10) {
		*argv = append(*argv, "--branch="+p.refName())
	}
	p.option(argv, 2, "--subject="+pick(p.r, []string{"Subject", "", "with 'quotes' and \"more\"", "ünï", "two\nlines", strings.Repeat("long ", 60), "tab\t\\ \x01"}))
	if !p.option(argv, 5, "-m", pick(p.r, []string{"Body", "", "Body\nof\n\nlines\n", "ü"})) && chance(p.r, 10) {
		name := p.name("body")
		st.files[name] = []byte(pick(p.r, []string{"Subject only", "Subject\n\nand body\n", "", "\n\nx\n", "a\nb\nc"}))
		*argv = append(*argv, "--body-file="+name)
	}
	if len(p.commits(repo)) > 0 {
		p.option(argv, 6, "--parent="+pick(p.r, []string{"none", p.rev(repo), pick(p.r, p.commits(repo))}))
		p.option(argv, 10, "--keep-metadata="+pick(p.r, []string{"version", "k", "nope"}))
	}
	p.option(argv, 4, "--add-metadata-string="+pick(p.r, []string{"version=1.2", "k=v", "k=", "kv", "a=b=c", "xa.x=ü", "ostree.linux=x"}))
	p.option(argv, 4, "--add-metadata="+pick(p.r, []string{"kk='s'", "n=uint64 5", "b=true", "aa=['x','y']", "d={'a': <1>, 'b': <'c'>}", "e=@as []", "t=(1, 'x', 2.5)", "by=byte 0x10", "ay=b'abc'", "m=just 'x'", "no=@ms nothing",
		"bad=[", "bad=", "novalue", "i=-7", "h=int16 5", "o=objectpath '/a'", "g=signature 'as'", "f=1e10", "v=<@t 7>", "ostree.endoflife='gone'", "dd={1: 'x'}", "u='\\u00fc\\n'"}))
	p.option(argv, 8, "--add-detached-metadata-string="+pick(p.r, []string{"sig=x", "a=b=c", "bad", "k="}))
	p.option(argv, 6, "--bind-ref="+p.refName())
	p.option(argv, 6, "--no-bindings")
	p.signed(argv, 8)
	p.option(argv, 10, "--skip-if-unchanged")
	p.option(argv, 12, "--bootable")
	if !slices.Contains(*argv, "--consume") { // files that are taken as they are do not count
		p.option(argv, 15, "--table-output")
	}
	p.option(argv, 20, "--fsync="+pick(p.r, []string{"0", "1", "false"}))
	p.option(argv, 60, "extra")
}
