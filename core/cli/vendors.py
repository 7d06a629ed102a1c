"""What the commands of all vendors have in common; a vendor's cli.py holds what is its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import click

from core import ledger
from core.cli.imports import import_and_print
from core.cli.options import config_option, demo_option, json_option, print_json, resolve
from core.cli.tables import print_table
from core.config import Config
from core.exports import ExportVersion, load_vendor
from core.periods import name as period_name
from core.run import Offer

Command = TypeVar("Command", bound=Callable[..., Any])


def all_of(*decorators: Any) -> Callable[[Command], Command]:
    """Return the options as one, in the order in which they are written."""

    def add(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return add


def month_options(kind: str = "billing") -> Callable[[Command], Command]:
    """Return --start-date and --end-date."""
    return all_of(
        click.option("--start-date", "-s", metavar="YYYY-MM", help=f"First {kind} month."),
        click.option("--end-date", "-e", metavar="YYYY-MM",
                     help=f"Last {kind} month, itself included."),
    )  # fmt: skip


reset_option = click.option(
    "--reset", "-r", is_flag=True, default=None, help="Load months again that are already loaded."
)


strategy_option = click.option(
    "--table-strategy",
    "-t",
    type=click.Choice(["separate", "single"]),
    help="One raw table for each month, or one for all.",
)
no_transform_option = click.option(
    "--no-transform", is_flag=True, help="Stop after the raw tables."
)


def import_all(
    ctx: click.Context,
    vendor: str,
    flags: Mapping[str, Any],
    *,
    config_path: str | None,
    no_transform: bool,
    as_json: bool,
) -> tuple[Config, Sequence[Any]]:
    """Import what a vendor's section and the typed flags name; return both, resolved."""
    config = resolve(ctx, config_path, flags={vendor: flags})
    found = load_vendor(vendor)
    exports = found.exports(config.vendors[vendor])
    import_and_print(
        config,
        [(found, export) for export in exports],
        transform=config.transformations.enabled and not no_transform,
        as_json=as_json,
    )
    return config, exports


def offered(
    config: Config, vendor: str, *, changed: str = "restated"
) -> Iterator[tuple[ExportVersion, dict[str, Any]]]:
    """Yield each version that the exports offer, and how a list begins to tell of it.

    The state is 'new', 'loaded' or `changed`: loaded, but another version.
    """
    found = load_vendor(vendor)
    current = ledger.current_versions(config.database_path, vendor)
    for export in found.exports(config.vendors[vendor]):
        for version in Offer.read(found, export, config).versions:
            known = current.get((version.export, version.billing_period))
            state = "loaded" if version.is_held_by(known) else changed if known else "new"
            yield (
                version,
                {
                    "export": version.export,
                    "billing_period": period_name(version.billing_period),
                    "state": state,
                },
            )


def with_loaded(
    config: Config,
    vendor: str,
    found: Sequence[dict[str, Any]],
    empty: Sequence[str],
    loaded_as: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return the exports of a store with their loaded months, then those only loaded.

    Args:
        config: Names the database.
        vendor: Whose exports they are.
        found: Rows with the export's name under 'export'.
        empty: Columns that are left empty of an export that the store does not hold.
        loaded_as: The name in the ledger, of exports that have another one there.
    """
    loaded = ledger.current_versions(config.database_path, vendor)
    months = Counter(export for export, _ in loaded)
    names = [(loaded_as or {}).get(str(row["export"]), str(row["export"])) for row in found]
    rows = [{**row, "loaded_months": months[name]} for row, name in zip(found, names, strict=True)]
    return rows + [
        {"export": name, **dict.fromkeys(empty, ""), "loaded_months": number}
        for name, number in sorted(months.items())
        if name not in names
    ]


def show_state(
    vendor: str,
    *examples: str,
    option: tuple[str, str] = ("--export-name", "-n"),
    noun: str = "export",
) -> click.Command:
    """Return the command that shows what was loaded.

    Args:
        vendor: Whose exports.
        examples: What follows `./finops <vendor> show-state` in each example.
        option: The option that names one export.
        noun: What one export is called.
    """
    lines = [f"  ./finops {vendor} show-state {example}".rstrip() for example in examples]
    about = "Show every version that was loaded, the current and the superseded ones."

    @click.command("show-state", help="\n".join([f"{about}\n\n\b\nExamples:", *lines]))
    @config_option
    @click.option(*option, "export", help=f"Only this {noun}.")
    @click.option("--billing-period", "-B", metavar="YYYY-MM", help="Only this month.")
    @demo_option
    @json_option
    @click.pass_context
    def command(
        ctx: click.Context,
        /,
        config_path: str | None,
        export: str | None,
        billing_period: str | None,
        demo: bool | None,
        as_json: bool,
    ) -> None:
        config = resolve(ctx, config_path, demo=demo)
        rows = ledger.history(config.database_path, vendor, export, billing_period)
        show(rows, as_json, hide=("load_id", "fingerprint", "superseded_by"))

    return command


def show(rows: Sequence[dict[str, Any]], as_json: bool, hide: tuple[str, ...] = ()) -> None:
    """Print rows as JSON, whole, or as a table without the columns of `hide`."""
    if as_json:
        print_json(rows)
    else:
        print_table([{k: v for k, v in row.items() if k not in hide} for row in rows])
