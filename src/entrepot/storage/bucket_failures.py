"""What a bucket says, as errors with a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from entrepot.model.errors import (
    AccessError,
    ChangedError,
    DamagedError,
    EntrepotError,
    InputError,
    StorageError,
    UnavailableError,
)

NO_BUCKET = ("NoSuchBucket", "ContainerNotFound", "The specified bucket does not exist")


@contextmanager
def translated(place: str) -> Iterator[None]:
    """A missing file stays a FileNotFoundError, and one that is there already an AlreadyExistsError."""
    from obstore import exceptions as said

    try:
        yield
    except (said.PermissionDeniedError, said.UnauthenticatedError) as error:
        raise refused(place, error) from error
    except (FileNotFoundError, said.NotFoundError) as error:
        if _is_gone(error):
            raise gone(place) from error
        raise FileNotFoundError(str(error)) from error
    except (said.AlreadyExistsError, said.PreconditionError) as error:
        raise said.AlreadyExistsError(str(error)) from error
    except (said.InvalidPathError, said.UnknownConfigurationKeyError, ValueError) as error:
        raise bad_address(place) from error
    except said.BaseError as error:  # lists have one error for everything
        raise (gone(place) if _is_gone(error) else unreachable(place, error)) from error


def _is_gone(error: Exception) -> bool:
    return any(sign in str(error) for sign in NO_BUCKET)


def _words(error: Exception) -> str:
    """The first line: what follows repeats the request."""
    return (str(error).strip().splitlines() or ["no answer"])[0][:300].rstrip(".")


def refused(place: str, error: Exception) -> EntrepotError:
    return AccessError(
        "bucket_refused",
        f"{place} refuses what it was asked for: {_words(error)}.",
        remedy="Check the keys (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or those of your cloud), and that they may"
        " get, put, list and delete there.",
    )


def gone(place: str) -> EntrepotError:
    return StorageError("bucket_gone", f"There is no bucket {place}.", remedy="Check the settings, or make it.")


def unreachable(place: str, error: Exception) -> EntrepotError:
    return UnavailableError(
        "bucket_unreachable",
        f"{place} does not answer as it should: {_words(error)}.",
        remedy="Try again; if it stays so, check the endpoint (AWS_ENDPOINT_URL) and the region.",
    )


def bad_address(place: str) -> EntrepotError:
    return InputError(
        "bad_bucket",
        f"{place} is no address of a bucket.",
        remedy="Write s3://bucket/prefix, gs://bucket/prefix or az://container/prefix; keys go into the environment.",
    )


def missing(name: str, place: str) -> DamagedError:
    return DamagedError(
        "artifact_missing",
        f"The stored file {name} is not in {place}.",
        remedy="Put it back from a backup of the bucket; without it, this cannot be done.",
    )


def damaged(name: str, place: str, fact: str) -> DamagedError:
    return DamagedError(
        "artifact_damaged",
        f"The stored file {name} in {place} {fact}.",
        remedy="Put it back from a backup of the bucket, and have the storage checked.",
    )


def exists(name: str, place: str) -> ChangedError:
    return ChangedError("artifact_exists", f"There is a {name} in {place} already.", remedy="Do it once more.")
