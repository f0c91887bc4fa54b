"""Whatever changes data, hands it out or is refused leaves a line that says who asked for it and what came of it."""

from __future__ import annotations

import csv
import json
import os
import pwd
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import BundleRequest, Entrepot, ImportRequest
from entrepot.access.permissions import Principal, Role
from entrepot.bystanders import Quiet
from entrepot.cli import main
from entrepot.ledger.locking import locked
from entrepot.ledger.opening import LOCK
from entrepot.model.audit import AuditFilter
from entrepot.model.drafts import Mode
from entrepot.model.errors import AccessError, EntrepotError, InputError
from entrepot.model.problems import Problem
from entrepot.service.entrepot import ExportOptions

ME = f"local:{pwd.getpwuid(os.geteuid()).pw_name}"
UPSERT = ImportRequest(entity="people", mode=Mode.UPSERT)


class Listening(Quiet):
    def __init__(self) -> None:
        self.warned: list[Problem] = []

    def warn(self, problem: Problem) -> None:
        self.warned.append(problem)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two tables and a file, in the folder where we are."""
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection, connection:
        connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO people VALUES (1, 'Ada')")
    (tmp_path / "entrepot.toml").write_text('[databases.main]\nurl = "sqlite:///app.db"\n', encoding="utf-8")
    (tmp_path / "people.csv").write_text("id,name\n1,Ada L.\n2,Bo\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def opened(**more: object) -> Entrepot:
    return Entrepot(environment={}, **more)  # type: ignore[arg-type]


def told(service: Entrepot) -> list[tuple[str, str | None, str]]:
    """The oldest first."""
    return [(line.action, line.object, line.result) for line in reversed(service.audit())]


def test_one_import_from_its_preview_to_its_undo(shop: Path) -> None:
    service = opened()
    plan = service.preview("people.csv", UPSERT).plan_id
    job = service.apply(plan).job
    undo = service.undo(job).job
    service.changes(job, to=shop / "keys.csv")
    assert told(service) == [
        ("import.preview", "people.csv", "ok"),
        ("import.apply", plan, "ok"),
        ("undo", job, "ok"),
        ("changes", job, "ok"),
    ]
    applied = service.audit(AuditFilter(action="import.apply"))[0]
    assert (applied.principal, applied.origin, applied.database, applied.tenant) == (ME, "python", "main", None)
    facts = dict(applied.facts)
    assert facts.pop("seconds") >= 0
    assert (facts.pop("of"), len(facts.pop("digest"))) == (2, 64)
    assert facts == {"plan": plan, "job": job, "records": 2, "rows": 2, "failed": 0, "entities": {"people": 2}}
    assert [line.object for line in service.audit(AuditFilter(about=undo))] == [job]
    assert service.verify_audit().lines == 6


def test_an_export_says_where_to_and_how_many_rows_of_what(shop: Path) -> None:
    service = opened()
    service.export("people", "pets", to=shop / "all.xlsx")
    facts = service.audit()[0].facts
    assert facts["entities"] == {"people": 1, "pets": 0}
    assert (facts["file"], facts["format"], facts["encrypted"]) == (str(shop / "all.xlsx"), "xlsx", False)
    assert len(facts["sha256"]) == 64


def test_what_fails_is_told_by_its_code_and_never_by_a_value(shop: Path) -> None:
    service = opened()
    (shop / "bad.csv").write_text("id,name\nSECRET-7,x\n", encoding="utf-8")
    with pytest.raises(EntrepotError) as caught:
        service.bring_in("bad.csv", UPSERT)
    with pytest.raises(InputError):
        service.export("nobody", to=shop / "x.csv")
    assert told(service) == [
        ("import", "bad.csv", caught.value.code),
        ("export", str(shop / "x.csv"), "unknown_entity"),
    ]
    assert "SECRET-7" not in repr(service.audit())


def test_the_other_ways_in_and_out_leave_lines_too(shop: Path) -> None:
    service = opened()
    with closing(sqlite3.connect(shop / "old.db")) as connection, connection:
        connection.execute("CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO pets VALUES (1, 'Rex')")
    plan = service.preview_copy("pets", source="sqlite:///old.db").plan_id
    service.copy("pets", source="sqlite:///old.db")
    service.bring_in(["people.csv"], BundleRequest(each=UPSERT))
    service.bring_in("people.csv", ImportRequest(entity="people", mode=Mode.UPSERT, save_as="mine"))
    service.template("pets", to=shop / "pets.csv")
    gone = service.delete_mapping("mine")
    with pytest.raises(InputError):
        service.resume("imp_none")
    assert told(service) == [
        ("copy.preview", "sqlite:///old.db", "ok"),
        ("copy", "sqlite:///old.db", "ok"),
        ("import", "people.csv", "ok"),
        ("import", "people.csv", "ok"),
        ("template", str(shop / "pets.csv"), "ok"),
        ("mapping.delete", "mine", "ok"),
        ("import.resume", "imp_none", "unknown_job"),
    ]
    assert len(service.audit(AuditFilter(about=plan))) == len(service.audit(AuditFilter(about=gone.id))) == 1
    service.catalog()
    service.plan(plan)
    service.mappings()
    service.undoable()
    assert len(told(service)) == 7


def test_whoever_is_refused_is_written_down(shop: Path) -> None:
    viewer = opened(principal=Principal(name="vera", role=Role.VIEWER, tenant="7"), origin="10.1.2.3")
    for act in (
        lambda: viewer.export("people", to=shop / "x.csv"),
        lambda: viewer.preview("people.csv", UPSERT),
        lambda: viewer.undo("imp_1"),
        lambda: viewer.fingerprint("people"),
        viewer.doctor,
        viewer.audit,
    ):
        with pytest.raises(AccessError):
            act()
    lines = opened().audit()
    assert [line.action for line in reversed(lines)] == [
        *("export", "import.preview", "undo", "fingerprint", "doctor", "audit.show")
    ]
    assert {(line.principal, line.tenant, line.origin, line.result) for line in lines} == {
        ("vera", "7", "10.1.2.3", "not_allowed")
    }


def test_somebody_bound_to_a_tenant_sees_the_own_lines_only(shop: Path) -> None:
    opened().export("people", to=shop / "a.csv")
    for tenant in ("1", "2"):
        admin = opened(principal=Principal(name=f"admin{tenant}", role=Role.ORG_ADMIN, tenant=tenant))
        with pytest.raises(EntrepotError):
            admin.export("people", to=shop / "b.csv")
    assert {line.tenant for line in admin.audit()} == {"2"}
    assert {each.principal for each in admin.operations()} == {"admin2"}
    out = admin.export_audit(to=shop / "own.ndjson").path.read_text(encoding="utf-8")
    assert "admin2" in out
    assert "admin1" not in out
    assert ME not in out
    for refused in (lambda: admin.audit(AuditFilter(tenant="1")), admin.verify_audit):
        with pytest.raises(AccessError):
            refused()


def test_nothing_is_changed_if_the_audit_cannot_be_written(shop: Path) -> None:
    reporter = Listening()
    service = opened(reporter=reporter)
    (shop / ".entrepot").mkdir(mode=0o700)
    (shop / ".entrepot" / "installation.key").write_bytes(b"too short")
    with pytest.raises(EntrepotError) as caught:
        service.bring_in("people.csv", UPSERT)
    assert caught.value.code == "damaged_key"
    with closing(sqlite3.connect(shop / "app.db")) as connection:
        assert connection.execute("SELECT count(*) FROM people").fetchone() == (1,)
    assert reporter.warned == []
    service.export("people", to=shop / "a.csv")
    assert [problem.code for problem in reporter.warned] == ["not_audited"]
    assert (shop / "a.csv").exists()


def test_a_process_that_dies_leaves_the_line_that_it_had_begun(shop: Path) -> None:
    killed = (
        "import os, signal\n"
        "from entrepot import Entrepot, ImportRequest\n"
        "import entrepot.use_cases.imports as imports\n"
        "imports.Imports.bring_in = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "Entrepot().bring_in('people.csv', ImportRequest(entity='people'))\n"
    )
    done = subprocess.run([sys.executable, "-c", killed], cwd=shop, check=False)
    assert done.returncode == -signal.SIGKILL
    service = opened()
    assert told(service) == [("import", "people.csv", "begun")]
    assert [(each.operations, each.unfinished, each.failed) for each in service.operations()] == [(1, 1, 0)]


def test_no_file_has_its_name_before_its_export_is_written_down(shop: Path) -> None:
    service = opened()
    service.export("people", to="first.csv")
    with ThreadPoolExecutor(1) as beside:
        with locked(shop / ".entrepot" / LOCK):
            export = beside.submit(service.export, "people", to="second.csv")
            with pytest.raises(TimeoutError):
                export.result(timeout=1)
            assert not (shop / "second.csv").exists()
        export.result()
    assert [line.result for line in service.audit() if line.object == "second.csv"] == ["ok"]


def test_no_password_of_a_url_is_kept(shop: Path) -> None:
    for url in ("postgresql://u:canary@127.0.0.1:1/shop", "postgresql://127.0.0.1:1/shop?password=canary"):
        with pytest.raises(EntrepotError):
            Entrepot(url, environment={}).export("people", to=shop / "x.csv")
    databases = [line.database for line in opened().audit()]
    assert databases == ["postgresql://127.0.0.1:1/shop"] * 2
    assert b"canary" not in b"".join(path.read_bytes() for path in (shop / ".entrepot").glob("ledger.db*"))


def test_the_audit_goes_out_as_files_and_that_is_written_down(shop: Path) -> None:
    service = opened()
    service.export("people", to=shop / "=1+1.csv")
    lines = service.audit()
    with service.export_audit(to=shop / "audit.csv").path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows] == ["1", "2"]
    assert (rows[1]["result"], json.loads(rows[1]["facts"]), rows[1]["seal"]) == ("ok", lines[0].facts, lines[0].seal)
    found = service.export_audit(to=shop / "audit.json", which=AuditFilter(action="audit.export"))
    assert found.receipt.totals["rows"] == 1
    assert service.export_audit(to=shop / "audit.ndjson").receipt.totals["rows"] == 4
    with pytest.raises(EntrepotError) as caught:
        service.export_audit(to=shop / "app.db", options=ExportOptions(format="csv", overwrite=True))
    assert caught.value.code == "protected_target"


def test_operations_are_counted_by_user_entity_and_period(shop: Path) -> None:
    service = opened()
    service.export("people", "pets", to=shop / "a.zip")
    service.bring_in("people.csv", UPSERT)
    with pytest.raises(InputError):
        service.bring_in("nothing.csv", UPSERT)
    found = {(each.action, each.entity): each for each in service.operations(by="year")}
    assert {key: (each.operations, each.failed, each.rows) for key, each in found.items()} == {
        ("export", "people"): (1, 0, 1),
        ("export", "pets"): (1, 0, 0),
        ("import", "people"): (2, 1, 2),
    }
    assert {len(each.period) for each in found.values()} == {4}
    pdf = service.operations_report(to=shop / "operations.pdf").path
    assert pdf.read_bytes().startswith(b"%PDF")
    report = service.operations_report(to=shop / "operations.csv", by="day").path.read_text(encoding="utf-8")
    assert f",{ME},import,people,2,1,0,2,0," in report
    with pytest.raises(InputError, match="period"):
        service.operations(by="week")


def test_the_command_line_lists_verifies_exports_and_reports(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "list"]) == 0
    assert main(["audit", "verify"]) == 0
    assert "Nothing was written down yet" in capsys.readouterr().out
    assert main(["export", "people", "-o", "a.csv"]) == 0
    capsys.readouterr()
    assert main(["audit", "list", "--user", ME, "--action", "export", "--since", "2020-01-01"]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert ME in line
    assert line.endswith("1 rows")
    assert opened().audit()[0].origin == "cli"
    assert main(["audit", "verify"]) == 0
    known = capsys.readouterr().out.split()[-1]
    assert known.startswith("2:")
    assert main(["audit", "verify", "--known", known]) == 0
    assert main(["audit", "report", "--by", "day"]) == 0
    assert main(["audit", "report", "--json"]) == 0
    assert main(["audit", "export", "-o", "audit.csv"]) == 0
    assert main(["audit", "report", "-o", "report.pdf"]) == 0
    assert (shop / "report.pdf").exists()
    assert capsys.readouterr().out.endswith("lines to report.pdf.\n")
    with closing(sqlite3.connect(shop / ".entrepot" / "ledger.db")) as connection, connection:
        connection.execute("DELETE FROM audit WHERE number = 2")
    assert main(["audit", "verify", "--known", known]) == 7
    printed = capsys.readouterr().out
    assert "Line 2 is missing." in printed
    assert "Line 2 is gone" in printed


@pytest.mark.parametrize(
    "words",
    [
        ["export"],
        ["list", "--by", "day"],
        ["verify", "--user", "x"],
        ["verify", "--known", "nonsense"],
        ["list", "--last", "0"],
        ["list", "--since", "soon"],
        ["list", "-o", "x.csv"],
    ],
)
def test_what_would_be_ignored_or_means_nothing_is_refused(shop: Path, words: list[str]) -> None:
    assert main(["audit", *words]) == 2
