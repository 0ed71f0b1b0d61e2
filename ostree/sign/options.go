package sign

import "time"

// Options say where trusted keys of the system are; nil and zero values mean the
// defaults.
type Options struct {
	// GPGHome is the directory with the system's keyrings, *.gpg; "" is
	// /usr/share/ostree/trusted.gpg.d. They are used for remotes that have no
	// keyring of their own.
	GPGHome string
	// KeyDirs are the directories with trusted.KIND, trusted.KIND.d,
	// revoked.KIND and revoked.KIND.d for ed25519 and spki; nil is /etc/ostree
	// and /usr/share/ostree.
	KeyDirs []string
	// EnableDummy allows the kind dummy, which protects from nothing.
	EnableDummy bool
	// AllowSHA1 accepts OpenPGP signatures over SHA-1, which can be forged with
	// enough effort.
	AllowSHA1 bool
	// Now is the time for which expiry is checked; nil is the present.
	Now func() time.Time
}

// FromEnvironment takes over what the variables OSTREE_GPG_HOME and
// OSTREE_DUMMY_SIGN_ENABLED say; getenv is for example os.Getenv.
func (o *Options) FromEnvironment(getenv func(string) string) {
	if dir := getenv("OSTREE_GPG_HOME"); dir != "" {
		o.GPGHome = dir
	}
	if s := getenv("OSTREE_DUMMY_SIGN_ENABLED"); s != "" && s != "0" {
		o.EnableDummy = true
	}
}

func (o *Options) enableDummy() bool { return o != nil && o.EnableDummy }

func (o *Options) gpgHome() string {
	if o == nil || o.GPGHome == "" {
		return "/usr/share/ostree/trusted.gpg.d"
	}
	return o.GPGHome
}

func (o *Options) keyDirs() []string {
	if o == nil || o.KeyDirs == nil {
		return []string{"/etc/ostree", "/usr/share/ostree"}
	}
	return o.KeyDirs
}

func (o *Options) now() time.Time {
	if o == nil || o.Now == nil {
		return time.Now()
	}
	return o.Now()
}
