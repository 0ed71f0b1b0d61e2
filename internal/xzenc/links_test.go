package xzenc

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// letters is random text of so many different bytes: the fewer, the longer are the repetitions.
func letters(seed uint64, n, different int) []byte {
	r := rand.New(rand.NewPCG(seed, 3))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.IntN(different)) * 17
	}
	return b
}

func linkInputs() map[string][]byte {
	copies := noise(4, 1000)
	runs := bytes.Join([][]byte{make([]byte, 100), []byte("x"), make([]byte, 31), []byte("y"), make([]byte, 90), []byte("x")}, nil)
	return map[string][]byte{
		"nothing":       nil,
		"one":           {7},
		"two":           {7, 7},
		"noise":         noise(1, 2000),
		"two letters":   letters(1, 3000, 2),
		"three letters": letters(2, 3000, 3),
		"many letters":  letters(3, 5000, 20),
		"copies":        bytes.Join([][]byte{copies, []byte("-"), copies, []byte("+"), copies[:700], copies}, nil),
		"period":        bytes.Repeat([]byte("ab"), 1500),
		"long period":   bytes.Repeat([]byte("abcdefghijklmnopqrstuvwxyz0123456789"), 100),
		"runs":          runs,
		"zeros":         make([]byte, 500),
	}
}

// longest compares the string at pos with all earlier ones of the window.
func longest(d []byte, from, pos, nice int) (length, at int) {
	limit := min(nice, len(d)-pos)
	for p := pos - 1; p >= from; p-- {
		n := 0
		for n < limit && d[p+n] == d[pos+n] {
			n++
		}
		if n > length {
			length, at = n, p
		}
	}
	return length, at
}

// Links lead to the nearest of the longest matches, as far as comparing everything with everything shows it.
func TestLinksAreLongest(t *testing.T) {
	for name, d := range linkInputs() {
		for _, nice := range []int{16, 48, 64} {
			for _, window := range []int{len(d), 700} {
				t.Run(fmt.Sprint(name, " ", nice, " ", window), func(t *testing.T) {
					var l links
					require.NoError(t, l.allocate(min(window, len(d))))
					defer func() { require.NoError(t, l.free()) }()
					for from := 0; from < len(d); from = l.to {
						l.start(d, from, nice)
						requireLongest(t, &l, d[:l.to], nice)
					}
				})
			}
		}
	}
}

func requireLongest(t *testing.T, l *links, d []byte, nice int) {
	for pos := l.from; pos < l.to; pos++ {
		length, from := l.link(pos)
		want, at := longest(d, l.from, pos, nice)
		switch left := len(d) - pos; {
		case want < 2: // strings of one byte are not looked for
			continue
		case length == left || length == want && len(bytes.Trim(d[pos:pos+want], string(d[pos]))) == 0:
			// Where the end is taken for zeros, and of equal bytes, any match will do.
		case want > runLength && length == min(nice, runLength) && from == pos-1:
			want = length
		default:
			require.Equal(t, at, from, "position %d", pos)
		}
		require.Equal(t, want, length, "position %d", pos)
		require.Less(t, from, pos)
		require.GreaterOrEqual(t, from, l.from)
		require.Equal(t, d[pos:pos+want], d[from:from+want])
	}
}

// Where there are more strings that begin alike than fit, links are shorter, but true.
func TestLinksOfLargeGroups(t *testing.T) {
	d := bytes.Repeat(append(letters(5, 4000, 2), "ababab"...), 10)
	var l links
	require.NoError(t, l.allocate(len(d)))
	defer func() { require.NoError(t, l.free()) }()
	l.order.s = l.order.s[:1000]
	for i := range l.groups {
		l.groups[i].s = l.groups[i].s[:300]
	}
	l.start(d, 0, 48)
	long := 0
	for pos := range d {
		length, from := l.link(pos)
		if length == 0 {
			continue
		}
		require.Less(t, from, pos)
		require.Equal(t, d[pos:pos+length], d[from:from+length])
		if length >= 8 {
			long++
		}
	}
	require.Greater(t, long, len(d)*3/4)
}

// Matches of a finder are true, get longer, and stay within the dictionary, also where the links of a window end.
func TestFinder(t *testing.T) {
	for name, d := range linkInputs() {
		for _, dict := range []int{64, 1000, 1 << 20} {
			f := &finder{niceLen: 48}
			require.NoError(t, f.start(d, dict))
			for pos := 0; pos < len(d); pos++ {
				if pos%97 == 50 {
					n := min(300, len(d)-pos)
					f.skip(n)
					pos += n
				}
				best := 1
				for _, m := range f.next() {
					require.Greater(t, m.length, best, name)
					best = m.length
					require.LessOrEqual(t, m.dist, min(dict, pos))
					require.Equal(t, d[pos:pos+m.length], d[pos-m.dist:][:m.length], name)
				}
			}
			require.NoError(t, f.links.free())
		}
	}
}
