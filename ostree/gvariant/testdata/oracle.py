"""Writes GVariant test vectors as JSON lines, made by GLib: oracle.py SEED COUNT.

kinds: value  (type, hex, text)             GLib serialises and prints a random value
       normal (type, hex, normal)           GLib's verdict on damaged bytes
       parse  (text, type, result|null)     GLib parses a text; result is (type, printed)
"""
import json
import random
import sys

from gi.repository import GLib

rnd = random.Random(int(sys.argv[1]))
count = int(sys.argv[2])
BASIC = "bynqiuhxtdsog"


def random_type(depth):
    c = rnd.random()
    if depth == 0 or c < 0.35:
        return rnd.choice(BASIC)
    if c < 0.55:
        return "a" + random_type(depth - 1)
    if c < 0.63:
        return "a{" + rnd.choice(BASIC) + random_type(depth - 1) + "}"
    if c < 0.66:
        return "{" + rnd.choice(BASIC) + random_type(depth - 1) + "}"
    if c < 0.76:
        return "m" + random_type(depth - 1)
    if c < 0.84:
        return "v"
    if c < 0.88:
        return "ay"
    return "(" + "".join(random_type(depth - 1) for _ in range(rnd.randrange(5))) + ")"


def split(sig):
    c = sig[0]
    if c in "am":
        t, r = split(sig[1:])
        return c + t, r
    if c in "({":
        d = 0
        for i, ch in enumerate(sig):
            d += (ch in "({") - (ch in ")}")
            if d == 0:
                return sig[: i + 1], sig[i + 1:]
    return c, sig[1:]


def members(sig):
    s, out = sig[1:-1], []
    while s:
        t, s = split(s)
        out.append(t)
    return out


RANGES = {"y": (0, 8), "n": (1, 15), "q": (0, 16), "i": (1, 31), "h": (1, 31), "u": (0, 32), "x": (1, 63), "t": (0, 64)}
CHARS = "abc xyz'\"\\\n\t\a\x01\x7f\u00e9\u20ac\u200b\u00ad\U0001f600\u2028\ufeff\ue000"


def random_string():
    n = rnd.choice([0, 1, 3, 10, 300] if rnd.random() < 0.3 else [0, 2, 5])
    return "".join(rnd.choice(CHARS) for _ in range(n))


def value(sig, depth=0):
    """A random GLib.Variant of the type, built without the text parser."""
    c = sig[0]
    V = GLib.Variant
    if c in RANGES:
        signed, bits = RANGES[c]
        n = rnd.getrandbits(rnd.choice([1, bits // 2, bits]))
        if signed and rnd.random() < 0.5:
            n = -n - 1
        return {"y": V.new_byte, "n": V.new_int16, "q": V.new_uint16, "i": V.new_int32, "h": V.new_handle, "u": V.new_uint32, "x": V.new_int64, "t": V.new_uint64}[c](n)
    if c == "b":
        return V.new_boolean(rnd.random() < 0.5)
    if c == "d":
        return V.new_double(rnd.choice([0.0, -0.0, 1.0, 1e5, 1e16, 1e17, 1.5, 0.1, -2.5e-7, 1e300, float("inf"), float("-inf"), rnd.random(), rnd.uniform(-1e9, 1e9)]))
    if c == "s":
        return V.new_string(random_string())
    if c == "o":
        return V.new_object_path("/" + "/".join(rnd.choice(["a", "B_1", "org"]) for _ in range(rnd.randrange(4))))
    if c == "g":
        return V.new_signature("".join(t for t in (random_type(1) for _ in range(rnd.randrange(3))) if "m" not in t and t[0] != "{"))
    if c == "v":
        return V.new_variant(value(random_type(2 if depth < 4 else 0), depth + 1))
    if c == "m":
        return V.new_maybe(GLib.VariantType(sig[1:]), value(sig[1:], depth + 1) if rnd.random() < 0.6 else None)
    if c == "a":
        if sig == "ay" and rnd.random() < 0.5:
            raw = bytes(rnd.choice(b"ab'\"\\\n\x07\x01\xff") for _ in range(rnd.randrange(6)))
            return V.new_from_bytes(GLib.VariantType("ay"), GLib.Bytes.new(raw + b"\0"), True)
        n = rnd.choice([0, 1, 2, 5]) if depth < 3 else rnd.randrange(2)
        if rnd.random() < 0.03:
            n = 400
            depth += 3
        return V.new_array(GLib.VariantType(sig[1:]), [value(sig[1:], depth + 1) for _ in range(n)])
    vals = [value(m, depth + 1) for m in members(sig)]
    if c == "{":
        return V.new_dict_entry(*vals)
    return V.new_tuple(*vals)


def mutate(b):
    b = bytearray(b)
    for _ in range(rnd.choice([1, 1, 1, 2, 4])):
        k = rnd.random()
        if k < 0.45 and b:
            b[rnd.randrange(len(b))] = rnd.choice([0, 1, 2, 4, 8, 0x28, 0x61, 0x73, 0x79, 255, rnd.randrange(256)])
        elif k < 0.55 and b:
            b[-1] = (b[-1] + rnd.choice([-1, 1, 2, -2])) & 255
        elif k < 0.7 and b:
            del b[rnd.randrange(len(b))]
        elif k < 0.85:
            b.insert(rnd.randrange(len(b) + 1), rnd.choice([0, 0, 1, rnd.randrange(256)]))
        elif k < 0.95:
            b += bytes(rnd.choice([0, 0, len(b) & 255, 1]) for _ in range(rnd.randrange(1, 9)))
        else:
            b = b[: rnd.randrange(len(b) + 1)]
    return bytes(b)


ATOMS = ["1", "-5", "0x1f", "017", "2.5", "1e3", "inf", "-inf", "nan", "true", "false", "'s'", '"q\\u00e9\\n"', "b'x\\001y'", "nothing", "300", "-1", "4294967296", "byte 7", "uint16 9", "int64 5", "objectpath '/a'",
         "signature 'as'", "@ay []", "@as []", "@mi 5", "@mmi just nothing", "just 1", "just nothing", "@t 5", "double 3", "handle 1", "boolean true", "[]", "{}", "()", "'/'", "byte 256", "0b1", "08", "+3", "--3", "1.", ".5", "- 1", "word", "0x", "1e999", "@(", "@as ['a', 1]"]


def random_text(depth):
    k = rnd.random()
    if depth == 0 or k < 0.4:
        return rnd.choice(ATOMS)
    sub = lambda: random_text(depth - 1)
    sep = rnd.choice([",", ", ", " , "])
    if k < 0.6:
        return "[" + sep.join(sub() for _ in range(rnd.randrange(4))) + "]"
    if k < 0.75:
        n = rnd.randrange(4)
        return "(" + sep.join(sub() for _ in range(n)) + ("," if n == 1 and rnd.random() < 0.9 else "") + ")"
    if k < 0.87:
        val = sub()  # the same one throughout: GLib infers the type from the first value alone, which is not worth copying
        return "{" + sep.join(rnd.choice(["'k': ", "1: ", "2.5 :", "byte 1:"]) + val for _ in range(rnd.randrange(3))) + "}"
    if k < 0.92:
        return "{'k', " + sub() + "}"
    return "<" + sub() + ">"


def emit(**kw):
    print(json.dumps(kw))


def rebuild(v):
    """Serialises v anew, from its innermost parts."""
    sig, V = v.get_type_string(), GLib.Variant
    if sig[0] not in "amv({":
        return v
    parts = [rebuild(v.get_child_value(i)) for i in range(v.n_children())]
    if sig[0] == "v":
        return V.new_variant(parts[0])
    if sig[0] == "m":
        return V.new_maybe(GLib.VariantType(sig[1:]), parts[0] if parts else None)
    if sig[0] == "a":
        return V.new_array(GLib.VariantType(sig[1:]), parts)
    return V.new_dict_entry(*parts) if sig[0] == "{" else V.new_tuple(*parts)


def is_normal(sig, raw):
    """GLib takes an empty byte string for a tuple of empty members, although the framing offsets are missing;
    what it writes itself for that value has them, and that is the normal form."""
    v = GLib.Variant.new_from_bytes(GLib.VariantType(sig), GLib.Bytes.new(raw), False)
    return v.is_normal_form() and (rebuild(v).get_data_as_bytes().get_data() or b"") == raw


for _ in range(count):
    sig = random_type(rnd.randrange(5))
    v = value(sig)
    raw = v.get_data_as_bytes().get_data() or b""
    assert v.is_normal_form(), sig
    emit(kind="value", type=sig, hex=raw.hex(), text=v.print_(True))
    if len(raw) < 200:
        for _ in range(4):
            bad = mutate(raw)
            emit(kind="normal", type=sig, hex=bad.hex(), normal=is_normal(sig, bad))
for _ in range(count):
    text = random_text(3)
    want = None
    typ = rnd.choice(["", "", "", "as", "ad", "i", "t", "d", "mi", "v", "a{sv}", "(i)", "ams", "ay", "o", "aai"])
    try:
        v = GLib.Variant.parse(GLib.VariantType(typ) if typ else None, text, None, None)
        want = [v.get_type_string(), v.print_(True)]
    except GLib.Error:
        pass
    emit(kind="parse", text=text, type=typ, result=want)
