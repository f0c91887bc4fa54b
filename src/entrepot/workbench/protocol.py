"""What parent and child say to each other."""

from __future__ import annotations

import msgspec

from entrepot.model.problems import Problem
from entrepot.workbench.protocol_attaching import ListFiles, NameFiles
from entrepot.workbench.protocol_baselines import (
    BaselineCompared,
    BaselineFound,
    CompareBaseline,
    DigestRows,
    ReadBaseline,
)
from entrepot.workbench.protocol_deciding import (
    BeginRecords,
    DecidedRecords,
    DecideRecords,
    EmitRows,
    GiveRows,
    KeepVersions,
    MoveChildren,
    PartFormer,
    SettleRecords,
    ShowDecided,
    ShownRecords,
    TakeRows,
    WriteFailed,
)
from entrepot.workbench.protocol_judging import (
    FindCells,
    FindPlaces,
    FoundCells,
    FoundPlaces,
    GroupedFindings,
    GroupFindings,
    JudgedRecords,
    JudgeRecords,
    ListedFindings,
    ListedTables,
    ListFindings,
    ListTables,
    RuleRecords,
    ShowChanges,
    ShownChanges,
    StagedFile,
    StageFile,
)
from entrepot.workbench.protocol_mirroring import CountKept, KeepNew, KeptRows
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
from entrepot.workbench.protocol_parts import BringRecords, CountSpans, EnterPart, KeepParents, PutBehind, SpanCounts
from entrepot.workbench.protocol_patching import (
    FindPatched,
    FoundRecords,
    KeepPatched,
    ListRecords,
    PatchedPlaces,
    PatchedRecords,
    PatchRecords,
)
from entrepot.workbench.protocol_proof import FingerprintSent, FingerprintTaken
from entrepot.workbench.protocol_references import (
    AskForParents,
    CompareParents,
    CountParents,
    FindParents,
    GatherAsked,
    LeaveUnasked,
    MadeRecords,
    MakeParents,
    ParentsCounted,
    ParentsFound,
    SeekParents,
)
from entrepot.workbench.protocol_rows import FingerprintFile, FingerprintRows, WriteParquet
from entrepot.workbench.protocol_rules import AddFindings, GiveJudged
from entrepot.workbench.protocol_stretches import (
    CountShort,
    EndedStretches,
    EndStretches,
    SketchedFile,
    SketchFile,
    VouchedStretch,
    VouchStretch,
)
from entrepot.workbench.protocol_undoing import (
    CompareBack,
    ComparedRows,
    GiveBack,
    GiveReferences,
    GiveWanted,
    LineUp,
    RefuseBack,
    SettleBack,
    SettledRows,
    ShowBack,
    StayingRows,
)


class Done(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    rows: int
    digest: str | None = None
    as_text: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


class Failed(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """An error of `model.errors`, by the name of its class."""

    error: str
    code: str
    message: str
    remedy: str = ""
    problems: tuple[Problem, ...] = ()


Request = (
    FingerprintRows
    | WriteParquet
    | FingerprintFile
    | StageFile
    | ListTables
    | FindCells
    | FindPlaces
    | RuleRecords
    | JudgeRecords
    | ListFindings
    | GroupFindings
    | ShowChanges
    | TakeRows
    | GiveRows
    | FingerprintSent
    | FingerprintTaken
    | CompareBack
    | SettleBack
    | LineUp
    | RefuseBack
    | ShowBack
    | GiveBack
    | GiveWanted
    | GiveReferences
    | GiveJudged
    | AddFindings
    | SeekParents
    | AskForParents
    | GatherAsked
    | LeaveUnasked
    | MakeParents
    | FindParents
    | CountParents
    | CompareParents
    | BeginRecords
    | DecideRecords
    | SettleRecords
    | ShowDecided
    | EmitRows
    | WriteFailed
    | SketchFile
    | VouchStretch
    | EndStretches
    | CountShort
    | PatchRecords
    | KeepPatched
    | FindPatched
    | ListRecords
    | EnterPart
    | PutBehind
    | KeepParents
    | CountSpans
    | BringRecords
    | DigestRows
    | ReadBaseline
    | CompareBaseline
    | NameFiles
    | ListFiles
    | KeepNew
    | CountKept
    | GatherOwn
    | AskOwn
    | AssignOwn
    | LinkOwn
    | CountNew
    | MintOwn
    | CheckOwn
    | GiveOwn
    | KeepVersions
    | PartFormer
    | MoveChildren
)
Answer = (
    Done
    | StagedFile
    | ListedTables
    | FoundCells
    | FoundPlaces
    | JudgedRecords
    | ListedFindings
    | GroupedFindings
    | ShownChanges
    | DecidedRecords
    | ShownRecords
    | ComparedRows
    | SettledRows
    | StayingRows
    | SketchedFile
    | VouchedStretch
    | EndedStretches
    | PatchedRecords
    | PatchedPlaces
    | FoundRecords
    | ParentsFound
    | MadeRecords
    | ParentsCounted
    | BaselineFound
    | BaselineCompared
    | KeptRows
    | SpanCounts
)
Reply = Answer | Failed
REQUESTS = msgspec.json.Decoder(Request)
REPLIES: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)
