"""What is committed has a weight, and what weighs most has a name."""

from __future__ import annotations

import numpy as np

from scaffold.golden import Bundle, Writer
from scaffold.golden.budget import committed


def test_an_exceeded_budget_names_the_largest_pieces(tmp_path):
    writer = Writer()
    writer.add(np.zeros(5000, dtype=np.float32), role="output", part="head")
    writer.add(np.zeros(5000, dtype=np.float32), role="input", part="tail")
    writer.add(np.zeros(50, dtype=np.float64), role="output", part="tail")
    bundle = Bundle.read(writer.write(tmp_path / "twin"))

    weighed = committed([bundle])

    assert weighed.size == sum(path.stat().st_size for path in bundle.folder.iterdir())
    assert weighed.over(weighed.size) == ""
    text = weighed.over(10_000)
    assert text.startswith(
        f"the goldens to commit have {weighed.size:,} bytes, and the budget is 10,000; largest: "
        "twin/"
    )
    assert text.count("20 kB") == 1
    assert weighed.largest[0][1] == 20_000
