"""The page that a lab's folder opens with."""

from __future__ import annotations

import textwrap

from ringview.lab.recipe import Recipe

WIDTH = 100


def page(recipe: Recipe) -> str:
    """The lab's README: the task, the steps, and how to see what each one does."""
    steps = "\n".join(
        _fill(f"{step.number}. `kernel/{step.file}`: {step.what}. *Why:* {step.why}.", "   ")
        for step in recipe.steps
    )
    return f"""# Lab {recipe.name}: {recipe.title}

This folder is a kernel of your own. It boots and runs programs, but number {recipe.number} is
nobody's: the call `{recipe.name}` does not exist. You add it.

## What the call does

{_fill(recipe.task)}

## The steps

{steps}

Do them in any order, and look after each what has changed.

## See what happens

Run these from within this folder; ringview notices whose kernel it is. From elsewhere, name the
scenario's file: `ringview run …/scenarios/{recipe.name}.yaml`.

```
ringview lab                  # which steps are done, and what happens without the others
ringview run {recipe.name:16} # watch your call on the live screen; R rebuilds after an edit
ringview run {recipe.name} --headless
                              # the story in words, and whether the call does what it should
ringview build                # only build
```

The program that makes the call is `userland/{recipe.name}.c`. If this folder is under git,
`git diff` shows your work, and `git commit` and `git format-patch -1` make the patch to hand in.
"""


def _fill(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)
