"""What the tables of files are called, and which entity such a name means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from entrepot.model.brief import brief
from entrepot.model.bundles import table_title
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import InputError
from entrepot.model.names import entity_names
from entrepot.model.suggest import nearest

APART = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class TableName:
    file: str
    """Its name, without the folder."""
    table: str | None
    """Of the sheet or list; None: the file is the table."""
    alone: bool = True
    """Whether the file has no other."""
    hidden: bool = False
    """It goes nowhere unless somebody says so."""
    means: str | None = None
    """What tells its entity, if its name does not: one of several sections of one name."""

    @property
    def title(self) -> str:
        return table_title(self.file, self.table)

    @property
    def stem(self) -> str:
        """
        >>> TableName(file="orders.csv.gz", table=None).stem
        'orders'
        """
        return self.file.partition(".")[0] or self.file

    @property
    def called(self) -> tuple[str, ...]:
        """Whatever may be said instead of it."""
        own = (self.title, self.table) if self.table else (self.file, self.stem)
        file = (self.file, self.stem) if self.table and self.alone else ()
        return tuple(dict.fromkeys(name for name in (*own, *file) if name))

    @property
    def telling(self) -> tuple[str, ...]:
        """The names that may be those of an entity: a list's own, if it is one of a member of an archive; a file's, if
        its only sheet has none that is one.

        >>> TableName(file="shop.zip", table="backup/orders", alone=False).telling
        ('backup/orders', 'orders')
        """
        if not self.table:
            return tuple(reversed(stems(self.file)))
        own = self.means or self.table.rpartition("/")[2]
        return tuple(dict.fromkeys((self.table, own, *([self.stem] if self.alone else []))))


def stems(file: str) -> list[str]:
    """What stands before each of its dots: names of tables may have some, too.

    >>> stems("sales.orders.csv.gz"), stems("orders"), stems(".orders")
    (['sales.orders.csv', 'sales.orders', 'sales'], ['orders'], ['.orders'])
    """
    parts = file.split(".")
    return [stem for at in range(len(parts) - 1, 0, -1) if (stem := ".".join(parts[:at]))] or [file]


def entity_for(name: TableName, catalog: Catalog) -> Entity | None:
    """By its own name alone; None if it says nothing."""
    known = entity_names(catalog)
    for stem in stems(name.file)[:-1] if not name.table else ():
        if dotted := known.get(stem) or _alike(stem, catalog, str.casefold):
            return dotted
    for word in name.telling:
        found = known.get(word) or _alike(word, catalog, plain)
        if found is not None:
            return found
    return None


def _alike(word: str, catalog: Catalog, form: Callable[[str], str]) -> Entity | None:
    """The only one of which a name has the same form."""
    found = [entity for entity in catalog.entities if form(word) in map(form, names_of(entity))]
    return found[0] if len(found) == 1 else None


def names_of(entity: Entity) -> list[str]:
    return [name for name in (entity.name, entity.public, entity.label, entity.table, *entity.aliases) if name]


def plain(name: str) -> str:
    """Without case, blanks and signs: `Order lines` is `order_lines`.

    >>> plain("Order lines"), plain("order-lines")
    ('order lines', 'order lines')
    """
    return APART.sub(" ", name.casefold()).strip()


def assigned(names: Sequence[TableName], into: Mapping[str, str], catalog: Catalog) -> list[str | None]:
    """The entity of each table, in the words of whoever said it, else by its name; None: it is left out."""
    said = _said(names, into)
    found = [said[at] if at in said else _meant(name, catalog) for at, name in enumerate(names)]
    unknown = [name for at, name in enumerate(names) if at not in said and found[at] is None]
    if unknown:
        raise _nowhere(unknown, catalog)
    return [entity or None for entity in found]


def _meant(name: TableName, catalog: Catalog) -> str | None:
    """As it could be said; None: nobody can know."""
    entity = None if name.hidden else entity_for(name, catalog)
    return "" if name.hidden else None if entity is None else entity.name


def _said(names: Sequence[TableName], into: Mapping[str, str]) -> dict[int, str]:
    """By the number of the table."""
    meant = meant_by(into, names)
    return {at: into[word] for word, at in meant.items()}


def meant_by(words: Iterable[str], names: Sequence[TableName]) -> dict[str, int]:
    """The number of the table that each word means; a table is meant by one word only."""
    found: dict[str, int] = {}
    for word in words:
        at = _number(word, names)
        other = next((other for other, number in found.items() if number == at), None)
        if other is not None:
            raise InputError(
                "given_twice",
                f"'{brief(other)}' and '{brief(word)}' are one table: {names[at].title}.",
                remedy="Call it by one of its names.",
            )
        found[word] = at
    return found


def is_called(name: TableName, word: str) -> bool:
    return plain(word) in map(plain, name.called)


def _number(word: str, names: Sequence[TableName]) -> int:
    exact = [at for at, name in enumerate(names) if word in name.called]
    meant = exact or [at for at, name in enumerate(names) if is_called(name, word)]
    if len(meant) != 1:
        raise unclear_table(word, names)
    return meant[0]


def unclear_table(word: str, names: Sequence[TableName]) -> InputError:
    """A name that several tables have, or none."""
    meant = [name.title for name in names if is_called(name, word)]
    if meant:
        titles = ", ".join(meant)
        return InputError(
            "ambiguous_table", f"'{brief(word)}' can be each of: {titles}.", remedy="Write it as it stands there."
        )
    known = ", ".join(name.title for name in names)
    return InputError(
        "unknown_table", f"There is no table '{brief(word)}' in what was given.", remedy=f"There are: {known}."
    )


def _nowhere(names: Sequence[TableName], catalog: Catalog) -> InputError:
    """All of them, each with the best guess."""
    known = [entity.title for entity in catalog.entities]
    told = [f"{name.title} ({_guess(name, known)})" for name in names]
    example = names[0].title
    guess = _nearest(names[0], known) or (known[0] if known else "ENTITY")
    return InputError(
        "entity_not_said",
        f"Their names do not say where these go: {'; '.join(told)}.",
        remedy=f"Say it, --into {example}={guess}, or leave it out, --into {example}=",
    )


def _guess(name: TableName, known: Sequence[str]) -> str:
    found = _nearest(name, known)
    return f"perhaps {found}" if found else "like none"


def _nearest(name: TableName, known: Sequence[str]) -> str | None:
    return next((guess for word in name.telling if (guess := nearest(word, known))), None)
