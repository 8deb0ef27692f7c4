"""The look of the bay plan's SVG, light and dark, with every colour written out.

No custom properties: viewers other than browsers do not know them.
"""

from __future__ import annotations

from planner.plots.palette import GREYS, HUES

FACE = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif"


def drawing_css() -> str:
    """The rules for the classes that the drawing uses."""
    colours = {f"c{i}": colour for i, colour in enumerate(HUES)} | {f"g{i}": colour for i, colour in enumerate(GREYS)}
    fills = "".join(f".{name}{{fill:{colour}}}.in.{name}{{stroke:{colour}}}" for name, colour in colours.items())
    return (
        f".bay{{font:12px {FACE};font-variant-numeric:tabular-nums}}{fills}{_SHAPES}{_LIGHT}"
        f"@media (prefers-color-scheme:dark){{{_DARK}}}"
    )


_SHAPES = (
    ".grid,.bracket,.seams,.over{fill:none}.grid,.bracket{stroke-width:1}.seams{stroke-width:1;opacity:.55}"
    ".over{stroke:#b3261e;stroke-width:2}.room{stroke-width:1}"
    ".zone{font-size:14px;font-weight:600}.zone.more{font-weight:400}.mark{font-size:10.5px}"
    ".in,.free,.name,.binds{text-anchor:middle;font-size:11px}.name{font-weight:600}"
    ".type{font-size:11px}.in{pointer-events:none;stroke-width:4px;paint-order:stroke;stroke-linejoin:round}.binds.here{font-weight:600}"
    ".bay .small{font-size:9.5px;font-weight:400}"
    ".kept{fill:url(#headroom)}.cloud{font-size:16px;font-weight:600}.heading{font-size:20px;font-weight:600}.key{font-size:12px}"
)
_LIGHT = (
    ".paper{fill:#fbfaf7}.bay text{fill:#22303a}.bay .quiet,.bay .mark,.bay .free,.bay .zone.more{fill:#6a757c}"
    ".grid{stroke:#e3e0d8}.room,.deck{fill:#fff;stroke:#c3c6c4}.bracket{stroke:#aab0b2}.rule{stroke:#d9d5ca}"
    ".seams{stroke:#fbfaf7}.hatch{stroke:#8c979d}.hatched{fill:#f1efe9}.bay .binds.here{fill:#9a4a12}"
    ".bay .in.light{fill:#fff}.bay .in.dark{fill:#1b2227}"
)
_DARK = (
    ".paper{fill:#12181c}.bay text{fill:#dfe5e8}.bay .quiet,.bay .mark,.bay .free,.bay .zone.more{fill:#93a0a8}"
    ".grid{stroke:#253036}.room,.deck{fill:#1a2227;stroke:#46535a}.bracket{stroke:#5c6a72}.rule{stroke:#2c383f}"
    ".seams{stroke:#12181c}.hatch{stroke:#74838b}.hatched{fill:#1d262b}.bay .binds.here{fill:#f0a36b}"
    ".bay .in.light{fill:#fff}.bay .in.dark{fill:#10161a}"
)

HATCH = (
    '<pattern id="headroom" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="hatched" width="7" height="7"/><path class="hatch" d="M0 0V7" stroke-width="2"/></pattern>'
)
"""The pattern of reserved room; `.kept` is filled with it."""
