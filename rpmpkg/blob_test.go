package rpmpkg_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtag"
	"example.com/rpmostree/rpmpkg/rpmtest"
)

// added is a value that installation added to a header.
type added struct {
	tag   rpmtag.Tag
	typ   rpmtag.Type
	count uint32
	data  []byte
}

// blobOf makes the header of an installed package: no magic, the region as it was,
// the added values behind it.
func blobOf(header []byte, list ...added) []byte {
	il := int(binary.BigEndian.Uint32(header[8:]))
	index, data := bytes.Clone(header[16:16+16*il]), bytes.Clone(header[16+16*il:])
	for _, a := range list {
		for size := a.typ.Size(); size > 1 && len(data)%size != 0; {
			data = append(data, 0)
		}
		for _, n := range []uint32{uint32(a.tag), uint32(a.typ), uint32(len(data)), a.count} {
			index = binary.BigEndian.AppendUint32(index, n)
		}
		data = append(data, a.data...)
	}
	blob := binary.BigEndian.AppendUint32(nil, uint32(il+len(list)))
	blob = binary.BigEndian.AppendUint32(blob, uint32(len(data)))
	return append(append(blob, index...), data...)
}

func TestParseBlob(t *testing.T) {
	raw := headerOf(t, sample())
	h, err := rpmpkg.ParseBlob(blobOf(raw,
		added{rpmtag.SHA1Header, rpmtag.TypeString, 1, []byte("abc\x00")},
		added{rpmtag.InstallTime, rpmtag.TypeInt32, 1, []byte{0x65, 0, 0, 0}},
		added{rpmtag.FileStates, rpmtag.TypeChar, 16, bytes.Repeat([]byte{2}, 16)},
	))
	require.NoError(t, err)
	assert.Equal(t, raw, h.Raw(), "what is signed does not change")
	assert.Equal(t, "abc", h.Str(rpmtag.SHA1Header))
	info, err := h.Info()
	require.NoError(t, err)
	assert.EqualValues(t, 0x65000000, info.InstallTime.Unix())
	files, err := h.Files()
	require.NoError(t, err)
	assert.Equal(t, rpmpkg.StateNotInstalled, files[3].State)

	plain, err := rpmpkg.ParseHeader(raw)
	require.NoError(t, err)
	assert.True(t, plain.Has(rpmtag.Name))
	assert.False(t, plain.Has(rpmtag.InstallTime))
	a, err := plain.Scripts()
	require.NoError(t, err)
	b, err := h.Scripts()
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(a, b))
}

func TestBlobReplacesValues(t *testing.T) {
	raw := headerOf(t, small())
	h, err := rpmpkg.ParseBlob(blobOf(raw, added{rpmtag.Summary, rpmtag.TypeI18NString, 1, []byte("new\x00")}))
	require.NoError(t, err)
	assert.Equal(t, "new", h.Str(rpmtag.Summary))
	assert.Equal(t, raw, h.Raw())
	n := 0
	for tag := range h.Tags() {
		if tag == rpmtag.Summary {
			n++
		}
	}
	assert.Equal(t, 1, n)
}

func TestBadBlobs(t *testing.T) {
	raw := headerOf(t, small())
	one := added{rpmtag.InstallTime, rpmtag.TypeInt32, 1, []byte{0, 0, 0, 1}}
	for cause, blob := range map[string][]byte{
		"occurs twice":   blobOf(raw, one, one),
		"type 7 instead": blobOf(raw, added{rpmtag.InstallTime, rpmtag.TypeBin, 1, []byte{1}}),
		"unexpected EOF": raw[:4],
		"ends too early": blobOf(raw, added{rpmtag.InstallTime, rpmtag.TypeInt32, 9, []byte{0, 0, 0, 1}}),
		"index and data": append(blobOf(raw, one), 0),
		"entries, more":  raw, // the magic, taken for a count
		"no entries":     make([]byte, 8),
	} {
		_, err := rpmpkg.ParseBlob(blob)
		assert.ErrorContains(t, err, cause)
	}
}

func TestGettersOfTheWrongType(t *testing.T) {
	h, err := rpmpkg.ParseHeader(headerOf(t, small()))
	require.NoError(t, err)
	assert.Empty(t, h.Str(rpmtag.FileSizes))
	assert.Nil(t, h.Strings(rpmtag.FileSizes))
	assert.Nil(t, h.Bytes(rpmtag.Name))
	assert.Nil(t, h.Uint32s(rpmtag.Name))
	assert.Nil(t, h.Uint16s(rpmtag.FileSizes), "wider than asked for")
	_, ok := h.Uint64(rpmtag.Name)
	assert.False(t, ok)
	_, ok = h.Uint32(rpmtag.Epoch)
	assert.False(t, ok, "absent")
	assert.Zero(t, h.Count(rpmtag.Epoch))
	assert.Equal(t, 3, h.Count(rpmtag.FileModes))
	assert.Equal(t, []uint16{0o100644, 0o040755, 0o120777}, h.Uint16s(rpmtag.FileModes))
	assert.Equal(t, []uint64{10, 0, 4}, h.Uint64s(rpmtag.FileSizes))
	assert.Equal(t, []string{"data", "dir", "link"}, h.Strings(rpmtag.Basenames))
}

// stringArray makes a value of several strings.
func stringArray(tag rpmtag.Tag, list ...string) added {
	a := added{tag: tag, typ: rpmtag.TypeStringArray, count: uint32(len(list))}
	for _, s := range list {
		a.data = append(append(a.data, s...), 0)
	}
	return a
}

// TestOldFileList: before rpm 4 a header had whole paths instead of three arrays.
func TestOldFileList(t *testing.T) {
	raw := headerOf(t, &rpmtest.Package{Name: "old"})
	modes := added{rpmtag.FileModes, rpmtag.TypeInt16, 3, []byte{0x41, 0xed, 0x81, 0xa4, 0x81, 0xa4}}
	h, err := rpmpkg.ParseBlob(blobOf(raw, stringArray(rpmtag.OldFilenames, "/", "/etc/a", "/etc/b c"), modes))
	require.NoError(t, err)
	files, err := h.Files()
	require.NoError(t, err)
	assert.Equal(t, "/etc/b c", files[2].Path)
	assert.True(t, files[0].IsDir())
	for cause, name := range map[string]string{"..": "/etc/../a", "absolute": "etc/a", "empty name": "/etc/"} {
		h, err := rpmpkg.ParseBlob(blobOf(raw, stringArray(rpmtag.OldFilenames, name)))
		require.NoError(t, err)
		_, err = h.Paths()
		assert.ErrorContains(t, err, cause, name)
	}
}

func TestAddedFileListHidesOldOne(t *testing.T) {
	raw := headerOf(t, &rpmtest.Package{Name: "old"})
	// The old list in the region, the new one added: rename an entry to have one there.
	i := indexOf(t, raw, rpmtag.Platform)
	binary.BigEndian.PutUint32(raw[i:], uint32(rpmtag.OldFilenames))
	h, err := rpmpkg.ParseBlob(blobOf(raw))
	require.NoError(t, err)
	require.True(t, h.Has(rpmtag.OldFilenames))
	h, err = rpmpkg.ParseBlob(blobOf(raw, added{rpmtag.DirIndexes, rpmtag.TypeInt32, 1, make([]byte, 4)}, stringArray(rpmtag.Basenames, "a"), stringArray(rpmtag.DirNames, "/")))
	require.NoError(t, err)
	assert.False(t, h.Has(rpmtag.OldFilenames))
	paths, err := h.Paths()
	require.NoError(t, err)
	assert.Equal(t, []string{"/a"}, paths)
}
