import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from cfnlint.decode import cfn_yaml

import support

FOLDER = support.REPOSITORY / "deploy/sam"
TEMPLATES = sorted(FOLDER.glob("*.yaml"))
# One of the first and a later region: what Lambda offers differs.
REGIONS = ["us-east-1", "eu-central-1"]


def lint(path):
    return subprocess.run(
        [pathlib.Path(sys.executable).parent / "cfn-lint", "--regions", *REGIONS, "--", path], capture_output=True, text=True,
        timeout=support.LIMIT, stdin=subprocess.DEVNULL, cwd=FOLDER, env={"PATH": "/usr/bin:/bin", "HOME": tempfile.gettempdir()})


def template(name):
    return cfn_yaml.load(str(FOLDER / name))


def functions(document):
    """Each function's properties, with those all of a template's share."""
    shared = document.get("Globals", {}).get("Function", {})
    return {name: {**shared, **resource["Properties"]} for name, resource in document["Resources"].items()
            if resource["Type"] == "AWS::Serverless::Function"}


def sub(value):
    return value["Fn::Sub"][0] if isinstance(value["Fn::Sub"], list) else value["Fn::Sub"]


class Templates(unittest.TestCase):
    def test_pass_the_linter(self):
        self.assertEqual([path.name for path in TEMPLATES], ["managed-instances.yaml", "native.yaml", "web-adapter.yaml"])
        for path in TEMPLATES:
            with self.subTest(template=path.name):
                ended = lint(path)
                self.assertEqual((ended.returncode, ended.stdout), (0, ""), ended.stdout + ended.stderr)

    def test_the_linter_sees_mistakes(self):
        for name, right, wrong in [
            ("native.yaml", "FunctionUrlConfig:", "FunctionUrl:"),
            ("managed-instances.yaml", "PerExecutionEnvironmentMaxConcurrency", "MaxConcurrency"),
            ("web-adapter.yaml", "!Ref SubnetIds", "!Ref Subnets"),
        ]:
            with self.subTest(template=name), tempfile.TemporaryDirectory() as folder:
                broken = pathlib.Path(folder) / name
                text = (FOLDER / name).read_text()
                self.assertIn(right, text)
                broken.write_text(text.replace(right, wrong))
                self.assertNotEqual(lint(broken).returncode, 0)

    def test_stream_and_are_closed_until_told_otherwise(self):
        for path in TEMPLATES:
            document = template(path.name)
            auth = document["Parameters"]["UrlAuthType"]
            self.assertEqual((auth["Default"], auth["AllowedValues"]), ("AWS_IAM", ["AWS_IAM", "NONE"]))
            self.assertEqual(document["Parameters"]["Architecture"]["AllowedValues"], ["arm64", "x86_64"])
            self.assertTrue(functions(document))
            for name, function in functions(document).items():
                with self.subTest(template=path.name, function=name):
                    self.assertEqual(function["FunctionUrlConfig"],
                                     {"AuthType": {"Ref": "UrlAuthType"}, "InvokeMode": "RESPONSE_STREAM"})
                    self.assertEqual(function["Runtime"], "provided.al2023")
                    self.assertEqual(function["Architectures"], [{"Ref": "Architecture"}])
                    self.assertEqual(function["Environment"]["Variables"]["GZPROXY_UPSTREAM"], {"Ref": "Upstream"})

    def test_everybody_is_let_in_by_two_permissions_and_only_when_asked_for(self):
        for path in TEMPLATES:
            document = template(path.name)
            self.assertEqual(document["Conditions"]["Public"], {"Fn::Equals": [{"Ref": "UrlAuthType"}, "NONE"]})
            open_to_all = [resource for resource in document["Resources"].values()
                           if resource["Type"] == "AWS::Lambda::Permission"]
            for name, function in functions(document).items():
                target = {"Ref": f"{name}.Alias" if "AutoPublishAlias" in function else name}
                with self.subTest(template=path.name, function=name):
                    mine = [one for one in open_to_all if one["Properties"]["FunctionName"] == target]
                    self.assertEqual({one["Properties"]["Action"] for one in mine},
                                     {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"})
                    for one in mine:
                        self.assertTrue(one["Condition"].startswith("Public"))
                        if one["Properties"]["Action"] == "lambda:InvokeFunction":
                            self.assertIs(one["Properties"]["InvokedViaFunctionUrl"], True)
                        else:
                            self.assertEqual(one["Properties"]["FunctionUrlAuthType"], "NONE")
            self.assertEqual(len(open_to_all), 2 * len(functions(document)))

    def test_managed_instances_take_64_in_a_published_version(self):
        parameter = template("managed-instances.yaml")["Parameters"]["Concurrency"]
        self.assertEqual((parameter["Default"], parameter["MaxValue"]), (64, 64))
        for name, function, wanted in [
            ("managed-instances.yaml", "Proxy", {"Ref": "Concurrency"}), ("web-adapter.yaml", "ManagedProxy", 64),
        ]:
            with self.subTest(template=name):
                found = functions(template(name))[function]
                provider = found["CapacityProviderConfig"]
                self.assertEqual(provider["PerExecutionEnvironmentMaxConcurrency"], wanted)
                self.assertEqual((found["MemorySize"], provider["ExecutionEnvironmentMemoryGiBPerVCpu"]), (2048, 2))
                self.assertEqual(found["AutoPublishAlias"], "live")
                self.assertRegex(sub(provider["Arn"]), r":capacity-provider:\$\{\w+\}$")

    def test_the_adapter_streams_and_asks_gzproxy_itself_whether_it_is_ready(self):
        for name, function in functions(template("web-adapter.yaml")).items():
            with self.subTest(function=name):
                variables = function["Environment"]["Variables"]
                self.assertEqual(variables["AWS_LWA_INVOKE_MODE"], "response_stream")
                self.assertEqual(variables["AWS_LWA_READINESS_CHECK_PATH"], "/.gzproxy/readyz")
                self.assertEqual(variables["AWS_LWA_PORT"], "8080")
                self.assertIn(":753240598075:layer:", sub(function["Layers"][0]))

    def test_the_adapters_bootstrap_serves_though_the_runtime_api_is_there(self):
        with tempfile.TemporaryDirectory() as task, socket.socket() as taken:
            shutil.copy(support.BIN / "gzproxy", task)
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            taken.close()
            process = subprocess.Popen(
                [FOLDER / "web-adapter-bootstrap"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                stdin=subprocess.DEVNULL, env={
                    "PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": task, "AWS_LWA_PORT": str(port),
                    # Nobody listens there: what speaks to it ends.
                    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9", "GZPROXY_UPSTREAM": "http://127.0.0.1:9"})
            try:
                self.assertEqual(process.stdout.readline().strip(), f"listening on http://127.0.0.1:{port}")
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/.gzproxy/readyz", timeout=support.LIMIT) as response:
                    self.assertEqual(response.status, 200)
            finally:
                process.terminate()
                process.communicate(timeout=support.LIMIT)
        self.assertEqual(process.returncode, 0)

    def test_gzproxy_has_every_option_that_is_named(self):
        known = "".join(subprocess.run([support.BIN / "gzproxy", subcommand, "--help"], check=True, capture_output=True, text=True,
                                       timeout=support.LIMIT).stdout for subcommand in ("lambda", "serve"))
        named = {name for path in [*TEMPLATES, FOLDER.parent / "README.md"] for name in re.findall(r"GZPROXY_[A-Z_]*[A-Z]", path.read_text())}
        self.assertGreater(len(named), 4)
        for name in sorted(named):
            option = "--" + name.removeprefix("GZPROXY_").lower().replace("_", "-")
            with self.subTest(variable=name):
                self.assertRegex(known, rf"(?m)^  {option}[ \n]")

    def test_the_zips_are_those_the_script_makes(self):
        made = {"native.zip", "web-adapter.zip"}
        script = (support.REPOSITORY / "Scripts/pack-lambda.sh").read_text()
        named = {pathlib.Path(function["CodeUri"]).name for path in TEMPLATES
                 for function in functions(template(path.name)).values()}
        self.assertEqual(named, made)
        for name in made:
            self.assertIn(name.removesuffix(".zip"), script)
