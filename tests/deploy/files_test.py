"""What an operator installs, held against the tools that know its form, and against what the runbook promises."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.stores import DEPLOY

SCRIPTS = ["backup.sh", "restore.sh", "as-service.sh"]
UNITS = ["zhuchuang.service", "zhuchuang-backup.service", "zhuchuang-backup.timer"]
MANIFESTS = sorted(path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
RUNBOOK = (DEPLOY / "README.md").read_text("utf-8")
IN_DEV = "it is among the development packages: make test"


# Scripts


@pytest.mark.parametrize("script", [*SCRIPTS, "store.sh"])
def test_shellcheck_finds_nothing_in(script, tool):
    """A quote forgotten deletes the wrong folder on the one machine where a path has a space."""
    done = tool("shellcheck", "--external-sources", script, install=IN_DEV, cwd=DEPLOY)

    assert done.stdout == ""


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_explains_itself_with_an_example(script):
    """Whoever needs a restore has no time to read source."""
    done = subprocess.run([DEPLOY / script, "--help"], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert done.stderr == ""
    assert {"Usage", "Example", "Exit codes"} <= {line.partition(":")[0] for line in done.stdout.splitlines()}


def test_every_command_of_the_runbook_is_shell():
    """What is pasted must at least parse; the drill runs it."""
    blocks = re.findall(r"^( *)```sh[^\n]*\n(.*?)^\1```", RUNBOOK, re.MULTILINE | re.DOTALL)

    assert len(blocks) > 10
    for _, block in blocks:
        done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
        assert done.stderr == "", block


# Image


def test_hadolint_finds_nothing_in_the_dockerfile(tool):
    """It knows what makes an image large, unsafe or different every day."""
    done = tool("hadolint", DEPLOY / "Dockerfile", install=IN_DEV)

    assert done.stdout + done.stderr == ""


def test_the_image_runs_as_nobody_in_particular():
    """A numeric user, or Kubernetes cannot see that it is not root; the same that the secrets of compose.yaml must belong to."""
    last_stage = (DEPLOY / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]

    assert re.findall(r"^USER (.*)$", last_stage, re.MULTILINE) == ["10001:10001"]


def test_everything_copied_into_the_image_is_let_through():
    """The ignore file lets through by name, so a new line of COPY needs one there as well; nothing else may get in."""
    copied = set()
    for line in re.findall(r"^COPY (?!--)(.*)$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE):
        copied |= {word.removesuffix("/") for word in line.split()[:-1]}
    let_through = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}

    assert copied == let_through


# Compose


def compose() -> dict:
    """The file as Docker reads it."""
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_compose_is_of_the_form_docker_knows(tool):
    """No engine runs where the tests do; the schema is the next best."""
    done = tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml", install=IN_DEV)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", sorted(compose()["services"]))
def test_a_container_can_do_no_more_than_it_must(name):
    """One that is broken into finds nothing to write to and no way up; one that runs wild takes nobody else down."""
    service = compose()["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory", "pids"} == service["deploy"]["resources"]["limits"].keys()


def test_the_app_can_be_scaled():
    """`--scale app=3` fails with a fixed name or a published port; the database may only be reached from inside."""
    services = compose()["services"]

    assert not {"ports", "container_name"} & services["app"].keys()
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert services["db"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"] == {"internal": True}


def test_no_secret_is_in_the_environment_of_a_container():
    """`docker inspect` shows it to everybody who may use docker."""
    names = {name for service in compose()["services"].values() for name in service.get("environment", {})}
    values = {value for service in compose()["services"].values() for value in service.get("environment", {}).values()}

    assert {name for name in names if re.search("TOKEN|KEY|PASSWORD|DATABASE_URL", name) and not name.endswith("_FILE")} == set()
    assert {secret for value in values for secret in re.findall("^/run/secrets/(.*)", value)} == compose()["secrets"].keys()


# systemd


def units(folder: Path) -> list[Path]:
    """Copies whose programs exist on this machine; `verify` looks for them."""
    for name in UNITS:
        text = re.sub(r"^(ExecStart=)/opt/\S+", r"\1/bin/true", (DEPLOY / name).read_text("utf-8"), flags=re.MULTILINE)
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in UNITS]


def test_systemd_finds_nothing_wrong_with_the_units(tool, tmp_path):
    """It ends with 0 even for a key it does not know, so every word it says counts."""
    done = tool("systemd-analyze", "verify", "--man=no", *units(tmp_path), install="apt install systemd")

    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("unit", ["zhuchuang.service", "zhuchuang-backup.service"])
def test_a_service_is_locked_in(unit, tool, tmp_path):
    """By systemd's own measure: 0 is locked in, 10 is wide open. What is left is that it may use the network."""
    units(tmp_path)

    done = tool("systemd-analyze", "security", "--offline=yes", "--threshold=15", tmp_path / unit, install="apt install systemd")

    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_a_wrong_setting_does_not_restart_for_ever():
    """Exit code 2 says that only a person can mend it."""
    assert "\nRestartPreventExitStatus=2\n" in (DEPLOY / "zhuchuang.service").read_text("utf-8")


# Kubernetes


def objects() -> list[dict]:
    """All that is applied, and the example."""
    return [one for path in MANIFESTS for one in yaml.safe_load_all(path.read_text("utf-8"))]


def pods() -> list[dict]:
    """What runs: the workers, then the backup."""
    found = [one["spec"]["template"]["spec"] for one in objects() if one["kind"] == "Deployment"]
    return found + [one["spec"]["jobTemplate"]["spec"]["template"]["spec"] for one in objects() if one["kind"] == "CronJob"]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.name)
def test_kubernetes_knows_every_key_of(manifest, tool):
    """A misspelt key is dropped in silence by a cluster that is not strict."""
    done = tool("kubernetes-validate", "--strict", "--no-warn", manifest, install=IN_DEV)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_kustomization_takes_every_manifest_but_the_example():
    """A file left out is a policy nobody applied."""
    kustomization = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))

    assert set(kustomization["resources"]) == {path.name for path in MANIFESTS if ".example." not in path.name}


def test_pods_keep_to_the_restricted_standard():
    """The namespace enforces it, so a pod that does not is never started."""
    assert len(pods()) == 2
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert "memory" in container["resources"]["limits"]


def test_a_store_that_is_down_does_not_restart_pods():
    """Restarting all workers while the database restarts only makes it longer: liveness asks for the process, readiness for the store."""
    (container,) = pods()[0]["containers"]

    assert {probe: container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")} == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }


def test_workers_are_given_the_time_they_need_to_stop():
    """A turn is finished within 10 seconds of SIGTERM; whoever waits less kills it."""
    deployment = pods()[0]
    unit = (DEPLOY / "zhuchuang.service").read_text("utf-8")

    assert deployment["terminationGracePeriodSeconds"] > 10 + 5  # and the pause before SIGTERM
    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[0]) > 10
    assert int(compose()["services"]["app"]["stop_grace_period"].removesuffix("s")) > 10


# Settings


EXAMPLE = (DEPLOY / "zhuchuang.env.example").read_text("utf-8")


def test_the_example_of_settings_is_a_file_of_settings():
    """With every comment taken away it must load, in the shell and in systemd alike; as shipped it sets nothing."""
    assert [line for line in EXAMPLE.splitlines() if line and not line.startswith("#")] == []
    for line in re.findall(r"^#([A-Z_]+=.*)$", EXAMPLE, re.MULTILINE):
        assert shlex.split(line) == [line]


def test_the_example_names_every_setting_and_no_other():
    """An operator finds a setting here or not at all; one that is only described would be set in vain."""
    settings = pytest.importorskip("bot.settings", reason="no settings").SETTINGS
    named = re.findall(r"^#(ZHUCHUANG_\w+)=", EXAMPLE, re.MULTILINE)

    assert sorted(named) == sorted(setting.name for setting in settings)


def test_the_manifests_name_only_settings_there_are():
    """A name misspelt in compose.yaml or config.yaml would leave the default in force without a word."""
    named = set(re.findall(r"^#(ZHUCHUANG_\w+)=", EXAMPLE, re.MULTILINE))
    texts = [path.read_text("utf-8") for path in [DEPLOY / "compose.yaml", DEPLOY / "Dockerfile", *MANIFESTS]]
    used = {name for text in texts for name in re.findall(r"^\s+(?:- name: )?(ZHUCHUANG_\w+?)(?:_FILE)?[:=]", text, re.MULTILINE)}

    assert used - {"DOMAIN", "WORKERS"} <= named  # the two are Caddy's


def test_scripts_can_be_run():
    """Git keeps the bit; an editor on another system may not."""
    assert [script for script in SCRIPTS if not os.access(DEPLOY / script, os.X_OK)] == []
