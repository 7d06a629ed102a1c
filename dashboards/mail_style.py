"""How a mailed report looks: on a screen, light or dark as the reader's system is, and on paper."""

from __future__ import annotations

LIGHT = {
    "ink": "#171b22", "dim": "#566072", "line": "#d9dde3", "page": "#ffffff",
    "bad": "#b3261e", "good": "#1a6e3c",
    "s0": "#3b5bdb", "s1": "#c28246", "s2": "#46968c", "s3": "#602150", "s4": "#816e04",
    "s5": "#9680df", "s6": "#184a04", "s7": "#015085", "s8": "#844a51", "s9": "#868e99",
}  # fmt: skip
DARK = {
    "ink": "#e9ecf1", "dim": "#9ba6b6", "line": "#363c47", "page": "#14171c",
    "bad": "#ff8f86", "good": "#62d08f",
    "s0": "#6d8dff", "s1": "#f98942", "s2": "#458270", "s3": "#d66db9", "s4": "#f8cc3a",
    "s5": "#8f4ecc", "s6": "#66f0a6", "s7": "#92c6e5", "s8": "#cb3a00", "s9": "#7d8796",
}  # fmt: skip
"""The colours of both themes; those of series, s0 to s9, are the pages' own."""
SERIES = sum(name.startswith("s") for name in LIGHT)


def variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


MARKS = " ".join(f".s{n} {{ --mark: var(--s{n}); }}" for n in range(SERIES))
STYLE = f"""
:root {{ color-scheme: light dark; {variables(LIGHT)} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}
body {{ background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, sans-serif;
  margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; margin: 0; }} h2 {{ font-size: 1.25rem; margin: 2.5rem 0 0; }}
h3 {{ font-size: 1rem; margin: 2rem 0 .5rem; }}
p {{ color: var(--dim); margin: .25rem 0; }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
th, td {{ border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left;
  vertical-align: top; }}
th {{ color: var(--dim); font-weight: 500; }}
.n {{ text-align: right; }} td.n, td.when {{ white-space: nowrap; }}
td.id {{ min-width: 7rem; overflow-wrap: anywhere; }}
.tight {{ font-size: .8em; }} .tight th, .tight td {{ padding: .3rem .2rem; }}
.wide {{ overflow-x: auto; }}
.tiles {{ display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); }}
.tile {{ border: 1px solid var(--line); border-radius: .5rem; padding: .6rem; }}
.tile b {{ display: block; font-size: 1.25rem; }}
.tile span {{ color: var(--dim); display: block; }}
.tile span.bad, td.bad {{ color: var(--bad); }}
.tile span.good, td.good {{ color: var(--good); }}
.key {{ border-radius: 2px; display: inline-block; height: .7rem; margin-right: .4rem;
  width: .7rem; }} .keys span {{ display: inline-block; margin-right: 1rem; }}
summary {{ color: var(--dim); cursor: pointer; margin: .5rem 0; }}
svg {{ display: block; height: auto; width: 100%; }}
svg text {{ fill: var(--dim); font-size: 11px; }}
{MARKS} .up {{ --mark: var(--bad); }} .down {{ --mark: var(--good); }}
rect, circle {{ fill: var(--mark); }} .key {{ background: var(--mark); }}
.few rect {{ stroke: var(--page); stroke-width: .75; }} rect.hatched {{ stroke: none; }}
path {{ fill: none; }} path.line {{ stroke: var(--mark); stroke-width: 2; }}
path.grid {{ stroke: var(--line); }} path.zero {{ stroke: var(--dim); }}
path.before {{ stroke: var(--ink); stroke-dasharray: 4 4; stroke-width: 1.5; }}
pattern path {{ stroke: var(--page); stroke-width: 3; opacity: .6; }}
pattern.behind path {{ stroke: var(--dim); stroke-width: 1.5; opacity: .3; }}
@page {{ size: A4; margin: 14mm; }}
@media print {{
  :root {{ color-scheme: light; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  body {{ font-size: 9pt; margin: 0; max-width: none; padding: 0; }}
  th, td {{ font-size: 7.5pt; padding: .15rem .25rem; }} td.id {{ min-width: 5rem; }}
  .tight th, .tight td {{ font-size: 6.5pt; padding: .15rem .1rem; }}
  .tiles {{ grid-template-columns: repeat(5, 1fr); }} .tile {{ padding: .4rem; }}
  .wide {{ overflow: visible; }} details {{ display: none; }}
  h2, h3, .keys {{ break-after: avoid; }} svg, tr, .tile {{ break-inside: avoid; }}
  section + section.currency {{ break-before: page; }}
}}
"""
