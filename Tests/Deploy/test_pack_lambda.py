import pathlib
import platform
import shutil
import subprocess
import tempfile
import unittest
import zipfile

import support

CLANG = pathlib.Path(shutil.which("swift")).resolve().parent / "clang"


@unittest.skipUnless(platform.system() == "Linux", "Lambda's functions are packed on Linux")
class Zips(unittest.TestCase):
    """What is packed for Lambda, and what is refused. gzproxy itself is compiled and packed by `make test-lambda`."""

    def setUp(self):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.work = pathlib.Path(work.name)
        self.out = self.work / "out"

    def compiled(self, source, *flags, program=None):
        program = program or self.work / "program"
        subprocess.run([CLANG, "-O1", "-x", "c", "-", "-o", program, *flags], input=source.encode(), check=True,
                       timeout=support.LIMIT)
        return program

    def pack(self, program):
        return subprocess.run([support.REPOSITORY / "Scripts/pack-lambda.sh", program, self.out], capture_output=True, text=True,
                              timeout=support.LIMIT)

    def refused(self, program):
        said = self.pack(program)
        self.assertEqual(said.returncode, 1, said.stdout + said.stderr)
        self.assertEqual(list(self.out.iterdir()), [])
        return said.stderr

    def test_both_zips_start_and_are_the_same_whenever_they_are_made(self):
        program = self.compiled('int puts(const char *); int main(void) { puts("here"); return 0; }')
        made = []
        for _ in range(2):
            said = self.pack(program)
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertIn("native.zip", said.stdout)
            made.append({path.name: path.read_bytes() for path in self.out.iterdir()})
            program.touch()
        self.assertEqual(made[0], made[1])
        self.assertEqual(set(made[0]), {"native.zip", "web-adapter.zip"})
        for name, members in [("native.zip", ["bootstrap"]), ("web-adapter.zip", ["bootstrap", "gzproxy"])]:
            with zipfile.ZipFile(self.out / name) as archive:
                self.assertEqual([entry.filename for entry in archive.infolist()], members)
                for entry in archive.infolist():
                    self.assertEqual(entry.external_attr >> 16, 0o100755, entry.filename)
                binary = self.work / "bootstrap"
                binary.write_bytes(archive.read(members[-1]))
            binary.chmod(0o755)
            self.assertEqual(subprocess.check_output([binary], timeout=support.LIMIT), b"here\n")

    def test_a_swift_runtime_outside_is_refused(self):
        """The tools of `swift build` as they are: Lambda has no libswiftCore."""
        self.assertIn("libswiftCore.so", self.refused(support.BIN / "gzproxy"))

    def test_a_newer_libc_is_refused_by_the_symbols_name(self):
        # A libm of our own, from the future; the program is never started.
        versions, library = self.work / "versions", self.work / "libm.so.6"
        versions.write_text("GLIBC_2.99 { global: newer; };")
        self.compiled("void newer(void) {}", "-shared", "-nostdlib", f"-Wl,--version-script={versions},-soname=libm.so.6",
                      program=library)
        said = self.refused(self.compiled("void newer(void); int main(void) { newer(); }", "-x", "none", library))
        self.assertIn("GLIBC_2.99 newer", said)
        self.assertIn("--container", said)

    def test_what_does_not_start_is_refused(self):
        self.assertIn("does not start", self.refused(self.compiled("int main(void) { return 3; }")))
        self.assertIn("no such file", self.pack(self.work / "nothing").stderr)


if __name__ == "__main__":
    unittest.main()
