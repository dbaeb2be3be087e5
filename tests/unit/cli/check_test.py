import json
from pathlib import Path


def test_the_content_of_the_repository_is_sound(run):
    """Nothing with a problem may be released."""
    ran = run("check")

    assert ran.out.splitlines()[-1] == "没有发现问题。"
    assert ran.code == 0


def test_every_problem_is_listed_with_file_line_and_remedy(run, knowledge):
    """A clerk mends everything in one go instead of running the check ten times."""
    broken = knowledge / "policies" / "dongying-2017" / "startup-grant-sole-trader.yaml"
    text = broken.read_text("utf-8")
    broken.write_text(text.replace("code: DY-03", "code: DY-03\ncolour: red"), "utf-8")
    (knowledge / "policies" / "empty").mkdir()
    ran = run("check", "--knowledge", str(knowledge))
    *lines, last = ran.out.splitlines()

    assert ran.code == 1
    assert [line for line in lines if line.startswith(f"{broken}:3: colour: ") and "；" not in line.partition("; ")[0] and "; " in line]
    assert any("empty:1:" in line for line in lines)
    assert last == f"一共 {len(lines)} 处要改。"


def test_files_are_named_from_where_the_person_stands(run, knowledge, monkeypatch):
    """A short path is one that an editor opens with a click."""
    (knowledge / "ranking.yaml").unlink()
    monkeypatch.chdir(knowledge.parent)
    ran = run("check", "--knowledge", "knowledge")

    assert ran.out.startswith(f"{Path('knowledge', 'ranking.yaml')}:1: -: ")


def test_problems_are_told_even_where_the_words_for_them_are_broken(run, knowledge):
    """The one file that must not silence the check is the file of its own sentences."""
    (knowledge / "wording" / "problems.yaml").write_text("missing: {wrong: [", "utf-8")
    (knowledge / "ranking.yaml").unlink()
    ran = run("check", "--knowledge", str(knowledge))

    assert ran.code == 1
    assert "problems.yaml:" in ran.out
    assert "ranking.yaml:" in ran.out


def test_a_policy_about_to_end_is_a_reminder_and_no_mistake(run, knowledge):
    """Sichuan's rules end on 30 April 2028: a month before, somebody has to ask what comes after."""
    for day, reminded in (("2028-03-30", False), ("2028-03-31", True), ("2028-04-30", True), ("2028-05-01", False)):
        ran = run("check", "--knowledge", str(knowledge), "--as-of", day)

        assert ran.code == 0
        assert ("sichuan-2025" in ran.out) is reminded
    line = run("check", "--knowledge", str(knowledge), "--as-of", "2028-04-10").out.splitlines()[0]
    number = int(line.split(":")[1])
    policy = knowledge / "policies" / "sichuan-2025" / "policy.yaml"
    assert policy.read_text("utf-8").splitlines()[number - 1].startswith("valid:")
    assert "20" in line


def test_json_lists_problems_and_reminders(run, knowledge):
    """For an editor or a web page that shows them."""
    (knowledge / "policies" / "empty").mkdir()
    ran = run("check", "--knowledge", str(knowledge), "--as-of", "2028-04-10", "--json")
    found = json.loads(ran.out)

    assert ran.code == 1
    assert [(problem["code"], problem["line"], problem["field"]) for problem in found["problems"]] == [("empty_folder", 1, "-")]
    assert found["problems"][0]["file"].endswith("empty")
    assert found["problems"][0]["message"]
    assert [reminder["code"] for reminder in found["reminders"]] == ["expiring"]


def test_figures_are_looked_up_in_the_documents(run, tmp_path):
    """Without the documents not one figure can be confirmed, and the check says so for each policy."""
    ran = run("check", "--sources", str(tmp_path))

    assert ran.code == 1
    for policy in ("changde-2017", "dongying-2017", "gansu-ecommerce", "jilin-2018", "longyang-2022", "sichuan-2025"):
        assert policy in ran.out


def test_schemas_are_written_for_editors(run, tmp_path):
    """With a schema an editor completes the fields of a measure."""
    ran = run("check", "--schemas", str(tmp_path / "schemas"))

    assert ran.code == 0
    assert "phrasings" in json.loads((tmp_path / "schemas" / "measure.json").read_text("utf-8"))["properties"]
