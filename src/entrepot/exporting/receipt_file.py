"""Receipts as files: readable by people, stable for programs."""

from __future__ import annotations

from pathlib import Path

from entrepot.model.errors import DamagedError
from entrepot.model.receipts import Receipt

RECEIPT_ENDING = ".receipt.json"


def receipt_path(target: Path, folder: bool) -> Path:
    """Beside a file, or inside the folder of several."""
    return target / "receipt.json" if folder else target.with_name(f"{target.name}{RECEIPT_ENDING}")


def encode_receipt(receipt: Receipt) -> bytes:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(receipt), indent=2) + b"\n"


def decode_receipt(content: bytes) -> Receipt:
    import msgspec

    try:
        return msgspec.json.decode(content, type=Receipt)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedError(
            "bad_receipt",
            f"That is no receipt of Entrepot: {error}.",
            remedy="Find the receipt written with the export.",
        ) from error
