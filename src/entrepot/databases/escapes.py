"""An `Escape` (model/templates.py) as one SQL expression over the text of a value.

Every expression here is NULL for NULL, so that a slot can say once, outside, what NULL becomes. Where the text
can only have few characters (`alphabet`), tests and replacements that could never apply are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.databases.dialect import Dialect
from entrepot.model.templates import Escape

Pairs = Sequence[tuple[str, str]]


class Anything(str):
    """The alphabet of a text that may have any character and has at least one."""

    __slots__ = ()

    def __contains__(self, key: str) -> bool:
        return True

    def __add__(self, value: str) -> Anything:
        return self


ANYTHING = Anything()


@dataclass(frozen=True)
class Escaping:
    """One escape, in one dialect."""

    dialect: Dialect
    escape: Escape

    def of(self, text: str, alphabet: str | None = None) -> str:
        native = self.dialect.escape_name(self.escape)
        if native is not None and (alphabet is None or alphabet is ANYTHING):
            return native.format(text)
        guarded = self._guarded(text, alphabet)
        if alphabet is not None and guarded != text:
            alphabet += self.escape.guard
        return self._cut(guarded, alphabet)

    def _guarded(self, text: str, alphabet: str | None) -> str:
        risky = possible(self.escape.guard_first, alphabet)
        if not risky:
            return text
        guarded = self.dialect.concat([self.dialect.string(self.escape.guard), text])
        return f"CASE WHEN {self.dialect.begins_with_any(text, risky)} THEN {guarded} ELSE {text} END"

    def _cut(self, text: str, alphabet: str | None) -> str:
        limit = self.escape.limit
        if limit is None or is_short(alphabet):
            return self._wrapped(text, self.escape.open, alphabet)
        short = self._wrapped(self.dialect.left(text, limit), self.escape.over, alphabet)
        whole = self._wrapped(text, self.escape.open, alphabet)
        return f"CASE WHEN {self.dialect.length(text)} > {limit} THEN {short} ELSE {whole} END"

    def _wrapped(self, text: str, opening: str, alphabet: str | None) -> str:
        """`opening` + escaped + `close`; with `wrap_when` only for values that need it."""
        if self.escape.wrap_when is None:
            return self._enclosed(text, opening, alphabet)
        tests = tuple(self._reasons(text, self.escape.wrap_when, alphabet))
        if not tests:
            return text
        return f"CASE WHEN {' OR '.join(tests)} THEN {self._enclosed(text, opening, alphabet)} ELSE {text} END"

    def _reasons(self, text: str, characters: str, alphabet: str | None) -> Iterator[str]:
        """Why a value cannot stand bare."""
        if alphabet is None:
            yield self.dialect.equals(text, "")
        if self.escape.null and occurs(self.escape.null, alphabet):
            yield self.dialect.equals(text, self.escape.null)
        if risky := possible(characters, alphabet):
            yield self.dialect.contains_any(text, risky)

    def _enclosed(self, text: str, opening: str, alphabet: str | None) -> str:
        """The whole of a value that may be rare, and so be enclosed otherwise."""
        body = self._replaced(text, self.escape.replace, alphabet)
        tests, known = self._rarities(text, body, alphabet)
        if not tests:
            return self._between(opening, body, self.escape.close, text)
        cured = self._replaced(body, self.escape.rare, known)
        rare_open, rare_close = self.escape.rare_open, self.escape.rare_close
        if rare_open is None and rare_close is None:
            body = f"CASE WHEN {' OR '.join(tests)} THEN {cured} ELSE {body} END"
            return self._between(opening, body, self.escape.close, text)
        rare = self._between(
            opening if rare_open is None else rare_open, cured, self.escape.close if rare_close is None else rare_close
        )
        whole = self._between(opening, body, self.escape.close, text)
        return f"CASE WHEN {' OR '.join(tests)} THEN {rare} ELSE {whole} END"

    def _between(self, opening: str, body: str, closing: str, bare: str = "") -> str:
        """`bare` is what needs no brackets of its own."""
        parts = [body if body == bare else f"({body})"]
        if opening:
            parts.insert(0, self.dialect.string(opening))
        if closing:
            parts.append(self.dialect.string(closing))
        return self.dialect.concat(parts) if len(parts) > 1 else body

    def _replaced(self, text: str, pairs: Pairs, alphabet: str | None) -> str:
        wanted: list[tuple[str, str]] = []
        for old, new in pairs:
            if occurs(old, alphabet):
                wanted.append((old, new))
                alphabet = None if alphabet is None else alphabet + new
        return self.dialect.replace_all(text, wanted)

    def _rarities(self, text: str, body: str, alphabet: str | None) -> tuple[list[str], str | None]:
        """What makes a value rare, as conditions; none where nothing can. Also the alphabet of `body`."""
        made = "".join(new for _, new in self.escape.replace)
        known = None if alphabet is None else alphabet + made
        characters = possible(self.escape.rare_characters, known)
        subject = body if self._changes_rarity(made) else text
        tests = [self.dialect.contains_any(subject, characters)] if characters else []
        tests += [self.dialect.contains(subject, rare) for rare in self.escape.rare_texts if occurs(rare, known)]
        return tests, known

    def _changes_rarity(self, made: str) -> bool:
        """Whether `replace` can add or remove what makes a value rare, so that its result must be asked."""
        rare = set(self.escape.rare_characters).union(*self.escape.rare_texts)
        return bool(rare & set(made + "".join(old for old, _ in self.escape.replace)))


def possible(characters: str, alphabet: str | None) -> str:
    """Those of `characters` that a text over `alphabet` can have."""
    return characters if alphabet is None else "".join(c for c in characters if c in alphabet)


def is_short(alphabet: str | None) -> bool:
    """Numbers, moments and uuids have an alphabet and are never long; bytes have one, too, and may be."""
    return alphabet is not None and "\\" not in alphabet


def occurs(text: str, alphabet: str | None) -> bool:
    return alphabet is None or all(c in alphabet for c in text)
