"""Strict JSON and its canonical form (RFC 8785), by the standard library alone."""
import json


class Malformed(Exception):
    """A document that is no JSON of the kind expected; says where."""


def read(path):
    """A JSON document without repeated members, numbers beyond the range of doubles, or NaN."""
    def members(pairs):
        names = [k for k, _ in pairs]
        if len(set(names)) != len(names):
            raise Malformed(f"a member stands twice among {sorted(names)}")
        return dict(pairs)

    def refuse(word):
        raise Malformed(f"{word} is no number of JSON")

    with open(path, "rb") as f:
        try:
            # UTF-8, -16 or -32, told by a byte order mark or by the first bytes (RFC 4627, section 3).
            content = f.read()
            decoded = content.decode(json.detect_encoding(content))
            return json.loads(decoded, object_pairs_hook=members, parse_constant=refuse)
        except ValueError as e:
            raise Malformed(str(e)) from e


def number(x):
    """As ECMAScript writes a double: shortest digits, exponents from 1e21 and below 1e-6."""
    x = float(x)
    if x == 0:
        return "0"
    sign, x = ("-", -x) if x < 0 else ("", x)
    mantissa, _, exponent = repr(x).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        text = digits.ljust(point, "0") if len(digits) <= point else digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        e = point - 1
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + ("e+" if e > 0 else "e") + str(e)
    return sign + text


def text(value):
    """The canonical text of a value."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda k: k.encode("utf-16-be"))
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + text(value[k]) for k in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def data(value):
    """The canonical bytes of a value."""
    return text(value).encode("utf-8")
