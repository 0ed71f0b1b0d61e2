package interop

import (
	"slices"
	"strings"
)

// dummyKeys are keys of the signature type "dummy", which is for tests: the signature is the key.
var dummyKeys = []string{"k1", "k2", "k3"}

// dummyKey is a key that has not been used: the real command would have a signature twice, ours has it once.
func (p *plan) dummyKey() string { return p.name("k") }

// sign signs commits and verifies them. The real command takes no signatures away of this type.
func (p *plan) sign() *step {
	repo := p.repo()
	argv := []string{"sign", "--repo=" + repo, "--sign-type=" + pick(p.r, []string{"dummy", "dummy", "dummy", "dummy", "nope"})}
	if len(p.commits(repo)) == 0 {
		return nil
	}
	if chance(p.r, 2) {
		return &step{argv: append(argv, "--verify", pick(p.r, p.commits(repo)), pick(p.r, dummyKeys), p.dummyKey())}
	}
	argv = append(argv, p.rev(repo))
	for range p.r.IntN(3) {
		argv = append(argv, p.dummyKey())
	}
	return &step{argv: argv}
}

// signed adds the options that sign what a verb makes.
func (p *plan) signed(argv *[]string, n int) {
	if p.option(argv, n, "--sign="+p.dummyKey()) {
		*argv = append(*argv, "--sign-type=dummy")
	}
}

// verifyDelta checks the signatures of deltas.
func (p *plan) verifyDelta() *step {
	repo := p.repo()
	argv := []string{"static-delta", "--repo=" + repo, "verify", "--sign-type=dummy", p.deltaName(repo)}
	if file := p.deltaFile(); strings.HasPrefix(file, "delta") && chance(p.r, 2) {
		argv[len(argv)-1] = file
	}
	p.option(&argv, 1, pick(p.r, dummyKeys))
	return &step{argv: argv}
}

// trust makes a remote demand signatures.
func (p *plan) trust() *step {
	var repos []string
	for _, repo := range p.repos() {
		if strings.Contains(p.config(repo), `[remote "origin"`) {
			repos = append(repos, repo)
		}
	}
	if len(repos) == 0 {
		return nil
	}
	key, value := "verification-dummy-key", pick(p.r, dummyKeys)
	if chance(p.r, 2) {
		key, value = pick(p.r, []string{"sign-verify", "sign-verify-summary"}), pick(p.r, []string{"true", "false", "dummy", "dummy", "nope"})
	}
	return &step{argv: []string{"config", "--repo=" + pick(p.r, repos), "set", `--group=remote "origin"`, key, value}}
}

// collectionRefs lists, makes and deletes refs of collections.
func (p *plan) collectionRefs() *step {
	repo := p.repo()
	argv := []string{"refs", "--repo=" + repo, "--collections"}
	id := pick(p.r, []string{"org.example.One", "org.example.Two", "org.example.Three", "bad id"})
	switch p.r.IntN(4) {
	case 0:
		argv = append(argv, id)
	case 1:
		argv = append(argv, "--delete", id)
	default:
		argv = append(argv, "--create="+id+":"+p.refName(), p.rev(repo))
	}
	return &step{argv: argv}
}

// reindex makes the index of deltas to one commit, not to a ref as ours can.
func (p *plan) reindex() *step {
	repo := p.repo()
	if len(p.commits(repo)) == 0 {
		return nil
	}
	return &step{argv: []string{"static-delta", "--repo=" + repo, "reindex", "--to=" + pick(p.r, p.commits(repo))}}
}

// transport adds options of pull that are about how it works, not about what comes of it.
func (p *plan) transport(argv *[]string) {
	p.option(argv, 10, "--disable-fsync")
	p.option(argv, 15, "--per-object-fsync")
	p.option(argv, 15, "--network-retries="+pick(p.r, []string{"0", "1", "7"}))
	p.option(argv, 20, "--http-header="+pick(p.r, []string{"X-Test=1", "A=b=c", "bad"}))
	p.option(argv, 20, "--update-frequency=100")
	p.option(argv, 25, "--cache-dir="+pick(p.r, []string{".", "nope"}))
	if repo := p.repo(); strings.Contains(p.config(repo), "archive") {
		p.option(argv, 10, "--url="+pick(p.r, []string{"@URL/", "file://@DIR/"})+repo)
	}
	if repo, ok := strings.CutPrefix((*argv)[1], "--repo="); ok && len(p.commits(repo)) > 0 {
		p.option(argv, 10, "--timestamp-check-from-rev="+pick(p.r, append(slices.Clone(p.commits(repo)), "main")))
	}
}
