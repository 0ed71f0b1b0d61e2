package interop

import (
	"slices"
	"strings"
)

func operations() []operation {
	return []operation{
		{4, (*plan).initialize}, {4, (*plan).tune}, {30, (*plan).commit}, {14, (*plan).checkout}, {8, (*plan).refsVerb}, {4, (*plan).revParse}, {3, (*plan).logVerb},
		{8, (*plan).show}, {10, (*plan).ls}, {4, (*plan).cat}, {8, (*plan).diff}, {5, (*plan).export}, {6, (*plan).prune}, {5, (*plan).fsck},
		{8, (*plan).pullLocal}, {4, (*plan).remote}, {6, (*plan).pull}, {5, (*plan).summary}, {5, (*plan).delta}, {3, (*plan).reset}, {3, (*plan).checksum}, {2, (*plan).createUSB},
		{5, (*plan).sign}, {2, (*plan).trust}, {2, (*plan).verifyDelta}, {3, (*plan).collectionRefs}, {1, (*plan).reindex},
	}
}

func (p *plan) checkout() *step {
	repo := p.repo()
	if len(p.commits(repo)) == 0 {
		return nil
	}
	st := &step{argv: []string{"checkout", "--repo=" + repo}, files: map[string][]byte{}}
	argv := &st.argv
	p.option(argv, 2, pick(p.r, []string{"-U", "--user-mode"}))
	p.option(argv, 3, "-H")
	p.option(argv, 5, "-C")
	if p.option(argv, 5, pick(p.r, []string{"--union", "--union-add", "--union-identical"})) && slices.Contains(*argv, "--union-identical") {
		*argv = append(*argv, "-H")
	}
	p.option(argv, 8, "--whiteouts")
	p.option(argv, 12, "--process-passthrough-whiteouts")
	p.option(argv, 6, "-M")
	p.option(argv, 5, "--disable-cache")
	p.option(argv, 15, "--allow-noent")
	p.option(argv, 15, "--fsync="+pick(p.r, []string{"0", "1", "yes"}))
	if p.option(argv, 5, "--subpath="+p.path()) && strings.HasSuffix((*argv)[len(*argv)-1], "=") {
		return nil
	}
	if chance(p.r, 10) {
		name := p.name("skip")
		st.files[name] = []byte(p.path() + "\n" + p.path() + "/\n")
		*argv = append(*argv, "--skip-list="+name)
	}
	dest := p.name("co")
	if list := p.checkouts(); len(list) > 0 && chance(p.r, 3) {
		dest = pick(p.r, list)
		if slices.Contains(*argv, "--whiteouts") {
			return nil // the real command puts no directories in the place of files then
		}
		if !slices.Contains(*argv, "--union-identical") {
			p.option(argv, 2, pick(p.r, []string{"--union", "--union-add"}))
		}
	}
	if chance(p.r, 15) {
		st.stdin = p.rev(repo) + "\x00" + p.path() + "\x00" + p.rev(repo) + "\x00" + p.path() + "\x00"
		*argv = append(*argv, "--from-stdin", dest)
		return st
	}
	if chance(p.r, 20) {
		name := p.name("list")
		st.files[name] = []byte(p.rev(repo) + "\x00" + p.path() + "\x00")
		*argv = append(*argv, "--from-file="+name, dest)
		return st
	}
	*argv = append(*argv, p.rev(repo), dest)
	return st
}

func (p *plan) refsVerb() *step {
	repo := p.repo()
	argv := []string{"refs", "--repo=" + repo}
	prefixes := []string{"main", "os", "os/", "x", "nope", "origin", "origin:", "origin:main", "", "/"}
	switch p.r.IntN(5) {
	case 0, 1:
		p.option(&argv, 3, "--list")
		if p.option(&argv, 4, "-A") {
			break // with a prefix the real command lists more than aliases
		}
		p.option(&argv, 5, "-c")
		p.option(&argv, 2, pick(p.r, prefixes))
	case 2:
		argv = append(argv, "--delete", pick(p.r, append(p.refs(repo), "os", "nope", "x")))
	case 3:
		p.option(&argv, 3, "--force")
		argv = append(argv, "--create="+p.refName(), p.rev(repo))
	case 4:
		p.option(&argv, 3, "--force")
		argv = append(argv, "-A", "--create="+pick(p.r, []string{"alias", "alias/es", "next"}), pick(p.r, []string{"nope", "main", "os", "os/x86_64/stable"}))
	}
	return &step{argv: argv}
}

func (p *plan) revParse() *step {
	repo := p.repo()
	argv := []string{"rev-parse", "--repo=" + repo}
	if p.option(&argv, 5, pick(p.r, []string{"-S", "--single"})) {
		p.option(&argv, 3, p.rev(repo))
		return &step{argv: argv}
	}
	argv = append(argv, p.rev(repo))
	p.option(&argv, 4, p.rev(repo))
	return &step{argv: argv}
}

func (p *plan) logVerb() *step {
	repo := p.repo()
	argv := []string{"log", "--repo=" + repo}
	p.option(&argv, 3, "--raw")
	return &step{argv: append(argv, p.rev(repo))}
}

func (p *plan) object(repo string) string {
	list := p.objects(repo)
	if len(list) == 0 {
		return "nope"
	}
	return pick(p.r, list)
}

func (p *plan) show() *step {
	repo := p.repo()
	argv := []string{"show", "--repo=" + repo}
	p.option(&argv, 3, "--raw")
	p.option(&argv, 5, "-B")
	p.option(&argv, 8, "--print-related")
	p.option(&argv, 6, "--print-sizes")
	p.option(&argv, 5, "--print-metadata-key="+pick(p.r, []string{"version", "k", "n", "d", "ostree.ref-binding", "nope", "ostree.sizes", "by", "ay", "t"}))
	p.option(&argv, 8, "--print-detached-metadata-key="+pick(p.r, []string{"sig", "a", "nope"}))
	p.option(&argv, 30, "--gpg-verify-remote=origin")
	argv = append(argv, pick(p.r, []string{p.rev(repo), p.rev(repo), p.rev(repo), p.object(repo)}))
	return &step{argv: argv}
}

func (p *plan) ls() *step {
	repo := p.repo()
	argv := []string{"ls", "--repo=" + repo}
	p.option(&argv, 2, "-R")
	p.option(&argv, 5, "-d")
	p.option(&argv, 3, "-C")
	p.option(&argv, 3, "-X")
	p.option(&argv, 6, "--nul-filenames-only")
	argv = append(argv, "--", p.rev(repo))
	for range p.r.IntN(3) {
		argv = append(argv, p.path())
	}
	return &step{argv: argv}
}

func (p *plan) cat() *step {
	repo := p.repo()
	argv := []string{"cat", "--repo=" + repo, "--", p.rev(repo)}
	for range p.r.IntN(3) {
		argv = append(argv, p.path())
	}
	return &step{argv: argv}
}

func (p *plan) diff() *step {
	repo := p.repo()
	argv := []string{"diff", "--repo=" + repo}
	p.option(&argv, 10, "--no-xattrs")
	owner := p.option(&argv, 10, pick(p.r, []string{"--owner-uid=0", "--owner-uid=1", "--owner-uid=-1", "--owner-gid=0"}))
	stats := p.option(&argv, 4, "--stats")
	p.option(&argv, 8, "--fs-diff")
	for i := range 2 {
		arg := p.rev(repo)
		if stats && (len(arg) == 64 && !slices.Contains(p.commits(repo), arg) || strings.HasSuffix(arg, "^")) {
			return nil // the real command takes it for a commit without objects
		}
		if dirs := p.checkouts(); len(dirs) > 0 && chance(p.r, 3) && (i > 0 || !owner) { // of two directories the real command takes the owner for one
			arg = "./" + pick(p.r, dirs)
		}
		if !chance(p.r, 8) {
			argv = append(argv, arg)
		}
	}
	return &step{argv: argv}
}

func (p *plan) export() *step {
	repo := p.repo()
	argv := []string{"export", "--repo=" + repo}
	p.option(&argv, 4, "--no-xattrs")
	p.option(&argv, 4, "--subpath="+p.path())
	p.option(&argv, 4, "--prefix="+pick(p.r, []string{"p/", "./", "p", "/abs/", "a/b/"}))
	if chance(p.r, 2) {
		argv = append(argv, "-o", p.name("x")+".tar")
	}
	argv = append(argv, p.rev(repo))
	return &step{argv: argv}
}

func (p *plan) prune() *step {
	repo := p.repo()
	argv := []string{"prune", "--repo=" + repo}
	p.option(&argv, 3, "--no-prune")
	p.option(&argv, 2, "--refs-only")
	p.option(&argv, 3, "--depth="+pick(p.r, []string{"0", "1", "2", "-1"}))
	if commits := p.commits(repo); len(commits) > 0 {
		p.option(&argv, 8, "--delete-commit="+pick(p.r, commits))
	}
	if p.exists(repo + "/refs/mirrors/*/*") { // the options below leave these out of account
		return &step{argv: argv}
	}
	p.option(&argv, 8, "--keep-younger-than="+pick(p.r, []string{"@1600020000", "2020-09-13 20:00:00", "1 year ago", "2020-09-13"}))
	p.option(&argv, 12, "--static-deltas-only")
	p.option(&argv, 10, "--retain-branch-depth="+pick(p.r, []string{"main=0", "main=1", "next=-1", "main", "main=x"}))
	p.option(&argv, 12, "--only-branch="+pick(p.r, []string{"main", "next"}))
	p.option(&argv, 10, "--commit-only")
	return &step{argv: argv}
}

func (p *plan) fsck() *step {
	repo := p.repo()
	argv := []string{"fsck", "--repo=" + repo}
	p.option(&argv, 3, "-q")
	p.option(&argv, 3, "-a")
	p.option(&argv, 5, "--delete")
	if len(p.commits(repo)) == 0 { // else the real command deletes commits whose parents are missing
		p.option(&argv, 4, "--add-tombstones")
	}
	if p.option(&argv, 3, "--verify-bindings") { // the real command's other one implies this only in its help
		p.option(&argv, 2, "--verify-back-refs")
	}
	return &step{argv: argv}
}

func (p *plan) pullLocal() *step {
	repos := p.repos()
	if len(repos) < 2 {
		return nil
	}
	dst, src := pick(p.r, repos), pick(p.r, repos)
	if dst == src {
		return nil
	}
	if p.exists(src + "/summary") {
		return nil // the real command goes by it even if it is old
	}
	argv := []string{"pull-local", "--repo=" + dst}
	if !p.option(&argv, 3, "--remote="+pick(p.r, []string{"origin", "origin", "other"})) && p.exists(dst+"/refs/remotes/*/*") {
		return nil // the real command makes no ref that some remote has with the same commit
	}
	p.option(&argv, 3, "--depth="+pick(p.r, []string{"0", "1", "-1", "x"}))
	p.option(&argv, 4, "--untrusted")
	p.option(&argv, 10, "--commit-metadata-only")
	p.bareUserOnly(&argv, dst)
	p.option(&argv, 8, "--disable-verify-bindings")
	p.option(&argv, 10, "--disable-fsync")
	p.option(&argv, 15, "--per-object-fsync")
	p.option(&argv, 25, pick(p.r, []string{"--gpg-verify", "--gpg-verify-summary"}))
	argv = append(argv, src)
	for range p.r.IntN(3) { // to a short checksum the real command gives the name of a ref
		argv = append(argv, pick(p.r, append(p.refs(src), "nope", pick(p.r, append(p.commits(src), "main")))))
	}
	return &step{argv: argv}
}

// bareUserOnly adds an option, by which the real command looks only at the files that it takes.
func (p *plan) bareUserOnly(argv *[]string, dst string) {
	if len(p.commits(dst)) == 0 {
		p.option(argv, 5, "--bareuseronly-files")
	}
}

func (p *plan) remote() *step {
	repo := p.repo()
	argv := []string{"remote", "--repo=" + repo}
	name := pick(p.r, []string{"origin", "origin", "other", "bad/name", "", "with space"})
	switch p.r.IntN(9) {
	case 8:
		argv = append(argv, "gpg-list-keys", name)
	case 0, 1, 2, 3:
		argv = append(argv, "add")
		p.option(&argv, 3, "--no-gpg-verify")
		p.option(&argv, 2, "--set=gpg-verify=false")
		p.option(&argv, 6, "--if-not-exists")
		p.option(&argv, 6, "--force")
		p.option(&argv, 8, "--no-sign-verify")
		p.option(&argv, 8, "--collection-id="+pick(p.r, []string{"org.example.One", "org.example.Two"}))
		p.option(&argv, 15, "--contenturl=@URL/"+p.repo())
		p.option(&argv, 25, "--custom-backend=x")
		p.option(&argv, 10, "--sign-verify="+pick(p.r, []string{"dummy=inline:aa", "dummy=inline:bb", "dummy=file:@DIR/nope", "dummy=x", "dummy", "nope=inline:x"}))
		p.option(&argv, 12, "--set="+pick(p.r, []string{"a=b", "novalue", "x=", "tls-permissive=true"}))
		source, scheme := p.repo(), "file://@DIR/"
		if strings.Contains(p.config(source), "archive") && !chance(p.r, 3) { // others are for files
			scheme = "@URL/"
		}
		argv = append(argv, name, scheme+source)
		p.option(&argv, 5, p.refName())
	case 4:
		argv = append(argv, "delete")
		p.option(&argv, 3, "--if-exists")
		argv = append(argv, name)
	case 5:
		argv = append(argv, "list")
		p.option(&argv, 2, "-u")
	case 6:
		argv = append(argv, "show-url", name)
	case 7:
		argv = append(argv, pick(p.r, []string{"refs", "summary"}), name)
	}
	return &step{argv: argv}
}

func (p *plan) pull() *step {
	var repos []string
	for _, repo := range p.repos() {
		if strings.Contains(p.config(repo), "[remote") {
			repos = append(repos, repo)
		}
	}
	if len(repos) == 0 {
		return nil
	}
	dst := pick(p.r, repos)
	argv := []string{"pull", "--repo=" + dst}
	if !p.exists(dst + "/refs/remotes/*/*") { // as above
		p.option(&argv, 6, "--mirror")
	}
	p.option(&argv, 4, "--depth="+pick(p.r, []string{"0", "1", "-1"}))
	p.option(&argv, 10, "--commit-metadata-only")
	p.option(&argv, 8, "--untrusted")
	p.option(&argv, 8, "--http-trusted")
	p.option(&argv, 8, "--disable-static-deltas")
	p.option(&argv, 12, "--require-static-deltas")
	p.bareUserOnly(&argv, dst)
	p.option(&argv, 6, "--subpath="+p.path())
	p.option(&argv, 8, "-T")
	p.transport(&argv)
	p.option(&argv, 6, "--disable-verify-bindings")
	p.option(&argv, 10, "-L", p.repo())
	remote := pick(p.r, []string{"origin", "origin", "origin", "other", "nope"})
	if chance(p.r, 10) {
		return &step{argv: append(argv, remote+":"+p.refName())}
	}
	argv = append(argv, remote)
	source := p.repo()
	for range p.r.IntN(3) {
		if refs := p.refs(source); len(refs) > 0 {
			ref := pick(p.r, refs)
			if commits := p.commits(source); chance(p.r, 6) && len(commits) > 0 {
				ref += "@" + pick(p.r, commits)
				argv = append(argv, "--disable-verify-bindings") // of several refs of a commit the real command looks at one
			}
			argv = append(argv, ref)
		}
	}
	return &step{argv: argv}
}

func (p *plan) summary() *step {
	repo := p.repo()
	if strings.Contains(p.config(repo), "\ncollection-id") {
		return nil // where a summary goes with a commit of now
	}
	argv := []string{"summary", "--repo=" + repo}
	switch p.r.IntN(4) {
	case 0, 1:
		argv = append(argv, "-u")
		p.signed(&argv, 5)
		p.option(&argv, 5, "-m", pick(p.r, []string{"k='v'", "n=uint32 7", "bad", "x=[", "k=1"}))
	case 2:
		argv = append(argv, "-v")
		p.option(&argv, 8, "--raw")
	case 3:
		p.option(&argv, 3, "--raw")
	}
	return &step{argv: argv}
}

func (p *plan) delta() *step {
	repo := p.repo()
	argv := []string{"static-delta", "--repo=" + repo}
	switch p.r.IntN(9) {
	case 0, 1, 2, 3:
		argv = append(argv, "generate")
		p.option(&argv, 3, "--empty")
		if commits := p.commits(repo); len(commits) > 0 {
			p.option(&argv, 3, "--from="+pick(p.r, commits))
		}
		p.option(&argv, 3, "--inline")
		p.option(&argv, 3, "--disable-bsdiff")
		p.option(&argv, 6, "-n")
		p.option(&argv, 6, "--min-fallback-size=0")
		p.option(&argv, 12, "--set-endianness="+pick(p.r, []string{"l", "B", "x"}))
		p.option(&argv, 12, "--swap-endianness")
		p.option(&argv, 8, "--max-chunk-size=1")
		p.option(&argv, 8, "--max-bsdiff-size="+pick(p.r, []string{"0", "1"}))
		p.signed(&argv, 6)
		if chance(p.r, 6) {
			argv = append(argv, "--filename="+p.name("delta"))
		}
		argv = append(argv, pick(p.r, [][]string{{p.rev(repo)}, {"--to=" + p.rev(repo)}, {}})...)
	case 4:
		argv = append(argv, "list")
	case 5:
		if p.inlined(repo) {
			return nil // the real command cannot show these
		}
		argv = append(argv, "show", p.deltaName(repo))
	case 6:
		argv = append(argv, "delete", p.deltaName(repo))
	case 7:
		argv = append(argv, pick(p.r, []string{"indexes", "reindex"}))
	case 8:
		file := p.deltaFile()
		if file == "" {
			return nil
		}
		argv = append(argv, "apply-offline", file)
	}
	return &step{argv: argv}
}

func (p *plan) reset() *step {
	repo := p.repo()
	return &step{argv: []string{"reset", "--repo=" + repo, pick(p.r, append(p.refs(repo), "main")), p.rev(repo)}}
}

func (p *plan) checksum() *step {
	argv := []string{"checksum"}
	p.option(&argv, 3, "--ignore-xattrs")
	dirs := p.checkouts()
	if len(dirs) == 0 || chance(p.r, 8) {
		return &step{argv: append(argv, pick(p.r, []string{"nope", ".", "/"}))}
	}
	dir := pick(p.r, dirs)
	return &step{argv: append(argv, pick(p.r, append(p.walk(dir), dir)))}
}

func (p *plan) createUSB() *step {
	repo := p.repo()
	if p.exists(repo + "/summary") {
		return nil // the real command goes by it even if it is old
	}
	argv := []string{"create-usb", "--repo=" + repo}
	p.option(&argv, 3, "--disable-fsync")
	p.option(&argv, 4, "--destination-repo="+pick(p.r, []string{"dest", "a/b"}))
	if commits := p.commits(repo); len(commits) > 0 { // of anything else than a checksum the real command dies
		p.option(&argv, 10, "--commit="+pick(p.r, commits))
	}
	st := &step{argv: argv}
	if !p.exists("usb") {
		st.trees = map[string]randomTree{"usb": {{path: ".", mode: 0o40755}}}
	}
	st.argv = append(st.argv, "usb", pick(p.r, []string{"org.example.One", "org.example.Two"}), pick(p.r, append(slices.Clone(p.refs(repo)), "main")))
	return st
}
