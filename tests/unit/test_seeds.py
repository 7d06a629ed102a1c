"""The service and region seeds stay inside the closed lists of FOCUS 1.2."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[2] / "focus" / "seeds"

SUBCATEGORIES = {
    "AI and Machine Learning": "AI Platforms|Bots|Generative AI|Machine Learning"
    "|Natural Language Processing",
    "Analytics": "Analytics Platforms|Business Intelligence|Data Processing|Search"
    "|Streaming Analytics",
    "Business Applications": "Productivity and Collaboration",
    "Compute": "Containers|End User Computing|Quantum Compute|Serverless Compute|Virtual Machines",
    "Databases": "Caching|Data Warehouses|Ledger Databases|NoSQL Databases|Relational Databases"
    "|Time Series Databases",
    "Developer Tools": "Developer Platforms|Continuous Integration and Deployment"
    "|Development Environments|Source Code Management|Quality Assurance",
    "Identity": "Identity and Access Management",
    "Integration": "API Management|Messaging|Workflow Orchestration",
    "Internet of Things": "IoT Analytics|IoT Platforms",
    "Management and Governance": "Architecture|Compliance|Cost Management|Data Governance"
    "|Disaster Recovery|Endpoint Management|Observability|Support",
    "Media": "Content Creation|Gaming|Media Streaming|Mixed Reality",
    "Migration": "Data Migration|Resource Migration",
    "Mobile": "",
    "Multicloud": "Multicloud Integration",
    "Networking": "Application Networking|Content Delivery|Network Connectivity"
    "|Network Infrastructure|Network Routing|Network Security",
    "Security": "Secret Management|Security Posture Management|Threat Detection and Response",
    "Storage": "Backup Storage|Block Storage|File Storage|Object Storage|Storage Platforms",
    "Web": "Application Platforms",
    "Other": "",
}
"""FOCUS 1.2's closed list; every category also has a subcategory 'Other (<category>)'."""

KEYS = {
    "commitment_eligibility.csv": ["service_name", "pricing_unit"],
    "aws/aws_regions.csv": ["region_id"],
    "aws/aws_services.csv": ["product_code", "product_family"],
    "azure/azure_regions.csv": ["location"],
    "azure/azure_services.csv": ["meter_category", "meter_family"],
    "focus/oci_services.csv": ["product_service"],
    "gcp/gcp_regions.csv": ["region_id"],
    "gcp/gcp_services.csv": ["service_name"],
}
"""What each seed is looked up by. A family may be empty, which means all others."""

ALLOWED = {
    (category, name)
    for category, names in SUBCATEGORIES.items()
    for name in [*filter(None, names.split("|")), f"Other ({category})"]
}


def read(name: str) -> list[dict[str, str]]:
    """Return a seed's rows."""
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def services() -> list[dict[str, str]]:
    return read("aws/aws_services.csv")


def test_at_least_150_product_codes_are_known(services: list[dict[str, str]]) -> None:
    assert len({row["product_code"] for row in services}) >= 150


def test_every_category_and_subcategory_is_an_allowed_pair(services: list[dict[str, str]]) -> None:
    pairs = {(row["service_category"], row["service_subcategory"]) for row in services}

    assert pairs <= ALLOWED


def test_a_service_name_has_one_category_and_subcategory(services: list[dict[str, str]]) -> None:
    pairs = defaultdict(set)
    for row in services:
        pairs[row["service_name"]].add((row["service_category"], row["service_subcategory"]))

    assert {name: found for name, found in pairs.items() if len(found) > 1} == {}


def test_code_and_family_identify_a_row_and_rows_are_sorted(
    services: list[dict[str, str]],
) -> None:
    keys = [(row["product_code"].lower(), row["product_family"]) for row in services]

    assert keys == sorted(set(keys))


def test_every_code_with_families_also_has_a_row_for_the_rest(
    services: list[dict[str, str]],
) -> None:
    general = {row["product_code"] for row in services if not row["product_family"]}

    assert {row["product_code"] for row in services} == general


def test_every_seed_says_what_it_is_looked_up_by() -> None:
    assert {str(path.relative_to(SEEDS)) for path in SEEDS.rglob("*.csv")} == set(KEYS)


@pytest.mark.parametrize("seed", KEYS)
def test_no_cell_is_empty_or_has_stray_blanks(seed: str) -> None:
    rows = read(seed)

    assert [row for row in rows if any(cell != cell.strip() for cell in row.values())] == []
    assert {n for row in rows for n, cell in row.items() if not cell} <= {
        "product_family",
        "meter_family",
    }


@pytest.mark.parametrize("seed", KEYS)
def test_no_seed_has_two_rows_of_one_key(seed: str) -> None:
    keys = [tuple(row[name] for name in KEYS[seed]) for row in read(seed)]

    assert len(keys) == len(set(keys)) > 0


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("AmazonEC2", "Compute"),
        ("AmazonS3", "Storage"),
        ("AmazonRDS", "Databases"),
        ("AWSLambda", "Compute"),
        ("AWSELB", "Networking"),
        ("awskms", "Security"),
        ("AmazonBedrock", "AI and Machine Learning"),
        ("ComputeSavingsPlans", "Compute"),
        ("AWSSupportEnterprise", "Management and Governance"),
        ("OCBPremiumSupport", "Management and Governance"),
    ],
)
def test_the_largest_lines_of_a_bill_are_filed_where_people_look(
    services: list[dict[str, str]], code: str, category: str
) -> None:
    found = {
        row["service_category"]
        for row in services
        if row["product_code"] == code and not row["product_family"]
    }

    assert found == {category}


def test_block_storage_and_nat_gateways_are_not_virtual_machines(
    services: list[dict[str, str]],
) -> None:
    families = {
        row["product_family"]: row["service_category"]
        for row in services
        if row["product_code"] == "AmazonEC2"
    }

    assert families["Storage"] == "Storage"
    assert families["NAT Gateway"] == "Networking"


def test_regions_of_every_partition_and_global_are_named_once() -> None:
    regions = [row["region_id"] for row in read("aws/aws_regions.csv")]

    assert len(regions) == len(set(regions))
    assert {"us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "global"} <= set(regions)


def test_services_that_commitments_can_cover_are_services_we_name(
    services: list[dict[str, str]],
) -> None:
    eligible = {row["service_name"] for row in read("commitment_eligibility.csv")}

    assert eligible <= {
        row["service_name"] for row in [*services, *read("azure/azure_services.csv")]
    }


def test_azure_services_are_filed_in_allowed_pairs_one_for_each_name() -> None:
    rows = read("azure/azure_services.csv")
    pairs = defaultdict(set)
    for row in rows:
        pairs[row["service_name"]].add((row["service_category"], row["service_subcategory"]))

    assert {pair for found in pairs.values() for pair in found} <= ALLOWED
    assert {name: found for name, found in pairs.items() if len(found) > 1} == {}
    keys = [(row["meter_category"].lower(), row["meter_family"]) for row in rows]
    assert keys == sorted(set(keys)) and len(keys) >= 250


def test_every_word_for_an_azure_region_means_one_region() -> None:
    rows = read("azure/azure_regions.csv")
    names = {(row["region_id"], row["region_name"]) for row in rows}

    assert len({row["location"] for row in rows}) == len(rows)
    assert len({region for region, _ in names}) == len(names) >= 70
    assert {"westeurope", "usgovvirginia", "chinanorth3", "global"} <= {r for r, _ in names}
    assert ("useast2", "eastus2") in {(row["location"], row["region_id"]) for row in rows}
