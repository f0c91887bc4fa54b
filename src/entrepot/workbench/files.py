"""Fingerprints of files, by format."""

from __future__ import annotations

from pathlib import Path

from entrepot.model.errors import InputError, StorageError
from entrepot.workbench.csv_files import fingerprint_csv
from entrepot.workbench.json_files import fingerprint_document, fingerprint_lines
from entrepot.workbench.parquet_files import fingerprint_parquet
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_rows import FingerprintFile
from entrepot.workbench.source import Database


def fingerprint_file(database: Database, request: FingerprintFile) -> Done:
    path = Path(request.path)
    try:
        match request.format:
            case "csv":
                return fingerprint_csv(database, path, request.columns, request.options)
            case "ndjson":
                return fingerprint_lines(database, path, request.columns)
            case "json":
                return fingerprint_document(database, path, request.columns, str(request.options["entity"]))
            case "parquet":
                return fingerprint_parquet(database, request.path, request.columns)
    except OSError as error:
        raise StorageError("unreadable_file", f"{path.name}: {error.strerror}.", remedy="Check the file.") from error
    raise InputError(
        "no_fingerprint_of_format",
        f"There is no fingerprint of {request.format} files.",
        remedy="Give a csv, ndjson, json or parquet file.",
    )
