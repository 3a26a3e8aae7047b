import hashlib
import pathlib
import platform
import subprocess
import tarfile
import tempfile
import unittest

import support


class Tarball(unittest.TestCase):
    def members(self):
        folder, name, _ = support.release()
        with tarfile.open(folder / name) as tarball:
            return {member.name.partition("/")[2]: member for member in tarball.getmembers()}

    def test_same_bytes_whoever_packs_and_when(self):
        folder, name, digest = support.release()
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            tools = support.thin_tools(work / "bin")
            for tool in support.TOOLS:
                # Other times and rights than the first time's.
                subprocess.run(["touch", "-d", "2001-02-03", tools / tool], check=True)
                (tools / tool).chmod(0o700)
            again = support.pack(tools, work / "out")
            self.assertEqual(again.name, name)
            self.assertEqual(hashlib.sha256(again.read_bytes()).hexdigest(), digest)

            later = support.pack(tools, work / "later", SOURCE_DATE_EPOCH="1000000000")
            self.assertNotEqual(hashlib.sha256(later.read_bytes()).hexdigest(), digest)

    def test_holds_the_tools_and_what_goes_with_them(self):
        members = self.members()
        for tool in support.TOOLS:
            self.assertEqual(members[f"bin/{tool}"].mode & 0o777, 0o755)
            self.assertIn(f"share/bash-completion/completions/{tool}", members)
            self.assertIn(f"share/zsh/site-functions/_{tool}", members)
            self.assertIn(f"share/fish/vendor_completions.d/{tool}.fish", members)
        for page in (support.REPOSITORY / "Docs/man").glob("*.1"):
            self.assertIn(f"share/man/man1/{page.name}.gz", members)
        self.assertIn("INSTALL", members)
        self.assertIn("share/doc/gztop/LICENSE", members)

    def test_belongs_to_nobody_in_particular(self):
        for name, member in self.members().items():
            self.assertEqual((member.uid, member.gid, member.uname, member.gname), (0, 0, "", ""), name)
            self.assertFalse(name.startswith("/") or ".." in name, name)
            self.assertEqual(member.mode & 0o022, 0, name)

    def test_its_sum_is_the_one_beside_it(self):
        folder, name, _ = support.release()
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", f"{name}.sha256"], cwd=folder, check=True)

    def test_named_for_version_and_machine(self):
        _, name, _ = support.release()
        self.assertRegex(name, rf"^gztop-\d+\.\d+\.\d+\S*-linux-{platform.machine()}\.tar\.gz$")
