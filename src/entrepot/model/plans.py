"""What an import will do, before it does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from entrepot.model.attachments import Files, FilesPlan
from entrepot.model.baselines import BaselineUse
from entrepot.model.drafts import Blank, Decision, Errors, Finding, Mode, OnConflict, Reading, Staged
from entrepot.model.estimates import Estimate
from entrepot.model.judgements import Change, Grouped
from entrepot.model.made import MadeParents
from entrepot.model.mappings import ColumnMapping, MappingRequest
from entrepot.model.matching import Difference, Turns
from entrepot.model.mirrors import Leaving, Mirror, Radius
from entrepot.model.plan_states import PlanState
from entrepot.model.problems import Problem, Severity
from entrepot.model.references import Reference
from entrepot.model.rules import SaidRule
from entrepot.model.shares import ShareCounts
from entrepot.model.thresholds import threshold_of
from entrepot.model.versions import VersionCounts


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """Everything that people can say about an import but where the file and the database are."""

    entity: str
    """Its name, public name or alias."""
    reading: Reading = field(default_factory=Reading)
    mapping: MappingRequest = field(default_factory=MappingRequest)
    mode: Mode = Mode.CREATE
    on_conflict: OnConflict | None = None
    """None: a record whose row exists fails when creating, and overwrites it otherwise."""
    blank: Blank = Blank.KEEP
    errors: Errors = Errors.ALL_OR_NOTHING
    key: tuple[str, ...] = ()
    """The fields that identify a row; none: the first key that the file has whole."""
    prove: bool = False
    """Read back what was written before it is committed, and compare."""
    exclusive: bool = False
    """Keep others out of the tables, to check all references at once."""
    rules: tuple[SaidRule, ...] = ()
    """What every record must satisfy, besides the rules of the settings."""
    use: str = ""
    """A saved mapping, to which `mapping` adds."""
    save_as: str = ""
    """Under what name the mapping is saved once the import is done."""
    declared: int | None = None
    """How many records the file must have; None: as many as it has."""
    declared_by: str = ""
    """The receipt that says so; empty: whoever asks."""
    left_out: tuple[str, ...] = ()
    """Other tables of the same import, in which there is nothing; told with this one."""
    decisions: Mapping[str, OnConflict] = field(default_factory=dict)
    """About single records, by their numbers (`5,9-12`): `skip` leaves them out whatever is wrong with them; the others
    say what happens where their row exists."""
    batch_size: int | None = None
    """So many records to a transaction, where records that fail are skipped; None: one transaction for all."""
    corrects: str | None = None
    """The job whose failed records the file brings back, corrected; then all else is as that job was asked for."""
    corrected: Reading = field(default_factory=Reading)
    """How the corrected file is read, then."""
    own_ids: tuple[str, ...] = ()
    """The entities whose ids, in keys and in references, are those of the files and mean nothing to the database;
    `all`: those that the import brings in."""
    source: str = ""
    """Under what name such ids are remembered, so that the next import of that source finds its rows again. Without
    `own_ids` it means all."""
    tenant: str | None = None
    """Its key, or a name it has: rows and references of others are refused, and what names no tenant is theirs."""
    tenant_by_key: bool = False
    """`tenant` is its key and nothing else, and nothing of other tenants is told: what a bound principal gets."""
    tenant_comes: bool = False
    """Whether the tenant may be new, because its row comes together with the others (a copy)."""
    files: Files = Files.RESTORE
    """What happens to the files that rows of a package point to."""
    max_errors: str | None = None
    """How many records may fail, of those that are skipped for it: a count (`100`) or a part (`2%`)."""
    baseline: BaselineUse = BaselineUse.AUTO
    """Of a workbook that was exported with one."""
    made: MadeParents | None = None
    """Nobody gave these records: other tables of the import name rows that are not there. What people ask for has
    none."""
    within: str = ""
    """The entity whose records the file has, where those of this one are parents that stand in the same lines."""
    mirror: Mirror = field(default_factory=Mirror)
    """With `Mode.MIRROR`: which rows the file is to be equal to, and how many may be deleted for it."""

    @property
    def conflicts(self) -> OnConflict:
        return self.on_conflict or (OnConflict.FAIL if self.mode is Mode.CREATE else OnConflict.OVERWRITE)


@dataclass(frozen=True, kw_only=True)
class DraftFile:
    """The file as it was taken: what is planned is planned for these bytes."""

    name: str
    bytes: int
    sha256: str
    member: str = ""
    """Of an archive: which of its members was read."""
    database: str = ""
    """Of a copy there is no file: from which database its rows came; `name` is what they are called there."""

    @property
    def title(self) -> str:
        return f"{self.name}/{self.member}" if self.member else self.name

    @property
    def shown(self) -> str:
        """With the database that it came from."""
        return f"{self.title} of {self.database}" if self.database else self.title


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    plan_id: str = ""
    """What it was kept under; empty while it was not."""
    digest: str
    """The same for the same file, request and database, as long as the same would come of it."""
    file: DraftFile
    engine: str
    database: str
    entity: str
    """What people call it."""
    request: ImportRequest
    staged: Staged
    mapping: ColumnMapping
    key: tuple[str, ...]
    """By what rows are found; empty: every record is a new row."""
    fields: tuple[str, ...]
    types: tuple[str, ...] = ()
    """Of each of these fields, in the words of the engine."""
    compared: tuple[str, ...]
    counts: Mapping[str, int]
    """By `Decision`; together they are the records of the file."""
    defaulted: tuple[tuple[str, ...], ...] = ()
    """Where JSON records lack fields that the database fills itself: the sets of fields that new rows leave to it."""
    turns: Turns = field(default_factory=Turns)
    """In how many steps rows change, because some wait for others."""
    versions: VersionCounts | None = None
    references: tuple[Reference, ...] = ()
    """Those whose parents were looked up by something else than their ids; then those that have ids, if these were not
    sent as they stand, which they only are where all are found."""
    errors: int = 0
    """Findings that keep records out."""
    warnings: int = 0
    findings: tuple[Finding, ...] = ()
    """The first hundred."""
    problems: tuple[Problem, ...] = ()
    """The same in words, with their places; and what concerns the file as a whole."""
    differences: tuple[Difference, ...] = ()
    """The first rows that would change."""
    groups: Grouped = field(default_factory=Grouped)
    """All findings, equal ones together."""
    changes: tuple[Change, ...] = ()
    """What cleaning made of values, by field and step."""
    radius: Radius | None = None
    """What a mirror deletes; None: it is none."""
    lane: str = "mapped"
    locks: tuple[str, ...] = ()
    """The tables that the exclusive lane keeps others out of: it was asked for, or would pay."""
    estimate: Estimate = field(default_factory=Estimate)
    seconds: float = 0.0
    """What the preview took."""
    files: FilesPlan | None = None
    """What would become of the files of a package; None: it has none for these rows."""
    failed_rows: str | None = None
    """The id of the errors file; none if no record failed. Of several files, of the first that has one."""
    shares: tuple[ShareCounts, ...] = ()
    """Of several files that are one table, each; of a single file none."""
    state: PlanState | None = None
    """What became of it since it was made; None if it was not kept."""

    @property
    def failed(self) -> int:
        return self.counts.get(Decision.FAILED, 0)

    @property
    def blocked(self) -> bool:
        """Whether it would be refused as a whole."""
        refused = self.files is not None and self.files.refused
        if self.damages or refused or (self.radius is not None and self.radius.refusals):
            return True
        if self.request.errors is Errors.ALL_OR_NOTHING:
            return self.failed > 0
        return self.over_threshold

    @property
    def deletes(self) -> int:
        """How many rows, of all tables: what must be confirmed."""
        return self.radius.deleted if self.radius else 0

    @property
    def confirmed(self) -> int | None:
        """How many rows somebody knows will be deleted; None: nobody said."""
        return self.request.mirror.confirmed

    @property
    def leaving(self) -> tuple[Leaving, ...]:
        """What goes, and what changes with it, table by table."""
        return self.radius.tables if self.radius else ()

    @property
    def damages(self) -> tuple[Problem, ...]:
        """What is wrong with the file as a whole."""
        return tuple(problem for problem in self.staged.problems if problem.severity is Severity.ERROR)

    @property
    def over_threshold(self) -> bool:
        most = self.request.max_errors
        return most is not None and not threshold_of(most).allows(self.failed, self.staged.records)
