"""Is this file still what its receipt or manifest says? All findings, not only the first.

Three depths: the bytes as they are stored, against the receipt; the structure and the rows, read strictly; the
content, hashed again by the workbench.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from entrepot.exporting.inspect_file import Content, check_content, check_stored
from entrepot.exporting.inspect_others import Others
from entrepot.exporting.inspection import Findings, Inspection, OpenWorkbench
from entrepot.exporting.receipt_file import decode_receipt, receipt_path
from entrepot.exporting.which_receipt import REPLACED, receipt_for
from entrepot.formats.port import Format
from entrepot.formats.registry import by_extension, format_for
from entrepot.model.errors import AccessError, InputError
from entrepot.model.problems import Place
from entrepot.model.receipts import FileReceipt, Receipt
from entrepot.storage.key_files import LOCKED_KEY, key_files_for
from entrepot.storage.keys import Keys
from entrepot.storage.seal import plain_copy
from entrepot.storage.there import is_file, not_there

__all__ = ["Inspection", "inspect"]


def inspect(
    path: Path,
    *,
    receipt: Path | None = None,
    passphrase: str | None = None,
    identity: str | None = None,
    work: Path,
    workbench: OpenWorkbench,
) -> Inspection:
    """Everything that can be verified about a file, or about the folder of an export."""
    keys = Keys(passphrase=passphrase, identity=identity)
    with ExitStack() as stack:
        findings = Findings(file=path.name, work=work, open_workbench=lambda: stack.enter_context(workbench()))
        if path.is_dir():
            inspect_folder(path, receipt, keys, findings)
        else:
            receipt = receipt or receipt_beside(path)
            check_is_export(path, receipt)
            inspect_file(path, receipt, keys, findings)
    return findings.inspection()


def receipt_beside(path: Path) -> Path | None:
    """Beside the file, or that of its folder if it names the file."""
    if not is_file(path):
        raise not_there(path)
    return receipt_for(path)


def check_is_export(path: Path, receipt: Path | None) -> None:
    if receipt is None and by_extension(path) is None:
        raise InputError(
            "not_an_export",
            f"{path.name} has no receipt, and its name is not that of an export.",
            remedy="Name its receipt, or give it its ending back. `entrepot formats` lists the endings.",
        )


def inspect_file(path: Path, receipt_at: Path | None, keys: Keys, findings: Findings) -> None:
    receipt = None
    with findings.proving(path.name):
        if receipt_at is None:
            note_missing(path, findings)
        else:
            with findings.listing(receipt_at.name):
                receipt = read_receipt(receipt_at)
        if receipt is not None:
            check_listed(path, receipt, findings)
            check_locked_key(path, receipt, findings)
        open_and_check(path, receipt, keys, findings)


def note_missing(path: Path, findings: Findings) -> None:
    words = f"There is no receipt with {path.name}, so only what the content itself says could be checked."
    findings.note("no_receipt", words, "Keep the receipt that was written with the export, or name it.")


def inspect_folder(folder: Path, named: Path | None, keys: Keys, findings: Findings) -> None:
    """The files of the folder's own receipt, or of the one that is named; then each other file with the receipt of
    its own. What is no export is only noted."""
    receipt_at = named or receipt_path(folder, True)
    listed = {receipt_at.name}
    if named is not None or receipt_at.is_file():
        with findings.listing(receipt_at.name):
            receipt = read_receipt(receipt_at)
            listed |= {file.name for file in receipt.files}
            for problem in receipt.warnings:
                if problem.code == REPLACED:
                    findings.note(problem.code, problem.message)
            for file in receipt.files:
                if named is not None or not later_export(folder / file.name, findings):
                    with findings.locked_out(file.name):
                        inspect_listed(folder / file.name, file, receipt, keys, findings)
    others = Others.of(folder, listed)
    for path in others.exports if named is None else ():
        own = receipt_path(path, False)
        with findings.locked_out(path.name):
            inspect_file(path, own if is_file(own) else None, keys, findings)
    others.note(findings)
    if not findings.agreed and findings.inspection().ok and not findings.unverified:
        findings.unverified.append(folder.name)


def later_export(path: Path, findings: Findings) -> bool:
    """Whether a file of the folder's receipt was replaced by an export of its own since."""
    if not is_file(path) or receipt_for(path) != receipt_path(path, False):
        return False
    findings.note(REPLACED, f"{path.name} was exported again since, and has a receipt of its own.")
    return True


def read_receipt(path: Path) -> Receipt:
    if not is_file(path):
        raise InputError("no_such_file", f"There is no receipt {path}.", remedy="Check the path.")
    return decode_receipt(path.read_bytes())


def check_listed(path: Path, receipt: Receipt, findings: Findings) -> None:
    """By its name; a file that was renamed is known as the only one that the receipt names."""
    content = [file for file in receipt.files if file.media_type != LOCKED_KEY]
    declared = next((file for file in receipt.files if file.name == path.name), None)
    if declared is None and len(content) == 1:
        declared = content[0]
    if declared is None:
        findings.wrong("not_in_receipt", f"The receipt does not name {path.name}.", Place(file=path.name))
        return
    check_stored(path, declared, findings)


def check_locked_key(path: Path, receipt: Receipt, findings: Findings) -> None:
    """A damaged key would look like a wrong passphrase."""
    beside = {key.name: key for key in key_files_for(path)}
    for file in receipt.files:
        if file.media_type == LOCKED_KEY and file.name in beside:
            check_stored(beside[file.name], file, findings)


def inspect_listed(path: Path, file: FileReceipt, receipt: Receipt, keys: Keys, findings: Findings) -> None:
    if not is_file(path):
        findings.wrong("missing_file", f"The receipt names {file.name}, but it is not there.", Place(file=file.name))
        return
    check_stored(path, file, findings)
    if file.media_type != LOCKED_KEY:
        open_and_check(path, receipt, keys, findings)


def open_and_check(path: Path, receipt: Receipt | None, keys: Keys, findings: Findings) -> None:
    with findings.listing(path.name), TemporaryDirectory(dir=findings.work) as room:
        found = format_of(path, receipt)
        plain = opened(path, Path(room), keys, findings)
        if plain is not None:
            check_content(Content(plain=plain, stored=path.name, format=found, receipt=receipt), findings)


def opened(path: Path, room: Path, keys: Keys, findings: Findings) -> Path | None:
    """The plain content; None where a key does not open what is known to be damaged: then it may be the right one."""
    try:
        return plain_copy(path, room, keys)
    except AccessError as error:
        if error.code != "wrong_key" or not findings.is_wrong({path.name, *(key.name for key in key_files_for(path))}):
            raise
        findings.note("content_not_read", f"{path.name} does not open with this key, so its content was not read.")
        return None


def format_of(path: Path, receipt: Receipt | None) -> Format:
    found = format_for(receipt.format) if receipt else by_extension(path)
    if found is None:
        raise InputError(
            "no_format",
            f"The name {path.name} does not tell the format.",
            remedy="Name its receipt, or give it its ending back.",
        )
    return found
