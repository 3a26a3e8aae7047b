"""No engine builds the image here: its instructions are read, and what they do to files is done in a folder."""
import pathlib
import re
import shlex
import tarfile
import tempfile
import unittest

import yaml

import support

PACKAGES = ["libcurl4", "libncursesw6", "libisal2", "zlib1g", "libstdc++6", "ca-certificates"]


def instructions():
    """(INSTRUCTION, the rest), with lines joined and comments left out."""
    text = (support.REPOSITORY / "Dockerfile").read_text()
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.M)
    joined = re.sub(r"\\\n", " ", text)
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


class Dockerfile(unittest.TestCase):
    def of(self, name):
        return [rest for instruction, rest in instructions() if instruction == name]

    def test_every_source_of_a_copy_is_in_the_tarball(self):
        _, name, _ = support.release()
        folder, _, _ = support.release()
        with tarfile.open(folder / name) as tarball:
            held = {member.name.partition("/")[2] for member in tarball.getmembers()}
        copies = self.of("COPY")
        self.assertEqual(len(copies), 3)
        for copy in copies:
            source, _ = [word for word in shlex.split(copy) if not word.startswith("--")]
            if copy.startswith("--from=unpacked"):
                self.assertIn(source.removeprefix("/opt/gztop/").rstrip("/"), held)
            else:
                self.assertEqual(
                    source.replace("${VERSION}", support.version()).replace("${ARCH}", name.split("-linux-")[1][:-7]),
                    f"dist/{name}")

    def test_the_first_stage_unpacks_what_its_sum_names_and_nothing_else(self):
        folder, name, digest = support.release()
        script = self.of("RUN")[0]
        for sum, passes in [(digest, True), ("0" * 64, False), ("", False)]:
            with tempfile.TemporaryDirectory() as work:
                work = pathlib.Path(work)
                (work / "gztop.tar.gz").write_bytes((folder / name).read_bytes())
                here = script.replace("/tmp/", f"{work}/").replace("/opt/", f"{work}/")
                done = support.shell(here, {"SHA256": sum}, work, words=("sh", "-e"))
                self.assertEqual(done.returncode == 0, passes, done.stderr)
                self.assertEqual((work / "gztop/bin/gzload").exists(), passes)

    def test_runs_a_tool_as_nobody(self):
        self.assertEqual(self.of("USER"), ["65532:65532"])
        self.assertEqual(self.of("ENTRYPOINT"), ['["gzload"]'])
        self.assertEqual(self.of("HEALTHCHECK"), ["NONE"])
        self.assertEqual(set(self.of("FROM")), {"debian:bookworm-slim AS unpacked", "debian:bookworm-slim"})

    def test_version_is_the_tools(self):
        self.assertIn(f"VERSION={support.version()}", self.of("ARG"))


class Packages(unittest.TestCase):
    """The libraries that the system must bring have one list, written down in four places."""

    def test_lists_agree(self):
        text = yaml.safe_load((support.REPOSITORY / "action.yml").read_text())["runs"]["steps"][0]["run"]
        action = re.search(r"packages=\((.*?)\)", text).group(1).split()
        gitlab = yaml.safe_load((support.REPOSITORY / "deploy/gitlab-ci.yml").read_text())["gzload"]["before_script"][1]
        install = (support.REPOSITORY / "deploy/INSTALL").read_text()
        docker = [rest for instruction, rest in instructions() if instruction == "RUN"][1]
        self.assertEqual(action, PACKAGES)
        self.assertIn(" ".join(PACKAGES), " ".join(gitlab.split()))
        self.assertIn(" ".join(PACKAGES), " ".join(install.split()))
        self.assertIn(" ".join(PACKAGES), " ".join(docker.split()))
