"""A lecture in real browsers: one lecturer, two who follow, all on one engine."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from tests.web.serving import Serving, eventually, processes, serving

from ringview.tui.layout import LEAST

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
BUFFER = """
const terminal = document.getElementById("terminal").terminal;
const buffer = terminal.buffer.active;
const rows = [];
for (let y = 0; y < terminal.rows; y++)
    rows.push(buffer.getLine(buffer.viewportY + y).translateToString(true, 0, terminal.cols));
return rows.join("\\n");
"""

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or chromedriver is missing"),
]


class Browser:
    """A page in a Chromium of its own."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver = driver
        self.address = address
        driver.get(address)
        eventually(lambda: "icount" in self.text, f"a screen at {address}")

    @property
    def text(self) -> str:
        """What stands in the terminal."""
        loaded = "return !!document.getElementById('terminal')?.terminal"
        if not self.driver.execute_script(loaded):
            return ""
        return str(self.driver.execute_script(BUFFER))

    @property
    def icount(self) -> int:
        """What the header says; waits while the screen is drawn anew."""
        self.sees(" / ")
        found = re.search(r"icount ([\d,]+)", self.text)
        return int(found[1].replace(",", "")) if found is not None else -1

    def sees(self, words: str) -> None:
        try:
            eventually(lambda: words in self.text, words, 30)
        except AssertionError:
            raise AssertionError(f"{words!r} never stood in\n{self.text}") from None

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    @property
    def ending(self) -> str:
        return self.driver.find_element(By.ID, "why").text

    @property
    def font(self) -> int:
        script = "return document.getElementById('terminal').terminal.options.fontSize"
        return int(self.driver.execute_script(script))

    @property
    def cells(self) -> tuple[int, int]:
        script = "const t = document.getElementById('terminal').terminal; return [t.cols, t.rows]"
        columns, rows = self.driver.execute_script(script)
        return int(columns), int(rows)

    def asked_nobody_else(self) -> None:
        """All that the page loaded came from its own server, and nothing of it failed."""
        own = self.address.split("/lecturer")[0].rstrip("/") + "/"
        script = "return performance.getEntriesByType('resource').map((entry) => entry.name)"
        loaded: list[str] = self.driver.execute_script(script)
        assert any(name.endswith(".ttf") for name in loaded)
        assert all(name.startswith(own) for name in loaded), loaded
        log: list[dict[str, Any]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        assert [entry for entry in log if entry["level"] == "SEVERE"] == []


@contextmanager
def chromium(folder: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    assert CHROMIUM is not None
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new",
        # Continuous integration runs as root, where Chromium's own sandbox does not.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--enable-unsafe-swiftshader",
        "--window-size=1200,800",
        f"--user-data-dir={folder}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def settled(*browsers: Browser, at: int) -> None:
    for browser in browsers:
        eventually(lambda: browser.icount == at, f"icount {at} in {browser.address}", 30)  # noqa: B023


def test_two_browsers_follow_one_lecturer(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(serving(tmp_path, "hello2"))
        audience, private = server.address("audience"), server.address("lecturer")
        drivers = [stack.enter_context(chromium(tmp_path / f"browser{n}")) for n in range(3)]
        lecturer = Browser(drivers[0], private)
        followers = [Browser(driver, audience) for driver in drivers[1:]]
        begin_at_the_same_place(lecturer, followers)
        audience_keys_move_nothing(lecturer, followers)
        a_question_is_answered_privately(lecturer, followers)
        large_text_travels(lecturer, followers)
        for browser in (lecturer, *followers):
            browser.asked_nobody_else()
        only_one_lecturer(private, followers[1], audience)
        the_engine_dies(server, lecturer, followers)
        lecturer.press("q")
        for browser in (lecturer, *followers):
            eventually(lambda: browser.ending == "The lecture has ended.", "the end is said", 30)  # noqa: B023
        assert server.process.wait(30) == 0
        assert server.said.endswith("ringview: the lecture has ended\n")
        server.nothing_is_left()
        assert list((tmp_path / "ringview").iterdir()) == []


def begin_at_the_same_place(lecturer: Browser, followers: list[Browser]) -> None:
    start = lecturer.icount
    settled(*followers, at=start)
    for follower in followers:
        follower.sees("◉ following")
    # Two steps: each is seen by all.
    for step in (1, 2):
        before = lecturer.icount
        lecturer.press(Keys.ARROW_RIGHT)
        eventually(lambda: lecturer.icount > before, f"step {step}")  # noqa: B023
        settled(*followers, at=lecturer.icount)
    # Who cannot see the canvas reads the same.
    shown = followers[0].driver.find_element(By.CSS_SELECTOR, ".xterm-accessibility-tree")
    now = f"{lecturer.icount:,}"
    eventually(lambda: now in str(shown.get_property("textContent")), "accessible text")


def audience_keys_move_nothing(lecturer: Browser, followers: list[Browser]) -> None:
    here = lecturer.icount
    first, second = followers
    first.press(Keys.ARROW_RIGHT, " ", "]", ".", "c", "b", "i", "R", Keys.END)
    first.sees("only the lecturer moves the machine")
    first.press("2", "z")
    first.sees("◌ looking around")
    second.press("T")
    lecturer.press(Keys.ARROW_LEFT)
    eventually(lambda: lecturer.icount < here, "a step back")
    assert here - lecturer.icount == 1
    settled(first, second, at=lecturer.icount)
    first.press("f")
    first.sees("◉ following")
    lecturer.press("3", "z")
    for follower in followers:
        follower.sees("3 stacks")
        eventually(lambda: "1 registers" not in follower.text, f"zoom in {follower.text}")  # noqa: B023
    lecturer.press(Keys.ESCAPE)
    for browser in (lecturer, *followers):
        browser.sees("tab next")


def a_question_is_answered_privately(lecturer: Browser, followers: list[Browser]) -> None:
    while "beat 3 of" not in lecturer.text:
        before = lecturer.icount
        lecturer.press(".")
        eventually(lambda: lecturer.icount > before, "a beat")  # noqa: B023
    first, second = followers
    for follower in followers:
        follower.sees("? In which mode")
    first.press("2")
    first.sees("you chose 2 SVC")
    for browser in (lecturer, first, second):
        assert "right:" not in browser.text
        assert "wrong:" not in browser.text
    assert "you chose" not in second.text + lecturer.text
    lecturer.press("a")
    first.sees("✓ right: SVC")
    for browser in (lecturer, second):
        browser.sees("! SVC")


def large_text_travels(lecturer: Browser, followers: list[Browser]) -> None:
    browsers = (lecturer, *followers)
    before = [browser.font for browser in browsers]
    lecturer.press("e")
    for browser, font in zip(browsers, before, strict=True):
        eventually(lambda: browser.font > font, "larger text")  # noqa: B023
        browser.sees("beat 3 of")
        eventually(lambda: "timeline" not in browser.text, "only the topic")  # noqa: B023
    small_windows_show_all_of_it(followers[0])
    lecturer.press("e")
    for browser, font in zip(browsers, before, strict=True):
        eventually(lambda: browser.font == font, "ordinary text")  # noqa: B023
        browser.sees("you are here")


def small_windows_show_all_of_it(browser: Browser) -> None:
    """The text is never so large that there is no room for a screen."""
    window = browser.driver.get_window_size()
    for width, height in ((800, 600), (520, 900), (640, 400)):
        browser.driver.set_window_size(width, height)
        browser.sees("beat 3 of")
        eventually(
            lambda: browser.cells[0] >= LEAST[0] and browser.cells[1] >= LEAST[1],
            f"a screen in {width} by {height}",
        )
    browser.driver.set_window_size(window["width"], window["height"])


def only_one_lecturer(private: str, visitor: Browser, audience: str) -> None:
    visitor.driver.get(private)
    eventually(lambda: "open elsewhere" in visitor.ending, "a second lecturer is refused")
    visitor.driver.get(f"{audience}lecturer/guessed")
    eventually(lambda: "no such page" in visitor.ending, "a guess is refused")
    visitor.driver.get(audience)
    visitor.sees("◉ following")


def the_engine_dies(server: Serving, lecturer: Browser, followers: list[Browser]) -> None:
    here = lecturer.icount
    engine = json.loads((server.directory / "address").read_text())["pid"]
    os.kill(engine, 9)
    for browser in (lecturer, *followers):
        browser.sees("another engine took over")
    settled(lecturer, *followers, at=here)
    assert engine not in processes(str(server.directory))
    before = lecturer.icount
    lecturer.press(Keys.ARROW_RIGHT)
    eventually(lambda: lecturer.icount == before + 1, "a step on the successor")
    settled(*followers, at=before + 1)
