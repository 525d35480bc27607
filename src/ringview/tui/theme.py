"""The themes' colours for what Textual draws itself: prompt, palette, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.theme import Theme

from ringview.tui.palette import PALETTES, Palette

if TYPE_CHECKING:
    from textual.app import App

CSS = """
SearchIcon { display: none; }
CommandPalette > Vertical { max-height: 80%; min-width: 40; background: $background; }
CommandPalette OptionList { min-width: 40; }  /* Textual cannot wrap into no column at all */
CommandPalette > .command-palette--help-text { color: $foreground; text-style: not bold; }
CommandPalette OptionList { background: $background; }
CommandPalette OptionList:focus { background: $background; }
CommandPalette OptionList > .option-list--option-highlighted,
CommandPalette OptionList:focus > .option-list--option-highlighted {
    color: $foreground; background: $surface; text-style: bold;
}
"""
"""How Textual's command palette looks."""


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
