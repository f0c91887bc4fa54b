"""Finding and reading the sources of settings: `entrepot.toml` and the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

from entrepot.config.own_records import state_folder
from entrepot.config.secrets import resolve_secret
from entrepot.config.settings import DatabaseSettings, Loaded, Settings, WorkSettings
from entrepot.model.errors import InputError
from entrepot.model.limits import Limits
from entrepot.model.suggest import unknown

FILE_NAME = "entrepot.toml"
LEAST_MEMORY_MB = 100


def load_settings(environment: Mapping[str, str], folder: Path, file: Path | None = None) -> Loaded:
    """The settings of `file`, else of `ENTREPOT_CONFIG`, else of `entrepot.toml` in `folder`, else the defaults."""
    chosen = file or _named_file(environment) or _present(folder / FILE_NAME)
    loaded = Loaded(
        settings=Settings(),
        folder=folder,
        default_database=environment.get("ENTREPOT_DB"),
        state_instead=state_folder(environment, folder),
    )
    if chosen is None:
        return loaded
    from entrepot.config.decode import decode

    with naming(chosen):
        settings = decode(Settings, _read(chosen), "")
        _check_memory(settings.workbench.memory_mb)
        _check_work(settings.work)
        _check_names(settings)
    return replace(loaded, settings=_resolved(settings, environment), folder=chosen.resolve().parent, file=chosen)


def _check_names(settings: Settings) -> None:
    if settings.work.queues or settings.work.rules:
        from entrepot.config.queues import check_queues

        check_queues(settings.work)
    if settings.notifications:
        from entrepot.config.notifications import check_notifications

        check_notifications(settings.notifications)


def _check_memory(megabytes: int) -> None:
    if megabytes < LEAST_MEMORY_MB:
        raise InputError(
            "too_little_memory",
            f"workbench.memory_mb is {megabytes}, too little to work with.",
            remedy=f"Give it {LEAST_MEMORY_MB} or more, or leave it out.",
        )


def _check_work(work: WorkSettings) -> None:
    if work.lease < 1:
        raise InputError(
            "too_short_a_lease",
            f"work.lease is {work.lease}, so that every worker would be taken for paused.",
            remedy="Give it 1 second or more; 5, as if nothing is said, survive a busy machine.",
        )
    for name in (each.name for each in fields(Limits)):
        limit = getattr(work, name)
        if limit is not None and limit < 1:
            raise InputError(
                "no_work_at_all",
                f"work.{name} is {limit}, so that no job would ever begin.",
                remedy="Give it 1 or more; a large number is as good as no limit.",
            )


@contextmanager
def naming(file: Path | None) -> Iterator[None]:
    """Errors about what stands in the settings name the file that was really read."""
    try:
        yield
    except InputError as error:
        if file is not None and str(file) not in error.message:
            error.message = f"{file}: {error.message}"
            error.args = (error.message,)
        raise


def _named_file(environment: Mapping[str, str]) -> Path | None:
    return Path(environment["ENTREPOT_CONFIG"]) if environment.get("ENTREPOT_CONFIG") else None


def _present(path: Path) -> Path | None:
    return path if path.is_file() else None


def _read(path: Path) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError("no_settings_file", f"There is no file {path}.", remedy="Check the path.") from error
    except OSError as error:
        raise InputError(
            "settings_unreadable",
            f"{path} cannot be read: {error.strerror or error}.",
            remedy="The settings are a file; name one that may be read.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            "settings_syntax", f"{path} is not valid TOML: {error}.", remedy="Correct that line."
        ) from error


def _resolved(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """Only the secrets that exist are resolved now; a database nobody asks for may lack its variable."""
    identity = settings.encryption.identity
    if identity is None or (identity.startswith("env:") and identity[4:] not in environment):
        return settings
    encryption = replace(settings.encryption, identity=resolve_secret(identity, environment))
    return replace(settings, encryption=encryption)


def database_url(loaded: Loaded, name_or_url: str | None, environment: Mapping[str, str]) -> str:
    """What `--db` means: a URL, a configured name, `ENTREPOT_DB`, or the only database there is."""
    wanted = name_or_url or loaded.default_database or _only_database(loaded.settings.databases)
    if "://" in wanted:
        return wanted
    if wanted in loaded.settings.databases:
        url = resolve_secret(loaded.settings.databases[wanted].url, environment)
        return from_folder(url, loaded.folder)

    raise _unknown_database(wanted, loaded.settings.databases)


def sqlite_urls(loaded: Loaded, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Of all configured databases that are files here; one whose variable is not set is none of them."""
    urls = (database.url for database in loaded.settings.databases.values())
    known = (environment.get(url[4:], "") if url.startswith("env:") else url for url in urls)
    files = (url for url in known if url.startswith("sqlite:///") and ":memory:" not in url)
    return tuple(from_folder(url, loaded.folder) for url in files)


def _unknown_database(wanted: str, known: Mapping[str, DatabaseSettings]) -> InputError:
    if "@" in wanted or ":" in wanted:  # a URL gone wrong may hold a password, which nobody wants to read again
        error = unknown("database", "…", known)
        error.message = "What names the database is neither a name of the settings nor a URL."
        error.remedy = f"A URL begins like postgresql://, mysql:// or sqlite:///. {error.remedy}"
        return error
    error = unknown("database", wanted, known)
    if _may_be_sqlite(Path(wanted)):
        error.remedy = f"Did you mean the file, sqlite:///{wanted}? {error.remedy}"
    elif Path(wanted).is_file():
        error.remedy = (
            f"The file of that name is no SQLite database; `entrepot inspect` looks at exports. {error.remedy}"
        )
    return error


def _may_be_sqlite(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(16) in (b"", b"SQLite format 3\0")
    except OSError:
        return True


def from_folder(url: str, folder: Path) -> str:
    """A relative SQLite path in the settings starts at the settings file, not wherever one happens to stand."""
    path = url.removeprefix("sqlite:///")
    if path == url or path.startswith("/"):
        return url
    return f"sqlite:///{folder / path}"


def _only_database(databases: Mapping[str, DatabaseSettings]) -> str:
    if len(databases) == 1:
        return next(iter(databases))
    known = f" Configured: {', '.join(sorted(databases))}." if databases else ""
    raise InputError(
        "no_database",
        "No database is named.",
        remedy=f"Use --db with a name or a URL such as sqlite:///app.db, or set ENTREPOT_DB.{known}",
    )
