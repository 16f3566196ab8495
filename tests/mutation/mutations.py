"""Single changes of a module's syntax tree: the mutants that a good test suite notices.

Text that only people read is left alone: docstrings, annotations, sentences, help texts, and the
messages of errors, warnings and prints.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
MESSAGES = ("print", "warn", "print_warning", "Exception", "ParamSpec", "TypeVar")
HELP_TEXTS = ("help", "metavar", "citation", "licence", "title", "description")
SKIPPED_NAMES = ("__all__",)

UNCHANGED = -1

Change = Callable[[ast.AST], None]


@dataclass(frozen=True)
class Mutant:
    """One change: the ``index``-th possible one of a file. UNCHANGED leaves the file as it is."""

    path: Path
    index: int
    line: int
    function_line: int  # first line of the body of the enclosing function; 0 at module level
    description: str

    def tree(self) -> ast.Module:
        """Parse the file again and apply the change."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        if self.index == UNCHANGED:
            return tree
        for index, (node, _, _, change) in enumerate(_changes(tree)):
            if index == self.index:
                change(node)
                return ast.fix_missing_locations(tree)
        raise IndexError(self.index)


def mutants(path: Path) -> list[Mutant]:
    """List the possible changes of a file, in a fixed order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        Mutant(path, index, getattr(node, "lineno", 0), function_line, description)
        for index, (node, function_line, description, _) in enumerate(_changes(tree))
    ]


def _changes(tree: ast.Module) -> Iterator[tuple[ast.AST, int, str, Change]]:
    for node, function_line in _visited(tree, 0):
        for description, change in _changes_of(node):
            yield node, function_line, description, change


def _visited(node: ast.AST, function_line: int) -> Iterator[tuple[ast.AST, int]]:
    """Walk over the nodes whose change can alter behaviour."""
    yield node, function_line
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        inner = function_line
        if isinstance(node, ast.FunctionDef) and field in ("body", "args"):
            inner = _first_line(node)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_for_readers(child):
                yield from _visited(child, inner)


def _first_line(function: ast.FunctionDef) -> int:
    body = [statement for statement in function.body if not _is_for_readers(statement)]
    return (body or function.body)[0].lineno


def _is_for_readers(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # a docstring
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.keyword):
        return node.arg in HELP_TEXTS
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return len(node.value.split()) > 2  # a sentence, not a name or a key
    if isinstance(node, ast.Assign):
        return any(isinstance(t, ast.Name) and t.id in SKIPPED_NAMES for t in node.targets)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        return name in MESSAGES or name.endswith(("Error", "Interrupt"))
    return isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _changes_of(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        old = type(node.ops[0])
        yield f"{old.__name__} -> {COMPARISONS[old].__name__}", _comparison
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        old_op = type(node.op)
        yield f"{old_op.__name__} -> {ARITHMETIC[old_op].__name__}", _arithmetic
    elif isinstance(node, ast.BoolOp):
        yield "and <-> or", _boolean
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield f"remove {type(node.op).__name__}", _remove_sign
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float | str):
        yield f"constant {node.value!r}", _constant
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield "negate the condition", _negate
    elif isinstance(node, ast.Return) and node.value and not _is_none(node.value):
        yield "return None", _return_none
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "remove the call", _remove_call
    elif isinstance(node, ast.Raise):
        yield "remove the raise", _remove_raise


def _comparison(node: ast.Compare) -> None:  # type: ignore[misc]
    node.ops = [COMPARISONS[type(node.ops[0])]()]


def _arithmetic(node: ast.BinOp | ast.AugAssign) -> None:  # type: ignore[misc]
    node.op = ARITHMETIC[type(node.op)]()


def _boolean(node: ast.BoolOp) -> None:  # type: ignore[misc]
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _remove_sign(node: ast.UnaryOp) -> None:  # type: ignore[misc]
    # `+x` equals x for numbers; two negations equal the truth value.
    operand = copy.deepcopy(node.operand)
    node.operand = ast.UnaryOp(ast.Not(), operand) if isinstance(node.op, ast.Not) else operand
    node.op = node.op if isinstance(node.op, ast.Not) else ast.UAdd()


def _constant(node: ast.Constant) -> None:  # type: ignore[misc]
    value = node.value
    if isinstance(value, bool):
        node.value = not value
    elif isinstance(value, str):
        node.value = value + "_"
    else:
        node.value = value + 1 if isinstance(value, int) else value * 2 or 1.0


def _negate(node: ast.If | ast.While | ast.IfExp) -> None:  # type: ignore[misc]
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _return_none(node: ast.Return) -> None:  # type: ignore[misc]
    node.value = ast.Constant(None)


def _remove_call(node: ast.Expr) -> None:  # type: ignore[misc]
    node.value = ast.Constant(None)


def _remove_raise(node: ast.Raise) -> None:  # type: ignore[misc]
    # `raise` cannot be replaced in place by another statement, so it becomes a harmless one.
    node.__class__ = ast.Pass  # type: ignore[assignment]
    node.__dict__ = {k: v for k, v in node.__dict__.items() if k.endswith("lineno")}
