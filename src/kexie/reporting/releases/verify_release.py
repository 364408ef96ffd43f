"""Verify a release, and the proof that a record is in it, with nothing but Python: verify_release.py FILE [PROOF]."""

import base64
import json
import sys
from decimal import Decimal
from hashlib import sha256, sha512

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P  # Ed25519: RFC 8032


def _point(data: bytes) -> tuple[int, int]:
    y, sign = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    x = next((x for x in (root, root * pow(2, (P - 1) // 4, P) % P) if x * x % P == square), -1)
    return ((x if x % 2 == sign else P - x), y) if x >= 0 and y < P else sys.exit("REFUSED: not a point")


def _add(x: int, y: int, u: int, v: int) -> tuple[int, int]:
    k = D * x * y * u * v % P
    return (x * v + u * y) * pow(1 + k, -1, P) % P, (y * v + x * u) * pow(1 - k, -1, P) % P


def _times(n: int, a: tuple[int, int]) -> tuple[int, int]:
    half = _times(n // 2, a) if n > 1 else (0, 1)
    return _add(*_add(*half, *half), *a) if n % 2 else _add(*half, *half)


def _root(level: list[bytes]) -> str:  # RFC 9162
    while len(level) > 1:
        pairs = [b"".join(level[i : i + 2]) for i in range(0, len(level), 2)]
        level = [sha256(b"\1" + pair).digest() if pair[32:] else pair for pair in pairs]
    return level[0].hex() if level else sha256().hexdigest()


write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
found = json.loads(data := open(sys.argv[1], "rb").read())
sig, key = bytes.fromhex(found.pop("signature")), bytes.fromhex(found["public_key"])
h = int.from_bytes(sha512(sig[:32] + key + write(found).encode()).digest(), "little") % L
s, b = int.from_bytes(sig[32:], "little"), _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
checks = {"signature": s < L and _times(s, b) == _add(*_point(sig[:32]), *_times(h, _point(key)))}
checks["canonical"] = write({**found, "signature": sig.hex()}).encode() == data
checks["cells_root"] = (
    _root([sha256(b"\0" + write(c).encode()).digest() for c in found["cells"]]) == found["cells_root"]
)
for m in (m for m, declared in found["measures"].items() if declared["additive"]):
    values = [Decimal(c["value"] or 0) for c in found["cells"] if c["measure"] == m]
    checks[f"total {m}"] = sum(values) == Decimal(found["totals"][m])
if sys.argv[2:]:
    proof = json.load(open(sys.argv[2]))
    cell, i, path = found["cells"][proof["cell"]], proof["index"], base64.b64decode(proof["path"])
    leaf, n = base64.b64decode(proof["leaf"]), cell["rows"]
    for i, size in [(i >> k, (n - 1 >> k) + 1) for k in range((n - 1).bit_length())]:
        pair = (path[:32], leaf) if i % 2 else (leaf, path[:32])
        leaf, path = (sha256(b"\1" + b"".join(pair)).digest(), path[32:]) if i ^ 1 < size else (leaf, path)
    checks["proof"] = leaf.hex() == cell["root"] and not path
print("\n".join(f"REFUSED: {name}" for name, good in checks.items() if not good) or "VERIFIED")
sys.exit(not all(checks.values()))
