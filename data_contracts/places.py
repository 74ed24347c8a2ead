"""A YAML document that is read strictly: every error names its place, and no key stays unread.

Belongs here: reading a mapping step by step. Not here: which keys a contract has (`loader`).
"""

from __future__ import annotations

from typing import Any, cast

import yaml

from data_contracts.model import ContractError


class Place:
    """A part of a contract file that knows where it stands, and which of its keys have been read."""

    def __init__(self, value: Any, file: str, path: str) -> None:
        self.value, self.file, self.path = value, file, path
        self.read: set[str] = set()

    def error(self, problem: str) -> ContractError:
        return ContractError(f"{self.file}: {self.path or 'document'}: {problem}")

    def below(self, key: str | int, value: Any) -> Place:
        path = f"{self.path}[{key}]" if isinstance(key, int) else f"{self.path}.{key}".lstrip(".")
        return Place(value, self.file, path)

    def get(self, key: str, kind: type, default: Any = ...) -> Any:
        """The value under a key; without ``default`` it must be there. A bool is no int."""
        if not isinstance(self.value, dict):
            raise self.error("expected a mapping")
        self.read.add(key)
        if key not in self.value:
            if default is ...:
                raise self.error(f"missing key '{key}'")
            return default
        value = self.value[key]
        if type(value) is not kind and not (kind is float and type(value) is int):
            raise self.error(f"'{key}' must be {kind.__name__}, not {value!r}")
        return value

    def mapping(self, key: str) -> Place:
        return self.below(key, self.get(key, dict))

    def items(self, key: str) -> list[Place]:
        return [self.below(key, None).below(i, value) for i, value in enumerate(self.get(key, list))]

    def fixed(self, key: str, expected: Any) -> None:
        value = self.get(key, type(expected))
        if value != expected:
            raise self.error(f"'{key}' must be {expected!r}, not {value!r}")

    def texts(self, *keys: str) -> None:
        """Keys that hold text for readers only."""
        for key in keys:
            if not self.get(key, str).strip():
                raise self.error(f"'{key}' is empty")

    def done(self) -> None:
        """Refuses keys that nobody read."""
        unknown = sorted(map(str, set(self.value) - self.read))
        if unknown:
            raise self.error(f"unknown key '{unknown[0]}'")


class UniqueKeyLoader(yaml.CSafeLoader):
    """YAML in which a key that occurs twice is an error instead of a silent choice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise yaml.constructor.ConstructorError(None, None, f"key '{key}' occurs twice", node.start_mark)
        return cast(dict[Any, Any], super().construct_mapping(node, deep))
