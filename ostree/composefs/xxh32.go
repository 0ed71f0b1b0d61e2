package composefs

import (
	"encoding/binary"
	"math/bits"
)

// Constants of the XXH32 specification.
const (
	xxPrime1 = 0x9E3779B1
	xxPrime2 = 0x85EBCA77
	xxPrime3 = 0xC2B2AE3D
	xxPrime4 = 0x27D4EB2F
	xxPrime5 = 0x165667B1
)

// xxh32 is the hash that EROFS chooses the bit for a name with.
func xxh32(data string, seed uint32) uint32 {
	b := []byte(data)
	acc := seed + xxPrime5
	if len(b) >= 16 {
		lanes := [4]uint32{seed, seed, seed, seed}
		lanes[0] += xxPrime1
		lanes[0] += xxPrime2
		lanes[1] += xxPrime2
		lanes[3] -= xxPrime1
		for ; len(b) >= 16; b = b[16:] {
			for i := range lanes {
				lanes[i] = bits.RotateLeft32(lanes[i]+binary.LittleEndian.Uint32(b[4*i:])*xxPrime2, 13) * xxPrime1
			}
		}
		acc = bits.RotateLeft32(lanes[0], 1) + bits.RotateLeft32(lanes[1], 7) +
			bits.RotateLeft32(lanes[2], 12) + bits.RotateLeft32(lanes[3], 18)
	}
	acc += uint32(len(data))
	for ; len(b) >= 4; b = b[4:] {
		acc = bits.RotateLeft32(acc+binary.LittleEndian.Uint32(b)*xxPrime3, 17) * xxPrime4
	}
	for _, c := range b {
		acc = bits.RotateLeft32(acc+uint32(c)*xxPrime5, 11) * xxPrime1
	}
	acc ^= acc >> 15
	acc *= xxPrime2
	acc ^= acc >> 13
	acc *= xxPrime3
	return acc ^ acc>>16
}
