"""What a file of hashed requirements says, as pip reads it. Not here: how it is made (`anew`)."""

from packaging.requirements import Requirement


def lines(file):
    """Each requirement with its hashes; one may stand on several lines."""
    for line in file.read_text("utf-8").replace("\\\n", " ").splitlines():
        if line and not line.startswith("#"):
            said, *hashes = line.split(" --hash=")
            yield Requirement(said.strip()), [one.strip() for one in hashes]


def read(file):
    """The requirements of a file, without their hashes."""
    return [said for said, _ in lines(file)]
