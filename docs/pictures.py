# ruff: noqa: INP001 - a script, not a package
"""Take the pictures of the page of a comparison, in light and in dark.

    python docs/pictures.py

The comparison is the one that the browser's tests open. Needs what `make browser` installs.
"""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from scaffold.report import jsonform, page

ROOT = Path(__file__).resolve().parents[1]
PLANTED = ROOT / "tests" / "browser" / "planted.json"
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1040, 1120


def browser() -> webdriver.Chrome:
    """Start the browser that is installed."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def main() -> None:
    """Write both pictures."""
    comparison = jsonform.loads(PLANTED.read_text(encoding="utf-8"))
    with TemporaryDirectory() as folder, browser() as driver:
        path = Path(folder) / "page.html"
        path.write_text(page.render(comparison), encoding="utf-8")
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        for scheme in ("light", "dark"):
            wish = {"name": "prefers-color-scheme", "value": scheme}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [wish]})
            driver.get(path.as_uri())
            taken = driver.execute_cdp_cmd(
                "Page.captureScreenshot", {"format": "webp", "quality": 50}
            )
            (IMAGES / f"page-{scheme}.webp").write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    main()
