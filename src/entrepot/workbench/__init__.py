"""DuckDB in a child process: rows are hashed, checked and turned into Parquet there, never here.

The child has no credentials and no network, sees one work folder, may use limited memory, and ends with its
parent. Requests and replies are length-prefixed JSON over its stdin and stdout; rows travel as CSV through named
pipes in the work folder.

client streams      the parent's side           child          the child's loop and limits
protocol, protocol_*  what the two say          source         DuckDB, locked down, and its errors
rows borders        the pipes that rows take    hashing        fingerprints
quick_forms         canonical forms in SQL      typed types    Parquet from text, and back
files csv_* json_*  fingerprints of files,      parquet_files  the same for Parquet
                    strictly                    patching       corrected records in place of failed ones
bench, bench_*      the parent's side of        reading        files of strangers into tables
                    imports and undos           judging        values cleaned and checked
deciding            what becomes of records     undoing        what becomes of rows that a job had changed
vouching            proof that a file is        proof          that what is there is what
                    canonical as it stands                 was sent
baselines           workbooks that come back
"""

from entrepot.workbench.client import open_workbench

__all__ = ["open_workbench"]
