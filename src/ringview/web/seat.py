"""``python -m ringview.web.seat --directory DIR ROLE``: one browser's screen.

Started by `ringview.web.seats`, never by hand: it speaks Textual's protocol for browsers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ringview.errors import RingviewError


@click.command()
@click.option("--directory", type=click.Path(path_type=Path), required=True)
@click.option("--theme", default="dark")
@click.argument("role", type=click.Choice(["lecturer", "audience"]))
def main(directory: Path, theme: str, role: str) -> None:
    """Show a lecture's screen."""
    from ringview.engine.follow import Follower, Guest
    from ringview.tui.app import RingviewApp
    from ringview.tui.audience import Audience
    from ringview.tui.keymap import FILE, read_keymap
    from ringview.tui.link import Link
    from ringview.tui.palette import PALETTES
    from ringview.tui.personal import config_directory

    kind: type[Guest] = Guest if role == "lecturer" else Follower

    async def connect() -> Link:
        return await kind.connect(directory)

    if role == "lecturer":
        keymap = read_keymap(config_directory() / FILE)
        RingviewApp(connect, palette=PALETTES[theme], keymap=keymap).run()
    else:
        RingviewApp(connect, palette=PALETTES[theme], role=Audience()).run()


if __name__ == "__main__":
    try:
        main(standalone_mode=False)
    except RingviewError as error:
        sys.exit(f"ringview: error: {error}")
