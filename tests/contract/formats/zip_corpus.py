"""Archives that others made to be refused, or read, and for what reason. They are not beside this folder everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "zip"
CODES = {
    "End of central directory record signature not found": "not_a_zip",
    "Invalid comment length": "zip_trailing_bytes",
    "absolute path": "zip_unsafe_name",
    "compressed uncompressed size mismatch": "zip_size_mismatch",
    "extra field length exceeds": "zip_extra_field",
    "file data overflows file bounds": "zip_beyond_end",
    "invalid central directory file header signature": "zip_directory_signature",
    "invalid characters in fileName": "zip_unsafe_name",
    "invalid code lengths set": "zip_data",
    "invalid local file header signature": "zip_local_signature",
    "invalid relative path": "zip_unsafe_name",
    "invalid zip64 end of central directory": "zip64_end_damaged",
    "multi-disk": "zip_multi_disk",
    "not enough bytes in the stream": "zip_ratio",
    "strong encryption": "zip_encrypted",
    "too many bytes in the stream": "zip_local_differs",
    "too many length or distance symbols": "zip_data",
    "unexpected EOF": "zip_beyond_end",
    "unsupported compression method": "zip_method",
    "zip64 extended information extra field": "zip64_extra_field",
}
VERDICTS = {
    "traditional-encryption": "zip_encrypted",
    "bogus-compression-method": "zip_method",
    "sloppy-filenames": "zip_unsafe_name",  # our choice: a backslash is a separator somewhere
}


def corpus(folder: str) -> list[Path]:
    if not CORPUS.exists():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    return sorted((CORPUS / folder).iterdir())
