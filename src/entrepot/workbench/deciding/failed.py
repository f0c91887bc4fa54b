"""Failed records as they stood in the file, with everything that is wrong with each in words."""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from entrepot.model.brief import MOST
from entrepot.model.drafts import Decision, TargetField
from entrepot.model.failing import ERROR, ROW, TEXT, VALUE, WHOLE, FailedForm, Wording
from entrepot.model.matching import Span
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.judging.sources import strings_for
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_deciding import WriteFailed
from entrepot.workbench.source import Database, identifier, literal

NO_FIELD = -1
MORE = " Behind the last column: "


def write_failed(database: Database, request: WriteFailed) -> Done:
    """Those of a span; many at once would need memory for all their words."""
    connection, span = database.connection, request.span
    deciding = Deciding(connection, request.fields, request.matching)
    keep(connection, request.words)
    form = request.form
    shown = line(form, request.fields) if form.lines else row(form)
    written = f"SELECT {shown} FROM ({records(deciding, span, form)}) AS failed ORDER BY record"
    done = connection.execute(
        f"COPY ({written}) TO {literal(request.path)} (FORMAT csv, HEADER false, {options(form)})"
    ).fetchone()
    return Done(rows=int(done[0]) if done else 0)


def keep(connection: DuckDBPyConnection, words: Sequence[Wording]) -> None:
    """In one statement: there are a hundred of them for every span."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wording (code VARCHAR, field INTEGER, words VARCHAR, text VARCHAR)"
    )
    lines = [(some.code, NO_FIELD if some.field is None else some.field, some.words, some.text) for some in words]
    if lines:
        places = ", ".join(["(?, ?, ?, ?)"] * len(lines))
        connection.execute(f"INSERT INTO wording VALUES {places}", [value for line in lines for value in line])


def options(form: FailedForm) -> str:
    if form.lines:
        return "QUOTE '', ESCAPE ''"
    return f"DELIMITER {literal(form.delimiter)}, QUOTE '\"', ESCAPE '\"', NULLSTR {literal(form.null)}"


def records(deciding: Deciding, span: Span, form: FailedForm) -> str:
    """`record`, `words`, the values `v0 …`, and what could be read of records that are none."""
    numbers = ", ".join(str(n) for n, way in enumerate(deciding.ways) if way.decision is Decision.FAILED)
    here = f"record BETWEEN {span.first:d} AND {span.last:d}"
    values = "".join(f", staged.v{form.at(at)} AS v{at}" for at in form.kept)
    unread = "from_json(unread.given, '[\"VARCHAR\"]')"
    return (
        f"SELECT decided.record AS record, words.words AS words, staged.record IS NULL AS is_none,"
        f" {unread} AS given, {lacking(here)} AS lacking{values}"
        f" FROM decided LEFT JOIN ({worded(deciding, here)}) AS words USING (record)"
        f" LEFT JOIN (SELECT * FROM {given(deciding)} WHERE {here}) AS staged USING (record)"
        f" LEFT JOIN unread USING (record) WHERE decided.{here} AND decided.way IN ({numbers})"
    )


def given(deciding: Deciding) -> str:
    """With the cells of a workbook that nobody changed, too."""
    return "staged" if deciding.matching.baseline is None else "as_given"


def lacking(here: str) -> str:
    """The numbers of the columns that a JSON record has not."""
    return f'coalesce((SELECT list("at") FROM absent WHERE {here} AND absent.record = decided.record), [])'


def worded(deciding: Deciding, here: str) -> str:
    """One text for each record; errors come first."""
    words = "coalesce(wording.text, replace(told.code, '_', ' ') || '.')"
    whole = f"told.code IN ({', '.join(map(literal, WHOLE))}) OR told.words IS NOT NULL"
    value = f"CASE WHEN {whole} THEN coalesce(told.value, '') ELSE {shown('told.value')} END"
    return (
        f"SELECT record, string_agg(replace({words}, {literal(VALUE)}, {value}), ' '"
        " ORDER BY told.warning, told.place) AS words"
        f" FROM (SELECT * FROM ({deciding.told()}) WHERE {here}) AS told"
        f" LEFT JOIN wording ON wording.code = told.code AND wording.field = coalesce(told.place, {NO_FIELD})"
        " AND wording.words IS NOT DISTINCT FROM told.words"
        " GROUP BY record"
    )


def shown(value: str) -> str:
    """As `model.brief` and the words of findings show it."""
    cut = f"CASE WHEN length({value}) > {MOST} THEN left({value}, {MOST}) || '…' ELSE {value} END"
    return f"coalesce('''' || {cut} || '''', 'nothing')"


def row(form: FailedForm) -> str:
    """As many values of a record that is none as there are columns; the others are told."""
    values = [f"CASE WHEN is_none THEN given[{at + 1}] ELSE v{at} END AS {identifier(f'v{at}')}" for at in form.kept]
    width = len(form.columns)
    others = f"list_transform(given[{width + 1}:], lambda one: coalesce(one, ''))"
    others = f"array_to_string({others}, {literal(form.delimiter)})"
    more = f"CASE WHEN len(given) > {width} THEN {literal(MORE)} || {others} ELSE '' END"
    number = f"record - {form.before:d} AS {identifier(ROW)}"
    return ", ".join([*values, number, f"coalesce(words, '') || {more} AS {identifier(ERROR)}"])


def line(form: FailedForm, fields: Sequence[TargetField]) -> str:
    """An object with the names that the record has. Lists and objects stand as they are, all else as texts: whether a
    value was a number makes a difference to fields of JSON only, and is known of these."""
    strings = {at for field in fields if (at := strings_for(field)) is not None}
    parts = [
        f"CASE WHEN NOT (is_none OR list_contains(lacking, {form.at(at)})) THEN {named(form.columns[at], value)} END"
        for at in form.kept
        for value in [as_json(f"v{at}", not_strings(form.at(at)) if form.at(at) in strings else "")]
    ]
    parts.append(f"CASE WHEN is_none THEN {named(TEXT, 'to_json(given[1])::VARCHAR')} END")
    parts.append(named(ROW, f"(record - {form.before:d})::VARCHAR"))
    parts.append(named(ERROR, "to_json(coalesce(words, ''))::VARCHAR"))
    return f"'{{' || concat_ws(', ', {', '.join(parts)}) || '}}'"


def not_strings(at: int) -> str:
    return f"record NOT IN (SELECT record FROM strings_{at})"


def named(name: str, value: str) -> str:
    return f"to_json({literal(name)})::VARCHAR || ': ' || {value}"


def as_json(value: str, is_json: str) -> str:
    nested = f"left({value}, 1) IN ('{{', '[')"
    nested = f"{is_json or nested} AND json_valid({value})"
    return f"CASE WHEN {value} IS NULL THEN 'null' WHEN {nested} THEN {value} ELSE to_json({value})::VARCHAR END"
