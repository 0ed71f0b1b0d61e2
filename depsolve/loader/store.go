package loader

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"sync"

	"example.com/rpmostree/depsolve"
)

// The binary form of packages, numbers little-endian:
//
//	details of each package, see appendDetails
//	the pool's own form of all packages, see depsolve's Repo.Freeze
//	where the details of each package end, 32 bits
//	the key that tells what the packages are those of
//	footer: 64 bits each for the length of the details, of the pool's form, of the ends and of the key;
//	CRC-32C of all before it; magic
//
// What is at the end is written last, so that the packages can be streamed; a file that was cut off has no footer.
const (
	storeMagic = "rpkgs\x00\x00\x01" // the last byte is the version
	footerSize = 4*8 + 4 + len(storeMagic)
	maxStore   = 4 << 30
)

var errStore = errors.New("damaged package cache")

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

type storeWriter struct {
	out  *bufio.Writer
	sum  hash.Hash32
	key  string
	at   uint64 // bytes written
	ends []byte
	buf  []byte // scratch
}

func newStoreWriter(w io.Writer, key string) *storeWriter {
	s := &storeWriter{sum: crc32.New(castagnoli()), key: key}
	s.out = bufio.NewWriterSize(io.MultiWriter(w, s.sum), 1<<16)
	return s
}

// Write adds to the present part.
func (s *storeWriter) Write(b []byte) (int, error) {
	n, err := s.out.Write(b)
	s.at += uint64(n)
	return n, err
}

// finish writes what comes after the details.
func (s *storeWriter) finish(packages *depsolve.Repo) error {
	details := s.at
	if details > maxStore-1 {
		return fmt.Errorf("write package cache: %d bytes of details are too many", details)
	}
	if err := packages.Freeze(s); err != nil {
		return err
	}
	footer := make([]byte, 0, footerSize)
	for _, n := range []uint64{details, s.at - details, uint64(len(s.ends)), uint64(len(s.key))} {
		footer = binary.LittleEndian.AppendUint64(footer, n)
	}
	for _, part := range [][]byte{s.ends, []byte(s.key), footer} {
		if _, err := s.Write(part); err != nil {
			return err
		}
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	if _, err := s.Write(append(binary.LittleEndian.AppendUint32(nil, s.sum.Sum32()), storeMagic...)); err != nil {
		return err
	}
	return s.out.Flush()
}

// file is where a store is.
type file interface{ io.ReaderAt }

// store is an opened binary form. Details are read when they are asked for.
type store struct {
	from   file
	frozen *io.SectionReader
	ends   []byte

	mu       sync.Mutex
	window   []byte // details read last
	windowAt int64  // where they are
}

func sizeOf(f file) (int64, error) {
	if m, ok := f.(interface{ size() (int64, error) }); ok {
		return m.size()
	}
	if o, ok := f.(*os.File); ok {
		fi, err := o.Stat()
		if err != nil {
			return 0, err
		}
		return fi.Size(), nil
	}
	return 0, errors.ErrUnsupported
}

// openStore verifies everything: what it accepts can be relied on. Only where the details end is kept.
func openStore(f file, key string) (*store, error) {
	size, err := sizeOf(f)
	if err != nil {
		return nil, err
	}
	body := size - int64(footerSize)
	if body < 0 || size > maxStore {
		return nil, fmt.Errorf("%w: %d bytes", errStore, size)
	}
	footer := make([]byte, footerSize)
	if _, err := f.ReadAt(footer, body); err != nil {
		return nil, err
	}
	var lens [4]int64 // details, frozen, ends, key
	rest := body
	for i := range lens {
		n := binary.LittleEndian.Uint64(footer[8*i:])
		if n > uint64(rest) {
			return nil, fmt.Errorf("%w: lengths", errStore)
		}
		lens[i] = int64(n)
		rest -= int64(n)
	}
	if rest != 0 || string(footer[36:]) != storeMagic || lens[3] != int64(len(key)) {
		return nil, fmt.Errorf("%w: unknown format or other packages", errStore)
	}
	tail := make([]byte, lens[2]+lens[3])
	if _, err := f.ReadAt(tail, lens[0]+lens[1]); err != nil {
		return nil, err
	}
	s := &store{from: f, frozen: io.NewSectionReader(f, lens[0], lens[1]), ends: tail[:lens[2]]}
	if string(tail[lens[2]:]) != key {
		return nil, fmt.Errorf("%w: other packages", errStore)
	}
	sum, err := checksum(f, body+32)
	if err != nil {
		return nil, err
	}
	if sum != binary.LittleEndian.Uint32(footer[32:]) {
		return nil, fmt.Errorf("%w: checksum", errStore)
	}
	return s, nil
}

// checksum is that of the first n bytes.
func checksum(f file, n int64) (uint32, error) {
	sum, buf := uint32(0), make([]byte, 1<<16)
	for at := int64(0); at < n; {
		b := buf[:min(int64(len(buf)), n-at)]
		if _, err := f.ReadAt(b, at); err != nil {
			return 0, err
		}
		sum = crc32.Update(sum, castagnoli(), b)
		at += int64(len(b))
	}
	return sum, nil
}

// addTo adds the packages to an empty repository.
func (s *store) addTo(to *depsolve.Repo, id string) error {
	return to.Thaw(s.frozen, func(n int) any {
		if info, err := s.info(n); err == nil {
			info.RepoID = id
			return info
		}
		return nil
	})
}
