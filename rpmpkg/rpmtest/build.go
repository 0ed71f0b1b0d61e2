package rpmtest

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/rpmostree/rpmpkg"
	"example.com/rpmostree/rpmpkg/rpmtag"
)

const rpmVersion = "4.18.0" // whose packages these look like

const defaultTime = 1704067200 // 2024-01-01

func (p *Package) build() ([]byte, error) {
	if p.Name == "" {
		return nil, errors.New("no name")
	}
	files, err := p.sortedFiles()
	if err != nil {
		return nil, err
	}
	plain, err := p.archive(files)
	if err != nil {
		return nil, err
	}
	payload, err := compress(p.Compression, plain)
	if err != nil {
		return nil, err
	}
	h := &headerWriter{}
	p.addTexts(h)
	p.addFiles(h, files)
	p.addScripts(h)
	if err := p.addDependencies(h, files); err != nil {
		return nil, err
	}
	p.addPayload(h, plain, payload)
	header := h.bytes(rpmtag.HeaderImmutable)

	sig, err := p.signature(header, payload, len(plain))
	if err != nil {
		return nil, err
	}
	return slices.Concat(p.lead(), sig, header, payload), nil
}

// lead is the historic start of a package file.
func (p *Package) lead() []byte {
	const size, nameAt, nameSize = 96, 10, 66
	b := make([]byte, size)
	copy(b, "\xed\xab\xee\xdb\x03\x00")
	b[9] = 1  // architecture: meaningless by now
	b[77] = 1 // operating system: Linux
	b[79] = 5 // header-style signature
	if p.V6 {
		b[4], b[9], b[77] = 4, 0, 0
	}
	n := p.NEVRA()
	copy(b[nameAt:nameAt+nameSize-1], n.Name+"-"+n.Version+"-"+n.Release)
	return b
}

// signature is the signature header with its padding: digests, sizes, signature.
func (p *Package) signature(header, payload []byte, plainSize int) ([]byte, error) {
	s := &headerWriter{}
	if err := p.sign(s, header); err != nil {
		return nil, err
	}
	sum256 := sha256.Sum256(header)
	s.str(rpmtag.SHA256Header, hex.EncodeToString(sum256[:]))
	if p.V6 {
		sum3 := sha3.Sum256(header)
		s.str(rpmtag.SHA3256Header, hex.EncodeToString(sum3[:]))
		s.bin(rpmtag.SigReserved, make([]byte, 64))
	} else {
		sum1 := sha1.Sum(header)
		s.str(rpmtag.SHA1Header, hex.EncodeToString(sum1[:]))
		s.u32s(rpmtag.SigSize, uint32(len(header)+len(payload)))
		whole := md5.New()
		whole.Write(header)
		whole.Write(payload)
		s.bin(rpmtag.SigMD5, whole.Sum(nil))
		s.u32s(rpmtag.SigPayloadSize, uint32(plainSize))
	}
	b := s.bytes(rpmtag.HeaderSignatures)
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return b, nil
}

// sign adds a signature over the header, in the newest tag too for version 6.
func (p *Package) sign(s *headerWriter, header []byte) error {
	if p.Sign == nil {
		return nil
	}
	sig, err := p.Sign(header)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	tag := rpmtag.DSAHeader // which is for all but RSA by now
	if isRSA(sig) {
		tag = rpmtag.RSAHeader
	}
	s.bin(tag, sig)
	if p.V6 {
		s.strs(rpmtag.OpenPGP, base64.StdEncoding.EncodeToString(sig))
	}
	return nil
}

// isRSA looks at the algorithm of an OpenPGP signature packet (RFC 9580, 4.2 and 5.2).
func isRSA(sig []byte) bool {
	if len(sig) < 2 {
		return false
	}
	body := 2 // of a length in one byte
	switch newFormat := sig[0]&0x40 != 0; {
	case newFormat && sig[1] == 255:
		body = 6
	case newFormat && sig[1] >= 192:
		body = 3
	case !newFormat:
		body = 1 + 1<<(sig[0]&3)
	}
	const algorithm, rsa = 2, 1
	return body+algorithm < len(sig) && sig[body+algorithm] == rsa
}

func (p *Package) addTexts(h *headerWriter) {
	n := p.NEVRA()
	h.strs(rpmtag.HeaderI18NTable, "C")
	h.str(rpmtag.Name, n.Name)
	h.str(rpmtag.Version, n.Version)
	h.str(rpmtag.Release, n.Release)
	if n.Epoch != 0 {
		h.u32s(rpmtag.Epoch, n.Epoch)
	}
	h.text(rpmtag.Summary, or(p.Summary, "Package "+n.Name))
	h.text(rpmtag.Description, or(p.Description, or(p.Summary, "Package "+n.Name)+"."))
	h.text(rpmtag.Group, or(p.Group, "Unspecified"))
	h.u32s(rpmtag.BuildTime, unix(p.buildTime()))
	h.str(rpmtag.BuildHost, "localhost")
	h.str(rpmtag.License, or(p.License, "MIT"))
	h.str(rpmtag.URL, p.URL)
	h.str(rpmtag.Vendor, p.Vendor)
	h.str(rpmtag.Packager, p.Packager)
	h.str(rpmtag.OS, "linux")
	h.str(rpmtag.Arch, n.Arch)
	h.str(rpmtag.Platform, n.Arch+"-linux")
	h.str(rpmtag.SourceRPM, or(p.SourceRPM, n.Name+"-"+n.Version+"-"+n.Release+".src.rpm"))
	h.str(rpmtag.RPMVersion, rpmVersion)
	h.str(rpmtag.Encoding, "utf-8")
	if p.V6 {
		h.u32s(rpmtag.RPMFormat, 6)
		h.str(rpmtag.SourceNEVR, n.Name+"-"+n.EVR.String())
	}
	var times []uint32
	var names, texts []string
	for _, c := range p.Changelog {
		times, names, texts = append(times, unix(c.Time)), append(names, c.Author), append(texts, c.Text)
	}
	h.u32s(rpmtag.ChangelogTime, times...)
	h.strs(rpmtag.ChangelogName, names...)
	h.strs(rpmtag.ChangelogText, texts...)
}

func (p *Package) addPayload(h *headerWriter, plain, payload []byte) {
	h.str(rpmtag.PayloadFormat, "cpio")
	c := compressions[or(p.Compression, defaultCompression)]
	h.str(rpmtag.PayloadCompressor, c.name)
	h.str(rpmtag.PayloadFlags, c.flags)
	sum, sumPlain := sha256.Sum256(payload), sha256.Sum256(plain)
	h.strs(rpmtag.PayloadDigest, hex.EncodeToString(sum[:]))
	h.u32s(rpmtag.PayloadDigestAlgo, uint32(rpmpkg.DigestSHA256))
	h.strs(rpmtag.PayloadDigestAlt, hex.EncodeToString(sumPlain[:]))
	if p.V6 {
		h.u64s(rpmtag.PayloadSize, uint64(len(payload)))
		h.u64s(rpmtag.PayloadSizeAlt, uint64(len(plain)))
	}
}

func (p *Package) buildTime() time.Time {
	if p.BuildTime.IsZero() {
		return time.Unix(defaultTime, 0)
	}
	return p.BuildTime
}

func unix(t time.Time) uint32 { return uint32(t.Unix()) }
