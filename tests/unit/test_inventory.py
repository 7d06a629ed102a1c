"""Months from files alone: which are new, which stay, which are emptied."""

from datetime import date

from core.inventory import FileContent, Inventory, months

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


def held(stamp: str, *periods: date) -> FileContent:
    return FileContent(stamp=stamp, periods=periods, dialect="focus_1_0")


def by_period(present: Inventory, former: Inventory) -> dict[date, tuple[tuple[str, ...], str]]:
    return {m.period: (m.files, m.fingerprint) for m in months(present, former)[0]}


def test_the_same_files_are_the_same_months():
    files = {"a": held("1", JAN), "b": held("2", JAN, FEB)}

    assert by_period(files, files) == by_period(files, {})
    assert [m.shared for m in months(files, {})[0]] == [True, True]


def test_a_month_that_only_lost_files_keeps_its_fingerprint_for_good():
    whole = {"a": held("1", JAN), "b": held("2", JAN)}
    less = {"b": held("2", JAN)}
    first = by_period(whole, {})[JAN][1]

    found, noted = months(less, whole)

    assert (found[0].fingerprint, found[0].files) == (first, ("b",))
    assert by_period(less, noted)[JAN][1] == first


def test_a_file_that_changed_while_another_went_replaces_the_month():
    whole = {"a": held("1", JAN), "b": held("2", JAN)}
    changed = {"b": held("3", JAN)}

    found, noted = months(changed, whole)

    assert found[0].fingerprint == by_period(changed, {})[JAN][1]
    assert noted == changed


def test_a_month_taken_out_of_a_file_is_emptied():
    former = {"a": held("1", JAN, FEB)}

    found, _ = months({"a": held("2", JAN)}, former)

    assert [(m.period, m.files) for m in found] == [(JAN, ("a",)), (FEB, ("a",))]


def test_a_month_whose_files_all_went_is_left_alone():
    assert [m.period for m in months({"b": held("2", FEB)}, {"a": held("1", JAN)})[0]] == [FEB]


def test_other_settings_are_another_month():
    files = {"a": held("1", JAN)}

    one, other = (months(files, files, salt=salt)[0][0].fingerprint for salt in ("x", "y"))
    assert one != other


def test_a_month_that_a_file_left_is_the_same_month_from_then_on():
    former = {"a": held("1", JAN, FEB), "b": held("2", JAN)}
    present = {"a": held("3", FEB), "b": held("2", JAN)}

    found, noted = months(present, former)

    assert found[0].files == ("b",)
    assert found[0].fingerprint != by_period(former, {})[JAN][1]
    assert by_period(present, noted)[JAN][1] == found[0].fingerprint


def test_a_file_of_elsewhere_stays_noted_for_the_months_that_are_loaded_from_it():
    former = {"x/a": held("1", JAN, FEB)}

    _, noted = months({"y/a": held("2", FEB)}, former)

    assert noted == {"x/a": held("1", JAN), "y/a": held("2", FEB)}


def test_months_that_share_a_changed_file_change_together():
    former = {"a": held("1", JAN, FEB), "b": held("2", FEB)}
    present = {"a": held("3", JAN, FEB), "b": held("2", FEB)}

    assert [m.taken for m in months(present, former)[0]] == [True, True]
    assert [m.taken for m in months(former, former)[0]] == [False, False]
