import copy
import subprocess
import unittest

import kubernetes_validate
from kubernetes_validate.utils import all_versions

import manifests
import support

# The first that knows limits for each index without a feature gate, the newest, and one between them.
KNOWN = [version for version in all_versions() if tuple(map(int, version.split(".")[:2])) >= (1, 29)]
VERSIONS = [KNOWN[0], KNOWN[len(KNOWN) // 2], KNOWN[-1]]


class Manifests(unittest.TestCase):
    def test_are_valid_and_hold_no_unknown_field(self):
        self.assertEqual(len(set(VERSIONS)), 3)
        for file, document in manifests.documents():
            for version in VERSIONS:
                with self.subTest(file=file, kind=document["kind"], version=version):
                    kubernetes_validate.validate(document, version, strict=True)

    def test_the_validator_sees_a_mistake(self):
        broken = copy.deepcopy(manifests.named("Job", "gzload"))
        broken["spec"]["parallelisms"] = broken["spec"].pop("parallelism")
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(broken, VERSIONS[-1], strict=True)

    def test_pods_have_no_more_rights_than_they_need(self):
        for file, document in manifests.documents():
            spec = manifests.pod(document)
            for container in spec["containers"] if spec else []:
                with self.subTest(file=file, container=container["name"]):
                    self.assertIs(spec["automountServiceAccountToken"], False)
                    self.assertIs(spec["securityContext"]["runAsNonRoot"], True)
                    self.assertEqual(spec["securityContext"]["runAsUser"], 65532)
                    self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                    self.assertEqual(container["securityContext"], {
                        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    })
                    self.assertIn("memory", container["resources"]["limits"])
                    self.assertIn("cpu", container["resources"]["requests"])
                    self.assertEqual(container["image"], f"gztop:{support.version()}")

    def test_a_failed_shard_is_not_tried_again_and_does_not_end_the_others(self):
        job = manifests.named("Job", "gzload")["spec"]
        self.assertEqual(job["completionMode"], "Indexed")
        self.assertEqual(job["completions"], job["parallelism"])
        self.assertEqual(job["completions"], job["maxFailedIndexes"])
        self.assertEqual(job["backoffLimitPerIndex"], 0)
        self.assertNotIn("backoffLimit", job)
        self.assertEqual(job["template"]["spec"]["restartPolicy"], "Never")
        exits, disruption = job["podFailurePolicy"]["rules"]
        self.assertEqual((exits["action"], disruption["action"]), ("FailIndex", "FailIndex"))
        self.assertEqual(
            exits["onExitCodes"], {"containerName": "gzload", "operator": "NotIn", "values": [0]})

    def test_nothing_lasts_for_ever(self):
        for name in ("gzload", "gzload-merge"):
            job = manifests.named("Job", name)["spec"]
            self.assertGreater(job["activeDeadlineSeconds"], 0)
            self.assertGreater(job["ttlSecondsAfterFinished"], 0)
        self.assertGreater(manifests.named("Pod", "gzload-reader")["spec"]["activeDeadlineSeconds"], 0)

    def test_every_volume_is_there(self):
        for file, document in manifests.documents():
            spec = manifests.pod(document)
            for volume in spec.get("volumes", []) if spec else []:
                if claim := volume.get("persistentVolumeClaim"):
                    manifests.named("PersistentVolumeClaim", claim["claimName"])
                else:
                    self.assertEqual(volume["configMap"]["name"], "gzload-run", file)

    def test_the_example_target_takes_its_options_and_lets_only_gzload_in(self):
        spec = manifests.named("Deployment", "gzproxy")["spec"]["template"]["spec"]
        proxy, origin = spec["containers"]
        checked = subprocess.run(
            [support.BIN / "gzproxy", "check", *proxy["args"]], capture_output=True, text=True, timeout=support.LIMIT)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertTrue(origin["args"][1].startswith("127.0.0.1:"))
        self.assertEqual(proxy["args"][-1], f"http://{origin['args'][1]}")
        labels = manifests.named("Job", "gzload")["spec"]["template"]["metadata"]["labels"]
        source = manifests.named("NetworkPolicy", "gzproxy")["spec"]["ingress"][0]["from"][0]["podSelector"]["matchLabels"]
        self.assertLessEqual(source.items(), labels.items())
