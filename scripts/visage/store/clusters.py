"""The table of the faces that are nobody's, and the clusters they are in."""

import pyarrow as pa

from visage.store.arrow import schema

CLUSTERS = schema(
    [
        ("image", pa.string()),  # of the query
        ("group", pa.string()),
        ("face", pa.int16()),  # of the query image, 0 = most prominent
        ("cluster", pa.string()),  # its name; null where too few faces are this person's
        ("place", pa.int32()),  # in the cluster: 0 = the most typical face; null without one
    ]
)
