"""Every command on the sample shop, as people and programs use it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from entrepot.cli import main
from entrepot.cli.parser import COMMANDS, build_parser
from entrepot.sample.create import create_sample

Output = pytest.CaptureFixture[str]
ENDINGS = ("csv", "json", "ndjson", "xlsx", "pdf", "sql", "parquet", "zip")
ESCAPE = "\x1b"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    create_sample(folder)
    return folder


@pytest.fixture(autouse=True)
def _in_the_shop(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    monkeypatch.delenv("ENTREPOT_DB", raising=False)


def said(capsys: Output, *arguments: str) -> str:
    """What a command prints; it must succeed."""
    capsys.readouterr()
    code = main(list(arguments))
    out, err = capsys.readouterr()
    assert code == 0, err
    assert ESCAPE not in out + err
    return out


def told(capsys: Output, *arguments: str) -> Any:
    """The one JSON document of a command."""
    capsys.readouterr()
    code = main([*arguments, "--json"])
    out, err = capsys.readouterr()
    assert code == 0, out
    assert err == ""
    return json.loads(out)


def options() -> Iterator[tuple[str, str]]:
    """(command, option) for all there are, as the parser itself knows them."""
    parser = build_parser()
    commands = next(action for action in parser._actions if action.dest == "command")
    assert isinstance(commands.choices, Mapping)
    for command, own in commands.choices.items():
        for action in own._actions:
            yield from ((command, option) for option in action.option_strings)


def shown_help(capsys: Output, *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_help_names_every_command_and_exit_code(capsys: Output) -> None:
    text = shown_help(capsys)
    assert all(command in text for command in COMMANDS)
    assert "130 stopped" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_names_every_option(command: str, capsys: Output) -> None:
    text = shown_help(capsys, command)
    mine = [option for owner, option in options() if owner == command]
    assert "--json" in mine
    assert [option for option in mine if option not in text] == []


def test_the_catalog_is_a_table_a_tree_a_graph_and_data(capsys: Output) -> None:
    table = said(capsys, "catalog")
    assert "customer_id → tenant_id" in table
    assert "Cycle: tenants ↔ users." in table
    tree = said(capsys, "catalog", "--tree")
    assert "key (order_id, line)" in tree
    assert "orders" not in said(capsys, "catalog", "categories")
    assert said(capsys, "catalog", "--graph").startswith("erDiagram\n")
    data = told(capsys, "catalog")
    assert len(data["entities"]) == 11
    assert data["cycles"]


def test_formats_are_listed_with_what_survives_and_their_options(capsys: Output) -> None:
    listed = said(capsys, "formats")
    assert all(name in listed for name in ("csv", "ndjson", "xlsx", "parquet", "package"))
    assert "delimiter" in said(capsys, "formats", "csv")
    assert {entry["name"] for entry in told(capsys, "formats")} >= {"csv", "json", "pdf", "sql"}
    assert "delimiter" in {option["name"] for option in told(capsys, "formats", "csv")["options"]}


def test_doctor_finds_the_sample_in_order(capsys: Output) -> None:
    assert "ok" in said(capsys, "doctor")
    assert all(finding["ok"] or not finding["needed"] for finding in told(capsys, "doctor"))


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_is_exported_and_passes_inspection(ending: str, tmp_path: Path, capsys: Output) -> None:
    file = str(tmp_path / f"customers.{ending}")
    text = said(capsys, "export", "customers", "-o", file)
    assert "3,000 rows to" in text
    assert "everything agrees" in said(capsys, "inspect", file)
    assert told(capsys, "inspect", file)["ok"]


def test_all_entities_go_into_a_folder_or_one_file(tmp_path: Path, capsys: Output) -> None:
    said(capsys, "export", "-f", "csv", "-o", f"{tmp_path}/all/")
    assert len(list((tmp_path / "all").glob("*.csv"))) == 11
    assert (tmp_path / "all" / "receipt.json").is_file()
    said(capsys, "inspect", f"{tmp_path}/all")
    exported = told(capsys, "export", "-o", str(tmp_path / "all.json"))
    assert exported["receipt"]["totals"]["entities"] == 11


def rows(file: Path) -> list[dict[str, str]]:
    opened = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return list(csv.DictReader(io.StringIO(opened.decode(), newline="")))


def exported(capsys: Output, folder: Path, *arguments: str, name: str = "x.csv") -> list[dict[str, str]]:
    said(capsys, "export", *arguments, "-o", str(folder / name))
    return rows(folder / name)


def test_a_condition_chooses_rows(tmp_path: Path, capsys: Output) -> None:
    found = exported(capsys, tmp_path, "orders", "--where", "total > 5000 and status = 'open'")
    assert found
    assert all(float(row["total"]) > 5000 and row["status"] == "open" for row in found)


def test_one_tenants_rows_go_out_alone(tmp_path: Path, capsys: Output) -> None:
    found = exported(capsys, tmp_path, "users", "--tenant", "nordlicht")
    assert found
    assert len({row["tenant_id"] for row in found}) == 1


def test_one_tenants_rows_of_an_entity_that_belongs_to_it_through_others_fit_one_file(
    tmp_path: Path, capsys: Output
) -> None:
    alone = exported(capsys, tmp_path, "orders", "--tenant", "nordlicht")
    assert 0 < len(alone) < 12_000


def test_rows_since_a_moment(tmp_path: Path, capsys: Output) -> None:
    everything = exported(capsys, tmp_path, "orders", name="all.csv")
    middle = sorted(row["created_at"] for row in everything)[len(everything) // 2][:10]
    since = exported(capsys, tmp_path, "orders", "--since", middle)
    assert 0 < len(since) < len(everything)
    assert min(row["created_at"] for row in since) >= middle


def test_fields_are_chosen_renamed_and_transformed(tmp_path: Path, capsys: Output) -> None:
    changes = ("--fields", "id,email", "--rename", "email=contact", "--transform", "email=uppercase")
    found = exported(capsys, tmp_path, "users", *changes)
    assert all(list(row) == ["id", "contact"] for row in found)
    assert all(row["contact"] == row["contact"].upper() for row in found)
    receipt = json.loads((tmp_path / "x.csv.receipt.json").read_text(encoding="utf-8"))
    assert receipt["entities"][0]["columns"][1]["transforms"] == ["uppercase"]


def test_a_named_selection_brings_its_groups_and_their_parents(tmp_path: Path, capsys: Output) -> None:
    document = told(capsys, "export", "--selection", "sales", "-o", str(tmp_path / "sales.zip"))
    titles = {entity["title"] for entity in document["receipt"]["entities"]}
    assert {"customers", "orders", "orderLines", "tenants", "products"} <= titles


@pytest.mark.parametrize(("compression", "ending"), [("gzip", ".gz"), ("zstd", ".zst")])
def test_a_compressed_file_says_so_in_its_name(compression: str, ending: str, tmp_path: Path, capsys: Output) -> None:
    document = told(capsys, "export", "users", "--compress", compression, "-o", str(tmp_path / "users.csv"))
    assert document["path"].endswith(f"users.csv{ending}")
    assert "everything agrees" in said(capsys, "inspect", document["path"])


def test_a_passphrase_locks_a_file_and_opens_it_again(tmp_path: Path, capsys: Output) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse \n", encoding="utf-8")  # a blank at its end belongs to it
    locked = told(capsys, "export", "users", "-o", str(tmp_path / "u.zip"), "--passphrase-file", str(secret))["path"]
    assert locked.endswith("u.zip.age")
    assert not Path(locked).read_bytes().startswith(b"PK")
    assert main(["inspect", locked]) == 3
    assert "everything agrees" in said(capsys, "inspect", locked, "--passphrase-file", str(secret))


@pytest.mark.parametrize("ending", ["zip", "csv", "parquet", "json"])
def test_a_file_has_the_fingerprint_of_its_database(ending: str, tmp_path: Path, capsys: Output) -> None:
    file = str(tmp_path / f"customers.{ending}")
    said(capsys, "export", "customers", "-o", file)
    assert told(capsys, "fingerprint", "--file", file) == told(capsys, "fingerprint", "customers")
    assert "3,000" in said(capsys, "fingerprint", "customers")


def test_a_damaged_file_is_named_and_gives_its_exit_code(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "users.csv"
    said(capsys, "export", "users", "-o", str(file))
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    assert main(["inspect", str(file)]) == 7
    assert "NOT what it should be" in capsys.readouterr().out
    assert main(["inspect", str(file), "--json"]) == 7
    assert json.loads(capsys.readouterr().out)["problems"]


def test_overwriting_is_asked_for(tmp_path: Path, capsys: Output) -> None:
    file = str(tmp_path / "users.csv")
    said(capsys, "export", "users", "-o", file)
    assert main(["export", "users", "-o", file]) == 6
    said(capsys, "export", "users", "-o", file, "--overwrite")


def test_format_options_and_metadata_travel(tmp_path: Path, capsys: Output) -> None:
    said(capsys, "export", "users", "-o", str(tmp_path / "u.csv"), "--option", "delimiter=;", "--option", "bom=yes")
    assert (tmp_path / "u.csv").read_bytes().startswith(b"\xef\xbb\xbfid;")
    said(capsys, "export", "users", "-o", str(tmp_path / "u.json"), "--meta", "ticket=OPS-7")
    assert "OPS-7" in (tmp_path / "u.json").read_text(encoding="utf-8")


def test_the_demo_shows_everything_in_a_folder_of_its_choice(tmp_path: Path, capsys: Output) -> None:
    text = said(capsys, "demo", "--folder", str(tmp_path / "demo"))
    assert "everything agrees" in text
    assert "2 rows have their old values again" in text
    assert "What to try next" in text
    made = {path.name for path in (tmp_path / "demo" / "exports").iterdir()}
    assert {"orders.csv.gz", "shop.json", "shop.xlsx", "shop.pdf", "shop.sql", "shop.zip"} <= made
    again = told(capsys, "demo", "--folder", str(tmp_path / "demo"))
    assert len(again["exports"]) == 6


def program(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "entrepot", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, **more)


def test_the_program_prints_plain_lines_into_a_pipe(tmp_path: Path) -> None:
    done = program("export", "users", "-o", str(tmp_path / "u.csv"))
    assert done.returncode == 0
    assert done.stderr.decode() == "Opening a snapshot\n"
    assert ESCAPE.encode() not in done.stdout
    assert b"100 rows to" in done.stdout


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m entrepot catalog --tree | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, timeout=60)
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [("catalog",), ("formats", "--json")])
def test_output_into_a_full_disk_is_told(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "entrepot", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 6
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_output_in_the_c_locale_is_not_an_error(tmp_path: Path) -> None:
    done = program(
        "catalog", env={"LC_ALL": "C", "PATH": "/usr/bin:/bin", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_who_waits_for_the_end_of_the_program_hears_of_it_and_its_exit_code_stays() -> None:
    script = (
        "import atexit, sys; from entrepot.cli import program; "
        "code = program(); atexit.register(print, 'heard'); sys.exit(code)"
    )
    for arguments, code in ((("formats",), 0), (("inspect", "nowhere.csv"), 2), (("--help",), 0)):
        done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, check=False, timeout=60)
        assert done.returncode == code
        assert done.stdout.endswith(b"heard\n") == (arguments != ("--help",))
        assert b"Traceback" not in done.stderr


def test_a_program_that_runs_a_command_goes_on_and_ends_as_it_likes() -> None:
    script = (
        "import signal, sys; from entrepot.cli import main; before = signal.getsignal(signal.SIGINT); "
        "assert main() == 0; assert signal.getsignal(signal.SIGINT) == before; sys.exit(7)"
    )
    assert subprocess.run([sys.executable, "-c", script, "formats"], check=False, timeout=60).returncode == 7


def test_a_command_that_is_none_is_told_of_all_and_an_option_of_its_own_command(capsys: Output) -> None:
    assert main(["exprot"]) == 2
    assert "Did you mean 'export'?" in capsys.readouterr().err
    assert main(["export", "--compres", "gzip"]) == 2
    assert "Did you mean '--compress'?" in capsys.readouterr().err
