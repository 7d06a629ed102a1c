"""The demo's bill obeys the laws of a real one; proven on the written files."""

from __future__ import annotations

import pytest

from tests.fixtures.aws_demo import AMORTISED, CHINA, NET_PLAN, PAYER, Query, export, query

LINE_ITEM_TYPES = set(
    """Usage DiscountedUsage SavingsPlanCoveredUsage SavingsPlanNegation SavingsPlanRecurringFee
    SavingsPlanUpfrontFee RIFee Fee Tax Credit Refund EdpDiscount PrivateRateDiscount
    BundledDiscount Discount SppDiscount RiVolumeDiscount DistributorDiscount""".split()
)


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Query:
    """A bill with the negotiated discount on rows of its own."""
    return query(export(tmp_path_factory))


@pytest.fixture(scope="module")
def net_bill(tmp_path_factory: pytest.TempPathFactory) -> Query:
    """The same bill with net columns."""
    return query(export(tmp_path_factory, NET_PLAN))


def test_the_bill_has_every_line_item_type_of_aws(bill: Query) -> None:
    assert {row[0] for row in bill("SELECT DISTINCT kind FROM line")} == LINE_ITEM_TYPES


def test_the_bill_looks_like_a_company(bill: Query) -> None:
    months = bill(
        f"""SELECT sum(cost), count(DISTINCT account), count(DISTINCT service) FROM line
        WHERE payer = '{PAYER}' GROUP BY period"""
    )

    assert len(months) == 3
    for cost, accounts, services in months:
        assert 170_000 < cost < 270_000
        assert accounts == 10
        assert services >= 40


def test_costs_have_ten_decimals_at_most(bill: Query, net_bill: Query) -> None:
    for ask in (bill, net_bill):
        names = [row[0] for row in ask("DESCRIBE bill") if row[1].startswith("DECIMAL")]
        money = [name for name in names if "cost" in name or "commitment" in name or "fee" in name]
        assert len(money) > 10
        for name in money:
            assert ask(f"SELECT {name} FROM bill WHERE {name} <> round({name}, 10)") == []


def test_every_negation_cancels_what_its_plan_covered(bill: Query) -> None:
    rows = bill(
        """SELECT sum(cost), sum(cost) FILTER (kind = 'SavingsPlanCoveredUsage') FROM line
        WHERE kind IN ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')
        GROUP BY plan, account, period"""
    )

    assert len(rows) > 10
    assert all(both == 0 and covered > 0 for both, covered in rows)


def test_savings_plans_are_used_or_unused_to_the_last_digit(bill: Query) -> None:
    rows = bill(
        """WITH used AS (
            SELECT plan, starts, sum(plan_cost) AS covered FROM line
            WHERE kind = 'SavingsPlanCoveredUsage' GROUP BY ALL)
        SELECT plan_total, plan_used, coalesce(covered, 0), plan_recurring, plan_upfront, cost
        FROM line LEFT JOIN used USING (plan, starts) WHERE kind = 'SavingsPlanRecurringFee'"""
    )

    assert len(rows) > 10
    for total, used, covered, recurring, upfront, billed in rows:
        assert used == covered <= total
        assert total == recurring + upfront
        assert billed == recurring
    assert any(0 < used < total for total, used, *_ in rows)
    assert any(used == 0 for _, used, *_ in rows)


def test_reservations_are_used_or_unused_to_the_last_digit(bill: Query) -> None:
    rows = bill(
        """WITH used AS (
            SELECT reservation, period, sum(ri_cost) AS covered,
                sum(coalesce(units, quantity)) AS covered_units
            FROM line WHERE kind = 'DiscountedUsage' GROUP BY ALL)
        SELECT coalesce(covered, 0), ri_unused_upfront + ri_unused_recurring, cost + ri_upfront,
            coalesce(covered_units, 0), ri_unused_units, CAST(ri_units AS DECIMAL(38, 18))
        FROM line LEFT JOIN used USING (reservation, period) WHERE kind = 'RIFee'"""
    )

    assert len(rows) > 10
    for used, unused, owed, used_units, unused_units, units in rows:
        assert used + unused == owed
        assert used_units + unused_units == units
        assert unused >= 0
    assert any(used > 0 and unused > 0 for used, unused, *_ in rows)
    assert any(used == 0 and unused > 0 for used, unused, *_ in rows)


def test_discounted_usage_is_free_and_its_cost_is_amortized(bill: Query) -> None:
    assert bill(
        """SELECT DISTINCT cost, ri_cost = ri_recurring_used + ri_upfront_used
        FROM line WHERE kind = 'DiscountedUsage'"""
    ) == [(0, True)]


def test_amortized_and_billed_differ_by_upfront_payments_alone(bill: Query) -> None:
    rows = bill(
        f"""SELECT sum({AMORTISED}) - sum(cost),
            coalesce(sum(ri_upfront), 0) + coalesce(sum(plan_upfront), 0) - coalesce(sum(cost)
                FILTER (kind = 'SavingsPlanUpfrontFee' OR (kind = 'Fee' AND reservation <> '')), 0)
        FROM line GROUP BY payer, period"""
    )

    assert len(rows) == 6
    assert all(difference == upfront for difference, upfront in rows)
    assert len({difference for difference, _ in rows}) > 3


def test_an_upfront_payment_is_what_a_whole_term_amortizes(bill: Query) -> None:
    rows = bill(
        """WITH paid AS (
            SELECT reservation, cost AS upfront FROM line WHERE kind = 'Fee' AND reservation <> '')
        SELECT upfront, ri_upfront * 365 / date_diff('day', starts, ends + INTERVAL 1 SECOND)
        FROM paid JOIN line USING (reservation) WHERE kind = 'RIFee'"""
    )

    assert len(rows) == 5
    assert all(float(paid) == pytest.approx(whole, rel=1e-12) for paid, whole in rows)


def test_negotiated_discounts_are_rows_unless_net_columns_hold_them(
    net_bill: Query, bill: Query
) -> None:
    [(gross, net, rows, rows_net, rest)] = net_bill(
        f"""SELECT sum(cost), sum(net), sum(cost) FILTER (negotiated), sum(net) FILTER (negotiated),
            sum(net - cost) FILTER (NOT negotiated)
        FROM (SELECT *, kind IN ('EdpDiscount', 'PrivateRateDiscount') AS negotiated
            FROM line WHERE payer = '{PAYER}')"""
    )

    assert gross == net
    assert rows == rest < -20_000
    assert rows_net == 0
    assert bill(f"SELECT sum(cost) FROM line WHERE payer = '{PAYER}'") == [(gross,)]
    assert net_bill(f"SELECT count(net) FROM line WHERE payer = '{CHINA}'") == [(0,)]


def test_net_commitments_are_the_same_share_of_the_gross_ones(net_bill: Query) -> None:
    shares = net_bill(
        """SELECT DISTINCT net * 100 = gross * 95 FROM (
            SELECT plan_net_cost AS net, plan_cost AS gross FROM line
            UNION ALL SELECT plan_net_recurring, plan_recurring FROM line
            UNION ALL SELECT plan_net_upfront, plan_upfront FROM line
            UNION ALL SELECT ri_net_cost, ri_cost FROM line
            UNION ALL SELECT ri_net_unused_recurring, ri_unused_recurring FROM line
        ) WHERE gross <> 0"""
    )

    assert shares == [(True,)]
    assert net_bill(
        """SELECT sum(net) FROM line
        WHERE kind IN ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')"""
    ) == [(0,)]


def test_an_invoice_number_comes_when_the_month_closes(bill: Query) -> None:
    rows = bill("SELECT DISTINCT strftime(period, '%Y-%m'), invoice FROM line ORDER BY ALL")

    assert [invoice for period, invoice in rows if period == "2026-03"] == [""]
    assert all(len(invoice) == 10 for period, invoice in rows if period != "2026-03")


def test_the_bill_has_what_importers_get_wrong(bill: Query) -> None:
    def distinct(expression: str) -> set[object]:
        return {row[0] for row in bill(f"SELECT DISTINCT {expression} FROM bill")}

    equal = bill(
        """SELECT count(*) FROM (
            SELECT 1 FROM bill AS b GROUP BY CAST(b AS VARCHAR) HAVING count(*) > 1)"""
    )
    earlier = bill("SELECT count(*) FROM line WHERE kind = 'Refund' AND ends < period")

    assert equal[0][0] >= 10
    assert earlier == [(1,)]
    assert {'Données "EU"', "Finance, Legal & IT", None} <= distinct("resource_tags['user_team']")
    assert {"prod", "Prod", None} <= distinct("resource_tags['user_env']")
    assert "047518263940" in distinct("line_item_usage_account_id")
    assert distinct("line_item_currency_code") == {"USD", "CNY"}
    assert distinct("bill_billing_entity") == {"AWS", "AWS Marketplace"}
