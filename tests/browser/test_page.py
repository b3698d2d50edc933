"""The page of a comparison in a real browser: by eye, by keyboard, on paper, without script."""

import base64
import io

import drawn
import pytest
from pypdf import PdfReader
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

READABLE = 4.5
"""The contrast that WCAG 2.2 asks of text (AA)."""

WIDE = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def press(reader, *keys):
    for key in keys:
        reader.driver.switch_to.active_element.send_keys(key)


def focused(reader):
    return reader.driver.switch_to.active_element


def text_of(pdf):
    pages = PdfReader(io.BytesIO(pdf)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def printed(reader):
    return base64.b64decode(reader.cdp("Page.printToPDF", printBackground=True)["data"])


def shown(reader):
    return reader.js("document.getElementById('shown').textContent")


def test_it_opens_without_a_complaint_and_asks_nothing_of_the_network(reader):
    reader.open(drawn.planted())

    console, asked = reader.said()

    assert console == []
    assert [url for url in asked if not url.startswith("data:")] == [reader.driver.current_url]
    assert reader.driver.title.startswith("diverges: ")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_text_has_contrast(reader, dark):
    reader.open(drawn.planted(), dark=dark)
    reader.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    found = reader.run("contrast.js")

    assert len(found) > 300
    assert found[0][0] >= READABLE, found[:5]


def test_the_colours_follow_the_system_until_the_button_says_otherwise(reader):
    ground = "getComputedStyle(document.body).backgroundColor"
    reader.open(drawn.planted())
    light, picture = reader.js(ground), reader.driver.get_screenshot_as_png()

    reader.look(dark=True)
    dark, other = reader.js(ground), reader.driver.get_screenshot_as_png()
    reader.driver.find_element(By.ID, "theme").click()

    assert light != dark
    assert picture != other
    assert reader.js(ground) == light
    assert reader.driver.find_element(By.ID, "theme").text == "Dark colours"


def test_a_verdict_is_told_by_a_sign_and_a_word_beside_its_colour(reader):
    reader.open(drawn.planted())

    signs = reader.js(
        "[...document.querySelectorAll('.v')].map((one) => [one.querySelector('i').textContent,"
        " getComputedStyle(one, '::before').content])"
    )

    assert {(word, sign.split('"')[1]) for word, sign in signs} == {
        ("equal", "="),
        ("rounding", "≈"),
        ("different", "≠"),
    }


def test_the_keyboard_reaches_everything_in_the_order_of_reading(reader):
    reader.open(drawn.planted())

    press(reader, Keys.TAB)
    assert focused(reader).text == "Skip to the findings"
    assert focused(reader).rect["x"] >= 0
    press(reader, Keys.ENTER)
    reader.until("location.hash === '#content'")
    stops = []
    while not stops or stops[-1] != "wanted":
        press(reader, Keys.TAB)
        stops.append(focused(reader).get_attribute("id") or focused(reader).tag_name)
        assert reader.js("getComputedStyle(document.activeElement).outlineStyle") != "none" or (
            stops[-1] == "a"  # a column of the strip frames itself
        )
    assert stops == ["a", "a", "wanted"]  # to the part, the strip as one stop, the filter
    press(reader, Keys.TAB, Keys.TAB, Keys.TAB)
    assert focused(reader).tag_name == "summary"


def test_arrows_move_through_the_strip_and_its_numbers_are_told(reader):
    reader.open(drawn.planted())
    reader.js("document.querySelector('.plot a[tabindex=\"0\"]').focus()")

    first = reader.js("document.getElementById('readout').textContent")
    press(reader, Keys.ARROW_RIGHT)
    second = reader.js("document.getElementById('readout').textContent")
    press(reader, Keys.END, Keys.ENTER)

    assert first.startswith("encoder.blocks.0.attention_norm (LayerNorm): interface equal, local ")
    assert second.startswith("encoder.blocks.0.attention ")
    reader.until("document.activeElement.tagName === 'SUMMARY'")
    assert reader.js("document.activeElement.closest('li').id") == "part-0"


def test_the_tree_opens_and_closes_by_key_and_shows_the_first_divergence_at_once(reader):
    reader.open(drawn.planted())
    here = reader.driver.find_element(By.CSS_SELECTOR, ".here > details > summary")

    assert here.is_displayed()
    reader.js("arguments[0].focus()", here)
    press(reader, Keys.ARROW_LEFT)
    assert not reader.js("arguments[0].parentElement.open", here)
    press(reader, Keys.ENTER)
    assert reader.js("arguments[0].parentElement.open", here)
    press(reader, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert focused(reader).text.split()[0] == "layers.0"
    press(reader, Keys.ARROW_UP)
    assert focused(reader).text == "About this part"


def test_the_filter_keeps_what_lies_around_and_escape_brings_all_back(reader):
    reader.open(drawn.planted())
    wanted = reader.driver.find_element(By.ID, "wanted")

    wanted.send_keys("NORM2")
    assert shown(reader) == "2 of 18 parts"
    names = [one.text for one in reader.driver.find_elements(By.CSS_SELECTOR, "#tree .n")]
    assert [name for name in names if name] == [
        "the model", "encoder", "layers.0", "norm2", "layers.1", "norm2",
    ]  # fmt: skip
    press(reader, Keys.ESCAPE)
    assert shown(reader) == "18 of 18 parts"

    reader.driver.find_element(By.CSS_SELECTOR, "#which option[value=missing]").click()
    assert shown(reader) == "0 of 18 parts"
    assert reader.driver.find_element(By.ID, "none").is_displayed()


def test_our_names_are_found_as_well(reader):
    reader.open(drawn.planted())

    reader.driver.find_element(By.ID, "wanted").send_keys("attention_norm")

    assert shown(reader) == "2 of 18 parts"


@pytest.mark.parametrize("name", ["planted", "hostile"])
def test_nothing_is_wider_than_a_narrow_screen(reader, name):
    reader.open(getattr(drawn, name)(), width=360, height=740)
    reader.js("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    wide, screen = reader.js(WIDE)

    assert wide <= screen == 360


def test_paper_shows_everything_and_cuts_nothing(reader):
    comparison = drawn.planted()
    reader.open(comparison)

    pages = text_of(printed(reader))
    reader.look(width=688, media="print")  # A4 without its margins
    cut = reader.run("cut.js")

    whole = "".join(pages).replace(" ", "")
    for row in comparison.parts:
        assert row.ours in whole
        assert row.kind in whole
    for row in comparison.rungs:
        assert row.item.replace(" ", "") in whole
    assert "Openall" not in whole
    assert cut == []
    assert reader.js("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_without_script_everything_is_there_but_the_controls(reader):
    comparison = drawn.planted()
    reader.open(comparison, script=False)

    held, rendered = reader.texts()

    for row in comparison.parts:
        assert row.ours in held
    assert comparison.first.remedy in rendered
    assert comparison.provenance[0][1] in rendered
    for control in ("Open all", "Dark colours", "18 of 18 parts"):
        assert control not in rendered


def test_hostile_names_are_only_names(reader):
    reader.open(drawn.hostile())
    reader.driver.find_element(By.ID, "unfold").click()

    console, asked = reader.said()

    assert console == []
    assert len([url for url in asked if not url.startswith("data:")]) == 1
    assert reader.js("window.hacked") is None
    assert reader.js("document.querySelectorAll('img, #hacked').length") == 0
    names = reader.js("[...document.querySelectorAll('#tree .n')].map((one) => one.textContent)")
    assert drawn.HOSTILE[0] in names
    assert drawn.HOSTILE[4] in names
    assert reader.js("document.querySelectorAll('script').length") == 1


def test_two_thousand_parts_are_filtered_at_once(reader):
    reader.open(drawn.great(2000))

    nodes = reader.js("document.querySelectorAll('*').length")
    reader.js(
        "(() => { const box = document.getElementById('wanted'); box.value = 'block.151.layer7';"
        " box.dispatchEvent(new Event('input')); })()"
    )

    assert shown(reader) == "1 of 2000 parts"
    visible = reader.js(
        "[...document.querySelectorAll('#tree li[id]')].filter((one) => !one.hidden).length"
    )
    assert visible == 3  # the model, the block, the layer
    assert nodes < 100 * 2000
    assert len(reader.driver.find_elements(By.CSS_SELECTOR, ".plot a")) <= 160


def test_a_screen_reader_finds_landmarks_headings_and_names(reader):
    reader.open(drawn.planted())

    nodes = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in reader.cdp("Accessibility.getFullAXTree")["nodes"]
        if not node["ignored"]
    ]

    roles = {role for role, _ in nodes}
    assert {"banner", "navigation", "main", "search", "region", "heading"} <= roles
    controls = {"button", "link", "searchbox", "combobox", "DisclosureTriangle", "image", "region"}
    assert [role for role, name in nodes if role in controls and not name] == []
    assert (
        "image",
        "Heat map of the difference, 16 by 16 cells; the worst is in row 16, column 10",
    ) in nodes
    assert any(
        role == "DisclosureTriangle" and "norm1 LayerNorm local different" in " ".join(name.split())
        for role, name in nodes
    )
