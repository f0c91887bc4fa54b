"""The child: takes requests until its input ends, under limits that the system enforces.

Runs as `python -m entrepot.workbench.child TABLES MEMORY_BYTES LIFELINE` in the work folder.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, BinaryIO

from entrepot.model.errors import BugError, EntrepotError
from entrepot.workbench.framing import frame, read_frame
from entrepot.workbench.lifeline import follow
from entrepot.workbench.protocol import REQUESTS, Answer, Reply, Request
from entrepot.workbench.protocol_attaching import ListFiles, NameFiles
from entrepot.workbench.protocol_baselines import CompareBaseline, DigestRows, ReadBaseline
from entrepot.workbench.protocol_deciding import (
    BeginRecords,
    DecideRecords,
    EmitRows,
    GiveRows,
    KeepVersions,
    MoveChildren,
    PartFormer,
    SettleRecords,
    ShowDecided,
    TakeRows,
    WriteFailed,
)
from entrepot.workbench.protocol_judging import (
    FindCells,
    FindPlaces,
    GroupFindings,
    JudgeRecords,
    ListFindings,
    ListTables,
    RuleRecords,
    ShowChanges,
    StageFile,
)
from entrepot.workbench.protocol_mirroring import CountKept, KeepNew
from entrepot.workbench.protocol_own_ids import (
    AskOwn,
    AssignOwn,
    CheckOwn,
    CountNew,
    GatherOwn,
    GiveOwn,
    LinkOwn,
    MintOwn,
)
from entrepot.workbench.protocol_parts import BringRecords, CountSpans, EnterPart, KeepParents, PutBehind
from entrepot.workbench.protocol_patching import FindPatched, KeepPatched, ListRecords, PatchRecords
from entrepot.workbench.protocol_proof import FingerprintSent, FingerprintTaken
from entrepot.workbench.protocol_references import (
    AskForParents,
    CompareParents,
    CountParents,
    FindParents,
    GatherAsked,
    LeaveUnasked,
    MakeParents,
    SeekParents,
)
from entrepot.workbench.protocol_rows import FingerprintFile, FingerprintRows, WriteParquet
from entrepot.workbench.protocol_rules import AddFindings, GiveJudged
from entrepot.workbench.protocol_stretches import CountShort, EndStretches, SketchFile, VouchStretch
from entrepot.workbench.protocol_undoing import (
    CompareBack,
    GiveBack,
    GiveReferences,
    GiveWanted,
    LineUp,
    RefuseBack,
    SettleBack,
    ShowBack,
)
from entrepot.workbench.refusing import failure, out_of_memory

if TYPE_CHECKING:
    from entrepot.workbench.source import Database

EXTRA_BYTES = 600_000_000
"""What the process may map beyond DuckDB's own limit. It needs a tenth of it: DuckDB's allocator keeps address space
that it no longer uses, and the system counts that too."""
HANDLERS: dict[type[Request], str] = {
    FingerprintRows: "hashing:fingerprint_rows",
    WriteParquet: "typed:write_parquet",
    FingerprintFile: "files:fingerprint_file",
    StageFile: "reading:stage_file",
    ListTables: "reading:list_tables",
    FindCells: "reading:find_cells",
    FindPlaces: "reading:find_places",
    RuleRecords: "deciding.scope:rule_records",
    JudgeRecords: "judging.answers:judge_records",
    ListFindings: "judging.answers:list_findings",
    GroupFindings: "deciding.answers:group_findings",
    ShowChanges: "judging.answers:show_changes",
    TakeRows: "deciding.answers:take_rows",
    GiveJudged: "judging.said:give_judged",
    AddFindings: "judging.said:add_findings",
    SeekParents: "parents.gathering:seek_parents",
    FindParents: "parents.finding:find_parents",
    AskForParents: "parents.making:ask_for_parents",
    GatherAsked: "parents.making:gather_asked",
    MakeParents: "parents.making:make_parents",
    LeaveUnasked: "deciding.unasked:leave_unasked",
    CompareParents: "parents.finding:compare_parents",
    CountParents: "parents.counting:count_parents",
    GiveRows: "deciding.answers:give_rows",
    FingerprintSent: "proof:fingerprint_sent",
    FingerprintTaken: "proof:fingerprint_taken",
    CompareBack: "undoing.answers:compare_back",
    SettleBack: "undoing.answers:settle_back",
    LineUp: "undoing.answers:line_up",
    RefuseBack: "undoing.answers:refuse_back",
    ShowBack: "undoing.answers:show_back",
    GiveBack: "undoing.giving:give_back",
    GiveWanted: "undoing.giving:give_wanted",
    GiveReferences: "undoing.giving:give_references",
    DecideRecords: "deciding.answers:decide_records",
    BeginRecords: "deciding.answers:begin_records",
    SettleRecords: "deciding.answers:settle_records",
    ShowDecided: "deciding.answers:show_decided",
    EmitRows: "deciding.answers:emit_rows",
    WriteFailed: "deciding.failed:write_failed",
    SketchFile: "vouching:sketch_file",
    VouchStretch: "vouching:vouch_stretch",
    EndStretches: "vouching:end_stretches",
    CountShort: "vouching:count_short",
    PatchRecords: "patching:patch_records",
    KeepPatched: "patching:keep_patched",
    FindPatched: "patching:find_patched",
    ListRecords: "deciding.answers:list_records",
    EnterPart: "parts:enter_part",
    PutBehind: "behind:put_behind",
    KeepParents: "within:keep_parents",
    CountSpans: "deciding.answers:count_spans",
    BringRecords: "deciding.answers:bring_records",
    DigestRows: "baselines.writing:digest_rows",
    ReadBaseline: "baselines.reading:read_baseline",
    CompareBaseline: "baselines.comparing:compare_baseline",
    NameFiles: "attaching:name_files",
    ListFiles: "attaching:list_files",
    KeepNew: "mirroring:keep_new",
    CountKept: "mirroring:count_kept",
    GatherOwn: "own_ids.gathering:gather_own",
    AskOwn: "own_ids.gathering:ask_own",
    AssignOwn: "own_ids.assigning:assign_own",
    LinkOwn: "own_ids.linking:link_own",
    CountNew: "own_ids.minting:count_new",
    MintOwn: "own_ids.minting:mint_own",
    CheckOwn: "own_ids.minting:check_own",
    GiveOwn: "own_ids.minting:give_own",
    KeepVersions: "deciding.answers:versions_kept",
    PartFormer: "deciding.answers:former_parted",
    MoveChildren: "deciding.answers:children_moved",
}
COLLECT_AFTER = 100_000
"""Parsing JSON makes many objects and no cycles: looking for those at the usual pace doubles its time."""


def main() -> None:
    tables = Path(sys.argv[1])
    memory_bytes, *lifelines = map(int, sys.argv[2:])
    limit(memory_bytes)
    for line in lifelines:
        follow(line)
    replies = taken_over_output()
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=listen, args=(requests,), daemon=True).start()
    serve(requests, replies, memory_bytes, tables)


def serve(requests: SimpleQueue[bytes], replies: BinaryIO, memory_bytes: int, tables: Path) -> None:
    from entrepot.workbench.source import connected

    with connected(memory_bytes, tables) as database:
        while True:
            replies.write(frame(handled(REQUESTS.decode(requests.get()), database)))
            replies.flush()


def limit(memory_bytes: int) -> None:
    """No core dumps of people's rows; an interrupt from the terminal is the parent's to answer."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes + EXTRA_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(COLLECT_AFTER)


def taken_over_output() -> BinaryIO:
    """Our replies alone leave through standard output; what libraries print goes to the log."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def listen(requests: SimpleQueue[bytes]) -> None:
    """End of input means that the parent is gone: end at once, also in the middle of a query."""
    while (data := read_frame(sys.stdin.buffer)) is not None:
        requests.put(data)
    os._exit(0)


def handled(request: Request, database: Database) -> Reply:
    try:
        return answer(request, database)
    except EntrepotError as error:
        return failure(error)
    except MemoryError:
        return failure(out_of_memory("Python could not get more"))
    except Exception as error:  # the parent must hear of it, whatever it is
        return failure(
            BugError("workbench_failed", f"The workbench failed: {error!r:.500}", remedy="Please report this.")
        )


def answer(request: Request, database: Database) -> Answer:
    """The module that can is imported when it is first asked."""
    from entrepot.workbench.source import translated

    module, _, function = HANDLERS[type(request)].partition(":")
    with translated():
        return getattr(import_module(f"entrepot.workbench.{module}"), function)(database, request)


if __name__ == "__main__":
    main()
