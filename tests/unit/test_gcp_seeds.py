"""What Google sells stays inside the closed lists of FOCUS 1.2."""

from __future__ import annotations

import pytest

from tests.unit.test_seeds import ALLOWED, read

SERVICES = read("gcp/gcp_services.csv")
REGIONS = read("gcp/gcp_regions.csv")


def test_at_least_150_services_are_known_and_sorted() -> None:
    names = [row["service_name"].lower() for row in SERVICES]

    assert len(names) >= 150
    assert names == sorted(set(names))


def test_every_category_and_subcategory_is_an_allowed_pair() -> None:
    pairs = {(row["service_category"], row["service_subcategory"]) for row in SERVICES}

    assert pairs <= ALLOWED


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Compute Engine", "Compute"),
        ("BigQuery", "Databases"),
        ("Cloud Storage", "Storage"),
        ("Cloud SQL", "Databases"),
        ("Kubernetes Engine", "Compute"),
        ("Vertex AI", "AI and Machine Learning"),
        ("Networking", "Networking"),
        ("Cloud Logging", "Management and Governance"),
        ("Support", "Management and Governance"),
    ],
)
def test_the_largest_lines_of_a_bill_are_filed_where_people_look(name: str, category: str) -> None:
    assert [row["service_category"] for row in SERVICES if row["service_name"] == name] == [
        category
    ]


def test_regions_of_every_continent_multi_regions_and_global_are_named() -> None:
    regions = {row["region_id"] for row in REGIONS}

    assert len(regions) == len(REGIONS) >= 45
    some = "us-central1 europe-west3 me-west1 africa-south1 asia-east1 southamerica-east1 us eu"
    assert {*some.split(), "australia-southeast1", "global"} <= regions
