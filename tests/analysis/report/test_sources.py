"""Sources of the parts of a scenario, as their docstrings name them."""

import sys

from netware.analysis.report.sources import links, section, source_of, sources


SCENARIO = {
    "populations": {"a": {"agents": 2, "model": {"type": "multilayer"}}},
    "relations": {"r": {"type": "association", "topology": {"type": "ring"}}},
    "rules": {"agree": {"type": "average_consensus"}, "mine": {"type": "my_lab.herding"}},
    "events": [{"at": 3, "rule": "average_consensus"}],
    "probes": {"d": {"type": "disagreement"}},
}


def test_each_part_of_netwares_own_has_its_source_once() -> None:
    found = dict(sources(SCENARIO))
    assert list(found) == ["multilayer", "association", "ring", "average_consensus", "disagreement"]
    assert "doi:10.1109/JPROC.2006.887293" in found["average_consensus"]


def test_code_of_others_is_never_opened() -> None:
    assert source_of("my_lab.herding.Herding") == "" and source_of("") == ""
    assert "my_lab" not in sys.modules


def test_a_section_ends_where_the_next_begins() -> None:
    text = "Does.\n\nSource: Smith (2001),\n    Nature 1, 2.\nDeparts from it: nothing."
    assert section(text, "Source") == "Smith (2001), Nature 1, 2."
    assert section("Does.", "Source") == ""


def test_dois_and_arxiv_numbers_become_addresses_and_no_text_is_lost() -> None:
    text = "A (1995), doi:10.1103/PhysRevLett.75.1226; B (2023), arXiv:2305.07037."
    parts = list(links(text))
    assert "".join(part for part, _ in parts) == text
    assert [address for _, address in parts if address] == [
        "https://doi.org/10.1103/PhysRevLett.75.1226",
        "https://arxiv.org/abs/2305.07037",
    ]
