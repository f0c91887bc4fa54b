"""Which tables `entrepot import` is about, and where they go."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.cli.selecting import pairs
from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.model.bundles import BundleRequest
    from entrepot.model.plans import ImportRequest


def is_single(args: argparse.Namespace) -> bool:
    """One file whose entity is said, or known from the import that it corrects."""
    if len(args.files) > 1 or Path(args.files[0]).is_dir():
        return False
    return bool(args.corrects) or (len(args.into) == 1 and "=" not in args.into[0])


def single_target(args: argparse.Namespace) -> str:
    if len(args.into) > 1:
        raise InputError("usage", "A correction goes where its import went.", remedy="Leave --into out.")
    return args.into[0] if args.into else ""


def bundle_request(args: argparse.Namespace, each: ImportRequest) -> BundleRequest:
    from entrepot.model.bundles import BundleRequest

    if args.corrects:
        raise InputError("usage", "A correction is one file.", remedy="Name the corrected errors file alone.")
    if args.list:
        raise InputError("usage", "--list says which list of one file.", remedy="Say where it goes: --into LIST=ENTITY")
    for word in (word for word in args.into if "=" not in word):
        raise InputError(
            "usage",
            f"--into {word} does not say which of several tables goes there.",
            remedy=f"Write --into {Path(args.files[0]).name}={word}",
        )
    return BundleRequest(into=pairs(args.into, "--into"), each=each)
