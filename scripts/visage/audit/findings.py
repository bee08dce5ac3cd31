"""What the audit of a gallery tells of: the columns of its table, and its kinds in words."""

# In the order of the table: a heading, and what to do about it.
KINDS = {
    "contradiction": "Two people for one face, or a label against the folder: what is right?",
    "label": "Labels that say nothing: lines, regions and boxes that cannot be used.",
    "another_person": "Nearer to another person than to their own: is it in the right folder?",
    "same_photograph": "One photograph under two people: one of them is wrong, or both are one.",
    "perhaps_one": "Two ids that look like one person: if they are, say so in people.tsv.",
    "namesakes": "Several people of one name: if they are one, put them into one folder.",
    "alike_ids": "Ids that differ only in letter case or blanks: one person under two ids?",
    "no_usable_face": "People without any usable face: they cannot be found.",
    "untrusted": "Faces too small or too blurred to trust.",
    "several_faces": "Photographs with several faces: is the right one taken?",
    "one_photograph": "People with one photograph only: a second one makes them easier to find.",
    "near_duplicate": "The same photograph twice: it adds nothing.",
}
COLUMNS = ["kind", "person", "image", "face", "other_person", "other_image", "distance", "detail"]
