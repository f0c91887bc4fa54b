"""The rules: what a value must not be, over its text form."""

from __future__ import annotations

from entrepot.model.types import MOMENTS, NUMBERS, Kind, LogicalType
from entrepot.workbench.judging.expressions import matches, quoted, quoted_all
from entrepot.workbench.judging.kinds import RuleKind
from entrepot.workbench.judging.registry import Argument, count, some_words

TEXTS = frozenset({Kind.TEXT, Kind.ENUM, Kind.OTHER})
ORDERED = NUMBERS | MOMENTS | {Kind.TIME}
EMAIL = (
    r"[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?([.][\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?)+"
)
URL = r"(?i)(https?|ftp)://[^\s/?#@:]+(:[0-9]{1,5})?([/?#][^\s]*)?"
ANY_UUID = r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PHONE = r"[+]?[0-9(][0-9 ()./-]*[0-9]([ ]?(x|ext[.]?)[ ]?[0-9]{1,6})?"
WIDEST_SCALE = 9
WIDEST = f"DECIMAL(38,{WIDEST_SCALE})"
NOW = "make_timestamp(epoch_us(now()))"


def length(f: str, argument: str, type: LogicalType) -> str:
    shortest, longest = length_range(argument)
    too_long = "" if longest is None else f" OR length({f}) > {longest}"
    return f"length({f}) < {shortest}{too_long}"


def length_range(text: str) -> tuple[int, int | None]:
    """`8`: exactly; `2..40`, `2..`, `..40`."""
    low, dots, high = text.partition("..")
    if not dots:
        return count(text), count(text)
    if not low and not high:
        raise ValueError("it names no length")
    return count(low or "0"), count(high) if high else None


def precision(f: str, argument: str, type: LogicalType) -> str:
    return f"strlen(rtrim(split_part({f}, '.', 2), '0')) > {count(argument)}"


def below(f: str, argument: str, type: LogicalType) -> str:
    return compared(f, "<", argument, type)


def above(f: str, argument: str, type: LogicalType) -> str:
    return compared(f, ">", argument, type)


def compared(f: str, operator: str, argument: str, type: LogicalType) -> str:
    return in_order(f, operator, quoted(argument), type.kind)


def in_order(left: str, operator: str, right: str, kind: Kind) -> str:
    """Two texts by value. Numbers exactly while they have up to 29 digits in front of the point and 9 behind it."""
    if kind in MOMENTS:
        return f"{moment(left)} {operator} {moment(right)}"
    if kind is Kind.TIME:
        return f"{duration(left)} {operator} {duration(right)}"
    near = f"{double(left)} {operator} {double(right)}"
    if kind is Kind.FLOAT:
        return near
    exact = f"TRY_CAST({left} AS {WIDEST}) {operator} TRY_CAST({right} AS {WIDEST})"
    if kind is Kind.INTEGER:
        return f"coalesce({exact}, {near})"
    fine = " OR ".join(f"strlen(split_part({text}, '.', 2)) > {WIDEST_SCALE}" for text in (left, right))
    return f"CASE WHEN {fine} THEN {near} ELSE coalesce({exact}, {near}) END"


def double(text: str) -> str:
    return f"TRY_CAST({text} AS DOUBLE)"


def moment(text: str) -> str:
    """The text form has ` BC` at its end, DuckDB has ` (BC)` behind the day; a zone is always UTC."""
    bare = f"regexp_replace({text}, '[+]00', '')"
    christ = f"regexp_replace({bare}, '^([0-9-]+)(.*) BC$', '\\1 (BC)\\2')"
    return f"TRY_CAST(CASE WHEN suffix({text}, ' BC') THEN {christ} ELSE {bare} END AS TIMESTAMP)"


def duration(text: str) -> str:
    return f"TRY_CAST({text} AS INTERVAL)"


def one_of(f: str, argument: str, type: LogicalType) -> str:
    return f"{f} NOT IN ({quoted_all(some_words(argument))})"


def pattern(f: str, argument: str, type: LogicalType) -> str:
    return f"NOT regexp_full_match({f}, {quoted(argument)})"


def email(f: str, argument: str, type: LogicalType) -> str:
    """A cheap look first: most addresses have nothing strange in them."""
    dots = f"contains({f}, '..') OR starts_with({f}, '.') OR contains({f}, '.@') OR strlen({f}) > 254"
    return f"{dots} OR NOT {matches(f, EMAIL)}"


def phone(f: str, argument: str, type: LogicalType) -> str:
    digits = f"length(regexp_replace({f}, '[^0-9]', '', 'g'))"
    return f"NOT {matches(f, PHONE)} OR {digits} NOT BETWEEN 5 AND 21"


def past(f: str, argument: str, type: LogicalType) -> str:
    return f"{moment(f)} >= {moment(quoted(argument)) if argument else NOW}"


def future(f: str, argument: str, type: LogicalType) -> str:
    return f"{moment(f)} <= {moment(quoted(argument)) if argument else NOW}"


LIMIT = Argument(name="limit", words="A value of the field's type.")
THAN = Argument(name="than", words="A moment; without one, now.", default="")
RULES = (
    RuleKind(
        name="length",
        words="So many characters.",
        sql=length,
        code="wrong_length",
        argument=Argument(name="length", words="`8`, `2..40`, `2..` or `..40`.", check=length_range),
        kinds=TEXTS,
    ),
    RuleKind(
        name="precision",
        words="At most so many digits behind the point.",
        sql=precision,
        code="too_precise",
        argument=Argument(name="digits", words="How many.", check=count),
        kinds=frozenset({Kind.DECIMAL, Kind.FLOAT}),
    ),
    RuleKind(
        name="min", words="Not less than.", sql=below, code="too_small", argument=LIMIT, kinds=ORDERED, value=True
    ),
    RuleKind(
        name="max", words="Not more than.", sql=above, code="too_large", argument=LIMIT, kinds=ORDERED, value=True
    ),
    RuleKind(
        name="one_of",
        words="One of these, letter by letter.",
        sql=one_of,
        code="not_allowed",
        argument=Argument(
            name="values", words="Separated by commas; one that holds a comma in double quotes.", check=some_words
        ),
    ),
    RuleKind(
        name="pattern",
        words="The whole value matches a regular expression (RE2).",
        sql=pattern,
        code="pattern",
        argument=Argument(name="pattern", words="The expression."),
        pattern=True,
    ),
    RuleKind(name="email", words="One e-mail address.", sql=email, code="not_an_email", kinds=TEXTS),
    RuleKind(
        name="url",
        words="An address that starts with http, https or ftp, without a password in it.",
        sql=lambda f, argument, _: f"NOT {matches(f, URL)}",
        code="not_a_url",
        kinds=TEXTS,
    ),
    RuleKind(
        name="uuid",
        words="A UUID with hyphens, in a field of texts.",
        sql=lambda f, argument, _: f"NOT {matches(f, ANY_UUID)}",
        code="not_a_uuid",
        kinds=TEXTS,
    ),
    RuleKind(name="phone", words="A telephone number: 5 to 21 digits.", sql=phone, code="not_a_phone", kinds=TEXTS),
    RuleKind(
        name="not_blank",
        words="Something else than spaces.",
        sql=lambda f, argument, _: f"NOT regexp_matches({f}, '[^\\s\\p{{Z}}]')",
        code="blank",
    ),
    RuleKind(
        name="past",
        words="Before now, or another moment.",
        sql=past,
        code="not_past",
        argument=THAN,
        kinds=MOMENTS,
        value=True,
    ),
    RuleKind(
        name="future",
        words="After now, or another moment.",
        sql=future,
        code="not_future",
        argument=THAN,
        kinds=MOMENTS,
        value=True,
    ),
)
