"""Encryption at rest, keyed hashes and signatures, under keys of this installation.

Two backends, chosen by the setting CRYPTO_BACKEND (KEXIE_CRYPTO): "aes" (AES-256-GCM, HMAC-SHA-256) and "sm"
(SM4-GCM, HMAC-SM3: GB/T 32907, GB/T 32905). What was encrypted under either is always readable: a ciphertext
starts with the numbers of its key and of its algorithm.

Keys are files in KEXIE_HOME/keys, made on first use and readable by their owner only, or come from the
environment (KEXIE_DATA_KEYS, KEXIE_DIGEST_KEY, KEXIE_SIGNING_KEYS: hex; `number:hex,…` where there are several).
The highest number is used for new ciphertexts and signatures; older ones stay to read with.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hmac import compare_digest
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEADER_BYTES = 2
# By how much a ciphertext is longer than what it says.
OVERHEAD = _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES
_MAX_KEY_NUMBER = 255


class Unreadable(Exception):
    """The bytes were not encrypted by us, were altered, or their key is missing."""


@dataclass(frozen=True)
class _Backend:
    number: int
    hash: Callable[[], hashes.HashAlgorithm]
    cipher: Callable[[bytes], BlockCipherAlgorithm]
    key_bytes: int


_BACKENDS = {
    "aes": _Backend(1, hashes.SHA256, algorithms.AES, 32),
    "sm": _Backend(2, hashes.SM3, algorithms.SM4, 16),
}
_BY_NUMBER = {backend.number: backend for backend in _BACKENDS.values()}


def encrypt(data: bytes, *, context: bytes = b"") -> bytes:
    """Return `data` encrypted: key number, algorithm number, nonce, ciphertext, tag.

    `context` is bound to the ciphertext: it must be given again to decrypt.
    """
    backend, (number, key) = _backend(), _current("data")
    header, nonce = bytes((number, backend.number)), secrets.token_bytes(_NONCE_BYTES)
    encryptor = Cipher(backend.cipher(_derive(backend, key)), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(header + context)
    return header + nonce + encryptor.update(data) + encryptor.finalize() + encryptor.tag


def decrypt(data: bytes, *, context: bytes = b"") -> bytes:
    """Return what was encrypted; raise Unreadable when it was altered or its key is not here."""
    if len(data) < OVERHEAD:
        raise Unreadable("too short")
    header, body, tag = data[:_HEADER_BYTES], data[_HEADER_BYTES:-_TAG_BYTES], data[-_TAG_BYTES:]
    backend, key = _BY_NUMBER.get(header[1]), _ring("data").get(header[0])
    if backend is None or key is None:
        raise Unreadable(f"key {header[0]} or algorithm {header[1]} is not known here")
    nonce, ciphertext = body[:_NONCE_BYTES], body[_NONCE_BYTES:]
    try:
        if backend is _BACKENDS["aes"]:
            return _aes(key).decrypt(nonce, ciphertext + tag, header + context)
        decryptor = Cipher(backend.cipher(_derive(backend, key)), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(header + context)
        return decryptor.update(ciphertext) + decryptor.finalize()
    except InvalidTag:
        raise Unreadable("altered, or another key of the same number") from None


def is_current(data: bytes) -> bool:
    """Whether a ciphertext is under the newest key and the chosen backend, so needs no re-encryption."""
    return data[:_HEADER_BYTES] == bytes((_current("data")[0], _backend().number))


def keyed_digest(text: str) -> str:
    """Return 64 hex digits that only this installation can compute, equal for equal texts.

    Depends on the chosen backend and the newest key: after changing either, run `kexie keys rewrap`.
    """
    return _mac(_backend(), _current("digest")[1], text.encode()).hex()


def older_digests(text: str) -> set[str]:
    """Return what `keyed_digest` gave, or would have given, under the older keys and the other ciphers."""
    data = text.encode()
    every = {_mac(one, key, data).hex() for one in _BACKENDS.values() for key in _ring("digest").values()}
    return every - {keyed_digest(text)}


def digests_equal(one: str, other: str) -> bool:
    """Compare two digests in constant time."""
    return compare_digest(one.encode(), other.encode())


def sign(data: bytes) -> bytes:
    """Return an Ed25519 signature: the key's number, then 64 bytes."""
    number, key = _current("signing")
    return bytes((number,)) + _private(key).sign(data)


def verify(data: bytes, signature: bytes, *, public: bytes | None = None) -> bool:
    """Whether `signature` is ours over `data`, or, given the 32 bytes of another's public key, theirs."""
    if public is None:
        key = _ring("signing").get(signature[0]) if signature else None
        if key is None:
            return False
        public = _private(key).public_key().public_bytes_raw()
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature[1:], data)
    except InvalidSignature:
        return False
    return True


def make_pair() -> tuple[bytes, bytes]:
    """Return a new private and public key, 32 bytes each, for somebody who signs with a key of their own."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes_raw(), key.public_key().public_bytes_raw()


def sign_with(private: bytes, data: bytes) -> bytes:
    """Return the 64 bytes of an Ed25519 signature by a key of `make_pair`."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(data)


def signed_by(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether the 64 bytes are a signature over `data` by the owner of a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key() -> bytes:
    """Return the 32 bytes of the public key that checks our newest signatures."""
    return _private(_current("signing")[1]).public_key().public_bytes_raw()


def public_keys() -> dict[int, bytes]:
    """Return the public keys of all our signing keys by their numbers, for checking where we cannot be asked."""
    return {number: _private(key).public_key().public_bytes_raw() for number, key in _ring("signing").items()}


def rotate(purpose: str) -> int:
    """Make a further key for "data", "digest" or "signing" in KEXIE_HOME/keys and return its number."""
    number = max(_ring(purpose)) + 1
    if number > _MAX_KEY_NUMBER:
        raise ValueError(f"no more than {_MAX_KEY_NUMBER} keys")
    _make(_folder() / f"{purpose}-{number:03}.key")
    forget_keys()
    return number


def forget_keys() -> None:
    """Read the keys afresh at next use (after a rotation, or when settings change)."""
    _read_ring.cache_clear()
    _private.cache_clear()


def _backend() -> _Backend:
    return _BACKENDS[settings.CRYPTO_BACKEND]


def _mac(backend: _Backend, key: bytes, data: bytes) -> bytes:
    mac = HMAC(key, backend.hash())
    mac.update(data)
    return mac.finalize()


@cache
def _derive(backend: _Backend, key: bytes) -> bytes:
    """One stored key never serves two algorithms: each gets its own, by a one-block KDF."""
    return _mac(backend, key, b"kexie encryption at rest")[: backend.key_bytes]


@cache
def _aes(key: bytes) -> AESGCM:
    """The same as the general cipher, in a tenth of the time: a day's list is a quarter of a million decryptions."""
    return AESGCM(_derive(_BACKENDS["aes"], key))


@cache
def _private(key: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key)


def _folder() -> Path:
    return Path(settings.KEXIE_HOME) / "keys"


def _current(purpose: str) -> tuple[int, bytes]:
    ring = _ring(purpose)
    number = max(ring)
    return number, ring[number]


def _ring(purpose: str) -> dict[int, bytes]:
    return _read_ring(purpose, str(settings.KEXIE_HOME))


@cache
def _read_ring(purpose: str, home: str) -> dict[int, bytes]:
    folder = Path(home) / "keys"
    variable = "KEXIE_DIGEST_KEY" if purpose == "digest" else f"KEXIE_{purpose.upper()}_KEYS"
    if given := os.environ.get(variable):
        return _parse(given)
    found = sorted(folder.glob(f"{purpose}-[0-9][0-9][0-9].key"))
    if not found:
        found = [_make(folder / f"{purpose}-001.key")]
    return {int(path.stem[-3:]): bytes.fromhex(path.read_text()) for path in found}


def _parse(given: str) -> dict[int, bytes]:
    pairs = (item.rpartition(":") for item in given.split(","))
    ring = {int(number or 1): bytes.fromhex(key) for number, _, key in pairs}
    if any(len(key) != _KEY_BYTES for key in ring.values()):
        raise ValueError(
            f"keys in the environment must have {_KEY_BYTES} bytes, written as {_KEY_BYTES * 2} hex digits"
        )
    return ring


def _make(path: Path) -> Path:
    """Write a new key, whole or not at all; when another process was first, keep theirs."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path
