"""The colours: marks and text stand out, and colour-blind readers can tell series apart."""

from __future__ import annotations

import itertools
import math
import re

import pytest

from tests.browser.conftest import UI

Color = tuple[float, float, float]
SOURCE = (UI / "src" / "lib" / "palette.ts").read_text()
STYLES = (UI / "src" / "app.css").read_text()
THEMES = ["light", "dark"]
SIGHTS: dict[str, tuple[Color, Color, Color]] = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""How dichromats see linear RGB (Machado, Oliveira and Fernandes, 2009)."""
APART = 0.07
"""In Oklab, where 0.02 is just seen."""
APART_OF_MANY = 0.055
"""Beside nine, eleven more cannot be so far apart for every sight."""


def linear(color: str) -> Color:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return red, green, blue


def dot(a: Color, b: Color) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2."""
    light, dark = sorted(
        (dot((0.2126, 0.7152, 0.0722), linear(color)) for color in (one, other)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def oklab(color: Color) -> Color:
    cones = [
        dot((0.4122214708, 0.5363325363, 0.0514459929), color),
        dot((0.2119034982, 0.6806995451, 0.1073969566), color),
        dot((0.0883024619, 0.2817188376, 0.6299787005), color),
    ]
    long, middle, short = (max(0.0, cone) ** (1 / 3) for cone in cones)
    seen = (long, middle, short)
    return (
        dot((0.2104542553, 0.7936177850, -0.0040720468), seen),
        dot((1.9779984951, -2.4285922050, 0.4505937099), seen),
        dot((0.0259040371, 0.7827717662, -0.8086757660), seen),
    )


def series(theme: str) -> list[str]:
    return colors(theme, SOURCE[: SOURCE.index("const MORE")])


def colors(theme: str, source: str) -> list[str]:
    block = re.search(rf"{theme}: \[(.*?)\]", source, re.DOTALL)
    assert block
    return re.findall(r"#[0-9a-f]{6}", block[1])


def twenty(theme: str) -> list[str]:
    """The colours of twenty series and, last, that of all others."""
    more = colors(theme, SOURCE[SOURCE.index("const MORE") :])
    other = re.search(rf"const OTHER.*?{theme}: '(#[0-9a-f]{{6}})'", SOURCE)
    assert other
    return [*series(theme), *more, other[1]]


def token(name: str, theme: str) -> str:
    """A colour of app.css."""
    found = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", STYLES)
    assert found, name
    return found[1 + THEMES.index(theme)]


@pytest.mark.parametrize("theme", THEMES)
def test_every_mark_stands_out_from_its_panel(theme: str) -> None:
    assert len(series(theme)) == 9
    assert len(twenty(theme)) == 21
    for color in [*twenty(theme), token("mark", theme), token("edge", theme)]:
        assert contrast(color, token("panel", theme)) >= 3, color


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["bg", "panel", "raised", "sunk"])
def test_every_text_is_readable_on_every_ground(theme: str, ground: str) -> None:
    for name in ("text", "muted", "accent"):
        assert contrast(token(name, theme), token(ground, theme)) >= 4.5, name
    for name in ("good", "bad", "warn"):
        assert contrast(token(name, theme), token(f"{name}-bg", theme)) >= 4.5, name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_series_are_told_apart_with_any_sight(theme: str, sight: str) -> None:
    assert nearest(series(theme), sight) >= APART


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_twenty_series_are_told_apart(theme: str, sight: str) -> None:
    assert nearest(twenty(theme)[:-1], sight) >= APART_OF_MANY


@pytest.mark.parametrize("theme", THEMES)
def test_no_series_has_the_colour_of_all_others(theme: str) -> None:
    *shown, other = twenty(theme)
    assert min(nearest([one, other], "all colours") for one in shown) >= APART


def nearest(found: list[str], sight: str) -> float:
    """How far the two that look most alike are apart."""
    seen = []
    for color in found:
        red, green, blue = (dot(row, linear(color)) for row in SIGHTS[sight])
        seen.append(oklab((red, green, blue)))
    return min(math.dist(one, other) for one, other in itertools.combinations(seen, 2))
