"""An edge a -> b lets b hear a; a list of who trusts whom says it the other way round."""

CASE = "18-who-trusts-whom"


def test_a_list_of_who_trusts_whom_is_turned_round(opinions) -> None:
    assert opinions(CASE, {}, ("relations.trust.topology.lines=reversed",)) == [1, 1, 1, 1]


def test_a_list_of_who_is_heard_by_whom_is_taken_as_it_is(opinions) -> None:
    assert opinions(CASE) == [0, 0, 0, 0]
