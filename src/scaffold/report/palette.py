"""Colours of the pictures, once for light and once for dark screens."""

from __future__ import annotations

from scaffold.core.comparison import Verdict

TONES = {
    Verdict.EQUAL: "good",
    Verdict.ROUNDING: "good",
    Verdict.WEAK: "doubt",
    Verdict.NOT_COMPARABLE: "doubt",
    Verdict.DIFFERENT: "bad",
    Verdict.SHAPE: "bad",
    Verdict.MISSING: "bad",
}

SANS = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',Arial,sans-serif"
MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"

_LIGHT = {
    ".page": "#ffffff",
    ".ink": "#1f2328",
    ".soft": "#59636e",
    ".good": "#1a7f37",
    ".doubt": "#9a6700",
    ".bad": "#cf222e",
    ".chip-good": "#dafbe1",
    ".chip-doubt": "#fff8c5",
    ".chip-bad": "#ffebe9",
    ".card": "#f6f8fa",
}
_DARK = {
    ".page": "#0d1117",
    ".ink": "#f0f6fc",
    ".soft": "#9198a1",
    ".good": "#57d364",
    ".doubt": "#e3b341",
    ".bad": "#ff7b72",
    ".chip-good": "#12341f",
    ".chip-doubt": "#3a2d0c",
    ".chip-bad": "#4a1a1d",
    ".card": "#161b22",
}
_EDGE = {"light": "#d1d9e0", "dark": "#3d444d"}


def stylesheet() -> str:
    """Write the style of a picture: fonts, both sets of colours, nothing from outside."""
    return "\n".join(
        (
            f"text {{ font: 13px {SANS}; white-space: pre; }}",
            f"text.mono {{ font: 12.5px {MONO}; }}",
            f"text.title {{ font: 600 18px {SANS}; }}",
            f"text.head {{ font: 600 12px {SANS}; }}",
            f"text.word {{ font: 600 12px {SANS}; }}",
            f"text.ratio {{ font: 12px {SANS}; text-anchor: end; }}",
            _rules(_LIGHT, _EDGE["light"]),
            f"@media (prefers-color-scheme: dark) {{\n{_rules(_DARK, _EDGE['dark'])}\n}}",
        )
    )


_HEAT_LIGHT = (
    "#ffffff",
    "#eceff2",
    "#c9d1d9",
    "#ffc680",
    "#f28c28",
    "#cc4e00",
    "#962c00",
    "#5c1200",
)
_HEAT_DARK = (
    "#0d1117",
    "#1b222b",
    "#37414d",
    "#5f3207",
    "#97520f",
    "#d1791f",
    "#f7b267",
    "#ffe9cf",
)
_FOCUS = {"light": "#0550ae", "dark": "#79c0ff"}
_ODD = {"light": "#6f1fb1", "dark": "#d2a8ff"}
"""A place where one side is no number."""


def variables() -> str:
    """Write both sets of colours as properties of a page; its reader may choose against the system.

    Paper is always light.
    """
    light, dark = _properties(_LIGHT, "light", _HEAT_LIGHT), _properties(_DARK, "dark", _HEAT_DARK)
    return (
        f":root {{ color-scheme: light dark; --sans: {SANS}; --mono: {MONO}; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f'@media screen {{ :root[data-theme="light"] {{ color-scheme: light; {light} }}\n'
        f':root[data-theme="dark"] {{ color-scheme: dark; {dark} }} }}\n'
    )


def _properties(fills: dict[str, str], screen: str, shades: tuple[str, ...]) -> str:
    found = {selector.removeprefix("."): colour for selector, colour in fills.items()}
    found |= {"edge": _EDGE[screen], "focus": _FOCUS[screen], "h-odd": _ODD[screen]}
    found |= {f"h-{level}": colour for level, colour in enumerate(shades)}
    return " ".join(f"--{name}: {colour};" for name, colour in found.items())


def _rules(fills: dict[str, str], edge: str) -> str:
    rules = [f"{selector} {{ fill: {colour}; }}" for selector, colour in fills.items()]
    return "\n".join((*rules, f".edge {{ stroke: {edge}; fill-opacity: 1; }}"))
