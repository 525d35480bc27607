"""The page that a lab's folder opens with."""

from __future__ import annotations

import re
import textwrap

from ringview.lab.recipe import Recipe

WIDTH = 78
"""Columns: the page is read in a terminal."""


_JOIN = "\N{NO-BREAK SPACE}"


def page(recipe: Recipe) -> str:
    """The lab's README: the task, the steps, and how to see what each one does."""
    steps = "\n".join(
        _fill(f"{step.number}. `kernel/{step.file}`: {step.what}. *Why:* {step.why}.", "   ")
        for step in recipe.steps
    )
    name, title = recipe.name, f"# Lab {recipe.name}: {recipe.title}"
    begin = _fill(
        "This folder is a kernel of your own. It boots and runs programs, but number "
        f"{recipe.number} is nobody's: the call `{name}` does not exist. You add it."
    )
    run = _fill(
        "Run these from within this folder; ringview notices whose kernel it is. From elsewhere, "
        f"name the scenario's file: `ringview run …/scenarios/{name}.yaml`."
    )
    end = _fill(
        f"The program that makes the call is `userland/{name}.c`. If this folder is under git, "
        "`git diff` shows your work, and `git commit` and `git format-patch -1` make the patch to "
        "hand in."
    )
    errors = "\n".join(f"ringview run {other:19} # the call's errors" for other in recipe.also)
    return f"""{title}

{begin}

## What the call does

{_fill(recipe.task)}

## The steps

{steps}

Do them in any order, and look after each what has changed.

## See what happens

{run}

```
ringview lab                     # which steps are done; what happens so far
ringview run {name:19} # your call on the live screen; R rebuilds
ringview run {name + " --headless":19} # the story in words; what is not right
{errors}
ringview exec {name:18} # the program alone; --strace shows its calls
ringview build                   # only build
```

{end}
"""


def _fill(text: str, indent: str = "") -> str:
    kept = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", _JOIN), text)
    filled = textwrap.fill(kept, WIDTH, subsequent_indent=indent, break_on_hyphens=False)
    return filled.replace(_JOIN, " ")
