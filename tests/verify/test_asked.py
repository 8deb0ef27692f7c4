"""A function is asked once for each key."""

from planner.verify.asked import Asked


def test_every_key_is_asked_once():
    calls: list[int] = []

    def half(number: int) -> int | None:
        calls.append(number)
        return number // 2 or None

    answers = Asked(half)
    assert [answers[4], answers[1], answers[4], answers[1]] == [2, None, 2, None]
    assert calls == [4, 1]
