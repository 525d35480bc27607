"""The themes' colours for what Textual draws itself: prompt, palette, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.theme import Theme

from ringview.tui.palette import PALETTES, Palette

if TYPE_CHECKING:
    from textual.app import App


def theme_of(palette: Palette) -> Theme:
    """A palette as Textual knows it."""
    return Theme(
        name=palette.name,
        primary=palette.strong,
        secondary=palette.dim,
        accent=palette.strong,
        foreground=palette.text,
        background=palette.ground,
        surface=palette.raised,
        panel=palette.raised,
        error=palette.abort,
        success=palette.good,
        warning=palette.kernel,
        dark=palette.dark,
    )


def register_themes(app: App[int]) -> None:
    """Make all of them known to an app."""
    for palette in PALETTES.values():
        app.register_theme(theme_of(palette))
