"""What can be wrong, in one table: what is typed, how it ends, and which words help."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Case:
    """`words` must stand in what a person reads. `{shop}`, `{folder}` and the like are places of the fixtures."""

    id: str
    typed: tuple[str, ...]
    exit_code: int
    code: str
    words: tuple[str, ...] = ()


def case(id: str, typed: str, exit_code: int, code: str, *words: str) -> Case:
    """Arguments are separated by `|`, so that they may hold blanks."""
    return Case(
        id=id,
        typed=tuple(part.strip() for part in typed.split("|")),
        exit_code=exit_code,
        code=code,
        words=words,
    )


SHOP = (
    case("command", "exprt", 2, "usage", "Did you mean 'export'?"),
    case("no command", "", 2, "usage"),
    case("option", "export|--fromat|csv", 2, "usage", "Did you mean '--format'?"),
    case("words without quotes", "export|orders|--where|total|>|5|-o|{out}", 2, "usage", "goes in quotes"),
    case("command behind its words", "orders|export|-o|{out}", 2, "usage", "The command comes first"),
    case("option before the command", "--db|main|export|-o|{out}", 2, "usage", "The command comes first"),
    case("names run together", "export|orders,customers|-o|{out}", 2, "unknown_entity", "orders customers"),
    case("names in one word", "export|orders customers|-o|{out}", 2, "unknown_entity", "orders customers"),
    case("excluded names run together", "export|--exclude|orders,users|-o|{out}", 2, "unknown_entity", "orders users"),
    case("standard output", "export|orders|-f|csv|-o|-", 2, "no_standard_output", "Name a file"),
    case("two operators", "export|orders|--where|status == 'open'|-o|{out}", 2, "filter_syntax", "= for equal"),
    case("no fields", "export|orders|--fields|,|-o|{out}", 2, "no_fields", "Name one"),
    case("choice", "export|orders|--compress|gzipp|-o|{out}", 2, "usage", "Did you mean 'gzip'?"),
    case("number", "export|orders|--limit|many|-o|{out}", 2, "usage", "--limit", "many"),
    case("negative limit", "export|orders|--limit=-1|-o|{out}", 2, "bad_limit", "Give 0 or more"),
    case("endless limit", f"export|orders|--limit|{2**63}|-o|{{out}}", 2, "bad_limit", "at most"),
    case("endless value", f"export|orders|--where|total > '{'x' * 5000}'|-o|{{out}}", 2, "filter_type", "xxx…"),
    case("endless name", f"export|{'x' * 5000}|-o|{{out}}", 2, "unknown_entity", "xxx…"),
    case("entity", "export|ordrs|-o|{out}", 2, "unknown_entity", "Did you mean 'orders'?"),
    case("entity of catalog", "catalog|custmers", 2, "unknown_entity", "Did you mean 'customers'?"),
    case("excluded entity", "export|--exclude|ordrs|-o|{out}", 2, "unknown_entity", "Did you mean 'orders'?"),
    case("group", "export|@peple|-o|{out}", 2, "unknown_group", "Did you mean '@people'?"),
    case("nothing left", "export|orders|--exclude|orders|-o|{out}", 2, "nothing_selected", "catalog"),
    case("field", "export|orders|--fields|orders:totl|-o|{out}", 2, "unknown_field", "Did you mean 'total'?"),
    case("fields of no entity", "export|--fields|ordrs:id|-o|{out}", 2, "unknown_entity", "Did you mean 'orders'?"),
    case("renamed field", "export|orders|--rename|nmber=n|-o|{out}", 2, "unknown_field", "'number'"),
    case("no new name", "export|orders|--rename|number|-o|{out}", 2, "usage", "NAME=VALUE"),
    case("two of a name", "export|orders|--rename|orders:number=id|-o|{out}", 2, "duplicate_column", "Rename one"),
    case("transform", "export|orders|--transform|orders:number=lower|-o|{out}", 2, "unknown_transform", "lowercase"),
    case("transform of a number", "export|orders|--transform|orders:total=trim|-o|{out}", 2, "transform_type", "text"),
    case("tenant", "export|orders|--tenant|nordlich|-o|{out}", 2, "unknown_tenant", "Did you mean 'nordlicht'?"),
    case("format", "export|orders|--format|cvs|-o|{folder}/", 2, "unknown_format", "Did you mean 'csv'?"),
    case("format to show", "formats|cvs", 2, "unknown_format", "Did you mean 'csv'?"),
    case("ending", "export|orders|-o|{folder}/a.xyz", 2, "no_format", ".csv"),
    case("no format", "export|orders|-o|{folder}/", 2, "no_format", "--format"),
    case("one file, many entities", "export|-o|{folder}/a.csv", 2, "one_file_per_entity", "package"),
    case("format option", "export|orders|--option|delimter=;|-o|{csv}", 2, "unknown_csv_option", "'delimiter'"),
    case("format option value", "export|orders|--option|bom=perhaps|-o|{csv}", 2, "bad_option", "yes or no"),
    case("dialect", "export|orders|--dialect|postgrs|-o|{folder}/a.sql", 2, "unknown_dialect", "'postgres'"),
    case("selection", "export|--selection|sals|-o|{out}", 2, "unknown_selection", "Did you mean 'sales'?"),
    case("compression", "export|orders|--compress|zstd|-o|{csv}.gz", 2, "compression_conflict"),
    case("filter", "export|orders|--where|total > > 5|-o|{out}", 2, "filter_syntax", "        ^\n"),
    case("filter's end", "export|orders|--where|total >|-o|{out}", 2, "filter_syntax", "^\n"),
    case("filter's field", "export|orders|--where|totl > 5|-o|{out}", 2, "unknown_field", "'total'"),
    case("filter's type", "export|orders|--where|total > 'much'|-o|{out}", 2, "filter_type", "a number"),
    case("filter's date", "export|orders|--where|orders:ordered_on = '2024-13-01'|-o|{out}", 2, "filter_type"),
    case("moment", "export|orders|--since|yesterday|-o|{out}", 2, "bad_date", "2024-01-31"),
    case("moments", "export|orders|--since|2024-02-01|--until|2024-01-01|-o|{out}", 2, "bad_date", "Exchange"),
    case("no key to encrypt to", "export|orders|--encrypt|-o|{out}", 2, "no_recipient", "recipient"),
    case("name of an encrypted file", "export|orders|-o|{out}.age", 2, "no_recipient", "recipient"),
    case("recipient", "export|orders|--recipient|age1x|-o|{out}", 2, "bad_recipient", "age-keygen"),
    case("no passphrase file", "export|orders|--passphrase-file|{folder}/none|-o|{out}", 2, "secret_file"),
    case("empty passphrase", "export|orders|--passphrase-file|{empty}|-o|{out}", 2, "secret_file", "empty"),
    case("passphrase of bytes", "export|orders|--passphrase-file|{bytes}|-o|{out}", 2, "secret_file", "UTF-8"),
    case("database name", "export|--db|mian|-o|{out}", 2, "unknown_database", "Did you mean 'main'?"),
    case("file for a database", "export|--db|shop.db|-o|{out}", 2, "unknown_database", "sqlite:///shop.db"),
    case("engine", "export|--db|postgresq://h/d|-o|{out}", 2, "unknown_engine", "'postgresql://'"),
    case("no such database file", "export|--db|sqlite:///none.db|-o|{out}", 2, "sqlite_missing", "Check the name"),
    case("a folder for a database", "export|--db|sqlite:///uploads|-o|{out}", 2, "sqlite_folder"),
    case("not a database", "export|--db|sqlite:///entrepot.toml|-o|{out}", 7, "not_a_database"),
    case("damaged database", "export|--db|sqlite:///{damaged_db}|-o|{out}", 7, "sqlite_damaged", "integrity_check"),
    case(
        "empty database file",
        "export|--db|sqlite:///{empty_db}|--config|{plain}|-o|{out}",
        2,
        "sqlite_empty",
        "Check the name",
    ),
    case("no settings", "export|--config|{folder}/none.toml|-o|{out}", 2, "no_settings_file"),
    case("settings syntax", "export|--config|{broken}|-o|{out}", 2, "settings_syntax", "line 1"),
    case("settings key", "export|--config|{misspelt}|-o|{out}", 2, "unknown_key", "Did you mean 'databases'?"),
    case("settings entity", "export|--config|{stranger}|-o|{out}", 2, "unknown_entity", "Did you mean 'orders'?"),
    case("target exists", "export|orders|-o|{taken_csv}", 6, "target_exists", "--overwrite"),
    case("file in the way", "export|orders|-o|{taken_csv}/a.csv", 6, "no_folder", "another place"),
    case("name too long", "export|orders|-o|{folder}/{long}.csv", 6, "bad_name", "shorter"),
    case("nothing to inspect", "inspect|{folder}/none.csv", 2, "no_such_file", "Check the path"),
    case("nothing to take a fingerprint of", "fingerprint|--file|{folder}/none.csv", 2, "no_such_file"),
    case("damaged package", "inspect|{cut}", 7, "", "cut.zip"),
)

POSTGRES = (
    case("unreachable", "{closed_url}", 4, "unreachable", "Check host and port"),
    case("wrong password", "{wrong_url}", 3, "wrong_password", "user"),
    case("unknown user", "{nobody_url}", 3, "wrong_password", "user"),
    case("unknown database", "{nowhere_url}", 2, "unknown_database", "Check the name"),
    case("no right", "{reader_url}", 3, "permission_denied", "secrets", "GRANT SELECT"),
    case("hidden rows", "{hidden_url}", 3, "row_level_security", "BYPASSRLS"),
    case("no tables", "{empty_url}", 2, "nothing_selected"),
)

MARIADB = (
    case("unreachable", "{closed_url}", 4, "unreachable", "Check host and port"),
    case("wrong password", "{wrong_url}", 3, "wrong_password", "user"),
    case("unknown database", "{nowhere_url}", 2, "unknown_database", "Check the name"),
    case("no right", "{reader_url}", 3, "permission_denied", "secrets", "GRANT SELECT"),
    case("no tables", "{empty_url}", 2, "nothing_selected"),
)
