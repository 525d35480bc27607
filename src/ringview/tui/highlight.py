"""C and ARM assembly in colour: Pygments' tokens as spans. Pygments is loaded at the first use,
after the first paint.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ringview.tui.text import Span

if TYPE_CHECKING:
    from pygments.lexer import Lexer  # type: ignore[import-untyped]

_STYLES = (
    ("Token.Comment.Preproc", "directive"),
    ("Token.Comment", "comment"),
    ("Token.Keyword.Type", "type"),
    ("Token.Keyword", "keyword"),
    ("Token.Literal.String", "string"),
    ("Token.Literal.Number", "number"),
    ("Token.Name.Function", "function"),
    ("Token.Name.Label", "function"),
)


@lru_cache(maxsize=2)
def _lexer(language: str) -> Lexer:
    if language == "asm":
        from pygments.lexers.asm import GasLexer  # type: ignore[import-untyped]

        return GasLexer(stripnl=False, ensurenl=False)
    from pygments.lexers.c_cpp import CLexer  # type: ignore[import-untyped]

    return CLexer(stripnl=False, ensurenl=False)


@lru_cache(maxsize=256)
def _style_of(token: str) -> str:
    for prefix, style in _STYLES:
        if token.startswith(prefix):
            return style
    return "text"


@lru_cache(maxsize=64)
def highlight(lines: tuple[str, ...], language: str) -> tuple[tuple[Span, ...], ...]:
    """Lines of source as spans, one tuple a line; plain if the language is none we know.

    Args:
        lines: the source, without newlines and with its tabs expanded.
        language: "c", "asm" or "".
    """
    if language not in ("c", "asm"):
        return tuple((Span(line, "text"),) if line else () for line in lines)
    result: list[list[Span]] = [[]]
    for token, text in _lexer(language).get_tokens("\n".join(lines)):
        style = _style_of(str(token))
        for index, part in enumerate(text.split("\n")):
            if index:
                result.append([])
            if part:
                result[-1].append(Span(part, style))
    del result[len(lines) :]
    result.extend([] for _ in range(len(lines) - len(result)))
    return tuple(tuple(spans) for spans in result)
