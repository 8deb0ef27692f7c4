import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from planner.cli.output import Column, decimals, markdown_table, print_table, written

COLUMNS = [
    Column("name", "name"),
    Column("price", "USD/h", number=True, write=decimals(2), best="least"),
    Column("note", "note", spare=True),
]
ROWS = [
    {"name": "small", "price": Decimal("1.5"), "note": "first of all"},
    {"name": "a|b", "price": Decimal("1.25"), "note": None},
]


def printed(width: int, terminal: bool, **console: object) -> str:
    file = io.StringIO()
    print_table(ROWS, COLUMNS, Console(file=file, width=width, force_terminal=terminal, **console))  # type: ignore[arg-type]
    return file.getvalue()


def test_a_narrow_terminal_loses_spare_columns_but_no_cell_is_cut() -> None:
    wide, narrow = printed(80, True), printed(16, True)
    assert "first of all" in wide
    assert "note" not in narrow
    assert "1.25" in narrow
    assert "…" not in printed(5, True)


def test_a_pipe_keeps_everything() -> None:
    assert "first of all" in printed(10, False)


def test_the_best_is_highlighted_unless_colour_is_off() -> None:
    assert "\x1b[1;32m" in printed(80, True)
    assert "32m" not in printed(80, True, no_color=True)


def test_markdown() -> None:
    assert markdown_table(ROWS, COLUMNS).splitlines() == [
        "| name | USD/h | note |",
        "| --- | ---: | --- |",
        "| small | 1.50 | first of all |",
        "| a\\|b | **1.25** | – |",
    ]


@given(st.integers(0, 60), st.integers(100, 2000))
def test_markdown_stays_below_its_limit(rows: int, limit: int) -> None:
    text = markdown_table([{"name": "ü" * 20, "price": None, "note": n} for n in range(rows)], COLUMNS, limit)
    assert len(text.encode()) <= limit + 120
    shown = text.count("ü" * 20)
    assert shown == rows or f"{rows - shown:,} more rows" in text


def test_values_as_cells() -> None:
    assert [written(value) for value in (None, "", True, 12345, 0.5, "x")] == ["–", "–", "yes", "12,345", "0.5", "x"]
