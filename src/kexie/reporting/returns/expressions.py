"""Checks between items: one comparison of sums, read from an edition and never executed as code."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
}
_SIGNS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


@dataclass(frozen=True)
class Comparison:
    """A comparison of two sums of items, for instance `a + b <= c`."""

    text: str
    left: ast.expr
    right: ast.expr
    holds: Callable[[Any, Any], bool]

    @property
    def keys(self) -> frozenset[str]:
        """The items it names."""
        sides = (self.left, self.right)
        return frozenset(n.id for side in sides for n in ast.walk(side) if isinstance(n, ast.Name))

    def sides(self, values: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
        """Return what stands left and right; KeyError where an item has no value."""
        return _value(self.left, values), _value(self.right, values)


def parse(text: str) -> Comparison:
    """Read a comparison. Raises ValueError for anything but names, numbers, + - * and one comparison."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ValueError(text) from error
    if not (isinstance(tree, ast.Compare) and len(tree.ops) == 1 and type(tree.ops[0]) in _COMPARE):
        raise ValueError(text)
    for side in (tree.left, tree.comparators[0]):
        _see(side, text)
    return Comparison(text, tree.left, tree.comparators[0], _COMPARE[type(tree.ops[0])])


def _see(node: ast.expr, text: str) -> None:
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        _see(node.left, text)
        _see(node.right, text)
    elif not (isinstance(node, ast.Name) or (isinstance(node, ast.Constant) and type(node.value) is int)):
        raise ValueError(text)


def _value(node: ast.expr, values: Mapping[str, Decimal]) -> Decimal:
    if isinstance(node, ast.BinOp):
        found = _SIGNS[type(node.op)](_value(node.left, values), _value(node.right, values))
        return Decimal(found)
    if isinstance(node, ast.Name):
        return values[node.id]
    assert isinstance(node, ast.Constant)  # noqa: S101 - `parse` lets nothing else in
    return Decimal(str(node.value))
