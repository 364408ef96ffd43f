"""The hash tree agrees with RFC 9162's definition and its proofs hold."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from kexie.ledger import merkle

leaves_lists = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word: split at the largest power of two below n."""
    if len(leaves) == 1:
        return leaves[0]
    split = max(2**power for power in range(8) if 2**power < len(leaves))
    return hashlib.sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def test_empty_root_is_hash_of_nothing() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(leaves_lists)
def test_root_is_as_defined(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == defined_root(leaves)


@given(leaves_lists, st.data())
def test_proof_leads_to_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle.inclusion_proof(leaves, index)
    assert merkle.root_from_proof(leaves[index], index, len(leaves), proof) == merkle.root(leaves)


@given(leaves_lists, st.data())
def test_proof_of_another_leaf_leads_elsewhere(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = hashlib.sha256(leaves[index]).digest()
    proof = merkle.inclusion_proof(leaves, index)
    assert merkle.root_from_proof(other, index, len(leaves), proof) != merkle.root(leaves)
