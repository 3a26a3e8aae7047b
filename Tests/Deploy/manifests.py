"""The manifests of deploy/kubernetes, as objects."""
import yaml

import support

FOLDER = support.REPOSITORY / "deploy/kubernetes"


def documents():
    """(file, object) of every document."""
    return [(path.name, document) for path in sorted(FOLDER.glob("*.yaml"))
            for document in yaml.safe_load_all(path.read_text())]


def named(kind, name):
    found, = (document for _, document in documents()
              if (document["kind"], document["metadata"]["name"]) == (kind, name))
    return found


def pod(document):
    """The pod's spec in whatever makes pods, or None."""
    if document["kind"] == "Pod":
        return document["spec"]
    return document["spec"].get("template", {}).get("spec") if isinstance(document.get("spec"), dict) else None


def environment(container, config):
    """What the container would see, `config` standing for the ConfigMaps' data by key."""
    values = {}
    for entry in container.get("env", []):
        reference = entry.get("valueFrom", {}).get("configMapKeyRef")
        values[entry["name"]] = config[reference["key"]] if reference else entry["value"]
    return values
