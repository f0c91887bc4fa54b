"""Strongly connected components of a directed graph, by Tarjan's algorithm without recursion.

A schema may chain thousands of tables, which is deeper than Python recurses.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


def components(edges: Mapping[Node, Sequence[Node]]) -> tuple[tuple[Node, ...], ...]:
    """The components, each one after all those that it points to. Every node is a key of `edges`.

    The same graph in the same order of keys gives the same answer.

    >>> components({"order": ["customer"], "customer": [], "a": ["b"], "b": ["a"]})
    (('customer',), ('order',), ('a', 'b'))
    """
    walk = _Walk(edges)
    for node in edges:
        if node not in walk.index:
            walk.visit(node)
    return tuple(walk.found)


class _Walk(Generic[Node]):
    def __init__(self, edges: Mapping[Node, Sequence[Node]]) -> None:
        self.edges = edges
        self.index: dict[Node, int] = {}
        self.lowest: dict[Node, int] = {}
        self.stack: list[Node] = []
        self.on_stack: set[Node] = set()
        self.found: list[tuple[Node, ...]] = []

    def visit(self, start: Node) -> None:
        path = [self._enter(start)]
        while path:
            node, ahead = path[-1]
            following = next(ahead, None)
            if following is None:
                path.pop()
                self._leave(node, path[-1][0] if path else None)
            elif following not in self.index:
                path.append(self._enter(following))
            elif following in self.on_stack:
                self.lowest[node] = min(self.lowest[node], self.index[following])

    def _enter(self, node: Node) -> tuple[Node, Iterator[Node]]:
        self.index[node] = self.lowest[node] = len(self.index)
        self.stack.append(node)
        self.on_stack.add(node)
        return node, iter(self.edges[node])

    def _leave(self, node: Node, before: Node | None) -> None:
        if self.lowest[node] == self.index[node]:
            self._close(node)
        if before is not None:
            self.lowest[before] = min(self.lowest[before], self.lowest[node])

    def _close(self, node: Node) -> None:
        """Everything above `node` on the stack can reach it and be reached from it."""
        start = self.stack.index(node)
        members = self.stack[start:]
        del self.stack[start:]
        self.on_stack.difference_update(members)
        self.found.append(tuple(members))
