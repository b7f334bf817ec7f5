"""The regular expressions of the packages, by their syntax trees: compiled, or passed as strings."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
# Where the text stands among the arguments of re.METHOD(pattern, ...).
TEXT_AT = {"sub": 2, "subn": 2}
# What a pattern is made of at run time stands for some ordinary text.
STAND_IN = "a1"


@dataclass(slots=True)
class Found:
    """A pattern, how it is applied, and the longest text it is applied to (None: any length)."""

    where: str
    pattern: str | bytes
    flags: int
    uses: dict[str, int | None] = field(default_factory=dict)

    def used(self, method: str, longest: int | None) -> None:
        """Note one more way in which it is applied."""
        before = self.uses.get(method, 0)
        self.uses[method] = None if None in (before, longest) else max(before or 0, longest or 0)


@dataclass(frozen=True, slots=True)
class Patterns:
    """What was found, and the places whose pattern is not known before the program runs."""

    found: list[Found]
    unknown: list[str]


class _Module:
    def __init__(self, root: Path, path: Path) -> None:
        self.name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        self.shown = str(path.relative_to(root))
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.space = vars(importlib.import_module(self.name))
        self.imports = {
            (alias.asname or alias.name): (node.module or "", alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def value(self, node: ast.expr) -> Any:
        """What an expression is, its unknown parts replaced; None if that cannot be said."""
        try:
            return eval(compile(ast.Expression(node), self.shown, "eval"), dict(self.space))
        except NameError:
            return self._with_stand_ins(node)
        except Exception:
            return None

    def _with_stand_ins(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.JoinedStr):
            parts = [
                part.value if isinstance(part, ast.Constant) else self._piece(part)
                for part in node.values
            ]
            return "".join(parts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.value(node.left), self.value(node.right)
            return None if left is None or right is None else left + right
        return None

    def _piece(self, part: ast.expr) -> str:
        assert isinstance(part, ast.FormattedValue)
        found = self.value(part.value)
        return STAND_IN if found is None else str(found)


def patterns_of(root: Path, packages: tuple[str, ...]) -> Patterns:
    """Every pattern in the modules of these packages."""
    modules = [
        _Module(root, path)
        for package in packages
        for path in sorted((root / package).rglob("*.py"))
        if path.name != "__main__.py" and "training" not in path.parts
    ]
    named: dict[tuple[str, str], Found] = {}
    found: list[Found] = []
    unknown: list[str] = []
    for module in modules:
        for call, name in _calls_of_re(module.tree):
            method = call.func.attr  # type: ignore[attr-defined]
            where = f"{module.shown}:{call.lineno}"
            pattern = module.value(call.args[0])
            if isinstance(pattern, re.Pattern):
                pattern = pattern.pattern
            if not isinstance(pattern, str | bytes):
                unknown.append(f"{module.shown}: {ast.unparse(call)}")
                continue
            each = Found(where, pattern, _flags(module, call, method))
            found.append(each)
            if method == "compile":
                if name:
                    named[module.name, name] = each
                chained = getattr(call, "chained", None)
                if chained:
                    each.used(*_use(module, chained, 0))
            else:
                each.used(method, _longest(module, call, TEXT_AT.get(method, 1)))
    for module in modules:
        for name, use in _uses(module):
            each_or_none = named.get((module.name, name)) or named.get(
                module.imports.get(name, ("", ""))
            )
            if each_or_none is not None:
                each_or_none.used(*use)
    return Patterns(found, unknown)


def _calls_of_re(tree: ast.Module) -> Iterator[tuple[ast.Call, str | None]]:
    """Calls of the functions of `re` with the name the result is given."""
    names: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and node.value is not None:
                names[id(node.value)] = target.id
        # re.compile(...).search(...)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Call)
        ):
            node.func.value.chained = node  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in (*METHODS, "compile")
        ):
            yield node, names.get(id(node))


def _uses(module: _Module) -> Iterator[tuple[str, tuple[str, int | None]]]:
    """How patterns with a name are applied: (name, (method, longest text))."""
    called: set[int] = set()
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in (*METHODS, "pattern", "flags", "groups")
        ):
            called.add(id(node.value))
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.attr in METHODS
        ):
            yield node.func.value.id, _use(module, node, TEXT_AT.get(node.func.attr, 1) - 1)
    for node in ast.walk(module.tree):
        # Handed on, to be applied somewhere else.
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and id(node) not in called
            and isinstance(module.space.get(node.id), re.Pattern)
        ):
            yield node.id, ("search", None)
            yield node.id, ("fullmatch", None)


def _use(module: _Module, call: ast.Call, text_at: int) -> tuple[str, int | None]:
    """The method, and the most characters that it looks at."""
    method = call.func.attr  # type: ignore[attr-defined]
    # From a place on: whoever does that does it at many places.
    if method == "match" and len(call.args) > 1 and not isinstance(call.args[1], ast.Constant):
        method = "search"
    return method, _longest(module, call, text_at)


def _longest(module: _Module, call: ast.Call, text_at: int) -> int | None:
    """The most characters that text[:N], text[i : i + N] or (text, i, i + N) hold."""
    if len(call.args) <= text_at:
        return None
    text, *bounds = call.args[text_at:]
    if isinstance(text, ast.Subscript) and isinstance(text.slice, ast.Slice):
        return _span(module, text.slice.lower, text.slice.upper)
    if len(bounds) == 2 and text_at == 0:
        return _span(module, bounds[0], bounds[1])
    return None


def _span(module: _Module, lower: ast.expr | None, upper: ast.expr | None) -> int | None:
    if isinstance(lower, ast.UnaryOp) and isinstance(lower.op, ast.USub) and upper is None:
        lower, upper = None, lower.operand
    if (
        isinstance(upper, ast.BinOp)
        and isinstance(upper.op, ast.Add)
        and lower is not None
        and ast.unparse(upper.left) == ast.unparse(lower)
    ):
        upper = upper.right
    elif lower is not None and not isinstance(lower, ast.Constant):
        return None
    found = module.value(upper) if upper is not None else None
    return found if isinstance(found, int) and found > 0 else None


def _flags(module: _Module, call: ast.Call, method: str) -> int:
    place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(method, 2)
    given = [word.value for word in call.keywords if word.arg == "flags"]
    if len(call.args) > place:
        given.append(call.args[place])
    return int(module.value(given[0])) if given else 0
