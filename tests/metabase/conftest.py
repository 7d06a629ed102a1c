"""Cards on the demo's data, a Metabase that keeps the contract, and the pages beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.backends.duckdb import connect_read_only
from core.config import Config, load_config
from core.warehouse import Warehouse, link
from metabase.access import client_of
from metabase.bodies import card_body, target
from metabase.changes import Changes
from metabase.content import Content, read_content
from metabase.provision import provision
from tests.fixtures.demo import demo
from tests.fixtures.finops import Finops
from tests.fixtures.served import Served, serving
from tests.metabase import contract, native
from tests.metabase.instance import Instance
from tests.metabase.serving import Site, listening

__all__ = ["demo"]

EMAIL = "admin@example.com"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def served(demo: Finops) -> Iterator[Served]:
    """The pages on the demo."""
    with serving(demo.database, is_demo=True) as found:
        yield found


@pytest.fixture(scope="session")
def content() -> Content:
    """The content that is shipped."""
    return read_content()


@dataclass
class Cards:
    """Runs cards on the demo's data as Metabase would."""

    content: Content
    connection: duckdb.DuckDBPyConnection
    columns: dict[int, native.Column] = field(default_factory=dict)

    def stage(self, slug: str) -> dict[str, Any]:
        """Return a card's query as Metabase stores it."""
        columns = self.content.columns()
        self.columns = {n: (c.schema, c.table, c.name) for n, c in enumerate(columns, 1)}
        body = card_body(
            self.content.cards[slug],
            self.content,
            database=1,
            fields={column: n for n, column in enumerate(columns, 1)},
            choices={"currency": "USD", "tag_key": "env"},
            collection=1,
        )
        stage: dict[str, Any] = contract.stored_query(body["dataset_query"])["stages"][0]
        return stage

    def rows(self, slug: str, **values: Any) -> list[dict[str, Any]]:
        """Return what a card shows under some filters."""
        stage = self.stage(slug)
        given = [
            {"target": target(self.content.filters[name]), "value": value}
            for name, value in values.items()
        ]
        return native.fetched(self.connection, native.filled(stage, self.columns, given))

    def value(self, slug: str, **values: Any) -> Any:
        """Return the one figure that a card shows."""
        [row] = self.rows(slug, **values)
        [value] = row.values()
        return value


@pytest.fixture(scope="session")
def cards(content: Content, demo: Finops) -> Iterator[Cards]:
    """The cards on the demo's data."""
    with connect_read_only(demo.database) as connection:
        yield Cards(content, connection)


@pytest.fixture(scope="session")
def volume(demo: Finops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What Metabase's container sees as /data/serving, under names that no other test opens."""
    folder = tmp_path_factory.mktemp("serving")
    for generation in Warehouse(demo.database).generations():
        link(generation, folder / generation.name)
    with duckdb.connect(str(folder / generation.name), read_only=True):  # later ones open fast
        yield folder


@pytest.fixture
def site(volume: Path) -> Iterator[Site]:
    """A Metabase that nobody has set up yet."""
    with listening(Instance(volume)) as found:
        yield found


@dataclass
class User:
    """Somebody who provisions a Metabase, from Python and from the command line."""

    finops: Finops
    site: Site
    content: Content
    environment: dict[str, str]

    @property
    def generation(self) -> str:
        """The name of the file that is published."""
        return Warehouse(self.finops.database).generations()[-1].name

    def config(self, **more: str) -> Config:
        return load_config(None, env={**self.environment, **self.named(more)})

    def named(self, settings: dict[str, str]) -> dict[str, str]:
        return {f"OPEN_FINOPS_METABASE_{name.upper()}": text for name, text in settings.items()}

    def provision(
        self,
        content: Content | None = None,
        *,
        write: bool = True,
        seconds: int = 60,
        **more: str,
    ) -> list[str]:
        """Provision without waiting between attempts; return the changes."""
        config = self.config(**more)
        client = client_of(config.metabase, pause=0.0001)
        changes = Changes(write, lambda text: None)
        try:
            provision(config, content or self.content, client, changes, seconds=seconds)
        finally:
            client.close()
        return changes.found

    def __call__(self, *arguments: str, **more: str) -> Any:
        """Run a command of `finops metabase`."""
        environment = {**self.environment, **self.named(more)}
        return self.finops("metabase", *arguments, env=environment)


@pytest.fixture
def user(demo: Finops, site: Site, content: Content) -> User:
    """Somebody whose settings lead to the Metabase of the test."""
    settings = {
        "OPEN_FINOPS_DATA_DIR": str(demo.database.parent),
        "OPEN_FINOPS_METABASE_URL": site.url,
        "OPEN_FINOPS_METABASE_ADMIN_EMAIL": EMAIL,
        "OPEN_FINOPS_METABASE_ADMIN_PASSWORD": PASSWORD,
    }
    return User(demo, site, content, settings)


FEW = ("effective_cost", "services", "currencies", "tag_keys", "tag_values")


@pytest.fixture
def few(content: Content) -> Content:
    """Five cards on two dashboards, for tests that apply the content often."""
    cards = {slug: card for slug, card in content.cards.items() if slug in FEW}
    dashboards = {}
    for slug in ("cost_explorer", "tags_and_allocation"):
        dashboard = content.dashboards[slug]
        tabs = [
            replace(tab, cards=[one for one in tab.cards if one.text or one.card in FEW])
            for tab in dashboard.tabs
        ]
        dashboards[slug] = replace(dashboard, tabs=[tab for tab in tabs if tab.cards])
    return replace(content, cards=cards, dashboards=dashboards)
