// Package rpmtag holds the numbers of the RPM header format: tags and data types.
//
// The constants are named after the tags of rpm's documentation of the header
// format ("Package File Format", "Header tags"). [Kind] tells which data type a
// known tag must have, [Merged] how a tag of the signature header is called in
// the header of an installed package. There is no code for headers here; see
// package rpmpkg.
package rpmtag

import "strconv"

// Tag is the number of a header entry.
type Tag uint32

// Known tags.
const (
	// Regions and the locale table.
	HeaderSignatures Tag = 62
	HeaderImmutable  Tag = 63
	HeaderI18NTable  Tag = 100

	// Signatures and digests over headers, numbered alike in the signature header and in an installed one.
	DSAHeader       Tag = 267
	RSAHeader       Tag = 268
	SHA1Header      Tag = 269
	LongSigSize     Tag = 270
	LongArchiveSize Tag = 271
	SHA256Header    Tag = 273
	OpenPGP         Tag = 278
	SHA3256Header   Tag = 279

	// Only in signature headers; [Merged] tells what an installed header calls them.
	SigFileSignatures      Tag = 274
	SigFileSignatureLength Tag = 275
	SigVeritySignatures    Tag = 276
	SigVeritySignatureAlgo Tag = 277
	SigReserved            Tag = 999
	SigSize                Tag = 1000
	SigPGP                 Tag = 1002
	SigMD5                 Tag = 1004
	SigGPG                 Tag = 1005
	SigPayloadSize         Tag = 1007
	SigReservedSpace       Tag = 1008

	// The merged forms of these.
	MergedSigSize       Tag = 257
	MergedSigPGP        Tag = 259
	MergedSigMD5        Tag = 261
	MergedSigGPG        Tag = 262
	ArchiveSize         Tag = 1046
	FileSignatures      Tag = 5090
	FileSignatureLength Tag = 5091
	PubKeys             Tag = 266

	// The package.
	Name            Tag = 1000
	Version         Tag = 1001
	Release         Tag = 1002
	Epoch           Tag = 1003
	Summary         Tag = 1004
	Description     Tag = 1005
	BuildTime       Tag = 1006
	BuildHost       Tag = 1007
	Size            Tag = 1009
	Distribution    Tag = 1010
	Vendor          Tag = 1011
	License         Tag = 1014
	Packager        Tag = 1015
	Group           Tag = 1016
	URL             Tag = 1020
	OS              Tag = 1021
	Arch            Tag = 1022
	SourceRPM       Tag = 1044
	NoSource        Tag = 1051
	NoPatch         Tag = 1052
	RPMVersion      Tag = 1064
	ChangelogTime   Tag = 1080
	ChangelogName   Tag = 1081
	ChangelogText   Tag = 1082
	Prefixes        Tag = 1098
	SourcePackage   Tag = 1106
	OptFlags        Tag = 1122
	Platform        Tag = 1132
	LongSize        Tag = 5009
	Encoding        Tag = 5062
	BugURL          Tag = 5012
	ModularityLabel Tag = 5096
	RPMFormat       Tag = 5114
	SourceNEVR      Tag = 5120

	// Written at installation time.
	InstallTime        Tag = 1008
	FileStates         Tag = 1029
	InstPrefixes       Tag = 1099
	InstallColor       Tag = 1127
	InstallTID         Tag = 1128
	PackageDigests     Tag = 5118
	PackageDigestAlgos Tag = 5119

	// Dependencies: name, version and flags run parallel.
	ProvideName       Tag = 1047
	ProvideVersion    Tag = 1113
	ProvideFlags      Tag = 1112
	RequireName       Tag = 1049
	RequireVersion    Tag = 1050
	RequireFlags      Tag = 1048
	ConflictName      Tag = 1054
	ConflictVersion   Tag = 1055
	ConflictFlags     Tag = 1053
	ObsoleteName      Tag = 1090
	ObsoleteVersion   Tag = 1115
	ObsoleteFlags     Tag = 1114
	RecommendName     Tag = 5046
	RecommendVersion  Tag = 5047
	RecommendFlags    Tag = 5048
	SuggestName       Tag = 5049
	SuggestVersion    Tag = 5050
	SuggestFlags      Tag = 5051
	SupplementName    Tag = 5052
	SupplementVersion Tag = 5053
	SupplementFlags   Tag = 5054
	EnhanceName       Tag = 5055
	EnhanceVersion    Tag = 5056
	EnhanceFlags      Tag = 5057
	OrderName         Tag = 5035
	OrderVersion      Tag = 5036
	OrderFlags        Tag = 5037

	// Files: one element a file, but for DirNames and the dictionaries.
	OldFilenames    Tag = 1027
	FileSizes       Tag = 1028
	FileModes       Tag = 1030
	FileRdevs       Tag = 1033
	FileMtimes      Tag = 1034
	FileDigests     Tag = 1035
	FileLinkTos     Tag = 1036
	FileFlags       Tag = 1037
	FileUserName    Tag = 1039
	FileGroupName   Tag = 1040
	FileVerifyFlags Tag = 1045
	FileDevices     Tag = 1095
	FileInodes      Tag = 1096
	FileLangs       Tag = 1097
	DirIndexes      Tag = 1116
	Basenames       Tag = 1117
	DirNames        Tag = 1118
	FileColors      Tag = 1140
	FileClass       Tag = 1141
	ClassDict       Tag = 1142
	FileDependsX    Tag = 1143
	FileDependsN    Tag = 1144
	DependsDict     Tag = 1145
	LongFileSizes   Tag = 5008
	FileCaps        Tag = 5010
	FileDigestAlgo  Tag = 5011
	MimeDict        Tag = 5116
	FileMimeIndex   Tag = 5115

	// The payload.
	PayloadFormat     Tag = 1124
	PayloadCompressor Tag = 1125
	PayloadFlags      Tag = 1126
	PayloadDigest     Tag = 5092
	PayloadDigestAlgo Tag = 5093
	PayloadDigestAlt  Tag = 5097
	PayloadSize       Tag = 5112
	PayloadSizeAlt    Tag = 5113
	PayloadSHA512     Tag = 5121
	PayloadSHA512Alt  Tag = 5122
	PayloadSHA3256    Tag = 5123
	PayloadSHA3256Alt Tag = 5124

	// Scriptlets: text, interpreter with arguments, flags.
	PreIn             Tag = 1023
	PreInProg         Tag = 1085
	PreInFlags        Tag = 5020
	PostIn            Tag = 1024
	PostInProg        Tag = 1086
	PostInFlags       Tag = 5021
	PreUn             Tag = 1025
	PreUnProg         Tag = 1087
	PreUnFlags        Tag = 5022
	PostUn            Tag = 1026
	PostUnProg        Tag = 1088
	PostUnFlags       Tag = 5023
	PreTrans          Tag = 1151
	PreTransProg      Tag = 1153
	PreTransFlags     Tag = 5024
	PostTrans         Tag = 1152
	PostTransProg     Tag = 1154
	PostTransFlags    Tag = 5025
	PreUnTrans        Tag = 5103
	PreUnTransProg    Tag = 5105
	PreUnTransFlags   Tag = 5107
	PostUnTrans       Tag = 5104
	PostUnTransProg   Tag = 5106
	PostUnTransFlags  Tag = 5108
	VerifyScript      Tag = 1079
	VerifyScriptProg  Tag = 1091
	VerifyScriptFlags Tag = 5026

	// Triggers: conditions (Name, Version, Flags, Index) and scripts (Scripts, Prog, ScriptFlags, Priorities).
	TriggerName                 Tag = 1066
	TriggerVersion              Tag = 1067
	TriggerFlags                Tag = 1068
	TriggerIndex                Tag = 1069
	TriggerScripts              Tag = 1065
	TriggerScriptProg           Tag = 1092
	TriggerScriptFlags          Tag = 5027
	FileTriggerName             Tag = 5069
	FileTriggerVersion          Tag = 5071
	FileTriggerFlags            Tag = 5072
	FileTriggerIndex            Tag = 5070
	FileTriggerScripts          Tag = 5066
	FileTriggerScriptProg       Tag = 5067
	FileTriggerScriptFlags      Tag = 5068
	FileTriggerPriorities       Tag = 5084
	TransFileTriggerName        Tag = 5079
	TransFileTriggerVersion     Tag = 5081
	TransFileTriggerFlags       Tag = 5082
	TransFileTriggerIndex       Tag = 5080
	TransFileTriggerScripts     Tag = 5076
	TransFileTriggerScriptProg  Tag = 5077
	TransFileTriggerScriptFlags Tag = 5078
	TransFileTriggerPriorities  Tag = 5085
)

// firstOrdinary is the first tag that carries a value; smaller ones mark regions.
const firstOrdinary = 100

// IsRegion reports whether t only marks a region of the header.
func (t Tag) IsRegion() bool { return t < firstOrdinary }

// String returns the name of a tag of the main header as in the constants, or its
// number. The numbers 1000 to 1008 have other meanings in a signature header.
func (t Tag) String() string {
	if n, ok := names[t]; ok {
		return n
	}
	return strconv.FormatUint(uint64(t), 10)
}
