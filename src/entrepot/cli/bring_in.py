"""`entrepot import`: a file into an entity, after a look at what would come of it."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.cli.opening import is_terminal

if TYPE_CHECKING:
    from entrepot.cli.secrets import Secrets
    from entrepot.model.errors import CancelledError
    from entrepot.model.plans import ImportPlan, ImportReceipt, ImportRequest

NAME = "import"
EPILOG = """\
examples:
  entrepot import people.csv --into users                     shows what would happen, then asks
  entrepot import people.csv --into users --dry-run           only shows it
  entrepot import prices.csv --into products --mode upsert --key sku --yes
  entrepot import people.csv --into users --map "E-Mail=email" --ignore notes
  entrepot import people.csv --into users --clean email=trim,lowercase --check email=email
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.mapping_options import add_options
    from entrepot.cli.parser import add_database_options
    from entrepot.cli.partly import add_partly
    from entrepot.cli.reading_options import add_reading

    parser = commands.add_parser(
        NAME,
        help="bring a csv, json or ndjson file into an entity, with a preview",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="also .gz, .zst and .age")
    parser.add_argument("--into", metavar="ENTITY", help="where its records become rows")
    _add_decisions(parser)
    add_partly(parser)
    add_options(parser)
    add_reading(parser)
    add_database_options(parser)
    return parser


def _add_decisions(parser: argparse.ArgumentParser) -> None:
    what = parser.add_argument_group("what happens")
    what.add_argument("--yes", action="store_true", help="do it without asking")
    what.add_argument("--dry-run", action="store_true", help="only show what would happen")
    what.add_argument("--mode", choices=("create", "update", "upsert"), default="create", help="default: create")
    what.add_argument(
        "--on-conflict",
        choices=("fail", "skip", "overwrite", "merge"),
        help="where the row exists (default: fail for create, else overwrite)",
    )
    what.add_argument(
        "--blank", choices=("keep", "clear", "fill"), default="keep", help="what an empty cell does when merging"
    )
    what.add_argument("--key", metavar="A,B", help="the fields that identify a row (default: the first key it has)")
    what.add_argument("--tenant", metavar="NAME", help="whose rows: those of others are neither seen nor changed")
    what.add_argument(
        "--prove", action="store_true", help="read back what was written, before it is committed, and compare"
    )
    what.add_argument(
        "--exclusive", action="store_true", help="faster: nobody else can use the tables meanwhile (PostgreSQL)"
    )


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json
    from entrepot.cli.plan_views import plan_words, print_plan
    from entrepot.cli.receipt_views import ended
    from entrepot.cli.secrets import Secrets

    secrets, request = Secrets.of(args), request_of(args)
    if args.yes and not args.dry_run:
        return ended(secrets.tried(partial(brought_in, args, request)), as_json=args.json)
    plan = secrets.tried(partial(previewed, args, request))
    if args.json:
        print_json(plan_words(plan))
    elif args.dry_run or not is_terminal():
        print_plan(plan)
    else:
        return asked(args, plan, secrets)
    return refusal(plan.blocked)


def previewed(args: argparse.Namespace, request: ImportRequest, said: Secrets) -> ImportPlan:
    from entrepot.cli.opening import opened
    from entrepot.cli.plan_views import print_first_page

    first = print_first_page if is_terminal() and not args.json else None
    secrets = {"passphrase": said.passphrase, "identity": said.identity}
    with opened(args) as service:
        return service.preview(Path(args.file), request, **secrets, errors_to=args.errors_file, first=first)


def brought_in(args: argparse.Namespace, request: ImportRequest, said: Secrets) -> ImportReceipt:
    from entrepot.cli.opening import opened

    secrets = {"passphrase": said.passphrase, "identity": said.identity}
    with opened(args) as service:
        return service.bring_in(Path(args.file), request, **secrets, errors_to=args.errors_file)


def refusal(blocked: bool) -> int:
    """A plan that would be refused is no success, also where nobody asked to carry it out."""
    from entrepot.model.errors import InputError

    return InputError.exit_code if blocked else 0


def asked(args: argparse.Namespace, plan: ImportPlan, secrets: Secrets) -> int:
    """The preview, and then whatever its reader decides."""
    from entrepot.cli.asking import Question
    from entrepot.cli.output import say
    from entrepot.cli.paper import paper
    from entrepot.cli.plan_views import print_screen
    from entrepot.cli.plans import applied
    from entrepot.cli.receipt_views import ended

    print_screen(plan)
    try:
        agreed = Question(
            plan, paper(), args.stop, partial(errors_saved, args, plan), saved=args.errors_file is not None
        ).agreed()
    except KeyboardInterrupt:
        raise nothing_written(plan) from None
    if agreed:
        return ended(applied(args, secrets, plan.plan_id), as_json=False, seen=plan)
    for line in paper().text(declined(plan), indent=0):
        say(line)
    return refusal(plan.blocked)


def errors_saved(args: argparse.Namespace, plan: ImportPlan) -> Path:
    """Beside nothing else: in the folder where we are, under its own name."""
    from entrepot.cli.opening import opened

    with opened(args) as service:
        return service.errors_file(plan.plan_id, to=Path())


def declined(plan: ImportPlan) -> str:
    from entrepot.cli.plan_views import refused, shown_again

    if plan.blocked:
        return f"{refused(plan)} {shown_again(plan)}"
    return f"Nothing was written. The plan is kept for a week: entrepot plan apply {plan.plan_id}"


def nothing_written(plan: ImportPlan) -> CancelledError:
    from entrepot.model.errors import CancelledError

    return CancelledError(
        "stopped",
        "Stopped at the question: nothing was written.",
        remedy=f"The plan is kept for a week: entrepot plan apply {plan.plan_id}",
    )


def target_of(args: argparse.Namespace) -> str:
    """A correction goes where its import went."""
    from entrepot.model.errors import InputError

    if not args.into and not args.corrects:
        raise InputError("usage", "Where the records go is not said.", remedy="Name the entity: --into users.")
    return args.into or ""


def request_of(args: argparse.Namespace) -> ImportRequest:
    from entrepot.cli.mapping_options import mapping_of, rules_of, used_mapping
    from entrepot.cli.partly import partly
    from entrepot.cli.reading_options import reading_of
    from entrepot.model.drafts import Blank, Mode, OnConflict
    from entrepot.model.plans import ImportRequest

    return ImportRequest(
        entity=target_of(args),
        reading=reading_of(args),
        mapping=mapping_of(args),
        rules=rules_of(args),
        use=used_mapping(args),
        save_as=args.save_mapping,
        declared=args.records,
        mode=Mode(args.mode),
        on_conflict=OnConflict(args.on_conflict) if args.on_conflict else None,
        blank=Blank(args.blank),
        **partly(args),
        exclusive=args.exclusive,
        prove=args.prove,
        tenant=args.tenant,
        key=tuple(word.strip() for word in (args.key or "").split(",") if word.strip()),
    )
