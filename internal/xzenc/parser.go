package xzenc

import "math"

// step is what is coded next: a literal (back -1), a repeated match (back is the
// index of the distance), or a match (back is its distance from 0, plus 4).
type step struct {
	length, back int
}

// maxBlock is how far the parser plans.
const maxBlock = 4096

// node is a position of the plan and the cheapest way to it.
type node struct {
	price uint32
	step  // the last one on the way
	state int
	reps  [4]uint32
}

// parser plans the cheapest sequence of steps for a block.
type parser struct {
	e     *encoder
	f     *finder
	nodes [maxBlock + maxMatch + 1]node
	plan  []step
	// How long the matches at the last distances are at the current node.
	repLens [4]int
}

func (p *parser) start(e *encoder, f *finder) { p.e, p.f, p.plan = e, f, p.plan[:0] }

// block plans from the position of the encoder. The plan ends where a match is
// long enough to be taken in any case, where all ways meet after the block, or
// with the input. The result is in reverse, and valid until the next call.
func (p *parser) block() []step {
	e := p.e
	p.plan = p.plan[:0]
	n := p.nodes[:]
	n[0] = node{price: 0, state: e.state, reps: e.reps}
	last := 0 // the farthest node that is reached
	reach := func(to int) {
		for ; last < to; last++ {
			n[last+1].price = math.MaxUint32
		}
	}
	for cur := 0; ; cur++ {
		pos := e.pos + cur
		left := len(e.data) - pos
		// All ways meet in the last node that is reached.
		if left == 0 || cur > 0 && cur == last && cur >= minPlan || cur >= maxBlock {
			p.trace(cur)
			return p.plan
		}
		if cur > 0 {
			p.arrive(cur)
		}
		matches := p.f.next()
		p.measureReps(cur, pos, left)
		if s, ok := p.obvious(matches); ok {
			p.f.skip(s.length - 1)
			p.plan = append(p.plan, s)
			p.trace(cur)
			return p.plan
		}
		reach(cur + 1)
		p.relaxShort(cur, pos)
		p.relaxReps(cur, pos, reach)
		p.relaxMatches(cur, pos, matches, reach)
	}
}

// minPlan is the least to plan: less would cost more than it saves.
const minPlan = 64

// arrive works out the state at a node from the one before.
func (p *parser) arrive(cur int) {
	n := &p.nodes[cur]
	from := &p.nodes[cur-n.length]
	n.reps = from.reps
	switch {
	case n.back < 0:
		n.state = afterLiteral(from.state)
	case n.back == 0 && n.length == 1:
		n.state = afterShortRep(from.state)
	case n.back < 4:
		n.state = afterRep(from.state)
		n.reps = moved(from.reps, n.back)
	default:
		n.state = afterMatch(from.state)
		n.reps = [4]uint32{uint32(n.back - 4), from.reps[0], from.reps[1], from.reps[2]}
	}
}

// trace adds the way to a node to the plan.
func (p *parser) trace(cur int) {
	for cur > 0 {
		s := p.nodes[cur].step
		p.plan = append(p.plan, s)
		cur -= s.length
	}
}

// measureReps finds the lengths of the matches at the last distances.
func (p *parser) measureReps(cur, pos, left int) {
	limit := min(left, maxMatch)
	here := p.e.data[pos : pos+limit]
	for i, d := range p.nodes[cur].reps {
		p.repLens[i] = 0
		from := pos - int(d) - 1
		if from < 0 || limit < minMatch {
			continue
		}
		old := p.e.data[from : from+limit]
		if old[0] == here[0] && old[1] == here[1] {
			p.repLens[i] = common(old, here, limit)
		}
	}
}

// obvious finds a match that is so long that nothing else matters.
func (p *parser) obvious(matches []match) (step, bool) {
	for i, l := range p.repLens {
		if l >= p.f.niceLen {
			return step{l, i}, true
		}
	}
	if n := len(matches); n > 0 && matches[n-1].length >= p.f.niceLen {
		return step{matches[n-1].length, matches[n-1].dist - 1 + 4}, true
	}
	return step{}, false
}

func (p *parser) relax(to int, price uint32, s step) {
	if n := &p.nodes[to]; price < n.price {
		n.price, n.step = price, s
	}
}

// relaxShort tries a literal and a single byte at the last distance.
func (p *parser) relaxShort(cur, pos int) {
	e, n := p.e, &p.nodes[cur]
	ps := pos & posMask
	isMatch := e.isMatch[n.state][ps]
	literal := n.price + e.table.bit(isMatch, 0) + e.literalPrice(pos, n.state, n.reps[0])
	p.relax(cur+1, literal, step{1, -1})
	from := pos - int(n.reps[0]) - 1
	if from >= 0 && e.data[from] == e.data[pos] {
		price := n.price + e.table.bit(isMatch, 1) + e.table.bit(e.isRep[n.state], 1) +
			e.table.bit(e.isRep0[n.state], 0) + e.table.bit(e.isLong[n.state][ps], 0)
		p.relax(cur+1, price, step{1, 0})
	}
}

func (p *parser) relaxReps(cur, pos int, reach func(int)) {
	e, n := p.e, &p.nodes[cur]
	ps := pos & posMask
	base := n.price + e.table.bit(e.isMatch[n.state][ps], 1) + e.table.bit(e.isRep[n.state], 1)
	for i, length := range p.repLens {
		if length < minMatch {
			continue
		}
		reach(cur + length)
		price := base + e.repPrice(i, n.state, ps)
		for l := minMatch; l <= length; l++ {
			p.relax(cur+l, price+e.prices.repLen[ps][l-minMatch], step{l, i})
		}
	}
}

func (p *parser) relaxMatches(cur, pos int, matches []match, reach func(int)) {
	e, n := p.e, &p.nodes[cur]
	if len(matches) == 0 {
		return
	}
	ps := pos & posMask
	base := n.price + e.table.bit(e.isMatch[n.state][ps], 1) + e.table.bit(e.isRep[n.state], 0)
	reach(cur + matches[len(matches)-1].length)
	lengths := &e.prices.length[ps]
	l := minMatch
	for _, m := range matches {
		d := uint32(m.dist - 1)
		s := step{back: int(d) + 4}
		for ; l <= m.length && lenState(l) < lenStates-1; l++ {
			s.length = l
			p.relax(cur+l, base+lengths[l-minMatch]+e.prices.dist(d, l), s)
		}
		far := base + e.prices.dist(d, maxMatch) // for all that are longer
		for ; l <= m.length; l++ {
			s.length = l
			p.relax(cur+l, far+lengths[l-minMatch], s)
		}
	}
}
