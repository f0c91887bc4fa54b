"""Steps that turn texts into texts."""

from __future__ import annotations

import msgspec

from entrepot.model.types import LogicalType
from entrepot.workbench.judging.expressions import quoted
from entrepot.workbench.judging.grammar_json import valid
from entrepot.workbench.judging.kinds import Arguments, StepKind
from entrepot.workbench.judging.registry import Argument, count, one_of, whole_number

SPACES = r"[\s\p{Z}]+"
TRIMMED = f"regexp_replace({{x}}, '^{SPACES}|{SPACES}$', '', 'g')"
NOT_IN_SLUG = r"[^\p{L}\p{N}]+"


def trim(x: str, given: Arguments, type: LogicalType) -> str:
    """Most values have nothing to trim, and a regular expression is dear."""
    plain = f"{x}[1] BETWEEN '!' AND '~' AND {x}[-1] BETWEEN '!' AND '~'"
    return f"CASE WHEN {plain} THEN {x} ELSE {TRIMMED.replace('{x}', x)} END"


def title(x: str, given: Arguments, type: LogicalType) -> str:
    words = f"list_transform(string_split({x}, ' '), lambda word: upper(word[1]) || lower(word[2:]))"
    return f"array_to_string({words}, ' ')"


def replace(x: str, given: Arguments, type: LogicalType) -> str:
    return f"replace({x}, {quoted(given['from'])}, {quoted(given['to'])})"


def regex(x: str, given: Arguments, type: LogicalType) -> str:
    return f"regexp_replace({x}, {quoted(given['pattern'])}, {quoted(given['to'])}, 'g')"


def mapped(x: str, given: Arguments, type: LogicalType) -> str:
    """NULL where the mapping says null; what it does not name stays."""
    pairs = mapping(given["values"]).items()
    chosen = " ".join(f"WHEN {quoted(was)} THEN {'NULL' if now is None else quoted(now)}" for was, now in pairs)
    return f"CASE {x} {chosen} ELSE {x} END"


def mapping(text: str) -> dict[str, str | None]:
    try:
        found = msgspec.json.decode(text, type=dict[str, str | None])
    except msgspec.MsgspecError as error:
        raise ValueError("it is not a JSON object with texts in it") from error
    if not found:
        raise ValueError("it is empty")
    return found


def split(x: str, given: Arguments, type: LogicalType) -> str:
    return f"string_split({x}, {quoted(given['separator'])})[{whole_number(given['at'])}]"


def not_zero(text: str) -> int:
    if not whole_number(text):
        raise ValueError("parts are counted from 1, or from the end by -1")
    return whole_number(text)


def not_empty(text: str) -> str:
    if not text:
        raise ValueError("it is empty")
    return text


def slug(x: str, given: Arguments, type: LogicalType) -> str:
    return f"trim(regexp_replace(lower(strip_accents({x})), '{NOT_IN_SLUG}', '-', 'g'), '-')"


def json_text(x: str, given: Arguments, type: LogicalType) -> str:
    return f"CASE WHEN {valid(x)} THEN {x} ELSE to_json({x})::VARCHAR END"


def hashed(x: str, given: Arguments, type: LogicalType) -> str:
    return f"{given['algorithm']}({quoted(given['salt'])} || {x})"


SEPARATOR = Argument(name="separator", words="What stands between the parts.", check=not_empty)
TEXT_STEPS = (
    StepKind(name="lowercase", words="Small letters.", sql=lambda x, given, _: f"lower({x})"),
    StepKind(name="uppercase", words="Capital letters.", sql=lambda x, given, _: f"upper({x})"),
    StepKind(name="trim", words="No spaces of any kind at both ends.", sql=trim),
    StepKind(name="title", words="A capital at the start of each word, small letters behind it.", sql=title),
    StepKind(
        name="replace",
        words="Every occurrence of one text becomes another.",
        sql=replace,
        arguments=(
            Argument(name="from", words="What is looked for, letter by letter.", check=not_empty),
            Argument(name="to", words="What comes in its place.", default=""),
        ),
    ),
    StepKind(
        name="regex",
        words="Every match of a regular expression (RE2: no looking ahead or behind) becomes another text.",
        sql=regex,
        arguments=(
            Argument(name="pattern", words="What is looked for.", check=not_empty),
            Argument(name="to", words=r"What comes in its place; \1 is the first group.", default=""),
        ),
        pattern="pattern",
        replacement="to",
    ),
    StepKind(
        name="map",
        words="Whole values become others; values that are not named stay.",
        sql=mapped,
        arguments=(Argument(name="values", words='A JSON object: {"m": "male", "-": null}.', check=mapping),),
    ),
    StepKind(
        name="split",
        words="One part of a value; no value where there are not so many.",
        sql=split,
        arguments=(
            SEPARATOR,
            Argument(name="at", words="Which part: 1 is the first, -1 the last.", check=not_zero),
        ),
    ),
    StepKind(
        name="join",
        words="Several columns into one value: what stands between them. Columns without a value are left out.",
        sql=lambda x, given, _: x,
        arguments=(Argument(name="separator", words="What stands between the values.", default=" "),),
    ),
    StepKind(
        name="default",
        words="A value where there is none.",
        sql=lambda x, given, _: f"coalesce({x}, {quoted(given['value'])})",
        arguments=(Argument(name="value", words="The value."),),
    ),
    StepKind(
        name="null_if",
        words="No value where this stands.",
        sql=lambda x, given, _: f"nullif({x}, {quoted(given['value'])})",
        arguments=(Argument(name="value", words="What means nothing, such as n/a."),),
    ),
    StepKind(
        name="slug",
        words="Small letters and digits without accents, joined by hyphens: `Über uns!` becomes `uber-uns`.",
        sql=slug,
    ),
    StepKind(name="json", words="What is not JSON becomes a JSON string.", sql=json_text),
    StepKind(
        name="hash",
        words="A fingerprint of the value in hexadecimal digits; the value itself goes nowhere.",
        sql=hashed,
        arguments=(
            Argument(name="algorithm", words="`sha256`.", default="sha256", check=one_of("sha256")),
            Argument(name="salt", words="A secret in front of the value, so that nobody can guess it.", default=""),
        ),
    ),
    StepKind(
        name="truncate",
        words="At most so many characters.",
        sql=lambda x, given, _: f"left({x}, {count(given['length'])})",
        arguments=(Argument(name="length", words="How many.", check=count),),
    ),
)
