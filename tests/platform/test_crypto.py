"""Encryption at rest: published vectors, round trips, tampering, rotation, keys on disk."""

import hashlib
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kexie.platform import crypto

BACKENDS = ["aes", "sm"]


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.KEXIE_HOME = tmp_path
    crypto.forget_keys()
    yield tmp_path / "keys"
    crypto.forget_keys()


def test_sm3_is_the_one_of_the_standard():
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest.finalize().hex() == expected


def test_sm4_is_the_one_of_the_standard():
    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    encryptor = Cipher(algorithms.SM4(block), modes.ECB()).encryptor()  # noqa: S305  one block, to compare
    assert (encryptor.update(block) + encryptor.finalize()).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm_is_the_one_of_rfc_8998():
    """Appendix A.1 of RFC 8998."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    plain = bytes.fromhex(
        "aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8
    )
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    ciphertext = encryptor.update(plain) + encryptor.finalize()
    assert ciphertext.hex().startswith("17f399f08c67d5ee19d0dc9969c4bb7d")
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


@pytest.mark.parametrize("backend", BACKENDS)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=300), context=st.binary(max_size=20), where=st.integers(0, 10_000))
def test_what_is_encrypted_comes_back_and_what_is_altered_does_not(settings, backend, data, context, where):
    settings.CRYPTO_BACKEND = backend
    sealed = crypto.encrypt(data, context=context)
    assert crypto.decrypt(sealed, context=context) == data
    position = where % len(sealed)
    altered = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
    for wrong, bound in ((altered, context), (sealed, context + b"x"), (sealed[:-1], context), (b"", b"")):
        with pytest.raises(crypto.Unreadable):
            crypto.decrypt(wrong, context=bound)


def test_equal_data_is_encrypted_differently_each_time():
    assert len({crypto.encrypt(b"11010519491231002X") for _number in range(20)}) == 20


def test_either_backend_reads_what_the_other_wrote(settings):
    sealed = {}
    for settings.CRYPTO_BACKEND in BACKENDS:
        sealed[settings.CRYPTO_BACKEND] = crypto.encrypt(b"data")
    for settings.CRYPTO_BACKEND in BACKENDS:
        assert [crypto.decrypt(data) for data in sealed.values()] == [b"data", b"data"]
        assert [crypto.is_current(data) for data in sealed.values()] == [
            backend == settings.CRYPTO_BACKEND for backend in BACKENDS
        ]


def test_after_a_rotation_the_new_key_writes_and_the_old_one_reads():
    old = crypto.encrypt(b"data")
    assert crypto.rotate("data") == 2
    new = crypto.encrypt(b"data")
    assert (old[0], new[0]) == (1, 2)
    assert (crypto.decrypt(old), crypto.decrypt(new)) == (b"data", b"data")
    assert (crypto.is_current(old), crypto.is_current(new)) == (False, True)


@pytest.mark.parametrize(("backend", "name"), [("aes", "sha256"), ("sm", "sm3")])
def test_keyed_digests_are_hmacs_under_our_key(settings, own_keys, backend, name):
    settings.CRYPTO_BACKEND = backend
    digest = crypto.keyed_digest("340101")
    key = bytes.fromhex((own_keys / "digest-001.key").read_text())
    assert digest == hmac.new(key, b"340101", name).hexdigest()
    assert crypto.keyed_digest("340102") != digest
    assert crypto.digests_equal(digest, crypto.keyed_digest("340101"))
    assert digest != hashlib.new(name, b"340101").hexdigest()


def test_keys_are_made_once_and_readable_by_their_owner_alone(own_keys):
    crypto.encrypt(b"")
    path = own_keys / "data-001.key"
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    crypto.forget_keys()
    crypto.encrypt(b"")
    assert path.read_bytes() == before
    assert [item.name for item in own_keys.iterdir()] == ["data-001.key"]


def test_many_at_first_use_agree_on_one_key():
    def seal(_number: int) -> bytes:
        crypto.forget_keys()
        return crypto.encrypt(b"data")

    with ThreadPoolExecutor(8) as threads:
        sealed = list(threads.map(seal, range(24)))
    crypto.forget_keys()
    assert {crypto.decrypt(data) for data in sealed} == {b"data"}


def test_keys_come_from_the_environment_when_given_there(monkeypatch, own_keys):
    monkeypatch.setenv("KEXIE_DATA_KEYS", f"1:{'11' * 32},4:{'44' * 32}")
    sealed = crypto.encrypt(b"data")
    assert sealed[0] == 4
    assert not own_keys.exists()
    monkeypatch.setenv("KEXIE_DATA_KEYS", "aabb")
    crypto.forget_keys()
    with pytest.raises(ValueError, match="must have 32 bytes"):
        crypto.encrypt(b"data")


def test_a_lost_key_is_said_so(own_keys):
    sealed = crypto.encrypt(b"data")
    (own_keys / "data-001.key").unlink()
    crypto.forget_keys()
    with pytest.raises(crypto.Unreadable, match="another key"):
        crypto.decrypt(sealed)


def test_signatures_hold_over_rotation_and_by_the_public_key():
    signature, public = crypto.sign(b"head"), crypto.public_key()
    assert crypto.verify(b"head", signature)
    assert not crypto.verify(b"tail", signature)
    assert not crypto.verify(b"head", b"")
    crypto.rotate("signing")
    assert crypto.verify(b"head", signature)
    assert crypto.verify(b"head", signature, public=public)
    assert not crypto.verify(b"head", signature, public=crypto.public_key())
    assert crypto.sign(b"head")[0] == 2


def test_keys_go_where_nobody_else_may_look(own_keys):
    crypto.sign(b"")
    assert stat.S_IMODE(own_keys.stat().st_mode) & 0o077 == 0
    assert Path(own_keys / "signing-001.key").exists()
