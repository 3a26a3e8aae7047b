"""What deploy/sam becomes: SAM's own translator makes CloudFormation of each template, which is then held against AWS's schemas.

Run by the Python that has aws-sam-cli. `sam validate --lint` looks at the templates as they are written, where a Function
URL's InvokeMode is any word.
"""
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy/sam"
REGION = "eu-central-1"
POLICIES = {"AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}


def translated(text):
    """CloudFormation, with code that is in S3 already, as `sam deploy` leaves it."""
    template = yaml_parse(text)
    for properties in [template.get("Globals", {}).get("Function", {}),
                       *(resource.get("Properties", {}) for resource in template["Resources"].values())]:
        if "CodeUri" in properties:
            properties["CodeUri"] = "s3://bucket/key"
    values = {name: parameter.get("Default", "value") for name, parameter in template["Parameters"].items()}
    with contextlib.redirect_stderr(io.StringIO()):
        return Translator(POLICIES, Parser(), boto_session=boto3.Session(region_name=REGION)).translate(template, values)


def lint(document):
    """What cfn-lint finds; nothing is good. W1030 is not asked: it holds the empty network, the default where no instance is
    started, against the instances' schema.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document, file, default=str)
        file.flush()
        ended = subprocess.run(
            [pathlib.Path(sys.executable).parent / "cfn-lint", "--regions", REGION, "--ignore-checks", "W1030", "--", file.name], capture_output=True,
            text=True, timeout=120, stdin=subprocess.DEVNULL)
    return ended.stdout if ended.returncode else ""


# A template, a mistake in it, and what the schemas call it.
MISTAKES = [("native.yaml", "InvokeMode: RESPONSE_STREAM", "InvokeMode: STREAM"),
            ("native.yaml", "MemorySize: !Ref MemorySize", "MemorySize: 64"),
            ("managed-instances.yaml", "PerExecutionEnvironmentMaxConcurrency: !Ref Concurrency",
             "PerExecutionEnvironmentMaxConcurrency: 6400"),
            ("web-adapter.yaml", "ExecutionEnvironmentMemoryGiBPerVCpu: 2", "ExecutionEnvironmentMemoryGiBPerVCpu: 1")]


def main():
    failed = 0
    for path in sorted(FOLDER.glob("*.yaml")):
        document = translated(path.read_text())
        found = lint(document)
        kinds = sorted({resource["Type"] for resource in document["Resources"].values()})
        print(f"{'FAIL' if found else 'PASS'}  {path.name} becomes {len(document['Resources'])} resources: {', '.join(kinds)}\n{found}", end="")
        failed += bool(found)
    for name, right, wrong in MISTAKES:
        text = (FOLDER / name).read_text()
        seen = right in text and lint(translated(text.replace(right, wrong)))
        print(f"{'PASS' if seen else 'FAIL'}  {name} with {wrong} is refused")
        failed += not seen
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
