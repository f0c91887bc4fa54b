"""Values as text (docs/reference/values.md). Every SQLite value has a type of its own, whatever its column declares,
so the text of a value depends on the value: numbers, texts and blobs are told apart by comparing them with '' and
x'', which is how SQLite sorts them, and half the price of `typeof`."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.databases.dialect import DIGITS, Rule
from entrepot.databases.escapes import ANYTHING
from entrepot.databases.sqlite.types import keeps_text
from entrepot.model.catalog import Field, Origin
from entrepot.model.templates import Form
from entrepot.model.types import NUMBERS, Kind

FINITE_NUMERALS = "-+.eE0123456789"
NUMERALS = f"{FINITE_NUMERALS}NaInfity"
HEX = "0123456789abcdef"
TRUE_FALSE = {Form.BIT: ("1", "0"), Form.NAIVE: ("1", "0"), Form.NUMBER: ("1", "0")}
DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
CLOCK = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
ZONED = "*[-+][0-9][0-9]"
MINUTES = f"CASE WHEN substr({{0}}, 20) GLOB '{ZONED}' THEN ':00' ELSE '' END"
"""What an offset of hours alone lacks."""
ZERO_DAY = 2209161600
"""Seconds from 1899-12-30, day 0 of spreadsheets, to 1970."""
LARGEST = "1.7976931348623157e308"
NESTED = frozenset({Kind.JSON, Kind.ARRAY})
BARE = frozenset({*NESTED, Kind.BOOLEAN})
"""Kinds besides the numbers whose escapes may leave a number bare."""


@dataclass(frozen=True, kw_only=True)
class Escapes:
    """How values leave. An escape made for one kind of value (digits, a date) may leave out all care for others; but
    any SQLite column may hold anything, so what is not proven to fit is `strange`."""

    fitting: Rule
    strange: Rule
    is_json: str = "json_valid({})"
    """SQL of whether a text is JSON."""

    @property
    def differ(self) -> bool:
        return self.fitting != self.strange


def by_storage(sql: str, field: Field, form: Form, escapes: Escapes) -> str:
    """The text of a value by its own type, escaped; NULL for NULL."""
    if field.origin is Origin.AUTO_INCREMENT:
        return escapes.fitting(f"CAST({sql} AS TEXT)", DIGITS)  # the rowid holds nothing but integers
    if field.type.kind is Kind.BYTES:
        return _bytes(sql, form, escapes.fitting)
    if field.type.kind is Kind.BOOLEAN:
        return _boolean(sql, form, escapes.fitting, _by_type(sql, field, form, escapes))
    return _by_type(sql, field, form, escapes)


def _by_type(sql: str, field: Field, form: Form, escapes: Escapes) -> str:
    """Most likely first. `BETWEEN` reads the value once, and leaves out the empty text."""
    exact = f"+{sql} COLLATE BINARY"  # the plus keeps SQLite from trying to make a number of every text
    number = f"WHEN {exact} < '' THEN {_number(sql, field.type.kind, escapes)} "
    filled = f"WHEN {exact} BETWEEN char(1) AND CAST(x'ff' AS TEXT) THEN {_filled(sql, field, form, escapes)} "
    text = f"WHEN {exact} < x'' THEN {escapes.strange(sql, None)} "
    other = f"WHEN {sql} IS NOT NULL THEN {blob(sql, Form.TEXT, escapes.strange)}"
    if keeps_text(field.native):
        return f"CASE {filled}{text}{other} END"
    if field.type.kind in NUMBERS:
        return f"CASE {number}{text}{other} END"
    return f"CASE {filled}{number}{text}{other} END"


def _number(sql: str, kind: Kind, escapes: Escapes) -> str:
    """Infinities are for the kinds that know them to escape."""
    rule = escapes.fitting if kind in NUMBERS | BARE else escapes.strange
    real = rule(real_text(sql), NUMERALS)
    if kind in BARE and escapes.differ:
        real = f"CASE WHEN abs({sql}) <= {LARGEST} THEN {real} ELSE {escapes.strange(real_text(sql), NUMERALS)} END"
    return f"CASE typeof({sql}) WHEN 'integer' THEN {rule(f'CAST({sql} AS TEXT)', DIGITS)} ELSE {real} END"


def _filled(sql: str, field: Field, form: Form, escapes: Escapes) -> str:
    """A text that is not empty: fitting where it is proven to be what its field says."""
    kind = field.type.kind
    strange = escapes.strange(sql, ANYTHING)
    if form is Form.ISO and kind in (Kind.TIMESTAMP, Kind.TIMESTAMP_TZ):
        return _iso(sql, kind, escapes.fitting, strange)
    if kind in NESTED and escapes.differ:
        return f"CASE WHEN {escapes.is_json.format(sql)} THEN {escapes.fitting(sql, ANYTHING)} ELSE {strange} END"
    if kind is Kind.DECIMAL and escapes.differ:
        digits = f"{only(sql, FINITE_NUMERALS)} AND {escapes.is_json.format(sql)}"
        return f"CASE WHEN {digits} THEN {escapes.fitting(sql, FINITE_NUMERALS)} ELSE {strange} END"
    return strange


def only(sql: str, characters: str) -> str:
    """Whether a text has no other characters; `characters` begin with a hyphen if they have one. Up to a NUL."""
    return f"{sql} NOT GLOB '*[^{characters}]*'"


def real_text(sql: str) -> str:
    """At most 15 digits where they are enough, which SQL finds out by itself (then no shorter text is the same
    double, except next to 0); else Python's shortest."""
    short = f"printf('%.15g', {sql})"
    enough = f"CAST({short} AS REAL) = {sql} AND (abs({sql}) > 1e-290 OR {sql} = 0)"
    return f"CASE WHEN {enough} THEN {short} ELSE entrepot_float({sql}) END"


def blob(sql: str, form: Form, rule: Rule) -> str:
    bare = f"lower(hex({sql}))"
    return rule(bare, HEX) if form is Form.HEX else rule(f"'\\x' || {bare}", HEX + "\\x")


def _bytes(sql: str, form: Form, rule: Rule) -> str:
    """Whatever is not bytes leaves as the bytes of its text; of a float, hex() would take a rounded text."""
    real = blob(real_text(sql), form, rule)
    return f"CASE typeof({sql}) WHEN 'null' THEN NULL WHEN 'real' THEN {real} ELSE {blob(sql, form, rule)} END"


def _boolean(sql: str, form: Form, rule: Rule, other: str) -> str:
    """Written as 1 and 0, and by some as words; anything else goes out as it is."""
    yes, no = (rule(f"'{word}'", word) for word in TRUE_FALSE.get(form, ("true", "false")))
    words = f"WHEN 1 THEN {yes} WHEN 0 THEN {no} WHEN 'true' THEN {yes} WHEN 'false' THEN {no}"
    return f"CASE +{sql} COLLATE BINARY {words} ELSE {other} END"


def _iso(sql: str, kind: Kind, rule: Rule, strange: str) -> str:
    """A moment with T and a full offset, if it is written as `2024-01-02 10:00:00…`; GLOB and substr end at a NUL."""
    whole, written = f"NOT instr({sql}, char(0))", f"{FINITE_NUMERALS}:TZz"
    fraction = f"{sql} GLOB '{DAY}[ T]{CLOCK}.[0-9]*' AND {only(f'substr({sql}, 21)', '0123456789')}"
    moment = f"substr({sql}, 1, 10) || 'T' || substr({sql}, 12)"
    plain = f"WHEN ({sql} GLOB '{DAY}[ T]{CLOCK}' OR {fraction}) AND {whole} THEN {rule(moment, written)} "
    zoned = f"WHEN {known_moment(sql)} AND {whole} THEN {rule(f'{moment} || {MINUTES.format(sql)}', written)} "
    return f"CASE {plain}{zoned if kind is Kind.TIMESTAMP_TZ else ''}ELSE {strange} END"


def known_moment(sql: str) -> str:
    """Whether SQLite itself can read a moment with whatever stands behind its seconds."""
    return (
        f"{sql} GLOB '{DAY}[ T]{CLOCK}[-+.Zz]*' AND {only(f'substr({sql}, 20)', '-+.:0123456789Zz')} "
        f"AND strftime('%s', {sql} || {MINUTES.format(sql)}) IS NOT NULL"
    )


def serial(sql: str, kind: Kind) -> str:
    """A spreadsheet's day number of a text that is a day or a moment and nothing more; NULL for anything else: for
    30 February, which only adding no days makes 1 March; for the hour 25, of which `strftime` makes nothing, and 24,
    which is another day; and for days that an offset may move to before March 1900, where spreadsheets miscount."""
    offset = (
        f"CASE WHEN substr({sql}, 20) GLOB '{ZONED}:[0-9][0-9]' THEN substr({sql}, -6) "
        f"WHEN substr({sql}, 20) GLOB '{ZONED}' THEN substr({sql}, -3) || ':00' ELSE '' END"
    )
    seconds = f"(strftime('%s', substr({sql}, 1, 19) || {offset}) + {ZERO_DAY})"
    number = day_number(sql, seconds)
    shape = f"({sql} GLOB '{DAY}' OR {sql} GLOB '{DAY}[ T]{CLOCK}' OR {known_moment(sql)})"
    real_day = f"date(substr({sql}, 1, 10), '+0 days') = substr({sql}, 1, 10)"
    on_clock = f"substr({sql}, 12, 2) < '24' AND ({sql} >= '1900-03-02' OR {sql} >= '1900-03-01' AND {offset} = '')"
    held = f"typeof({sql}) = 'text' AND {shape} AND {real_day} AND {on_clock} AND NOT instr({sql}, char(0))"
    return f"CASE WHEN {held} THEN rtrim(rtrim({number}, '0'), '.') END"


def day_number(sql: str, seconds: str) -> str:
    """Of seconds since the first day, and of the fraction that stands in the text: a number of SQLite has not all the
    digits that a microsecond takes, so days and the rest are written by themselves."""
    fraction = f"CAST('0' || substr({sql}, 20) AS REAL)"
    rest = f"min(({seconds} % 86400 + {fraction}) / 86400.0, 0.999999999999)"
    exactly = f"({seconds} / 86400) || ltrim(printf('%.12f', {rest}), '0')"
    return f"CASE WHEN substr({sql}, 20, 1) = '.' THEN {exactly} ELSE '' || round({seconds} / 86400.0, 11) END"


def cell_number(sql: str, kind: Kind) -> str:
    """A number that a spreadsheet's double holds exactly, and that its field says is one; else NULL."""
    if kind is Kind.BOOLEAN:
        return (
            f"CASE {sql} COLLATE BINARY WHEN 1 THEN '1' WHEN 0 THEN '0' WHEN 'true' THEN '1' WHEN 'false' THEN '0' END"
        )
    integer = f"WHEN 'integer' THEN CASE WHEN length({sql}) <= 15 THEN CAST({sql} AS TEXT) END"
    text = real_text(sql)
    short = "" if kind is Kind.FLOAT else f" AND length({text}) <= 15"
    real = f"WHEN 'real' THEN CASE WHEN abs({sql}) <= {LARGEST}{short} THEN {text} END"
    digits = f"{only(sql, FINITE_NUMERALS)} AND entrepot_is_number({sql})"
    kept = f"WHEN 'text' THEN CASE WHEN {digits} AND length({sql}) <= 15 THEN {sql} END"
    return f"CASE typeof({sql}) {integer} {real} {kept if kind is Kind.DECIMAL else ''} END"
