"""What `crqlab audit` prints: every measure's range to its own places, what is given away first."""

import pandas as pd
import pytest

from crqlab.cli.audit import said


@pytest.mark.parametrize(
    ("measure", "told"),
    [("crq", "4.26 to 5.50"), ("trust", "4.26 to 5.50"), ("mean_ltr", "4.26 to 5.50"),
     ("nps", "4 to 6")],
)  # fmt: skip
def test_a_range_is_written_to_the_places_of_its_measure(measure, told):
    row = {"measure": measure, "kind": "account", "wave": "2025", "key": "A1", "n": 2,
           "low": 4.261, "high": 5.5, "protected": False, "given_by": "60_segments"}  # fmt: skip
    (line,) = said(pd.DataFrame([row])).to_dict("records")
    assert (line["range"], line["verdict"]) == (told, "can be worked out")
