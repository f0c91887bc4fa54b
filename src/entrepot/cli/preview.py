"""The screen that comes before an import: what was read, where it goes, what would become of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from entrepot.cli.mirror_views import radius
from entrepot.cli.output import size_words
from entrepot.cli.paper import Paper
from entrepot.cli.preview_files import files
from entrepot.cli.preview_findings import differences, problems
from entrepot.cli.preview_manner import manner
from entrepot.cli.preview_references import references
from entrepot.cli.text import contrasted, cut, quoted, visible, width
from entrepot.model.brief import listed
from entrepot.model.drafts import Decision, Mode, Reading, SourceColumn
from entrepot.model.how_many import how_many
from entrepot.model.judgements import Change
from entrepot.model.mappings import How, Mapped
from entrepot.model.plans import ImportPlan
from entrepot.model.spreadsheets import FORMATS

SHOWN_COLUMNS = 30
SHOWN_CHANGES = 8
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
KINDS = {"sql": "table", "csv": "section"}
HOW = {How.SAID: "as you said", How.EXACT: "same name", How.ALIAS: "another name", How.REMEMBERED: "remembered"}
COUNTED = (Decision.CREATED, Decision.UPDATED, Decision.UNCHANGED, Decision.SKIPPED, Decision.FAILED)
LONGEST_EXAMPLE = 30
LEAST_ENTITY = 8
LONGEST_NAME = 60
ALWAYS = "(always)"
Row = tuple[str, str, str, str, str]
COLOURS = {"created": "green", "updated": "cyan", "versioned": "cyan", "failed": "red"}


def screen(plan: ImportPlan, paper: Paper, *, whole: bool = False) -> Iterator[str]:
    """`whole`: all problems and rows that the plan keeps, where otherwise the first ones do."""
    whose = "" if plan.request.tenant is None else f", tenant {plan.request.tenant}"
    yield from paper.text(f"{plan.file.shown} → {plan.entity}{whose}", indent=0, style="bold")
    size = size_words(plan.file.bytes)
    yield from paper.text(
        f"{size}, {how_many(plan.staged.records, 'record')}; {plan.engine} database {plan.database}", style="dim"
    )
    yield from reading_of(plan, paper)
    yield from mapping(plan, paper)
    yield from cleaning(plan, paper)
    yield from references(plan, paper)
    yield from paper.heading("What would become of the records")
    yield from counts(plan.entity, plan.counts, plan.staged.records, paper)
    yield from radius(plan, paper)
    yield from files(plan.files, paper, whole=whole)
    yield from versions(plan, paper)
    yield from problems(plan, paper, whole=whole)
    yield from differences(plan, paper, whole=whole)
    yield from manner(plan, paper)


def first_page(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    """What can be said of the beginning of a large file."""
    seen = f"{plan.file.title} → {plan.entity}: the first {how_many(plan.staged.records, 'record')}"
    yield from paper.text(seen, indent=0, style="bold")
    yield from paper.text("Everything below is about these alone; the whole file is being read.", style="dim")
    yield from reading(plan.staged.reading, paper)
    yield from mapping(plan, paper)
    yield from cleaning(plan, paper)
    yield from problems(plan, paper)


def reading_of(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    """Nobody reads a file to copy rows."""
    if not plan.file.database:
        yield from reading(plan.staged.reading, paper)


def reading(found: Reading, paper: Paper) -> Iterator[str]:
    yield from paper.heading("How the file was read", f"change: {reading_options(found)}")
    words, is_sheet = [found.format or "", found.encoding or ""], found.format in FORMATS
    if found.format == "csv":
        words += [f"between values: {DELIMITERS.get(found.delimiter or '', visible(found.delimiter or 'nothing'))}"]
        words += [f"quotes: {found.quote}" if found.quote else "no quotes"]
    if found.entity:
        kind = "sheet" if is_sheet else KINDS.get(found.format or "", "list")
        words.append(f"the {kind} '{visible(found.entity)}'")
    if found.format == "csv" or is_sheet:
        words += ["names in the first record" if found.header else "no names: columns are numbered"]
    if found.skip_lines:
        some = "row" if is_sheet else "line"
        some = some if found.skip_lines == 1 else f"{found.skip_lines:,} {some}s"
        words.append(f"the first {some} left out")
    if found.null:
        words.append(f"'{found.null}' is NULL")
    yield from paper.text(", ".join(word for word in words if word))


def reading_options(found: Reading) -> str:
    """Those that are most likely to be wanted; a line has no room for all."""
    if found.format in FORMATS:
        return f"--sheet --skip-lines {'--no-header' if found.header else '--header'}"
    if found.format != "csv":
        return "--format --list"
    first = "--no-sections" if found.entity else "--skip-lines" if found.skip_lines else "--encoding"
    return f"{first} --delimiter --quote {'--no-header' if found.header else '--header'}"


def mapping(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    """Whatever is not sure comes first if there is no room for all."""
    yield from paper.heading("Where the columns go", 'change: --map "COLUMN=FIELD" --ignore COLUMN')
    sources = {column.name: column for column in plan.staged.columns}
    chosen = list(plan.mapping.mapped)
    if len(chosen) > SHOWN_COLUMNS:
        chosen = sorted(chosen, key=lambda one: one.how is How.EXACT)[:SHOWN_COLUMNS]
    rows = [mapped_row(one, plan, sources) for one in chosen]
    heads = ("column", "field", "how", "filled", "for example")
    if plan.request.corrects:
        heads, rows = heads[:3], [without_content(row) for row in rows]
    yield from paper.rows(heads, rows, least=(5, 5, 5, 6, 4)[: len(heads)], right=(3,))
    if more := len(plan.mapping.mapped) - len(chosen):
        yield from paper.text(f"… and {more:,} more", style="dim")
    yield from unmapped(plan, paper)
    if plan.mapping.unfilled and plan.request.mode is not Mode.UPDATE:
        yield from paper.text(f"Nothing fills {', '.join(plan.mapping.unfilled)}, which a new row needs.")


def mapped_row(mapped: Mapped, plan: ImportPlan, sources: dict[str, SourceColumn]) -> Row:
    field = f"{mapped.field} (key)" if mapped.field in plan.key else mapped.field
    if mapped.constant is not None:
        return ALWAYS, field, HOW[How.SAID], "", f"'{mapped.constant}'"
    column = sources.get(mapped.columns[0]) if mapped.columns else None
    filled = share(column.filled, plan.staged.records) if column and len(mapped.columns) == 1 else ""
    samples = ", ".join(f"'{sample}'" for sample in column.samples) if column else ""
    how = HOW.get(mapped.how, f"{mapped.how}, {mapped.confidence} %")
    if mapped.how is How.ALIAS and letters(mapped.columns[0]) == letters(mapped.field):
        how = "same words"
    if any(mapped.find_by):
        sure = f", {mapped.confidence} %" if mapped.how is How.REFERENCE else ""
        how = f"by {' and '.join(filter(None, mapped.find_by))}{sure}"
    return " + ".join(mapped.columns) or "(the default)", field, how, filled, samples


def without_content(row: Row) -> tuple[str, str, str]:
    """What stands in the columns of an original says nothing of the records that were corrected."""
    column, field, how, _, samples = row
    return (f"{column} {samples}" if column == ALWAYS else column), field, how


def letters(name: str) -> str:
    """
    >>> letters("Unit-Price") == letters("unit_price")
    True
    """
    return "".join(filter(str.isalnum, name.casefold()))


def share(part: int, whole: int) -> str:
    """Neither all nor nothing unless it is.

    >>> share(1, 3), share(999, 1000), share(1, 1000), share(0, 0)
    ('33 %', '99 %', '1 %', '')
    """
    if not whole:
        return ""
    if part in (0, whole):
        return f"{100 * part // whole} %"
    return f"{min(max(round(100 * part / whole), 1), 99)} %"


def unmapped(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    likely = {suggestion.column: suggestion for suggestion in plan.mapping.suggestions}
    unsure_first = sorted(plan.mapping.unmapped, key=lambda column: column not in likely)
    for column in unsure_first[:SHOWN_COLUMNS]:
        words = f"'{cut(column, LONGEST_NAME)}' goes nowhere"
        if meant := likely.get(column):
            words += f"; did you mean {meant.field} ({meant.confidence} %)?"
        yield from paper.text(words, hang=2, style="yellow" if meant else "")
    if more := unsure_first[SHOWN_COLUMNS:]:
        yield from paper.text(f"… and {len(more):,} more go nowhere", style="dim")
    if ignored := plan.request.mapping.ignored:
        yield from paper.text(f"left out, as you said: {listed(ignored)}", hang=2)


def cleaning(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    """What a value was, wherever it does not stay what it was."""
    if not plan.changes:
        return
    yield from paper.heading("What cleaning changes")
    rows = [
        (change.field, change.by, f"{change.records:,}", *example(change)) for change in plan.changes[:SHOWN_CHANGES]
    ]
    yield from paper.rows(("field", "step", "values", "was", "becomes"), rows, least=(5, 4, 6, 6, 6), right=(2,))
    if more := plan.changes[SHOWN_CHANGES:]:
        values = sum(change.records for change in more)
        yield from paper.text(f"… and {values:,} values more, by {len(more):,} other steps", style="dim")


def example(change: Change) -> tuple[str, str]:
    first = change.samples[0]
    return contrasted(quoted(first.was), quoted(first.now), LONGEST_EXAMPLE)


def counts(entity: str, numbers: Mapping[str, int], records: int, paper: Paper) -> Iterator[str]:
    counted = [decision for decision in Decision if decision in COUNTED or decision in numbers]
    words = {str(decision): f"{numbers.get(decision, 0):,}" for decision in counted}
    words["in all"] = f"{records:,}"
    rooms = {name: max(len(name), len(number)) + 2 for name, number in words.items()}
    beside = paper.columns - sum(rooms.values()) - 2
    if beside < LEAST_ENTITY:
        yield from (f"  {name:<9}{paper.styled(f'{text:>12}', colour(name, text))}" for name, text in words.items())
        return
    title = cut(visible(entity), beside)
    names = "".join(name.rjust(rooms[name]) for name in words)
    cells = [paper.styled(text.rjust(rooms[name]), colour(name, text)) for name, text in words.items()]
    yield f"  {' ' * width(title)}{paper.styled(names, 'dim')}"
    yield f"  {title}{''.join(cells)}"


def versions(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    """Of a file that numbers them."""
    if plan.versions is not None and any(vars(plan.versions).values()):
        found = ", ".join(f"{count:,} {name}" for name, count in vars(plan.versions).items())
        yield from paper.text(f"By their numbers in the file, beside the newest versions: {found}.")


def colour(name: str, number: str) -> str:
    return "dim" if number == "0" else COLOURS.get(name, "")
