package rollsum

import (
	"bufio"
	"bytes"
	"cmp"
	"hash/crc32"
	"io"
	"slices"
)

// Segment is a piece of the new file: Length bytes that are in the old file at
// Old, or new if Old is -1.
type Segment struct {
	Old    int64
	Length int64
}

// File is one of the files that are compared.
type File struct {
	io.ReaderAt
	Size int64
}

// Match describes next in terms of old. The segments follow each other, and
// matched is how many bytes of next are found in old. It holds 16 bytes for every
// chunk of old, up to 16 MiB, and the segments; an error is one of reading.
func Match(old, next File) (segments []Segment, matched int64, err error) {
	m := &matcher{old: old, next: next}
	if err := m.index(); err != nil {
		return nil, 0, err
	}
	if err := chunks(next, m.chunk); err != nil {
		return nil, 0, err
	}
	for _, s := range m.segments {
		if s.Old >= 0 {
			matched += s.Length
		}
	}
	return m.segments, matched, nil
}

const (
	// maxEqual bounds how many chunks with one checksum are compared.
	maxEqual = 8
	// maxChunks bounds the chunks of the old file that are known: as many as 8 GiB
	// have.
	maxChunks = 1 << 20
	// readSize is how much is read at a time.
	readSize = 256 << 10
	// pieceSize is how much is compared at a time before the start of a chunk.
	pieceSize = 4 << 10
)

// chunk is a chunk of the old file.
type chunk struct {
	sum    uint32
	length uint32
	pos    int64
}

type matcher struct {
	old, next File
	known     []chunk // by checksum, then by position
	segments  []Segment
	pos       int64 // in next
	buf       [MaxChunk]byte
	piece     [2][pieceSize]byte
}

// chunks calls f for every chunk of a file, which is valid during the call.
func chunks(file File, f func([]byte) error) error {
	r := bufio.NewReaderSize(io.NewSectionReader(file, 0, file.Size), readSize)
	for left := file.Size; left > 0; {
		b, err := r.Peek(int(min(left, MaxChunk)))
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		n := Split(b)
		left -= int64(n)
		if err := f(b[:n]); err != nil {
			return err
		}
		if _, err := r.Discard(n); err != nil {
			return err
		}
	}
	return nil
}

func (m *matcher) index() error {
	pos := int64(0)
	err := chunks(m.old, func(b []byte) error {
		if len(m.known) < maxChunks {
			m.known = append(m.known, chunk{crc32.ChecksumIEEE(b), uint32(len(b)), pos})
		}
		pos += int64(len(b))
		return nil
	})
	slices.SortFunc(m.known, func(a, b chunk) int { return cmp.Or(cmp.Compare(a.sum, b.sum), cmp.Compare(a.pos, b.pos)) })
	return err
}

// chunk describes the next chunk of the new file: what goes on as in the old one,
// or is elsewhere in it, or begins as what would go on, or is new.
func (m *matcher) chunk(b []byte) error {
	ahead, err := m.goesOn(b)
	if err != nil {
		return err
	}
	if ahead < len(b) {
		at, err := m.find(b)
		if err != nil {
			return err
		}
		if at >= 0 {
			return m.found(at, b)
		}
	}
	if ahead > 0 {
		m.segments[len(m.segments)-1].Length += int64(ahead)
	}
	m.add(Segment{-1, int64(len(b) - ahead)})
	m.pos += int64(len(b))
	return nil
}

// goesOn is how many bytes of b follow in the old file what the last segment is.
func (m *matcher) goesOn(b []byte) (int, error) {
	if len(m.segments) == 0 {
		return 0, nil
	}
	last := m.segments[len(m.segments)-1]
	at := last.Old + last.Length
	if last.Old < 0 || at >= m.old.Size {
		return 0, nil
	}
	old := m.buf[:min(int64(len(b)), m.old.Size-at)]
	if err := readAt(m.old, old, at); err != nil {
		return 0, err
	}
	return common(old, b), nil
}

// common is the length of the common start.
func common(a, b []byte) int {
	n := min(len(a), len(b))
	if bytes.Equal(a[:n], b[:n]) {
		return n
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i
}

// find returns where a chunk is in the old file, or -1.
func (m *matcher) find(b []byte) (int64, error) {
	sum := crc32.ChecksumIEEE(b)
	i, _ := slices.BinarySearchFunc(m.known, sum, func(c chunk, sum uint32) int { return cmp.Compare(c.sum, sum) })
	for _, c := range m.known[i:min(len(m.known), i+maxEqual)] {
		if c.sum != sum {
			break
		}
		if int(c.length) != len(b) {
			continue
		}
		old := m.buf[:len(b)]
		if err := readAt(m.old, old, c.pos); err != nil {
			return 0, err
		}
		if bytes.Equal(old, b) {
			return c.pos, nil
		}
	}
	return -1, nil
}

// found adds a chunk that is in the old file, with what precedes it there and in
// the new one if that has been new so far.
func (m *matcher) found(at int64, b []byte) error {
	n, err := m.before(at)
	if err != nil {
		return err
	}
	if n > 0 {
		last := &m.segments[len(m.segments)-1]
		if last.Length -= n; last.Length == 0 {
			m.segments = m.segments[:len(m.segments)-1]
		}
	}
	m.add(Segment{at - n, int64(len(b)) + n})
	m.pos += int64(len(b))
	return nil
}

// before is how many bytes at the end of the last segment, if it is new, are those
// before at in the old file.
func (m *matcher) before(at int64) (int64, error) {
	if len(m.segments) == 0 || m.segments[len(m.segments)-1].Old >= 0 {
		return 0, nil
	}
	limit := min(m.segments[len(m.segments)-1].Length, at)
	n := int64(0)
	for n < limit {
		k := min(limit-n, pieceSize)
		a, b := m.piece[0][:k], m.piece[1][:k]
		if err := readAt(m.old, a, at-n-k); err != nil {
			return 0, err
		}
		if err := readAt(m.next, b, m.pos-n-k); err != nil {
			return 0, err
		}
		same := commonEnd(a, b)
		n += int64(same)
		if same < int(k) {
			break
		}
	}
	return n, nil
}

// commonEnd is the length of the common end of a and b, which are equally long.
func commonEnd(a, b []byte) int {
	n := 0
	for n < len(a) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

func readAt(f File, b []byte, at int64) error {
	n, err := f.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// add appends a segment, or extends the last one.
func (m *matcher) add(s Segment) {
	if s.Length == 0 {
		return
	}
	if n := len(m.segments); n > 0 {
		last := &m.segments[n-1]
		fresh := last.Old < 0 && s.Old < 0
		if fresh || s.Old >= 0 && last.Old >= 0 && last.Old+last.Length == s.Old {
			last.Length += s.Length
			return
		}
	}
	m.segments = append(m.segments, s)
}
