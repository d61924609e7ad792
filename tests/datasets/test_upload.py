"""Tables of the user's own: what is found out, and what is said of faults."""

import pytest

from app.datasets.data import DataError
from app.datasets.upload import CsvOptions, Table, read_table

PLAIN = CsvOptions()
FLOWERS = "length,width,kind\n5.1,3.5,a\n4.9,3.0,a\n7.0,3.2,b\n6.4,3.1,b\n"


def read(text: str, options: CsvOptions = PLAIN) -> Table:
    return read_table(text, options, 100, 5)


def test_header_delimiter_and_label_are_found() -> None:
    table = read(FLOWERS)
    assert (table.delimiter, table.header, table.label) == (",", True, "kind")
    assert table.data.columns == ("length", "width")
    assert table.data.inputs.tolist() == [[5.1, 3.5], [4.9, 3.0], [7.0, 3.2], [6.4, 3.1]]
    assert table.data.targets.tolist() == [[0], [0], [1], [1]]
    assert table.data.classes == ("a", "b")
    assert table.preview[0] == ("5.1", "3.5", "a")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_recognized(delimiter: str) -> None:
    table = read(FLOWERS.replace(",", delimiter))
    assert table.delimiter == delimiter
    assert table.data.inputs.shape == (4, 2)


def test_decimal_commas_are_read_where_semicolons_delimit() -> None:
    table = read("x;y\n1,5;2,25\n-0,5;1e3\n")
    assert table.data.inputs.tolist() == [[1.5], [-0.5]]
    assert table.data.targets.tolist() == [[2.25], [1000.0]]


def test_without_a_header_columns_are_numbered() -> None:
    table = read("1,2,3.5\n4,5,6.5\n7,8,9.25\n")
    assert not table.header
    assert table.names == ("column1", "column2", "column3")
    assert table.label == "column3"
    assert table.data.targets.tolist() == [[3.5], [6.5], [9.25]]
    assert table.data.classes == ()


def test_quotes_byte_order_marks_and_line_ends_are_no_matter() -> None:
    table = read('\ufeff"a","b, c",class\r\n"1","2",yes\r\n\r\n3,4,"n""o"\r\n')
    assert table.data.columns == ("a", "b, c")
    assert table.data.classes == ('n"o', "yes")


def test_few_whole_numbers_are_classes_and_many_are_not() -> None:
    rows = [f"{k},{k % 3}" for k in range(12)]
    assert read("x,class\n" + "\n".join(rows)).data.classes == ("0", "1", "2")
    rows = [f"{k},{k}" for k in range(12)]
    assert read("x,y\n" + "\n".join(rows)).data.classes == ()


def test_the_label_can_be_chosen() -> None:
    table = read(FLOWERS, CsvOptions(label="length"))
    assert table.data.columns == ("width",)
    assert table.data.targets.tolist() == [[5.1], [4.9], [7.0], [6.4]]
    assert table.left_out == ("kind",)


def test_rows_with_missing_values_are_named_and_left_out() -> None:
    table = read("a,b,class\n1,2,x\n3,,y\nNaN,?,x\n5,6,y\n")
    assert table.data.inputs.tolist() == [[1, 2], [5, 6]]
    assert [(gap.row, gap.column) for gap in table.gaps] == [(3, "b"), (4, "a"), (4, "b")]
    assert table.incomplete == 2


def test_standardizing_is_offered() -> None:
    found = read(FLOWERS, CsvOptions(standardize=True)).data.inputs
    assert found.mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert found.std(axis=0) == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("a,b\n1,2\n3,4\nfive,6\n7,8\n", PLAIN, "row 4, column a: expected a number"),
        ("a,b\n1,2\n3\n", PLAIN, "row 3: expected 2 cells as in the first row, got 1"),
        ('a,b\n1,"2\n3,4\n', PLAIN, "expected cells with their quotes closed"),
        ("", PLAIN, "expected a table"),
        ("   \n\n", PLAIN, "expected a table"),
        ("a,b\n1,2\n", PLAIN, "at least two rows of data"),
        ("1\n2\n3\n", PLAIN, "at least two columns"),
        ("a,b\nx,y\nz,w\n", CsvOptions(header=True), "a column of numbers besides the label"),
        ("a,a\n1,2\n3,4\n", PLAIN, "expected every column to have its own name"),
        (FLOWERS, CsvOptions(label="color"), "expected one of: length, width, kind"),
        ("a,class\n1,x\n2,x\n", PLAIN, "expected 2 to 256 different labels, got 1"),
        ("a,b\n1,\n2,\n3,4\n", PLAIN, "two rows without a missing value"),
        ("a,b,c,d,e,f,g\n" + "1,2,3,4,5,6,7\n" * 2, PLAIN, "at most 5 columns"),
        ("a,b\n" + "1,2.5\n" * 101, PLAIN, "at most 100 rows"),
        ("a,b\n1,2\n1e999,4\n5,6\n", PLAIN, "row 3, column a: expected a number"),
    ],
)
def test_faults_are_told_by_row_and_column(text: str, options: CsvOptions, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(text, options)


def test_at_the_limits_it_is_read() -> None:
    text = "a,b,c,d,e,y\n" + "\n".join(f"1,2,3,4,{k},{k}.5" for k in range(100))
    assert read(text).data.inputs.shape == (100, 5)
