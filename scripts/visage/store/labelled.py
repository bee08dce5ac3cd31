"""The table of labelled faces: what people said, brought together with the faces there are."""

import pyarrow as pa

from visage.store.faces import FACES

# One row for each thing that counts about a face; a face that several things are said of has
# several. All that `FACES` holds of the face stands there too, for a row that says `is`.
LABELLED = pa.schema(
    [
        ("set", pa.string()),  # gallery or queries
        ("say", pa.string()),  # one of visage.people.labels.Say
        ("source", pa.string()),  # who said so
        ("added", pa.bool_()),  # the detector had not found it: it stands in no faces table
        *FACES,  # `person` is the one that is said, whatever the folder is called
    ]
)
