"""A real browser, driven; where there is none the tests fail and say what to install."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from scaffold.report import page

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

MISSING = (
    "no {} on this machine: run `make browser`, or install it (Debian: chromium chromium-driver)"
)


def tool(*names):
    """The path of the first of these programs that is installed."""
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    pytest.fail(MISSING.format(" or ".join(names)), pytrace=False)


class Reader:
    """Someone who reads pages in a browser."""

    def __init__(self, driver, folder):
        self.driver = driver
        self.folder = folder

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def js(self, expression, *arguments):
        return self.driver.execute_script(f"return {expression}", *arguments)

    def until(self, expression):
        """Wait for what the page does after a key: a link is followed when the key is done."""
        WebDriverWait(self.driver, 60).until(lambda _: self.js(expression))

    def run(self, name):
        """Run a file of JavaScript that lies beside this one."""
        return self.driver.execute_script((HERE / name).read_text(encoding="utf-8"))

    def open(self, comparison, *, width=1200, height=900, dark=False, name="page", script=True):
        path = self.folder / f"{name}.html"
        path.write_text(page.render(comparison), encoding="utf-8", newline="\n")
        self.look(width=width, height=height, dark=dark)
        self.cdp("Emulation.setScriptExecutionDisabled", value=not script)
        self.driver.get("about:blank")
        self.said()
        self.driver.get(path.as_uri())
        return self

    def look(self, *, width=1200, height=900, dark=False, media=""):
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.cdp("Emulation.setEmulatedMedia", media=media, features=[scheme, still])

    def texts(self):
        """The texts that the page holds, and those that it renders, asked without its script."""
        found = self.cdp("DOMSnapshot.captureSnapshot", computedStyles=[])
        strings, layout = found["strings"], found["documents"][0]["layout"]
        held = [text.strip() for text in strings]
        return held, " ".join(" ".join(strings[i] for i in layout["text"] if i >= 0).split())

    def said(self):
        """What stood on the console, and what the page asked the network for, since last time."""
        console = [entry["message"] for entry in self.driver.get_log("browser")]
        asked = []
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                asked.append(event["params"]["request"]["url"])
        return console, asked


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = tool("chromium", "chromium-browser", "google-chrome")
    flags = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # chromium refuses to run as root without it
    flags.append(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    for flag in flags:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(tool("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def reader(driver, tmp_path):
    reader = Reader(driver, Path(tmp_path))
    yield reader
    reader.cdp("Emulation.setScriptExecutionDisabled", value=False)
