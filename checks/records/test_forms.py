"""What form the run's messages have.

Source: docs/v5/guide.mdx, docs/v5/enum.mdx, and the page of each endpoint and topic
"""

from checks import MAJOR, check
from fixtures.desk import Agreement


@check("LAW-22", severity=MAJOR, max_fills=0, min_messages=0, last=True)
def test_fields_have_their_documented_form(agreement: Agreement) -> None:
    """Every row has every documented field, in its documented form; a plain spot order has plain values.

    A figure may have any number of decimals, and "nothing" may be an empty text, 0 or a word for it.

    Sequence: every row of every view of the run.
    Passes: no field is missing or of another type, and what belongs to derivatives, triggers or RPI is empty in
        an order that asked for none of it.
    Source: docs/v5/guide.mdx; docs/v5/enum.mdx; the response parameters of each endpoint and topic
    """
    agreement.require("LAW-22")
